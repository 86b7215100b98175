/**
 * A lab as data: what a scenario file says, checked and completed.
 * Comes from: load.ts.  Goes to: sim/, the page, the command line.
 */
import type { Nanos } from '../engine/index.ts';
import type { Mac } from '../wire/index.ts';
import type { NodeRole } from '../world/index.ts';

/** The same in English and in Chinese. */
export interface Text {
  readonly en: string;
  readonly zh: string;
}

/** A place in the scenario's text, both from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

export interface ScenarioInterface {
  readonly name: string;
  readonly mac: Mac;
  /** bytes */
  readonly mtu: number;
}

/** A shell command of a node's setup, and the line it stands in. */
export interface SetupCommand {
  readonly text: string;
  readonly line: number;
}

export interface ScenarioHost {
  readonly kind: 'linux';
  readonly name: string;
  readonly role: NodeRole;
  /** position on the canvas, pixels at 100 % */
  readonly at: readonly [number, number] | null;
  readonly interfaces: readonly ScenarioInterface[];
  readonly setup: readonly SetupCommand[];
}

export interface ScenarioSwitch {
  readonly kind: 'switch';
  readonly name: string;
  readonly role: 'switch';
  readonly at: readonly [number, number] | null;
  readonly ports: readonly string[];
}

export type ScenarioNode = ScenarioHost | ScenarioSwitch;

export interface ScenarioLink {
  readonly ends: readonly [readonly [node: string, port: string], readonly [node: string, port: string]];
  readonly delayNs: Nanos;
  /** bits per second; null: sending takes no time */
  readonly rateBps: number | null;
  /** lost frames of a million */
  readonly lossPpm: number;
}

/** A command typed at a moment. */
export interface TimelineEntry {
  readonly at: Nanos;
  readonly node: string;
  readonly run: string;
  readonly title: Text | null;
  readonly line: number;
}

/** A remark shown when the clock reaches it. */
export interface Remark {
  readonly at: Nanos;
  readonly text: Text;
}

/** A sysctl that the page shows as a switch. */
export interface Pin {
  readonly node: string;
  readonly sysctl: string;
}

export interface Scenario {
  readonly version: 1;
  readonly title: Text;
  readonly about: Text;
  readonly seed: number;
  readonly nodes: readonly ScenarioNode[];
  readonly links: readonly ScenarioLink[];
  readonly timeline: readonly TimelineEntry[];
  /** the run ends here; null: ten seconds after the last command of the timeline */
  readonly until: Nanos | null;
  readonly pins: readonly Pin[];
  readonly hints: readonly Remark[];
  readonly bookmarks: readonly Remark[];
}

/** Something in the file that is not as it has to be. */
export interface Problem extends Place {
  /** what stands there, shortened */
  readonly found: string;
  readonly expected: Text;
  /** the whole sentence */
  readonly message: Text;
}

export type Loaded = { readonly ok: true; readonly scenario: Scenario } | { readonly ok: false; readonly problems: readonly Problem[] };
