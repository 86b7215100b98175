/**
 * Of a lab of many nodes only some have buttons in the page: a thousand of them would be placed anew at each move of
 * the map, and their dots would hide it.
 * Goes to: node-buttons.tsx, edit-layer.tsx.
 */
import type { NodeBox } from './labels.ts';
import type { NodeSpot } from './map-types.ts';

/** Up to so many nodes all have their buttons. */
const ALL = 120;
/** Buttons before and behind the one that has the keyboard. */
const AROUND = 12;

/**
 * Nodes that have a button, in the order of the file.
 * @param at the node that had the keyboard last: those around it can be reached from there
 * @param selected -1: none
 */
export function nodesPresent(count: number, at: number, selected: number): number[] {
  const there = new Set<number>();
  const middles = count <= ALL ? [] : [at, selected].filter((node) => node >= 0);
  const spans =
    middles.length === 0 ? [[0, count <= ALL ? count : 2 * AROUND] as const] : middles.map((m) => [m - AROUND, m + AROUND + 1] as const);
  for (const [from, end] of spans) for (let i = Math.max(0, from); i < Math.min(count, end); i++) there.add(i);
  return [...there].toSorted((a, b) => a - b);
}

/** Where nodes stand, in whole pixels. */
export function spotsOf(boxes: readonly NodeBox[], { width, height }: { readonly width: number; readonly height: number }): NodeSpot[] {
  return boxes.map(({ node, x, y, r }) => {
    const seen = x > -r && y > -r && x < width + r && y < height + r;
    return { node: node.id as number, x: Math.round(x), y: Math.round(y), r: Math.round(r), seen };
  });
}

/** Where dots for cables stand: at all nodes in sight, or if those are too many at the ones that somebody is busy with. */
export function spotsWithDots(spots: readonly NodeSpot[], busy: readonly number[]): readonly NodeSpot[] {
  if (spots.length <= ALL) return spots;
  const seen = spots.filter((spot) => spot.seen);
  return seen.length <= ALL ? seen : seen.filter(({ node }) => busy.includes(node));
}
