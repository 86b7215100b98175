/**
 * On which side of its node each label stands: where no cable runs, no symbol is and no other label;
 * where there is no such side, with less text, and where there is none for that either, not at all.
 * Comes from: labels.ts.  Goes to: labels.ts, which paints it.
 */
import { overlap, type Point, type Rect, type Track } from './view.ts';

/** Below and above also with one edge at the symbol's own: 'topRight' stands above and reaches to the right. */
export type Side = 'bottom' | 'top' | 'right' | 'left' | 'bottomRight' | 'bottomLeft' | 'topRight' | 'topLeft';
const SIDES: readonly Side[] = ['bottom', 'top', 'right', 'left', 'bottomRight', 'bottomLeft', 'topRight', 'topLeft'];

export interface Size {
  readonly w: number;
  readonly h: number;
  /** pixels between it and the symbol */
  readonly gap: number;
}

export interface Labelled extends Point {
  /** sizes of its label, the one with most text first; none: it has no label here */
  readonly sizes: readonly Size[];
  /** it has a label even where that lies on something else */
  readonly always: boolean;
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
  /** what lies over the picture: labels would be under it */
  readonly covered: readonly Rect[];
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
/** A frame, and the lanes of a trail, take so many pixels on each side of a cable. */
const BESIDE_CABLE = 6;
/** Less text is as bad as so many square pixels of overlap: it is left out rather than written across a cable. */
const LESS_TEXT = 400;
/** Square pixels of overlap that make a label give up text. */
const TOUCH = 12;
/** A label of which a larger share than this lies on something else cannot be read, nor can the other. */
const SHARE_MAX = 0.2;
/** Square pixels of a picture's cell: what lies far away is not asked. */
const CELL = 200;

export function placeLabels(nodes: readonly Labelled[], ground: Ground): (LabelPlace | null)[] {
  const { radius, tracks, ends, frame, covered, aside } = ground;
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
      // With still less text it would only be worse.
      if (best !== null && best.hard <= TOUCH && best.cost <= size * LESS_TEXT) break;
      for (const side of SIDES) {
        const rect = rectAt(side, node, radius, node.sizes[size] as Size);
        let hard = symbols.overlapWith(rect, i) + labels.overlapWith(rect, i) + (frame === null ? 0 : outside(rect, frame));
        for (const other of covered) hard += overlap(rect, other);
        let cost = hard * 4 + WISH[aside ? 'aside' : 'below'][side] + size * LESS_TEXT;
        const near = grown(rect, BESIDE_CABLE);
        for (const track of all ? tracks : (own[i] as Track[])) cost += CABLE * lengthInside(track, near);
        const free = hard <= TOUCH;
        const wasFree = best !== null && best.hard <= TOUCH;
        if (best === null || (free && !wasFree) || (free === wasFree && cost < best.cost))
          best = { place: { side, size, rect }, hard, cost };
      }
    }
    if (best === null) continue;
    const { rect } = best.place;
    const lies = symbols.overlapWith(rect, i) + labels.overlapWith(rect, i);
    if (!node.always && lies > SHARE_MAX * rect.w * rect.h) continue;
    places[i] = best.place;
    labels.add(best.place.rect, i);
  }
  return places;
}

/** So many cables are all asked whether they run below a label; of more only the node's own. */
const TRACKS_ALL = 60;

export function rectAt(side: Side, { x, y }: Point, r: number, { w, h, gap }: Size): Rect {
  switch (side) {
    case 'bottom':
      return { x: x - w / 2, y: y + r + gap, w, h };
    case 'top':
      return { x: x - w / 2, y: y - r - gap - h, w, h };
    case 'right':
      return { x: x + r + gap + 4, y: y - h / 2, w, h };
    case 'left':
      return { x: x - r - gap - 4 - w, y: y - h / 2, w, h };
    case 'bottomRight':
      return { x: x - r, y: y + r + gap, w, h };
    case 'bottomLeft':
      return { x: x + r - w, y: y + r + gap, w, h };
    case 'topRight':
      return { x: x - r, y: y - r - gap - h, w, h };
    case 'topLeft':
      return { x: x + r - w, y: y - r - gap - h, w, h };
  }
}

function outside(rect: Rect, frame: Rect): number {
  return rect.w * rect.h - overlap(rect, frame);
}

function grown({ x, y, w, h }: Rect, by: number): Rect {
  return { x: x - by, y: y - by, w: w + 2 * by, h: h + 2 * by };
}

/** Pixels of a track within a rectangle. */
export function lengthInside({ a, b }: Track, { x, y, w, h }: Rect): number {
  const dx = b.x - a.x;
  const dy = b.y - a.y;
  const [left, right] = dx < 0 ? [b.x, a.x] : [a.x, b.x];
  const [top, bottom] = dy < 0 ? [b.y, a.y] : [a.y, b.y];
  if (right < x || left > x + w || bottom < y || top > y + h) return 0;
  let from = 0;
  let to = 1;
  if (dx !== 0) {
    const enter = ((dx > 0 ? x : x + w) - a.x) / dx;
    from = Math.max(from, enter);
    to = Math.min(to, enter + w / Math.abs(dx));
  }
  if (dy !== 0) {
    const enter = ((dy > 0 ? y : y + h) - a.y) / dy;
    from = Math.max(from, enter);
    to = Math.min(to, enter + h / Math.abs(dy));
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
