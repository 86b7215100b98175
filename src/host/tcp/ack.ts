/**
 * What an acknowledgement does: frees what arrived, measures time, opens windows, finds losses.
 * Comes from: established.ts, rcv-state.ts.  Goes to: output.ts.
 * Source: Linux 6.1 net/ipv4/tcp_input.c, tcp_ack(), tcp_clean_rtx_queue(), tcp_sacktag_write_queue(),
 *   tcp_fastretrans_alert(), tcp_process_tlp_ack(); tcp_recovery.c (RACK); RFC 5681, 6675, 8985.
 * Differs: congestion avoidance is Reno's, not CUBIC's; undo of wrong reductions and F-RTO do not exist.
 */
import { nanos, NS_PER_MS, type Nanos } from '../../engine/index.ts';
import type { SackBlock, TcpHdr } from '../../wire/index.ts';
import type { Net } from '../net.ts';
import type { TcpChunk, TcpSock } from '../socket/state.ts';
import { tcpArm, tcpSetXmitTimer, tcpXmitRetransmitQueue } from './output.ts';
import { tcpRttSample, tcpSetRto } from './rtt.ts';
import { after, before, seqDiff } from './seq.ts';
import { chunkEnd } from './sock-new.ts';

/** 'new': takes the stream on. 'old': nothing new. 'unsent': for bytes never sent. 'ancient': far behind. */
export type AckKind = 'new' | 'dup' | 'old' | 'unsent' | 'ancient';

/** Looks only: how the acknowledgement stands to what was sent. */
export function ackKind(sock: TcpSock, tcp: TcpHdr): AckKind {
  if (after(tcp.ack, sock.sndNxt)) return 'unsent';
  if (before(tcp.ack, sock.sndUna)) return seqDiff(sock.sndUna, tcp.ack) > sock.maxWnd ? 'ancient' : 'old';
  return tcp.ack === sock.sndUna ? 'dup' : 'new';
}

/** Takes an acknowledgement in that ackKind() found new, dup or old. */
export function tcpAck(net: Net, sock: TcpSock, tcp: TcpHdr, segLen: number, kind: AckKind): void {
  const hadOut = sock.rtx.length > 0;
  if (kind === 'old') {
    if (hadOut && markSacked(sock, tcp.options.sack)) recover(net, sock, false);
    return;
  }
  const windowChanged = updateWindow(sock, tcp);
  sock.softError = null;
  let rtt: Nanos | null = null;
  if (kind === 'new') rtt = cleanRtx(net, sock, tcp);
  const sackedNew = hadOut && markSacked(sock, tcp.options.sack);
  if (!hadOut) return;
  // forward progress, or a mere repetition: either way the peer's answers reach us
  if (kind === 'new' || sackedNew || (segLen === 0 && !windowChanged)) sock.confirm = true;
  if (rtt !== null) tcpRttSample(sock, rtt);
  if (kind === 'new') {
    sock.backoff = 0;
    sock.retransmits = 0;
    sock.retransStamp = 0 as Nanos;
    sock.dupAcks = 0;
    if (rtt === null && sock.srtt8 > 0) tcpSetRto(sock);
    if (sock.tlpHigh !== null && !before(tcp.ack, sock.tlpHigh)) sock.tlpHigh = null;
    leaveRecovery(sock);
    tcpSetXmitTimer(net, sock);
  } else if (segLen === 0 && !windowChanged && !sock.sackOk) sock.dupAcks++;
  recover(net, sock, sackedNew || kind === 'new');
}

function updateWindow(sock: TcpSock, tcp: TcpHdr): boolean {
  const window = tcp.window << sock.sndWscale;
  if (!after(tcp.ack, sock.sndUna) && !after(tcp.seq, sock.sndWl1) && !(tcp.seq === sock.sndWl1 && window > sock.sndWnd)) return false;
  const changed = window !== sock.sndWnd;
  sock.sndWl1 = tcp.seq;
  sock.sndWnd = window;
  if (window > sock.maxWnd) sock.maxWnd = window;
  if (changed && window > 0 && sock.timer?.kind === 'probe') sock.timer = null;
  return changed;
}

/** Drops what is acknowledged. @returns the round-trip time of the newest piece sent only once */
function cleanRtx(net: Net, sock: TcpSock, tcp: TcpHdr): Nanos | null {
  let rtt: Nanos | null = null;
  let acked = 0;
  while (sock.rtx.length > 0) {
    const chunk = sock.rtx[0] as TcpChunk;
    if (after(chunkEnd(chunk), tcp.ack)) {
      const part = seqDiff(tcp.ack, chunk.seq);
      if (part > 0) {
        chunk.seq = tcp.ack;
        chunk.bytes = chunk.bytes.subarray(part);
      }
      break;
    }
    sock.rtx.shift();
    acked++;
    if (chunk.retrans === 0 && !chunk.sacked) rtt = nanos(net.now - chunk.sentAt);
  }
  sock.sndUna = tcp.ack;
  if (acked > 0) growCwnd(sock, acked);
  return rtt;
}

function growCwnd(sock: TcpSock, acked: number): void {
  if (sock.highSeq !== null && !sock.lossState) return;
  if (sock.cwnd < sock.ssthresh) {
    sock.cwnd = Math.min(sock.cwnd + acked, sock.ssthresh);
    return;
  }
  sock.cwndCount += acked;
  if (sock.cwndCount >= sock.cwnd) {
    sock.cwndCount -= sock.cwnd;
    sock.cwnd++;
  }
}

/** Notes blocks that the peer holds. @returns whether one was new */
function markSacked(sock: TcpSock, blocks: readonly SackBlock[] | null): boolean {
  if (blocks === null || !sock.sackOk) return false;
  let found = false;
  for (const block of blocks) {
    // behind what is acknowledged: it tells of bytes that came twice
    if (!after(block.right, sock.sndUna) || after(block.right, sock.sndNxt)) continue;
    for (const chunk of sock.rtx) {
      if (chunk.sacked || before(chunk.seq, block.left) || after(chunkEnd(chunk), block.right)) continue;
      chunk.sacked = true;
      chunk.lost = false;
      found = true;
    }
  }
  return found;
}

function leaveRecovery(sock: TcpSock): void {
  if (sock.highSeq === null || before(sock.sndUna, sock.highSeq)) return;
  if (!sock.lossState) sock.cwnd = Math.max(Math.min(sock.cwnd, sock.ssthresh), 2);
  sock.highSeq = null;
  sock.lossState = false;
}

/** Three pieces behind it have arrived: a piece is lost, not late (RFC 6675). */
function markLostByCount(sock: TcpSock): boolean {
  let sackedBehind = 0;
  let lost = false;
  for (let i = sock.rtx.length - 1; i >= 0; i--) {
    const chunk = sock.rtx[i] as TcpChunk;
    if (chunk.sacked) sackedBehind++;
    else if (sackedBehind >= 3 && chunk.retrans === 0 && !chunk.lost) {
      chunk.lost = true;
      lost = true;
    }
  }
  return lost;
}

/** A piece sent later has arrived, but too few to be sure: wait a little for mere reordering. */
function maybeReordered(sock: TcpSock): boolean {
  let sackedBehind = false;
  for (let i = sock.rtx.length - 1; i >= 0; i--) {
    const chunk = sock.rtx[i] as TcpChunk;
    if (chunk.sacked) sackedBehind = true;
    else if (sackedBehind && chunk.retrans === 0 && !chunk.lost) return true;
  }
  return false;
}

export function tcpEnterRecovery(sock: TcpSock): void {
  if (sock.highSeq !== null) return;
  sock.highSeq = sock.sndNxt;
  sock.ssthresh = Math.max(Math.floor((sock.cwnd * 7) / 10), 2);
  sock.cwnd = sock.ssthresh;
}

function recover(net: Net, sock: TcpSock, moved: boolean): void {
  if (sock.rtx.length === 0) return;
  let lost = false;
  if (sock.sackOk) lost = markLostByCount(sock);
  else if (sock.dupAcks >= 3 && sock.highSeq === null) {
    (sock.rtx[0] as TcpChunk).lost = true;
    lost = true;
  }
  if (lost) tcpEnterRecovery(sock);
  if (lost || ((sock.highSeq !== null || sock.lossState) && moved)) tcpXmitRetransmitQueue(net, sock);
  else if (moved && sock.sackOk && sock.timer?.kind !== 'reo' && maybeReordered(sock)) {
    tcpArm(net, sock, 'reo', nanos(8 * NS_PER_MS));
  }
}

/** The wait for reordering is over: everything sent before what has arrived is lost. */
export function tcpMarkLate(sock: TcpSock): void {
  let sackedBehind = false;
  for (let i = sock.rtx.length - 1; i >= 0; i--) {
    const chunk = sock.rtx[i] as TcpChunk;
    if (chunk.sacked) sackedBehind = true;
    else if (sackedBehind && chunk.retrans === 0) chunk.lost = true;
  }
  tcpEnterRecovery(sock);
}
