/**
 * Addresses of interfaces, and the routes that come and go with them.
 * Comes from: the commands ip addr and ifconfig, dev/updown.ts, init.ts.  Goes to: fib/table.ts, neigh/admin.ts.
 * Source: Linux 6.1 net/ipv4/devinet.c, __inet_insert_ifa(), __inet_del_ifa(); net/ipv4/fib_frontend.c,
 *   fib_add_ifaddr(), fib_del_ifaddr().
 * Differs: nothing known.
 */
import { nanos, type Nanos } from '../../engine/index.ts';
import { broadcastOf, isLoopback, isZeroNet, IPV4_ANY, IPV4_BROADCAST, networkOf, type Ipv4, type PrefixLen } from '../../wire/index.ts';
import { fibSyncDownDev, routeDel, routeFlush, tellRoute } from '../fib/config.ts';
import { inetAddrType } from '../fib/lookup.ts';
import { RT_TABLE_LOCAL, RT_TABLE_MAIN, type Route } from '../fib/state.ts';
import { appendRoute, fibChanged } from '../fib/table.ts';
import { arpInvalidate, neighIfDown } from '../neigh/admin.ts';
import type { Net } from '../net.ts';
import type { IfIndex, RouteType } from '../skb.ts';
import { devGet } from './get.ts';
import type { HostState } from '../state.ts';
import { ifaMatch } from './select-source.ts';
import { RT_SCOPE_HOST, RT_SCOPE_LINK, RT_SCOPE_UNIVERSE, type Dev, type IfAddr } from './state.ts';

/** An address as a command names it. */
export interface AddrSpec {
  readonly local: Ipv4;
  readonly prefixLen: PrefixLen;
  /** the other end of a point-to-point link; left out: the same as local */
  readonly peer?: Ipv4 | undefined;
  readonly broadcast?: Ipv4 | null | undefined;
  /** left out: host for 127.0.0.0/8, else global */
  readonly scope?: number | undefined;
  readonly label?: string | undefined;
  readonly noPrefixRoute?: boolean | undefined;
  /** of the subnet's route */
  readonly metric?: number | undefined;
  /** left out: for ever */
  readonly validUntil?: Nanos | null | undefined;
  readonly preferredUntil?: Nanos | null | undefined;
}

function makeAddr(dev: Dev, spec: AddrSpec): IfAddr {
  return {
    local: spec.local,
    address: spec.peer ?? spec.local,
    prefixLen: spec.prefixLen,
    broadcast: spec.broadcast ?? null,
    scope: spec.scope ?? (isLoopback(spec.local) ? RT_SCOPE_HOST : RT_SCOPE_UNIVERSE),
    secondary: false,
    noPrefixRoute: spec.noPrefixRoute ?? false,
    metric: spec.metric ?? 0,
    validUntil: spec.validUntil ?? null,
    preferredUntil: spec.preferredUntil ?? null,
    label: spec.label ?? dev.name,
  };
}

/** The same subnet: same mask, same network. */
function sameSubnet(a: IfAddr, b: IfAddr): boolean {
  return a.prefixLen === b.prefixLen && ifaMatch(a, b.address);
}

/** Puts an address in its place in the list; no routes yet. */
export function insertAddr(dev: Dev, ifa: IfAddr): 'EEXIST' | 'EINVAL' | null {
  let place = 0;
  for (const [i, other] of dev.addrs.entries()) {
    if (!other.secondary && ifa.scope <= other.scope) place = i + 1;
    if (!sameSubnet(other, ifa)) continue;
    if (other.local === ifa.local) return 'EEXIST';
    if (other.scope !== ifa.scope) return 'EINVAL';
    ifa.secondary = true;
  }
  dev.addrs.splice(ifa.secondary ? dev.addrs.length : place, 0, ifa);
  return null;
}

/** Adds an address and its routes. */
export function addrAdd(net: Net, dev: Dev, spec: AddrSpec): 'EEXIST' | 'EINVAL' | null {
  const ifa = makeAddr(dev, spec);
  if (ifa.local === IPV4_ANY) return null;
  const refusal = insertAddr(dev, ifa);
  if (refusal !== null) return refusal;
  if (!dev.confOwn.includes('*')) dev.confOwn.push('*');
  net.trace('dev', 'state', 'dev.addr-added', null, net.tracing ? { addr: ifa.local, len: ifa.prefixLen } : null, dev.ifindex);
  tellAddr(net, dev, ifa, false);
  fibAddIfaddr(net.host, dev, ifa, net);
  fibChanged(net.host.fib);
  dropUnresolved(net, dev, ifa);
  addrNotify(net, dev, ifa, true);
  armLifetime(net, dev, ifa);
  return null;
}

/** Programs that watch everything hear of it before they hear of its routes. */
function tellAddr(net: Net, dev: Dev, ifa: IfAddr, gone: boolean): void {
  if (net.host.sockets.rtListeners.length > 0) net.tables.calls.rtTell(net, { kind: 'addr', dev: dev.ifindex, ifa, gone });
}

/** Programs that watch addresses hear of it. */
function addrNotify(net: Net, dev: Dev, ifa: IfAddr, added: boolean): void {
  if (net.host.sockets.netlinks.length === 0) return;
  net.tables.calls.netlinkNotify(net, {
    kind: 'addr',
    dev: dev.ifindex,
    added,
    addr: ifa.local,
    prefixLen: ifa.prefixLen,
  });
}

/** A neighbour that was asked for in vain may now be a broadcast address. */
function dropUnresolved(net: Net, dev: Dev, ifa: IfAddr): void {
  if (!dev.up) return;
  if (ifa.broadcast !== null) arpInvalidate(net, dev.ifindex, ifa.broadcast);
  if (!ifa.secondary && ifa.prefixLen < 31) arpInvalidate(net, dev.ifindex, broadcastOf(ifa.address, ifa.prefixLen));
}

/** The primary address of a subnet. */
function primaryOf(dev: Dev, ifa: IfAddr): IfAddr | null {
  if (!ifa.secondary) return ifa;
  return dev.addrs.find((other) => !other.secondary && sameSubnet(other, ifa)) ?? null;
}

function ifaRoute(dev: Dev, type: RouteType, dst: Ipv4, prefixLen: PrefixLen, prim: IfAddr, metric = 0): Route {
  return {
    dst,
    prefixLen,
    type,
    table: type === 'unicast' ? RT_TABLE_MAIN : RT_TABLE_LOCAL,
    proto: 'kernel',
    scope: type === 'local' ? RT_SCOPE_HOST : RT_SCOPE_LINK,
    tos: 0,
    metric,
    prefSrc: prim.local,
    mtu: null,
    nexthops: [{ dev: dev.ifindex, gateway: null, weight: 1, onlink: false }],
  };
}

/**
 * Routes of one address: its own in table local, the subnet's, the broadcast addresses'.
 * @param net null: nobody can listen yet
 */
export function fibAddIfaddr(host: HostState, dev: Dev, ifa: IfAddr, net: Net | null): void {
  const prim = primaryOf(dev, ifa);
  if (prim === null) return;
  const add = (type: RouteType, dst: Ipv4, len: PrefixLen, metric = 0): void => {
    // the source that a route prefers must be local by the routes there are so far (fib_valid_prefsrc)
    if ((type !== 'local' || dst !== prim.local) && inetAddrType(host, prim.local) !== 'local') return;
    const route = ifaRoute(dev, type, dst, len, prim, metric);
    if (appendRoute(host.fib, route) && net !== null) tellRoute(net, route, false);
  };
  add('local', ifa.local, 32);
  if (!dev.up) return;
  if (ifa.broadcast !== null && ifa.broadcast !== IPV4_BROADCAST) add('broadcast', ifa.broadcast, 32);
  const prefix = networkOf(ifa.address, ifa.prefixLen);
  if (isZeroNet(prefix) || ifa.secondary || (prefix === ifa.local && ifa.prefixLen === 32)) return;
  if (!ifa.noPrefixRoute) add(subnetType(dev), prefix, ifa.prefixLen, ifa.metric);
  if (ifa.prefixLen < 31) add('broadcast', broadcastOf(prefix, ifa.prefixLen), 32);
}

/** The subnet of an address is on the link; on lo it is the host's own. */
function subnetType(dev: Dev): RouteType {
  return dev.kind === 'loopback' ? 'local' : 'unicast';
}

function delIfaRoute(net: Net, dev: Dev, type: RouteType, dst: Ipv4, prefixLen: PrefixLen, prim: IfAddr, metric = 0): void {
  const route = ifaRoute(dev, type, dst, prefixLen, prim);
  const { table, proto, scope, prefSrc } = route;
  routeDel(net, { dst, prefixLen, type, table, proto, scope, prefSrc, metric, nexthops: [{ dev: dev.ifindex }] });
}

/** What other addresses of the interface still need of the routes of one that goes. */
function stillNeeded(
  dev: Dev,
  ifa: IfAddr,
  prim: IfAddr,
  brd: Ipv4,
  promoted: IfAddr | null,
): { local: boolean; given: boolean; brd: boolean; gone: boolean } {
  const need = { local: false, given: false, brd: false, gone: true };
  for (const other of dev.addrs) {
    if (other === ifa) {
      need.gone = false;
      continue;
    }
    if (promoted !== null && sameSubnet(other, promoted)) continue;
    const prim1 = other.secondary ? primaryOf(dev, other) : other;
    if (prim1 === null || prim1.local !== prim.local) continue;
    if (other.local === ifa.local) need.local = true;
    if (other.broadcast === ifa.broadcast) need.given = true;
    if (other.broadcast === brd) need.brd = true;
    if (other === prim1 && other.prefixLen < 31) {
      const own = broadcastOf(other.address, other.prefixLen);
      if (own === ifa.broadcast) need.given = true;
      if (own === brd) need.brd = true;
    }
  }
  return need;
}

/** @param promoted while another address of the subnet becomes the primary: the one that was */
function fibDelIfaddr(net: Net, dev: Dev, ifa: IfAddr, promoted: IfAddr | null): void {
  const prefix = networkOf(ifa.address, ifa.prefixLen);
  const brd = broadcastOf(ifa.address, ifa.prefixLen);
  let prim = ifa;
  let subnet = false;
  if (ifa.secondary) {
    const found = promoted ?? primaryOf(dev, ifa);
    if (found === null) return;
    prim = found;
  } else if (!isZeroNet(prefix) && (prefix !== ifa.local || ifa.prefixLen < 32)) {
    if (!ifa.noPrefixRoute) delIfaRoute(net, dev, subnetType(dev), prefix, ifa.prefixLen, prim, ifa.metric);
    subnet = true;
  }
  const need = stillNeeded(dev, ifa, prim, brd, promoted);
  if (ifa.broadcast !== null && !need.given) delIfaRoute(net, dev, 'broadcast', ifa.broadcast, 32, prim);
  if (subnet && ifa.prefixLen < 31 && !need.brd) delIfaRoute(net, dev, 'broadcast', brd, 32, prim);
  if (need.local) return;
  delIfaRoute(net, dev, 'local', ifa.local, 32, prim);
  if (need.gone && inetAddrType(net.host, ifa.local) !== 'local') {
    // routes that name it as their source cannot stay
    routeFlush(net, (route) => route.prefSrc === ifa.local);
  }
}

/** `ip addr change … metric`: the subnet's route is made anew in its new place (fib_modify_prefix_metric). */
export function addrSetMetric(net: Net, dev: Dev, ifa: IfAddr, metric: number): void {
  if (ifa.metric === metric) return;
  const old = ifa.metric;
  const prefix = networkOf(ifa.address, ifa.prefixLen);
  ifa.metric = metric;
  if (!dev.up || ifa.secondary || ifa.noPrefixRoute || isZeroNet(prefix) || ifa.prefixLen === 32) return;
  const route = ifaRoute(dev, subnetType(dev), prefix, ifa.prefixLen, ifa, metric);
  if (appendRoute(net.host.fib, route)) tellRoute(net, route, false);
  delIfaRoute(net, dev, subnetType(dev), prefix, ifa.prefixLen, ifa, old);
}

/** Deletes an address. @param prefixLen null: whatever it is */
export function addrDel(
  net: Net,
  dev: Dev,
  spec: { local: Ipv4; prefixLen: PrefixLen | null; peer?: Ipv4 | undefined; label?: string | undefined },
): 'EADDRNOTAVAIL' | null {
  const ifa = dev.addrs.find(
    (other) =>
      other.local === spec.local &&
      (spec.prefixLen === null || (other.prefixLen === spec.prefixLen && ifaMatch(other, spec.peer ?? spec.local))) &&
      (spec.label === undefined || other.label === spec.label),
  );
  if (ifa === undefined) return 'EADDRNOTAVAIL';
  removeAddr(net, dev, ifa);
  return null;
}

/** With a primary its secondaries go too, unless one of them takes its place (promote_secondaries). */
function removeAddr(net: Net, dev: Dev, ifa: IfAddr): void {
  const promote = net.host.conf.all.promote_secondaries !== 0 || dev.conf.promote_secondaries !== 0;
  const followers = ifa.secondary ? [] : dev.addrs.filter((other) => other.secondary && sameSubnet(ifa, other));
  const heir = promote ? followers[0] : undefined;
  if (heir === undefined) for (const other of followers) dropAddr(net, dev, other);
  else for (const other of followers) fibDelIfaddr(net, dev, other, ifa);
  dropAddr(net, dev, ifa);
  if (heir === undefined) return;
  heir.secondary = false;
  moveBehindPrimaries(dev, ifa, heir);
  tellAddr(net, dev, heir, false);
  fibAddIfaddr(net.host, dev, heir, net);
  net.trace('dev', 'state', 'dev.addr-promoted', null, net.tracing ? { addr: heir.local } : null, dev.ifindex);
  for (const other of followers) if (other !== heir) fibAddIfaddr(net.host, dev, other, net);
}

/** A promoted address takes its place among the primaries, by scope. */
function moveBehindPrimaries(dev: Dev, gone: IfAddr, heir: IfAddr): void {
  dev.addrs.splice(dev.addrs.indexOf(heir), 1);
  let place = 0;
  for (const [i, other] of dev.addrs.entries()) if (!other.secondary && gone.scope <= other.scope) place = i + 1;
  dev.addrs.splice(place, 0, heir);
}

function dropAddr(net: Net, dev: Dev, ifa: IfAddr): void {
  dev.addrs.splice(dev.addrs.indexOf(ifa), 1);
  net.trace('dev', 'state', 'dev.addr-deleted', null, net.tracing ? { addr: ifa.local, len: ifa.prefixLen } : null, dev.ifindex);
  tellAddr(net, dev, ifa, true);
  fibDelIfaddr(net, dev, ifa, null);
  fibChanged(net.host.fib);
  addrNotify(net, dev, ifa, false);
  if (dev.addrs.length > 0) return;
  // the last address is gone: nothing of IPv4 is left on the interface
  fibSyncDownDev(net, dev.ifindex, true);
  neighIfDown(net, dev);
}

/** The last step of `ip addr change`: until when the address holds; null: for ever. */
export function addrSetLifetime(net: Net, dev: Dev, ifa: IfAddr, validUntil: Nanos | null, preferredUntil: Nanos | null): void {
  ifa.validUntil = validUntil;
  ifa.preferredUntil = preferredUntil;
  armLifetime(net, dev, ifa);
  tellAddr(net, dev, ifa, false);
}

function armLifetime(net: Net, dev: Dev, ifa: IfAddr): void {
  if (ifa.validUntil !== null) net.arm('addr', dev.ifindex, nanos(ifa.validUntil - net.now));
}

/** Some address of the interface may have come to its end; a timer that was overtaken finds none (check_lifetime). */
export function addrTimer(net: Net, ifindex: number | string): void {
  const dev = devGet(net.host, ifindex as IfIndex);
  for (const ifa of dev === null ? [] : [...dev.addrs]) {
    if (dev === null || ifa.validUntil === null || ifa.validUntil > net.now || !dev.addrs.includes(ifa)) continue;
    net.trace('dev', 'state', 'dev.addr-expired', null, net.tracing ? { addr: ifa.local, len: ifa.prefixLen } : null, dev.ifindex);
    removeAddr(net, dev, ifa);
  }
}

/** `ip addr flush`: @returns the number of addresses removed */
export function addrFlush(net: Net, dev: Dev, test: (ifa: IfAddr) => boolean): number {
  let count = 0;
  for (const ifa of dev.addrs.filter(test)) {
    // it may have gone with its primary
    if (!dev.addrs.includes(ifa)) continue;
    removeAddr(net, dev, ifa);
    count++;
  }
  return count;
}
