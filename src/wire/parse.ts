/**
 * Layers from bytes, and what is wrong with the bytes.
 * Comes from: bytes (files, tests, what emit.ts wrote).  Goes to: capture, tests.
 * Source: RFC 826, 791, 792, 768, 9293, 7323, 3768, 5798.
 * Differs: IPv4 options and TCP options that no host of the lab writes are skipped, and said so.
 */
import { checksum, pseudoHeaderSum } from './checksum.ts';
import type { Ipv4, Mac } from './address.ts';
import {
  ARP_LEN,
  ETH_HLEN,
  ETH_P_ARP,
  ETH_P_IP,
  ICMP_DEST_UNREACH,
  ICMP_HLEN,
  ICMP_PARAMETERPROB,
  ICMP_REDIRECT,
  ICMP_SOURCE_QUENCH,
  ICMP_TIME_EXCEEDED,
  IPPROTO_ICMP,
  IPPROTO_IPIP,
  IPPROTO_TCP,
  IPPROTO_UDP,
  IPPROTO_VRRP,
  IPV4_HLEN,
  UDP_HLEN,
  VRRP_AUTH_LEN,
  VRRP_HLEN,
  makeArp,
  makeEth,
  makeIcmp,
  makePayload,
  makeUdp,
  type Ipv4Hdr,
  type Layer,
  type Layers,
  type SackBlock,
  type TcpOptions,
} from './layers.ts';

/** Something that is not as it should be, and where. */
export type WireFault =
  /** the header's own sum does not fit; `expected` is what it should hold */
  | {
      readonly kind: 'checksum';
      readonly layer: Layer['kind'];
      readonly offset: number;
      readonly found: number;
      readonly expected: number;
    }
  /** the bytes end before the header or the length it names */
  | {
      readonly kind: 'truncated';
      readonly layer: Layer['kind'];
      readonly offset: number;
      readonly missing: number;
    }
  /** a field that makes no sense (version 6 in an IPv4 header, a header length below its minimum) */
  | {
      readonly kind: 'malformed';
      readonly layer: Layer['kind'];
      readonly offset: number;
      readonly found: number;
    }
  /** options that the lab does not know, skipped */
  | {
      readonly kind: 'skipped';
      readonly layer: Layer['kind'];
      readonly offset: number;
      readonly length: number;
    };

export interface Parsed {
  readonly layers: Layers;
  readonly faults: readonly WireFault[];
  /** bytes behind the end of the packet: Ethernet padding */
  readonly padding: number;
}

interface Reader {
  readonly bytes: Uint8Array;
  readonly layers: Layer[];
  readonly faults: WireFault[];
  padding: number;
  /** inside an ICMP error or a fragment: the packet may be cut, which is no fault */
  embedded: boolean;
}

/** Whether the ICMP type carries the packet it is about. */
export function isIcmpError(type: number): boolean {
  return (
    type === ICMP_DEST_UNREACH ||
    type === ICMP_SOURCE_QUENCH ||
    type === ICMP_REDIRECT ||
    type === ICMP_TIME_EXCEEDED ||
    type === ICMP_PARAMETERPROB
  );
}

/** @param first what the bytes begin with; 'ipv4' on interfaces without a link layer */
export function parse(bytes: Uint8Array, first: 'eth' | 'ipv4' = 'eth'): Parsed {
  const reader: Reader = { bytes, layers: [], faults: [], padding: 0, embedded: false };
  if (first === 'eth') parseEth(reader, 0);
  else parseIpv4Hdr(reader, 0, bytes.length);
  return { layers: reader.layers, faults: reader.faults, padding: reader.padding };
}

function get16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
}

function get32(bytes: Uint8Array, at: number): number {
  return ((get16(bytes, at) << 16) | get16(bytes, at + 2)) >>> 0;
}

function getMac(bytes: Uint8Array, at: number): Mac {
  return (get16(bytes, at) * 0x100000000 + get32(bytes, at + 2)) as Mac;
}

function rest(r: Reader, at: number, end: number): void {
  if (end > at) r.layers.push(makePayload(r.bytes.slice(at, end)));
}

/** @returns false, with the rest kept as payload, when the header is not all there. */
function whole(r: Reader, kind: Layer['kind'], at: number, end: number, need: number): boolean {
  if (end - at >= need) return true;
  if (!r.embedded) r.faults.push({ kind: 'truncated', layer: kind, offset: end, missing: need - (end - at) });
  rest(r, at, end);
  return false;
}

function parseEth(r: Reader, at: number): void {
  const end = r.bytes.length;
  if (!whole(r, 'eth', at, end, ETH_HLEN)) return;
  const type = get16(r.bytes, at + 12);
  r.layers.push(makeEth(getMac(r.bytes, at), getMac(r.bytes, at + 6), type));
  if (type === ETH_P_IP) parseIpv4Hdr(r, at + ETH_HLEN, end);
  else if (type === ETH_P_ARP) parseArp(r, at + ETH_HLEN, end);
  else rest(r, at + ETH_HLEN, end);
}

function parseArp(r: Reader, at: number, end: number): void {
  if (!whole(r, 'arp', at, end, ARP_LEN)) return;
  const b = r.bytes;
  if (get32(b, at) !== 0x00010800 || get16(b, at + 4) !== 0x0604) {
    r.faults.push({ kind: 'malformed', layer: 'arp', offset: at, found: get32(b, at) });
    rest(r, at, end);
    return;
  }
  r.layers.push(makeArp(get16(b, at + 6), getMac(b, at + 8), get32(b, at + 14) as Ipv4, getMac(b, at + 18), get32(b, at + 24) as Ipv4));
  r.padding = end - at - ARP_LEN;
}

function parseIpv4Hdr(r: Reader, at: number, end: number): void {
  if (!whole(r, 'ipv4', at, end, IPV4_HLEN)) return;
  const b = r.bytes;
  const headerLen = ((b[at] as number) & 15) * 4;
  const totalLen = get16(b, at + 2);
  if ((b[at] as number) >>> 4 !== 4 || headerLen < IPV4_HLEN || totalLen < headerLen) {
    r.faults.push({ kind: 'malformed', layer: 'ipv4', offset: at, found: b[at] as number });
    rest(r, at, end);
    return;
  }
  if (!whole(r, 'ipv4', at, end, headerLen)) return;
  checkSum(r, 'ipv4', at, headerLen, 10, 0);
  const frag = get16(b, at + 6);
  const ip: Ipv4Hdr = {
    kind: 'ipv4',
    tos: b[at + 1] as number,
    totalLen,
    id: get16(b, at + 4),
    df: (frag & 0x4000) !== 0,
    mf: (frag & 0x2000) !== 0,
    fragOffset: (frag & 0x1fff) * 8,
    ttl: b[at + 8] as number,
    proto: b[at + 9] as number,
    src: get32(b, at + 12) as Ipv4,
    dst: get32(b, at + 16) as Ipv4,
  };
  r.layers.push(ip);
  if (headerLen > IPV4_HLEN) r.faults.push({ kind: 'skipped', layer: 'ipv4', offset: at + IPV4_HLEN, length: headerLen - IPV4_HLEN });
  const packetEnd = Math.min(end, at + totalLen);
  const cut = at + totalLen > end;
  if (cut && !r.embedded) r.faults.push({ kind: 'truncated', layer: 'ipv4', offset: end, missing: at + totalLen - end });
  if (!r.embedded && r.layers.length <= 2) r.padding = end - packetEnd;
  // Address translation on the way leaves the quoted packet's transport checksum as it was.
  parseTransport(r, ip, at + headerLen, packetEnd, cut || ip.mf || r.embedded);
}

/** @param partial some of the packet is elsewhere (cut off, or in other fragments): sums cannot be checked */
function parseTransport(r: Reader, ip: Ipv4Hdr, at: number, end: number, partial: boolean): void {
  if (ip.fragOffset > 0) return rest(r, at, end);
  switch (ip.proto) {
    case IPPROTO_IPIP:
      // of an inner packet whose rest is in other fragments only the beginning is here
      if (partial) r.embedded = true;
      return parseIpv4Hdr(r, at, end);
    case IPPROTO_ICMP:
      return parseIcmp(r, at, end, partial);
    case IPPROTO_UDP:
      return parseUdp(r, ip, at, end, partial);
    case IPPROTO_TCP:
      return parseTcp(r, ip, at, end, partial);
    case IPPROTO_VRRP:
      return parseVrrp(r, ip, at, end, partial);
    default:
      rest(r, at, end);
  }
}

function parseIcmp(r: Reader, at: number, end: number, partial: boolean): void {
  if (!whole(r, 'icmp', at, end, ICMP_HLEN)) return;
  if (!partial) checkSum(r, 'icmp', at, end - at, 2, 0);
  const type = r.bytes[at] as number;
  r.layers.push(makeIcmp(type, r.bytes[at + 1] as number, get32(r.bytes, at + 4)));
  if (!isIcmpError(type)) return rest(r, at + ICMP_HLEN, end);
  r.embedded = true;
  if (end > at + ICMP_HLEN) parseIpv4Hdr(r, at + ICMP_HLEN, end);
}

function parseUdp(r: Reader, ip: Ipv4Hdr, at: number, end: number, partial: boolean): void {
  if (!whole(r, 'udp', at, end, UDP_HLEN)) return;
  const len = get16(r.bytes, at + 4);
  if (!partial && get16(r.bytes, at + 6) !== 0) checkSum(r, 'udp', at, end - at, 6, pseudoHeaderSum(ip.src, ip.dst, IPPROTO_UDP, end - at));
  r.layers.push(makeUdp(get16(r.bytes, at), get16(r.bytes, at + 2), len));
  rest(r, at + UDP_HLEN, end);
}

function parseTcp(r: Reader, ip: Ipv4Hdr, at: number, end: number, partial: boolean): void {
  if (!whole(r, 'tcp', at, end, 20)) return;
  const b = r.bytes;
  const headerLen = ((b[at + 12] as number) >>> 4) * 4;
  if (headerLen < 20) {
    r.faults.push({ kind: 'malformed', layer: 'tcp', offset: at + 12, found: b[at + 12] as number });
    return rest(r, at, end);
  }
  if (!whole(r, 'tcp', at, end, headerLen)) return;
  if (!partial) checkSum(r, 'tcp', at, end - at, 16, pseudoHeaderSum(ip.src, ip.dst, IPPROTO_TCP, end - at));
  r.layers.push({
    kind: 'tcp',
    sport: get16(b, at),
    dport: get16(b, at + 2),
    seq: get32(b, at + 4),
    ack: get32(b, at + 8),
    flags: b[at + 13] as number,
    window: get16(b, at + 14),
    options: parseTcpOptions(r, at + 20, at + headerLen),
  });
  rest(r, at + headerLen, end);
}

/** A message whose length does not fit what it says of itself stays bytes. */
function parseVrrp(r: Reader, ip: Ipv4Hdr, at: number, end: number, partial: boolean): void {
  if (!whole(r, 'vrrp', at, end, VRRP_HLEN)) return;
  const b = r.bytes;
  const version = (b[at] as number) >>> 4;
  const count = b[at + 3] as number;
  const authAt = at + VRRP_HLEN + 4 * count;
  const length = end - at;
  const withAuth = version === 2 && end === authAt + VRRP_AUTH_LEN;
  if ((version !== 2 && version !== 3) || (end !== authAt && !withAuth)) {
    if (!r.embedded) r.faults.push({ kind: 'malformed', layer: 'vrrp', offset: at, found: b[at] as number });
    return rest(r, at, end);
  }
  if (!partial) checkSum(r, 'vrrp', at, length, 6, version === 3 ? pseudoHeaderSum(ip.src, ip.dst, IPPROTO_VRRP, length) : 0);
  const addrs: Ipv4[] = [];
  for (let i = at + VRRP_HLEN; i < authAt; i += 4) addrs.push(get32(b, i) as Ipv4);
  r.layers.push({
    kind: 'vrrp',
    version,
    type: (b[at] as number) & 15,
    vrid: b[at + 1] as number,
    priority: b[at + 2] as number,
    authType: version === 2 ? (b[at + 4] as number) : 0,
    interval: version === 2 ? (b[at + 5] as number) : get16(b, at + 4) & 0x0fff,
    addrs,
    auth: withAuth ? String.fromCharCode(...b.subarray(authAt, end)).replace(/\0+$/, '') : null,
  });
}

function parseTcpOptions(r: Reader, from: number, end: number): TcpOptions {
  const b = r.bytes;
  let mss: number | null = null;
  let sackPermitted = false;
  let timestamps: TcpOptions['timestamps'] = null;
  let windowScale: number | null = null;
  let sack: TcpOptions['sack'] = null;
  let toa: TcpOptions['toa'] = null;
  let at = from;
  while (at < end && b[at] !== 0) {
    if (b[at] === 1) {
      at++;
      continue;
    }
    const kind = b[at] as number;
    const length = at + 1 < end ? (b[at + 1] as number) : 0;
    if (length < 2 || at + length > end) {
      r.faults.push({ kind: 'malformed', layer: 'tcp', offset: at, found: length });
      break;
    }
    if (kind === 2 && length === 4) mss = get16(b, at + 2);
    else if (kind === 3 && length === 3) windowScale = b[at + 2] as number;
    else if (kind === 4 && length === 2) sackPermitted = true;
    else if (kind === 8 && length === 10) timestamps = { val: get32(b, at + 2), ecr: get32(b, at + 6) };
    else if (kind === 5 && length > 2 && length % 8 === 2) sack = getSack(b, at + 2, at + length);
    else if (kind === 254 && length === 8) toa = { port: get16(b, at + 2), addr: get32(b, at + 4) as Ipv4 };
    else r.faults.push({ kind: 'skipped', layer: 'tcp', offset: at, length });
    at += length;
  }
  return { mss, sackPermitted, timestamps, windowScale, sack, toa };
}

function getSack(b: Uint8Array, from: number, end: number): SackBlock[] {
  const blocks: SackBlock[] = [];
  for (let at = from; at < end; at += 8) blocks.push({ left: get32(b, at), right: get32(b, at + 4) });
  return blocks;
}

function checkSum(r: Reader, layer: Layer['kind'], at: number, length: number, field: number, start: number): void {
  const found = get16(r.bytes, at + field);
  const sum = checksum(r.bytes, at, length, start);
  if (sum === 0) return;
  // taking the wrong value out of the sum leaves what it should have been
  const without = checksum(r.bytes, at, length, start + (found ^ 0xffff));
  r.faults.push({ kind: 'checksum', layer, offset: at + field, found, expected: without });
}
