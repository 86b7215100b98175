import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { copyQueue, createQueue, nextTie, nextTime, popEvent, pushEvent, pushLast, removeEvents, type SimEvent } from './event.ts';
import { LAST } from './step.ts';
import { NO_TRACE, type Nanos, type NodeId } from './index.ts';

type Deed =
  | { readonly kind: 'push'; readonly delay: number; readonly late: boolean }
  | { readonly kind: 'last' | 'pop' | 'copy' | 'remove' };

const deeds: fc.Arbitrary<Deed[]> = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constant('push' as const),
      delay: fc.oneof(fc.constant(0), fc.nat(50), fc.nat(100_000_000)),
      late: fc.boolean(),
    }),
    fc.record({ kind: fc.constantFrom('last' as const, 'last' as const, 'pop' as const, 'pop' as const, 'pop' as const, 'copy' as const) }),
    fc.record({ kind: fc.constant('remove' as const) }),
  ),
  { maxLength: 120 },
);

describe('the queue of events', () => {
  it('gives them out by time and tie, whichever way they came in', () => {
    fc.assert(
      fc.property(deeds, (list) => {
        let queue = createQueue<number>();
        let waiting: { at: number; tie: number; seq: number }[] = [];
        let now = 0;
        let seq = 0;
        const event = { at: 0, seq: 0, node: 0, cause: NO_TRACE, what: 0 } as unknown as { -readonly [K in keyof SimEvent<number>]: SimEvent<number>[K] }; // prettier-ignore
        const pop = (): void => {
          waiting.sort((a, b) => a.at - b.at || a.tie - b.tie);
          const first = waiting.shift();
          expect(nextTime(queue)).toBe(first?.at ?? -1);
          if (first !== undefined) expect(nextTie(queue)).toBe(first.tie);
          expect(popEvent(queue, event)).toBe(first !== undefined);
          if (first === undefined) return;
          expect([event.at, event.seq, event.what]).toEqual([first.at, first.seq, first.seq]);
          now = first.at;
        };
        for (const deed of list) {
          if (deed.kind === 'push') {
            const row = { at: now + deed.delay, tie: (deed.late ? LAST : 0) + seq, seq };
            waiting.push(row);
            pushEvent(queue, row.at as Nanos, row.tie, seq, 0 as NodeId, NO_TRACE, seq);
            seq++;
          } else if (deed.kind === 'last') {
            waiting.push({ at: now, tie: LAST + seq, seq });
            pushLast(queue, now as Nanos, LAST + seq, seq, 0 as NodeId, NO_TRACE, seq);
            seq++;
          } else if (deed.kind === 'copy') queue = copyQueue(queue);
          else if (deed.kind === 'remove') {
            const gone = new Set(waiting.filter((row) => row.seq % 3 === 0).map((row) => row.seq));
            removeEvents(queue, gone);
            waiting = waiting.filter((row) => !gone.has(row.seq));
          } else pop();
        }
        while (waiting.length > 0) pop();
        pop();
      }),
      { numRuns: 300 },
    );
  });
});
