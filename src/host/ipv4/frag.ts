/**
 * Cutting a packet that is longer than the way out allows.
 * Comes from: ipv4/output.ts.  Goes to: one neighbour output for each piece.
 * Source: Linux 6.1 net/ipv4/ip_output.c, ip_do_fragment(), ip_fraglist_next(), ip_frag_next(); RFC 791 §3.2;
 *   net/core/skbuff.c, __alloc_skb(), skb_tailroom().
 */
import { IPV4_HLEN, layersLen, type Ipv4Hdr, type Layers } from '../../wire/index.ts';
import { sliceLayers } from './layers.ts';

/** What a packet's memory holds in front of its bytes and behind them, and the sizes that memory comes in. */
const IN_FRONT = 16;
const ASKED_IN_ADVANCE = 31;
const CACHE_LINE = 64;
const SHARED_INFO = 320;
const MEMORY_SIZES = [512, 1024, 2048, 4096, 8192, 16384, 32768, 65536, 131072];

/** How many bytes more fit into the memory of a packet of some length (its tail room). */
export function roomBehind(len: number): number {
  const asked = Math.ceil((len + ASKED_IN_ADVANCE) / CACHE_LINE) * CACHE_LINE + SHARED_INFO;
  const size = MEMORY_SIZES.find((each) => each >= asked) ?? asked;
  return size - SHARED_INFO - IN_FRONT - len;
}

/** Whether a packet can leave in the pieces it came in: they make up all of it, and each fits. */
export function leavesAsItCame(came: readonly number[], layers: Layers, mtu: number): boolean {
  let total = IPV4_HLEN;
  for (const len of came) {
    if (IPV4_HLEN + len > mtu) return false;
    total += len;
  }
  return total === layersLen(layers);
}

/**
 * The pieces of a packet, first to last. Offsets are multiples of 8, so all but the last carry the
 * largest multiple of 8 that fits.
 * @param df the pieces keep "don't fragment" (packets put together from such pieces)
 * @param came payload of the pieces it came in, if it leaves in the same
 */
export function ipFragment(layers: Layers, mtu: number, df: boolean, came?: readonly number[]): Layers[] {
  const ip = layers[0] as Ipv4Hdr;
  const payload = layers.slice(1);
  const total = layersLen(payload);
  const room = mtu - IPV4_HLEN;
  const pieces: Layers[] = [];
  for (let at = 0; at < total;) {
    const left = total - at;
    const len = came?.[pieces.length] ?? (left <= room ? left : room - (room % 8));
    const isLast = at + len === total;
    const hdr: Ipv4Hdr = {
      kind: 'ipv4',
      tos: ip.tos,
      totalLen: IPV4_HLEN + len,
      id: ip.id,
      df,
      mf: !isLast || ip.mf,
      fragOffset: ip.fragOffset + at,
      ttl: ip.ttl,
      proto: ip.proto,
      src: ip.src,
      dst: ip.dst,
    };
    pieces.push([hdr, ...sliceLayers(payload, at, at + len)]);
    at += len;
  }
  return pieces;
}
