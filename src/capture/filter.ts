/**
 * Whether a packet is wanted, by an expression as people give it to tcpdump.
 * Comes from: filter-parse.ts, which reads the text.  Goes to: the tcpdump command, capture files.
 * Source: libpcap 1.10 pcap-filter(7).
 * Differs: expressions are data that is walked, no BPF program; `ip broadcast` knows no netmask and
 *   takes only 255.255.255.255 and 0.0.0.0; IPv6, VLAN and protocol chains are not known.
 */
import {
  emit,
  isGroupMac,
  isMulticast,
  layersLen,
  MAC_BROADCAST,
  type EthHdr,
  type Ipv4Hdr,
  type Layer,
  type Layers,
  type TcpHdr,
  type UdpHdr,
} from '../wire/index.ts';
export { parseFilter } from './filter-parse.ts';

export type FilterDir = 'src' | 'dst' | 'either' | 'both';
export type LoadBase = 'ether' | 'ip' | 'arp' | 'tcp' | 'udp' | 'icmp';
export type Relation = '=' | '!=' | '<' | '>' | '<=' | '>=';

/** Plain data: can be kept in a program's state. Addresses, masks and MACs are numbers. */
export type FilterExpr =
  | { readonly op: 'all' }
  | { readonly op: 'and' | 'or'; readonly a: FilterExpr; readonly b: FilterExpr }
  | { readonly op: 'not'; readonly a: FilterExpr }
  | {
      readonly op: 'net';
      readonly of: 'any' | 'ip' | 'arp';
      readonly dir: FilterDir;
      readonly addr: number;
      readonly mask: number;
    }
  | { readonly op: 'mac'; readonly dir: FilterDir; readonly mac: number }
  | {
      readonly op: 'port';
      readonly proto: number | null;
      readonly dir: FilterDir;
      readonly low: number;
      readonly high: number;
    }
  | { readonly op: 'ip-proto'; readonly proto: number }
  | { readonly op: 'ether-type'; readonly type: number }
  | { readonly op: 'group'; readonly of: 'ether' | 'ip'; readonly what: 'broadcast' | 'multicast' }
  | { readonly op: 'towards'; readonly dir: 'in' | 'out' }
  | {
      readonly op: 'relation';
      readonly relation: Relation;
      readonly a: FilterNumber;
      readonly b: FilterNumber;
    };

export type FilterNumber =
  | { readonly op: 'number'; readonly value: number }
  | { readonly op: 'len' }
  | { readonly op: 'load'; readonly base: LoadBase; readonly offset: FilterNumber; readonly size: number }
  | {
      readonly op: '+' | '-' | '*' | '/' | '%' | '&' | '|' | '^' | '<<' | '>>';
      readonly a: FilterNumber;
      readonly b: FilterNumber;
    };

export interface FilterPacket {
  readonly layers: Layers;
  /** as seen by the capturing host */
  readonly dir?: 'in' | 'out' | 'other';
}

/** A load beyond the packet's end rejects the whole packet, as in BPF. */
const OUTSIDE = Symbol('outside');

export function matchesFilter(expr: FilterExpr, packet: FilterPacket): boolean {
  return holds(expr, packet) === true;
}

function holds(expr: FilterExpr, packet: FilterPacket): boolean | typeof OUTSIDE {
  switch (expr.op) {
    case 'all':
      return true;
    case 'and': {
      const a = holds(expr.a, packet);
      return a === true ? holds(expr.b, packet) : a;
    }
    case 'or': {
      const a = holds(expr.a, packet);
      return a === false ? holds(expr.b, packet) : a;
    }
    case 'not': {
      const a = holds(expr.a, packet);
      return a === OUTSIDE ? OUTSIDE : !a;
    }
    case 'relation': {
      const a = valueOf(expr.a, packet);
      const b = a === OUTSIDE ? OUTSIDE : a === null ? null : valueOf(expr.b, packet);
      return a === OUTSIDE || b === OUTSIDE ? OUTSIDE : a !== null && b !== null && related(expr.relation, a, b);
    }
    default:
      return primitive(expr, packet);
  }
}

type Primitive = Exclude<FilterExpr, { op: 'all' | 'and' | 'or' | 'not' | 'relation' }>;

function primitive(expr: Primitive, packet: FilterPacket): boolean {
  const { eth, network } = headersOf(packet.layers);
  switch (expr.op) {
    case 'net': {
      const hit = (addr: number): boolean => ((addr ^ expr.addr) & expr.mask) === 0;
      if (network?.kind === 'ipv4' && expr.of !== 'arp') return towards(expr.dir, hit(network.src), hit(network.dst));
      if (network?.kind === 'arp' && expr.of !== 'ip') return towards(expr.dir, hit(network.spa), hit(network.tpa));
      return false;
    }
    case 'mac':
      return eth !== null && towards(expr.dir, eth.src === expr.mac, eth.dst === expr.mac);
    case 'port': {
      const ports = portsOf(packet.layers);
      if (ports === null || (expr.proto !== null && (network as Ipv4Hdr).proto !== expr.proto)) return false;
      const hit = (port: number): boolean => port >= expr.low && port <= expr.high;
      return towards(expr.dir, hit(ports.sport), hit(ports.dport));
    }
    case 'ip-proto':
      return network?.kind === 'ipv4' && network.proto === expr.proto;
    case 'ether-type':
      return eth === null ? expr.type === 0x0800 && network?.kind === 'ipv4' : eth.type === expr.type;
    case 'group':
      return group(expr.of, expr.what, eth, network);
    case 'towards':
      return (packet.dir === 'out') === (expr.dir === 'out');
  }
}

function towards(dir: FilterDir, src: boolean, dst: boolean): boolean {
  return dir === 'src' ? src : dir === 'dst' ? dst : dir === 'both' ? src && dst : src || dst;
}

function group(of: 'ether' | 'ip', what: 'broadcast' | 'multicast', eth: EthHdr | null, network: Layer | undefined): boolean {
  if (of === 'ether') return eth !== null && (what === 'broadcast' ? eth.dst === MAC_BROADCAST : isGroupMac(eth.dst));
  if (network?.kind !== 'ipv4') return false;
  return what === 'broadcast' ? network.dst === 0xffffffff || network.dst === 0 : isMulticast(network.dst);
}

function headersOf(layers: Layers): { eth: EthHdr | null; network: Layer | undefined; at: number } {
  const eth = layers[0]?.kind === 'eth' ? layers[0] : null;
  const at = eth === null ? 0 : 1;
  return { eth, network: layers[at], at };
}

/** Ports of the outermost packet; later fragments have none. */
function portsOf(layers: Layers): TcpHdr | UdpHdr | null {
  const { network, at } = headersOf(layers);
  if (network?.kind !== 'ipv4' || network.fragOffset > 0) return null;
  const next = layers[at + 1];
  return next?.kind === 'tcp' || next?.kind === 'udp' ? next : null;
}

/** Whether a relation holds between two numbers. */
export function related(relation: Relation, a: number, b: number): boolean {
  switch (relation) {
    case '=':
      return a === b;
    case '!=':
      return a !== b;
    case '<':
      return a < b;
    case '>':
      return a > b;
    case '<=':
      return a <= b;
    case '>=':
      return a >= b;
  }
}

/** Unsigned 32 bits. null: the packet has no such header. */
function valueOf(expr: FilterNumber, packet: FilterPacket): number | null | typeof OUTSIDE {
  switch (expr.op) {
    case 'number':
      return expr.value;
    case 'len':
      return layersLen(packet.layers);
    case 'load': {
      const offset = valueOf(expr.offset, packet);
      return typeof offset === 'number' ? load(expr.base, offset, expr.size, packet.layers) : offset;
    }
    default: {
      const a = valueOf(expr.a, packet);
      const b = valueOf(expr.b, packet);
      if (typeof a !== 'number') return a;
      return typeof b === 'number' ? compute(expr.op, a, b) : b;
    }
  }
}

function compute(op: '+' | '-' | '*' | '/' | '%' | '&' | '|' | '^' | '<<' | '>>', a: number, b: number): number | typeof OUTSIDE {
  switch (op) {
    case '+':
      return (a + b) >>> 0;
    case '-':
      return (a - b) >>> 0;
    case '*':
      return Math.imul(a, b) >>> 0;
    case '/':
      return b === 0 ? OUTSIDE : Math.floor(a / b);
    case '%':
      return b === 0 ? OUTSIDE : a % b;
    case '&':
      return (a & b) >>> 0;
    case '|':
      return (a | b) >>> 0;
    case '^':
      return (a ^ b) >>> 0;
    case '<<':
      return b > 31 ? 0 : (a << b) >>> 0;
    case '>>':
      return b > 31 ? 0 : a >>> b;
  }
}

const IP_PROTO_OF: Readonly<Record<'tcp' | 'udp' | 'icmp', number>> = { tcp: 6, udp: 17, icmp: 1 };

function load(base: LoadBase, offset: number, size: number, layers: Layers): number | null | typeof OUTSIDE {
  const { eth, network } = headersOf(layers);
  let start = eth === null ? 0 : 14;
  if (base === 'ether') {
    if (eth === null) return null;
    start = 0;
  } else if (base === 'arp') {
    if (network?.kind !== 'arp') return null;
  } else if (network?.kind !== 'ipv4') return null;
  else if (base !== 'ip') {
    if (network.proto !== IP_PROTO_OF[base] || network.fragOffset > 0) return null;
    start += 20;
  }
  const bytes = emit(layers);
  if (start + offset + size > bytes.length) return OUTSIDE;
  let value = 0;
  for (let i = 0; i < size; i++) value = value * 256 + (bytes[start + offset + i] as number);
  return value;
}
