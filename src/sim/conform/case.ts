/**
 * An experiment and what Linux did with it, as they stand in the files.
 * Comes from: fixtures/kernel/*.json, case.json and truth.json.  Goes to: play.ts, compare.ts.
 */
import type { Canonical } from '../../capture/index.ts';

export interface CaseIface {
  readonly name: string;
  readonly mac: string;
  readonly network: string;
  readonly mtu?: number;
}

export interface CaseNode {
  readonly name: string;
  readonly ifaces?: readonly CaseIface[];
  readonly setup?: readonly string[];
}

export type CaseStep =
  | { readonly at: string; readonly run: string; readonly bg?: string }
  | { readonly wait: string }
  | { readonly stop: string }
  | { readonly sleep: number };

export interface Case {
  readonly name: string;
  readonly about: string;
  readonly tags: readonly string[];
  readonly networks: readonly { readonly name: string; readonly kind?: string }[];
  readonly nodes: readonly CaseNode[];
  readonly steps: readonly CaseStep[];
  readonly capture?: readonly string[];
}

export interface SeenPacket {
  /** seconds since the recording began */
  readonly t?: number;
  readonly dir: 'in' | 'out' | 'other';
  /** may change while a case is played, see shared-pieces.ts */
  summary: Canonical;
}

/** What came of a step; a sleep has neither exit code nor output. */
export interface StepResult {
  /** when it began, in seconds since the recording did */
  readonly t?: number;
  readonly rc?: number;
  readonly out?: string;
}

/** What came of a case, on Linux or in the lab. */
export interface Played {
  readonly steps: readonly StepResult[];
  readonly packets: Readonly<Record<string, readonly SeenPacket[]>>;
}

export interface Truth extends Played {
  readonly kernel: string;
  readonly stable: boolean;
  readonly pure_acks_vary?: boolean;
  readonly unstable_captures?: readonly string[];
  readonly unstable_steps?: readonly number[];
  /** setup commands that printed something or failed */
  readonly setup_output?: readonly {
    readonly at: string;
    readonly run: string;
    readonly rc: number;
    readonly out: string;
  }[];
}
