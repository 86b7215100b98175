/**
 * Cutting and joining lists of layers at any byte, and small helpers around the IPv4 header.
 * Comes from: frag.ts, defrag.ts, icmp/send.ts, tunnel/.  Goes to: wire/.
 * Source: RFC 791 §3.2 (fragmentation).
 */
import {
  emit,
  ICMP_HLEN,
  IPPROTO_ICMP,
  IPPROTO_IPIP,
  IPPROTO_TCP,
  IPPROTO_UDP,
  IPV4_HLEN,
  layerLen,
  layersLen,
  makePayload,
  parse,
  UDP_HLEN,
  type Ipv4,
  type Ipv4Hdr,
  type Layer,
  type Layers,
} from '../../wire/index.ts';
import type { Skb } from '../skb.ts';

/** The IPv4 header of a packet; every packet inside ipv4/ begins with one. */
export function ipHdr(skb: Skb): Ipv4Hdr {
  return skb.layers[0] as Ipv4Hdr;
}

/** The same packet with another first header. */
export function withFirst(layers: Layers, first: Layer): Layers {
  switch (layers.length) {
    case 2:
      return [first, layers[1] as Layer];
    case 3:
      return [first, layers[1] as Layer, layers[2] as Layer];
    default: {
      const out = layers.slice();
      out[0] = first;
      return out;
    }
  }
}

/** An IPv4 header with its fields in the order of the type, so that all have one shape. */
export function makeIpv4(
  src: Ipv4,
  dst: Ipv4,
  proto: number,
  totalLen: number,
  ttl: number,
  tos: number,
  df: boolean,
  id: number,
): Ipv4Hdr {
  return { kind: 'ipv4', tos, totalLen, id, df, mf: false, fragOffset: 0, ttl, proto, src, dst };
}

/** The header with another TTL. Spelt out: this runs for each hop of each packet. */
export function withTtl(ip: Ipv4Hdr, ttl: number): Ipv4Hdr {
  return {
    kind: 'ipv4',
    tos: ip.tos,
    totalLen: ip.totalLen,
    id: ip.id,
    df: ip.df,
    mf: ip.mf,
    fragOffset: ip.fragOffset,
    ttl,
    proto: ip.proto,
    src: ip.src,
    dst: ip.dst,
  };
}

export function isFragment(ip: Ipv4Hdr): boolean {
  return ip.mf || ip.fragOffset !== 0;
}

/**
 * Bytes [from, to) of a list of layers, as layers. A layer that lies across an end becomes payload;
 * whole layers stay as they are.
 */
export function sliceLayers(layers: Layers, from: number, to: number): Layers {
  const out: Layer[] = [];
  let at = 0;
  for (let i = 0; i < layers.length && at < to; i++) {
    const layer = layers[i] as Layer;
    const len = layerLen(layer);
    const begin = from > at ? from - at : 0;
    const end = to < at + len ? to - at : len;
    if (begin < end) out.push(begin === 0 && end === len ? layer : makePayload(layerBytes(layers, i).slice(begin, end)));
    at += len;
  }
  return out;
}

/** Bytes of one layer; a header's checksum is computed over what follows it. */
function layerBytes(layers: Layers, index: number): Uint8Array {
  const layer = layers[index] as Layer;
  if (layer.kind === 'payload') return layer.bytes;
  // transport checksums cover addresses of the header in front
  const from = layers[index - 1]?.kind === 'ipv4' ? index - 1 : index;
  const skip = from === index ? 0 : IPV4_HLEN;
  return emit(layers.slice(from)).slice(skip, skip + layerLen(layer));
}

/** Lists one behind the other, neighbouring payloads merged. */
export function joinLayers(parts: readonly Layers[]): Layers {
  const out: Layer[] = [];
  let pending: Uint8Array[] = [];
  const flush = (): void => {
    if (pending.length === 0) return;
    out.push(makePayload(pending.length === 1 ? (pending[0] as Uint8Array) : concat(pending)));
    pending = [];
  };
  for (const layer of parts.flat()) {
    if (layer.kind === 'payload') {
      pending.push(layer.bytes);
      continue;
    }
    flush();
    out.push(layer);
  }
  flush();
  return out;
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/**
 * A datagram's layers with headers recognised again, should its first fragment have ended inside one.
 * @param ip its IPv4 header, length and fragment fields already those of the whole
 */
export function readAgain(ip: Ipv4Hdr, payload: Layers): Layers {
  const first = payload[0];
  const least =
    ip.proto === IPPROTO_TCP || ip.proto === IPPROTO_IPIP
      ? IPV4_HLEN
      : ip.proto === IPPROTO_UDP
        ? UDP_HLEN
        : ip.proto === IPPROTO_ICMP
          ? ICMP_HLEN
          : 0;
  const isCut = payload.some((layer) => layer.kind !== 'payload')
    ? endsInTunnelPayload(payload)
    : first !== undefined && least > 0 && layersLen(payload) >= least;
  if (!isCut) return [ip, ...payload];
  return parse(emit([ip, ...payload]), 'ipv4').layers;
}

/** An inner IPv4 header whose transport header was cut to bytes. */
function endsInTunnelPayload(payload: Layers): boolean {
  const inner = payload[payload.length - 2];
  return inner?.kind === 'ipv4' && (inner.proto === IPPROTO_TCP || inner.proto === IPPROTO_UDP || inner.proto === IPPROTO_ICMP);
}
