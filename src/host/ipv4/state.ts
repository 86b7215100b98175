/**
 * What IPv4 itself remembers: fragments that wait for the rest, and counters for IP ids.
 * Source: Linux 6.1 net/ipv4/ip_fragment.c (struct ipq), net/ipv4/route.c (ip_idents).
 * Differs: an IP id counter is kept for each hash of source, destination and protocol in 256 slots;
 *   the kernel sizes that table by the memory it finds.
 */
import type { Ipv4, Layers } from '../../wire/index.ts';
import type { IfIndex, Skb } from '../skb.ts';
import { createIpMib, type IpMib } from './mib.ts';

/** One fragment that has come. */
export interface Fragment {
  /** bytes of the datagram's payload: [from, to) */
  readonly from: number;
  readonly to: number;
  readonly skb: Skb;
}

/** A packet cut by a process's send, of which some pieces have still to leave. */
export interface WaitingPieces {
  readonly skb: Skb;
  readonly dev: IfIndex;
  readonly nexthop: Ipv4;
  /** the remaining pieces, from the network header on */
  layers: Layers[];
}

/** Who puts fragments together: they do not share. */
export type DefragUser = 'local-deliver' | 'conntrack-in' | 'conntrack-out' | 'ipvs-forward' | 'ipvs-out';

/** A datagram of which not all fragments are here (struct ipq). */
export interface FragQueue {
  readonly key: string;
  readonly user: DefragUser;
  readonly iif: IfIndex;
  /** by `from`, without overlap */
  parts: Fragment[];
  /** payload length as far as known: of the whole once the last fragment is here */
  length: number;
  lastIn: boolean;
  /** ECN bits seen, as a set: bit n stands for value n */
  ecnSeen: number;
  /** number of the timer under way, or null; see Net.arm() */
  timer: number | null;
}

export interface Ipv4State {
  frags: Map<string, FragQueue>;
  /** bytes that the queues hold */
  fragBytes: number;
  /** next IP id by hash slot; 0 where nobody has drawn yet */
  idents: number[];
  /** pieces that leave one after the other, by a running number */
  pieces: Map<number, WaitingPieces>;
  nextPieces: number;
  mib: IpMib;
}

export const IP_IDENTS_SLOTS = 256;

export function createIpv4State(): Ipv4State {
  return {
    frags: new Map(),
    fragBytes: 0,
    idents: Array.from({ length: IP_IDENTS_SLOTS }, () => -1),
    pieces: new Map(),
    nextPieces: 1,
    mib: createIpMib(),
  };
}
