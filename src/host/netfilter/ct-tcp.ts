/**
 * TCP as a tracker in the middle sees it: states, timeouts, when a connection counts as assured.
 * Comes from: conntrack.ts.
 * Source: Linux 6.1 net/netfilter/nf_conntrack_proto_tcp.c, tcp_conntracks, nf_conntrack_tcp_packet().
 * Differs: sequence numbers are not held against windows, so a segment outside the window is not
 *   INVALID (the kernel with nf_conntrack_tcp_be_liberal=1 does the same).
 */
import { layersLen, TCP_ACK, TCP_FIN, TCP_RST, TCP_SYN, type Layers, type TcpHdr } from '../../wire/index.ts';
import type { Net } from '../net.ts';
import type { CtEntry, CtSide, CtTcp, CtTcpKind, CtTcpState } from './state.ts';

/** IG: let through without a change; IV: belongs to no connection */
type Next = CtTcpState | 'IG' | 'IV';

export const CT_TCP_STATES = [
  'NONE',
  'SYN_SENT',
  'SYN_RECV',
  'ESTABLISHED',
  'FIN_WAIT',
  'CLOSE_WAIT',
  'LAST_ACK',
  'TIME_WAIT',
  'CLOSE',
  'SYN_SENT2',
] as const satisfies readonly CtTcpState[];

const SHORT: Readonly<Record<string, Next>> = {
  no: 'NONE',
  ss: 'SYN_SENT',
  sr: 'SYN_RECV',
  es: 'ESTABLISHED',
  fw: 'FIN_WAIT',
  cw: 'CLOSE_WAIT',
  la: 'LAST_ACK',
  tw: 'TIME_WAIT',
  cl: 'CLOSE',
  s2: 'SYN_SENT2',
  ig: 'IG',
  iv: 'IV',
};

function row(text: string): readonly Next[] {
  return text.split(' ').map((word) => SHORT[word] as Next);
}

/** Next state by direction and kind of segment; columns are the present states in the order of CT_TCP_STATES. */
export const CT_TCP_NEXT: readonly Readonly<Record<CtTcpKind, readonly Next[]>>[] = [
  {
    //           no ss sr es fw cw la tw cl s2
    syn: row('   ss ss ig ig ig ig ig ss ss s2'.trim()),
    synack: row('iv iv sr iv iv iv iv iv iv sr'),
    fin: row('   iv iv fw fw la la la tw cl iv'.trim()),
    ack: row('   es iv es es cw cw tw tw cl iv'.trim()),
    rst: row('   iv cl cl cl cl cl cl cl cl cl'.trim()),
    none: row('  iv iv iv iv iv iv iv iv iv iv'.trim()),
  },
  {
    syn: row('   iv s2 iv iv iv iv iv ss iv s2'.trim()),
    synack: row('iv sr ig ig ig ig ig ig ig sr'),
    fin: row('   iv iv fw fw la la la tw cl iv'.trim()),
    ack: row('   iv ig sr es cw cw tw tw cl ig'.trim()),
    rst: row('   iv cl cl cl cl cl cl cl cl cl'.trim()),
    none: row('  iv iv iv iv iv iv iv iv iv iv'.trim()),
  },
];

function tableOf(dir: number): Readonly<Record<CtTcpKind, readonly Next[]>> {
  return CT_TCP_NEXT[dir] as Readonly<Record<CtTcpKind, readonly Next[]>>;
}

/** net.netfilter.nf_conntrack_tcp_timeout_*: seconds */
export const CT_TCP_TIMEOUT: Readonly<Record<CtTcpState, number>> = {
  NONE: 120,
  SYN_SENT: 120,
  SYN_RECV: 60,
  ESTABLISHED: 432000,
  FIN_WAIT: 120,
  CLOSE_WAIT: 60,
  LAST_ACK: 30,
  TIME_WAIT: 120,
  CLOSE: 10,
  SYN_SENT2: 120,
};
/** data waits for an acknowledgement, or a segment came more than three times */
const TIMEOUT_UNACK_S = 300;
const MAX_RETRANS = 3;

function kindOf(tcp: TcpHdr): CtTcpKind {
  if ((tcp.flags & TCP_RST) !== 0) return 'rst';
  if ((tcp.flags & TCP_SYN) !== 0) return (tcp.flags & TCP_ACK) !== 0 ? 'synack' : 'syn';
  if ((tcp.flags & TCP_FIN) !== 0) return 'fin';
  return (tcp.flags & TCP_ACK) !== 0 ? 'ack' : 'none';
}

function endOf(layers: Layers, tcp: TcpHdr): number {
  const flags = ((tcp.flags & TCP_SYN) !== 0 ? 1 : 0) + ((tcp.flags & TCP_FIN) !== 0 ? 1 : 0);
  return (tcp.seq + layersLen(layers, 2) + flags) >>> 0;
}

/** Whether a first segment may open an entry: a SYN, or (nf_conntrack_tcp_loose=1) an ACK of a connection older than the tracker. */
export function ctTcpOpens(net: Net, tcp: TcpHdr): boolean {
  const next = tableOf(0)[kindOf(tcp)][0] as Next;
  if (next === 'IV' || next === 'IG') return false;
  return next === 'SYN_SENT' || net.host.sysctl['net.netfilter.nf_conntrack_tcp_loose'] !== 0;
}

/** ok: the entry moved on. invalid: the packet belongs to nothing. repeat: the entry is dead, look again. */
export type CtVerdict = 'ok' | 'invalid' | 'repeat' | 'kill';

/** @param dir 0 in the direction of the first packet, 1 back */
export function ctTcpPacket(
  entry: CtEntry,
  tcpState: CtTcp,
  layers: Layers,
  tcp: TcpHdr,
  dir: 0 | 1,
  refresh: (seconds: number) => void,
): CtVerdict {
  const kind = kindOf(tcp);
  const old = tcpState.state;
  let next = tableOf(dir)[kind][CT_TCP_STATES.indexOf(old)] as Next;
  if (next === 'IV') return 'invalid';
  const sender = entry.side(dir);
  const receiver = entry.side(dir === 0 ? 1 : 0);
  if (next === 'SYN_SENT' && (old === 'TIME_WAIT' || old === 'CLOSE')) {
    // a client that takes the same port again: the old entry makes room
    const closed = sender.closeInit || receiver.closeInit || (tcpState.lastDir === dir && tcpState.lastKind === 'rst');
    if (closed) return 'repeat';
    next = 'IG';
  }
  if (next === 'IG' && kind === 'synack' && tcpState.lastKind === 'syn' && tcpState.lastDir !== dir && tcp.ack === tcpState.lastEnd)
    next = 'SYN_RECV';
  const end = endOf(layers, tcp);
  if (next === 'IG') {
    remember(tcpState, tcp, kind, dir, end);
    return 'ok';
  }
  countAgain(tcpState, tcp, kind, dir, end);
  remember(tcpState, tcp, kind, dir, end);
  follow(sender, receiver, tcp, end);
  tcpState.state = next;
  if (next === 'FIN_WAIT' && old !== 'FIN_WAIT') sender.closeInit = true;
  const waits = sender.unacked || receiver.unacked || tcp.window === 0;
  return settle(entry, tcpState.retrans, waits, kind, old, next, refresh);
}

function remember(t: CtTcp, tcp: TcpHdr, kind: CtTcpKind, dir: number, end: number): void {
  t.lastDir = dir;
  t.lastKind = kind;
  t.lastSeq = tcp.seq;
  t.lastAck = tcp.ack;
  t.lastEnd = end;
  t.lastWindow = tcp.window;
}

/** How often the same segment has come in a row. */
function countAgain(t: CtTcp, tcp: TcpHdr, kind: CtTcpKind, dir: number, end: number): void {
  const again = t.lastDir === dir && t.lastSeq === tcp.seq && t.lastAck === tcp.ack && t.lastEnd === end && t.lastWindow === tcp.window;
  t.retrans = again && t.lastKind === kind ? t.retrans + 1 : 0;
}

/** What was sent and what was acknowledged. */
function follow(sender: CtSide, receiver: CtSide, tcp: TcpHdr, end: number): void {
  const before = sender.end;
  if (before === 0 || ((end - before) | 0) > 0) {
    sender.end = end;
    if (before !== 0) sender.unacked = true;
  }
  if ((tcp.flags & TCP_ACK) !== 0 && tcp.ack === receiver.end) receiver.unacked = false;
}

/** @param waits one side still waits for an acknowledgement, or may not send */
function settle(
  entry: CtEntry,
  retrans: number,
  waits: boolean,
  kind: CtTcpKind,
  old: CtTcpState,
  next: CtTcpState,
  refresh: (seconds: number) => void,
): CtVerdict {
  let timeout = CT_TCP_TIMEOUT[next];
  if (retrans >= MAX_RETRANS) timeout = Math.min(timeout, TIMEOUT_UNACK_S);
  else if (kind === 'rst') timeout = CT_TCP_TIMEOUT.CLOSE;
  else if (waits) timeout = Math.min(timeout, TIMEOUT_UNACK_S);
  if (!entry.seenReply) {
    // refused at once: nothing to remember
    if (kind === 'rst') return 'kill';
    if (kind === 'syn' && old === 'SYN_SENT') return 'ok';
    if (next === 'ESTABLISHED') timeout = Math.min(timeout, TIMEOUT_UNACK_S);
  } else if (!entry.assured && (old === 'SYN_RECV' || old === 'ESTABLISHED') && next === 'ESTABLISHED') {
    entry.assured = true;
  }
  refresh(timeout);
  return 'ok';
}
