/**
 * Where a card stands: near its frame, on no node, no name, no other card, and at the same spot all
 * the way, so that it can be read while the frame moves.
 * Comes from: draw.ts.  Goes to: draw-cards.ts.
 */
import { overlap, type Point, type Rect, type View } from './view.ts';

/** Candidate places around an anchor, in units of half sizes plus a gap. */
const AROUND: readonly (readonly [number, number])[] = (() => {
  const places: [number, number][] = [];
  for (let y = -3; y <= 3; y += 0.5) {
    for (let x = -2; x <= 2; x += 0.5) if (Math.abs(x) >= 1 || Math.abs(y) >= 1) places.push([x, y]);
  }
  return places;
})();
/** Places across the picture that are tried as well, each way. */
const ACROSS = 7;
const GAP = 16;
const REACH = 60;

export interface Spot {
  readonly dx: number;
  readonly dy: number;
  /** square pixels of forbidden ground that it covers all the same */
  readonly cost: number;
  /** square pixels that it would rather not cover */
  readonly hides: number;
}

/**
 * @param anchors where the frame will be: on its way out, half-way, on its way in; one for what stands still
 * @param taken where it should not be; @param soft where it would rather not be
 */
export function findSpot(view: View, anchors: readonly Point[], w: number, h: number, taken: readonly Rect[], soft: readonly Rect[]): Spot {
  const middle = anchors[anchors.length >> 1] ?? { x: 0, y: 0 };
  let best: Spot = { dx: 0, dy: -(h / 2 + GAP), cost: Infinity, hides: Infinity };
  let worth = Infinity;
  // Small cards look as far around as large ones.
  const reachX = Math.max(w / 2, REACH) + GAP;
  const reachY = Math.max(h / 2, REACH / 2) + GAP;
  const tried = AROUND.length + ACROSS * ACROSS;
  for (let i = 0; i < tried; i++) {
    const [ax, ay] = AROUND[i] ?? [0, 0];
    const far = i - AROUND.length;
    // Where there is no room near by, anywhere in the picture.
    const x = far < 0 ? middle.x + ax * reachX - w / 2 : ((view.width - w) * (far % ACROSS)) / (ACROSS - 1);
    const y = far < 0 ? middle.y + ay * reachY - h / 2 : ((view.height - h) * Math.floor(far / ACROSS)) / (ACROSS - 1);
    const at = inside(view, { x, y, w, h });
    const spot = { dx: at.x + w / 2 - middle.x, dy: at.y + h / 2 - middle.y };
    const away = (Math.abs(spot.dx) + Math.abs(spot.dy)) * 6;
    let cost = 0;
    let wish = 0;
    let total = away;
    // Among a thousand nodes most places are worse than the best one already before all of it has been added up.
    for (let j = 0; j < anchors.length && total < worth; j++) {
      const rect = inside(view, rectAround(anchors[j] as Point, spot, w, h));
      for (const other of taken) cost += overlap(rect, other);
      total = (cost * 6 + wish * 3) / anchors.length + away;
      if (total >= worth) break;
      for (const other of soft) wish += overlap(rect, other);
      total = (cost * 6 + wish * 3) / anchors.length + away;
    }
    if (total < worth) {
      worth = total;
      best = { ...spot, cost, hides: wish };
    }
  }
  return best;
}

/** The rectangle, shifted so that it does not leave the picture. */
export function inside(view: View, { x, y, w, h }: Rect): Rect {
  return {
    x: Math.max(4, Math.min(x, view.width - w - 4)),
    y: Math.max(4, Math.min(y, view.height - h - 4)),
    w,
    h,
  };
}

export function rectAround(anchor: Point, { dx, dy }: Pick<Spot, 'dx' | 'dy'>, w: number, h: number): Rect {
  return { x: anchor.x + dx - w / 2, y: anchor.y + dy - h / 2, w, h };
}
