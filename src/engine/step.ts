/**
 * The state of a run, and the hands that a program has while it applies an event.
 * Comes from: engine.ts.  Goes to: the program's dispatch(); event.ts, trace.ts, prng.ts.
 */
import { copyPlain } from './copy.ts';
import { copyQueue, nextTime, pushEvent, pushLast, removeEvents, waitingEvents, type EventQueue, type WaitingEvent } from './event.ts';
import type { SentFrame } from './frame-store.ts';
import { NO_FRAME, NO_TRACE, type FrameId, type NodeId, type TraceId } from './ids.ts';
import { nextBelow, nextUint32, type PrngState } from './prng.ts';
import type { Nanos } from './time.ts';
import type { Trace, TraceArgs, Verdict } from './trace.ts';

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

/**
 * A node as it was, for the checkpoints of one stretch in which it was not touched. Until it is touched
 * again this is the living node itself; then the copy is made for the checkpoints, and the living one
 * stays where it is: so code always meets the same objects, which is what makes it fast.
 */
export interface Kept<N> {
  node: N;
  /** nobody changes `node` any more */
  frozen: boolean;
}

/** A moment to go back to. */
export interface Checkpoint<N, S, What> {
  /** everything but the nodes */
  readonly state: Readonly<Omit<EngineState<N, S, What>, 'nodes'>>;
  readonly nodes: readonly Readonly<Kept<N>>[];
  /** values that were copied for it, about */
  readonly work: number;
}

/** The whole state that a checkpoint holds, for reading. */
export function stateOf<N, S, What>(checkpoint: Checkpoint<N, S, What>): EngineState<N, S, What> {
  return { ...checkpoint.state, nodes: checkpoint.nodes.map((kept) => kept.node) };
}

/** A checkpoint made of a state that nobody changes any more, such as one read from a file. */
export function checkpointOf<N, S, What>({ nodes, ...state }: EngineState<N, S, What>): Checkpoint<N, S, What> {
  return { state, nodes: nodes.map((node) => ({ node, frozen: true })), work: 0 };
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

/** Timers of different levels never share a number; a run has far fewer events than this. */
const LEVEL_STRIDE = 0x10000000000;
/** Sequence numbers of scheduleLast() begin here, beyond those of all other events. */
export const LAST = 1_125_899_906_842_624;
/** Those of schedulePoll() begin here. */
const POLL = 562_949_953_421_312;
/** Those of scheduleNext() begin here. */
const NEXT = 844_424_930_131_968;

/** The hands that a program has while it applies an event. */
export class Step<N, S, What> {
  /** what checkpoints hold of each node; null when they hold nothing of it as it is now */
  private kept: (Kept<N> | null)[];
  readonly trace: Trace;
  state: EngineState<N, S, What>;
  private sharedOwned = true;
  /** values copied for checkpoints, in all; a cell of its own, so that no code is thrown away when it grows */
  private readonly copied = new Float64Array(1);
  /** the record that led to the event under way */
  cause: TraceId = NO_TRACE;

  constructor(state: EngineState<N, S, What>, trace: Trace) {
    this.state = state;
    this.trace = trace;
    this.kept = state.nodes.map(() => null);
  }

  /** Values copied for checkpoints, in all. */
  get work(): number {
    return this.copied[0] as number;
  }

  /** The engine counts what an event made to be copied. */
  countWork(values: number): void {
    this.copied[0] = (this.copied[0] as number) + values;
  }

  get now(): Nanos {
    return this.state.now;
  }

  /** A node's state for reading. */
  peek(node: NodeId): Readonly<N> {
    return this.state.nodes[node] as N;
  }

  /** A node's state for changing: it and the checkpoints that hold it go separate ways first. */
  node(node: NodeId): N {
    if (this.kept[node] !== null) this.part(node);
    return this.state.nodes[node] as N;
  }

  private part(node: NodeId): void {
    const kept = this.kept[node];
    if (kept === null || kept === undefined) return;
    const copy = copyPlain(this.state.nodes[node] as N);
    if (kept.frozen) this.state.nodes[node] = copy;
    else {
      kept.node = copy;
      kept.frozen = true;
    }
    this.kept[node] = null;
  }

  /** What all nodes share, for changing. */
  shared(): S {
    if (!this.sharedOwned) {
      this.state.shared = copyPlain(this.state.shared);
      this.sharedOwned = true;
    }
    return this.state.shared;
  }

  /**
   * The present moment, to go back to.
   * @param work values that were copied for it
   */
  save(work = 0): Checkpoint<N, S, What> {
    const { nodes, ...rest } = this.state;
    this.kept.forEach((kept, node) => {
      if (kept === null) this.kept[node] = { node: nodes[node] as N, frozen: false };
    });
    this.sharedOwned = false;
    return { state: copyRest(rest, 'read'), nodes: this.kept.slice() as Kept<N>[], work };
  }

  /** Goes on from another moment, of which nothing may be changed in place. */
  adopt(checkpoint: Checkpoint<N, S, What>): void {
    this.kept = checkpoint.nodes.slice();
    for (const kept of this.kept) if (kept !== null) kept.frozen = true;
    this.state = { ...copyRest(checkpoint.state, 'go-on'), nodes: checkpoint.nodes.map((kept) => kept.node) };
    this.sharedOwned = false;
  }

  /** Parts from all checkpoints, because somebody else is going to use them too. */
  partAll(): void {
    for (let node = 0; node < this.kept.length; node++) if (this.kept[node]?.frozen === false) this.part(node as NodeId);
  }

  /**
   * Schedules an event at an absolute time, not before now.
   * @param to see SimEvent.to
   * @returns its sequence number, by which timers know it
   */
  schedule(at: Nanos, node: NodeId, what: What, cause: TraceId = this.cause, to = 0): number {
    const state = this.state;
    if (at < state.now) throw new RangeError(`event at ${at} ns is in the past of ${state.now} ns`);
    const seq = state.nextSeq++;
    pushEvent(state.queue, at, seq, seq, node, cause, what, to);
    return seq;
  }

  /**
   * Schedules an event behind the ordinary ones of its time, also those that are scheduled until then, and
   * before those of scheduleLast(): queues that a kernel empties when its first queue is empty.
   */
  schedulePoll(at: Nanos, node: NodeId, what: What, cause: TraceId = this.cause): number {
    const state = this.state;
    if (at < state.now) throw new RangeError(`event at ${at} ns is in the past of ${state.now} ns`);
    const seq = state.nextSeq++;
    pushEvent(state.queue, at, POLL + seq, seq, node, cause, what, 0);
    return seq;
  }

  /**
   * Schedules an event at this moment behind those of schedulePoll() and before those of scheduleLast(): a process
   * at work goes on before another one gets the processor.
   */
  scheduleNext(node: NodeId, what: What): void {
    const state = this.state;
    const seq = state.nextSeq++;
    pushEvent(state.queue, state.now, NEXT + seq, seq, node, this.cause, what, 0);
  }

  /**
   * Schedules an event behind everything else of its time, also behind what is scheduled until then: a
   * woken process runs when the kernel has done all that is due. Among themselves in order of scheduling.
   */
  scheduleLast(at: Nanos, node: NodeId, what: What, to = 0): number {
    const state = this.state;
    if (at < state.now) throw new RangeError(`event at ${at} ns is in the past of ${state.now} ns`);
    const seq = state.nextSeq++;
    if (at === state.now) pushLast(state.queue, at, LAST + seq, seq, node, this.cause, what, to);
    else pushEvent(state.queue, at, LAST + seq, seq, node, this.cause, what, to);
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
    if (late) state.late.push({ at, seq, node, cause: this.cause, what, level });
    else pushEvent(state.queue, at, -(level * LEVEL_STRIDE + seq), seq, node, this.cause, what, 0);
    return seq;
  }

  /** Arms the late timers, once nothing more is to happen at the present moment. */
  armLate(): void {
    const state = this.state;
    if (state.late.length === 0 || nextTime(state.queue) === state.now) return;
    for (const { at, seq, node, cause, what, level } of state.late)
      pushEvent(state.queue, at, -(level * LEVEL_STRIDE + state.nextSeq++), seq, node, cause, what, 0);
    state.late = [];
  }

  /** The events of a node that wait, in their order; timers that are armed at the end of this moment among them. */
  waiting(node: NodeId): WaitingEvent<What>[] {
    return waitingOf(this.state, node);
  }

  /** Takes events out that wait, by their sequence numbers. */
  withdraw(seqs: ReadonlySet<number>): void {
    const state = this.state;
    removeEvents(state.queue, seqs);
    state.late = state.late.filter(({ seq }) => !seqs.has(seq));
  }

  /** Lets an event that waits happen at another time. It keeps its number and its rank among events of one time. */
  reschedule(event: WaitingEvent<What>, at: Nanos): void {
    if (at < this.state.now) throw new RangeError(`event at ${at} ns is in the past of ${this.state.now} ns`);
    this.withdraw(new Set([event.seq]));
    pushEvent(this.state.queue, at, event.tie, event.seq, event.node, event.cause, event.what, event.to);
  }

  /** The number of the next frame. Who takes it makes the frame and gives it to keepFrame(). */
  nextFrameId(): FrameId {
    return this.state.nextFrame++ as FrameId;
  }

  /** Writes down a frame, which nobody changes from now on. */
  keepFrame(frame: SentFrame): void {
    if (this.trace.level !== 'count') this.trace.putFrame(frame);
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

/** The events of a node that wait in a state, in their order. */
export function waitingOf<N, S, What>(state: Readonly<EngineState<N, S, What>>, node: NodeId): WaitingEvent<What>[] {
  const late = state.late.flatMap((timer) =>
    timer.node === node ? [{ ...timer, to: 0, tie: -(timer.level * LEVEL_STRIDE + timer.seq) }] : [],
  );
  return [...waitingEvents(state.queue, node), ...late].toSorted((a, b) => a.at - b.at || a.tie - b.tie);
}

/** The parts of a state that change with every event are copied; `shared` is copied when it is written to. */
function copyRest<N, S, What>(
  rest: Readonly<Omit<EngineState<N, S, What>, 'nodes'>>,
  use: 'read' | 'go-on',
): Omit<EngineState<N, S, What>, 'nodes'> {
  return { ...rest, prng: [...rest.prng], queue: copyQueue(rest.queue, use), late: rest.late.slice() };
}
