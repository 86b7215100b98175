/**
 * From a route that matched to the way a packet takes: next hop of a multipath route, default gateway
 * that is alive, source address, MTU.
 * Comes from: fib/input.ts, fib/output.ts.  Goes to: dev/select-source.ts, neigh/table.ts.
 * Source: Linux 6.1 net/ipv4/fib_semantics.c, fib_select_path(), fib_select_multipath(),
 *   fib_select_default(), fib_result_prefsrc().
 * Differs: the hash of multipath routes is not the kernel's (which is seeded by chance at boot) and is
 *   made of the addresses whatever fib_multipath_hash_policy says. Of
 *   several default gateways none of which answers, the first is kept; the kernel tries them in turn.
 */
import { IPV4_ANY, type Ipv4 } from '../../wire/index.ts';
import { devGet } from '../dev/get.ts';
import { selectSource } from '../dev/select-source.ts';
import { isValid, neighLookup } from '../neigh/table.ts';
import type { Dst, IfIndex, RouteType } from '../skb.ts';
import type { HostState } from '../state.ts';
import { nexthopDevUp, type FibResult } from './lookup.ts';
import type { FibException, NextHop, Route } from './state.ts';
import { entryText, type RouteEntry } from './table.ts';

export type Found = Extract<FibResult, { kind: 'found' }>;

/** Largest IPv4 packet. */
const IP_MAX_MTU = 0xffff;

export function makeDst(
  type: RouteType,
  dev: IfIndex,
  gateway: Ipv4 | null,
  src: Ipv4,
  mtu: number,
  iif: IfIndex,
  doRedirect: boolean,
  route: string,
  exception: FibException | null = null,
  mtuLocked = false,
): Dst {
  return { type, dev, gateway, src, mtu, iif, doRedirect, mtuLocked, learnt: exception !== null, route };
}

/** `ip route add … mtu lock`, or a path MTU was learnt below the least that is believed. */
export function isMtuLocked(route: Route | null, exception: FibException | null): boolean {
  return exception?.mtuLocked === true || route?.locked?.includes('mtu') === true;
}

/** 31 bits from two numbers (Jenkins' one-at-a-time on words). */
export function mixHash(a: number, b: number): number {
  let h = Math.imul(a ^ (a >>> 16), 0x85ebca6b) ^ Math.imul(b, 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 13), 0x9e3779b1);
  return (h ^ (h >>> 16)) >>> 1;
}

/** The choice depends on neighbours: it may be another one for the next packet. */
export function pathVaries(host: HostState, route: Route): boolean {
  if (route.prefixLen !== 0 || route.nexthops.length !== 1 || route.nexthops[0]?.gateway === null) return false;
  let alike = 0;
  for (const other of host.fib.tables.get(route.table) ?? []) {
    if (other.dst !== route.dst || other.prefixLen !== 0) break;
    if (other.metric === route.metric && other.tos === route.tos) alike++;
  }
  return alike > 1;
}

/** The next hop of the result, chosen anew where there are several. */
export function selectPath(
  host: HostState,
  found: Found,
  src: Ipv4,
  dst: Ipv4,
  hash: number | null,
): { entry: RouteEntry; nexthop: NextHop } {
  const route = found.entry.route;
  const first = found.nexthop as NextHop;
  if (route.nexthops.length > 1) {
    return { entry: found.entry, nexthop: selectMultipath(host, route, hash ?? mixHash(src, dst)) ?? first };
  }
  if (route.prefixLen === 0 && first.gateway !== null && route.type === 'unicast') {
    const other = selectDefault(host, found.entry, first);
    if (other !== null) return other;
  }
  return { entry: found.entry, nexthop: first };
}

/** Next hops share the hash's range by their weights; dead ones take no part. */
function selectMultipath(host: HostState, route: Route, hash: number): NextHop | null {
  let total = 0;
  for (const nh of route.nexthops) if (nexthopDevUp(host, nh)) total += nh.weight;
  let share = 0;
  for (const nh of route.nexthops) {
    if (!nexthopDevUp(host, nh)) continue;
    share += nh.weight;
    if (hash <= Math.round((share * 0x80000000) / total) - 1) return nh;
  }
  return null;
}

/** Of several default routes of the same metric the first whose gateway is known to be there. */
function selectDefault(host: HostState, entry: RouteEntry, first: NextHop): { entry: RouteEntry; nexthop: NextHop } | null {
  const route = entry.route;
  const list = host.fib.tables.get(route.table) ?? [];
  let fallback: { entry: RouteEntry; nexthop: NextHop } | null = null;
  let alike = 0;
  for (const other of list) {
    if (other.dst !== route.dst || other.prefixLen !== 0) break;
    const nh = other === route ? first : other.nexthops[0];
    if (other.metric !== route.metric || other.tos !== route.tos || other.scope !== route.scope) continue;
    if (nh === undefined || nh.gateway === null || !nexthopDevUp(host, nh)) continue;
    alike++;
    const neigh = neighLookup(host, nh.dev, nh.gateway);
    const choice = { entry: other === route ? entry : { route: other, text: null }, nexthop: nh };
    if (neigh !== null && isValid(neigh.nud)) return choice;
    if (fallback === null && neigh?.nud !== 'INCOMPLETE') fallback = choice;
  }
  return alike > 1 ? fallback : null;
}

/** Source address that a route gives to packets made here. */
export function routeSource(host: HostState, route: Route, nexthop: NextHop | null): Ipv4 {
  if (route.prefSrc !== null) return route.prefSrc;
  if (nexthop === null) return IPV4_ANY;
  return selectSource(host, devGet(host, nexthop.dev), nexthop.gateway ?? IPV4_ANY, route.scope);
}

/**
 * Longest packet for a path.
 * @param learnt count what ICMP taught: always for packets made here, for forwarded ones only with ip_forward_use_pmtu
 */
export function pathMtu(host: HostState, dev: IfIndex, route: Route | null, exception: FibException | null, learnt: boolean): number {
  const mtu = route?.mtu ?? devGet(host, dev)?.mtu ?? 0;
  if (learnt && exception !== null && exception.mtu !== null) return Math.min(exception.mtu, mtu);
  return Math.min(mtu, IP_MAX_MTU);
}

/** Words for the route of a Dst. */
export function pathText(host: HostState, entry: RouteEntry): string {
  return entryText(host, entry);
}
