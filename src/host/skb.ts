/**
 * What one kernel knows about a packet while it is inside. Never leaves the node.
 * Source: Linux 6.1 include/linux/skbuff.h, struct sk_buff.
 * Differs: the headers are a list of layers from the network header on, not bytes with offsets;
 *   the Ethernet header of a received frame stands beside them.
 */
import type { FrameId, TraceId } from '../engine/index.ts';
import type { EthHdr, Ipv4, Layers } from '../wire/index.ts';

/** Number of an interface within its host, from 1 (lo). 0 means none. */
export type IfIndex = number & { readonly __unit: 'ifindex' };
export const NO_IF = 0 as IfIndex;
/** lo is always the first. */
export const LO_IF = 1 as IfIndex;

/** For whom a received frame is at the link layer. */
export type PktType = 'host' | 'broadcast' | 'multicast' | 'otherhost' | 'outgoing';

export type RouteType = 'unicast' | 'local' | 'broadcast' | 'multicast' | 'blackhole' | 'unreachable' | 'prohibit' | 'throw';

/** A route as found for one packet (struct rtable). */
export interface Dst {
  readonly type: RouteType;
  /** interface the packet leaves by; lo for local ones */
  readonly dev: IfIndex;
  /** next hop, or null when the destination itself is on-link */
  readonly gateway: Ipv4 | null;
  /** source address the route would choose */
  readonly src: Ipv4;
  /** bytes; path MTU exceptions included */
  readonly mtu: number;
  /** the packet came in by this interface (input route), or NO_IF for output routes */
  readonly iif: IfIndex;
  /** input routes: the forwarding host should tell the sender of a better gateway */
  readonly doRedirect: boolean;
  /** the path MTU holds whatever ICMP says, and packets go without DF (ip_mtu_locked) */
  readonly mtuLocked: boolean;
  /** something that ICMP taught counts in it, until it expires */
  readonly learnt: boolean;
  /** `ip route add … hoplimit N`; left out: net.ipv4.ip_default_ttl */
  readonly hopLimit?: number;
  /** `ip route add … advmss N`: the MSS that TCP offers; left out: what fits into the MTU */
  readonly advMss?: number;
  /** `ip route add … initcwnd N`: segments that TCP may send at first; left out: 10 */
  readonly initCwnd?: number;
  /** how the route was found, for explanations: '10.0.0.0/24 dev eth0', 'default via 10.0.0.1' */
  readonly route: string;
}

/** What fragments a packet came in. */
export interface JoinedFrom {
  /** length of the longest, header included */
  readonly maxSize: number;
  /** bytes of payload in each, first to last */
  readonly sizes: readonly number[];
}

export interface Skb {
  /** Layers from the network header (IPv4, ARP) on. Replaced, never changed in place. */
  layers: Layers;
  /** Ethernet header it came in with; null if made here. */
  eth: EthHdr | null;
  /** the frame it came in as, or the frame whose content it carries on; NO_FRAME if made here */
  frame: FrameId;
  /** received by; LO_IF for looped-back packets, NO_IF while locally made and on its way out */
  iif: IfIndex;
  /** leaves by; NO_IF until routed */
  oif: IfIndex;
  pktType: PktType;
  /** firewall mark, unsigned 32 bit */
  mark: number;
  dst: Dst | null;
  /** IPVS has handled it: its hooks leave it alone */
  ipvsProperty: boolean;
  /** entry of the connection tracking table, and which direction this packet is of */
  ct: {
    id: number;
    reply: boolean;
    /** made here because of a packet of that connection (nf_conntrack_attach) */ related?: true;
  } | null;
  /** not to be tracked (the NOTRACK target, IPVS without conntrack) */
  untracked: boolean;
  /** socket it was sent by, or null */
  sk: number | null;
  /** the IPv4 fragments it was put together from, or null */
  joinedFrom: JoinedFrom | null;
  /** a packet socket has a copy of it: they share the bytes (skb_cloned) */
  cloned: boolean;
  /** cut off a larger TCP packet, of which it is not the first piece: IP and a tunnel count both as one (GSO) */
  follows: boolean;
  /** sender asked that a use of the neighbour confirm it (MSG_CONFIRM) */
  confirmNeigh: boolean;
  /** the record written last about it: the cause of the next one */
  lastTrace: TraceId;
}
