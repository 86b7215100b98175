import fc from 'fast-check';
import { expect, it } from 'vitest';
import { TurnSet } from './turn-set.ts';

it('is at any earlier record what a set was then, and goes on from there', () => {
  expect.hasAssertions();
  const turn = fc.record({ key: fc.constantFrom('a', 'b', 'c'), adds: fc.boolean(), later: fc.integer({ min: 0, max: 2 }) });
  fc.assert(
    fc.property(
      fc.array(turn, { maxLength: 30 }),
      fc.integer({ min: 0, max: 40 }),
      fc.array(turn, { maxLength: 10 }),
      (past, record, future) => {
        const all = new TurnSet();
        const then = new Set<string>();
        const turned = (set: TurnSet, plain: Set<string>, { key, adds }: (typeof past)[number], at: number): void => {
          const was = plain.has(key);
          if (adds) set.add(key, at);
          else expect(set.delete(key, at)).toBe(was);
          if (adds) plain.add(key);
          else plain.delete(key);
          expect(set.has(key)).toBe(plain.has(key));
        };
        const now = new Set<string>();
        let at = 0;
        for (const one of past) {
          at += one.later;
          turned(all, now, one, at);
          if (at < record) {
            then.clear();
            for (const key of now) then.add(key);
          }
        }
        const earlier = new TurnSet();
        earlier.beginAs(all, record);
        for (const key of ['a', 'b', 'c']) expect(earlier.has(key)).toBe(then.has(key));
        for (const one of future) turned(earlier, then, one, record);
        for (const key of ['a', 'b', 'c']) expect(all.has(key)).toBe(now.has(key));
      },
    ),
  );
});
