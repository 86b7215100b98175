/**
 * Where on the map a new node goes, and what a menu is opened for.
 * Comes from: live-map.ts.  Goes to: the bar of the edit mode, the menu of the map.
 */
import type { NodeBox } from './labels.ts';
import type { Fit } from './layout.ts';
import type { Point } from './view.ts';

/** What stands at a place of the window. */
export type MapTarget = { readonly x: number; readonly y: number } & (
  | { readonly kind: 'node'; readonly node: number }
  | { readonly kind: 'link'; readonly link: number }
  /** a free place, in the file's own units */
  | { readonly kind: 'ground'; readonly place: readonly [number, number] }
);

/** Pixels between a new node and the others. */
const APART_X = 150;
const APART_Y = 120;
/** Pixels at the edges where a symbol or its label would be cut off. */
const EDGE = { x: 70, y: 60 };

/**
 * The free place nearest to the right of a node, or of where a first one goes, in pixels; beyond all nodes
 * if the map is full.
 */
export function freeSpot(width: number, height: number, boxes: readonly NodeBox[], beside: NodeBox | undefined): Point {
  const middle = beside === undefined ? { x: width * 0.3, y: height / 2 } : { x: beside.x + APART_X, y: beside.y };
  let best: Point = { x: Math.max(middle.x, ...boxes.map(({ x }) => x + APART_X)), y: middle.y };
  let least = Infinity;
  const columns = Math.ceil(width / APART_X);
  const rows = Math.ceil(height / APART_Y);
  for (let row = -rows; row <= rows; row++) {
    for (let column = -columns; column <= columns; column++) {
      const x = middle.x + (column * APART_X) / 2;
      const y = middle.y + (row * APART_Y) / 2;
      if (x < EDGE.x || x > width - EDGE.x || y < EDGE.y || y > height - EDGE.y) continue;
      if (boxes.some((box) => Math.abs(box.x - x) < APART_X && Math.abs(box.y - y) < APART_Y)) continue;
      // Rather beside than above: labels stand below.
      const far = (x - middle.x) ** 2 + 2 * (y - middle.y) ** 2;
      if (far >= least) continue;
      least = far;
      best = { x, y };
    }
  }
  return best;
}

/** A map without nodes: one unit is so many pixels, and what stands in the middle has even figures. */
export function emptyFit(width: number, height: number): Fit {
  const scale = 1.25;
  return { sx: scale, sy: scale, ox: width / 2 - 400 * scale, oy: height / 2 - 220 * scale, spacing: 1000 };
}
