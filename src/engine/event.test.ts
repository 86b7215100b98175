import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  copyQueue,
  createQueue,
  nextTime,
  pendingEvents,
  popEvent,
  popLast,
  pushEvent,
  pushLast,
  removeEvents,
  waitingEvents,
  type EventQueue,
  type SimEvent,
} from './event.ts';
import { FAR_WORDS } from './far-events.ts';
import { LAST } from './step.ts';
import { NO_TRACE, type Nanos, type NodeId, type TraceId } from './index.ts';

interface Waiting {
  readonly at: number;
  readonly tie: number;
  readonly seq: number;
  readonly what: unknown;
}

type Deed =
  | { readonly kind: 'push'; readonly delay: number; readonly late: boolean; readonly timer: boolean }
  | { readonly kind: 'last' | 'pop' | 'copy' | 'go-on' | 'remove' };

const deeds: fc.Arbitrary<Deed[]> = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constant('push' as const),
      delay: fc.oneof(
        fc.constant(0),
        fc.nat(50),
        fc.integer({ min: 16_000_000, max: 18_000_000 }),
        fc.nat(100_000_000),
        fc.nat(3_000_000_000),
        fc.nat(500_000_000_000),
        fc.constant(9e14),
      ),
      late: fc.boolean(),
      timer: fc.boolean(),
    }),
    fc.record({
      kind: fc.constantFrom(
        'last' as const,
        'last' as const,
        'pop' as const,
        'pop' as const,
        'pop' as const,
        'copy' as const,
        'go-on' as const,
      ),
    }),
    fc.record({ kind: fc.constant('remove' as const) }),
  ),
  { maxLength: 100, size: 'max' },
);

/** A queue beside a list of what waits in it. */
interface Pair {
  queue: EventQueue<unknown>;
  waiting: Waiting[];
  now: number;
}

function byRank(a: Waiting, b: Waiting): number {
  return a.at - b.at || a.tie - b.tie;
}

const nodeOf = (seq: number): NodeId => (seq % 7) as NodeId;
const causeOf = (seq: number): TraceId => (seq + 3) as TraceId;
/** A timer is for nobody in particular. */
const toOf = ({ seq, what }: Waiting): number => (typeof what === 'object' ? 0 : seq % 5);

function push(pair: Pair, row: Waiting, isLast: boolean): void {
  const { at, tie, seq, what } = row;
  (isLast ? pushLast : pushEvent)(pair.queue, at as Nanos, tie, seq, nodeOf(seq), causeOf(seq), what, toOf(row));
  pair.waiting.push(row);
}

/** Takes the first event out of both. @returns what the queue said and what the list says */
function pop(pair: Pair): readonly [unknown, unknown] {
  const event: SimEvent<unknown> = { at: 0 as Nanos, seq: 0, node: 0 as NodeId, to: 0, cause: NO_TRACE, what: 0 };
  const [first] = pair.waiting.toSorted(byRank);
  const at = nextTime(pair.queue);
  if (first === undefined)
    return [
      [at, popEvent(pair.queue, event)],
      [-1, false],
    ];
  pair.waiting = pair.waiting.filter((row) => row !== first);
  const isBehindAllElse = first.at === pair.now && first.tie >= LAST;
  const asLast = popLast(pair.queue, event, pair.now as Nanos, LAST);
  pair.now = first.at;
  const there = asLast || popEvent(pair.queue, event);
  const { seq, what } = first;
  return [
    [at, asLast, there, event.at, event.seq, event.node, event.to, event.cause, event.what],
    [first.at, isBehindAllElse, true, first.at, seq, nodeOf(seq), toOf(first), causeOf(seq), what],
  ];
}

/** Empties both. */
function drain(pair: Pair): void {
  const told: (readonly [unknown, unknown])[] = [];
  while (pair.waiting.length > 0) told.push(pop(pair));
  told.push(pop(pair));
  expect(told.map(([queue]) => queue)).toEqual(told.map(([, list]) => list));
}

describe('the queue of events', () => {
  it('gives them out by time and tie, whichever way they came in; a copy stays as it was', { timeout: 120_000 }, () => {
    fc.assert(
      fc.property(deeds, (list) => {
        const pair: Pair = { queue: createQueue<unknown>(), waiting: [], now: 0 };
        const kept: Readonly<Pair>[] = [];
        list.forEach((deed, seq) => {
          const { now } = pair;
          if (deed.kind === 'push') {
            const what = deed.timer ? { kind: 'timer', timer: `t${seq % 3}`, key: seq % 5 === 0 ? `k${seq}` : -seq } : seq;
            // timers come before everything else of their moment: their ties are negative
            const tie = deed.timer ? -(0x30000000000 + seq) : (deed.late ? LAST : 0) + seq;
            push(pair, { at: now + deed.delay, tie, seq, what }, false);
          } else if (deed.kind === 'last') push(pair, { at: now, tie: LAST + seq, seq, what: seq }, true);
          else if (deed.kind === 'copy') kept.push({ queue: copyQueue(pair.queue, 'read'), waiting: [...pair.waiting], now });
          else if (deed.kind === 'go-on') pair.queue = copyQueue(pair.queue, 'go-on');
          else if (deed.kind === 'remove') {
            removeEvents(pair.queue, new Set(pair.waiting.filter((row) => row.seq % 3 === 0).map((row) => row.seq)));
            pair.waiting = pair.waiting.filter((row) => row.seq % 3 !== 0);
          } else {
            const [queue, model] = pop(pair);
            expect(queue).toEqual(model);
          }
        });
        expect(pendingEvents(pair.queue)).toBe(pair.waiting.length);
        drain(pair);
        for (const { queue, waiting, now } of kept.slice(0, 3)) {
          const mine = waiting.filter((row) => nodeOf(row.seq) === 1).toSorted(byRank);
          expect(waitingEvents(queue, 1 as NodeId).map(({ seq, to, what }) => [seq, to, what])).toEqual(
            mine.map((row) => [row.seq, toOf(row), row.what]),
          );
          // two that go on from the same moment, each with events of its own
          const twins = [1000, 2000].map((seq): Pair => {
            const twin: Pair = { queue: copyQueue(queue, 'go-on'), waiting: [...waiting], now };
            for (const delay of [0, 2_000_000_000, 2_000_000_001])
              push(twin, { at: now + delay, tie: seq, seq: seq + (delay % 10), what: seq }, false);
            return twin;
          });
          for (const twin of twins) drain(twin);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('opens a coarse bucket before a fine one that begins with it', () => {
    const second = 0x40000000;
    const pair: Pair = { queue: createQueue<unknown>(), waiting: [], now: 0 };
    push(pair, { at: second + 5_000_000, tie: 1, seq: 1, what: 'long foreseen' }, false);
    push(pair, { at: second - 1, tie: 2, seq: 2, what: 'just before' }, false);
    expect(pop(pair)[0]).toEqual(expect.arrayContaining(['just before']));
    push(pair, { at: second + 10_000_000, tie: 3, seq: 3, what: 'late' }, false);
    drain(pair);
  });

  it('uses pages again that no copy holds, and leaves alone those that one does', () => {
    const pair: Pair = { queue: createQueue<unknown>(), waiting: [], now: 0 };
    let seq = 0;
    const fill = (to: Pair): void => {
      for (let i = 0; i < 700; i++, seq++) push(to, { at: to.now + 300_000_000 + (seq % 50), tie: seq, seq, what: seq }, false);
    };
    fill(pair);
    drain(pair);
    fill(pair);
    // two states are equal whatever stood in a page before
    const tails = pair.queue.far.buckets.map((bucket) =>
      bucket?.pages
        .at(-1)
        ?.subarray((bucket.count % 256) * FAR_WORDS)
        .some((word) => word !== 0),
    );
    expect(tails.filter((isDirty) => isDirty !== undefined)).toContain(false);
    expect(tails).not.toContain(true);
    const kept: Pair = { queue: copyQueue(pair.queue, 'read'), waiting: [...pair.waiting], now: pair.now };
    const twin: Pair = { ...kept, queue: copyQueue(kept.queue, 'go-on'), waiting: [...kept.waiting] };
    for (const side of [pair, twin, pair]) {
      drain(side);
      fill(side);
    }
    drain({ ...kept, queue: copyQueue(kept.queue, 'go-on') });
    for (const side of [pair, twin]) drain(side);
    expect([pair, twin].map(({ queue }) => pendingEvents(queue))).toEqual([0, 0]);
  });
});
