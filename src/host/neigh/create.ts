/**
 * New neighbour entries, the addresses that need no question, and the collection of old entries.
 * Comes from: neigh/output.ts, neigh/admin.ts, arp/rcv.ts, fib/exception.ts.  Goes to: neigh/table.ts.
 * Source: Linux 6.1 net/core/neighbour.c, ___neigh_create(), neigh_forced_gc(), neigh_periodic_work();
 *   net/ipv4/arp.c, arp_constructor().
 * Differs: the periodic collection runs only while the table holds gc_thresh1 entries (below that the
 *   kernel's does nothing but draw a new reachable time every 300 s, which stays here as it was drawn).
 */
import { isMulticast, MAC_BROADCAST, multicastMac, type Ipv4 } from '../../wire/index.ts';
import { devGet } from '../dev/get.ts';
import type { Dev } from '../dev/state.ts';
import { inetAddrType } from '../fib/lookup.ts';
import type { Net } from '../net.ts';
import { wheelDelay } from '../timer-wheel.ts';
import { neighForget } from './memory.ts';
import type { Neigh, NeighKey } from './state.ts';
import { isInTimer, milliseconds, neighKey, neighLookup, wholeSeconds } from './table.ts';

/** The entry for an address behind an interface, made if there is none; null if the table is full. */
export function neighObtain(net: Net, dev: Dev, addr: Ipv4): Neigh | null {
  return neighLookup(net.host, dev.ifindex, addr) ?? neighCreate(net, dev, addr);
}

function neighCreate(net: Net, dev: Dev, addr: Ipv4): Neigh | null {
  if (!makeRoom(net)) {
    net.trace('neigh', 'state', 'neigh.table-full', null, net.tracing ? { addr, limit: net.host.neigh.gc_thresh3 } : null, dev.ifindex);
    return null;
  }
  const neigh = blankNeigh(net, dev, addr);
  if (dev.noarp || dev.kind === 'loopback') {
    neigh.nud = 'NOARP';
    neigh.lladdr = dev.lladdr;
  } else if (isMulticast(addr)) {
    neigh.nud = 'NOARP';
    neigh.lladdr = multicastMac(addr);
  } else if (inetAddrType(net.host, addr) === 'broadcast') {
    neigh.nud = 'NOARP';
    neigh.lladdr = MAC_BROADCAST;
  }
  net.host.neigh.entries.set(neighKey(dev.ifindex, addr), neigh);
  armCollection(net);
  return neigh;
}

export function blankNeigh(net: Net, dev: Dev, addr: Ipv4): Neigh {
  return {
    ifindex: dev.ifindex,
    addr,
    lladdr: null,
    nud: 'NONE',
    updated: net.now,
    confirmed: net.now - 2 * milliseconds(dev.neighParms.base_reachable_time_ms),
    used: net.now,
    probes: 0,
    queue: [],
    queueBytes: 0,
    timer: null,
    proxy: false,
  };
}

/** Forced collection when the table is crowded. @returns false if it stays full */
function makeRoom(net: Net): boolean {
  const table = net.host.neigh;
  const count = table.entries.size;
  if (count < table.gc_thresh2) return true;
  if (count < table.gc_thresh3 && net.now <= table.lastFlush + wholeSeconds(5)) return true;
  const young = net.now - wholeSeconds(5);
  let excess = count - table.gc_thresh2;
  let freed = 0;
  for (const [key, neigh] of table.entries) {
    if (excess <= 0) break;
    if (neigh.nud === 'PERMANENT' || neigh.proxy || isInTimer(neigh.nud)) continue;
    if (neigh.nud !== 'FAILED' && neigh.nud !== 'NOARP' && neigh.updated >= young) continue;
    collect(net, key, neigh);
    excess--;
    freed++;
  }
  table.lastFlush = net.now;
  return freed > 0 || count < table.gc_thresh3;
}

function collect(net: Net, key: NeighKey, neigh: Neigh): void {
  net.host.neigh.entries.delete(key);
  neighForget(net, neigh);
  net.trace('neigh', 'state', 'neigh.collected', null, net.tracing ? { addr: neigh.addr, nud: neigh.nud } : null, neigh.ifindex);
  if (net.host.sockets.rtListeners.length > 0) net.tables.calls.rtTell(net, { kind: 'neigh', neigh, gone: true });
}

function armCollection(net: Net): void {
  const table = net.host.neigh;
  if (table.gcTimer !== null || table.entries.size < table.gc_thresh1) return;
  const half = milliseconds(Math.floor(table.parms.base_reachable_time_ms / 2));
  table.gcTimer = net.arm('neigh-gc', 0, wheelDelay(net.now, half));
}

/** Removes entries that failed or that nobody has used for gc_stale_time. */
export function neighGcTimer(net: Net, _key: number | string, seq: number): void {
  const table = net.host.neigh;
  if (table.gcTimer !== seq) return;
  table.gcTimer = null;
  if (table.entries.size < table.gc_thresh1) return;
  for (const [key, neigh] of table.entries) {
    if (neigh.nud === 'PERMANENT' || neigh.proxy || isInTimer(neigh.nud)) continue;
    if (neigh.used < neigh.confirmed) neigh.used = neigh.confirmed as typeof neigh.used;
    const dev = devGet(net.host, neigh.ifindex);
    const staleAfter = wholeSeconds((dev?.neighParms ?? table.parms).gc_stale_time);
    if (neigh.nud === 'FAILED' || net.now >= neigh.used + staleAfter) collect(net, key, neigh);
  }
  armCollection(net);
}
