/**
 * One direction of a connection as addresses and ports, and the same seen from the other side.
 * Comes from: conntrack.ts, nat.ts.
 * Source: Linux 6.1 net/netfilter/nf_conntrack_core.c, nf_ct_get_tuple(), nf_ct_invert_tuple();
 *   nf_conntrack_proto_icmp.c, icmp_invert_tuple().
 */
import { IPPROTO_ICMP, type Ipv4Hdr, type Layers } from '../../wire/index.ts';
import type { CtTuple } from './state.ts';

/** Question and answer among ICMP types: echo, timestamp, information, address mask. */
const ICMP_INVERSE: Readonly<Record<number, number>> = {
  8: 0,
  0: 8,
  13: 14,
  14: 13,
  15: 16,
  16: 15,
  17: 18,
  18: 17,
};

/** @param at index of the IPv4 header; null when its transport header is not there */
export function tupleOf(layers: Layers, at = 0): CtTuple | null {
  const ip = layers[at] as Ipv4Hdr;
  const l4 = layers[at + 1];
  if (ip.fragOffset !== 0) return null;
  switch (l4?.kind) {
    case 'tcp':
    case 'udp':
      return { proto: ip.proto, src: ip.src, dst: ip.dst, sport: l4.sport, dport: l4.dport };
    case 'icmp':
      return {
        proto: ip.proto,
        src: ip.src,
        dst: ip.dst,
        sport: l4.rest >>> 16,
        dport: l4.type * 256 + l4.code,
      };
    case 'ipv4':
    case 'vrrp':
    case 'payload':
    case 'arp':
    case 'eth':
    case undefined:
      return { proto: ip.proto, src: ip.src, dst: ip.dst, sport: 0, dport: 0 };
  }
}

/** The tuple of the answers; null for ICMP types that nobody answers. */
export function invertTuple(t: CtTuple): CtTuple | null {
  if (t.proto !== IPPROTO_ICMP) return { proto: t.proto, src: t.dst, dst: t.src, sport: t.dport, dport: t.sport };
  const inverse = ICMP_INVERSE[t.dport >>> 8];
  if (inverse === undefined) return null;
  return { proto: t.proto, src: t.dst, dst: t.src, sport: t.sport, dport: inverse * 256 + (t.dport & 255) };
}

export function tupleEqual(a: CtTuple, b: CtTuple): boolean {
  return a.proto === b.proto && a.src === b.src && a.dst === b.dst && a.sport === b.sport && a.dport === b.dport;
}
