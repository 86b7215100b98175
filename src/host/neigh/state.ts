/**
 * The neighbour table ("ARP cache").
 * Source: Linux 6.1 include/net/neighbour.h (struct neighbour, struct neigh_parms).
 */
import type { Nanos } from '../../engine/index.ts';
import type { Ipv4, Mac } from '../../wire/index.ts';
import type { RouteProto } from '../fib/state.ts';
import type { IfIndex, Skb } from '../skb.ts';

/** States as `ip neigh` prints them; NONE is a new entry that nobody has used. */
export type Nud = 'NONE' | 'INCOMPLETE' | 'REACHABLE' | 'STALE' | 'DELAY' | 'PROBE' | 'FAILED' | 'NOARP' | 'PERMANENT';

/** ifindex × 2^32 + address: one number, so that a look-up is cheap. */
export type NeighKey = number & { readonly __unit: 'neigh' };

export interface Neigh {
  readonly ifindex: IfIndex;
  readonly addr: Ipv4;
  lladdr: Mac | null;
  nud: Nud;
  /** state or MAC changed last; locktime counts from here */
  updated: Nanos;
  /** the neighbour proved last that it can be reached; may lie in the past of the run, hence a plain number */
  confirmed: number;
  /** a packet was sent to it last */
  used: Nanos;
  /** probes sent in this round */
  probes: number;
  /** packets that wait for the address */
  queue: Skb[];
  /** bytes the queue counts for, as the kernel counts them (truesize) */
  queueBytes: number;
  /** number of the timer under way, or null; see Net.arm() */
  timer: number | null;
  /** made by `ip neigh add proxy`: answered for, not talked to */
  proxy: boolean;
  /** `ip neigh … router`; a mark that IPv4 does not look at */
  router?: boolean;
  /** `ip neigh … protocol`: who made it */
  proto?: RouteProto;
}

/** net.ipv4.neigh.*: times in the unit the name says. */
export interface NeighParms {
  base_reachable_time_ms: number;
  /** drawn from base_reachable_time_ms, uniform in [base/2, 3/2 base) */
  reachableTimeMs: number;
  retrans_time_ms: number;
  /** seconds */
  delay_first_probe_time: number;
  /** seconds */
  gc_stale_time: number;
  mcast_solicit: number;
  ucast_solicit: number;
  app_solicit: number;
  mcast_resolicit: number;
  unres_qlen_bytes: number;
  /** hundredths of a second */
  interval_probe_time_ms: number;
  locktime: number;
  /** hundredths of a second */
  proxy_delay: number;
  proxy_qlen: number;
  /** hundredths of a second */
  anycast_delay: number;
  /** settings written for this interface itself: a later write to neigh.default leaves them alone */
  ownNames: string[];
}

export interface NeighTable {
  entries: Map<NeighKey, Neigh>;
  parms: NeighParms;
  gc_thresh1: number;
  gc_thresh2: number;
  gc_thresh3: number;
  /** seconds */
  gc_interval: number;
  /** last forced collection; not more often than every 5 s unless the table is full */
  lastFlush: number;
  /** number of the collection timer under way; it runs only while there are gc_thresh1 entries or more */
  gcTimer: number | null;
  /** requests that proxy ARP answers after a random delay */
  proxyQueue: { id: number; ifindex: IfIndex; skb: Skb }[];
  nextProxy: number;
}
