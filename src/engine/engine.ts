/**
 * The engine: takes the next event, applies it, notes what happened; keeps checkpoints; goes to any
 * moment by the nearest checkpoint and replay.
 * Comes from: sim/ (which knows what the nodes are).  Goes to: the program's dispatch().
 *
 * A state is plain data. Nodes are copied on write: a checkpoint keeps references to the nodes as
 * they are, and a node is copied before the first event that touches it afterwards. Checkpoints are
 * spaced by that work, and thinned out when they hold too much.
 */
import type { Layers } from '../wire/index.ts';
import { copyPlain, copyWork } from './copy.ts';
import { copyQueue, nextTie, nextTime, pendingEvents, popEvent, pushEvent, type EventQueue, type SimEvent } from './event.ts';
import type { Frame } from './frame-store.ts';
import { NO_FRAME, NO_TRACE, type FrameId, type NodeId, type TraceId } from './ids.ts';
import { nextBelow, nextUint32, type PrngState } from './prng.ts';
import { nanos, type Nanos } from './time.ts';
import { Trace, type TraceArgs, type Verdict } from './trace.ts';

/** Something done from outside. The list of these, with scenario and seed, is the whole run. */
export interface JournalEntry<What> {
  /** number of events executed before it: fixes its place among events of the same moment */
  readonly after: number;
  readonly at: Nanos;
  readonly node: NodeId;
  readonly what: What;
}

/** A timer that is armed when all that happens at the present moment has happened. */
interface LateTimer<What> {
  readonly at: Nanos;
  readonly seq: number;
  readonly node: NodeId;
  readonly cause: TraceId;
  readonly what: What;
  readonly level: number;
}

/** Everything that changes during a run. N: one node's state, S: what all nodes share. */
export interface EngineState<N, S, What> {
  now: Nanos;
  /** events executed */
  executed: number;
  nextSeq: number;
  nextFrame: number;
  /** records written */
  nextTrace: number;
  /** journal entries taken */
  nextJournal: number;
  prng: PrngState;
  queue: EventQueue<What>;
  /** timers that wait for the end of the present moment; see Step.scheduleTimer() */
  late: LateTimer<What>[];
  nodes: N[];
  shared: S;
}

/** A state that nobody changes any more. */
export interface Checkpoint<N, S, What> {
  readonly state: Readonly<EngineState<N, S, What>>;
}

/** The rules of the world: what an event does. */
export interface Program<N, S, What> {
  dispatch(step: Step<N, S, What>, event: SimEvent<What>): void;
}

/** What a record says, apart from what the step knows by itself. */
export interface Note {
  readonly node: NodeId;
  readonly stage: string;
  readonly verdict: Verdict;
  readonly reason: string;
  readonly dev?: number;
  readonly frame?: FrameId;
  readonly frameOut?: FrameId;
  readonly cause?: TraceId;
  readonly args?: TraceArgs | null;
}

/** How many events lie between two checkpoints at first. */
const CHECKPOINT_EVERY = 256;
/** Timers of different levels never share a number; a run has far fewer events than this. */
const LEVEL_STRIDE = 0x10000000000;
/** Events that must have passed for each value that a checkpoint makes to be copied: copying then stays below a tenth of the time. */
const EVENTS_PER_VALUE = 0.5;
/** What a waiting event counts for in a checkpoint, in values; its columns are copied at once. */
const COLUMN_SHARE = 0.5;
/** More checkpoints than this, or values in them, are thinned out by dropping every second one. */
const CHECKPOINTS_MAX = 512;
const CHECKPOINT_VALUES_MAX = 1_000_000;

/** Sequence numbers of scheduleLast() begin here, beyond those of all other events. */
const LAST = 1_125_899_906_842_624;

/** The hands that a program has while it applies an event. */
export class Step<N, S, What> {
  private readonly owned: boolean[] = [];
  readonly trace: Trace;
  state: EngineState<N, S, What>;
  private sharedOwned = true;
  /** the record that led to the event under way */
  cause: TraceId = NO_TRACE;

  constructor(state: EngineState<N, S, What>, trace: Trace) {
    this.state = state;
    this.trace = trace;
  }

  get now(): Nanos {
    return this.state.now;
  }

  /** A node's state for reading. */
  peek(node: NodeId): Readonly<N> {
    return this.state.nodes[node] as N;
  }

  /** A node's state for changing: copied first if a checkpoint holds it. */
  node(node: NodeId): N {
    if (this.owned[node] !== true) {
      this.state.nodes[node] = copyPlain(this.state.nodes[node] as N);
      this.owned[node] = true;
    }
    return this.state.nodes[node] as N;
  }

  /** What all nodes share, for changing. */
  shared(): S {
    if (!this.sharedOwned) {
      this.state.shared = copyPlain(this.state.shared);
      this.sharedOwned = true;
    }
    return this.state.shared;
  }

  /** Goes on from another state, of which nothing may be changed in place. */
  adopt(state: EngineState<N, S, What>): void {
    this.state = state;
    this.disown();
  }

  /** From now on nobody's node is ours to change: a checkpoint holds them all. */
  disown(): void {
    this.owned.length = 0;
    this.sharedOwned = false;
  }

  /** Schedules an event at an absolute time, not before now. @returns its sequence number, by which timers know it. */
  schedule(at: Nanos, node: NodeId, what: What, cause: TraceId = this.cause): number {
    const state = this.state;
    if (at < state.now) throw new RangeError(`event at ${at} ns is in the past of ${state.now} ns`);
    const seq = state.nextSeq++;
    pushEvent(state.queue, nanos(at), seq, seq, node, cause, what);
    return seq;
  }

  /**
   * Schedules an event behind everything else of its time, also behind what is scheduled until then: a
   * woken process runs when the kernel has done all that is due. Among themselves in order of scheduling.
   */
  scheduleLast(at: Nanos, node: NodeId, what: What, cause: TraceId = this.cause): number {
    const state = this.state;
    if (at < state.now) throw new RangeError(`event at ${at} ns is in the past of ${state.now} ns`);
    const seq = state.nextSeq++;
    pushEvent(state.queue, nanos(at), LAST + seq, seq, node, cause, what);
    return seq;
  }

  /**
   * Schedules a timer. Timers due at one moment run before everything else of that moment, those of a
   * higher level first, and of one level the one armed last first, as a kernel's timer wheel empties a slot
   * (Linux 6.1 kernel/time/timer.c, collect_expired_timers(), expire_timers()).
   * @param late armed by a process that first saw its packet through to where it went: counts as armed
   *   when all that happens at this very moment has happened
   * @returns its sequence number
   */
  scheduleTimer(at: Nanos, node: NodeId, what: What, level: number, late: boolean): number {
    const state = this.state;
    if (at < state.now) throw new RangeError(`timer at ${at} ns is in the past of ${state.now} ns`);
    const seq = state.nextSeq++;
    if (late) state.late.push({ at: nanos(at), seq, node, cause: this.cause, what, level });
    else pushEvent(state.queue, nanos(at), -(level * LEVEL_STRIDE + seq), seq, node, this.cause, what);
    return seq;
  }

  /** Arms the late timers, once nothing more is to happen at the present moment. */
  armLate(): void {
    const state = this.state;
    if (state.late.length === 0 || nextTime(state.queue) === state.now) return;
    for (const { at, seq, node, cause, what, level } of state.late)
      pushEvent(state.queue, at, -(level * LEVEL_STRIDE + state.nextSeq++), seq, node, cause, what);
    state.late = [];
  }

  /** Makes a frame: an immutable value with a number of its own. */
  newFrame(layers: Layers, bornFrom: FrameId = NO_FRAME): Frame {
    const frame: Frame = { id: this.state.nextFrame++ as FrameId, bornFrom, layers };
    if (this.trace.level !== 'count') this.trace.putFrame(frame);
    return frame;
  }

  /**
   * Writes the record of a frame that is put on a cable.
   * @param wait until its first bit leaves
   * @param span from its first bit leaving to its last bit arriving
   */
  noteHop(node: NodeId, dev: number, frame: FrameId, bytes: number, wait: number, span: number): TraceId {
    const state = this.state;
    const id = state.nextTrace++ as TraceId;
    if (this.trace.level !== 'count') this.trace.putHop(id, state.executed, node, dev, frame, this.cause, bytes, wait, span);
    return id;
  }

  /** Writes a record. Where only hops are counted, nothing is written and the cause stays what it was. */
  note(note: Note): TraceId {
    const state = this.state;
    if (this.trace.level === 'count') return note.cause ?? this.cause;
    const id = state.nextTrace++ as TraceId;
    this.trace.put(
      id,
      state.executed,
      note.node,
      note.dev ?? 0,
      note.frame ?? NO_FRAME,
      note.frameOut ?? NO_FRAME,
      note.stage,
      note.verdict,
      note.reason,
      note.cause ?? this.cause,
      note.args ?? null,
    );
    return id;
  }

  /** An unsigned 32-bit integer from the run's own source of chance. */
  random(): number {
    return nextUint32(this.state.prng);
  }

  /** A uniform integer in [0, bound). */
  randomBelow(bound: number): number {
    return nextBelow(this.state.prng, bound);
  }
}

/** Runs one future: a state, the trace that led to it, and the way back. */
export class Engine<N, S, What> {
  private checkpoints: Checkpoint<N, S, What>[] = [];
  private every = CHECKPOINT_EVERY;
  /** events executed at which the next checkpoint may be due */
  private checkpointAt = 0;
  /** copyWork() at the last checkpoint */
  private workAt = copyWork();
  /** values that the checkpoints hold, about */
  private held = 0;
  /** the event under way */
  private readonly event: { -readonly [K in keyof SimEvent<What>]: SimEvent<What>[K] };
  /** processes run within the event that woke them, where the trace does not tell events apart */
  private readonly joins: boolean;
  readonly step: Step<N, S, What>;
  readonly trace: Trace;
  private readonly program: Program<N, S, What>;
  private entries: JournalEntry<What>[];

  constructor(program: Program<N, S, What>, initial: EngineState<N, S, What>, journal: readonly JournalEntry<What>[] = [], trace = new Trace()) {
    this.program = program;
    this.entries = [...journal];
    this.trace = trace;
    this.joins = trace.level !== 'lab';
    this.step = new Step(initial, trace);
    this.event = { at: initial.now, seq: -1, node: 0 as NodeId, cause: NO_TRACE, what: null as What };
    this.takeJournal();
    this.checkpoint();
  }

  get journal(): readonly JournalEntry<What>[] {
    return this.entries;
  }

  /** Adds to the journal at the present moment. Only possible at the end of what has been run. */
  act(at: Nanos, node: NodeId, what: What): void {
    if (this.state.executed !== this.trace.eventCount) throw new RangeError('a change in the past needs a fork');
    this.entries.push({ after: this.state.executed, at: at < this.state.now ? this.state.now : at, node, what });
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

  /** Applies the next event. @returns false when none is left. */
  advance(): boolean {
    const state = this.step.state;
    this.step.armLate();
    const event = this.event;
    if (!popEvent(state.queue, event)) return false;
    state.now = event.at;
    this.step.cause = event.cause;
    this.trace.beginEvent(state.executed, event.at, event.node);
    this.program.dispatch(this.step, event);
    if (this.joins) this.joinLast();
    state.executed++;
    if (this.entries.length > state.nextJournal) this.takeJournal();
    if (state.executed >= this.checkpointAt) this.checkpointIfDue();
    return true;
  }

  /** What was scheduled behind everything else of this moment (a woken process) belongs to this event if it is next anyway. */
  private joinLast(): void {
    const { state } = this.step;
    const event = this.event;
    while (nextTime(state.queue) === state.now && nextTie(state.queue) >= LAST) {
      popEvent(state.queue, event);
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

  /** A copy of the state that can be kept, hashed, sent away. */
  saveCheckpoint(): Checkpoint<N, S, What> {
    const state = this.step.state;
    this.step.disown();
    return { state: { ...state, prng: [...state.prng], queue: copyQueue(state.queue), late: state.late.slice(), nodes: state.nodes.slice() } };
  }

  /** Continues from a checkpoint as if it had just been reached. */
  restore(checkpoint: Checkpoint<N, S, What>): void {
    const saved = checkpoint.state;
    this.step.adopt({ ...saved, prng: [...saved.prng], queue: copyQueue(saved.queue), late: saved.late.slice(), nodes: saved.nodes.slice() });
    this.workAt = copyWork();
  }

  /** A second engine that stands at the same moment and shares nothing that either may change. */
  fork(): Engine<N, S, What> {
    const { executed, nextTrace, nextFrame, nextJournal } = this.state;
    const trace = this.trace.branch(executed, nextTrace, nextFrame);
    const twin = new Engine(this.program, { ...this.saveCheckpoint().state }, this.entries.slice(0, nextJournal), trace);
    twin.checkpoints = this.checkpoints.filter((c) => c.state.executed <= executed);
    twin.every = this.every;
    twin.restore(this.saveCheckpoint());
    twin.checkpointAt = this.checkpointAt;
    return twin;
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
   * afterwards are copied as a whole. A world twice as large so has checkpoints half as dense, at the same
   * cost per event.
   */
  private checkpointIfDue(): void {
    const last = this.checkpoints[this.checkpoints.length - 1] as Checkpoint<N, S, What>;
    const since = this.state.executed - last.state.executed;
    const due = (copyWork() - this.workAt + COLUMN_SHARE * pendingEvents(this.state.queue)) * EVENTS_PER_VALUE;
    if (since < due) {
      this.checkpointAt = last.state.executed + Math.ceil(due);
      return;
    }
    this.checkpoint();
  }

  private checkpoint(): void {
    const last = this.checkpoints[this.checkpoints.length - 1];
    if (last !== undefined && this.state.executed <= last.state.executed) return;
    this.held += copyWork() - this.workAt + COLUMN_SHARE * pendingEvents(this.state.queue);
    this.workAt = copyWork();
    if (this.checkpoints.length >= CHECKPOINTS_MAX || this.held > CHECKPOINT_VALUES_MAX) {
      this.checkpoints = this.checkpoints.filter((_, index) => index % 2 === 0);
      this.every *= 2;
      this.held /= 2;
    }
    this.checkpoints.push(this.saveCheckpoint());
    this.checkpointAt = this.state.executed + this.every;
  }
}
