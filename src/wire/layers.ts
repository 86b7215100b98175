/**
 * What a packet is made of: one plain record for each header, outermost first.
 * Comes from: hosts that build packets, parse.ts.  Goes to: hosts, capture, the packet inspector.
 * Source: RFC 826 (ARP), RFC 791 (IPv4), RFC 792 (ICMP), RFC 768 (UDP), RFC 9293 and 7323 (TCP),
 *   RFC 3768 and 5798 (VRRP).
 * Differs: checksums are no fields: emit.ts computes them and parse.ts verifies them, so a packet
 *   in the lab cannot carry a wrong one by accident. IPv4 options are not modelled.
 *
 * Layers are immutable values: whoever changes a header makes a new record (`{ ...ip, ttl }`) and
 * shares the others. Build them with the make… functions, which keep the fields in one order:
 * engines run code faster when all records of a kind have the same shape.
 */
import type { Ipv4, Mac } from './address.ts';

export const ETH_P_IP = 0x0800;
export const ETH_P_ARP = 0x0806;

export interface EthHdr {
  readonly kind: 'eth';
  readonly dst: Mac;
  readonly src: Mac;
  /** ETH_P_… */
  readonly type: number;
}

export const ARP_REQUEST = 1;
export const ARP_REPLY = 2;

export interface ArpHdr {
  readonly kind: 'arp';
  readonly op: number;
  /** sender hardware address */
  readonly sha: Mac;
  /** sender protocol address */
  readonly spa: Ipv4;
  /** target hardware address */
  readonly tha: Mac;
  /** target protocol address */
  readonly tpa: Ipv4;
}

export const IPPROTO_ICMP = 1;
export const IPPROTO_IGMP = 2;
export const IPPROTO_IPIP = 4;
export const IPPROTO_TCP = 6;
export const IPPROTO_UDP = 17;
export const IPPROTO_VRRP = 112;
export const IPPROTO_SCTP = 132;

export interface Ipv4Hdr {
  readonly kind: 'ipv4';
  /** the whole former TOS byte: DSCP and ECN */
  readonly tos: number;
  /** header and payload in bytes, as on the wire; a fragment has its own */
  readonly totalLen: number;
  readonly id: number;
  readonly df: boolean;
  readonly mf: boolean;
  /** offset of this fragment in bytes, a multiple of 8 */
  readonly fragOffset: number;
  readonly ttl: number;
  /** IPPROTO_… */
  readonly proto: number;
  readonly src: Ipv4;
  readonly dst: Ipv4;
}

export const ICMP_ECHOREPLY = 0;
export const ICMP_DEST_UNREACH = 3;
export const ICMP_SOURCE_QUENCH = 4;
export const ICMP_REDIRECT = 5;
export const ICMP_ECHO = 8;
export const ICMP_TIME_EXCEEDED = 11;
export const ICMP_PARAMETERPROB = 12;

export const ICMP_NET_UNREACH = 0;
export const ICMP_HOST_UNREACH = 1;
export const ICMP_PORT_UNREACH = 3;
export const ICMP_FRAG_NEEDED = 4;
export const ICMP_PKT_FILTERED = 13;
export const ICMP_REDIR_HOST = 1;
export const ICMP_EXC_TTL = 0;
export const ICMP_EXC_FRAGTIME = 1;

export interface IcmpHdr {
  readonly kind: 'icmp';
  readonly type: number;
  readonly code: number;
  /**
   * The second 32-bit word, unsigned: echo identifier (high half) and sequence (low half), the
   * next-hop MTU of fragmentation needed (low half), the gateway of a redirect.
   */
  readonly rest: number;
}

export interface UdpHdr {
  readonly kind: 'udp';
  readonly sport: number;
  readonly dport: number;
  /** header and payload in bytes */
  readonly len: number;
}

export const TCP_FIN = 0x01;
export const TCP_SYN = 0x02;
export const TCP_RST = 0x04;
export const TCP_PSH = 0x08;
export const TCP_ACK = 0x10;

/** Bytes [left, right) that have arrived, unsigned 32 bit. */
export interface SackBlock {
  readonly left: number;
  readonly right: number;
}

/** TCP options in the order Linux writes them; null means absent. */
export interface TcpOptions {
  /** bytes; only on SYN */
  readonly mss: number | null;
  readonly sackPermitted: boolean;
  /** value and echo reply, both unsigned 32 bit; the unit is 1 ms as in Linux */
  readonly timestamps: { readonly val: number; readonly ecr: number } | null;
  /** shift count 0 to 14; only on SYN */
  readonly windowScale: number | null;
  /** blocks received beyond the acknowledgement, or twice (RFC 2018, 2883); at most three beside timestamps */
  readonly sack: readonly SackBlock[] | null;
  /** client address added by a FullNAT director, option 254 (TOA) */
  readonly toa: { readonly port: number; readonly addr: Ipv4 } | null;
}

export interface TcpHdr {
  readonly kind: 'tcp';
  readonly sport: number;
  readonly dport: number;
  /** unsigned 32 bit */
  readonly seq: number;
  /** unsigned 32 bit; 0 without the ACK flag */
  readonly ack: number;
  /** TCP_… bits */
  readonly flags: number;
  /** as on the wire, before scaling */
  readonly window: number;
  readonly options: TcpOptions;
}

export const VRRP_ADVERT = 1;
export const VRRP_AUTH_NONE = 0;
export const VRRP_AUTH_PASS = 1;

/** A VRRP message for IPv4 addresses, version 2 or 3. */
export interface VrrpHdr {
  readonly kind: 'vrrp';
  readonly version: number;
  /** VRRP_ADVERT is the only one there is */
  readonly type: number;
  readonly vrid: number;
  readonly priority: number;
  /** VRRP_AUTH_…; version 3 has none, 0 there */
  readonly authType: number;
  /** time between advertisements: seconds in version 2, hundredths of a second in version 3 */
  readonly interval: number;
  readonly addrs: readonly Ipv4[];
  /** the 8 bytes behind the addresses in version 2, one character a byte, without zeros at the end; null: not there */
  readonly auth: string | null;
}

/** Bytes that no header of ours describes. Never changed in place. */
export interface Payload {
  readonly kind: 'payload';
  readonly bytes: Uint8Array;
}

export type Layer = EthHdr | ArpHdr | Ipv4Hdr | IcmpHdr | UdpHdr | TcpHdr | VrrpHdr | Payload;

/**
 * A packet, outermost layer first. After an ICMP error header come the layers of the packet it is
 * about, cut where the error's own length ends; after an IPv4 header with protocol 4 the inner one.
 */
export type Layers = readonly Layer[];

export const TCP_NO_OPTIONS: TcpOptions = {
  mss: null,
  sackPermitted: false,
  timestamps: null,
  windowScale: null,
  sack: null,
  toa: null,
};

export function makeEth(dst: Mac, src: Mac, type: number): EthHdr {
  return { kind: 'eth', dst, src, type };
}

export function makeArp(op: number, sha: Mac, spa: Ipv4, tha: Mac, tpa: Ipv4): ArpHdr {
  return { kind: 'arp', op, sha, spa, tha, tpa };
}

export function makeIcmp(type: number, code: number, rest: number): IcmpHdr {
  return { kind: 'icmp', type, code, rest };
}

export function makeUdp(sport: number, dport: number, len: number): UdpHdr {
  return { kind: 'udp', sport, dport, len };
}

export function makeVrrp(
  version: number,
  vrid: number,
  priority: number,
  interval: number,
  addrs: readonly Ipv4[],
  authType = VRRP_AUTH_NONE,
  auth: string | null = null,
): VrrpHdr {
  return { kind: 'vrrp', version, type: VRRP_ADVERT, vrid, priority, authType, interval, addrs, auth };
}

export function makePayload(bytes: Uint8Array): Payload {
  return { kind: 'payload', bytes };
}

/** Length of an IPv4 header without options, bytes. */
export const IPV4_HLEN = 20;
export const ETH_HLEN = 14;
export const ARP_LEN = 28;
export const ICMP_HLEN = 8;
export const UDP_HLEN = 8;
export const VRRP_HLEN = 8;
export const VRRP_AUTH_LEN = 8;

/** Bytes that the options take on the wire, in Linux' own layout, each padded to a multiple of 4. */
export function tcpOptionsLen(options: TcpOptions): number {
  let len = 0;
  if (options.mss !== null) len += 4;
  // SACK permitted (2) fills the place of the two NOPs in front of the timestamps (10)
  if (options.timestamps !== null) len += 12;
  else if (options.sackPermitted) len += 4;
  if (options.windowScale !== null) len += 4;
  if (options.sack !== null) len += 4 + 8 * options.sack.length;
  if (options.toa !== null) len += 8;
  return len;
}

/** TCP header with options, bytes. */
export function tcpHeaderLen(hdr: TcpHdr): number {
  return 20 + tcpOptionsLen(hdr.options);
}

/** Bytes one layer takes on the wire, without what it carries. */
export function layerLen(layer: Layer): number {
  switch (layer.kind) {
    case 'eth':
      return ETH_HLEN;
    case 'arp':
      return ARP_LEN;
    case 'ipv4':
      return IPV4_HLEN;
    case 'icmp':
      return ICMP_HLEN;
    case 'udp':
      return UDP_HLEN;
    case 'tcp':
      return tcpHeaderLen(layer);
    case 'vrrp':
      return VRRP_HLEN + 4 * layer.addrs.length + (layer.auth === null ? 0 : VRRP_AUTH_LEN);
    case 'payload':
      return layer.bytes.length;
  }
}

/** The same layers inside one more. Spelt out for the usual numbers of layers: a spread costs several times a literal. */
export function wrap(outer: Layer, layers: Layers): Layers {
  switch (layers.length) {
    case 1:
      return [outer, layers[0] as Layer];
    case 2:
      return [outer, layers[0] as Layer, layers[1] as Layer];
    case 3:
      return [outer, layers[0] as Layer, layers[1] as Layer, layers[2] as Layer];
    default:
      return [outer, ...layers];
  }
}

/** Bytes of all layers together, from the given index on. */
export function layersLen(layers: Layers, from = 0): number {
  let len = 0;
  for (let i = from; i < layers.length; i++) len += layerLen(layers[i] as Layer);
  return len;
}
