/**
 * Where nodes stand on the map: as a person dragged them, as the scenario says, or as tidy.ts finds.
 * Goes to: scene.ts.  Differs: nothing of it is in the journal; a run does not know its picture.
 */
import type { WorldSpec } from '../world/index.ts';
import { COLUMN, ROW, tidyPlaces, type Place } from './tidy.ts';

export type { Place } from './tidy.ts';

export function layoutOf(
  world: WorldSpec,
  given: ReadonlyMap<string, readonly [number, number]>,
  dragged: Readonly<Record<string, readonly [number, number]>>,
): Place[] {
  const first = world.nodes.map((node) => given.get(node.name));
  const places = first.every((place) => place !== undefined)
    ? first.map(([x, y]) => ({ x, y }))
    : first.every((place) => place === undefined)
      ? tidyPlaces(world)
      : filledIn(world, first);
  return places.map((place, i) => {
    const moved = dragged[(world.nodes[i] as { name: string }).name];
    return moved === undefined ? place : { x: moved[0], y: moved[1] };
  });
}

/** Some nodes have places: the others stand where they would beside them, on free ground. */
function filledIn(world: WorldSpec, given: readonly (readonly [number, number] | undefined)[]): Place[] {
  const tidy = tidyPlaces(world);
  const known = given.flatMap((place, i) => (place === undefined ? [] : [[place, tidy[i] as Place] as const]));
  const dx = known.reduce((sum, [place, own]) => sum + place[0] - own.x, 0) / known.length;
  const dy = known.reduce((sum, [place, own]) => sum + place[1] - own.y, 0) / known.length;
  const placed = known.map(([[x, y]]) => ({ x, y }));
  return given.map((place, i) => {
    if (place !== undefined) return { x: place[0], y: place[1] };
    const own = tidy[i] as Place;
    const spot = { x: own.x + dx, y: own.y + dy };
    while (placed.some(({ x, y }) => Math.abs(x - spot.x) < COLUMN * 0.6 && Math.abs(y - spot.y) < ROW * 0.8)) spot.y += ROW / 2;
    placed.push(spot);
    return spot;
  });
}

/** The picture's own units to pixels at zoom 1: stretched to the room there is, within reason. */
export interface Fit {
  readonly sx: number;
  readonly sy: number;
  readonly ox: number;
  readonly oy: number;
  /** pixels between the two nodes nearest to each other, at zoom 1 */
  readonly spacing: number;
}

export interface Margins {
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly left: number;
}

/** A map may be stretched in one direction by this much against the other. */
const STRETCH = 2;
/** Pixels between neighbours beyond which more room is no gain. */
const WIDEST = 2.1;

export function fitTo(places: readonly Place[], width: number, height: number, margins: Margins): Fit {
  const xs = places.map((p) => p.x);
  const ys = places.map((p) => p.y);
  const left = Math.min(...xs);
  const top = Math.min(...ys);
  const w = Math.max(1, Math.max(...xs) - left);
  const h = Math.max(1, Math.max(...ys) - top);
  const roomW = Math.max(80, width - margins.left - margins.right);
  const roomH = Math.max(60, height - margins.top - margins.bottom);
  let sx = Math.min(roomW / w, WIDEST);
  let sy = Math.min(roomH / h, WIDEST);
  if (w > 1 && h > 1) {
    sx = Math.min(sx, sy * STRETCH);
    sy = Math.min(sy, sx * STRETCH);
  }
  return {
    sx,
    sy,
    spacing: spacingOf(places, sx, sy),
    ox: margins.left + (roomW - w * sx) / 2 - left * sx,
    oy: margins.top + (roomH - h * sy) / 2 - top * sy,
  };
}

/** Distances are looked at among this many nodes; a larger map is crowded anyway. */
const LOOKED_AT = 400;

export function spacingOf(places: readonly Place[], sx: number, sy: number): number {
  const near = places.slice(0, LOOKED_AT);
  let least = Infinity;
  for (let i = 0; i < near.length; i++) {
    for (let j = 0; j < i; j++) {
      const a = near[i] as Place;
      const b = near[j] as Place;
      const square = ((a.x - b.x) * sx) ** 2 + ((a.y - b.y) * sy) ** 2;
      if (square < least) least = square;
    }
  }
  return Math.sqrt(Math.min(least, 1e6));
}
