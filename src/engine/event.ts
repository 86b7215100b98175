/**
 * Pending events and their order: earliest first; of equal times the lower tie first.
 * Comes from: whoever schedules, through Step.  Goes to: engine.ts.
 *
 * An event is a row of typed columns, named by its slot. What is due soon stands in a binary heap of
 * slots; what is due later waits in unsorted buckets (far-events.ts), poured into the heap when their turn
 * comes. So a million sleeping timers make the heap of the next few frames no deeper, and a copy no dearer.
 */
import { valuesOf } from './copy-work.ts';
import {
  createFar,
  farCount,
  farDone,
  farEnd,
  farForget,
  farNext,
  farNumber,
  farPage,
  farPlace,
  farPush,
  farRemove,
  farTo,
  farWhat,
  partFar,
  shareFar,
  type FarEvents,
} from './far-events.ts';
import type { NodeId, TraceId } from './ids.ts';
import type { Nanos } from './time.ts';

/** One event, as the program sees it. The engine reuses the record: nobody keeps it. */
export interface SimEvent<What> {
  readonly at: Nanos;
  /** names the event: position in the order of scheduling */
  readonly seq: number;
  readonly node: NodeId;
  /** whom at the node it is for: the port of a frame, the process that is woken; 0 for nobody in particular */
  readonly to: number;
  /** the record that led here, or NO_TRACE */
  readonly cause: TraceId;
  readonly what: What;
}

/**
 * Plain data; changed by the functions of this file only. Besides heap and buckets there is a lane for what is
 * to happen last at the present moment, woken processes: in at the end and out at the front, instead of up to the
 * top of the heap and down again.
 */
export interface EventQueue<What> {
  /** heap: time and slot of each place */
  heapAt: Float64Array;
  heapSlot: Int32Array;
  heapSize: number;
  /** slots of one moment, by tie: those from laneHead to laneEnd */
  lane: number[];
  laneHead: number;
  laneEnd: number;
  /** the heap holds what is due before this moment, which ends a bucket */
  heapUntil: number;
  /** what is due from then on */
  far: FarEvents<What>;
  /** the columns, by slot */
  at: Float64Array;
  /** order among events of one time: the sequence number, or what Step's schedule functions make of it */
  tie: Float64Array;
  seq: Float64Array;
  node: Int32Array;
  to: Int32Array;
  cause: Int32Array;
  what: (What | null)[];
  /** slots that were used and are free again */
  free: number[];
}

const FIRST_CAPACITY = 64;
/** No whole number: so the field holds a double from the first, and no code is thrown away when time passes 2^31 ns. */
const NOT_YET = 0.5;

export function createQueue<What>(): EventQueue<What> {
  return {
    heapAt: new Float64Array(FIRST_CAPACITY),
    heapSlot: new Int32Array(FIRST_CAPACITY),
    heapSize: 0,
    lane: [],
    laneHead: 0,
    laneEnd: 0,
    heapUntil: NOT_YET,
    far: createFar(),
    at: new Float64Array(FIRST_CAPACITY),
    tie: new Float64Array(FIRST_CAPACITY),
    seq: new Float64Array(FIRST_CAPACITY),
    node: new Int32Array(FIRST_CAPACITY),
    to: new Int32Array(FIRST_CAPACITY),
    cause: new Int32Array(FIRST_CAPACITY),
    what: [],
    free: [],
  };
}

/**
 * A queue with the same events; what they carry is shared, because nobody changes it.
 * @param use to be read only, while the original goes on; or to go on by itself
 */
export function copyQueue<What>(queue: EventQueue<What>, use: 'read' | 'go-on'): EventQueue<What> {
  return {
    heapAt: queue.heapAt.slice(),
    heapSlot: queue.heapSlot.slice(),
    heapSize: queue.heapSize,
    lane: queue.lane.slice(queue.laneHead, queue.laneEnd),
    laneHead: 0,
    laneEnd: queue.laneEnd - queue.laneHead,
    heapUntil: queue.heapUntil,
    far: use === 'read' ? shareFar(queue.far) : partFar(queue.far),
    at: queue.at.slice(),
    tie: queue.tie.slice(),
    seq: queue.seq.slice(),
    node: queue.node.slice(),
    to: queue.to.slice(),
    cause: queue.cause.slice(),
    what: queue.what.slice(),
    free: queue.free.slice(),
  };
}

/** Events that wait. */
export function pendingEvents(queue: EventQueue<unknown>): number {
  return queue.what.length - queue.free.length + farCount(queue.far);
}

/** What a copy of a queue costs, in values: its columns are copied at once, buckets are shared. */
export function queueWork({ what, far }: EventQueue<unknown>): number {
  let buckets = 0;
  for (const bucket of far.buckets) if (bucket !== null) buckets++;
  return what.length / 2 + 4 * buckets + 2 * far.others.size;
}

/** Values' worth of pages that were ever made for events: a checkpoint holds those that are done with before the next one. */
export function queuePages({ far }: EventQueue<unknown>): number {
  return valuesOf(far.made);
}

/** An event that waits, for reading, and for putting back at another time. */
export interface WaitingEvent<What> extends SimEvent<What> {
  /** order among events of one time, see EventQueue.tie */
  readonly tie: number;
}

function slotsOf(queue: EventQueue<unknown>): number[] {
  const slots = Array.from(queue.heapSlot.subarray(0, queue.heapSize));
  for (let i = queue.laneHead; i < queue.laneEnd; i++) slots.push(queue.lane[i] as number);
  return slots;
}

/** The events of one node that wait, in their order. Looks at every event: not for each packet. */
export function waitingEvents<What>(queue: EventQueue<What>, node: NodeId): WaitingEvent<What>[] {
  return [...nearEvents(queue, node), ...farEvents(queue, node)].toSorted((a, b) => a.at - b.at || a.tie - b.tie);
}

function farEvents<What>({ far }: EventQueue<What>, node: NodeId): WaitingEvent<What>[] {
  const found: WaitingEvent<What>[] = [];
  for (const bucket of far.buckets) {
    for (let i = 0; bucket !== null && i < bucket.count; i++) {
      const words = farPage(bucket, i);
      const place = farPlace(i);
      if (words[place + 6] !== node) continue;
      found.push({
        at: farNumber(words, place) as Nanos,
        seq: farNumber(words, place + 4),
        node,
        to: farTo(words, place),
        cause: words[place + 7] as TraceId,
        what: farWhat(far, words, place),
        tie: farNumber(words, place + 2),
      });
    }
  }
  return found;
}

function nearEvents<What>(queue: EventQueue<What>, node: NodeId): WaitingEvent<What>[] {
  return slotsOf(queue)
    .filter((slot) => queue.node[slot] === node)
    .map((slot) => ({
      at: queue.at[slot] as Nanos,
      seq: queue.seq[slot] as number,
      node,
      to: queue.to[slot] as number,
      cause: queue.cause[slot] as TraceId,
      what: queue.what[slot] as What,
      tie: queue.tie[slot] as number,
    }));
}

/** Takes events out by their sequence numbers; the others stay in their order. */
export function removeEvents<What>(queue: EventQueue<What>, seqs: ReadonlySet<number>): void {
  const kept: number[] = [];
  for (const slot of slotsOf(queue)) {
    if (!seqs.has(queue.seq[slot] as number)) kept.push(slot);
    else {
      queue.what[slot] = null;
      queue.free.push(slot);
    }
  }
  queue.heapSize = 0;
  queue.laneHead = 0;
  queue.laneEnd = 0;
  for (const slot of kept) heapPush(queue, queue.at[slot] as number, slot);
  farRemove(queue.far, seqs);
}

function grown<A extends Float64Array | Int32Array>(column: A): A {
  const wider = (column instanceof Float64Array ? new Float64Array(column.length * 2) : new Int32Array(column.length * 2)) as A;
  wider.set(column);
  return wider;
}

/** A place beyond all that were ever used. */
function newSlot(queue: EventQueue<unknown>): number {
  const slot = queue.what.length;
  queue.what.push(null);
  if (slot === queue.at.length) {
    queue.at = grown(queue.at);
    queue.tie = grown(queue.tie);
    queue.seq = grown(queue.seq);
    queue.node = grown(queue.node);
    queue.to = grown(queue.to);
    queue.cause = grown(queue.cause);
  }
  return slot;
}

/**
 * Puts an event in. In one piece, with the heap spelt out, so that it is too long to be made part of its many
 * callers: as machine code for each of them it took a fifth of the time that a run's beginning takes.
 */
export function pushEvent<What>(
  queue: EventQueue<What>,
  at: Nanos,
  tie: number,
  seq: number,
  node: NodeId,
  cause: TraceId,
  what: What,
  to: number,
): void {
  if (at >= queue.heapUntil) {
    farPush(queue.far, queue.heapUntil, at, tie, seq, node, cause, what, to);
    return;
  }
  const slot = queue.free.pop() ?? newSlot(queue);
  queue.at[slot] = at;
  queue.tie[slot] = tie;
  queue.seq[slot] = seq;
  queue.node[slot] = node;
  queue.to[slot] = to;
  queue.cause[slot] = cause;
  queue.what[slot] = what;
  if (queue.heapSize === queue.heapAt.length) growHeap(queue);
  const { heapAt, heapSlot } = queue;
  const ties = queue.tie;
  let place = queue.heapSize++;
  while (place > 0) {
    const parent = (place - 1) >> 1;
    const above = heapAt[parent] as number;
    if (above < at) break;
    const other = heapSlot[parent] as number;
    if (above === at && (ties[other] as number) < tie) break;
    heapAt[place] = above;
    heapSlot[place] = other;
    place = parent;
  }
  heapAt[place] = at;
  heapSlot[place] = slot;
}

/** Puts an event in that is due at the present moment, with a larger tie than all that were put in so. */
export function pushLast<What>(
  queue: EventQueue<What>,
  at: Nanos,
  tie: number,
  seq: number,
  node: NodeId,
  cause: TraceId,
  what: What,
  to: number,
): void {
  const slot = queue.free.pop() ?? newSlot(queue);
  queue.at[slot] = at;
  queue.tie[slot] = tie;
  queue.seq[slot] = seq;
  queue.node[slot] = node;
  queue.to[slot] = to;
  queue.cause[slot] = cause;
  queue.what[slot] = what;
  queue.lane[queue.laneEnd++] = slot;
}

/** Makes the heap hold the next event, if there is one at all. */
function pour<What>(queue: EventQueue<What>): void {
  const bucket = farNext(queue.far);
  if (bucket === null) return;
  queue.heapUntil = farEnd(bucket);
  for (let i = 0; i < bucket.count; i++) fromFar(queue, farPage(bucket, i), farPlace(i));
  farDone(bucket);
}

function fromFar<What>(queue: EventQueue<What>, words: Int32Array, place: number): void {
  const slot = queue.free.pop() ?? newSlot(queue);
  const at = farNumber(words, place);
  queue.at[slot] = at;
  queue.tie[slot] = farNumber(words, place + 2);
  queue.seq[slot] = farNumber(words, place + 4);
  queue.node[slot] = words[place + 6] as number;
  queue.to[slot] = farTo(words, place);
  queue.cause[slot] = words[place + 7] as number;
  queue.what[slot] = farWhat(queue.far, words, place);
  farForget(queue.far, words, place);
  heapPush(queue, at, slot);
}

function growHeap(queue: EventQueue<unknown>): void {
  queue.heapAt = grown(queue.heapAt);
  queue.heapSlot = grown(queue.heapSlot);
}

function heapPush(queue: EventQueue<unknown>, at: number, slot: number): void {
  if (queue.heapSize === queue.heapAt.length) growHeap(queue);
  const { heapAt, heapSlot, tie } = queue;
  const key = tie[slot] as number;
  let i = queue.heapSize++;
  while (i > 0) {
    const parent = (i - 1) >> 1;
    const above = heapAt[parent] as number;
    if (above < at || (above === at && (tie[heapSlot[parent] as number] as number) < key)) break;
    heapAt[i] = above;
    heapSlot[i] = heapSlot[parent] as number;
    i = parent;
  }
  heapAt[i] = at;
  heapSlot[i] = slot;
}

/** Is the next event the first of the lane? */
function isLaneNext(queue: EventQueue<unknown>): boolean {
  if (queue.laneHead === queue.laneEnd) return false;
  if (queue.heapSize === 0) return true;
  const slot = queue.lane[queue.laneHead] as number;
  const at = queue.at[slot] as number;
  const top = queue.heapAt[0] as number;
  return at < top || (at === top && (queue.tie[slot] as number) < (queue.tie[queue.heapSlot[0] as number] as number));
}

/** Time of the next event, or -1 when none waits. */
export function nextTime(queue: EventQueue<unknown>): number {
  if (isLaneNext(queue)) return queue.at[queue.lane[queue.laneHead] as number] as number;
  if (queue.heapSize === 0) {
    pour(queue);
    if (queue.heapSize === 0) return -1;
  }
  return queue.heapAt[0] as number;
}

/** The record into which an event is taken out. */
type Taken<What> = { -readonly [K in keyof SimEvent<What>]: SimEvent<What>[K] };

/** Takes the next event out into `event`, if it is due before a time. @returns false when there is none */
export function popEvent<What>(queue: EventQueue<What>, event: Taken<What>, before = Infinity): boolean {
  const fromLane = isLaneNext(queue);
  if (!fromLane && queue.heapSize === 0) {
    pour(queue);
    if (queue.heapSize === 0) return false;
  }
  const slot = (fromLane ? queue.lane[queue.laneHead] : queue.heapSlot[0]) as number;
  if ((queue.at[slot] as number) >= before) return false;
  take(queue, slot, event);
  if (fromLane) dropFromLane(queue);
  else dropTop(queue);
  return true;
}

/**
 * Takes the next event out into `event`, if it is due at the present moment and behind everything else of it.
 * @param tie the lowest of those that come behind everything else; what is in the lane has no lower one
 */
export function popLast<What>(queue: EventQueue<What>, event: Taken<What>, now: Nanos, tie: number): boolean {
  if (!isLaneNext(queue)) {
    if (queue.heapSize === 0 || queue.heapAt[0] !== now || (queue.tie[queue.heapSlot[0] as number] as number) < tie) return false;
    return popEvent(queue, event);
  }
  take(queue, queue.lane[queue.laneHead] as number, event);
  dropFromLane(queue);
  return true;
}

function take<What>(queue: EventQueue<What>, slot: number, event: Taken<What>): void {
  event.at = queue.at[slot] as Nanos;
  event.seq = queue.seq[slot] as number;
  event.node = queue.node[slot] as NodeId;
  event.to = queue.to[slot] as number;
  event.cause = queue.cause[slot] as TraceId;
  event.what = queue.what[slot] as What;
  queue.what[slot] = null;
  queue.free.push(slot);
}

function dropFromLane(queue: EventQueue<unknown>): void {
  if (++queue.laneHead < queue.laneEnd) return;
  queue.laneHead = 0;
  queue.laneEnd = 0;
}

function dropTop(queue: EventQueue<unknown>): void {
  const { heapAt, heapSlot, tie } = queue;
  const size = --queue.heapSize;
  if (size === 0) return;
  // the last one sinks from the top
  const at = heapAt[size] as number;
  const moved = heapSlot[size] as number;
  const key = tie[moved] as number;
  let i = 0;
  for (;;) {
    let child = 2 * i + 1;
    if (child >= size) break;
    let below = heapAt[child] as number;
    if (child + 1 < size) {
      const right = heapAt[child + 1] as number;
      if (
        right < below ||
        (right === below && (tie[heapSlot[child + 1] as number] as number) < (tie[heapSlot[child] as number] as number))
      ) {
        child++;
        below = right;
      }
    }
    if (at < below || (at === below && key < (tie[heapSlot[child] as number] as number))) break;
    heapAt[i] = below;
    heapSlot[i] = heapSlot[child] as number;
    i = child;
  }
  heapAt[i] = at;
  heapSlot[i] = moved;
}
