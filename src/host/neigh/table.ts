/**
 * Looking up the neighbour table, and its sets of states.
 * Comes from: everywhere.  Goes to: HostState.neigh.
 * Source: Linux 6.1 include/net/neighbour.h (NUD_VALID, NUD_CONNECTED, NUD_IN_TIMER), net/core/neighbour.c.
 * Differs: one table for proxies and neighbours; the keys of proxies are above PROXY_KEYS.
 */
import { nanos, NS_PER_MS, NS_PER_S, type Nanos } from '../../engine/index.ts';
import type { Ipv4 } from '../../wire/index.ts';
import type { IfIndex } from '../skb.ts';
import type { HostState } from '../state.ts';
import type { Neigh, NeighKey, NeighParms, NeighTable, Nud } from './state.ts';

const PROXY_KEYS = 0x1000000000000;

export function neighKey(ifindex: IfIndex, addr: Ipv4): NeighKey {
  return (ifindex * 0x100000000 + addr) as NeighKey;
}

export function proxyKey(ifindex: IfIndex, addr: Ipv4): NeighKey {
  return (PROXY_KEYS + ifindex * 0x100000000 + addr) as NeighKey;
}

export function neighLookup(host: HostState, ifindex: IfIndex, addr: Ipv4): Neigh | null {
  return host.neigh.entries.get(neighKey(ifindex, addr)) ?? null;
}

/** `ip neigh add proxy`: asked for on this interface, or on any (ifindex 0). */
export function proxyLookup(host: HostState, ifindex: IfIndex, addr: Ipv4): Neigh | null {
  const entries = host.neigh.entries;
  return entries.get(proxyKey(ifindex, addr)) ?? entries.get(proxyKey(0 as IfIndex, addr)) ?? null;
}

/** The MAC may be used. */
export function isValid(nud: Nud): boolean {
  return nud !== 'NONE' && nud !== 'INCOMPLETE' && nud !== 'FAILED';
}

/** The MAC may be used without a doubt. */
export function isConnected(nud: Nud): boolean {
  return nud === 'REACHABLE' || nud === 'PERMANENT' || nud === 'NOARP';
}

/** A timer runs. */
export function isInTimer(nud: Nud): boolean {
  return nud === 'INCOMPLETE' || nud === 'REACHABLE' || nud === 'DELAY' || nud === 'PROBE';
}

/** Entries as `ip neigh` lists them, proxies left out, in order of creation. */
export function neighList(host: HostState): Neigh[] {
  return [...host.neigh.entries.values()].filter((neigh) => !neigh.proxy);
}

export function createNeighParms(): NeighParms {
  return {
    base_reachable_time_ms: 30_000,
    reachableTimeMs: 30_000,
    retrans_time_ms: 1_000,
    delay_first_probe_time: 5,
    gc_stale_time: 60,
    mcast_solicit: 3,
    ucast_solicit: 3,
    app_solicit: 0,
    mcast_resolicit: 0,
    unres_qlen_bytes: 212_992,
    interval_probe_time_ms: 5000,
    locktime: 100,
    proxy_delay: 80,
    proxy_qlen: 64,
    anycast_delay: 100,
    ownNames: [],
  };
}

export function createNeighTable(): NeighTable {
  return {
    entries: new Map(),
    parms: createNeighParms(),
    gc_thresh1: 128,
    gc_thresh2: 512,
    gc_thresh3: 1024,
    gc_interval: 30,
    lastFlush: 0,
    gcTimer: null,
    proxyQueue: [],
    nextProxy: 0,
  };
}

export function milliseconds(value: number): Nanos {
  return nanos(value * NS_PER_MS);
}

export function wholeSeconds(value: number): Nanos {
  return nanos(value * NS_PER_S);
}

/** Settings of a device in hundredths of a second (USER_HZ). */
export function hundredths(value: number): Nanos {
  return nanos(value * 10 * NS_PER_MS);
}

export function reachableTime(parms: NeighParms): Nanos {
  return milliseconds(parms.reachableTimeMs);
}

/** How long an unanswered question waits: never below 10 ms. */
export function retransTime(parms: NeighParms): Nanos {
  return milliseconds(Math.max(parms.retrans_time_ms, 10));
}
