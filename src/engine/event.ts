/**
 * Pending events and their order: earliest first, of equal times timers, then the others in the order of scheduling.
 * Comes from: whoever schedules.  Goes to: engine.ts.
 */
import type { NodeId, TraceId } from './ids.ts';
import type { Nanos } from './time.ts';


export interface SimEvent<What> {
  readonly at: Nanos;
  /** names the event: position in the order of scheduling */
  readonly seq: number;
  /** order among events of one time: seq, or for timers what Step.scheduleTimer() says (negative) */
  readonly tie: number;
  readonly node: NodeId;
  /** the record that led here, or NO_TRACE */
  readonly cause: TraceId;
  readonly what: What;
}

/** A binary heap kept in a plain array, so that the queue can be copied and saved. */
export type EventQueue<What> = SimEvent<What>[];

function before(a: { at: Nanos; tie: number }, b: { at: Nanos; tie: number }): boolean {
  return a.at < b.at || (a.at === b.at && a.tie < b.tie);
}

export function pushEvent<What>(queue: EventQueue<What>, event: SimEvent<What>): void {
  let i = queue.length;
  queue.push(event);
  while (i > 0) {
    const parent = (i - 1) >> 1;
    const above = queue[parent] as SimEvent<What>;
    if (before(above, event)) break;
    queue[i] = above;
    i = parent;
  }
  queue[i] = event;
}

export function popEvent<What>(queue: EventQueue<What>): SimEvent<What> | undefined {
  const first = queue[0];
  const last = queue.pop();
  if (last === undefined || queue.length === 0) return first;
  let i = 0;
  for (;;) {
    let child = 2 * i + 1;
    if (child >= queue.length) break;
    if (child + 1 < queue.length && before(queue[child + 1] as SimEvent<What>, queue[child] as SimEvent<What>)) child++;
    const below = queue[child] as SimEvent<What>;
    if (before(last, below)) break;
    queue[i] = below;
    i = child;
  }
  queue[i] = last;
  return first;
}
