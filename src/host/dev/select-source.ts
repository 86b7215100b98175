/**
 * Which of a host's addresses speaks for it.
 * Comes from: fib/ (routes without a source), arp/solicit.ts, arp/policy.ts.  Goes to: the addresses of interfaces.
 * Source: Linux 6.1 net/ipv4/devinet.c, inet_select_addr(), inet_confirm_addr().
 * Differs: no VRF.
 */
import { inPrefix, IPV4_ANY, type Ipv4 } from '../../wire/index.ts';
import type { HostState } from '../state.ts';
import { confOr } from './conf.ts';
import { RT_SCOPE_HOST, RT_SCOPE_LINK, type Dev, type IfAddr } from './state.ts';

/** The subnet of an address entry contains `addr` (inet_ifa_match). */
export function ifaMatch(ifa: IfAddr, addr: Ipv4): boolean {
  return inPrefix(addr, ifa.address, ifa.prefixLen);
}

/** With route_localnet a host-scoped address counts as one of the link. */
function narrowest(host: HostState, dev: Dev): number {
  return confOr(host, dev, 'route_localnet') ? RT_SCOPE_LINK : RT_SCOPE_HOST;
}

/**
 * The address to use towards `dst` out of `dev`: the first primary one whose subnet contains dst, else
 * the first primary one, else one of another interface (lo first). 0.0.0.0 if there is none.
 * @param dst IPV4_ANY: any will do
 * @param scope addresses of a narrower scope are passed over
 */
export function selectSource(host: HostState, dev: Dev | null, dst: Ipv4, scope: number): Ipv4 {
  if (dev !== null) {
    let first: Ipv4 = IPV4_ANY;
    const limit = narrowest(host, dev);
    for (const ifa of dev.addrs) {
      if (ifa.secondary || Math.min(ifa.scope, limit) > scope) continue;
      if (dst === IPV4_ANY || ifaMatch(ifa, dst)) return ifa.local;
      if (first === IPV4_ANY) first = ifa.local;
    }
    if (first !== IPV4_ANY) return first;
  }
  for (const other of host.devs) {
    if (other === null) continue;
    for (const ifa of other.addrs) {
      if (!ifa.secondary && ifa.scope !== RT_SCOPE_LINK && ifa.scope <= scope) return ifa.local;
    }
  }
  return IPV4_ANY;
}

/**
 * Is `local` an address here that may be shown to `dst`? On one interface, or with dev null on any.
 * @param dst IPV4_ANY: no matter to whom; else a subnet of the interface must hold both addresses
 */
export function confirmAddr(host: HostState, dev: Dev | null, dst: Ipv4, local: Ipv4, scope: number): boolean {
  if (dev !== null) return confirmOn(host, dev, dst, local, scope);
  for (const other of host.devs) if (other !== null && confirmOn(host, other, dst, local, scope)) return true;
  return false;
}

function confirmOn(host: HostState, dev: Dev, dst: Ipv4, local: Ipv4, scope: number): boolean {
  const limit = narrowest(host, dev);
  let found = false;
  let same = false;
  for (const ifa of dev.addrs) {
    if (ifa.local === local && Math.min(ifa.scope, limit) <= scope) found = true;
    if (ifaMatch(ifa, local) && (dst === IPV4_ANY || ifaMatch(ifa, dst))) same = true;
    if (found && same) return true;
  }
  return false;
}

/** Both addresses lie in one subnet of the interface (inet_addr_onlink). @param b IPV4_ANY: only `a` counts */
export function addrOnlink(dev: Dev, a: Ipv4, b: Ipv4): boolean {
  for (const ifa of dev.addrs) if (ifaMatch(ifa, a) && (b === IPV4_ANY || ifaMatch(ifa, b))) return true;
  return false;
}
