/**
 * A workload ready to be measured, and running it.
 * Comes from: bench-star.ts, bench-lvs.ts.  Goes to: bench-measure.ts.
 */
import { nanos, type Engine, type NodeId } from '../engine/index.ts';
import type { NodeState, Shared, What } from '../world/index.ts';

export type BenchEngine = Engine<NodeState, Shared, What>;

export interface Bench {
  readonly engine: BenchEngine;
  /** warming up ends here */
  readonly timedFromNs: number;
  /** all work is done before this moment */
  readonly endsNs: number;
  /** requests or connections completed in the timed part */
  readonly done: () => number;
}

/** Starts a program by typing a line at a terminal of its name. */
export function start(engine: BenchEngine, node: NodeId, program: string, text: string): void {
  engine.act(nanos(0), node, { kind: 'stimulus', stimulus: { kind: 'exec', tty: program, text } });
}

/** What the processes of a program keep, of all nodes. */
export function programStates<S>(engine: BenchEngine, program: string): S[] {
  const states: S[] = [];
  for (const node of engine.state.nodes) {
    if (node.kind !== 'linux') continue;
    for (const proc of node.user.procs.values()) if (proc.program === program) states.push(proc.state as S);
  }
  return states;
}

/** So many events are run in one call of a function: one that never returns is compiled again and again while it runs. */
const AT_ONCE = 500;

function runSome(engine: BenchEngine, before: number): number {
  for (let done = 0; done < AT_ONCE; done++) if (!engine.advance(before)) return done;
  return AT_ONCE;
}

/** Runs events before a time. @returns events executed */
export function runUntil(engine: BenchEngine, before: number): number {
  let done = 0;
  for (;;) {
    const some = runSome(engine, before);
    done += some;
    if (some < AT_ONCE) return done;
  }
}
