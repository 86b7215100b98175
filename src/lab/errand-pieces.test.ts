import { expect, test } from 'vitest';
import type { RunStretch } from '../sim/index.ts';
import { PIECE, putTogether, takeApart } from './errand-pieces.ts';

type Kept = RunStretch['checkpoints'][number];

/** A stretch whose checkpoints hold these nodes. */
function stretch(...checkpoints: readonly (readonly number[])[]): RunStretch {
  return {
    trace: {} as RunStretch['trace'],
    checkpoints: checkpoints.map((nodes, at) => ({
      state: {} as Kept['state'],
      work: at,
      nodes: nodes.map((node) => ({ node, value: { name: `n${node} at ${at}` } as unknown as Kept['nodes'][number]['value'] })),
    })),
  };
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const sorted = ({ checkpoints }: RunStretch): unknown =>
  checkpoints.map(({ nodes, work }) => [work, [...nodes].toSorted((a, b) => a.node - b.node)]);

test('a stretch of few nodes stays whole', () => {
  const whole = stretch(upTo(PIECE), [3, 5]);
  expect(takeApart(whole)).toEqual({ pieces: [], rest: whole });
});

test('a stretch of many nodes goes in pieces of some nodes each, and comes together again', () => {
  const whole = stretch(upTo(1000), [7, 999], [], upTo(60));
  const { pieces, rest } = takeApart(whole);
  expect(pieces.length).toBe(Math.ceil(1000 / PIECE));
  for (const piece of pieces) expect(new Set(piece.map(({ node }) => node)).size).toBeLessThanOrEqual(PIECE);
  expect(rest.checkpoints.every(({ nodes }) => nodes.length === 0)).toBe(true);
  expect(sorted(putTogether(pieces, rest))).toEqual(sorted(whole));
});

test('all that was kept of a node is in one piece, so that what its states share is sent once', () => {
  const { pieces } = takeApart(stretch(upTo(500), upTo(500).toReversed()));
  const places = new Map<number, Set<number>>();
  pieces.forEach((piece, i) => piece.forEach(({ node }) => places.set(node, (places.get(node) ?? new Set()).add(i))));
  expect([...places.values()].every((of) => of.size === 1)).toBe(true);
  expect(places.size).toBe(500);
});
