/**
 * Routing packets that this host makes itself.
 * Comes from: ipv4/send, icmp/, tcp/, udp/, tunnel/, ipvs/xmit.  Goes to: fib/lookup.ts.
 * Source: Linux 6.1 net/ipv4/route.c, ip_route_output_key_hash_rcu(), __mkroute_output().
 * Differs: nothing known for the flows of the lab.
 */
import { IPV4_ANY, IPV4_BROADCAST, IPV4_LOOPBACK, isLoopback, isMulticast, isZeroNet, type Ipv4 } from '../../wire/index.ts';
import { confOr } from '../dev/conf.ts';
import { devGet, devOfAddr } from '../dev/get.ts';
import { selectSource } from '../dev/select-source.ts';
import { RT_SCOPE_HOST, RT_SCOPE_LINK, RT_SCOPE_UNIVERSE, type Dev } from '../dev/state.ts';
import type { Net } from '../net.ts';
import { LO_IF, NO_IF, type Dst, type IfIndex } from '../skb.ts';
import { exceptionFor, exceptionInUse } from './exception.ts';
import { fibLookup, fibLookupHost, inetAddrType, type LookupErrno } from './lookup.ts';
import { isMtuLocked, makeDst, pathMtu, pathText, pathVaries, routeSource, selectPath, type Found } from './path.ts';
import { recall, remember } from './memory.ts';
import { outputMemory } from './table.ts';
import { RT_TABLE_MAIN, type NextHop, type Route } from './state.ts';

export type RouteErrno = LookupErrno | 'ENODEV';

export interface RouteOutError {
  readonly error: RouteErrno;
}

export interface OutputFlow {
  readonly dst: Ipv4;
  /** IPV4_ANY or left out: the route chooses */
  readonly src?: Ipv4 | undefined;
  readonly oif?: IfIndex | undefined;
  readonly tos?: number | undefined;
  readonly mark?: number | undefined;
  /** the source need not be ours (rerouting of packets that netfilter changed) */
  readonly anySrc?: boolean | undefined;
  /** for rules that ask for them */
  readonly proto?: number | undefined;
  readonly sport?: number | undefined;
  readonly dport?: number | undefined;
  readonly uid?: number | undefined;
  /** number for choosing among next hops; left out: made from the addresses */
  readonly hash?: number | undefined;
}

const INVALID: RouteOutError = { error: 'EINVAL' };
const NO_NET: RouteOutError = { error: 'ENETUNREACH' };

/** TOS bits that routes are compared with. */
const TOS_MASK = 0x1e;

export function isRouteError(result: Dst | RouteOutError): result is RouteOutError {
  return 'error' in result;
}

export function ipRouteOutput(net: Net, want: OutputFlow): Dst | RouteOutError {
  // rerouting is rare and asks for more than the memory keeps
  if (want.anySrc === true || want.hash !== undefined) return findRoute(net, want);
  // only rules ask for protocol, ports and user
  if (net.host.fib.customRules && (want.proto !== undefined || want.uid !== undefined)) return findRoute(net, want);
  return ipRouteOutputTo(net, want.dst, want.src ?? IPV4_ANY, want.oif ?? NO_IF, want.tos ?? 0, want.mark ?? 0);
}

/**
 * The usual question, for each packet: not as a record, because records of many shapes in one place are slow to
 * read.
 * @param src IPV4_ANY: the route chooses
 * @param oif NO_IF: any
 */
export function ipRouteOutputTo(net: Net, dst: Ipv4, src: Ipv4, oif: IfIndex, tos: number, mark: number): Dst | RouteOutError {
  const memory = outputMemory(net);
  const known = recall(memory, dst, src, oif, tos, mark);
  if (known !== null) return known;
  const found = findRoute(net, { dst, src, oif, tos, mark });
  if (!isRouteError(found) && found.type !== 'multicast' && lasts(net, found)) remember(memory, dst, src, oif, tos, mark, found);
  return found;
}

/** The same for a packet of a socket: rules may ask for its protocol and ports. */
export function ipRouteSocket(
  net: Net,
  dst: Ipv4,
  src: Ipv4,
  oif: IfIndex,
  tos: number,
  proto: number,
  sport: number,
  dport: number,
): Dst | RouteOutError {
  if (net.host.fib.rulesAskPorts) return ipRouteOutput(net, { dst, src, oif, tos, proto, sport, dport });
  return ipRouteOutputTo(net, dst, src, oif, tos, 0);
}

/**
 * The route of a socket that connects: once the route has chosen the source address it is looked up
 * again, because policy rules may ask for the source.
 * Source: Linux 6.1 include/net/route.h, ip_route_connect().
 */
export function ipRouteConnect(net: Net, want: OutputFlow): Dst | RouteOutError {
  const first = ipRouteOutput(net, want);
  if (isRouteError(first) || (want.src ?? IPV4_ANY) !== IPV4_ANY) return first;
  return ipRouteOutput(net, { ...want, src: first.src });
}

/** The route holds until fibChanged(): nothing learnt that expires, no choice by the state of neighbours. */
function lasts(net: Net, found: Dst): boolean {
  if (found.learnt) return false;
  const main = net.host.fib.tables.get(RT_TABLE_MAIN)?.[0];
  return found.gateway === null || main === undefined || !pathVaries(net.host, main);
}

function findRoute(net: Net, want: OutputFlow): Dst | RouteOutError {
  const host = net.host;
  const oif = want.oif ?? NO_IF;
  let dst = want.dst;
  let src = want.src ?? IPV4_ANY;
  if (src !== IPV4_ANY) {
    if (isMulticast(src) || src === IPV4_BROADCAST || isZeroNet(src)) return INVALID;
    const group = isMulticast(dst) || dst === IPV4_BROADCAST;
    if ((oif === NO_IF && group) || want.anySrc !== true) {
      // an address of this host stays its own when its local route has been taken away (__ip_dev_find)
      if (inetAddrType(host, src) !== 'local' && devOfAddr(host, src) === null) return NO_NET;
      if (oif === NO_IF && group) return outBy(net, ownerOf(net, src), src, dst, null, 'group address');
    }
  }
  let dev: Dev | null = null;
  if (oif !== NO_IF) {
    dev = devGet(host, oif);
    if (dev === null) return { error: 'ENODEV' };
    if (!dev.up) return NO_NET;
    if (isLocalMulticast(dst) || dst === IPV4_BROADCAST) {
      return outBy(net, dev, src === IPV4_ANY ? selectSource(host, dev, IPV4_ANY, RT_SCOPE_LINK) : src, dst, null, 'group address');
    }
    if (src === IPV4_ANY && isMulticast(dst)) src = selectSource(host, dev, IPV4_ANY, RT_SCOPE_UNIVERSE);
    else if (src === IPV4_ANY && dst === IPV4_ANY) src = selectSource(host, dev, IPV4_ANY, RT_SCOPE_HOST);
  }
  if (dst === IPV4_ANY) {
    dst = src === IPV4_ANY ? IPV4_LOOPBACK : src;
    return makeDst('local', LO_IF, null, dst, pathMtu(host, LO_IF, null, null, false), NO_IF, false, 'this host');
  }
  const found = fibLookup(net, {
    dst,
    src,
    oif,
    iif: LO_IF,
    tos: (want.tos ?? 0) & TOS_MASK,
    mark: want.mark ?? 0,
    scope: RT_SCOPE_UNIVERSE,
    proto: want.proto,
    sport: want.sport,
    dport: want.dport,
    uid: want.uid,
  });
  if (found.kind === 'error') {
    if (dev === null) return { error: found.errno };
    // an interface was asked for: the destination is taken to be on its link
    return outBy(net, dev, src === IPV4_ANY ? selectSource(host, dev, IPV4_ANY, RT_SCOPE_LINK) : src, dst, null, `dev ${dev.name}`);
  }
  return alongRoute(net, found, src, dst, want.hash ?? null);
}

/** 224.0.0.0/24: never leaves the link. */
function isLocalMulticast(addr: Ipv4): boolean {
  return addr >>> 8 === 0xe00000;
}

function ownerOf(net: Net, src: Ipv4): Dev | null {
  const owner = devOfAddr(net.host, src);
  if (owner !== null) return owner;
  const found = fibLookupHost(net.host, {
    dst: src,
    src: IPV4_ANY,
    oif: NO_IF,
    iif: LO_IF,
    tos: 0,
    mark: 0,
    scope: 0,
  });
  return found.kind === 'found' && found.nexthop !== null ? devGet(net.host, found.nexthop.dev) : null;
}

function alongRoute(net: Net, found: Found, wantedSrc: Ipv4, dst: Ipv4, hash: number | null): Dst | RouteOutError {
  const host = net.host;
  const route = found.entry.route;
  if (route.type === 'local') {
    const src = wantedSrc === IPV4_ANY ? (route.prefSrc ?? dst) : wantedSrc;
    // an address of another interface than lo: the route is made anew each time, so what was learnt never lists it
    const learnt = found.nexthop?.dev === LO_IF ? exceptionInUse : exceptionFor;
    const exception = learnt(net, found.nexthop, dst);
    const mtu = pathMtu(host, LO_IF, route, exception, true);
    const result = makeDst(
      'local',
      LO_IF,
      null,
      src,
      mtu,
      NO_IF,
      false,
      pathText(host, found.entry),
      exception,
      isMtuLocked(route, exception),
    );
    return withMetrics(result, route);
  }
  const path = selectPath(host, found, wantedSrc, dst, hash);
  const src = wantedSrc === IPV4_ANY ? routeSource(host, path.entry.route, path.nexthop) : wantedSrc;
  const dev = devGet(host, path.nexthop.dev) as Dev;
  if (route.type === 'broadcast') return outBy(net, dev, src, dst, null, pathText(host, found.entry), true);
  // a group is not sent to the gateway of the default route
  if (isMulticast(dst) && route.prefixLen < 4) return outBy(net, dev, src, dst, null, pathText(host, found.entry));
  return outBy(net, dev, src, dst, { route: path.entry.route, hop: path.nexthop }, pathText(host, path.entry));
}

/** Makes the result once interface and addresses are known. */
function outBy(
  net: Net,
  dev: Dev | null,
  src: Ipv4,
  dst: Ipv4,
  along: { route: Route; hop: NextHop } | null,
  text: string,
  broadcast = false,
): Dst | RouteOutError {
  if (dev === null) return INVALID;
  const host = net.host;
  if (isLoopback(src) && dev.kind !== 'loopback' && !confOr(host, dev, 'route_localnet')) return INVALID;
  if (isMulticast(dst))
    return makeDst('multicast', dev.ifindex, null, src, pathMtu(host, dev.ifindex, null, null, false), NO_IF, false, text);
  if (broadcast || dst === IPV4_BROADCAST)
    return makeDst('broadcast', dev.ifindex, null, src, pathMtu(host, dev.ifindex, null, null, false), NO_IF, false, text);
  if (isZeroNet(dst)) return INVALID;
  const exception = along === null ? null : exceptionInUse(net, along.hop, dst);
  const gateway = exception?.gateway ?? (along === null || along.hop.ownGateway === true ? null : along.hop.gateway);
  const route = along?.route ?? null;
  const mtu = pathMtu(host, dev.ifindex, route, exception, true);
  const result = makeDst('unicast', dev.ifindex, gateway, src, mtu, NO_IF, false, text, exception, isMtuLocked(route, exception));
  return route === null ? result : withMetrics(result, route);
}

/** What the route says to those who send by it (dst_metric). */
function withMetrics(result: Dst, { metrics }: Route): Dst {
  if (metrics === undefined) return result;
  const { hoplimit, advmss, initcwnd } = metrics;
  return {
    ...result,
    ...(hoplimit === undefined ? {} : { hopLimit: Number(hoplimit) }),
    ...(advmss === undefined ? {} : { advMss: Number(advmss) }),
    ...(initcwnd === undefined ? {} : { initCwnd: Number(initcwnd) }),
  };
}
