import { expect, test } from 'vitest';
import { leftToSee, tabsInSight } from './tab-strip.ts';

const WIDTH = 100;

test('only the tabs in sight and a few around them are there, with the last one', () => {
  const there = tabsInSight(1000, { left: 0, width: 1000 }, WIDTH, -1);
  expect(there[0]).toBe(0);
  expect(there.at(-1)).toBe(999);
  expect(there.length).toBeLessThan(30);
  expect(tabsInSight(1000, { left: 50_000, width: 1000 }, WIDTH, -1)).toContain(500);
});

test('the open terminal keeps its tab and those beside it wherever the strip is moved', () => {
  const there = tabsInSight(1000, { left: 0, width: 1000 }, WIDTH, 700);
  expect(there).toEqual(expect.arrayContaining([699, 700, 701, 999]));
  expect(tabsInSight(1000, { left: 0, width: 1000 }, WIDTH, 999).at(-1)).toBe(999);
});

test('tabs are in order and none is there twice', () => {
  for (const open of [-1, 0, 3, 499, 999]) {
    for (const left of [0, 730, 49_999, 100_000]) {
      const there = tabsInSight(1000, { left, width: 800 }, WIDTH, open);
      expect(there.every((place, i) => i === 0 || place > (there[i - 1] as number))).toBe(true);
    }
  }
});

test('the strip moves to a tab that is not seen, and rests where it is seen', () => {
  const view = { left: 5000, width: 1000 };
  expect(leftToSee(52, view, WIDTH)).toBe(5000);
  expect(leftToSee(10, view, WIDTH)).toBeLessThan(1150);
  const right = leftToSee(900, view, WIDTH);
  expect(right + 1000).toBeGreaterThan(90_250);
  expect(right).toBeLessThan(90_150);
});
