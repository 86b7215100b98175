/**
 * The engine: takes the next event, applies it, notes what happened; keeps checkpoints; goes to any
 * moment by the nearest checkpoint and replay.
 * Comes from: sim/ (which knows what the nodes are).  Goes to: the program's dispatch().
 *
 * A state is plain data. Nodes are copied on write: a checkpoint keeps references to the nodes as
 * they are, and a node is copied before the first event that touches it afterwards. So a checkpoint
 * costs one pointer for each node, whatever the tables hold.
 */
import type { Layers } from '../wire/index.ts';
import { copyPlain } from './copy.ts';
import { popEvent, pushEvent, type EventQueue, type SimEvent } from './event.ts';
import { NO_FRAME, NO_TRACE, type FrameId, type NodeId, type TraceId } from './ids.ts';
import { nextBelow, nextUint32, type PrngState } from './prng.ts';
import { nanos, type Nanos } from './time.ts';
import { Trace, type Frame, type TraceArgs, type Verdict } from './trace.ts';

/** Something done from outside. The list of these, with scenario and seed, is the whole run. */
export interface JournalEntry<What> {
  /** number of events executed before it: fixes its place among events of the same moment */
  readonly after: number;
  readonly at: Nanos;
  readonly node: NodeId;
  readonly what: What;
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
  late: { event: SimEvent<What>; level: number }[];
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
/** More checkpoints than this are thinned out by dropping every second one. */
const CHECKPOINTS_MAX = 512;

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
    pushEvent(state.queue, { at: nanos(at), seq, tie: seq, node, cause, what });
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
    pushEvent(state.queue, { at: nanos(at), seq, tie: LAST + seq, node, cause, what });
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
    const event = { at: nanos(at), seq, tie: -(level * LEVEL_STRIDE + seq), node, cause: this.cause, what };
    if (late) state.late.push({ event, level });
    else pushEvent(state.queue, event);
    return seq;
  }

  /** Arms the late timers, once nothing more is to happen at the present moment. */
  armLate(): void {
    const state = this.state;
    const next = state.queue[0];
    if (state.late.length === 0 || (next !== undefined && next.at === state.now)) return;
    for (const { event, level } of state.late) pushEvent(state.queue, { ...event, tie: -(level * LEVEL_STRIDE + state.nextSeq++) });
    state.late = [];
  }

  /** Makes a frame: an immutable value with a number of its own. */
  newFrame(layers: Layers, bornFrom: FrameId = NO_FRAME): Frame {
    const frame: Frame = { id: this.state.nextFrame++ as FrameId, bornFrom, layers };
    this.trace.putFrame(frame);
    return frame;
  }

  /** Writes a record. */
  note(note: Note): TraceId {
    const state = this.state;
    const id = state.nextTrace++ as TraceId;
    this.trace.put(
      id,
      state.now,
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
  readonly step: Step<N, S, What>;
  readonly trace: Trace;
  private readonly program: Program<N, S, What>;
  private entries: JournalEntry<What>[];

  constructor(program: Program<N, S, What>, initial: EngineState<N, S, What>, journal: readonly JournalEntry<What>[] = [], trace = new Trace()) {
    this.program = program;
    this.entries = [...journal];
    this.trace = trace;
    this.step = new Step(initial, trace);
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
    return this.state.queue[0]?.at ?? null;
  }

  /** Applies the next event. @returns false when none is left. */
  advance(): boolean {
    const state = this.step.state;
    this.step.armLate();
    const event = popEvent(state.queue);
    if (event === undefined) return false;
    state.now = event.at;
    this.step.cause = event.cause;
    this.trace.beginEvent(state.executed, event.at, event.node, state.nextTrace);
    this.program.dispatch(this.step, event);
    state.executed++;
    this.takeJournal();
    const last = this.checkpoints[this.checkpoints.length - 1] as Checkpoint<N, S, What>;
    if (state.executed >= last.state.executed + this.every) this.checkpoint();
    return true;
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
    return { state: { ...state, prng: [...state.prng], queue: state.queue.slice(), late: state.late.slice(), nodes: state.nodes.slice() } };
  }

  /** Continues from a checkpoint as if it had just been reached. */
  restore(checkpoint: Checkpoint<N, S, What>): void {
    const saved = checkpoint.state;
    this.step.adopt({ ...saved, prng: [...saved.prng], queue: saved.queue.slice(), late: saved.late.slice(), nodes: saved.nodes.slice() });
  }

  /** A second engine that stands at the same moment and shares nothing that either may change. */
  fork(): Engine<N, S, What> {
    const { executed, nextTrace, nextFrame, nextJournal } = this.state;
    const trace = this.trace.branch(executed, nextTrace, nextFrame);
    const twin = new Engine(this.program, { ...this.saveCheckpoint().state }, this.entries.slice(0, nextJournal), trace);
    twin.checkpoints = this.checkpoints.filter((c) => c.state.executed <= executed);
    twin.every = this.every;
    twin.restore(this.saveCheckpoint());
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

  private checkpoint(): void {
    if (this.checkpoints.length >= CHECKPOINTS_MAX) {
      this.checkpoints = this.checkpoints.filter((_, index) => index % 2 === 0);
      this.every *= 2;
    }
    const last = this.checkpoints[this.checkpoints.length - 1];
    if (last === undefined || this.state.executed > last.state.executed) this.checkpoints.push(this.saveCheckpoint());
  }
}
