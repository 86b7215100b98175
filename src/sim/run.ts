/**
 * One run: a world, what is done to it from outside, and the trace. A pure function of its input.
 * Comes from: from-scenario.ts, the conformance runner.  Goes to: lab/, cli/.
 *
 * The engine is run ahead to the end of the lab; whoever looks at an earlier moment asks for the
 * world there and gets it by checkpoint and replay. A change in the past makes a second run.
 */
import {
  Engine,
  type HandOver,
  type JournalEntry,
  type Nanos,
  type NodeId,
  type Stretch,
  type TraceLevel,
  type TraceReader,
} from '../engine/index.ts';

import {
  buildWorld,
  cablingOf,
  createProgram,
  framesDue,
  newTrace,
  pendingTimers,
  type FrameDue,
  type NodeState,
  type PendingTimer,
  type Shared,
  type Stimulus,
  type What,
  type WorldSpec,
} from '../world/index.ts';
import { hashTrace } from './hash.ts';
import { userland } from './userland.ts';

export interface RunInput {
  readonly world: WorldSpec;
  /** what is done from outside; entries with after 0 are scheduled from the start */
  readonly journal: readonly JournalEntry<What>[];
  /** the lab ends here; pending events after it are not executed */
  readonly until: Nanos;
  /** how much is written down; left out: everything ('lab') */
  readonly trace?: TraceLevel;
}

/** Why a run does not go on. */
export type RunEnd =
  /** not at its end yet */
  | 'running'
  /** reached RunInput.until */
  | 'until'
  /** nothing is pending any more */
  | 'quiet'
  /** LIMITS.events were executed: most likely packets go round for ever */
  | 'event-limit'
  /** LIMITS.records were written */
  | 'trace-limit';

/** A run stops when it reaches one of these; the lab says so. */
export const LIMITS = { events: 3_000_000, records: 8_000_000 } as const;

/** A moment of a run: the state after some number of events, and the time shown. */
export interface Moment {
  /** events executed */
  readonly executed: number;
  readonly at: Nanos;
}

/** What another thread needs to go on with a run from its end. Plain data. */
export interface Errand {
  readonly input: RunInput;
  readonly from: HandOver<NodeState, Shared, What>;
}

/** An errand for sending it in pieces: that of a thousand nodes takes many frames to send at once. */
export interface ErrandInPieces {
  /** without its nodes */
  readonly first: Errand;
  readonly count: number;
  /** some of the nodes; they are those of the moment at which the errand was made, whenever they are asked for */
  readonly some: (from: number, end: number) => readonly Readonly<NodeState>[];
}

/** Part of a run that was lived in another thread. Plain data. */
export type RunStretch = Stretch<NodeState, Shared, What>;

export interface WorldView {
  readonly nodes: readonly Readonly<NodeState>[];
  readonly shared: Readonly<Shared>;
}

export class Run {
  readonly input: RunInput;
  private readonly engine: Engine<NodeState, Shared, What>;
  private until: Nanos;

  constructor(input: RunInput, engine?: Engine<NodeState, Shared, What>) {
    this.input = input;
    this.until = input.until;
    this.engine = engine ?? newEngine(input);
  }

  get trace(): TraceReader {
    return this.engine.trace;
  }

  get journal(): readonly JournalEntry<What>[] {
    return this.engine.journal;
  }

  /** Events executed so far at the furthest. */
  get head(): number {
    return this.engine.trace.eventCount;
  }

  /** Time at which the run ends as things stand. */
  get endsAt(): Nanos {
    return this.until;
  }

  /** Time of the event that comes next, or null. */
  get nextAt(): Nanos | null {
    this.toHead();
    return this.engine.nextAt;
  }

  get end(): RunEnd {
    if (this.head >= LIMITS.events) return 'event-limit';
    if (this.trace.length >= LIMITS.records) return 'trace-limit';
    this.toHead();
    const next = this.engine.nextAt;
    if (next === null) return 'quiet';
    return next > this.until ? 'until' : 'running';
  }

  /** Runs on by at most `events` events. @returns whether there is more to run. */
  advance(events: number): boolean {
    this.toHead();
    for (let done = 0; done < events; done++) {
      if (this.head >= LIMITS.events || this.trace.length >= LIMITS.records) return false;
      if (!this.engine.advance(this.until + 1)) return false;
    }
    return this.end === 'running';
  }

  /** Runs to the end or a limit. */
  finish(): RunEnd {
    while (this.advance(50_000));
    return this.end;
  }

  /** Keeps the end of what has been run, so that looking at it again, or at what comes soon after it, costs little. */
  keepMoment(): void {
    this.toHead();
    this.engine.keepMoment();
  }

  /** What another thread needs to go on from the end of what has been run, for sending at once. */
  errand(): Errand {
    this.toHead();
    return { input: { ...this.input, journal: this.engine.journal, until: this.until }, from: this.engine.handOver() };
  }

  errandInPieces(): ErrandInPieces {
    const { input, from } = this.errand();
    return { first: { input, from: { ...from, state: { ...from.state, nodes: [] } } }, ...this.engine.handedOver() };
  }

  /** The run that goes on with an errand; what lies before can be read only where the errand came from. */
  static onErrand({ input, from }: Errand): Run {
    const cabling = cablingOf(from.state.shared);
    return new Run(input, Engine.after(createProgram(userland), from, input.journal, input.trace ?? 'lab', cabling));
  }

  /**
   * On an errand: gives away what was lived since the last call.
   * @param whole the other run must be able to go on from here
   */
  take(whole: boolean): RunStretch {
    this.toHead();
    return this.engine.take(whole);
  }

  /** Takes in what came back from an errand. */
  absorb(stretch: RunStretch): void {
    this.engine.append(stretch);
  }

  /** Lets the run go on to a later end. */
  extend(until: Nanos): void {
    if (until > this.until) this.until = until;
  }

  /** The world after `executed` events, for reading until the next call. */
  worldAt(executed: number): WorldView {
    this.engine.seek(executed);
    return this.engine.state;
  }

  /** What a node waits for after `executed` events, earliest first. */
  timersAt(executed: number, node: NodeId): PendingTimer[] {
    this.engine.seek(executed);
    return pendingTimers(this.engine.state, node);
  }

  /** The frames on cables after `executed` events, by who will get them: all, or those for some nodes. */
  framesDueAt(executed: number, nodes: readonly NodeId[] = this.input.world.nodes.map((_, node) => node as NodeId)): FrameDue[] {
    this.engine.seek(executed);
    return nodes.flatMap((node) => framesDue(this.engine.state, node));
  }

  /** Events executed by a time, those at that very time included. */
  executedAt(at: Nanos): number {
    let low = 0;
    let high = this.head;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.trace.timeOf(middle) <= at) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /**
   * Does something at a moment. At the end of what has been run this run goes on; in the past a second
   * run begins there, and this one keeps its future.
   * @returns the run in which it was done
   */
  act(moment: Moment, node: NodeId, stimulus: Stimulus): Run {
    const run = moment.executed === this.head ? this : this.fork(moment.executed);
    run.toHead();
    run.engine.act(moment.at, node, { kind: 'stimulus', stimulus });
    return run;
  }

  /** A second run that has lived through the first `executed` events of this one. */
  fork(executed: number): Run {
    this.engine.seek(executed);
    const engine = this.engine.fork();
    return new Run({ ...this.input, journal: engine.journal, until: this.until }, engine);
  }

  /** SHA-256 of the whole trace with all frames, as hexadecimal digits: equal for equal runs. */
  hash(): string {
    return hashTrace(this.trace);
  }

  nodeId(name: string): NodeId | null {
    const index = this.input.world.nodes.findIndex((node) => node.name === name);
    return index < 0 ? null : (index as NodeId);
  }

  nodeName(node: NodeId): string {
    return this.input.world.nodes[node]?.name ?? `#${node}`;
  }

  private toHead(): void {
    if (this.engine.state.executed !== this.head) this.engine.seek(this.head);
  }
}

function newEngine(input: RunInput): Engine<NodeState, Shared, What> {
  const world = buildWorld(input.world, userland);
  return new Engine(createProgram(userland), world, input.journal, newTrace(world, input.trace));
}

export function createRun(input: RunInput): Run {
  return new Run(input);
}
