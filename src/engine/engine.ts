/**
 * The engine: takes the next event, applies it, notes what happened; keeps checkpoints; goes to any
 * moment by the nearest checkpoint and replay.
 * Comes from: sim/ (which knows what the nodes are).  Goes to: the program's dispatch().
 *
 * A state is plain data. A checkpoint keeps references to the nodes as they are, and a node is copied
 * for it before the first event that touches the node afterwards (step.ts). Checkpoints are spaced by
 * that work, and thinned out when they hold too much.
 */
import { copyWork } from './copy-work.ts';
import { nextTime, popEvent, popLast, queuePages, queueWork, type SimEvent } from './event.ts';
import { NO_TRACE, type NodeId } from './ids.ts';
import { LAST, stateOf, Step, type Checkpoint, type EngineState } from './step.ts';
import type { Nanos } from './time.ts';
import { Trace, type Cabling, type TraceLevel, type TraceMark, type TraceStretch } from './trace.ts';

/** Something done from outside. The list of these, with scenario and seed, is the whole run. */
export interface JournalEntry<What> {
  /** number of events executed before it: fixes its place among events of the same moment */
  readonly after: number;
  readonly at: Nanos;
  readonly node: NodeId;
  readonly what: What;
}

/** The rules of the world: what an event does. */
export interface Program<N, S, What> {
  dispatch(step: Step<N, S, What>, event: SimEvent<What>): void;
}

/** How many events lie between two checkpoints at first. */
const CHECKPOINT_EVERY = 256;
/**
 * Events that must have passed for each value that a checkpoint makes to be copied: copying then stays a small
 * part of the time. A run that is measured is hardly ever wound back.
 */
const EVENTS_PER_VALUE = { lab: 0.2, full: 25, count: 25 } as const;
/** More checkpoints than this, or values in them, are thinned out by dropping every second one. */
const CHECKPOINTS_MAX = 512;
/** A stretch that is given away ends with a checkpoint unless it would make more values than this to be copied. */
const STRETCH_VALUES_MAX = 200_000;
/** What all checkpoints together hold that nothing else does: about 100 MB, and 25 MB where a run is only measured. */
const CHECKPOINT_VALUES_MAX = { lab: 4_000_000, full: 1_000_000, count: 1_000_000 } as const;

/** A checkpoint by what differs from the one before it. */
interface CheckpointChange<N, S, What> {
  readonly state: Checkpoint<N, S, What>['state'];
  readonly nodes: readonly { readonly node: number; readonly value: N }[];
  /** values that were copied for it, about */
  readonly work: number;
}

/** Where another engine may go on. Plain data. */
export interface HandOver<N, S, What> {
  readonly state: Readonly<EngineState<N, S, What>>;
  readonly mark: TraceMark;
  /** how dense its checkpoints are to be, and what is held already */
  readonly spacing: { readonly every: number; readonly held: number; readonly kept: number };
}

/** Part of a run that was lived elsewhere; plain data that can be sent to another thread. */
export interface Stretch<N, S, What> {
  readonly trace: TraceStretch;
  readonly checkpoints: readonly CheckpointChange<N, S, What>[];
}

/** Runs one future: a state, the trace that led to it, and the way back. */
export class Engine<N, S, What> {
  private checkpoints: Checkpoint<N, S, What>[] = [];
  private every = CHECKPOINT_EVERY;
  /** events executed at which the next checkpoint may be due */
  private checkpointAt = 0;
  /** Step.work and queuePages() at the last checkpoint */
  private workAt = 0;
  private pagesAt = 0;
  /** values that the checkpoints hold, about */
  private held = 0;
  /** checkpoints that an engine elsewhere keeps, see take() */
  private elsewhere = 0;
  /** the event under way */
  private readonly event: { -readonly [K in keyof SimEvent<What>]: SimEvent<What>[K] };
  /** processes run within the event that woke them, where the trace does not tell events apart */
  private readonly joins: boolean;
  readonly step: Step<N, S, What>;
  readonly trace: Trace;
  private readonly program: Program<N, S, What>;
  private entries: JournalEntry<What>[];

  constructor(
    program: Program<N, S, What>,
    initial: EngineState<N, S, What>,
    journal: readonly JournalEntry<What>[] = [],
    trace = new Trace(),
  ) {
    this.program = program;
    this.entries = [...journal];
    this.trace = trace;
    this.joins = trace.level !== 'lab';
    this.step = new Step(initial, trace);
    this.event = { at: initial.now, seq: -1, node: 0 as NodeId, to: 0, cause: NO_TRACE, what: null as What };
    this.takeJournal();
    this.checkpoint();
  }

  get journal(): readonly JournalEntry<What>[] {
    return this.entries;
  }

  /** Adds to the journal at the present moment. Only possible at the end of what has been run. */
  act(at: Nanos, node: NodeId, what: What): void {
    if (this.state.executed !== this.trace.eventCount) throw new RangeError('a change in the past needs a fork');
    this.entries.push({
      after: this.state.executed,
      at: at < this.state.now ? this.state.now : at,
      node,
      what,
    });
    this.takeJournal();
  }

  /** Entries enter the queue when their turn among the events has come, also during a replay. */
  private takeJournal(): void {
    const state = this.step.state;
    for (;;) {
      const entry = this.entries[state.nextJournal];
      if (entry === undefined || entry.after > state.executed) return;
      state.nextJournal++;
      this.step.schedule(entry.at < state.now ? state.now : entry.at, entry.node, entry.what, NO_TRACE);
    }
  }

  get state(): Readonly<EngineState<N, S, What>> {
    return this.step.state;
  }

  /** Time of the next pending event, or null when none is left. */
  get nextAt(): Nanos | null {
    this.step.armLate();
    const next = nextTime(this.step.state.queue);
    return next < 0 ? null : (next as Nanos);
  }

  /** Applies the next event, if it is due before a time. @returns false when there is none. */
  advance(before = Infinity): boolean {
    const state = this.step.state;
    this.step.armLate();
    const event = this.event;
    if (!popEvent(state.queue, event, before)) return false;
    state.now = event.at;
    this.step.cause = event.cause;
    this.trace.beginEvent(state.executed, event.at, event.node);
    const work = copyWork();
    this.program.dispatch(this.step, event);
    if (this.joins) this.joinLast();
    const copied = copyWork() - work;
    if (copied !== 0) this.step.countWork(copied);
    state.executed++;
    if (this.entries.length > state.nextJournal) this.takeJournal();
    if (state.executed >= this.checkpointAt) this.checkpointIfDue();
    return true;
  }

  /** What was scheduled behind everything else of this moment (a woken process) belongs to this event if it is next anyway. */
  private joinLast(): void {
    const { state } = this.step;
    const event = this.event;
    while (popLast(state.queue, event, state.now, LAST)) {
      this.step.cause = event.cause;
      this.program.dispatch(this.step, event);
    }
  }

  /** Goes to the moment after exactly `executed` events. The trace keeps what lies ahead. */
  seek(executed: number): void {
    const nearest = this.nearest(executed);
    if (executed < this.state.executed || nearest.state.executed > this.state.executed) this.restore(nearest);
    while (this.state.executed < executed && this.advance());
  }

  /** Keeps the present moment, so that it need not be lived through again: much work lies before it, or many come back to it. */
  keepMoment(): void {
    this.checkpoint();
  }

  /** The present moment, to go back to. */
  saveCheckpoint(): Checkpoint<N, S, What> {
    return this.step.save();
  }

  /** Continues from a checkpoint as if it had just been reached. */
  restore(checkpoint: Checkpoint<N, S, What>): void {
    this.step.adopt(checkpoint);
    this.workAt = this.step.work;
    this.pagesAt = queuePages(this.state.queue);
    // what was done at this very moment after the checkpoint was taken
    this.takeJournal();
  }

  /** A second engine that stands at the same moment and shares nothing that either may change. */
  fork(): Engine<N, S, What> {
    const { executed, nextTrace, nextFrame, nextJournal } = this.state;
    const trace = this.trace.branch(executed, nextTrace, nextFrame);
    const now = this.saveCheckpoint();
    this.step.partAll();
    const twin = new Engine(this.program, stateOf(now), this.entries.slice(0, nextJournal), trace);
    twin.checkpoints = this.checkpoints.filter((c) => c.state.executed <= executed);
    twin.every = this.every;
    twin.restore(now);
    twin.checkpointAt = this.checkpointAt;
    return twin;
  }

  /**
   * Where an engine elsewhere may go on in this one's place: what it needs to know, for reading before anything
   * else happens here. Only at the end of what has been run.
   */
  handOver(): HandOver<N, S, What> {
    if (this.state.executed !== this.trace.eventCount) throw new RangeError('only the end of a run can be gone on from');
    this.checkpoint();
    const { every, held } = this;
    return { state: this.state, mark: this.trace.mark, spacing: { every, held, kept: this.checkpoints.length } };
  }

  /** The nodes as handOver() gave them, for giving them some at a time: what is looked at here meanwhile does not change them. */
  handedOver(): { readonly count: number; readonly some: (from: number, end: number) => Readonly<N>[] } {
    const { nodes } = this.checkpoints[this.checkpoints.length - 1] as Checkpoint<N, S, What>;
    return { count: nodes.length, some: (from, end) => nodes.slice(from, end).map(({ node }) => node) };
  }

  /** Goes on in the place of an engine elsewhere; what lies before cannot be gone back to here. */
  static after<N, S, What>(
    program: Program<N, S, What>,
    { state, mark, spacing }: HandOver<N, S, What>,
    journal: readonly JournalEntry<What>[],
    level: TraceLevel,
    cabling: Cabling,
  ): Engine<N, S, What> {
    const engine = new Engine(program, { ...state }, journal, Trace.after(mark, level, cabling));
    engine.every = spacing.every;
    engine.held = spacing.held;
    engine.elsewhere = spacing.kept - 1;
    engine.checkpointAt = state.executed + spacing.every;
    return engine;
  }

  /**
   * Gives away the trace and the checkpoints since the last call, for an engine elsewhere that follows this
   * one, and forgets them.
   * @param whole the other engine must be able to go on from here, whatever a checkpoint costs
   */
  take(whole: boolean): Stretch<N, S, What> {
    if (whole || this.step.work - this.workAt < STRETCH_VALUES_MAX) this.checkpoint();
    const checkpoints = this.checkpoints.slice(1).map(({ state, nodes: all, work }, i): CheckpointChange<N, S, What> => {
      const before = (this.checkpoints[i] as Checkpoint<N, S, What>).nodes;
      const nodes = all.flatMap((kept, node) => (kept === before[node] ? [] : [{ node, value: kept.node }]));
      return { state, nodes, work };
    });
    this.elsewhere += checkpoints.length;
    this.checkpoints = this.checkpoints.slice(-1);
    return { trace: this.trace.take(), checkpoints };
  }

  /** Takes in what an engine gave that went on where this one had come to. */
  append({ trace, checkpoints }: Stretch<N, S, What>): void {
    this.trace.append(trace);
    for (const { state, nodes, work } of checkpoints) {
      const kept = (this.checkpoints[this.checkpoints.length - 1] as Checkpoint<N, S, What>).nodes.slice();
      for (const { node, value } of nodes) kept[node] = { node: value, frozen: true };
      this.keep({ state, nodes: kept, work });
    }
  }

  private nearest(executed: number): Checkpoint<N, S, What> {
    let low = 0;
    let high = this.checkpoints.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.checkpoints[middle] as Checkpoint<N, S, What>).state.executed <= executed) low = middle;
      else high = middle - 1;
    }
    return this.checkpoints[low] as Checkpoint<N, S, What>;
  }

  /**
   * Takes a checkpoint if the events since the last one outweigh what it makes to be copied: nodes touched
   * afterwards, and of large tables the pages that are written to. Checkpoints are so dense that copying costs
   * the same share of the time, however large the world is.
   */
  private checkpointIfDue(): void {
    const last = this.checkpoints[this.checkpoints.length - 1] as Checkpoint<N, S, What>;
    const since = this.state.executed - last.state.executed;
    const work = this.step.work - this.workAt + queueWork(this.state.queue);
    const due = work * EVENTS_PER_VALUE[this.trace.level];
    if (since < due) {
      this.checkpointAt = last.state.executed + Math.ceil(due);
      return;
    }
    this.checkpoint();
  }

  private checkpoint(): void {
    const last = this.checkpoints[this.checkpoints.length - 1];
    if (last !== undefined && this.state.executed <= last.state.executed) return;
    const pages = queuePages(this.state.queue);
    const work = this.step.work - this.workAt + queueWork(this.state.queue) + pages - this.pagesAt;
    this.workAt = this.step.work;
    this.pagesAt = pages;
    this.keep(this.step.save(work));
    this.checkpointAt = this.state.executed + this.every;
  }

  private keep(checkpoint: Checkpoint<N, S, What>): void {
    this.held += checkpoint.work;
    if (this.checkpoints.length + this.elsewhere >= CHECKPOINTS_MAX || this.held > CHECKPOINT_VALUES_MAX[this.trace.level]) {
      this.checkpoints = this.checkpoints.filter((_, index) => index % 2 === 0);
      this.elsewhere >>= 1;
      this.every *= 2;
      this.held /= 2;
    }
    this.checkpoints.push(checkpoint);
  }
}
