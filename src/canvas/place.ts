/**
 * Where a card stands: near its frame, on no node, no name, no other card, and at the same spot all
 * the way, so that it can be read while the frame moves.
 * Comes from: draw.ts.  Goes to: draw-cards.ts.
 */
import { overlap, type Point, type Rect, type View } from './view.ts';

/** Candidate places around an anchor, in units of half sizes plus a gap; nearer ones first. */
const AROUND: readonly (readonly [number, number])[] = [
  [0, -1],
  [0, 1],
  [0.6, -1],
  [-0.6, -1],
  [0.6, 1],
  [-0.6, 1],
  [1, 0],
  [-1, 0],
  [0, -1.9],
  [0, 1.9],
  [1, -1],
  [-1, -1],
  [1, 1],
  [-1, 1],
  [0, -3],
  [0, 3],
  [1.2, -1.9],
  [-1.2, -1.9],
  [1.2, 1.9],
  [-1.2, 1.9],
];
const GAP = 16;

export interface Spot {
  readonly dx: number;
  readonly dy: number;
  /** pixels of forbidden ground that it covers all the same */
  readonly cost: number;
}

/** @param taken where it should not be; @param soft where it would rather not be */
export function findSpot(view: View, anchor: Point, w: number, h: number, taken: readonly Rect[], soft: readonly Rect[]): Spot {
  let best: Spot = { dx: 0, dy: -(h / 2 + GAP), cost: Infinity };
  let worth = Infinity;
  for (const [ax, ay] of AROUND) {
    const wanted = { x: anchor.x + ax * (w / 2 + GAP) - w / 2, y: anchor.y + ay * (h / 2 + GAP) - h / 2 };
    const x = Math.min(Math.max(wanted.x, 6), Math.max(6, view.width - w - 6));
    const y = Math.min(Math.max(wanted.y, 6), Math.max(6, view.height - h - 6));
    const rect = { x, y, w, h };
    let cost = 0;
    for (const other of taken) cost += overlap(rect, other);
    let wish = 0;
    for (const other of soft) wish += overlap(rect, other);
    const away = Math.abs(x + w / 2 - anchor.x) + Math.abs(y + h / 2 - anchor.y);
    const total = cost * 4 + wish * 0.6 + away * 6;
    if (total < worth) {
      worth = total;
      best = { dx: x + w / 2 - anchor.x, dy: y + h / 2 - anchor.y, cost };
    }
  }
  return best;
}

export function rectAround(anchor: Point, spot: Spot, w: number, h: number): Rect {
  return { x: anchor.x + spot.dx - w / 2, y: anchor.y + spot.dy - h / 2, w, h };
}
