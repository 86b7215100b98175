/**
 * What ICMP taught about single destinations: a better gateway, a smaller path MTU.
 * Comes from: icmp/ (redirects, fragmentation needed).  Goes to: fib/output.ts, fib/input.ts.
 * Source: Linux 6.1 net/ipv4/route.c, __ip_do_redirect(), update_or_create_fnhe(), __ip_rt_update_pmtu();
 *   ip_rt_gc_timeout (redirects, 300 s), ip_rt_mtu_expires (600 s), ip_rt_min_pmtu (552).
 * Differs: two routes that are alike but for their destinations share what was learnt in the kernel, not here.
 */
import { later, nanos, NS_PER_S, type Nanos } from '../../engine/index.ts';
import { IPV4_ANY, IPV4_BROADCAST, isMulticast, isZeroNet, type Ipv4 } from '../../wire/index.ts';
import { acceptsRedirects, confOr } from '../dev/conf.ts';
import { addrOnlink } from '../dev/select-source.ts';
import type { Dev } from '../dev/state.ts';
import { neighObtain } from '../neigh/create.ts';
import { neighEventSend } from '../neigh/nud.ts';
import { isValid } from '../neigh/table.ts';
import type { Net } from '../net.ts';
import type { Skb } from '../skb.ts';
import { inetAddrType, fibLookupHost, addrFlow } from './lookup.ts';
import { isMtuLocked, selectPath } from './path.ts';
import type { FibException, FibState, NextHop, Route } from './state.ts';
import { fibChanged } from './table.ts';

/** How long a redirect is believed (ip_rt_gc_timeout). */
const REDIRECT_LIFETIME_S = 300;

/** Remembers something about a destination that is reached by a next hop; what is left out stays as it was. */
function learn(net: Net, hop: NextHop, dst: Ipv4, what: Partial<Omit<FibException, 'expires'>>, lifetime: Nanos): void {
  const known = exceptionFor(net, hop, dst);
  const learnt = (hop.learnt ??= new Map());
  learnt.set(dst, {
    gateway: what.gateway ?? known?.gateway ?? null,
    mtu: what.mtu ?? known?.mtu ?? null,
    mtuLocked: what.mtuLocked ?? known?.mtuLocked ?? false,
    expires: later(net.now, lifetime),
    used: known?.used ?? false,
  });
  net.host.fib.learnt = true;
  fibChanged(net.host.fib);
}

/** What is known about a destination and still holds. */
export function exceptionFor(net: Net, hop: NextHop | null | undefined, dst: Ipv4): FibException | null {
  if (!net.host.fib.learnt || hop?.learnt === undefined) return null;
  const known = hop.learnt.get(dst);
  return known === undefined || known.expires < net.now ? null : known;
}

/** The same for a route that is being made of it. */
export function exceptionInUse(net: Net, hop: NextHop | null | undefined, dst: Ipv4): FibException | null {
  const known = exceptionFor(net, hop, dst);
  if (known !== null) known.used = true;
  return known;
}

/** All that was learnt, of all routes or of one table's. */
export function* fibExceptions(
  { learnt, tables }: Readonly<FibState>,
  table: number | null = null,
): Generator<readonly [Ipv4, FibException, NextHop, Route]> {
  if (!learnt) return;
  for (const [id, routes] of tables) {
    if (table !== null && id !== table) continue;
    for (const route of routes)
      for (const hop of route.nexthops) for (const [dst, known] of hop.learnt ?? []) yield [dst, known, hop, route];
  }
}

/** Everything that was learnt is forgotten (net.ipv4.route.flush). */
export function fibForget(fib: FibState): void {
  for (const routes of fib.tables.values()) for (const { nexthops } of routes) for (const hop of nexthops) delete hop.learnt;
  fib.learnt = false;
  fibChanged(fib);
}

/** A packet whose path is in question. */
export interface PathFlow {
  readonly dst: Ipv4;
  readonly src?: Ipv4;
  readonly tos?: number;
}

/** The next hops that a packet may take, and its route. */
function hopsFor(net: Net, flow: PathFlow): { readonly route: Route; readonly hops: readonly NextHop[] } | null {
  const { host } = net;
  const src = flow.src ?? IPV4_ANY;
  const found = fibLookupHost(host, { ...addrFlow(flow.dst), src, tos: flow.tos ?? 0 });
  if (found.kind !== 'found' || found.nexthop === null) return null;
  const { route } = found.entry;
  return { route, hops: route.nexthops.length > 1 ? route.nexthops : [selectPath(host, found, src, flow.dst, null).nexthop] };
}

/**
 * A path MTU learnt from "fragmentation needed". Values below min_pmtu count as min_pmtu, and hold until they expire.
 * @param present what is used so far
 * @returns the MTU that is used from now on, or null if it is no news
 */
export function ipRtUpdatePmtu(net: Net, flow: PathFlow, mtu: number, present: number): number | null {
  const { dst } = flow;
  const path = hopsFor(net, flow);
  if (path === null || mtu > present) return null;
  const known = exceptionFor(net, path.hops[0], dst);
  if (isMtuLocked(path.route, known)) return null;
  const min = net.host.sysctl['net.ipv4.route.min_pmtu'] as number;
  const lifetime = (net.host.sysctl['net.ipv4.route.mtu_expires'] as number) * NS_PER_S;
  const mtuLocked = mtu < min;
  const used = mtuLocked ? Math.min(present, min) : mtu;
  // the same again only prolongs it, once half its time is over
  if (known !== null && known.mtu === used && !mtuLocked && net.now < known.expires - lifetime / 2) return null;
  for (const hop of path.hops) learn(net, hop, dst, { mtu: used, mtuLocked }, nanos(lifetime));
  net.trace('fib', 'state', 'fib.pmtu-learnt', null, net.tracing ? { dst, mtu: used } : null);
  return used;
}

/** A redirect as the receiver sees it. */
export interface Redirect {
  readonly dev: Dev;
  /** who sent the redirect */
  readonly from: Ipv4;
  /** whom it is about */
  readonly dst: Ipv4;
  readonly newGateway: Ipv4;
}

/** Follows a redirect, if it is to be believed, and says in a record what came of it. */
export function ipRtRedirect(net: Net, redirect: Redirect, skb: Skb | null): void {
  const { dst, from, newGateway, dev } = redirect;
  const refused = redirectRefusal(net, redirect);
  const args = net.tracing ? { dst, from, gateway: newGateway } : null;
  if (refused !== null) {
    net.trace('fib', 'state', refused, skb, args, dev.ifindex);
    return;
  }
  const neigh = neighObtain(net, dev, newGateway);
  if (neigh === null) return;
  if (!isValid(neigh.nud)) {
    net.trace('fib', 'state', 'fib.redirect-gateway-unresolved', skb, args, dev.ifindex);
    neighEventSend(net, neigh, null);
    return;
  }
  for (const hop of hopsFor(net, { dst })?.hops.slice(0, 1) ?? [])
    learn(net, hop, dst, { gateway: newGateway }, nanos(REDIRECT_LIFETIME_S * NS_PER_S));
  net.trace('fib', 'state', 'fib.redirect-followed', skb, args, dev.ifindex);
}

/** Reason for not believing a redirect, or null. */
function redirectRefusal(net: Net, redirect: Redirect): string | null {
  const { dev, from, dst, newGateway } = redirect;
  const host = net.host;
  const route = fibLookupHost(host, addrFlow(dst));
  const hop = route.kind === 'found' && route.nexthop !== null ? selectPath(host, route, IPV4_ANY, dst, null).nexthop : null;
  const present = exceptionFor(net, hop, dst)?.gateway ?? hop?.gateway ?? dst;
  if (present !== from) return 'fib.redirect-not-from-gateway';
  if (newGateway === from || !acceptsRedirects(host, dev)) return 'fib.redirect-not-accepted';
  if (isMulticast(newGateway) || newGateway === IPV4_BROADCAST || isZeroNet(newGateway)) return 'fib.redirect-bad-gateway';
  if (confOr(host, dev, 'shared_media')) return inetAddrType(host, newGateway) === 'unicast' ? null : 'fib.redirect-bad-gateway';
  if (!addrOnlink(dev, newGateway, from)) return 'fib.redirect-bad-gateway';
  return confOr(host, dev, 'secure_redirects') && !isDefaultGateway(net, dev, newGateway) ? 'fib.redirect-bad-gateway' : null;
}

/** Some route leads through this gateway (ip_fib_check_default). */
function isDefaultGateway(net: Net, dev: Dev, gateway: Ipv4): boolean {
  for (const routes of net.host.fib.tables.values()) {
    for (const route of routes) {
      if (route.nexthops.some((nh) => nh.dev === dev.ifindex && nh.gateway === gateway)) return true;
    }
  }
  return false;
}
