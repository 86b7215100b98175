/**
 * Changes to the neighbour table from outside: the commands ip neigh and arp, and interfaces that change.
 * Comes from: shell commands, dev/.  Goes to: neigh/nud.ts.
 * Source: Linux 6.1 net/core/neighbour.c, neigh_add(), neigh_delete(), neigh_ifdown(), neigh_changeaddr(),
 *   neigh_carrier_down(); net/ipv4/arp.c, arp_invalidate().
 * Differs: nothing known.
 */
import type { Ipv4, Mac } from '../../wire/index.ts';
import { devGet } from '../dev/get.ts';
import type { Dev } from '../dev/state.ts';
import type { Net } from '../net.ts';
import { NO_IF, type IfIndex } from '../skb.ts';
import { blankNeigh, neighObtain } from './create.ts';
import { neighRemove, neighUpdate } from './nud.ts';
import type { Neigh, Nud } from './state.ts';
import { isValid, neighList, neighLookup, proxyKey } from './table.ts';

export interface NeighSpec {
  readonly ifindex: IfIndex;
  readonly addr: Ipv4;
  readonly lladdr: Mac | null;
  readonly nud: Nud;
  /** add: it must not exist. change: it must exist. replace: either. */
  readonly mode: 'add' | 'change' | 'replace' | 'append';
}

export type NeighErrno = 'EEXIST' | 'ENOENT' | 'EINVAL' | 'ENODEV' | 'EPERM' | 'ENOBUFS';

/** @returns null when done. EINVAL without a MAC prints "Error: No link layer address given." */
export function neighAdminSet(net: Net, spec: NeighSpec): NeighErrno | null {
  const dev = devGet(net.host, spec.ifindex);
  if (dev === null) return 'ENODEV';
  let neigh = neighLookup(net.host, spec.ifindex, spec.addr);
  let override = true;
  if (neigh === null) {
    if (spec.mode === 'change') return 'ENOENT';
    neigh = neighObtain(net, dev, spec.addr);
    if (neigh === null) return 'ENOBUFS';
  } else {
    if (spec.mode === 'add') return 'EEXIST';
    override = spec.mode !== 'append';
  }
  return neighUpdate(net, neigh, spec.lladdr, spec.nud, { override, admin: true });
}

/** `ip neigh del`, `arp -d`: packets that wait are answered with host unreachable, then the entry is gone. */
export function neighAdminDel(net: Net, ifindex: IfIndex, addr: Ipv4): 'ENOENT' | null {
  const neigh = neighLookup(net.host, ifindex, addr);
  if (neigh === null) return 'ENOENT';
  neighUpdate(net, neigh, null, 'FAILED', { override: true, admin: true });
  neighRemove(net, neigh, 'neigh.deleted');
  return null;
}

export interface NeighFilter {
  readonly ifindex: IfIndex | null;
  readonly addr: Ipv4 | null;
  /** states to take; null: all but PERMANENT and NOARP, as `ip neigh flush` does */
  readonly nuds: readonly Nud[] | null;
}

/** @returns the number of entries removed */
export function neighFlush(net: Net, filter: NeighFilter): number {
  const taken = neighList(net.host).filter(
    (neigh) =>
      (filter.ifindex === null || neigh.ifindex === filter.ifindex) &&
      (filter.addr === null || neigh.addr === filter.addr) &&
      (filter.nuds === null ? neigh.nud !== 'PERMANENT' && neigh.nud !== 'NOARP' : filter.nuds.includes(neigh.nud)),
  );
  for (const neigh of taken) neighAdminDel(net, neigh.ifindex, neigh.addr);
  return taken.length;
}

/** `ip neigh add proxy`; NO_IF: on every interface. */
export function neighProxyAdd(net: Net, ifindex: IfIndex, addr: Ipv4): 'ENODEV' | null {
  const dev = devGet(net.host, ifindex === NO_IF ? (1 as IfIndex) : ifindex);
  if (dev === null) return 'ENODEV';
  const neigh: Neigh = { ...blankNeigh(net, dev, addr), ifindex, proxy: true };
  net.host.neigh.entries.set(proxyKey(ifindex, addr), neigh);
  net.trace('neigh', 'state', 'neigh.proxy-added', null, net.tracing ? { addr } : null, ifindex);
  return null;
}

export function neighProxyDel(net: Net, ifindex: IfIndex, addr: Ipv4): 'ENOENT' | null {
  return net.host.neigh.entries.delete(proxyKey(ifindex, addr)) ? null : 'ENOENT';
}

export function neighProxyList(net: Net): Neigh[] {
  return [...net.host.neigh.entries.values()].filter((neigh) => neigh.proxy);
}

/** The interface went down or is deleted: all its entries go, permanent and proxy ones too. */
export function neighIfDown(net: Net, dev: Dev): void {
  removeOf(net, dev, () => true);
  const table = net.host.neigh;
  for (const [key, neigh] of table.entries) if (neigh.proxy && neigh.ifindex === dev.ifindex) table.entries.delete(key);
  for (const waiting of table.proxyQueue) {
    if (waiting.ifindex === dev.ifindex) net.trace('arp', 'drop', 'arp.proxy-queue-purged', waiting.skb, null, dev.ifindex);
  }
  table.proxyQueue = table.proxyQueue.filter((waiting) => waiting.ifindex !== dev.ifindex);
}

/** The interface has another MAC now: nothing that was learnt is kept. */
export function neighChangeAddr(net: Net, dev: Dev): void {
  removeOf(net, dev, () => true);
}

/** The cable was pulled out, and arp_evict_nocarrier is set. */
export function neighCarrierDown(net: Net, dev: Dev): void {
  removeOf(net, dev, (neigh) => neigh.nud !== 'PERMANENT');
}

function removeOf(net: Net, dev: Dev, test: (neigh: Neigh) => boolean): void {
  for (const neigh of neighList(net.host)) {
    if (neigh.ifindex === dev.ifindex && test(neigh)) neighRemove(net, neigh, 'neigh.flushed');
  }
}

/** An address became a broadcast address here: a neighbour of that address that was never found is dropped. */
export function arpInvalidate(net: Net, ifindex: IfIndex, addr: Ipv4): void {
  const neigh = neighLookup(net.host, ifindex, addr);
  if (neigh === null || isValid(neigh.nud)) return;
  neighAdminDel(net, ifindex, addr);
}
