/**
 * What ICMP taught about single destinations: a better gateway, a smaller path MTU.
 * Comes from: icmp/ (redirects, fragmentation needed).  Goes to: fib/output.ts, fib/input.ts.
 * Source: Linux 6.1 net/ipv4/route.c, __ip_do_redirect(), update_or_create_fnhe(), __ip_rt_update_pmtu();
 *   ip_rt_gc_timeout (redirects, 300 s), ip_rt_mtu_expires (600 s), ip_rt_min_pmtu (552).
 * Differs: kept by destination, not also by next hop.
 */
import { later, nanos, NS_PER_S, type Nanos } from '../../engine/index.ts';
import { IPV4_BROADCAST, isMulticast, isZeroNet, type Ipv4 } from '../../wire/index.ts';
import { acceptsRedirects, confOr } from '../dev/conf.ts';
import { addrOnlink } from '../dev/select-source.ts';
import type { Dev } from '../dev/state.ts';
import { neighObtain } from '../neigh/create.ts';
import { neighEventSend } from '../neigh/nud.ts';
import { isValid } from '../neigh/table.ts';
import type { Net } from '../net.ts';
import type { Skb } from '../skb.ts';
import { inetAddrType, fibLookupHost, addrFlow } from './lookup.ts';
import type { FibException } from './state.ts';
import { fibChanged } from './table.ts';

/** How long a redirect is believed (ip_rt_gc_timeout). */
const REDIRECT_LIFETIME_S = 300;

/** Remembers something about a destination; what is null stays as it was. */
export function fibException(net: Net, dst: Ipv4, what: { gateway?: Ipv4 | null; mtu?: number | null }, lifetime: Nanos): void {
  const known = exceptionFor(net, dst);
  net.host.fib.exceptions.set(dst, {
    gateway: what.gateway ?? known?.gateway ?? null,
    mtu: what.mtu ?? known?.mtu ?? null,
    expires: later(net.now, lifetime),
  });
  fibChanged(net.host.fib);
}

/** What is known about a destination and still holds. */
export function exceptionFor(net: Net, dst: Ipv4): FibException | null {
  const exceptions = net.host.fib.exceptions;
  if (exceptions.size === 0) return null;
  const known = exceptions.get(dst);
  return known === undefined || known.expires < net.now ? null : known;
}

/**
 * A path MTU learnt from "fragmentation needed". Values below min_pmtu count as min_pmtu.
 * @returns the MTU that is used from now on, or null if it is no news
 */
export function ipRtUpdatePmtu(net: Net, dst: Ipv4, mtu: number, present: number): number | null {
  if (mtu >= present) return null;
  const min = net.host.sysctl['net.ipv4.route.min_pmtu'] as number;
  const used = Math.max(mtu, min);
  const expires = net.host.sysctl['net.ipv4.route.mtu_expires'] as number;
  fibException(net, dst, { mtu: used }, nanos(expires * NS_PER_S));
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
  fibException(net, dst, { gateway: newGateway }, nanos(REDIRECT_LIFETIME_S * NS_PER_S));
  net.trace('fib', 'state', 'fib.redirect-followed', skb, args, dev.ifindex);
}

/** Reason for not believing a redirect, or null. */
function redirectRefusal(net: Net, redirect: Redirect): string | null {
  const { dev, from, dst, newGateway } = redirect;
  const host = net.host;
  const route = fibLookupHost(host, addrFlow(dst));
  const present = exceptionFor(net, dst)?.gateway ?? (route.kind === 'found' ? route.nexthop?.gateway : null) ?? dst;
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
