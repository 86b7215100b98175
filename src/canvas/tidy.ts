/**
 * Places for nodes of a lab that gives none: from the left clients, then what lies between, real servers
 * at the right; a director that hangs on a switch or router stands above or below it.
 * Comes from: nodes and cables of a lab.  Goes to: layout.ts.
 *
 * Columns are distances from the clients. Within a column, nodes behind the same neighbour form a block,
 * near that neighbour; many nodes fill a grid about as wide as a screen. Equal labs get equal pictures.
 */
import type { NodeSpec, WorldSpec } from '../world/index.ts';

export interface Place {
  readonly x: number;
  readonly y: number;
}

/** Distance between columns and rows, in the picture's own units. */
export const COLUMN = 220;
export const ROW = 150;
/** Rows that a column has at least before it becomes a grid. */
const ROWS_MIN = 6;
/** Height of a screen against its width. */
const FLATNESS = 9 / 16;
/** Rounds of moving nodes next to their neighbours. */
const SWEEPS = 4;

export function tidyPlaces(world: WorldSpec): Place[] {
  const { nodes } = world;
  const near = neighboursOf(world);
  const depth = depthsOf(nodes, near);
  const satellites = satellitesOf(nodes, near, depth);
  const places: (Place | null)[] = nodes.map(() => null);
  const columns = columnsOf(nodes, depth, satellites);
  orderColumns(columns, near);
  const rows = Math.max(ROWS_MIN, Math.ceil(Math.sqrt(nodes.length * (COLUMN / ROW) * FLATNESS)));
  let x = 0;
  for (const [i, members] of columns.entries()) {
    if (members.length === 0) continue;
    x += placeColumn(blocksOf(members, columns[i - 1] ?? [], near), near, rows, x, places) * COLUMN;
  }
  for (const [node, host] of satellites) places[node] = besideOf(places[host] ?? { x: 0, y: 0 }, places);
  placeRest(places, rows);
  return places.map((place) => place ?? { x: 0, y: 0 });
}

function neighboursOf({ nodes, links }: WorldSpec): number[][] {
  const index = new Map(nodes.map((node, i) => [node.name, i]));
  const near: number[][] = nodes.map(() => []);
  for (const { ends } of links) {
    const a = index.get(ends[0][0]);
    const b = index.get(ends[1][0]);
    if (a === undefined || b === undefined || a === b) continue;
    near[a]?.push(b);
    near[b]?.push(a);
  }
  return near;
}

/** Cables to the nearest client, or to whatever else stands for the outside; -1: there is no way. */
function depthsOf(nodes: readonly NodeSpec[], near: readonly (readonly number[])[]): number[] {
  const depth = nodes.map(() => -1);
  const of = (role: NodeSpec['role']): number[] => nodes.flatMap((node, i) => (node.role === role ? [i] : []));
  const begin = [of('client'), of('router'), of('host'), nodes.length > 0 ? [0] : []].find((found) => found.length > 0) ?? [];
  let queue = begin;
  for (let d = 0; queue.length > 0; d++) {
    for (const node of queue) depth[node] = d;
    const next = new Set<number>();
    for (const node of queue) for (const other of near[node] ?? []) if (depth[other] === -1) next.add(other);
    queue = [...next];
  }
  return depth;
}

/** Directors through which nothing is reached, with the node that each hangs on. */
function satellitesOf(nodes: readonly NodeSpec[], near: readonly (readonly number[])[], depth: readonly number[]): Map<number, number> {
  const found = new Map<number, number>();
  nodes.forEach((node, i) => {
    const others = new Set(near[i]);
    const [host] = others;
    if (node.role === 'director' && others.size === 1 && host !== undefined && (depth[i] ?? 0) > 0) found.set(i, host);
  });
  return found;
}

function columnsOf(nodes: readonly NodeSpec[], depth: readonly number[], satellites: ReadonlyMap<number, number>): number[][] {
  const columns: number[][] = [];
  nodes.forEach((_, i) => {
    const d = depth[i] as number;
    if (d < 0 || satellites.has(i)) return;
    while (columns.length <= d) columns.push([]);
    columns[d]?.push(i);
  });
  return columns;
}

/** Nodes go to where their neighbours in the columns beside them are, by turns from both sides. */
function orderColumns(columns: number[][], near: readonly (readonly number[])[]): void {
  const rank = new Map<number, number>();
  const note = (members: readonly number[]): void => members.forEach((node, i) => rank.set(node, (i + 0.5) / members.length));
  for (const members of columns) note(members);
  const sortBy = (members: number[], beside: readonly number[]): void => {
    const there = new Set(beside);
    const wish = new Map<number, number>();
    for (const node of members) {
      const ranks = (near[node] ?? []).filter((other) => there.has(other)).map((other) => rank.get(other) ?? 0.5);
      wish.set(node, ranks.length === 0 ? (rank.get(node) ?? 0.5) : ranks.reduce((sum, r) => sum + r, 0) / ranks.length);
    }
    members.sort((a, b) => (wish.get(a) ?? 0) - (wish.get(b) ?? 0) || a - b);
    note(members);
  };
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (let i = 1; i < columns.length; i++) sortBy(columns[i] as number[], columns[i - 1] as number[]);
    for (let i = columns.length - 2; i >= 0; i--) sortBy(columns[i] as number[], columns[i + 1] as number[]);
  }
  for (let i = 1; i < columns.length; i++) sortBy(columns[i] as number[], columns[i - 1] as number[]);
}

interface Block {
  /** the node before them that they hang on, or -1 */
  readonly parent: number;
  readonly members: readonly number[];
}

function blocksOf(members: readonly number[], before: readonly number[], near: readonly (readonly number[])[]): Block[] {
  const place = new Map(before.map((node, i) => [node, i]));
  const blocks: { parent: number; members: number[] }[] = [];
  for (const node of members) {
    let parent = -1;
    for (const other of near[node] ?? []) {
      const at = place.get(other);
      if (at !== undefined && (parent === -1 || at < (place.get(parent) ?? 0))) parent = other;
    }
    const last = blocks.findLast((block) => block.parent === parent);
    if (last === undefined) blocks.push({ parent, members: [node] });
    else last.members.push(node);
  }
  return blocks;
}

interface Sized {
  readonly block: Block;
  readonly wide: number;
  /** rows of its grid, the room for the shift of its columns included */
  readonly tall: number;
}

/** Places the blocks of a column below each other, in several stacks if they are many. @returns columns taken */
function placeColumn(
  blocks: readonly Block[],
  near: readonly (readonly number[])[],
  rows: number,
  x: number,
  places: (Place | null)[],
): number {
  const total = blocks.reduce((sum, block) => sum + block.members.length, 0);
  const sized = blocks.map((block): Sized => {
    const count = block.members.length;
    const share = Math.max(1, Math.round((rows * count) / Math.max(total, rows)));
    const wide = Math.ceil(count / Math.max(share, Math.min(count, blocks.length === 1 ? rows : 1)));
    return { block, wide, tall: Math.ceil(count / wide) + (wide > 1 ? 1 : 0) };
  });
  let taken = 0;
  let stack: Sized[] = [];
  let height = 0;
  const close = (): void => {
    if (stack.length === 0) return;
    placeStack(stack, near, x + taken * COLUMN, places);
    taken += Math.max(...stack.map(({ wide }) => wide));
    stack = [];
    height = 0;
  };
  for (const next of sized) {
    if (height > 0 && height + next.tall > rows * 1.5) close();
    stack.push(next);
    height += next.tall;
  }
  close();
  return taken;
}

/** Each block as near to the nodes that it hangs on as those above it allow; all of them about their middle. */
function placeStack(stack: readonly Sized[], near: readonly (readonly number[])[], x: number, places: (Place | null)[]): void {
  const wishes = stack.map(({ block }) => middleOf(block, near, places));
  const tops: number[] = [];
  let free = -Infinity;
  stack.forEach(({ tall }, i) => {
    const top = Math.max(free, (wishes[i] as number) - ((tall - 1) * ROW) / 2);
    tops.push(top);
    free = top + tall * ROW;
  });
  // Pushed down by those above: all move up by what they were pushed on average.
  const pushed = stack.reduce((sum, { tall }, i) => sum + (tops[i] as number) + ((tall - 1) * ROW) / 2 - (wishes[i] as number), 0);
  stack.forEach(({ block, wide, tall }, i) => {
    const top = (tops[i] as number) - pushed / stack.length;
    block.members.forEach((node, n) => {
      const column = n % wide;
      const row = Math.floor(n / wide);
      // Neighbouring columns stand a little lower, so that their cables do not coincide.
      const shift = wide > 1 ? (column / wide) * ROW : 0;
      const last = wide === 1 && tall === 1 ? 0 : row * ROW;
      places[node] = { x: x + column * COLUMN, y: top + last + shift };
    });
  });
}

/** The height at which a block would best stand: that of the nodes already placed that it has cables to. */
function middleOf({ members }: Block, near: readonly (readonly number[])[], places: readonly (Place | null)[]): number {
  const heights = members.flatMap((node) => (near[node] ?? []).flatMap((other) => places[other]?.y ?? []));
  return heights.length === 0 ? 0 : (Math.min(...heights) + Math.max(...heights)) / 2;
}

/** The nearest free place above or below a node. */
function besideOf(host: Place, places: readonly (Place | null)[]): Place {
  for (let k = 1; ; k++) {
    for (const y of [host.y - k * ROW, host.y + k * ROW]) {
      if (places.every((place) => place === null || Math.abs(place.x - host.x) >= COLUMN * 0.6 || Math.abs(place.y - y) >= ROW * 0.8))
        return { x: host.x, y };
    }
  }
}

/** Nodes that no cable leads to stand in rows below all others. */
function placeRest(places: (Place | null)[], rows: number): void {
  const lowest = places.reduce((low, place) => (place === null ? low : Math.max(low, place.y)), -ROW);
  const wide = Math.max(3, Math.ceil((rows / FLATNESS) * (ROW / COLUMN)));
  let n = 0;
  places.forEach((place, i) => {
    if (place !== null) return;
    places[i] = { x: (n % wide) * COLUMN, y: lowest + ROW * (1 + Math.floor(n / wide)) };
    n++;
  });
}
