/**
 * Connection tracking: which connection a packet belongs to, and in which state that is.
 * Comes from: hooks.ts (PRE_ROUTING, LOCAL_OUT; confirmed at LOCAL_IN, POST_ROUTING), ipvs/.
 * Goes to: match.ts (--ctstate), nat.ts.
 * Source: Linux 6.1 net/netfilter/nf_conntrack_core.c, nf_conntrack_in(), __nf_conntrack_confirm();
 *   nf_conntrack_proto_udp.c, _icmp.c, _generic.c.
 * Differs: no expectations (FTP and others), no zones. Entries that timed out are swept out when the
 *   table is looked at, the kernel does it in the background.
 */
import { NS_PER_S, type Nanos } from '../../engine/index.ts';
import { IPPROTO_ICMP, IPPROTO_UDP, isIcmpError, type IcmpHdr, type Ipv4Hdr } from '../../wire/index.ts';
import type { HookVerdict } from './hook-table.ts';
import type { Net } from '../net.ts';
import { nfNeedHooks } from './nf-hook.ts';
import type { Skb } from '../skb.ts';
import { CT_TIMEOUT, ctGenericTimeoutS, ctIcmpTimeoutS, ctTcpTimeoutS, ctUdpTimeoutS } from './ct-timeouts.ts';
import { CT_TCP_TIMEOUT, ctTcpOpens, ctTcpPacket, type CtVerdict } from './ct-tcp.ts';
import {
  ctAdd,
  ctEndOf,
  ctEndTimedOut,
  ctEntryAt,
  ctEntryOf,
  ctHang,
  ctMarksOf,
  ctRemove,
  ctTimedOut,
  ctUnhang,
  type CtEnd,
} from './ct-table.ts';
import { CHANGED, CONFIRMED, EXPECTED, SEEN_REPLY, WATCHED } from './ct-row.ts';
import { invertTuple, tupleOf } from './ct-tuple.ts';
import { ctTell } from './ct-events.ts';
import type { CtEntry, CtTuple, NetfilterState } from './state.ts';

/** UDP that is still talked both ways after this long is a stream. */
const UDP_STREAM_AFTER_S = 2;
/** Dead entries are looked for each time this many new ones were made. */
const SWEEP_EVERY = 256;

export type CtInfo = 'NEW' | 'ESTABLISHED' | 'RELATED' | 'INVALID' | 'UNTRACKED';

/** Whether anybody needs connections tracked: a rule, or a user such as IPVS' FTP helper. */
export function ctActive(net: Net): boolean {
  return net.host.nf.ctNeeded || net.host.nf.ctHolds > 0;
}

export function ctHold(net: Net): void {
  net.host.nf.ctHolds++;
  nfNeedHooks(net, 1);
}

export function ctRelease(net: Net): void {
  net.host.nf.ctHolds--;
  nfNeedHooks(net, -1);
}

/** The entry of a packet, or null. */
export function ctOf(net: Net, skb: Skb): CtEntry | null {
  return skb.ct === null ? null : ctEntryOf(net.host.nf.conns, skb.ct.id);
}

/** Marks of a packet's entry (ct-row.ts), 0 when it has none: for what is asked of every packet. */
export function ctMarks(net: Net, skb: Skb): number {
  return skb.ct === null ? 0 : ctMarksOf(net.host.nf.conns, skb.ct.id);
}

/**
 * What `--ctstate` sees.
 * @param marks those of the packet's entry, see ctMarks()
 */
export function ctInfo(skb: Skb, marks: number): CtInfo {
  if (skb.untracked) return 'UNTRACKED';
  if (marks === 0 || skb.ct === null) return 'INVALID';
  if (isAboutOther(skb) || skb.ct.related === true) return 'RELATED';
  if (skb.ct.reply || (marks & SEEN_REPLY) !== 0) return 'ESTABLISHED';
  return (marks & EXPECTED) === 0 ? 'NEW' : 'RELATED';
}

/** An ICMP error shares the entry of the connection it is about. */
export function isAboutOther(skb: Skb): boolean {
  const l4 = skb.layers[1];
  return l4?.kind === 'icmp' && isIcmpError(l4.type);
}

/** PRE_ROUTING and LOCAL_OUT: finds or makes the packet's entry. */
export function nfConntrackIn(net: Net, skb: Skb): HookVerdict {
  if (skb.ct !== null || skb.untracked) return 'accept';
  const l4 = skb.layers[1];
  if (l4?.kind === 'icmp' && isIcmpError(l4.type)) {
    relateError(net, skb);
    return 'accept';
  }
  const tuple = tupleOf(skb.layers);
  if (tuple === null) return 'accept';
  for (let round = 0; round < 2; round++) {
    const end = ctFindEnd(net, tuple);
    const entry = end === 0 ? ctNew(net, skb, tuple) : ctEntryAt(net.host.nf.conns, end);
    if (entry === 'full') {
      net.trace('conntrack', 'drop', 'netfilter.ct-table-full', skb, { max: ctMax(net) });
      return 'drop';
    }
    if (entry === null) return invalid(net, skb);
    skb.ct = { id: entry.id, reply: (end & 1) !== 0 };
    const verdict = handlePacket(net, skb, entry);
    if (verdict === 'repeat') {
      ctKill(net, entry);
      skb.ct = null;
      continue;
    }
    if (verdict === 'invalid') {
      skb.ct = null;
      return invalid(net, skb);
    }
    entry.count(skb.ct.reply ? 1 : 0, (skb.layers[0] as Ipv4Hdr).totalLen);
    if (verdict === 'kill') ctDie(net, entry);
    if (skb.ct.reply && !entry.seenReply) {
      entry.seenReply = true;
      entry.changed = true;
    }
    return 'accept';
  }
  return 'accept';
}

function invalid(net: Net, skb: Skb): HookVerdict {
  net.host.nf.ctInvalid++;
  if (net.tracing) net.trace('conntrack', 'state', 'netfilter.ct-invalid', skb, null);
  return 'accept';
}

/** The connection that an ICMP error is about, if the error really goes to one of its ends. */
function relateError(net: Net, skb: Skb): void {
  const outer = skb.layers[0] as Ipv4Hdr;
  if (skb.layers[2]?.kind !== 'ipv4') return;
  const about = tupleOf(skb.layers, 2);
  const wanted = about === null ? null : invertTuple(about);
  const found = wanted === null ? null : ctFind(net, wanted);
  if (found === null) return;
  const tuple = found.reply ? found.entry.reply : found.entry.orig;
  if (tuple.dst !== outer.dst) return;
  skb.ct = { id: found.entry.id, reply: found.reply };
}

export interface CtFound {
  readonly entry: CtEntry;
  readonly reply: boolean;
}

/** Looks a tuple up among the confirmed entries that have not timed out. */
export function ctFind(net: Net, tuple: CtTuple): CtFound | null {
  const end = ctFindEnd(net, tuple);
  return end === 0 ? null : { entry: ctEntryAt(net.host.nf.conns, end), reply: (end & 1) !== 0 };
}

/** The same, without taking the entry in hand. */
export function ctFindEnd(net: Net, tuple: CtTuple): CtEnd {
  const { conns } = net.host.nf;
  const end = ctEndOf(conns, tuple);
  if (end === 0 || !ctEndTimedOut(conns, end, net.now)) return end;
  ctKill(net, ctEntryAt(conns, end));
  return 0;
}

export function ctMax(net: Net): number {
  return Number(net.host.sysctl['net.netfilter.nf_conntrack_max'] ?? 262144);
}

function ctNew(net: Net, skb: Skb, orig: CtTuple): CtEntry | 'full' | null {
  const nf = net.host.nf;
  const reply = invertTuple(orig);
  if (reply === null) return null;
  const l4 = skb.layers[1];
  if (l4?.kind === 'icmp' && !opensIcmp(l4)) return null;
  const tcp = l4?.kind === 'tcp';
  if (tcp && !ctTcpOpens(net, l4)) return null;
  forgetLost(net, nf);
  const { conns } = nf;
  if (conns.next % SWEEP_EVERY === 0 || conns.count >= ctMax(net)) ctSweep(net);
  if (conns.count >= ctMax(net)) return 'full';
  const entry = ctAdd(conns, {
    orig,
    reply,
    tcp,
    counted: net.host.sysctl['net.netfilter.nf_conntrack_acct'] === 1,
    watched: nf.ctListeners.length > 0,
    now: net.now,
    expires: (net.now + CT_TIMEOUT.generic * NS_PER_S) as Nanos,
  });
  nf.unconfirmed.push(entry.id);
  return entry;
}

/** Only questions open an entry. */
function opensIcmp(icmp: IcmpHdr): boolean {
  return icmp.type === 8 || icmp.type === 13 || icmp.type === 15 || icmp.type === 17;
}

/** Entries whose first packet ended on its way: nobody else knows them. */
function forgetLost(net: Net, nf: NetfilterState): void {
  if (nf.unconfirmed.length === 0) return;
  nf.unconfirmed = nf.unconfirmed.filter((id) => {
    const entry = ctEntryOf(nf.conns, id);
    if (entry === null || entry.confirmed) return false;
    if (entry.createdAt === net.now) return true;
    ctRemove(nf.conns, id);
    return false;
  });
}

/** Throws out what has timed out. */
export function ctSweep(net: Net): void {
  forgetLost(net, net.host.nf);
  ctTimedOut(net.host.nf.conns, net.now, (entry) => ctKill(net, entry));
}

/** @param by the process that threw it out by hand */
export function ctKill(net: Net, entry: CtEntry, by: number | null = null): void {
  leaveTable(net, entry, by);
  ctRemove(net.host.nf.conns, entry.id);
}

/** No packet finds it any more. */
function leaveTable(net: Net, entry: CtEntry, by: number | null): void {
  if (!entry.confirmed) return;
  if (entry.watched) {
    ctTell(net, entry, 'DESTROY', by);
    entry.watched = false;
  }
  ctUnhang(net.host.nf.conns, entry);
}

/** Out of the table at once, but the packet that ended it still belongs to it until its own end. */
function ctDie(net: Net, entry: CtEntry): void {
  leaveTable(net, entry, null);
  entry.expires = net.now;
}

function refresh(net: Net, entry: CtEntry, seconds: number): void {
  entry.expires = (net.now + seconds * NS_PER_S) as Nanos;
}

/** A reset was sent in the name of one end: the connection counts as closed (nf_conntrack_tcp_set_closing). */
export function ctSetClosing(net: Net, entry: CtEntry): void {
  if (entry.tcp === null) return;
  entry.tcp.state = 'CLOSE';
  refresh(net, entry, ctTcpTimeoutS(net, 'CLOSE'));
}

function handlePacket(net: Net, skb: Skb, entry: CtEntry): CtVerdict {
  const l4 = skb.layers[1];
  if (l4?.kind === 'tcp' && entry.tcp !== null) {
    const { tcp } = entry;
    const { state: before } = tcp;
    const { assured } = entry;
    const verdict = ctTcpPacket(entry, tcp, skb.layers, l4, skb.ct?.reply === true ? 1 : 0, (seconds) => {
      const { state } = tcp;
      refresh(net, entry, seconds === CT_TCP_TIMEOUT[state] ? ctTcpTimeoutS(net, state) : seconds);
    });
    if (tcp.state !== before || entry.assured !== assured) entry.changed = true;
    return verdict;
  }
  if (entry.proto === IPPROTO_UDP) {
    const isStream = entry.seenReply && net.now > entry.createdAt + UDP_STREAM_AFTER_S * NS_PER_S;
    refresh(net, entry, ctUdpTimeoutS(net, isStream));
    if (isStream && !entry.assured) {
      entry.assured = true;
      entry.changed = true;
    }
    return 'ok';
  }
  refresh(net, entry, entry.proto === IPPROTO_ICMP ? ctIcmpTimeoutS(net) : ctGenericTimeoutS(net));
  return 'ok';
}

/** LOCAL_IN and POST_ROUTING, last of all: the first packet made it, so the entry goes into the table. */
export function nfConntrackConfirm(net: Net, skb: Skb): HookVerdict {
  const marks = ctMarks(net, skb);
  if ((marks & CONFIRMED) !== 0 && (marks & WATCHED) !== 0 && (marks & CHANGED) !== 0) ctTell(net, ctOf(net, skb) as CtEntry, 'UPDATE');
  if (marks === 0 || (marks & CONFIRMED) !== 0 || skb.ct?.reply === true || isAboutOther(skb)) return 'accept';
  const nf = net.host.nf;
  const entry = ctOf(net, skb) as CtEntry;
  if (ctFindEnd(net, entry.orig) !== 0 || ctFindEnd(net, entry.reply) !== 0) {
    net.trace('conntrack', 'drop', 'netfilter.ct-clash', skb, null);
    return 'drop';
  }
  entry.confirmed = true;
  ctHang(nf.conns, entry);
  const at = nf.unconfirmed.indexOf(entry.id);
  if (at >= 0) nf.unconfirmed.splice(at, 1);
  if (entry.watched) ctTell(net, entry, 'NEW');
  if (net.tracing) {
    const { proto, src, dst, sport, dport } = entry.orig;
    net.trace('conntrack', 'state', 'netfilter.ct-new', skb, { proto, src, dst, sport, dport });
  }
  return 'accept';
}

/** Another address or port for the answers, while the entry is new (nf_conntrack_alter_reply). */
export function ctAlterReply(entry: CtEntry, change: Partial<CtTuple>): boolean {
  if (entry.confirmed) return false;
  entry.reply = { ...entry.reply, ...change };
  return true;
}
