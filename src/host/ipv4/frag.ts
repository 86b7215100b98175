/**
 * Cutting a packet that is longer than the way out allows.
 * Comes from: ipv4/output.ts.  Goes to: one neighbour output for each piece.
 * Source: Linux 6.1 net/ipv4/ip_output.c, ip_do_fragment(), ip_fraglist_next(), ip_frag_next(); RFC 791 §3.2.
 */
import { IPV4_HLEN, layersLen, type Ipv4Hdr, type Layers } from '../../wire/index.ts';
import { sliceLayers } from './layers.ts';

/**
 * The pieces of a packet, first to last. Offsets are multiples of 8, so all but the last carry the
 * largest multiple of 8 that fits.
 * @param df the pieces keep "don't fragment" (packets put together from such pieces)
 * @param came payload of the pieces it came in: if they fit all, it leaves in the same
 */
export function ipFragment(layers: Layers, mtu: number, df: boolean, came: readonly number[] = []): Layers[] {
  const ip = layers[0] as Ipv4Hdr;
  const payload = layers.slice(1);
  const total = layersLen(payload);
  const room = mtu - IPV4_HLEN;
  const pieces: Layers[] = [];
  const asTheyCame = came.every((len) => len <= room) && came.reduce((sum, len) => sum + len, 0) === total;
  for (let at = 0; at < total;) {
    const left = total - at;
    const len = asTheyCame ? (came[pieces.length] as number) : left <= room ? left : room - (room % 8);
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
