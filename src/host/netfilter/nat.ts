/**
 * Address translation: chosen once for each connection, applied to each packet of it, both ways.
 * Comes from: hooks.ts (the nat rows), target.ts (SNAT, DNAT, MASQUERADE, REDIRECT).
 * Source: Linux 6.1 net/netfilter/nf_nat_core.c, nf_nat_inet_fn(), nf_nat_setup_info(),
 *   get_unique_tuple(); nf_nat_proto.c, nf_nat_manip_pkt(), nf_nat_icmp_reply_translation().
 * Differs: a source that is translated already keeps its address and port only as far as the hash says so.
 *
 *   source manipulation: POST_ROUTING, LOCAL_IN       destination: PRE_ROUTING, LOCAL_OUT
 */
import {
  ICMP_REDIRECT,
  IPPROTO_ICMP,
  IPPROTO_TCP,
  IPPROTO_UDP,
  type Ipv4,
  type Ipv4Hdr,
  type Layer,
  type Layers,
} from '../../wire/index.ts';
import type { Net } from '../net.ts';
import type { Skb } from '../skb.ts';
import { ctFindEnd, isAboutOther } from './conntrack.ts';
import { DST_NAT, DST_NAT_DONE, SEEN_REPLY, SRC_NAT, SRC_NAT_DONE } from './ct-row.ts';
import { ctEntryOf, ctMarksOf, ctTupleOf } from './ct-table.ts';
import { invertTuple, tupleEqual } from './ct-tuple.ts';
import type { HookVerdict, NfHook } from './hook-table.ts';
import type { NatRange } from './rule.ts';
import type { CtEntry, CtTuple } from './state.ts';
import { jhash2, scaled, swapped } from './jhash.ts';

export type NatManip = 'src' | 'dst';

export function manipOf(hook: NfHook): NatManip {
  return hook === 'POST_ROUTING' || hook === 'LOCAL_IN' ? 'src' : 'dst';
}

/** Runs the nat chain for a first packet; returns what the chain said. */
export type NatChain = (net: Net, skb: Skb) => HookVerdict;

/** One nat row: decides for new connections, then rewrites. */
export function nfNatFn(net: Net, skb: Skb, hook: NfHook, chain: NatChain): HookVerdict {
  const { ct } = skb;
  if (ct === null) return 'accept';
  const { conns } = net.host.nf;
  let marks = ctMarksOf(conns, ct.id);
  if (marks === 0) return 'accept';
  const manip = manipOf(hook);
  if (isAboutOther(skb)) return translateError(net, skb, marks, manip, hook);
  const isFirst = ct.related === true || (!ct.reply && (marks & SEEN_REPLY) === 0);
  if (isFirst && !isDone(marks, manip)) {
    const verdict = chain(net, skb);
    if (verdict !== 'accept') return verdict;
    // no rule spoke: the connection keeps its addresses, which is a decision too
    if (!isDone(ctMarksOf(conns, ct.id), manip)) natSetup(net, ctEntryOf(conns, ct.id) as CtEntry, null, manip);
    marks = ctMarksOf(conns, ct.id);
  }
  if (!isRewritten(marks, manip, ct.reply)) return 'accept';
  const target = invertTuple(ctTupleOf(conns, ct.id, ct.reply ? 0 : 1));
  if (target !== null) applyTarget(net, skb, hook, 0, target, manip);
  return 'accept';
}

function isDone(marks: number, manip: NatManip): boolean {
  return (marks & (manip === 'src' ? SRC_NAT_DONE : DST_NAT_DONE)) !== 0;
}

/** Answers of a connection whose source is rewritten get their destination rewritten, and the other way round. */
function isRewritten(marks: number, manip: NatManip, reply: boolean): boolean {
  return (marks & ((manip === 'src') !== reply ? SRC_NAT : DST_NAT)) !== 0;
}

/** Decides the translation. @returns false when no free port was left */
export function natSetup(net: Net, entry: CtEntry, range: NatRange | null, manip: NatManip): boolean {
  if (entry.confirmed) return true;
  const current = invertTuple(entry.reply);
  if (current === null) return true;
  const fresh = uniqueTuple(net, entry, current, range, manip);
  if (fresh === null) return false;
  if (!tupleEqual(fresh, current)) {
    const reply = invertTuple(fresh);
    if (reply === null) return true;
    entry.reply = reply;
    if (manip === 'src') entry.srcNat = true;
    else entry.dstNat = true;
  }
  if (manip === 'src') entry.srcNatDone = true;
  else entry.dstNatDone = true;
  return true;
}

/** Whether answers to packets of this tuple would be taken for another connection's. */
function isTaken(net: Net, entry: CtEntry, tuple: CtTuple): boolean {
  const reply = invertTuple(tuple);
  const found = reply === null ? 0 : ctFindEnd(net, reply);
  return found !== 0 && found >>> 1 !== entry.id;
}

function uniqueTuple(net: Net, entry: CtEntry, current: CtTuple, range: NatRange | null, manip: NatManip): CtTuple | null {
  const tuple = range === null || range.addrFirst === null ? current : withAddr(current, manip, chooseAddr(current, range, manip));
  const ports =
    range !== null && range.portFirst !== null && range.portLast !== null ? { first: range.portFirst, last: range.portLast } : null;
  if (range?.random !== true) {
    if (ports !== null) {
      const port = portOf(tuple, manip);
      if (port >= ports.first && port <= ports.last && (ports.first === ports.last || !isTaken(net, entry, tuple))) return tuple;
    } else if (!isTaken(net, entry, tuple)) return tuple;
  }
  if (tuple.proto !== IPPROTO_TCP && tuple.proto !== IPPROTO_UDP && tuple.proto !== IPPROTO_ICMP) return tuple;
  return freePort(net, entry, tuple, ports ?? defaultPorts(tuple, manip), manip, range?.random === true);
}

/** Ports stay in their class: privileged ones privileged. Null: a destination port is not changed unasked. */
function defaultPorts(tuple: CtTuple, manip: NatManip): { first: number; last: number } | null {
  if (tuple.proto === IPPROTO_ICMP) return { first: 0, last: 65535 };
  if (manip === 'dst') return null;
  if (tuple.sport >= 1024) return { first: 1024, last: 65535 };
  return tuple.sport < 512 ? { first: 1, last: 511 } : { first: 600, last: 1023 };
}

/** At most this many ports are tried in one round. */
const ATTEMPTS_MAX = 128;

function freePort(
  net: Net,
  entry: CtEntry,
  tuple: CtTuple,
  ports: { first: number; last: number } | null,
  manip: NatManip,
  random: boolean,
): CtTuple | null {
  if (ports === null) return tuple;
  const size = ports.last - ports.first + 1;
  let attempts = Math.min(size, ATTEMPTS_MAX);
  let offset = random || manip === 'src' ? net.randomBelow(0x10000) : 0;
  for (;;) {
    for (let i = 0; i < attempts; i++) {
      const candidate = withPort(tuple, manip, ports.first + ((offset + i) % size));
      if (!isTaken(net, entry, candidate)) return candidate;
    }
    if (attempts >= size || attempts < 16) return null;
    attempts = attempts >> 1;
    offset = net.randomBelow(0x10000);
  }
}

function portOf(tuple: CtTuple, manip: NatManip): number {
  return tuple.proto === IPPROTO_ICMP || manip === 'src' ? tuple.sport : tuple.dport;
}

function withPort(tuple: CtTuple, manip: NatManip, port: number): CtTuple {
  return tuple.proto === IPPROTO_ICMP || manip === 'src' ? { ...tuple, sport: port } : { ...tuple, dport: port };
}

function withAddr(tuple: CtTuple, manip: NatManip, addr: Ipv4): CtTuple {
  return manip === 'src' ? { ...tuple, src: addr } : { ...tuple, dst: addr };
}

/** A client keeps its address of the range; with --persistent towards every destination. */
function chooseAddr(tuple: CtTuple, range: NatRange, manip: NatManip): Ipv4 {
  const first = range.addrFirst as Ipv4;
  const last = range.addrLast ?? first;
  if (first === last) return first;
  if (manip === 'src' && tuple.src >= first && tuple.src <= last) return tuple.src;
  const hash = jhash2([swapped(tuple.src), 0, 0, 0], range.persistent ? 0 : swapped(tuple.dst));
  return (first + scaled(hash, last - first + 1)) as Ipv4;
}

/** Rewrites one header and its transport to what `target` says (nf_nat_manip_pkt). */
function rewrite(layers: Layers, at: number, target: CtTuple, manip: NatManip): Layers {
  const out = layers.slice();
  const ip = out[at] as Ipv4Hdr;
  out[at] = manip === 'src' ? { ...ip, src: target.src } : { ...ip, dst: target.dst };
  const l4 = out[at + 1];
  if (l4 !== undefined && ip.fragOffset === 0) out[at + 1] = rewriteTransport(l4, target, manip);
  return out;
}

function rewriteTransport(l4: Layer, target: CtTuple, manip: NatManip): Layer {
  if (l4.kind === 'tcp') return manip === 'src' ? { ...l4, sport: target.sport } : { ...l4, dport: target.dport };
  if (l4.kind === 'udp') return manip === 'src' ? { ...l4, sport: target.sport } : { ...l4, dport: target.dport };
  // echo and the like carry one identifier for both directions
  if (l4.kind === 'icmp' && target.proto === IPPROTO_ICMP && invertTuple({ ...target, dport: l4.type * 256 }) !== null) {
    return { ...l4, rest: ((target.sport << 16) | (l4.rest & 0xffff)) >>> 0 };
  }
  return l4;
}

function applyTarget(net: Net, skb: Skb, hook: NfHook, at: number, target: CtTuple, manip: NatManip): void {
  const before = skb.layers[0] as Ipv4Hdr;
  skb.layers = rewrite(skb.layers, at, target, manip);
  const after = skb.layers[0] as Ipv4Hdr;
  const args = net.tracing
    ? manip === 'src'
      ? { from: before.src, to: after.src, port: target.sport }
      : { from: before.dst, to: after.dst, port: target.dport }
    : null;
  net.traceMangle(`nf:${hook}`, manip === 'src' ? 'netfilter.nat-source' : 'netfilter.nat-destination', skb, args);
}

const NAT_UNCHANGED = SRC_NAT_DONE | DST_NAT_DONE;
const NAT_MARKS = NAT_UNCHANGED | SRC_NAT | DST_NAT;

/** ICMP errors about a translated connection: the quoted packet must look as its sender knows it. */
function translateError(net: Net, skb: Skb, marks: number, manip: NatManip, hook: NfHook): HookVerdict {
  const { id, reply } = skb.ct as NonNullable<Skb['ct']>;
  const icmp = skb.layers[1];
  if (icmp?.kind === 'icmp' && icmp.type === ICMP_REDIRECT && (marks & NAT_MARKS) !== NAT_UNCHANGED) {
    net.trace(`nf:${hook}`, 'drop', 'netfilter.nat-redirect-dropped', skb, null);
    return 'drop';
  }
  if (!isRewritten(marks, manip, reply)) return 'accept';
  const inner = ctTupleOf(net.host.nf.conns, id, reply ? 0 : 1);
  const outer = invertTuple(inner);
  if (outer === null) return 'accept';
  const before = skb.layers[0] as Ipv4Hdr;
  const quoted = rewrite(skb.layers, 2, inner, manip === 'src' ? 'dst' : 'src');
  const ip = quoted[0] as Ipv4Hdr;
  const first = manip === 'src' ? { ...ip, src: outer.src } : { ...ip, dst: outer.dst };
  skb.layers = [first, ...quoted.slice(1)];
  net.traceMangle(
    `nf:${hook}`,
    'netfilter.nat-icmp-error',
    skb,
    net.tracing ? { from: manip === 'src' ? before.src : before.dst, to: manip === 'src' ? first.src : first.dst } : null,
  );
  return 'accept';
}
