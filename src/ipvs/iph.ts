/**
 * The addresses and ports of a packet, or of the packet that an ICMP error is about.
 * Comes from: core.ts, icmp.ts.  Goes to: look-ups and schedulers.
 * Source: Linux 6.1 include/net/ip_vs.h, struct ip_vs_iphdr; ip_vs_fill_iph_skb(), ip_vs_fill_iph_skb_icmp().
 */
import { IPPROTO_TCP, IPPROTO_UDP, type Ipv4, type Ipv4Hdr, type Layers, type TcpHdr } from '../wire/index.ts';
import type { PacketFacts } from './net.ts';

export interface Iph extends PacketFacts {
  readonly saddr: Ipv4;
  readonly daddr: Ipv4;
  readonly ip: Ipv4Hdr;
  readonly tcp: TcpHdr | null;
  /** stands inside an ICMP error */
  readonly icmp: boolean;
  /** source and destination have changed places: the embedded packet went the other way */
  readonly inverse: boolean;
}

/** @param at where the IPv4 header stands @returns null when there are no ports, as in a later fragment */
export function fillIph(layers: Layers, at: number, icmp: boolean, inverse: boolean): Iph | null {
  const ip = layers[at] as Ipv4Hdr;
  const next = layers[at + 1];
  if (next === undefined) return null;
  if (ip.proto === IPPROTO_TCP) {
    if (next.kind !== 'tcp') return null;
    return {
      proto: IPPROTO_TCP,
      saddr: ip.src,
      daddr: ip.dst,
      sport: next.sport,
      dport: next.dport,
      ip,
      tcp: next,
      icmp,
      inverse,
    };
  }
  if (ip.proto !== IPPROTO_UDP || next.kind !== 'udp') return null;
  return {
    proto: IPPROTO_UDP,
    saddr: ip.src,
    daddr: ip.dst,
    sport: next.sport,
    dport: next.dport,
    ip,
    tcp: null,
    icmp,
    inverse,
  };
}

/** The client's side of a packet on its way in. */
export function clientAddr(iph: Iph): Ipv4 {
  return iph.inverse ? iph.daddr : iph.saddr;
}

export function clientPort(iph: Iph): number {
  return iph.inverse ? iph.dport : iph.sport;
}

export function virtualAddr(iph: Iph): Ipv4 {
  return iph.inverse ? iph.saddr : iph.daddr;
}

export function virtualPort(iph: Iph): number {
  return iph.inverse ? iph.sport : iph.dport;
}
