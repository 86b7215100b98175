/**
 * Connection tracking: which connection a packet belongs to, and in which state that is.
 * Comes from: hooks.ts (PRE_ROUTING, LOCAL_OUT; confirmed at LOCAL_IN, POST_ROUTING), ipvs/.
 * Goes to: match.ts (--ctstate), nat.ts.
 * Source: Linux 6.1 net/netfilter/nf_conntrack_core.c, nf_conntrack_in(), __nf_conntrack_confirm();
 *   nf_conntrack_proto_udp.c, _icmp.c, _generic.c.
 * Differs: no expectations (FTP and others), no zones. Entries that timed out are swept out when the
 *   table is looked at, the kernel does it in the background.
 */
import { intDelete, intGet, intSet, intValues, NS_PER_S } from '../../engine/index.ts';
import { IPPROTO_ICMP, IPPROTO_UDP, isIcmpError, type IcmpHdr, type Ipv4Hdr } from '../../wire/index.ts';
import type { HookVerdict } from './hook-table.ts';
import type { Net } from '../net.ts';
import { nfNeedHooks } from './nf-hook.ts';
import type { Skb } from '../skb.ts';
import { CT_TCP_TIMEOUT, ctTcpNew, ctTcpPacket, type CtVerdict } from './ct-tcp.ts';
import { ctAt, ctHang, ctUnhang } from './ct-table.ts';
import { invertTuple, tupleEqual, tupleOf } from './ct-tuple.ts';
import { ctTell } from './ct-events.ts';
import type { CtEntry, CtTuple, NetfilterState } from './state.ts';

/** Seconds: net.netfilter.nf_conntrack_udp_timeout, _udp_timeout_stream, _icmp_timeout, _generic_timeout. */
export const CT_TIMEOUT = { udp: 30, udpStream: 120, icmp: 30, generic: 600 } as const;
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
  return skb.ct === null ? null : intGet(net.host.nf.conns, skb.ct.id);
}

/** What `--ctstate` sees. */
export function ctInfo(net: Net, skb: Skb): CtInfo {
  if (skb.untracked) return 'UNTRACKED';
  const entry = ctOf(net, skb);
  if (entry === null || skb.ct === null) return 'INVALID';
  if (isAboutOther(skb) || skb.ct.related === true) return 'RELATED';
  if (skb.ct.reply || entry.seenReply) return 'ESTABLISHED';
  return entry.master === null ? 'NEW' : 'RELATED';
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
    const found = ctFind(net, tuple);
    const entry = found === null ? ctNew(net, skb, tuple) : found.entry;
    if (entry === 'full') {
      net.trace('conntrack', 'drop', 'netfilter.ct-table-full', skb, { max: ctMax(net) });
      return 'drop';
    }
    if (entry === null) return invalid(net, skb);
    skb.ct = { id: entry.id, reply: found?.reply ?? false };
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
    account(entry, skb);
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

function account(entry: CtEntry, skb: Skb): void {
  const dir = skb.ct?.reply === true ? 1 : 0;
  entry.packets[dir]++;
  entry.bytes[dir] += (skb.layers[0] as Ipv4Hdr).totalLen;
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
  const nf = net.host.nf;
  const entry = ctAt(nf, tuple);
  if (entry === null) return null;
  if (entry.expires <= net.now) {
    ctKill(net, entry);
    return null;
  }
  return { entry, reply: !tupleEqual(tuple, entry.orig) };
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
  const tcp = l4?.kind === 'tcp' ? ctTcpNew(net, l4) : null;
  if (l4?.kind === 'tcp' && tcp === null) return null;
  forgetLost(net, nf);
  if (nf.nextCt % SWEEP_EVERY === 0 || nf.conns.size >= ctMax(net)) ctSweep(net);
  if (nf.conns.size >= ctMax(net)) return 'full';
  const entry: CtEntry = {
    id: nf.nextCt++,
    orig,
    reply,
    next: [0, 0],
    confirmed: false,
    seenReply: false,
    assured: false,
    master: null,
    srcNatDone: false,
    dstNatDone: false,
    srcNat: false,
    dstNat: false,
    mark: 0,
    tcp,
    streamAfter: net.now + UDP_STREAM_AFTER_S * NS_PER_S,
    createdAt: net.now,
    timeoutS: CT_TIMEOUT.generic,
    expires: net.now + CT_TIMEOUT.generic * NS_PER_S,
    packets: [0, 0],
    bytes: [0, 0],
    counted: net.host.sysctl['net.netfilter.nf_conntrack_acct'] === 1,
    watched: nf.ctListeners.length > 0,
    changed: false,
  };
  intSet(nf.conns, entry.id, entry);
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
    const entry = intGet(nf.conns, id);
    if (entry === null || entry.confirmed) return false;
    if (entry.createdAt === net.now) return true;
    intDelete(nf.conns, id);
    return false;
  });
}

/** Throws out what has timed out. */
export function ctSweep(net: Net): void {
  forgetLost(net, net.host.nf);
  for (const entry of intValues(net.host.nf.conns)) if (entry.expires <= net.now) ctKill(net, entry);
}

/** @param by the process that threw it out by hand */
export function ctKill(net: Net, entry: CtEntry, by: number | null = null): void {
  const nf = net.host.nf;
  if (entry.confirmed) {
    if (entry.watched) ctTell(net, entry, 'DESTROY', by);
    entry.watched = false;
    ctUnhang(nf, entry);
  }
  intDelete(nf.conns, entry.id);
}

/** Out of the table at once, but the packet that ended it still belongs to it until its own end. */
function ctDie(net: Net, entry: CtEntry): void {
  ctKill(net, entry);
  intSet(net.host.nf.conns, entry.id, entry);
  entry.expires = net.now;
}

function refresh(net: Net, entry: CtEntry, seconds: number): void {
  entry.timeoutS = seconds;
  entry.expires = net.now + seconds * NS_PER_S;
}

function timeoutOf(net: Net, name: string, fallback: number): number {
  return Number(net.host.sysctl[`net.netfilter.nf_conntrack_${name}`] ?? fallback);
}

/** A reset was sent in the name of one end: the connection counts as closed (nf_conntrack_tcp_set_closing). */
export function ctSetClosing(net: Net, entry: CtEntry): void {
  if (entry.tcp === null) return;
  entry.tcp.state = 'CLOSE';
  refresh(net, entry, timeoutOf(net, 'tcp_timeout_close', CT_TCP_TIMEOUT.CLOSE));
}

function handlePacket(net: Net, skb: Skb, entry: CtEntry): CtVerdict {
  const l4 = skb.layers[1];
  if (l4?.kind === 'tcp' && entry.tcp !== null) {
    const { tcp } = entry;
    const { state: before } = tcp;
    const { assured } = entry;
    const verdict = ctTcpPacket(entry, tcp, skb.layers, l4, skb.ct?.reply === true ? 1 : 0, (seconds) => {
      const name = `tcp_timeout_${tcp.state.toLowerCase()}`;
      refresh(net, entry, seconds === CT_TCP_TIMEOUT[tcp.state] ? timeoutOf(net, name, seconds) : seconds);
    });
    if (tcp.state !== before || entry.assured !== assured) entry.changed = true;
    return verdict;
  }
  if (entry.orig.proto === IPPROTO_UDP) {
    const isStream = entry.seenReply && net.now > entry.streamAfter;
    refresh(
      net,
      entry,
      isStream ? timeoutOf(net, 'udp_timeout_stream', CT_TIMEOUT.udpStream) : timeoutOf(net, 'udp_timeout', CT_TIMEOUT.udp),
    );
    if (isStream && !entry.assured) {
      entry.assured = true;
      entry.changed = true;
    }
    return 'ok';
  }
  const isIcmp = entry.orig.proto === IPPROTO_ICMP;
  refresh(net, entry, isIcmp ? timeoutOf(net, 'icmp_timeout', CT_TIMEOUT.icmp) : timeoutOf(net, 'generic_timeout', CT_TIMEOUT.generic));
  return 'ok';
}

/** LOCAL_IN and POST_ROUTING, last of all: the first packet made it, so the entry goes into the table. */
export function nfConntrackConfirm(net: Net, skb: Skb): HookVerdict {
  const entry = ctOf(net, skb);
  if (entry?.confirmed === true && entry.watched && entry.changed) ctTell(net, entry, 'UPDATE');
  if (entry === null || entry.confirmed || skb.ct?.reply === true || isAboutOther(skb)) return 'accept';
  const nf = net.host.nf;
  if (ctFind(net, entry.orig) !== null || ctFind(net, entry.reply) !== null) {
    net.trace('conntrack', 'drop', 'netfilter.ct-clash', skb, null);
    return 'drop';
  }
  entry.confirmed = true;
  ctHang(nf, entry);
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
