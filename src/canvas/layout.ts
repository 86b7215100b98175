/**
 * Where nodes stand on the map: as the scenario says, as a person dragged them, or in columns by
 * distance from the first client.
 * Goes to: scene.ts.  Differs: nothing of it is in the journal; a run does not know its picture.
 */
import type { NodeSpec, WorldSpec } from '../world/index.ts';

export interface Place {
  readonly x: number;
  readonly y: number;
}

/** Distance between columns and rows where the scenario says nothing. */
const COLUMN = 220;
const ROW = 150;
/** More nodes than this at one distance stand in several columns. */
const COLUMN_MAX = 10;

export function layoutOf(
  world: WorldSpec,
  given: ReadonlyMap<string, readonly [number, number]>,
  dragged: Readonly<Record<string, readonly [number, number]>>,
): Place[] {
  const columns = inColumns(world);
  return world.nodes.map((node, i) => {
    const place = dragged[node.name] ?? given.get(node.name);
    return place === undefined ? (columns[i] as Place) : { x: place[0], y: place[1] };
  });
}

function inColumns(world: WorldSpec): Place[] {
  const distance = distances(world);
  const rows = new Map<number, number[]>();
  world.nodes.forEach((_, i) => {
    const column = distance[i] as number;
    rows.set(column, [...(rows.get(column) ?? []), i]);
  });
  const places: Place[] = Array.from({ length: world.nodes.length }, () => ({ x: 0, y: 0 }));
  let x = 0;
  for (const column of [...rows.keys()].toSorted((a, b) => a - b)) {
    const members = rows.get(column) ?? [];
    const beside = Math.ceil(members.length / COLUMN_MAX);
    const tall = Math.ceil(members.length / beside);
    members.forEach((node, i) => {
      // Neighbouring columns stand a little higher and lower, so that their cables do not coincide.
      const shift = beside > 1 ? ((i % beside) / beside - 0.5) * ROW : 0;
      places[node] = {
        x: x + (i % beside) * COLUMN,
        y: (Math.floor(i / beside) - (tall - 1) / 2) * ROW + shift,
      };
    });
    x += beside * COLUMN;
  }
  return places;
}

/** Hops from the first client, or from the first node. */
function distances(world: WorldSpec): number[] {
  const index = new Map(world.nodes.map((node, i) => [node.name, i]));
  const near: number[][] = world.nodes.map(() => []);
  for (const { ends } of world.links) {
    const a = index.get(ends[0][0]);
    const b = index.get(ends[1][0]);
    if (a === undefined || b === undefined) continue;
    near[a]?.push(b);
    near[b]?.push(a);
  }
  const found = world.nodes.map(() => -1);
  const clients = world.nodes.flatMap((node, i) => (isClient(node) ? [i] : []));
  let queue = clients.length > 0 ? clients : [0];
  for (const node of queue) found[node] = 0;
  while (queue.length > 0) {
    const next: number[] = [];
    for (const node of queue) {
      for (const other of near[node] ?? []) {
        if (found[other] !== -1) continue;
        found[other] = (found[node] as number) + 1;
        next.push(other);
      }
    }
    queue = next;
  }
  return found.map((d) => Math.max(0, d));
}

function isClient(node: NodeSpec): boolean {
  return node.role === 'client';
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

function spacingOf(places: readonly Place[], sx: number, sy: number): number {
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
