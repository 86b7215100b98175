import { expect, test } from 'vitest';
import type { NodeSpot } from './map-types.ts';
import { nodesPresent, spotsWithDots } from './node-window.ts';

const spots = (count: number, seen = count): NodeSpot[] =>
  Array.from({ length: count }, (_, node) => ({ node, x: node, y: 0, r: 9, seen: node < seen }));

test('all nodes of a lab of usual size have a button', () => {
  expect(nodesPresent(6, -1, -1)).toEqual([0, 1, 2, 3, 4, 5]);
  expect(nodesPresent(100, 50, 3)).toHaveLength(100);
});

test('of many nodes those around the keyboard and around the selected one have a button', () => {
  expect(nodesPresent(1000, -1, -1)[0]).toBe(0);
  const there = nodesPresent(1000, 500, 20);
  expect(there).toEqual(expect.arrayContaining([19, 20, 21, 499, 500, 501]));
  expect(there.length).toBeLessThan(60);
});

test('by going on from button to button every node is reached, in both directions', () => {
  for (const by of [1, -1]) {
    const reached = new Set<number>();
    let at = by > 0 ? 0 : 999;
    for (;;) {
      reached.add(at);
      const there = nodesPresent(1000, at, -1);
      const next = there[there.indexOf(at) + by];
      if (next === undefined) break;
      at = next;
    }
    expect(reached.size).toBe(1000);
  }
});

test('dots stand at all nodes in sight, or if those are many at the ones somebody is busy with', () => {
  expect(spotsWithDots(spots(80, 40), [])).toHaveLength(80);
  expect(spotsWithDots(spots(1000, 40), [])).toHaveLength(40);
  expect(spotsWithDots(spots(1000), [7, 3, 7]).map(({ node }) => node)).toEqual([3, 7]);
});
