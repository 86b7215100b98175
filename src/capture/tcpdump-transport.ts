/**
 * TCP and UDP in tcpdump's words.
 * Source: tcpdump 4.99.3 print-tcp.c, tcp_print(); print-udp.c, udp_print(); print-http.c.
 */
import {
  emit,
  formatIpv4,
  layersLen,
  TCP_ACK,
  TCP_FIN,
  TCP_RST,
  TCP_SYN,
  type Ipv4Hdr,
  type Layers,
  type TcpHdr,
  type TcpOptions,
  type UdpHdr,
} from '../wire/index.ts';
import type { TcpdumpOptions } from './tcpdump.ts';

/** First numbers of a connection: `low` of the side with the lower port (or address), `high` of the other. */
export type FlowTable = Map<string, { low: number; high: number }>;

/** /etc/services and /etc/protocols, as far as the lab has such things. */
const SERVICES: Readonly<Record<string, string>> = {
  '21/tcp': 'ftp',
  '22/tcp': 'ssh',
  '23/tcp': 'telnet',
  '25/tcp': 'smtp',
  '53/tcp': 'domain',
  '53/udp': 'domain',
  '80/tcp': 'http',
  '110/tcp': 'pop3',
  '123/udp': 'ntp',
  '143/tcp': 'imap2',
  '443/tcp': 'https',
  '3306/tcp': 'mysql',
  '8080/tcp': 'http-alt',
};
const PROTOCOLS: Readonly<Record<number, string>> = {
  1: 'icmp',
  2: 'igmp',
  4: 'ipencap',
  6: 'tcp',
  17: 'udp',
  112: 'vrrp',
  132: 'sctp',
};

export function ipProtoName(proto: number, numeric: boolean): string {
  const name = PROTOCOLS[proto];
  return numeric || name === undefined ? `ip-proto-${proto}` : name;
}

export function portName(port: number, proto: 'tcp' | 'udp', numeric: boolean): string {
  return numeric ? String(port) : (SERVICES[`${port}/${proto}`] ?? String(port));
}

export function hostPort(ip: Ipv4Hdr, ports: TcpHdr | UdpHdr, proto: 'tcp' | 'udp', numeric: boolean): string {
  return `${formatIpv4(ip.src)}.${portName(ports.sport, proto, numeric)} > ${formatIpv4(ip.dst)}.${portName(ports.dport, proto, numeric)}: `;
}

/** Order in which tcpdump writes the flags; '.' is ACK. */
const FLAG_LETTERS = [
  [0x01, 'F'],
  [0x02, 'S'],
  [0x04, 'R'],
  [0x08, 'P'],
  [0x10, '.'],
  [0x20, 'U'],
  [0x40, 'E'],
  [0x80, 'W'],
] as const;

export function flagLetters(flags: number): string {
  let text = '';
  for (const [bit, letter] of FLAG_LETTERS) if ((flags & bit) !== 0) text += letter;
  return text === '' ? 'none' : text;
}

export function tcpText(flows: FlowTable, options: TcpdumpOptions, layers: Layers, at: number): string {
  const ip = layers[at] as Ipv4Hdr;
  const hdr = layers[at + 1] as TcpHdr;
  const length = layersLen(layers, at + 2);
  if (options.quiet) return `tcp ${length}`;
  const { seq, ack, peerBase } = options.absoluteSeq ? { ...hdr, peerBase: 0 } : relative(flows, ip, hdr);
  let text = `Flags [${flagLetters(hdr.flags)}]`;
  if (options.verbose > 0 && !ip.mf) text += `, cksum 0x${transportSum(layers, at, 16)} (correct)`;
  if (options.verbose > 1 || length > 0 || (hdr.flags & (TCP_SYN | TCP_FIN | TCP_RST)) !== 0) {
    text += `, seq ${seq}`;
    if (length > 0) text += `:${(seq + length) >>> 0}`;
  }
  if ((hdr.flags & TCP_ACK) !== 0) text += `, ack ${ack}`;
  text += `, win ${hdr.window}`;
  const list = optionsText(hdr.options, peerBase);
  if (list !== '') text += `, options [${list}]`;
  text += `, length ${length}`;
  return length > 0 ? text + httpText(options, hdr, layers, at) : text;
}

/** Numbers relative to the first segment with ACK that was seen of the connection; that one's stay absolute. */
function relative(flows: FlowTable, ip: Ipv4Hdr, hdr: TcpHdr): { seq: number; ack: number; peerBase: number } {
  const { seq, ack } = hdr;
  if ((hdr.flags & TCP_ACK) === 0) return { seq, ack, peerBase: 0 };
  const swapped = hdr.sport > hdr.dport || (hdr.sport === hdr.dport && ip.src > ip.dst);
  const key = swapped ? `${ip.dst}.${hdr.dport}-${ip.src}.${hdr.sport}` : `${ip.src}.${hdr.sport}-${ip.dst}.${hdr.dport}`;
  const known = flows.get(key);
  if (known === undefined || (hdr.flags & TCP_SYN) !== 0) {
    const other = (ack - 1) >>> 0;
    flows.set(key, swapped ? { low: other, high: seq } : { low: seq, high: other });
    return { seq, ack, peerBase: other };
  }
  const [mine, theirs] = swapped ? [known.high, known.low] : [known.low, known.high];
  return { seq: (seq - mine) >>> 0, ack: (ack - theirs) >>> 0, peerBase: theirs };
}

/** @param peerBase first number of the direction that SACK blocks tell of */
function optionsText(options: TcpOptions, peerBase: number): string {
  const parts: string[] = [];
  if (options.mss !== null) parts.push(`mss ${options.mss}`);
  if (options.timestamps !== null) {
    if (options.sackPermitted) parts.push('sackOK');
    else parts.push('nop', 'nop');
    parts.push(`TS val ${options.timestamps.val} ecr ${options.timestamps.ecr}`);
  } else if (options.sackPermitted) parts.push('nop', 'nop', 'sackOK');
  if (options.windowScale !== null) parts.push('nop', `wscale ${options.windowScale}`);
  if (options.sack !== null) {
    const blocks = options.sack.map(({ left, right }) => `{${(left - peerBase) >>> 0}:${(right - peerBase) >>> 0}}`);
    parts.push('nop', 'nop', `sack ${blocks.length} ${blocks.join('')}`);
  }
  if (options.toa !== null) {
    const { port, addr } = options.toa;
    parts.push(`unknown-254 0x${port.toString(16).padStart(4, '0')}${addr.toString(16).padStart(8, '0')}`);
  }
  return parts.join(',');
}

const HTTP_PORTS: readonly number[] = [80, 8080, 3128];
const HTTP_METHODS: readonly string[] = [
  'GET',
  'PUT',
  'COPY',
  'HEAD',
  'LOCK',
  'MOVE',
  'POLL',
  'POST',
  'DELETE',
  'OPTIONS',
  'CONNECT',
  'TRACE',
  'PATCH',
];

/** The first line of a request or answer; with -v all its lines. Other bytes on these ports are only named. */
function httpText(options: TcpdumpOptions, hdr: TcpHdr, layers: Layers, at: number): string {
  const body = layers[at + 2];
  if (body?.kind !== 'payload' || (!HTTP_PORTS.includes(hdr.sport) && !HTTP_PORTS.includes(hdr.dport))) return '';
  let text = '';
  for (const byte of body.bytes) text += String.fromCharCode(byte);
  const [first = '', second = ''] = text.split(/[ \r\n]+/, 2);
  if (!HTTP_METHODS.includes(first) && !/^\d{3}$/.test(second)) return ': HTTP';
  const lines = text.split(/\r?\n/);
  if (options.verbose === 0) return `: HTTP: ${lines[0]}`;
  if (lines[lines.length - 1] === '') lines.pop();
  return `: HTTP, length: ${body.bytes.length}${lines.map((line) => `\n\t${line}`).join('')}`;
}

export function udpText(options: TcpdumpOptions, layers: Layers, at: number): string {
  const hdr = layers[at + 1] as UdpHdr;
  const length = hdr.len - 8;
  const sum = options.verbose > 0 && !(layers[at] as Ipv4Hdr).mf && !options.quiet ? `[udp sum ok] ` : '';
  return `${sum}UDP, length ${length}`;
}

/** Four hexadecimal digits of the checksum that stands at `field` of the transport header. */
function transportSum(layers: Layers, at: number, field: number): string {
  const bytes = emit(layers.slice(at));
  return (((bytes[20 + field] as number) << 8) | (bytes[21 + field] as number)).toString(16).padStart(4, '0');
}
