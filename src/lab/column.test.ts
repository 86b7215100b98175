import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Column } from './column.ts';

/** Two lists, the second of which begins as the first did, against plain arrays; several pages long. */
it('lists that begin alike go their own ways', () => {
  expect.hasAssertions();
  const step = fc.record({
    second: fc.boolean(),
    how: fc.constantFrom('push' as const, 'set' as const),
    count: fc.integer({ min: 1, max: 5000 }),
    place: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
  });
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 10_000 }),
      fc.integer({ min: 0, max: 12_000 }),
      fc.array(step, { maxLength: 6 }),
      (length, cut, steps) => {
        const first = new Column(Float64Array);
        const plain: number[][] = [[], []];
        for (let i = 0; i < length; i++) {
          first.push(i * 0.5);
          plain[0]?.push(i * 0.5);
        }
        const second = new Column(Float64Array);
        second.beginAs(first, cut);
        plain[1] = (plain[0] as number[]).slice(0, cut);
        for (const [n, { second: which, how, count, place }] of steps.entries()) {
          const column = which ? second : first;
          const expected = plain[which ? 1 : 0] as number[];
          if (how === 'push')
            for (let i = 0; i < count; i++) {
              column.push(-n - i);
              expected.push(-n - i);
            }
          else if (expected.length > 0) {
            const at = Math.floor(place * expected.length);
            column.set(at, 7.25 + n);
            expected[at] = 7.25 + n;
          }
        }
        for (const [i, column] of [first, second].entries()) {
          expect(column.length).toBe(plain[i]?.length);
          expect([...column]).toEqual(plain[i]);
          expect([column.get(-1), column.get(column.length)]).toEqual([undefined, undefined]);
        }
      },
    ),
    { numRuns: 30 },
  );
});

it('finds the place of a value among sorted ones', () => {
  const column = new Column(Int32Array);
  for (const value of [1, 3, 3, 5]) column.push(value);
  expect([0, 1, 3, 4, 6].map((value) => column.lowerBound(value))).toEqual([0, 0, 1, 3, 4]);
  expect([0, 1, 3, 4, 6].map((value) => column.upperBound(value))).toEqual([0, 1, 3, 3, 4]);
});
