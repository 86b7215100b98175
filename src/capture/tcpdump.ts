/**
 * One line (with -v two) for each packet, in tcpdump's words.
 * Comes from: the tcpdump command, the text trace, the event list.  Goes to: people.
 * Source: tcpdump 4.99.3: print-ip.c, print-tcp.c, print-udp.c, print-icmp.c, print-arp.c, print-vrrp.c.
 * Differs: of application protocols only HTTP's first line is shown.
 */
import type { Nanos } from '../engine/index.ts';
import {
  emit,
  ETH_P_ARP,
  ETH_P_IP,
  formatIpv4,
  formatMac,
  IPPROTO_VRRP,
  layersLen,
  MAC_ZERO,
  ARP_REPLY,
  ARP_REQUEST,
  type ArpHdr,
  type EthHdr,
  type Ipv4Hdr,
  type Layers,
} from '../wire/index.ts';
import { icmpText } from './tcpdump-icmp.ts';
import { hostPort, ipProtoName, tcpText, udpText, type FlowTable } from './tcpdump-transport.ts';

export interface TcpdumpOptions {
  /** -e: link-level header on each line */
  readonly ether: boolean;
  /** -n: numbers instead of names */
  readonly numeric: boolean;
  /** -v, -vv, -vvv: 1, 2, 3 */
  readonly verbose: number;
  /** -q: less */
  readonly quiet: boolean;
  /** -S: absolute sequence numbers */
  readonly absoluteSeq: boolean;
  /** none: -t; clock: no option; unix: -tt; delta: -ttt; date: -tttt; since: -ttttt */
  readonly time: 'none' | 'clock' | 'unix' | 'delta' | 'date' | 'since';
}

export const TCPDUMP_DEFAULTS: TcpdumpOptions = {
  ether: false,
  numeric: true,
  verbose: 0,
  quiet: false,
  absoluteSeq: false,
  time: 'clock',
};

/** What one tcpdump remembers from line to line. Plain data. */
export interface TcpdumpState {
  /** first numbers of each connection, so that later ones are relative */
  flows: FlowTable;
  /** times of the first and of the previous packet; -1 before them */
  first: number;
  previous: number;
}

export function createTcpdumpState(): TcpdumpState {
  return { flows: new Map(), first: -1, previous: -1 };
}

export interface TcpdumpPacket {
  readonly at: Nanos;
  /** begins with the Ethernet header, or with the IPv4 header on interfaces without link layer */
  readonly layers: Layers;
  /** with `-i any`: interface and direction */
  readonly any?: { readonly dev: string; readonly dir: 'In' | 'Out' | 'P' | 'B' | 'M' };
}

/** A packet's text, without a newline at the end. */
export function tcpdumpText(state: TcpdumpState, options: TcpdumpOptions, packet: TcpdumpPacket): string {
  const { layers } = packet;
  const eth = layers[0]?.kind === 'eth' ? layers[0] : null;
  const at = eth === null ? 0 : 1;
  const any = packet.any === undefined ? '' : `${packet.any.dev.padEnd(5)} ${packet.any.dir.padEnd(3)} `;
  return timeText(state, options, packet.at) + any + linkText(options, eth, layers, at) + networkText(state, options, layers, at);
}

const NS = 1_000_000_000;

function timeText(state: TcpdumpState, options: TcpdumpOptions, at: Nanos): string {
  if (state.first < 0) state.first = at;
  const before = state.previous < 0 ? at : state.previous;
  state.previous = at;
  switch (options.time) {
    case 'none':
      return '';
    case 'clock':
      return `${clock(at)} `;
    case 'unix':
      return `${Math.floor(at / NS)}.${fraction(at)} `;
    case 'delta':
      return ` ${clock(at - before)} `;
    case 'date':
      return `1970-01-01 ${clock(at)} `;
    case 'since':
      return ` ${clock(at - state.first)} `;
  }
}

function fraction(ns: number): string {
  return String(Math.floor((ns % NS) / 1000)).padStart(6, '0');
}

/** Hours, minutes, seconds since the run began, as if that had been midnight. */
function clock(ns: number): string {
  const s = Math.floor(ns / NS);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${two(Math.floor(s / 3600) % 24)}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}.${fraction(ns)}`;
}

const ETHERTYPES: Readonly<Record<number, string>> = {
  [ETH_P_IP]: 'IPv4',
  [ETH_P_ARP]: 'ARP',
  0x86dd: 'IPv6',
};

/** With -e the link-level header, otherwise the name of the network protocol. */
function linkText(options: TcpdumpOptions, eth: EthHdr | null, layers: Layers, at: number): string {
  const network = layers[at]?.kind;
  if (options.ether && eth === null) return 'ip: ';
  if (!options.ether || eth === null) return network === 'arp' ? 'ARP, ' : network === 'ipv4' ? 'IP ' : '';
  const type = ETHERTYPES[eth.type];
  const number = `0x${eth.type.toString(16).padStart(4, '0')}`;
  const named = options.quiet ? (type ?? number) : `ethertype ${type ?? 'Unknown'} (${number})`;
  const macs = `${formatMac(eth.src)} > ${eth.dst === 0xffffffffffff && !options.numeric ? 'Broadcast' : formatMac(eth.dst)}`;
  return `${macs}, ${named}, length ${layersLen(layers)}: `;
}

function networkText(state: TcpdumpState, options: TcpdumpOptions, layers: Layers, at: number): string {
  const layer = layers[at];
  if (layer?.kind === 'arp') return arpText(options, layer, layersLen(layers, at));
  if (layer?.kind === 'ipv4') return ipText(state, options, layers, at);
  return `unknown, length ${layersLen(layers, at)}`;
}

function arpText(options: TcpdumpOptions, arp: ArpHdr, length: number): string {
  const hardware = options.verbose > 0 ? 'Ethernet (len 6), IPv4 (len 4), ' : '';
  const tail = `, length ${length}`;
  if (arp.op === ARP_REQUEST) {
    const target = arp.tha === MAC_ZERO ? '' : ` (${formatMac(arp.tha)})`;
    return `${hardware}Request who-has ${formatIpv4(arp.tpa)}${target} tell ${formatIpv4(arp.spa)}${tail}`;
  }
  if (arp.op === ARP_REPLY) return `${hardware}Reply ${formatIpv4(arp.spa)} is-at ${formatMac(arp.sha)}${tail}`;
  return `${hardware}Unknown (${arp.op})${tail}`;
}

/** With -e no packet is called by its protocol, not even one inside another. */
function innerName(options: TcpdumpOptions): string {
  return options.ether ? '' : 'IP ';
}

/** An IPv4 packet from its header on. */
function ipText(state: TcpdumpState, options: TcpdumpOptions, layers: Layers, at: number): string {
  const ip = layers[at] as Ipv4Hdr;
  const details = options.verbose > 0 ? `(${ipDetails(ip)})\n    ` : '';
  const next = layers[at + 1];
  const ends = `${formatIpv4(ip.src)} > ${formatIpv4(ip.dst)}: `;
  if (ip.fragOffset > 0) return `${details}${ends}${ipProtoName(ip.proto, options.numeric)}`;
  switch (next?.kind) {
    case 'tcp':
      return details + hostPort(ip, next, 'tcp', options.numeric) + tcpText(state.flows, options, layers, at);
    case 'udp':
      return details + hostPort(ip, next, 'udp', options.numeric) + udpText(options, layers, at);
    case 'icmp':
      return details + ends + icmpText(options, layers, at + 1, (index) => innerName(options) + ipText(state, options, layers, index));
    case 'ipv4':
      return details + ends + innerName(options) + ipText(state, options, layers, at + 1);
    default:
      return details + ends + otherText(options, ip, layers, at);
  }
}

function ipDetails(ip: Ipv4Hdr): string {
  const flags = ip.df && ip.mf ? '+, DF' : ip.df ? 'DF' : ip.mf ? '+' : 'none';
  const proto = `${PROTO_NAMES[ip.proto] ?? 'unknown'} (${ip.proto})`;
  const tos = `tos 0x${ip.tos.toString(16)}${['', ',ECT(1)', ',ECT(0)', ',CE'][ip.tos & 3]}`;
  const ttl = ip.ttl >= 1 ? `, ttl ${ip.ttl}` : '';
  const length = `length ${ip.totalLen}`;
  return `${tos}${ttl}, id ${ip.id}, offset ${ip.fragOffset}, flags [${flags}], proto ${proto}, ${length}`;
}

const PROTO_NAMES: Readonly<Record<number, string>> = {
  1: 'ICMP',
  2: 'IGMP',
  4: 'IPIP',
  6: 'TCP',
  17: 'UDP',
  112: 'VRRP',
  132: 'SCTP',
};

function otherText(options: TcpdumpOptions, ip: Ipv4Hdr, layers: Layers, at: number): string {
  const body = layers[at + 1];
  if (body?.kind === 'vrrp') return vrrpText(options, emit([body]));
  if (ip.proto === IPPROTO_VRRP && body?.kind === 'payload' && body.bytes.length >= 8) return vrrpText(options, body.bytes);
  if (ip.proto === 2 && body?.kind === 'payload') return igmpText(body.bytes);
  const length = layersLen(layers, at + 1);
  return ` ${ipProtoName(ip.proto, options.numeric)} ${length}`;
}

function vrrpText(options: TcpdumpOptions, bytes: Uint8Array): string {
  const [head = 0, vrid = 0, prio = 0, naddr = 0, b4 = 0, b5 = 0] = bytes;
  const version = head >> 4;
  const type = (head & 15) === 1 ? 'Advertisement' : `[type#${head & 15}]`;
  const auth =
    version === 2 ? `, authtype ${['none', 'simple', 'ah'][b4] ?? `type#${b4}`}, intvl ${b5}s` : `, intvl ${((b4 & 15) << 8) | b5}cs`;
  let text = `VRRPv${version}, ${type}, vrid ${vrid}, prio ${prio}${auth}, length ${bytes.length}`;
  if (options.verbose > 0) {
    const addrs: string[] = [];
    for (let i = 0; i < naddr; i++) addrs.push([...bytes.subarray(8 + 4 * i, 12 + 4 * i)].join('.'));
    text += `, addrs: ${addrs.join(',')}`;
    if (version === 2 && b4 === 1) {
      const password = bytes.subarray(8 + 4 * naddr, 16 + 4 * naddr);
      text += ` auth "${[...password]
        .filter((byte) => byte !== 0)
        .map((byte) => String.fromCharCode(byte))
        .join('')}"`;
    }
  }
  return text;
}

function igmpText(bytes: Uint8Array): string {
  if (bytes[0] === 0x22) {
    const groups = ((bytes[6] ?? 0) << 8) | (bytes[7] ?? 0);
    return `igmp v3 report, ${groups} group record(s)`;
  }
  if (bytes[0] === 0x16) return `igmp v2 report ${[...bytes.subarray(4, 8)].join('.')}`;
  if (bytes[0] === 0x17) return `igmp leave ${[...bytes.subarray(4, 8)].join('.')}`;
  return `igmp ${bytes.length}`;
}
