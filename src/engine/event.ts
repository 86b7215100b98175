/**
 * Pending events and their order: earliest first; of equal times the lower tie first.
 * Comes from: whoever schedules, through Step.  Goes to: engine.ts.
 *
 * An event is a row of typed columns, named by its slot. What is due soon stands in a binary heap of
 * slots; what is due later waits in unsorted buckets of 16.8 ms each, poured into the heap when
 * their turn comes. So a million sleeping timers make the heap of the next few frames no deeper.
 */
import type { NodeId, TraceId } from './ids.ts';
import type { Nanos } from './time.ts';

/** One event, as the program sees it. The engine reuses the record: nobody keeps it. */
export interface SimEvent<What> {
  readonly at: Nanos;
  /** names the event: position in the order of scheduling */
  readonly seq: number;
  readonly node: NodeId;
  /** the record that led here, or NO_TRACE */
  readonly cause: TraceId;
  readonly what: What;
}

/** Plain data; changed by the functions of this file only. */
export interface EventQueue<What> {
  /** heap: time and slot of each place */
  heapAt: Float64Array;
  heapSlot: Int32Array;
  heapSize: number;
  /** the heap holds what is due in buckets up to this one */
  bucket: number;
  /** slots that wait in later buckets, in no order */
  later: Map<number, number[]>;
  /** the columns, by slot */
  at: Float64Array;
  /** order among events of one time: the sequence number, or what Step's schedule functions make of it */
  tie: Float64Array;
  seq: Float64Array;
  node: Int32Array;
  cause: Int32Array;
  what: (What | null)[];
  /** slots that were used and are free again */
  free: number[];
}

const BUCKET_NS = 16_777_216;
const FIRST_CAPACITY = 64;

export function createQueue<What>(): EventQueue<What> {
  return {
    heapAt: new Float64Array(FIRST_CAPACITY),
    heapSlot: new Int32Array(FIRST_CAPACITY),
    heapSize: 0,
    bucket: 0,
    later: new Map(),
    at: new Float64Array(FIRST_CAPACITY),
    tie: new Float64Array(FIRST_CAPACITY),
    seq: new Float64Array(FIRST_CAPACITY),
    node: new Int32Array(FIRST_CAPACITY),
    cause: new Int32Array(FIRST_CAPACITY),
    what: [],
    free: [],
  };
}

/** A queue of its own with the same events; what they carry is shared, because nobody changes it. */
export function copyQueue<What>(queue: EventQueue<What>): EventQueue<What> {
  const later = new Map<number, number[]>();
  for (const [bucket, slots] of queue.later) later.set(bucket, slots.slice());
  return {
    heapAt: queue.heapAt.slice(),
    heapSlot: queue.heapSlot.slice(),
    heapSize: queue.heapSize,
    bucket: queue.bucket,
    later,
    at: queue.at.slice(),
    tie: queue.tie.slice(),
    seq: queue.seq.slice(),
    node: queue.node.slice(),
    cause: queue.cause.slice(),
    what: queue.what.slice(),
    free: queue.free.slice(),
  };
}

/** Events that wait. */
export function pendingEvents(queue: EventQueue<unknown>): number {
  return queue.what.length - queue.free.length;
}

function grown<A extends Float64Array | Int32Array>(column: A): A {
  const wider = (column instanceof Float64Array ? new Float64Array(column.length * 2) : new Int32Array(column.length * 2)) as A;
  wider.set(column);
  return wider;
}

function newSlot<What>(queue: EventQueue<What>): number {
  const freed = queue.free.pop();
  if (freed !== undefined) return freed;
  const slot = queue.what.length;
  queue.what.push(null);
  if (slot === queue.at.length) {
    queue.at = grown(queue.at);
    queue.tie = grown(queue.tie);
    queue.seq = grown(queue.seq);
    queue.node = grown(queue.node);
    queue.cause = grown(queue.cause);
  }
  return slot;
}

export function pushEvent<What>(
  queue: EventQueue<What>,
  at: Nanos,
  tie: number,
  seq: number,
  node: NodeId,
  cause: TraceId,
  what: What,
): void {
  const slot = newSlot(queue);
  queue.at[slot] = at;
  queue.tie[slot] = tie;
  queue.seq[slot] = seq;
  queue.node[slot] = node;
  queue.cause[slot] = cause;
  queue.what[slot] = what;
  if (at < (queue.bucket + 1) * BUCKET_NS) {
    heapPush(queue, at, slot);
    return;
  }
  const bucket = Math.floor(at / BUCKET_NS);
  const slots = queue.later.get(bucket);
  if (slots === undefined) queue.later.set(bucket, [slot]);
  else slots.push(slot);
}

/** Makes the heap hold the next event, if there is one at all. */
function pour<What>(queue: EventQueue<What>): void {
  let next = Infinity;
  for (const bucket of queue.later.keys()) if (bucket < next) next = bucket;
  const slots = queue.later.get(next);
  if (slots === undefined) return;
  queue.later.delete(next);
  queue.bucket = next;
  for (const slot of slots) heapPush(queue, queue.at[slot] as number, slot);
}

function heapPush<What>(queue: EventQueue<What>, at: number, slot: number): void {
  if (queue.heapSize === queue.heapAt.length) {
    queue.heapAt = grown(queue.heapAt);
    queue.heapSlot = grown(queue.heapSlot);
  }
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

/** Time of the next event, or -1 when none waits. */
export function nextTime(queue: EventQueue<unknown>): number {
  if (queue.heapSize === 0) {
    if (queue.later.size === 0) return -1;
    pour(queue);
  }
  return queue.heapAt[0] as number;
}

/** Tie of the next event. There must be one: ask nextTime() first. */
export function nextTie(queue: EventQueue<unknown>): number {
  return queue.tie[queue.heapSlot[0] as number] as number;
}

/** Takes the next event out into `event`. @returns false when none waits */
export function popEvent<What>(queue: EventQueue<What>, event: { -readonly [K in keyof SimEvent<What>]: SimEvent<What>[K] }): boolean {
  if (nextTime(queue) < 0) return false;
  const { heapAt, heapSlot, tie } = queue;
  const slot = heapSlot[0] as number;
  event.at = heapAt[0] as Nanos;
  event.seq = queue.seq[slot] as number;
  event.node = queue.node[slot] as NodeId;
  event.cause = queue.cause[slot] as TraceId;
  event.what = queue.what[slot] as What;
  queue.what[slot] = null;
  queue.free.push(slot);
  const size = --queue.heapSize;
  if (size === 0) return true;
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
  return true;
}
