/**
 * What ICMP remembers in order not to send too much: one bucket for all, one record for each peer.
 * Source: Linux 6.1 net/ipv4/icmp.c (icmp_global), include/net/inetpeer.h (struct inet_peer).
 */
import type { Nanos } from '../../engine/index.ts';
import type { Ipv4 } from '../../wire/index.ts';

/** Limits towards one address; errors and redirects share the record, as in the kernel. */
export interface IcmpPeer {
  /** errors: tokens in nanoseconds of waiting time */
  tokensNs: number;
  /** when tokensNs or redirects were changed last; may lie before the run's beginning */
  last: number;
  /** redirects sent since the last silence */
  redirects: number;
}

export interface IcmpState {
  peers: Map<Ipv4, IcmpPeer>;
  /** errors that may still be sent to anybody */
  globalCredit: number;
  /** when globalCredit was filled last; before the run's beginning at first */
  globalStamp: Nanos | number;
}

/** The kernel's clock starts long before anything is sent, so that the first error finds full buckets. */
const LONG_AGO_NS = -60_000_000_000;

export function createIcmpState(): IcmpState {
  return { peers: new Map(), globalCredit: 0, globalStamp: LONG_AGO_NS };
}

export function createIcmpPeer(nowNs: number): IcmpPeer {
  return { tokensNs: 0, last: nowNs + LONG_AGO_NS, redirects: 0 };
}
