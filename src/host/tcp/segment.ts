/**
 * One segment on its way out: header, options, and what an ACK that leaves settles.
 * Comes from: output.ts, ack decisions in data.ts, timers.ts.  Goes to: ipv4/send.ts.
 * Source: Linux 6.1 net/ipv4/tcp_output.c, __tcp_transmit_skb(), tcp_established_options(),
 *   tcp_select_window(), tcp_event_ack_sent(), tcp_event_data_sent().
 * Differs: the receive window does not grow beyond its first size (no autotuning).
 */
import {
  IPPROTO_TCP,
  IPV4_HLEN,
  tcpHeaderLen,
  makePayload,
  TCP_ACK,
  TCP_SYN,
  type SackBlock,
  type TcpHdr,
  type TcpOptions,
} from '../../wire/index.ts';
import { ipRouteSocket, isRouteError } from '../fib/output.ts';
import { makeIpv4 } from '../ipv4/layers.ts';
import { ipDefaultTtl, ipMakeSkb, ipSendSkb } from '../ipv4/send.ts';
import type { Net } from '../net.ts';
import { NS_PER_MS } from '../../engine/index.ts';
import type { TcpGap, TcpSock } from '../socket/state.ts';
import { after, before, seqAdd, seqDiff } from './seq.ts';
import { tcpSetting, timestampNow, TCP_MAX_WINDOW } from './sock-new.ts';

const TCP_ATO_MIN_MS = 40;

export function makeTcp(
  sport: number,
  dport: number,
  seq: number,
  ack: number,
  flags: number,
  window: number,
  options: TcpOptions,
): TcpHdr {
  return { kind: 'tcp', sport, dport, seq, ack, flags, window, options };
}

/** Room that the window last told still leaves. */
export function tcpReceiveWindow(sock: TcpSock): number {
  const win = seqDiff(seqAdd(sock.rcvWup, sock.rcvWnd), sock.rcvNxt);
  return win < 0 ? 0 : win;
}

/** Window that could be told now: free space, in whole steps of the scale; never less than promised. */
export function tcpChooseWindow(sock: TcpSock): number {
  const step = 1 << sock.rcvWscale;
  const free = sock.rcvBuf - sock.receivedBytes;
  let win = Math.min(free, sock.rcvLimit);
  if (free < sock.rcvBuf >> 4 || free < sock.rcvMss) win = 0;
  win = sock.rcvWscale > 0 ? Math.ceil(win / step) * step : win;
  const current = tcpReceiveWindow(sock);
  return win < current ? Math.ceil(current / step) * step : win;
}

function selectWindow(sock: TcpSock): number {
  sock.rcvWnd = tcpChooseWindow(sock);
  sock.rcvWup = sock.rcvNxt;
  return Math.min(sock.rcvWnd >> sock.rcvWscale, TCP_MAX_WINDOW);
}

/** Adjoining pieces together, as blocks; the one that grew last first, as RFC 2018 asks. */
function gapBlocks(gaps: readonly TcpGap[], latest: number): SackBlock[] {
  const blocks: SackBlock[] = [];
  for (const gap of gaps) {
    const right = seqAdd(gap.seq, gap.bytes.length + (gap.fin ? 1 : 0));
    const last = blocks[blocks.length - 1];
    if (last !== undefined && !before(last.right, gap.seq)) {
      if (after(right, last.right)) blocks[blocks.length - 1] = { left: last.left, right };
    } else blocks.push({ left: gap.seq, right });
  }
  const at = blocks.findIndex((block) => !after(block.left, latest) && before(latest, block.right));
  if (at > 0) blocks.unshift(...blocks.splice(at, 1));
  return blocks;
}

function sackBlocks(sock: TcpSock): SackBlock[] | null {
  if (!sock.sackOk || (sock.dsack === null && sock.gaps.length === 0)) return null;
  const blocks = gapBlocks(sock.gaps, sock.lastGapSeq);
  if (sock.dsack !== null) blocks.unshift(sock.dsack);
  return blocks.slice(0, sock.tsOk ? 3 : 4);
}

function establishedOptions(net: Net, sock: TcpSock): TcpOptions {
  return {
    mss: null,
    sackPermitted: false,
    timestamps: sock.tsOk ? { val: timestampNow(net, sock.tsOffset), ecr: sock.tsRecent } : null,
    windowScale: null,
    sack: sackBlocks(sock),
    toa: null,
  };
}

/** Options of a SYN, before anything is known of the peer. */
function synOptions(net: Net, sock: TcpSock): TcpOptions {
  return {
    mss: sock.advMss,
    sackPermitted: tcpSetting(net, 'net.ipv4.tcp_sack', 1) !== 0,
    timestamps: tcpSetting(net, 'net.ipv4.tcp_timestamps', 1) !== 0 ? { val: timestampNow(net, sock.tsOffset), ecr: 0 } : null,
    windowScale: tcpSetting(net, 'net.ipv4.tcp_window_scaling', 1) !== 0 ? sock.rcvWscale : null,
    sack: null,
    toa: null,
  };
}

/**
 * @param follows not the first of several pieces that leave as one
 * @returns an error's name when the packet could not leave, else null
 */
export function tcpTransmit(net: Net, sock: TcpSock, seq: number, flags: number, bytes: Uint8Array | null, follows = false): string | null {
  const syn = (flags & TCP_SYN) !== 0;
  // a SYN's window is never scaled
  const window = syn ? Math.min(sock.rcvWnd, TCP_MAX_WINDOW) : selectWindow(sock);
  const options = syn ? synOptions(net, sock) : establishedOptions(net, sock);
  const hdr = makeTcp(sock.lport, sock.rport, seq, (flags & TCP_ACK) !== 0 ? sock.rcvNxt : 0, flags, window, options);
  if ((flags & TCP_ACK) !== 0) ackSent(sock);
  if (bytes !== null && bytes.length > 0) dataSent(net, sock);
  const confirmNeigh = sock.confirm;
  sock.confirm = false;
  sock.lastSendAt = net.now;
  net.host.sockets.mib.outSegs++;
  const id = sock.ipId;
  sock.ipId = (id + 1) & 0xffff;
  const route = ipRouteSocket(net, sock.raddr, sock.laddr, sock.oif, 0, IPPROTO_TCP, sock.lport, sock.rport);
  if (isRouteError(route)) return route.error;
  // cut to fit already; one that is too long after all brings an ICMP error
  const df = sock.df && !route.mtuLocked;
  const ttl = ipDefaultTtl(net, route, sock.raddr);
  const hasData = bytes !== null && bytes.length > 0;
  const totalLen = IPV4_HLEN + tcpHeaderLen(hdr) + (hasData ? bytes.length : 0);
  const ip = makeIpv4(sock.laddr, sock.raddr, IPPROTO_TCP, totalLen, ttl, 0, df, id);
  const skb = ipMakeSkb(route, hasData ? [ip, hdr, makePayload(bytes)] : [ip, hdr]);
  skb.sk = sock.id;
  skb.confirmNeigh = confirmNeigh;
  skb.follows = follows;
  return ipSendSkb(net, skb);
}

/** Whatever ACK was owed has gone with this segment. */
function ackSent(sock: TcpSock): void {
  if (sock.quickAcks > 0) {
    sock.quickAcks--;
    if (sock.quickAcks === 0) sock.atoMs = TCP_ATO_MIN_MS;
  }
  sock.ackPending = false;
  sock.ackNow = false;
  sock.ackPushed = 0;
  sock.delackTimer = null;
  sock.dsack = null;
  sock.lastAckSent = sock.rcvNxt;
}

/** Data sent shortly after data received is an answer: from now on ACKs wait for answers. */
function dataSent(net: Net, sock: TcpSock): void {
  if (sock.lastRcvAt !== null && net.now - sock.lastRcvAt < sock.atoMs * NS_PER_MS) sock.pingpong = true;
}

/** A segment that carries nothing but an acknowledgement. */
export function tcpSendAck(net: Net, sock: TcpSock): void {
  if (sock.state === 'CLOSE') return;
  tcpTransmit(net, sock, sock.sndNxt, TCP_ACK, null);
}
