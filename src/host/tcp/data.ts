/**
 * Data that arrives: in order into the reader's queue, ahead of order into a list of gaps, twice into
 * the bin; and when to acknowledge it.
 * Comes from: established.ts, rcv-state.ts.  Goes to: segment.ts (ACKs), the process that reads.
 * Source: Linux 6.1 net/ipv4/tcp_input.c, tcp_data_queue(), tcp_ofo_queue(), tcp_fin(),
 *   tcp_event_data_recv(), __tcp_ack_snd_check(); RFC 9293 §3.10.7.4, RFC 2883 (DSACK).
 * Differs: duplicate ACKs are not held back to be sent together (tcp_comp_sack).
 */
import { nanos, NS_PER_MS } from '../../engine/index.ts';
import type { Net } from '../net.ts';
import { wheelDelay } from '../timer-wheel.ts';
import type { TcpGap, TcpSock } from '../socket/state.ts';
import { tcpReceiveWindow, tcpSendAck } from './segment.ts';
import { after, before, seqAdd, seqDiff } from './seq.ts';
import { tcpSetState } from './set-state.ts';

const TCP_MAX_QUICKACKS = 16;
const TCP_ATO_MIN_MS = 40;

/** What became of a segment's data. */
export type DataFate = 'none' | 'queued' | 'ahead' | 'duplicate' | 'beyond-window';

function raiseQuickAcks(sock: TcpSock): void {
  const count = Math.min(Math.floor(sock.rcvWnd / (2 * sock.rcvMss)) || 2, TCP_MAX_QUICKACKS);
  if (count > sock.quickAcks) sock.quickAcks = count;
}

/** Acknowledge at once for a while: something is out of the ordinary. */
export function tcpEnterQuickAck(sock: TcpSock): void {
  raiseQuickAcks(sock);
  sock.pingpong = false;
  sock.atoMs = TCP_ATO_MIN_MS;
}

/** The rhythm in which data comes decides how long an ACK may wait. */
function dataReceived(net: Net, sock: TcpSock, length: number): void {
  sock.ackPending = true;
  if (length >= sock.rcvMss) sock.rcvMss = Math.min(length, sock.advMss);
  if (sock.atoMs === 0 || sock.lastRcvAt === null) {
    raiseQuickAcks(sock);
    sock.atoMs = TCP_ATO_MIN_MS;
  } else {
    const gapMs = Math.floor((net.now - sock.lastRcvAt) / NS_PER_MS);
    if (gapMs <= TCP_ATO_MIN_MS / 2) sock.atoMs = (sock.atoMs >> 1) + TCP_ATO_MIN_MS / 2;
    else if (gapMs < sock.atoMs) sock.atoMs = Math.min((sock.atoMs >> 1) + gapMs, sock.rtoMs);
    else if (gapMs > sock.rtoMs) raiseQuickAcks(sock);
  }
  sock.lastRcvAt = net.now;
}

/** Says the bytes [left, right) came twice, in the next ACK. */
function setDsack(sock: TcpSock, left: number, right: number): void {
  if (sock.sackOk && left !== right) sock.dsack = { left, right };
}

/**
 * Takes the data of an acceptable segment.
 * @param seq of the first byte of `bytes`
 */
export function tcpDataQueue(net: Net, sock: TcpSock, seq: number, bytes: Uint8Array, push: boolean, fin: boolean): DataFate {
  const end = seqAdd(seq, bytes.length + (fin ? 1 : 0));
  if (seq === end) return 'none';
  if (!after(end, sock.rcvNxt)) {
    setDsack(sock, seq, end);
    tcpEnterQuickAck(sock);
    sock.ackPending = true;
    return 'duplicate';
  }
  if (!before(seq, seqAdd(sock.rcvNxt, tcpReceiveWindow(sock)))) {
    tcpEnterQuickAck(sock);
    sock.ackPending = true;
    return 'beyond-window';
  }
  if (after(seq, sock.rcvNxt)) {
    insertGap(sock, { seq, bytes, fin });
    sock.lastGapSeq = seq;
    sock.ackPending = true;
    return 'ahead';
  }
  const known = seqDiff(sock.rcvNxt, seq);
  if (known > 0) setDsack(sock, seq, sock.rcvNxt);
  accept(net, sock, known === 0 ? bytes : bytes.subarray(known), fin, push);
  fillFromGaps(net, sock);
  if (sock.owner !== 0) net.wakeForSocket(sock.owner, sock.id);
  return 'queued';
}

function accept(net: Net, sock: TcpSock, bytes: Uint8Array, fin: boolean, push: boolean): void {
  if (bytes.length > 0) {
    sock.received.push(bytes);
    sock.receivedBytes += bytes.length;
    sock.rcvNxt = seqAdd(sock.rcvNxt, bytes.length);
    dataReceived(net, sock, bytes.length);
    if (push) sock.ackPushed++;
  }
  if (fin) tcpFin(net, sock);
}

/** Keeps the list sorted and free of overlaps with what is there already. */
function insertGap(sock: TcpSock, gap: TcpGap): void {
  let at = 0;
  while (at < sock.gaps.length && before((sock.gaps[at] as TcpGap).seq, gap.seq)) at++;
  const same = sock.gaps[at];
  if (same !== undefined && same.seq === gap.seq && same.bytes.length >= gap.bytes.length && (same.fin || !gap.fin)) {
    setDsack(sock, gap.seq, seqAdd(gap.seq, gap.bytes.length));
    return;
  }
  const prev = sock.gaps[at - 1];
  if (
    prev !== undefined &&
    !after(seqAdd(gap.seq, gap.bytes.length + (gap.fin ? 1 : 0)), seqAdd(prev.seq, prev.bytes.length + (prev.fin ? 1 : 0)))
  ) {
    setDsack(sock, gap.seq, seqAdd(gap.seq, gap.bytes.length));
    return;
  }
  sock.gaps.splice(at, 0, gap);
}

/** The hole is filled: what waited behind it follows. */
function fillFromGaps(net: Net, sock: TcpSock): void {
  while (sock.gaps.length > 0) {
    const gap = sock.gaps[0] as TcpGap;
    if (after(gap.seq, sock.rcvNxt)) return;
    sock.gaps.shift();
    const end = seqAdd(gap.seq, gap.bytes.length + (gap.fin ? 1 : 0));
    if (!after(end, sock.rcvNxt)) continue;
    accept(net, sock, gap.bytes.subarray(seqDiff(sock.rcvNxt, gap.seq)), gap.fin, false);
  }
}

/** The peer has no more to say. */
function tcpFin(net: Net, sock: TcpSock): void {
  sock.rcvNxt = seqAdd(sock.rcvNxt, 1);
  sock.finReceived = true;
  sock.ackPending = true;
  sock.gaps.length = 0;
  switch (sock.state) {
    case 'SYN_RECV':
    case 'ESTABLISHED':
      tcpSetState(net, sock, 'CLOSE_WAIT');
      // the program is expected to close soon, so that its FIN carries the ACK
      sock.pingpong = true;
      return;
    case 'FIN_WAIT1':
      // both closed at once
      tcpSendAck(net, sock);
      tcpSetState(net, sock, 'CLOSING');
      return;
    case 'FIN_WAIT2':
      tcpSendAck(net, sock);
      tcpSetState(net, sock, 'TIME_WAIT');
      return;
    default:
  }
}

/** An ACK now would move the right edge of the window: what came is read already, or leaves as much room as was told. */
function windowAdvances(sock: TcpSock): boolean {
  return sock.receivedBytes === 0 || sock.rcvBuf - sock.receivedBytes >= sock.rcvWnd;
}

/** Sends the ACK that is owed, now or later. */
export function tcpAckSndCheck(net: Net, sock: TcpSock): void {
  if (!sock.ackPending) return;
  const unacked = seqDiff(sock.rcvNxt, sock.rcvWup);
  if ((unacked > sock.rcvMss && windowAdvances(sock)) || (sock.quickAcks > 0 && !sock.pingpong) || sock.ackNow || sock.gaps.length > 0) {
    tcpSendAck(net, sock);
    return;
  }
  tcpDelayAck(net, sock);
}

export function tcpDelayAck(net: Net, sock: TcpSock): void {
  if (sock.delackTimer !== null) return;
  sock.ackPending = true;
  const ato = Math.min(Math.max(sock.atoMs, TCP_ATO_MIN_MS), sock.pingpong || sock.ackPushed > 0 ? 200 : 500);
  sock.delackTimer = net.arm('tcp-delack', sock.id, wheelDelay(net.now, nanos(ato * NS_PER_MS)));
}
