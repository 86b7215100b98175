/**
 * Is the sender of a packet where it should be? Martian sources and reverse path filter.
 * Comes from: fib/input.ts.  Goes to: fib/lookup.ts.
 * Source: Linux 6.1 net/ipv4/fib_frontend.c, fib_validate_source(), __fib_validate_source().
 * Differs: no IPsec, no traffic classes of routes.
 */
import type { Ipv4 } from '../../wire/index.ts';
import { confOr } from '../dev/conf.ts';
import { devOfAddr } from '../dev/get.ts';
import type { Dev } from '../dev/state.ts';
import type { Net } from '../net.ts';
import { LO_IF, NO_IF, type IfIndex } from '../skb.ts';
import { swapped, type AskedPorts } from './ports.ts';
import { ANY_SCOPE, fibLookup, routeUsesDev, type FibResult } from './lookup.ts';

/**
 * - ok: onlink tells whether the sender is reached directly (redirects are only for such senders)
 * - own-address: the packet claims to come from us
 * - not-unicast: the route back leads to no single other host
 * - rpf-strict, rpf-loose: the reverse path filter says no
 */
export type SourceCheck =
  | { readonly kind: 'ok'; readonly onlink: boolean }
  | { readonly kind: 'own-address' | 'not-unicast' | 'rpf-strict' | 'rpf-loose' };

const FAR: SourceCheck = { kind: 'ok', onlink: false };
const NEAR: SourceCheck = { kind: 'ok', onlink: true };

/** @param oif interface the packet would leave by; NO_IF for local delivery */
export function fibValidateSource(
  net: Net,
  src: Ipv4,
  dst: Ipv4,
  tos: number,
  mark: number,
  oif: IfIndex,
  dev: Dev,
  ports?: AskedPorts,
): SourceCheck {
  const host = net.host;
  // confMax() and confOr() spelt out: asked for each packet, and a field named here is read without a search
  const { all } = host.conf;
  const own = dev.conf;
  const rpFilter = all.rp_filter > own.rp_filter ? all.rp_filter : own.rp_filter;
  if (rpFilter === 0 && (dev.ifindex !== oif || (all.send_redirects === 0 && own.send_redirects === 0))) {
    if (all.accept_local !== 0 || own.accept_local !== 0) return FAR;
    if (!host.fib.customLocal && !host.fib.customRules) {
      return devOfAddr(host, src) === null ? FAR : { kind: 'own-address' };
    }
  }
  return fullCheck(net, src, dst, tos, mark, oif, dev, rpFilter, ports);
}

function onlinkOf(result: FibResult): SourceCheck {
  return result.kind === 'found' && (result.nexthop === null || result.nexthop.gateway === null || result.nexthop.ownGateway === true)
    ? NEAR
    : FAR;
}

function fullCheck(
  net: Net,
  src: Ipv4,
  dst: Ipv4,
  tos: number,
  mark: number,
  oif: IfIndex,
  dev: Dev,
  rpFilter: number,
  ports?: AskedPorts,
): SourceCheck {
  const host = net.host;
  const flow = {
    dst: src,
    src: dst,
    oif: NO_IF,
    iif: oif === NO_IF ? LO_IF : oif,
    tos,
    mark: confOr(host, dev, 'src_valid_mark') ? mark : 0,
    scope: ANY_SCOPE,
    ...swapped(ports),
  };
  const back = fibLookup(net, flow);
  if (back.kind === 'error') return lastResort(rpFilter);
  const type = back.entry.route.type;
  if (type !== 'unicast' && (type !== 'local' || !confOr(host, dev, 'accept_local'))) {
    return { kind: type === 'local' ? 'own-address' : 'not-unicast' };
  }
  if (routeUsesDev(back.entry.route, dev.ifindex) || (type === 'local' && dev.kind === 'loopback')) return onlinkOf(back);
  if (dev.addrs.length === 0) return lastResort(rpFilter);
  if (rpFilter === 1) return { kind: 'rpf-strict' };
  const byDev = fibLookup(net, { ...flow, oif: dev.ifindex });
  return byDev.kind === 'found' && byDev.entry.route.type === 'unicast' ? onlinkOf(byDev) : FAR;
}

/** There is no route back, or nothing to compare it with. */
function lastResort(rpFilter: number): SourceCheck {
  if (rpFilter === 0) return FAR;
  return { kind: rpFilter === 1 ? 'rpf-strict' : 'rpf-loose' };
}
