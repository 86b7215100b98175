/**
 * A new TCP socket with all its fields, and the numbers a connection begins with.
 * Comes from: connect.ts, listen.ts, syn.ts.  Goes to: socket/state.ts.
 * Source: Linux 6.1 net/ipv4/tcp.c, tcp_init_sock(); tcp_output.c, tcp_select_initial_window();
 *   net/core/secure_seq.c; RFC 6528 (initial numbers), RFC 6298 (first time-out).
 * Differs: initial numbers come from a mixture of addresses and a secret drawn once, plus the clock in
 *   units of 64 ns, as in the kernel, but the mixture is not a cryptographic one.
 */
import { NS_PER_MS, type Nanos } from '../../engine/index.ts';
import type { Ipv4 } from '../../wire/index.ts';
import type { Net } from '../net.ts';
import { NO_IF } from '../skb.ts';
import { defaultPmtuDisc, type SockId, type TcpChunk, type TcpSock } from '../socket/state.ts';

export const TCP_TIMEOUT_INIT_MS = 1000;
export const TCP_INIT_CWND = 10;
/** Half of the receive buffer (tcp_rmem[1] is 131072) may be offered as window. */
export const TCP_RCV_SPACE = 65536;
export const TCP_WSCALE = 7;
export const TCP_MAX_WINDOW = 0xffff;

export function newTcpSock(net: Net, id: SockId, owner: number): TcpSock {
  return {
    kind: 'tcp',
    id,
    hashNext: 0,
    laddr: 0 as Ipv4,
    lport: 0,
    raddr: 0 as Ipv4,
    rport: 0,
    owner,
    state: 'CLOSE',
    bound: 0 as Ipv4,
    reuseAddr: false,
    oif: NO_IF,
    error: null,
    softError: null,
    shutSend: false,
    shutRecv: false,
    backlog: 0,
    accept: [],
    parent: 0,
    iss: 0,
    sndUna: 0,
    sndNxt: 0,
    writeSeq: 0,
    sndWnd: 0,
    sndWl1: 0,
    maxWnd: 0,
    sndWscale: 0,
    rcvWscale: 0,
    sackOk: false,
    tsOk: false,
    tsOffset: 0,
    tsRecent: 0,
    lastAckSent: 0,
    pmtu: 1500,
    advMss: 1460,
    mssClamp: 536,
    mss: 536,
    sndSml: 0,
    unsent: [],
    rtx: [],
    cwnd: TCP_INIT_CWND,
    ssthresh: 0x7fffffff,
    cwndCount: 0,
    highSeq: null,
    lossState: false,
    prr: null,
    dupAcks: 0,
    srtt8: 0,
    mdev: 0,
    mdevMax: 0,
    rttvar: 0,
    rttSeq: 0,
    minRttUs: null,
    rack: null,
    rtoMs: TCP_TIMEOUT_INIT_MS,
    backoff: 0,
    retransmits: 0,
    retransStamp: 0 as Nanos,
    timer: null,
    tlpHigh: null,
    lastSendAt: null,
    heldAt: null,
    busy: null,
    irs: 0,
    rcvNxt: 0,
    rcvWup: 0,
    rcvWnd: 0,
    rcvBuf: TCP_RCV_SPACE,
    rcvLimit: 0,
    rcvMss: 536,
    received: [],
    receivedBytes: 0,
    finReceived: false,
    gaps: [],
    dsack: null,
    lastGapSeq: 0,
    ackPending: false,
    ackNow: false,
    ackPushed: 0,
    quickAcks: 0,
    pingpong: false,
    atoMs: 0,
    lastRcvAt: null,
    delackTimer: null,
    challengeAt: null,
    mtuInfo: 0,
    confirm: false,
    ipId: 0,
    df: defaultPmtuDisc(net.host) !== 'dont',
  };
}

/** Of SYN, FIN and all else that carries none: a view of no bytes costs as much to make as one of many. */
export const NO_BYTES = new Uint8Array(0);

export function newChunk(seq: number, bytes: Uint8Array, push: boolean, fin: boolean, syn: boolean): TcpChunk {
  return { seq, bytes, push, fin, syn, sentAt: 0 as Nanos, retrans: 0, sacked: false, lost: false, ends: false };
}

/** Sequence numbers the piece takes: its bytes, and one for SYN or FIN. */
export function chunkLen(chunk: TcpChunk): number {
  return chunk.bytes.length + (chunk.fin ? 1 : 0) + (chunk.syn ? 1 : 0);
}

export function chunkEnd(chunk: TcpChunk): number {
  return (chunk.seq + chunkLen(chunk)) >>> 0;
}

function secretOf(net: Net): number {
  const sockets = net.host.sockets;
  while (sockets.secret === 0) sockets.secret = net.random();
  return sockets.secret;
}

function mix(a: number, b: number, c: number, secret: number): number {
  let h = Math.imul(a ^ secret, 0x9e3779b1);
  h = Math.imul(h ^ (h >>> 15) ^ b, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13) ^ c, 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Grows with time for the same addresses, so that a new connection begins behind an old one. */
export function initialSeq(net: Net, laddr: Ipv4, lport: number, raddr: Ipv4, rport: number): number {
  const clock = Math.floor(net.now / 64) % 0x100000000;
  return (mix(laddr, raddr, (lport << 16) | rport, secretOf(net)) + clock) >>> 0;
}

/** The same for all connections between two addresses, so that TIME_WAIT can compare. */
export function timestampOffset(net: Net, laddr: Ipv4, raddr: Ipv4): number {
  return mix(laddr, raddr, 0x7453, secretOf(net));
}

/** The clock of timestamps: milliseconds. */
export function timestampNow(net: Net, offset: number): number {
  return (Math.floor(net.now / NS_PER_MS) + offset) >>> 0;
}

/** A whole number of segments that fit the buffer, as far as the unscaled field can say it. */
export function initialWindow(mss: number): number {
  const space = TCP_RCV_SPACE > mss ? TCP_RCV_SPACE - (TCP_RCV_SPACE % mss) : TCP_RCV_SPACE;
  return Math.min(space, TCP_MAX_WINDOW);
}

/** net.ipv4.* as a number, with the kernel's default where the host has no such row. */
export function tcpSetting(net: Net, name: string, fallback: number): number {
  const value = net.host.sysctl[name];
  return typeof value === 'number' ? value : fallback;
}
