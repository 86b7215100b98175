/**
 * What host code may do besides changing its own state: the hands that the world lends it for one
 * event. The kernel's counterpart is everything that is global there: clock, timers, devices, tables.
 * Comes from: world/.  Goes to: every function of this room and of ipvs/.
 */
import type { Nanos, NodeId, TraceArgs, TraceId, Verdict } from '../engine/index.ts';
import type { EthHdr, Layers } from '../wire/index.ts';
import type { HostCalls } from './calls.ts';
import type { Dev } from './dev/state.ts';
import type { NfHookRow } from './netfilter/hook-table.ts';
import type { IpvsMatch } from './netfilter/rule.ts';
import type { IfIndex, Skb } from './skb.ts';
import type { HostState } from './state.ts';
import type { UdpMemory } from './udp/memory.ts';
import type { SysctlRow } from './sysctl/row.ts';

/** Tables that rooms above hand down, joined once by world/tables.ts. */
export interface HostTables {
  /** rows of all rooms, each hook's rows sorted by priority */
  readonly hooks: Readonly<Record<NfHookRow['hook'], readonly NfHookRow[]>>;
  readonly sysctls: readonly SysctlRow[];
  /** calls against the direction of imports, inside the host room */
  readonly calls: HostCalls;
  /** iptables' match `ipvs`, answered by the room that balances */
  readonly ipvsMatch: (net: Net, skb: Skb, match: IpvsMatch) => boolean;
}

/** What a sleeping process is told. */
export type Wake =
  | { readonly kind: 'start' }
  | { readonly kind: 'timer'; readonly key: string }
  /** something happened at one of its sockets: look at it */
  | { readonly kind: 'socket'; readonly sock: number }
  /** a child ended */
  | { readonly kind: 'child'; readonly pid: number; readonly code: number }
  | { readonly kind: 'signal'; readonly signal: 'INT' | 'TERM' | 'KILL' | 'HUP' }
  /** text arrived on standard input; null is its end */
  | { readonly kind: 'stdin'; readonly text: string | null };

/** Names of the host's own timers; the function for each stands in host/timers.ts. */
export type HostTimer =
  | 'addr'
  | 'neigh'
  | 'neigh-proxy'
  | 'neigh-gc'
  | 'tcp-rto'
  | 'tcp-delack'
  | 'tcp-timewait'
  | 'tcp-keepalive'
  | 'tcp-synack'
  | 'ip-frag'
  | 'ip-pieces'
  | 'tcp-push'
  | 'gro-cell'
  | 'conntrack'
  | 'igmp';

export interface Net {
  readonly node: NodeId;
  readonly now: Nanos;
  readonly host: HostState;
  /** Parts of the node that belong to rooms above (ipvs, programs); each casts its own, once. */
  readonly parts: Readonly<Record<string, unknown>>;
  readonly tables: HostTables;
  /** false when nobody reads decision records: then `args` need not be built */
  readonly tracing: boolean;
  /**
   * The Ethernet header of the IPv4 packet for this host that came last, and the device by which it came; no part of the
   * state. A neighbour sends its packets with one and the same record (neigh/memory.ts), so the next one is known to be for
   * this host without a look at addresses, each of which lies elsewhere in memory.
   */
  usualHeader: EthHdr | null;
  usualDev: Dev | null;
  /** no part of the state either */
  readonly udpMemory: UdpMemory;

  /**
   * Calls the timer function after `delay`. Cancelling is by not recognising: keep the returned
   * number in the row that waits, and ignore a timer whose number is not the one kept.
   * @param late the kernel arms it after sending: in a process, after the packet has been seen through
   */
  arm(timer: HostTimer | (string & {}), key: number | string, delay: Nanos, late?: boolean): number;

  /**
   * Calls the timer function at this same moment, once all that is under way has happened: what a process
   * sends goes its whole way, with the answers it brings, before the process sends on.
   * @returns false, and nothing comes of it, when no process is at work
   */
  afterwards(timer: HostTimer, key: number | string): boolean;

  /** Calls the timer function at this same moment, once the packets that wait have been taken in and before any process runs. */
  poll(timer: HostTimer, key: number | string): void;

  /** Hands a header and what is above it to the cable behind a device. The frame is made here; the link decides the rest. */
  transmit(dev: IfIndex, eth: EthHdr, above: Layers, skb: Skb): void;

  /** Tells the far end of a device's cable that the device went up or down. */
  linkChanged(dev: IfIndex, up: boolean): void;

  /** Puts a packet into this node's own input by a device without a cable (lo, tunl0) as the next event. */
  loop(dev: IfIndex, skb: Skb): void;

  /** Wakes a process of this node as a later event at the same time. */
  wake(pid: number, wake: Wake): void;

  /** The same for a socket of its own on which something has happened. */
  wakeForSocket(pid: number, sock: number): void;

  /** Writes a record; `skb` gives frame and cause and remembers the record. */
  trace(stage: string, verdict: Verdict, reason: string, skb: Skb | null, args?: TraceArgs | null, dev?: IfIndex): TraceId;
  /** Writes a record about a packet whose headers change from `before` to what `skb` holds now. */
  traceMangle(stage: string, reason: string, skb: Skb, args?: TraceArgs | null): TraceId;

  random(): number;
  randomBelow(bound: number): number;
}
