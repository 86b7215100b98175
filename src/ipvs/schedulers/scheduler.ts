/**
 * What a scheduler is: a const object with the kernel's callbacks, its own explanation, and no memory
 * besides svc.schedData.
 * Comes from: schedulers/index.ts.  Goes to: schedule.ts (picks), ctl.ts (services and servers change).
 * Source: Linux 6.1 include/net/ip_vs.h, struct ip_vs_scheduler.
 */
import type { TraceArgs } from '../../engine/index.ts';
import type { IpvsNet, PacketFacts } from '../net.ts';
import type { Dest, DestId, Svc } from '../state.ts';

/** Names of the reasons that tell a pick, one for each scheduler. */
export type PickReason = `ipvs.picked-${string}`;

/** Why a server could not be chosen, or that it could. */
export type Fitness =
  | 'fit'
  | 'weight-0'
  | 'overload'
  | 'too-many-active'
  | 'below-current-weight'
  | 'not-in-turn'
  | 'other-bucket'
  | 'not-in-set';

/** How one server stood when a pick was made. */
export interface ExplainRow {
  readonly dest: DestId;
  readonly addr: number;
  readonly port: number;
  readonly weight: number;
  readonly fitness: Fitness;
  /** the numbers compared, by name, in the order in which to show them */
  readonly numbers: readonly { readonly name: string; readonly value: number }[];
  /** what was computed, with this server's numbers in it: '(2 × 256 + 1) / 3' */
  readonly formula: string;
  /** it had the same load as the chosen one, and stands behind it in the list */
  readonly tied: boolean;
  readonly chosen: boolean;
}

export interface Scheduler {
  readonly name: string;
  readonly title: { readonly en: string; readonly zh: string };
  readonly source: string;
  /** false: not among the modules of Debian's kernel */
  readonly inDebian: boolean;
  readonly pickReason: PickReason;
  /** The scheduler was bound to the service, which may have servers already. */
  initService(net: IpvsNet, svc: Svc): void;
  /** After the server was put at the head of the list. */
  addDest(svc: Svc, dest: Dest): void;
  /** After the server was taken out of the list, where it stood at `index`. */
  delDest(svc: Svc, dest: Dest, index: number): void;
  /** After weight or thresholds were edited. */
  updDest(svc: Svc, dest: Dest): void;
  /** Picks a server for a new connection and moves the scheduler's memory on; null: none can be had. */
  schedule(net: IpvsNet, svc: Svc, facts: PacketFacts): Dest | null;
  /** Numbers for the sentence of pickReason; called right after schedule(). */
  pickArgs(svc: Svc, dest: Dest, facts: PacketFacts): TraceArgs;
  /** How schedule() would choose now, changing nothing. */
  explain(net: IpvsNet, svc: Svc, facts: PacketFacts): ExplainRow[];
}

export function nothing(): void {
  // schedulers without memory have nothing to keep up to date
}
