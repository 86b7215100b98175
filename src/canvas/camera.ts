/**
 * A camera that goes along with the present hop: which zoom and shift show it large, and the way there.
 * Comes from: live-map.ts, in presenter mode.  Goes to: the zoom of the map.
 */
import type { Stage } from './scene.ts';
import type { Mark, Traffic } from './traffic.ts';
import type { Point } from './view.ts';
import type { ViewChange } from './view-lock.ts';

/** Closer than this nobody knows any more where in the map it is. */
const NEAREST = 2.2;
/** Share of the picture that the hop takes. */
const SHARE = 0.6;
const TRAVEL_MS = 650;

export const WHOLE: ViewChange = { k: 1, x: 0, y: 0 };

/** The node at which the step happens, and the ends of the cables on which frames are. */
export function aimedAt({ active, links }: Stage, traffic: Traffic): ReadonlySet<number> {
  const nodes = new Set<number>(active === null ? [] : [active]);
  for (let i = 0; i < traffic.count; i++) {
    const link = links[(traffic.marks[i] as Mark).link];
    if (link !== undefined) nodes.add(link.a).add(link.b);
  }
  return nodes;
}

/**
 * The view that shows these places, given in pixels of the fitted map, in the middle.
 * @param room pixels around each place that belong to it
 */
export function viewOn(places: readonly Point[], width: number, height: number, room: number): ViewChange {
  if (places.length === 0) return WHOLE;
  const left = Math.min(...places.map(({ x }) => x)) - room;
  const right = Math.max(...places.map(({ x }) => x)) + room;
  const top = Math.min(...places.map(({ y }) => y)) - room;
  const bottom = Math.max(...places.map(({ y }) => y)) + room;
  const k = Math.min(NEAREST, (width * SHARE) / (right - left), (height * SHARE) / (bottom - top));
  // What takes most of the picture anyway is shown with all the rest.
  if (k <= 1.05) return WHOLE;
  return { k, x: width / 2 - ((left + right) / 2) * k, y: height / 2 - ((top + bottom) / 2) * k };
}

/** The view after some time of the way from one to another. */
export function between(from: ViewChange, to: ViewChange, ms: number): ViewChange {
  const t = Math.min(1, Math.max(0, ms / TRAVEL_MS));
  const s = t < 0.5 ? 2 * t * t : 1 - 2 * (1 - t) * (1 - t);
  return { k: from.k + (to.k - from.k) * s, x: from.x + (to.x - from.x) * s, y: from.y + (to.y - from.y) * s };
}

export function arrived(ms: number): boolean {
  return ms >= TRAVEL_MS;
}
