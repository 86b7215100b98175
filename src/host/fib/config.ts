/**
 * Adding and deleting routes, with the refusals of the kernel.
 * Comes from: dev/addr.ts, dev/updown.ts, the commands ip route and route.  Goes to: fib/table.ts.
 * Source: Linux 6.1 net/ipv4/fib_semantics.c (fib_create_info, fib_check_nh), fib_trie.c
 *   (fib_table_insert, fib_table_delete, fib_table_flush).
 * Differs: nexthop objects and encapsulation by route are not modelled.
 */
import type { Ipv4, PrefixLen } from '../../wire/index.ts';
import { networkOf } from '../../wire/index.ts';
import { devGet } from '../dev/get.ts';
import { RT_SCOPE_HOST, RT_SCOPE_LINK, RT_SCOPE_NOWHERE, RT_SCOPE_UNIVERSE } from '../dev/state.ts';
import type { Net } from '../net.ts';
import { NO_IF, type IfIndex, type RouteType } from '../skb.ts';
import type { HostState } from '../state.ts';
import { addrFlow, fibLookupHost, inetAddrType, tableLookup } from './lookup.ts';
import { RT_TABLE_LOCAL, RT_TABLE_MAIN, type NextHop, type Route, type RouteMetrics, type RouteProto } from './state.ts';
import { fibChanged, firstPlace, routeList, routeText, samePlace, sameRoute, tableIndex } from './table.ts';

export interface NextHopSpec {
  readonly dev?: IfIndex | undefined;
  readonly gateway?: Ipv4 | null | undefined;
  readonly weight?: number | undefined;
  readonly onlink?: boolean | undefined;
}

/** A route as a command describes it; what is left out gets iproute2's and the kernel's defaults. */
export interface RouteSpec {
  readonly dst: Ipv4;
  readonly prefixLen: PrefixLen;
  readonly type?: RouteType | undefined;
  readonly table?: number | undefined;
  readonly proto?: RouteProto | undefined;
  readonly scope?: number | undefined;
  readonly tos?: number | undefined;
  readonly metric?: number | undefined;
  readonly prefSrc?: Ipv4 | null | undefined;
  readonly mtu?: number | null | undefined;
  readonly metrics?: RouteMetrics | undefined;
  readonly locked?: Route['locked'] | undefined;
  readonly realms?: number | undefined;
  readonly nexthops?: readonly NextHopSpec[] | undefined;
}

export type RouteMode = 'add' | 'append' | 'prepend' | 'replace' | 'change';

/** message: the kernel's own words, printed as "Error: …."; null: only the errno is printed */
export interface RouteRefusal {
  readonly errno: 'EINVAL' | 'EEXIST' | 'ENETUNREACH' | 'ENETDOWN' | 'ENODEV' | 'ESRCH' | 'ENOENT';
  readonly message: string | null;
}

function refuse(errno: RouteRefusal['errno'], message: string | null = null): RouteRefusal {
  return { errno, message };
}

const BAD_GATEWAY = 'Nexthop has invalid gateway';
const DEAD_ENDS: readonly RouteType[] = ['blackhole', 'unreachable', 'prohibit', 'throw'];

function isDeadEnd(type: RouteType): boolean {
  return DEAD_ENDS.includes(type);
}

function defaultScope(type: RouteType, nexthops: readonly NextHopSpec[]): number {
  if (type === 'local') return RT_SCOPE_HOST;
  if (type === 'broadcast' || type === 'multicast') return RT_SCOPE_LINK;
  if (type !== 'unicast') return RT_SCOPE_UNIVERSE;
  return nexthops.length === 1 && (nexthops[0]?.gateway ?? null) === null ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE;
}

function isRefusal<T extends object>(value: T | RouteRefusal): value is RouteRefusal {
  return 'errno' in value;
}

/** The route that a description means, with every next hop checked (fib_create_info). */
function createRoute(host: HostState, spec: RouteSpec): Route | RouteRefusal {
  if (networkOf(spec.dst, spec.prefixLen) !== spec.dst) return refuse('EINVAL', 'Invalid prefix for given prefix length');
  const type = spec.type ?? 'unicast';
  const specs = spec.nexthops ?? [];
  const scope = spec.scope ?? defaultScope(type, specs);
  const table = spec.table ?? (type === 'local' || type === 'broadcast' ? RT_TABLE_LOCAL : RT_TABLE_MAIN);
  if ((type === 'local' && scope < RT_SCOPE_HOST) || (type === 'broadcast' && scope < RT_SCOPE_LINK))
    return refuse('EINVAL', 'Invalid scope');
  const nexthops: NextHop[] = [];
  if (isDeadEnd(type)) {
    if (specs.length > 0) return refuse('EINVAL', 'Gateway, device and multipath can not be specified for this route type');
  } else if (scope > RT_SCOPE_HOST) {
    return refuse('EINVAL', 'Invalid scope');
  } else {
    for (const hop of specs.length === 0 ? [{}] : specs) {
      const checked = scope === RT_SCOPE_HOST ? hostScopeHop(host, specs.length, hop) : checkHop(host, hop, scope, table);
      if (isRefusal(checked)) return checked;
      nexthops.push(checked);
    }
  }
  const prefSrc = spec.prefSrc ?? null;
  // routes that lead nowhere are taken with any source
  if (prefSrc !== null && !isDeadEnd(type) && !validPrefSrc(host, type, spec.dst, prefSrc, table))
    return refuse('EINVAL', 'Invalid prefsrc address');
  return {
    dst: spec.dst,
    prefixLen: spec.prefixLen,
    type,
    table,
    proto: spec.proto ?? 'boot',
    scope,
    tos: spec.tos ?? 0,
    metric: spec.metric ?? 0,
    prefSrc,
    mtu: spec.mtu ?? null,
    ...(spec.metrics !== undefined && Object.keys(spec.metrics).length > 0 ? { metrics: spec.metrics } : {}),
    ...(spec.locked !== undefined && spec.locked.length > 0 ? { locked: spec.locked } : {}),
    ...(spec.realms !== undefined && spec.realms !== 0 ? { realms: spec.realms } : {}),
    nexthops,
  };
}

function makeHop(dev: IfIndex, gateway: Ipv4 | null, hop: NextHopSpec, own = false): NextHop {
  return { dev, gateway, weight: hop.weight ?? 1, onlink: hop.onlink ?? false, ...(own ? { ownGateway: true } : {}) };
}

function hostScopeHop(host: HostState, count: number, hop: NextHopSpec): NextHop | RouteRefusal {
  if (count > 1) return refuse('EINVAL', 'Route with host scope can not have multiple nexthops');
  if ((hop.gateway ?? null) !== null) return refuse('EINVAL', 'Route with host scope can not have a gateway');
  const dev = devGet(host, hop.dev ?? NO_IF);
  return dev === null ? refuse('ENODEV') : makeHop(dev.ifindex, null, hop);
}

/** Can the next hop be reached from here as things stand (fib_check_nh)? */
function checkHop(host: HostState, hop: NextHopSpec, scope: number, table: number): NextHop | RouteRefusal {
  const gateway = hop.gateway ?? null;
  const oif = hop.dev ?? NO_IF;
  if (gateway === null) {
    const dev = devGet(host, oif);
    if (hop.onlink === true) return refuse('EINVAL', 'Invalid flags for nexthop - PERVASIVE and ONLINK can not be set');
    if (dev === null) return refuse('ENODEV');
    return dev.up ? makeHop(oif, null, hop) : refuse('ENETDOWN', 'Device for nexthop is not up');
  }
  if (hop.onlink === true) {
    const dev = devGet(host, oif);
    if (scope >= RT_SCOPE_LINK) return refuse('EINVAL', 'Nexthop has invalid scope');
    if (dev === null) return refuse('ENODEV', 'Nexthop device required for onlink');
    if (!dev.up) return refuse('ENETDOWN', 'Nexthop device is not up');
    return inetAddrType(host, gateway) === 'unicast' ? makeHop(oif, gateway, hop) : refuse('EINVAL', BAD_GATEWAY);
  }
  const flow = addrFlow(gateway, oif, Math.max(scope + 1, RT_SCOPE_LINK));
  const own = table === RT_TABLE_MAIN || !host.fib.tables.has(table) ? null : tableLookup(host, tableIndex(host.fib, table), flow);
  const found = own === null || own.kind === 'error' ? fibLookupHost(host, flow) : own;
  if (found.kind === 'error') return refuse(found.errno === 'ENETUNREACH' ? 'ENETUNREACH' : 'EINVAL', BAD_GATEWAY);
  const type = found.entry.route.type;
  if (type !== 'unicast' && type !== 'local') return refuse('EINVAL', BAD_GATEWAY);
  const dev = devGet(host, found.nexthop?.dev ?? NO_IF);
  if (dev === null) return refuse('EINVAL', 'No egress device for nexthop gateway');
  return dev.up ? makeHop(dev.ifindex, gateway, hop, type === 'local') : refuse('ENETDOWN');
}

function validPrefSrc(host: HostState, type: RouteType, dst: Ipv4, prefSrc: Ipv4, table: number): boolean {
  if (type === 'local' && dst !== 0 && dst === prefSrc) return true;
  return inetAddrType(host, prefSrc) === 'local' || (table !== RT_TABLE_MAIN && inetAddrType(host, prefSrc, table) === 'local');
}

/** Why such a route could not be added, leaving aside those that are there already; null: it could. */
export function routeRefusal(net: Net, spec: RouteSpec): RouteRefusal | null {
  const route = createRoute(net.host, spec);
  return isRefusal(route) ? route : null;
}

/** Adds a route as `ip route <mode>` does; its table exists from now on. @returns null when it is done */
export function routeAdd(net: Net, spec: RouteSpec, mode: RouteMode = 'add'): RouteRefusal | null {
  // the kernel makes the table before it looks at the route
  if (spec.table !== undefined) routeList(net.host.fib, spec.table);
  const route = createRoute(net.host, spec);
  if (isRefusal(route)) return route;
  const refusal = insertRoute(net, route, mode);
  if (refusal === null && route.type === 'local' && route.proto !== 'kernel') net.host.fib.customLocal = true;
  return refusal;
}

/** `ip route replace` */
export function routeReplace(net: Net, spec: RouteSpec): RouteRefusal | null {
  return routeAdd(net, spec, 'replace');
}

function traceRoute(net: Net, reason: string, route: Route): void {
  net.trace('fib', 'state', reason, null, net.tracing ? { route: routeText(net.host, route), table: route.table } : null);
}

/** Programs that watch everything hear of it. */
export function tellRoute(net: Net, route: Route, gone: boolean): void {
  if (net.host.sockets.rtListeners.length > 0) net.tables.calls.rtTell(net, { kind: 'route', route, gone });
}

function insertRoute(net: Net, route: Route, mode: RouteMode): RouteRefusal | null {
  const fib = net.host.fib;
  const list = routeList(fib, route.table);
  const first = firstPlace(list, route);
  let end = first;
  let same = -1;
  while (end < list.length && samePlace(list[end] as Route, route)) {
    if (same < 0 && sameRoute(list[end] as Route, route)) same = end;
    end++;
  }
  if (end > first) {
    if (mode === 'add') return refuse('EEXIST');
    if (mode === 'replace' || mode === 'change') {
      if (same >= 0) return same === first ? null : refuse('EEXIST');
      list[first] = route;
      fibChanged(fib);
      traceRoute(net, 'fib.route-replaced', route);
      tellRoute(net, route, false);
      return null;
    }
    if (same >= 0) return refuse('EEXIST');
  } else if (mode === 'change') {
    return refuse('ENOENT');
  }
  list.splice(mode === 'append' ? end : first, 0, route);
  fibChanged(fib);
  traceRoute(net, 'fib.route-added', route);
  tellRoute(net, route, false);
  return null;
}

/** What a deletion names: only what is given must match. */
export interface RouteDelSpec extends Omit<RouteSpec, 'nexthops'> {
  readonly nexthops?: readonly NextHopSpec[] | undefined;
}

/** Deletes the first route that matches. */
export function routeDel(net: Net, spec: RouteDelSpec): RouteRefusal | null {
  if (networkOf(spec.dst, spec.prefixLen) !== spec.dst) return refuse('EINVAL', 'Invalid prefix for given prefix length');
  const fib = net.host.fib;
  const table = spec.table ?? (spec.type === 'local' || spec.type === 'broadcast' ? RT_TABLE_LOCAL : RT_TABLE_MAIN);
  const list = fib.tables.get(table);
  if (list === undefined) return refuse('ESRCH', table === RT_TABLE_MAIN || table === RT_TABLE_LOCAL ? null : 'FIB table does not exist');
  const at = list.findIndex((route) => routeMatches(route, spec));
  const route = list[at];
  if (route === undefined) return refuse('ESRCH');
  list.splice(at, 1);
  fibChanged(fib);
  traceRoute(net, 'fib.route-deleted', route);
  tellRoute(net, route, true);
  return null;
}

function routeMatches(route: Route, spec: RouteDelSpec): boolean {
  if (route.dst !== spec.dst || route.prefixLen !== spec.prefixLen || route.tos !== (spec.tos ?? 0)) return false;
  if (spec.type !== undefined && route.type !== spec.type) return false;
  if (spec.scope !== undefined && spec.scope !== RT_SCOPE_NOWHERE && route.scope !== spec.scope) return false;
  if (spec.prefSrc !== undefined && spec.prefSrc !== null && route.prefSrc !== spec.prefSrc) return false;
  if (spec.proto !== undefined && route.proto !== spec.proto) return false;
  if (spec.metric !== undefined && spec.metric !== 0 && route.metric !== spec.metric) return false;
  if (spec.mtu !== undefined && spec.mtu !== null && route.mtu !== spec.mtu) return false;
  if (!metricsMatch(route, spec.metrics)) return false;
  return hopsMatch(route, spec.nexthops ?? []);
}

/** Metrics that are named must be the route's; what it has besides does not matter (fib_metrics_match). */
function metricsMatch(route: Route, want: RouteMetrics | undefined): boolean {
  if (want === undefined) return true;
  return (Object.keys(want) as (keyof RouteMetrics)[]).every((name) => (route.metrics?.[name] ?? 0) === want[name]);
}

function hopsMatch(route: Route, specs: readonly NextHopSpec[]): boolean {
  if (specs.length === 0) return true;
  // a single hop names the first one of the route; several must name all
  if (specs.length > 1 && specs.length !== route.nexthops.length) return false;
  return specs.every((hop, i) => {
    const nh = route.nexthops[i];
    if (nh === undefined) return false;
    if (hop.dev !== undefined && hop.dev !== NO_IF && nh.dev !== hop.dev) return false;
    return hop.gateway === undefined || hop.gateway === null || nh.gateway === hop.gateway;
  });
}

/** Routes of a table in the order of `ip route`. */
export function routesOf(host: HostState, table: number): readonly Route[] {
  return host.fib.tables.get(table) ?? [];
}

/** Removes every route that the test holds for, with a record each. */
export function routeFlush(net: Net, test: (route: Route) => boolean): number {
  const fib = net.host.fib;
  let count = 0;
  for (const [table, list] of fib.tables) {
    const gone = list.filter(test);
    if (gone.length === 0) continue;
    count += gone.length;
    fib.tables.set(
      table,
      list.filter((route) => !gone.includes(route)),
    );
    fibChanged(fib);
    for (const route of gone) traceRoute(net, 'fib.route-lost', route);
  }
  return count;
}

/**
 * What happens to routes when their interface goes down: those whose every next hop is dead are removed.
 * Local ones stay: a host goes on answering for the addresses of an interface that is down.
 * @param force the interface lost its last address or is deleted: then local ones go as well
 */
export function fibSyncDownDev(net: Net, dev: IfIndex, force: boolean): void {
  const host = net.host;
  const dead = (nh: NextHop): boolean => nh.dev === dev || devGet(host, nh.dev)?.up !== true;
  routeFlush(
    net,
    (route) => route.nexthops.some((nh) => nh.dev === dev) && (route.scope === RT_SCOPE_HOST ? force : route.nexthops.every(dead)),
  );
}
