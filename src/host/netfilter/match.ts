/**
 * Whether a packet is what a rule asks for.
 * Comes from: xtables.ts.
 * Source: Linux 6.1 net/ipv4/netfilter/ip_tables.c, ip_packet_match(); net/netfilter/xt_tcpudp.c,
 *   xt_multiport.c, xt_conntrack.c, xt_limit.c, xt_addrtype.c, xt_statistic.c and neighbours.
 */
import { NS_PER_MS } from '../../engine/index.ts';
import { IPPROTO_TCP, IPPROTO_UDP, type Ipv4, type Ipv4Hdr } from '../../wire/index.ts';
import { inetAddrType } from '../fib/lookup.ts';
import type { Net } from '../net.ts';
import type { Skb } from '../skb.ts';
import { ctTestHit } from './ct-match.ts';
import { ctInfo, ctMarks, ctOf } from './conntrack.ts';
import { DST_NAT, SRC_NAT } from './ct-row.ts';
import type { CtEntry } from './state.ts';
import type { AddrMask, AddrType, IfaceMatch, PortRange, XtMatch, XtRule } from './rule.ts';

/** What a walk knows of a packet beside its headers. */
export interface XtPacket {
  readonly inName: string;
  readonly outName: string;
  /** a rule's match found the packet so broken that it is dropped at once */
  hotDrop: boolean;
}

export function matchAddr(want: AddrMask | null, addr: Ipv4): boolean {
  if (want === null) return true;
  const hit = ((addr ^ want.addr) & want.mask) === 0;
  return hit !== want.not;
}

export function matchIface(want: IfaceMatch | null, name: string): boolean {
  if (want === null) return true;
  const hit = want.name.endsWith('+') ? name.startsWith(want.name.slice(0, -1)) : name === want.name;
  return hit !== want.not;
}

/** The part every rule has, then its matches in order. */
export function ruleMatches(net: Net, rule: XtRule, skb: Skb, packet: XtPacket): boolean {
  const spec = rule.spec;
  const ip = skb.layers[0] as Ipv4Hdr;
  if (!matchAddr(spec.src, ip.src) || !matchAddr(spec.dst, ip.dst)) return false;
  if (spec.inIface !== null && !matchIface(spec.inIface, packet.inName)) return false;
  if (spec.outIface !== null && !matchIface(spec.outIface, packet.outName)) return false;
  if (spec.proto !== null && (ip.proto === spec.proto.proto) === spec.proto.not) return false;
  if (spec.fragment !== null && (ip.fragOffset !== 0) === spec.fragment.not) return false;
  for (let i = 0; i < spec.matches.length; i++) {
    if (!matchOne(net, spec.matches[i] as XtMatch, rule, i, skb, ip, packet)) return false;
  }
  return true;
}

function matchOne(net: Net, m: XtMatch, rule: XtRule, index: number, skb: Skb, ip: Ipv4Hdr, packet: XtPacket): boolean {
  switch (m.kind) {
    case 'tcp':
    case 'udp':
    case 'icmp':
    case 'multiport':
      return matchTransport(m, skb, ip, packet);
    case 'conntrack':
      return matchState(net, m, skb);
    case 'mark':
      return ((skb.mark & m.mask) >>> 0 === m.value) !== m.not;
    case 'connmark': {
      const entry = ctOf(net, skb);
      return entry !== null && ((entry.mark & m.mask) >>> 0 === m.value) !== m.not;
    }
    case 'limit':
      return matchLimit(net, m, rule, index);
    case 'statistic':
      return matchStatistic(net, m, rule, index);
    case 'comment':
      return true;
    case 'addrtype':
      return (m.src === null || isType(net, ip.src, m.src) !== m.srcNot) && (m.dst === null || isType(net, ip.dst, m.dst) !== m.dstNot);
    case 'mac':
      return skb.eth !== null && (skb.eth.src === m.mac) !== m.not;
    case 'tos':
      return ((ip.tos & m.mask) === m.value) !== m.not;
    case 'dscp':
      return (ip.tos >>> 2 === m.value) !== m.not;
    case 'ttl':
      return m.op === 'eq' ? ip.ttl === m.value : m.op === 'ne' ? ip.ttl !== m.value : m.op === 'lt' ? ip.ttl < m.value : ip.ttl > m.value;
    case 'length':
      return (ip.totalLen >= m.first && ip.totalLen <= m.last) !== m.not;
    case 'iprange':
      return (
        (m.src === null || (ip.src >= m.src.first && ip.src <= m.src.last) !== m.srcNot) &&
        (m.dst === null || (ip.dst >= m.dst.first && ip.dst <= m.dst.last) !== m.dstNot)
      );
    case 'ipvs':
      return net.tables.ipvsMatch(net, skb, m);
    case 'pkttype': {
      const type = skb.pktType === 'broadcast' || skb.pktType === 'multicast' ? skb.pktType : 'unicast';
      return (type === m.type) !== m.not;
    }
  }
}

function inRange(range: PortRange | null, port: number, not: boolean): boolean {
  return range === null || (port >= range.first && port <= range.last) !== not;
}

function matchTransport(m: XtMatch & { kind: 'tcp' | 'udp' | 'icmp' | 'multiport' }, skb: Skb, ip: Ipv4Hdr, packet: XtPacket): boolean {
  // later fragments carry no transport header
  if (ip.fragOffset !== 0) return false;
  const l4 = skb.layers[1];
  if (m.kind === 'icmp') {
    if (l4?.kind !== 'icmp') return hot(packet);
    return (m.type === 255 || (l4.type === m.type && l4.code >= m.codeFirst && l4.code <= m.codeLast)) !== m.not;
  }
  if (l4?.kind !== 'tcp' && l4?.kind !== 'udp') return hot(packet);
  if (m.kind === 'multiport') {
    const hit = m.ports.some(
      (r) =>
        (m.which !== 'destination' && l4.sport >= r.first && l4.sport <= r.last) ||
        (m.which !== 'source' && l4.dport >= r.first && l4.dport <= r.last),
    );
    return hit !== m.not && (ip.proto === IPPROTO_TCP || ip.proto === IPPROTO_UDP);
  }
  if (m.kind !== l4.kind) return false;
  if (!inRange(m.sport, l4.sport, m.sportNot) || !inRange(m.dport, l4.dport, m.dportNot)) return false;
  if (m.kind === 'tcp' && l4.kind === 'tcp' && m.flags !== null) return ((l4.flags & m.flags.mask) === m.flags.comp) !== m.flags.not;
  return true;
}

/** A header that should be there is cut off. */
function hot(packet: XtPacket): false {
  packet.hotDrop = true;
  return false;
}

function matchState(net: Net, m: XtMatch & { kind: 'conntrack' }, skb: Skb): boolean {
  const marks = ctMarks(net, skb);
  if (m.states !== null) {
    let hit = m.states.includes(ctInfo(skb, marks));
    if (!hit) hit = ((marks & SRC_NAT) !== 0 && m.states.includes('SNAT')) || ((marks & DST_NAT) !== 0 && m.states.includes('DNAT'));
    if (hit === m.not) return false;
  }
  // a packet of no connection is held against the state alone
  if (marks === 0 || skb.ct === null) return m.states !== null;
  if (m.tests === undefined) return true;
  const entry = ctOf(net, skb) as CtEntry;
  for (const test of m.tests) if (!ctTestHit(net, test, entry, skb.ct.reply)) return false;
  return true;
}

function isType(net: Net, addr: Ipv4, types: readonly AddrType[]): boolean {
  return types.includes(inetAddrType(net.host, addr).toUpperCase() as AddrType);
}

/** A bucket of `burst` tokens, one more every `avg` tenths of a millisecond; a: tokens × avg, b: when filled. */
function matchLimit(net: Net, m: XtMatch & { kind: 'limit' }, rule: XtRule, index: number): boolean {
  const now = Math.floor((net.now * 10) / NS_PER_MS);
  const cap = m.avg * m.burst;
  const memory = (rule.memory[index] ??= { a: cap, b: now });
  memory.a = Math.min(memory.a + now - memory.b, cap);
  memory.b = now;
  if (memory.a < m.avg) return false;
  memory.a -= m.avg;
  return true;
}

function matchStatistic(net: Net, m: XtMatch & { kind: 'statistic' }, rule: XtRule, index: number): boolean {
  if (m.mode === 'random') return net.random() >>> 1 < m.probability !== m.not;
  const memory = (rule.memory[index] ??= { a: m.every - 1 - m.packet, b: 0 });
  memory.a = memory.a === m.every - 1 ? 0 : memory.a + 1;
  return (memory.a === 0) !== m.not;
}
