/**
 * On which side of its node each label stands: where no cable runs, no symbol is and no other label;
 * where there is no such side, with less text.
 * Comes from: labels.ts.  Goes to: labels.ts, which paints it.
 */
import { overlap, type Point, type Rect, type Track } from './view.ts';

/** Below and above also with one edge at the symbol's own: 'topRight' stands above and reaches to the right. */
export type Side = 'bottom' | 'top' | 'right' | 'left' | 'bottomRight' | 'bottomLeft' | 'topRight' | 'topLeft';
const SIDES: readonly Side[] = ['bottom', 'top', 'right', 'left', 'bottomRight', 'bottomLeft', 'topRight', 'topLeft'];

export interface Size {
  readonly w: number;
  readonly h: number;
}

export interface Labelled extends Point {
  /** sizes of its label, the one with most text first; none: it has no label here */
  readonly sizes: readonly Size[];
}

export interface LabelPlace {
  readonly side: Side;
  /** index of the size that fits */
  readonly size: number;
  readonly rect: Rect;
}

export interface Ground {
  readonly radius: number;
  readonly tracks: readonly Track[];
  /** ends of the tracks, by index of the node */
  readonly ends: readonly (readonly [number, number])[];
  /** the picture, if labels should stay inside it */
  readonly frame: Rect | null;
  /** labels at the rim stand beside their nodes, which takes width instead of height */
  readonly aside: boolean;
}

/** What is preferred when all else is equal. */
const WISH: Readonly<Record<'below' | 'aside', Readonly<Record<Side, number>>>> = {
  below: { bottom: 0, top: 90, right: 260, left: 320, bottomRight: 200, bottomLeft: 240, topRight: 280, topLeft: 300 },
  aside: { bottom: 60, top: 120, right: 0, left: 320, bottomRight: 220, bottomLeft: 260, topRight: 280, topLeft: 300 },
};
/** Weight of a pixel of cable below a label against a square pixel of overlap. */
const CABLE = 22;
/** Square pixels of overlap that make a label give up text. */
const TOUCH = 12;
/** Square pixels of a picture's cell: what lies far away is not asked. */
const CELL = 200;

export function placeLabels(nodes: readonly Labelled[], ground: Ground): (LabelPlace | null)[] {
  const { radius, tracks, ends, frame, aside } = ground;
  const symbols = new Cells();
  nodes.forEach(({ x, y }, i) => symbols.add({ x: x - radius, y: y - radius, w: 2 * radius, h: 2 * radius }, i));
  const labels = new Cells();
  const own: Track[][] = nodes.map(() => []);
  ends.forEach(([a, b], i) => {
    const track = tracks[i];
    if (track === undefined) return;
    own[a]?.push(track);
    own[b]?.push(track);
  });
  // Who has most cables has the least choice.
  const order = nodes.map((_, i) => i).toSorted((a, b) => (own[b]?.length ?? 0) - (own[a]?.length ?? 0) || a - b);
  const all = tracks.length <= TRACKS_ALL;
  const places: (LabelPlace | null)[] = nodes.map(() => null);
  for (const i of order) {
    const node = nodes[i] as Labelled;
    let best: { place: LabelPlace; hard: number; cost: number } | null = null;
    for (let size = 0; size < node.sizes.length; size++) {
      for (const side of SIDES) {
        const rect = rectAt(side, node, radius, node.sizes[size] as Size);
        const hard = symbols.overlapWith(rect, i) + labels.overlapWith(rect, i) + (frame === null ? 0 : outside(rect, frame));
        let cost = hard * 4 + WISH[aside ? 'aside' : 'below'][side] + size * 400;
        for (const track of all ? tracks : (own[i] as Track[])) cost += CABLE * lengthInside(track, rect);
        const free = hard <= TOUCH;
        const wasFree = best !== null && best.hard <= TOUCH;
        if (best === null || (free && !wasFree) || (free === wasFree && cost < best.cost))
          best = { place: { side, size, rect }, hard, cost };
      }
      if (best !== null && best.hard <= TOUCH) break;
    }
    if (best === null) continue;
    places[i] = best.place;
    labels.add(best.place.rect, i);
  }
  return places;
}

/** So many cables are all asked whether they run below a label; of more only the node's own. */
const TRACKS_ALL = 60;

export function rectAt(side: Side, { x, y }: Point, r: number, { w, h }: Size): Rect {
  switch (side) {
    case 'bottom':
      return { x: x - w / 2, y: y + r + 6, w, h };
    case 'top':
      return { x: x - w / 2, y: y - r - 6 - h, w, h };
    case 'right':
      return { x: x + r + 10, y: y - h / 2, w, h };
    case 'left':
      return { x: x - r - 10 - w, y: y - h / 2, w, h };
    case 'bottomRight':
      return { x: x - r, y: y + r + 6, w, h };
    case 'bottomLeft':
      return { x: x + r - w, y: y + r + 6, w, h };
    case 'topRight':
      return { x: x - r, y: y - r - 6 - h, w, h };
    case 'topLeft':
      return { x: x + r - w, y: y - r - 6 - h, w, h };
  }
}

function outside(rect: Rect, frame: Rect): number {
  return rect.w * rect.h - overlap(rect, frame);
}

/** Pixels of a track within a rectangle. */
export function lengthInside({ a, b }: Track, { x, y, w, h }: Rect): number {
  const dx = b.x - a.x;
  const dy = b.y - a.y;
  let from = 0;
  let to = 1;
  for (const [p, q] of [
    [-dx, a.x - x],
    [dx, x + w - a.x],
    [-dy, a.y - y],
    [dy, y + h - a.y],
  ] as const) {
    if (p === 0) {
      if (q < 0) return 0;
    } else if (p < 0) from = Math.max(from, q / p);
    else to = Math.min(to, q / p);
  }
  return to <= from ? 0 : (to - from) * Math.sqrt(dx * dx + dy * dy);
}

/** Rectangles found by where they are. */
class Cells {
  private readonly cells = new Map<number, { readonly rect: Rect; readonly owner: number }[]>();

  add(rect: Rect, owner: number): void {
    this.each(rect, (key) => {
      const cell = this.cells.get(key);
      if (cell === undefined) this.cells.set(key, [{ rect, owner }]);
      else cell.push({ rect, owner });
    });
  }

  /** Square pixels that others cover; what lies in several cells counts in each, which does no harm. */
  overlapWith(rect: Rect, owner: number): number {
    let sum = 0;
    this.each(rect, (key) => {
      for (const other of this.cells.get(key) ?? []) if (other.owner !== owner) sum += overlap(rect, other.rect);
    });
    return sum;
  }

  private each({ x, y, w, h }: Rect, visit: (key: number) => void): void {
    for (let cy = Math.floor(y / CELL); cy <= Math.floor((y + h) / CELL); cy++)
      for (let cx = Math.floor(x / CELL); cx <= Math.floor((x + w) / CELL); cx++) visit(cy * 100_003 + cx);
  }
}
