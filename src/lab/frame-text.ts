/**
 * A frame in three short lines, as its card on the canvas and the lists show it.
 * Comes from: layers.  Goes to: canvas, inspector, event list.
 */
import {
  ARP_REQUEST,
  formatIpv4,
  formatMac,
  ICMP_ECHO,
  ICMP_ECHOREPLY,
  IPPROTO_ICMP,
  IPPROTO_TCP,
  IPPROTO_UDP,
  IPPROTO_VRRP,
  isGroupMac,
  MAC_BROADCAST,
  MAC_ZERO,
  TCP_ACK,
  TCP_FIN,
  TCP_PSH,
  TCP_RST,
  TCP_SYN,
  type ArpHdr,
  type EthHdr,
  type IcmpHdr,
  type Ipv4,
  type Ipv4Hdr,
  type Layers,
  type Mac,
  type TcpHdr,
  type UdpHdr,
} from '../wire/index.ts';

export type Protocol = 'arp' | 'tcp' | 'udp' | 'icmp' | 'ipip' | 'vrrp' | 'other';

/** An address with its port. */
export interface EndPoint {
  readonly addr: Ipv4;
  readonly port: number | null;
}

export interface FrameText {
  readonly protocol: Protocol;
  readonly srcMac: Mac | null;
  readonly dstMac: Mac | null;
  /** outer and, in a tunnel, inner addresses; outermost first. ARP: sender → target. */
  readonly pairs: readonly { readonly from: EndPoint; readonly to: EndPoint }[];
  /** the third line: 'TCP SYN', 'who has 10.0.0.1', 'ICMP echo request' */
  readonly what: string;
  /** outer and inner TTL */
  readonly ttls: readonly number[];
  /** for the smallest form of the card: 'SYN', 'ARP?', 'IPIP' */
  readonly short: string;
}

export function frameText(layers: Layers): FrameText {
  const eth = layers[0]?.kind === 'eth' ? (layers[0] as EthHdr) : null;
  const rest = eth === null ? layers : layers.slice(1);
  const base = { srcMac: eth?.src ?? null, dstMac: eth?.dst ?? null };
  const first = rest[0];
  if (first?.kind === 'arp') return { ...base, ...arpText(first) };
  if (first?.kind === 'ipv4') return { ...base, ...ipText(rest) };
  return { ...base, protocol: 'other', pairs: [], what: 'Ethernet', ttls: [], short: 'eth' };
}

type Inner = Omit<FrameText, 'srcMac' | 'dstMac'>;

function arpText(arp: ArpHdr): Inner {
  const pair = { from: { addr: arp.spa, port: null }, to: { addr: arp.tpa, port: null } };
  const request = arp.op === ARP_REQUEST;
  const gratuitous = arp.spa === arp.tpa;
  const what = gratuitous
    ? `ARP announce: ${formatIpv4(arp.spa)} is at ${formatMac(arp.sha)}`
    : request
      ? `ARP who has ${formatIpv4(arp.tpa)}? tell ${arp.spa === 0 ? 'nobody' : formatIpv4(arp.spa)}`
      : `ARP ${formatIpv4(arp.spa)} is at ${formatMac(arp.sha)}`;
  return {
    protocol: 'arp',
    pairs: [pair],
    what,
    ttls: [],
    short: gratuitous ? 'ARP !' : request ? 'ARP ?' : 'ARP',
  };
}

function ipText(layers: Layers): Inner {
  const ips: Ipv4Hdr[] = [];
  let i = 0;
  for (let layer = layers[i]; layer?.kind === 'ipv4'; layer = layers[++i]) ips.push(layer);
  const inner = ips[ips.length - 1] as Ipv4Hdr;
  const transport = layers[i];
  const ports = transport?.kind === 'tcp' || transport?.kind === 'udp' ? transport : null;
  const pairs = ips.map((ip) => {
    const own = ip === inner ? ports : null;
    return {
      from: { addr: ip.src, port: own?.sport ?? null },
      to: { addr: ip.dst, port: own?.dport ?? null },
    };
  });
  const data = dataLen(layers, i);
  const { protocol, what, short } = transportText(inner, transport, data);
  const tunnel = ips.length > 1;
  const fragment = inner.mf || inner.fragOffset > 0 ? ` fragment @${inner.fragOffset}` : '';
  return {
    protocol: tunnel ? 'ipip' : protocol,
    pairs,
    what: `${tunnel ? 'IPIP: ' : ''}${what}${fragment}`,
    ttls: ips.map((ip) => ip.ttl),
    short: tunnel ? `IPIP ${short}` : short,
  };
}

function dataLen(layers: Layers, transport: number): number {
  let len = 0;
  for (let i = transport + 1; i < layers.length; i++) {
    const layer = layers[i];
    if (layer?.kind === 'payload') len += layer.bytes.length;
  }
  return len;
}

function transportText(ip: Ipv4Hdr, layer: Layers[number] | undefined, data: number): { protocol: Protocol; what: string; short: string } {
  switch (layer?.kind) {
    case 'tcp':
      return { protocol: 'tcp', ...tcpText(layer, data) };
    case 'udp':
      return { protocol: 'udp', ...udpText(layer, data) };
    case 'icmp':
      return { protocol: 'icmp', ...icmpText(layer) };
    default: {
      if (ip.proto === IPPROTO_VRRP) return { protocol: 'vrrp', what: 'VRRP', short: 'VRRP' };
      const name = { [IPPROTO_ICMP]: 'ICMP', [IPPROTO_TCP]: 'TCP', [IPPROTO_UDP]: 'UDP' }[ip.proto] ?? `protocol ${ip.proto}`;
      return { protocol: 'other', what: name, short: name };
    }
  }
}

export function tcpFlags(flags: number): string {
  const names: string[] = [];
  if (flags & TCP_SYN) names.push('SYN');
  if (flags & TCP_FIN) names.push('FIN');
  if (flags & TCP_RST) names.push('RST');
  if (flags & TCP_PSH) names.push('PSH');
  if (flags & TCP_ACK) names.push('ACK');
  return names.join(' ');
}

function tcpText(tcp: TcpHdr, data: number): { what: string; short: string } {
  const flags = tcpFlags(tcp.flags);
  return { what: `TCP ${flags}${data > 0 ? `  ${data} B` : ''}`, short: data > 0 ? `${data} B` : flags };
}

function udpText(udp: UdpHdr, data: number): { what: string; short: string } {
  const what = `UDP  ${data === 0 ? udp.len - 8 : data} B`;
  return { what, short: 'UDP' };
}

const ICMP_NAMES: Readonly<Record<number, string>> = {
  [ICMP_ECHO]: 'echo request',
  [ICMP_ECHOREPLY]: 'echo reply',
  3: 'unreachable',
  5: 'redirect',
  11: 'time exceeded',
};
const UNREACH: readonly string[] = ['net unreachable', 'host unreachable', 'protocol unreachable', 'port unreachable', 'frag needed'];

function icmpText(icmp: IcmpHdr): { what: string; short: string } {
  const name = icmp.type === 3 ? (UNREACH[icmp.code] ?? 'unreachable') : (ICMP_NAMES[icmp.type] ?? `type ${icmp.type}`);
  const echo = icmp.type === ICMP_ECHO || icmp.type === ICMP_ECHOREPLY;
  const more = echo ? ` seq ${icmp.rest & 0xffff}` : icmp.type === 3 && icmp.code === 4 ? ` mtu ${icmp.rest & 0xffff}` : '';
  return {
    what: `ICMP ${name}${more}`,
    short: echo ? (icmp.type === ICMP_ECHO ? 'ping' : 'pong') : 'ICMP !',
  };
}

export function endText(end: EndPoint): string {
  return end.port === null ? formatIpv4(end.addr) : `${formatIpv4(end.addr)}:${end.port}`;
}

/** Whose MAC it is: owner and interface, or what kind of group it stands for. */
export type MacNames = ReadonlyMap<Mac, { readonly node: string; readonly dev: string }>;

export function macText(mac: Mac, names: MacNames): string {
  if (mac === MAC_BROADCAST) return 'everyone';
  if (mac === MAC_ZERO) return '?';
  const owner = names.get(mac);
  if (owner !== undefined) return `${owner.node}·${owner.dev}`;
  return isGroupMac(mac) ? 'group' : formatMac(mac);
}
