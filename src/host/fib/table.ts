/**
 * Routing tables as lists in the kernel's order, and an index over them for looking up.
 * Comes from: fib/config.ts, fib/lookup.ts, init.ts.  Goes to: FibState.tables.
 * Source: Linux 6.1 net/ipv4/fib_trie.c, fib_find_alias(), fib_table_lookup().
 * Differs: a list sorted by address, prefix length, TOS and metric, and a row of prefixes, or with many of them hash
 *   tables by prefix length, instead of a trie; the order and the answers are the same. The index is no part of the
 *   state: it is made from the lists when needed and thrown away when they change.
 */
import { formatIpv4, maskOf } from '../../wire/index.ts';
import { devName } from '../dev/get.ts';
import type { Net } from '../net.ts';
import type { HostState } from '../state.ts';
import { createRouteMemory, type RouteMemory } from './memory.ts';
import { RT_TABLE_LOCAL, RT_TABLE_MAIN, type FibState, type Route } from './state.ts';

/** One route in the index, with the words that explain it (made when first asked for). */
export interface RouteEntry {
  readonly route: Route;
  text: string | null;
}

/** Routes of one prefix length, by network, best first. */
interface Level {
  readonly len: number;
  readonly mask: number;
  readonly byNetwork: Map<number, RouteEntry[]>;
}

/** The prefixes of a table, the longest first: those of a host as a row, which takes one or two lines of the processor's cache. */
export interface TableIndex {
  /** mask and network of each prefix; none when there are many */
  readonly few: Int32Array;
  /** by prefix in `few` */
  readonly entries: readonly (readonly RouteEntry[])[];
  /** what there is when there are many */
  readonly levels: readonly Level[];
}

/** More prefixes than this stand in hash tables. */
const FEW = 16;

interface FibIndex {
  readonly fib: FibState;
  /** fibChanged() was called */
  stale: boolean;
  /** the tree that local and main share until a rule is added */
  merged: TableIndex | null;
  readonly byTable: Map<number, TableIndex>;
  readonly input: RouteMemory;
  readonly output: RouteMemory;
}

const indexes = new WeakMap<FibState, FibIndex>();

/** The index that each node used last, by node: a list is searched faster than a WeakMap. */
const nearest: FibIndex[] = [];

/**
 * To be called after every change of a table, an address, an interface or a setting that routing looks
 * at; the kernel's rt_cache_flush().
 */
export function fibChanged(fib: FibState): void {
  const index = indexes.get(fib);
  if (index === undefined) return;
  index.stale = true;
  indexes.delete(fib);
}

function fibIndex(fib: FibState): FibIndex {
  let index = indexes.get(fib);
  if (index === undefined) {
    index = {
      fib,
      stale: false,
      merged: null,
      byTable: new Map(),
      input: createRouteMemory(),
      output: createRouteMemory(),
    };
    indexes.set(fib, index);
  }
  return index;
}

function indexOfNode(net: Net): FibIndex {
  const near = nearest[net.node];
  const { fib } = net.host;
  if (near !== undefined && near.fib === fib && !near.stale) return near;
  const index = fibIndex(fib);
  nearest[net.node] = index;
  return index;
}

/** Decisions of fib/input.ts that hold until fibChanged(). */
export function inputMemory(net: Net): RouteMemory {
  return indexOfNode(net).input;
}

/** Decisions of fib/output.ts that hold until fibChanged(). */
export function outputMemory(net: Net): RouteMemory {
  return indexOfNode(net).output;
}

function buildIndex(lists: readonly (readonly Route[])[]): TableIndex {
  const levels = new Map<number, Level>();
  for (const list of lists) {
    for (const route of list) {
      let level = levels.get(route.prefixLen);
      if (level === undefined) {
        level = { len: route.prefixLen, mask: maskOf(route.prefixLen) | 0, byNetwork: new Map() };
        levels.set(route.prefixLen, level);
      }
      const network = route.dst | 0;
      const entries = level.byNetwork.get(network);
      if (entries === undefined) level.byNetwork.set(network, [{ route, text: null }]);
      else entries.push({ route, text: null });
    }
  }
  const longestFirst = [...levels.values()].sort((a, b) => b.len - a.len);
  const places = longestFirst.flatMap(({ mask, byNetwork }) => [...byNetwork].map(([network, entries]) => ({ mask, network, entries })));
  if (places.length > FEW) return { few: new Int32Array(0), entries: [], levels: longestFirst };
  return {
    few: Int32Array.from(places.flatMap(({ mask, network }) => [mask, network])),
    entries: places.map(({ entries }) => entries),
    levels: [],
  };
}

function routesOf(fib: FibState, table: number): readonly Route[] {
  return fib.tables.get(table) ?? [];
}

function mergedIndex(index: FibIndex): TableIndex {
  index.merged ??= buildIndex([routesOf(index.fib, RT_TABLE_LOCAL), routesOf(index.fib, RT_TABLE_MAIN)]);
  return index.merged;
}

/** The index to search for a table: local and main are one tree until the first change of the rules. */
export function tableIndex(fib: FibState, table: number): TableIndex {
  const index = fibIndex(fib);
  if (!fib.customRules && (table === RT_TABLE_LOCAL || table === RT_TABLE_MAIN)) return mergedIndex(index);
  let found = index.byTable.get(table);
  if (found === undefined) {
    found = buildIndex([routesOf(fib, table)]);
    index.byTable.set(table, found);
  }
  return found;
}

/** The same for local and main of a node whose rules have not been changed. */
export function treeOfNode(net: Net): TableIndex {
  return mergedIndex(indexOfNode(net));
}

/** Order of `ip route`: address, longer prefix first, larger TOS first, smaller metric first. */
function compareRoutes(a: Route, b: Route): number {
  return a.dst - b.dst || b.prefixLen - a.prefixLen || b.tos - a.tos || a.metric - b.metric;
}

/** Same place in the table: what `ip route add` calls "File exists". */
export function samePlace(a: Route, b: Route): boolean {
  return compareRoutes(a, b) === 0;
}

/** Position of the first route that does not come before `route`. */
export function firstPlace(list: readonly Route[], route: Route): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareRoutes(list[middle] as Route, route) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The list of a table, made if it does not exist. */
export function routeList(fib: FibState, table: number): Route[] {
  let list = fib.tables.get(table);
  if (list === undefined) {
    list = [];
    fib.tables.set(table, list);
  }
  return list;
}

function sameNexthops(a: Route, b: Route): boolean {
  if (a.nexthops.length !== b.nexthops.length) return false;
  return a.nexthops.every((nh, i) => {
    const other = b.nexthops[i];
    return (
      other !== undefined &&
      nh.dev === other.dev &&
      nh.gateway === other.gateway &&
      nh.weight === other.weight &&
      nh.onlink === other.onlink
    );
  });
}

/** The same words about the paths, in whatever order they were given. */
function sameMetrics(a: Route, b: Route): boolean {
  const text = (route: Route): string =>
    JSON.stringify([Object.entries(route.metrics ?? {}).sort(([x], [y]) => (x < y ? -1 : 1)), [...(route.locked ?? [])].sort()]);
  if (a.metrics === undefined && b.metrics === undefined && a.locked === undefined && b.locked === undefined) return true;
  return text(a) === text(b);
}

export function sameRoute(a: Route, b: Route): boolean {
  return (
    a.type === b.type &&
    a.scope === b.scope &&
    a.prefSrc === b.prefSrc &&
    a.proto === b.proto &&
    a.mtu === b.mtu &&
    a.realms === b.realms &&
    sameMetrics(a, b) &&
    sameNexthops(a, b)
  );
}

/** Puts a route behind those of the same place; one that is there already is not doubled. */
export function appendRoute(fib: FibState, route: Route): boolean {
  const list = routeList(fib, route.table);
  let at = firstPlace(list, route);
  while (at < list.length && samePlace(list[at] as Route, route)) {
    if (sameRoute(list[at] as Route, route)) return false;
    at++;
  }
  list.splice(at, 0, route);
  fibChanged(fib);
  return true;
}

/** `10.0.0.0/24 dev eth0`, `default via 10.0.0.1 dev eth0`, `local 10.0.0.1`: for sentences. */
export function routeText(host: HostState, route: Route): string {
  const prefix =
    route.prefixLen === 0 ? 'default' : route.prefixLen === 32 ? formatIpv4(route.dst) : `${formatIpv4(route.dst)}/${route.prefixLen}`;
  const nh = route.nexthops[0];
  let text = route.type === 'unicast' ? prefix : `${route.type} ${prefix}`;
  if (nh !== undefined) {
    if (nh.gateway !== null) text += ` via ${formatIpv4(nh.gateway)}`;
    text += ` dev ${devName(host, nh.dev)}`;
  }
  return text;
}

/** The route text of an index entry, kept. */
export function entryText(host: HostState, entry: RouteEntry): string {
  entry.text ??= routeText(host, entry.route);
  return entry.text;
}
