/**
 * What an acknowledgement does: frees what arrived, measures time, opens windows, finds losses.
 * Comes from: established.ts, rcv-state.ts.  Goes to: output.ts.
 * Source: Linux 6.1 net/ipv4/tcp_input.c, tcp_ack(), tcp_clean_rtx_queue(), tcp_sacktag_write_queue(),
 *   tcp_fastretrans_alert(), tcp_process_tlp_ack(), tcp_ack_probe(); RFC 5681, 6298.
 * Read first: rack.ts.
 * Differs: congestion avoidance is Reno's, not CUBIC's; undo of wrong reductions and F-RTO do not exist.
 */
import { nanos, type Nanos } from '../../engine/index.ts';
import type { SackBlock, TcpHdr } from '../../wire/index.ts';
import type { Net } from '../net.ts';
import type { TcpChunk, TcpSock } from '../socket/state.ts';
import { packetsInFlight, tcpArmProbe, tcpSetXmitTimer, tcpXmitRetransmitQueue } from './output.ts';
import { tcpRackAdvance, tcpRackMarkLost } from './rack.ts';
import { tcpRttSample, tcpStampedRtt } from './rtt.ts';
import { after, before, seqAdd, seqDiff } from './seq.ts';
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
    if (hadOut && markSacked(net, sock, tcp.options.sack).count > 0) recover(net, sock, false, 0, false);
    return;
  }
  const windowChanged = updateWindow(sock, tcp);
  sock.softError = null;
  const acked = kind === 'new' ? cleanRtx(net, sock, tcp) : NOTHING;
  if (!hadOut) {
    if (sock.unsent.length > 0) tcpAckProbe(net, sock);
    return;
  }
  const sacked = markSacked(net, sock, tcp.options.sack);
  const sackedNew = sacked.count > 0;
  // forward progress, or a mere repetition: either way the peer's answers reach us
  if (kind === 'new' || sackedNew || (segLen === 0 && !windowChanged)) sock.confirm = true;
  const measured = measure(net, sock, tcp, acked, sacked);
  if (kind === 'new') {
    sock.retransmits = 0;
    sock.retransStamp = 0 as Nanos;
    sock.dupAcks = 0;
    if (sock.tlpHigh !== null && !before(tcp.ack, sock.tlpHigh)) sock.tlpHigh = null;
    leaveRecovery(sock);
    tcpSetXmitTimer(net, sock);
  } else if (measured && sentBeforeHead(sock, sacked)) tcpSetXmitTimer(net, sock);
  else if (segLen === 0 && !windowChanged && !sock.sackOk) sock.dupAcks++;
  recover(net, sock, sackedNew || kind === 'new', acked.count + sacked.count, kind === 'new');
}

function updateWindow(sock: TcpSock, tcp: TcpHdr): boolean {
  const window = tcp.window << sock.sndWscale;
  if (!after(tcp.ack, sock.sndUna) && !after(tcp.seq, sock.sndWl1) && !(tcp.seq === sock.sndWl1 && window > sock.sndWnd)) return false;
  const changed = window !== sock.sndWnd;
  sock.sndWl1 = tcp.seq;
  sock.sndWnd = window;
  if (window > sock.maxWnd) sock.maxWnd = window;
  return changed;
}

/** Every answer that comes while only something unsent waits: the pauses between tries are counted anew when there is room. */
function tcpAckProbe(net: Net, sock: TcpSock): void {
  const next = sock.unsent[0] as TcpChunk;
  if (seqDiff(seqAdd(sock.sndUna, sock.sndWnd), chunkEnd(next)) >= 0) {
    sock.backoff = 0;
    if (sock.timer?.kind === 'probe') sock.timer = null;
  } else tcpArmProbe(net, sock);
}

/** Pieces that an acknowledgement covers, or that its blocks name for the first time. */
interface Arrived {
  readonly count: number;
  /** when the first of them left that was sent once only, or null */
  readonly sentAt: Nanos | null;
  /** one of them was sent more than once */
  readonly repeated: boolean;
}

const NOTHING: Arrived = { count: 0, sentAt: null, repeated: false };

/**
 * Takes the measurement that an acknowledgement allows: of what it covers, if none of that was sent twice,
 * else of a block it names, else of its time stamp. Only a measurement ends the doubling of the time-out.
 * @returns whether there was one
 */
function measure(net: Net, sock: TcpSock, tcp: TcpHdr, acked: Arrived, sacked: Arrived): boolean {
  const sentAt = (acked.repeated ? null : acked.sentAt) ?? sacked.sentAt;
  let rtt: Nanos | null = null;
  if (sentAt !== null) rtt = nanos(net.now - sentAt);
  else if (acked.count > 0) rtt = tcpStampedRtt(net, sock, tcp);
  if (rtt === null) return false;
  tcpRttSample(sock, rtt);
  sock.backoff = 0;
  return true;
}

/** The piece named left before the last copy of the oldest one that is missing: waiting for that begins anew. */
function sentBeforeHead(sock: TcpSock, sacked: Arrived): boolean {
  const head = sock.rtx[0];
  return head !== undefined && sacked.sentAt !== null && sacked.sentAt < head.sentAt;
}

/** Drops what is acknowledged. */
function cleanRtx(net: Net, sock: TcpSock, tcp: TcpHdr): Arrived {
  let sentAt: Nanos | null = null;
  let repeated = false;
  let count = 0;
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
    count++;
    if (!chunk.sacked) tcpRackAdvance(net, sock, chunk);
    if (chunk.retrans > 0) repeated = true;
    else if (!chunk.sacked) sentAt ??= chunk.sentAt;
  }
  sock.sndUna = tcp.ack;
  if (count > 0) growCwnd(sock, count);
  return { count, sentAt, repeated };
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

/** Notes blocks that the peer holds. */
function markSacked(net: Net, sock: TcpSock, blocks: readonly SackBlock[] | null): Arrived {
  if (blocks === null || !sock.sackOk) return NOTHING;
  let count = 0;
  let sentAt: Nanos | null = null;
  let repeated = false;
  for (const block of blocks) {
    // behind what is acknowledged: it tells of bytes that came twice
    if (!after(block.right, sock.sndUna) || after(block.right, sock.sndNxt)) continue;
    for (const [index, chunk] of sock.rtx.entries()) {
      if (chunk.sacked || before(chunk.seq, block.left) || after(chunkEnd(chunk), block.right)) continue;
      const previous = sock.rtx[index - 1];
      if (previous !== undefined && !previous.sacked) previous.ends = true;
      tcpRackAdvance(net, sock, chunk);
      chunk.sacked = true;
      chunk.lost = false;
      count++;
      if (chunk.retrans > 0) repeated = true;
      else sentAt ??= chunk.sentAt;
    }
  }
  return { count, sentAt, repeated };
}

function leaveRecovery(sock: TcpSock): void {
  if (sock.highSeq === null || before(sock.sndUna, sock.highSeq)) return;
  if (sock.prr !== null) sock.cwnd = sock.ssthresh;
  else if (!sock.lossState) sock.cwnd = Math.max(Math.min(sock.cwnd, sock.ssthresh), 2);
  sock.prr = null;
  sock.highSeq = null;
  sock.lossState = false;
}

export function tcpEnterRecovery(sock: TcpSock): void {
  if (sock.highSeq !== null) return;
  sock.highSeq = sock.sndNxt;
  sock.ssthresh = Math.max(Math.floor((sock.cwnd * 7) / 10), 2);
  if (sock.sackOk) sock.prr = { delivered: 0, out: 0, priorCwnd: sock.cwnd };
  else sock.cwnd = sock.ssthresh;
}

/**
 * In recovery as much may leave as has arrived, down to the reduced window, and one piece at once on entering it
 * (tcp_cwnd_reduction(); RFC 6937).
 */
export function tcpReduceCwnd(sock: TcpSock, delivered: number, forward: boolean): void {
  const { prr } = sock;
  if (prr === null || sock.lossState || delivered <= 0) return;
  prr.delivered += delivered;
  const inFlight = packetsInFlight(sock);
  const delta = sock.ssthresh - inFlight;
  let count: number;
  if (delta < 0) count = Math.floor((sock.ssthresh * prr.delivered + prr.priorCwnd - 1) / prr.priorCwnd) - prr.out;
  else count = Math.min(delta, Math.max(prr.delivered - prr.out, delivered) + (forward ? 1 : 0));
  sock.cwnd = inFlight + Math.max(count, prr.out > 0 ? 0 : 1);
}

function recover(net: Net, sock: TcpSock, moved: boolean, delivered: number, forward: boolean): void {
  if (sock.rtx.length === 0) return;
  let lost = false;
  if (sock.sackOk) lost = tcpRackMarkLost(net, sock);
  else if (sock.dupAcks >= 3 && sock.highSeq === null) {
    (sock.rtx[0] as TcpChunk).lost = true;
    lost = true;
  }
  if (lost) tcpEnterRecovery(sock);
  tcpReduceCwnd(sock, delivered, forward && !lost);
  if (lost || ((sock.highSeq !== null || sock.lossState) && moved)) tcpXmitRetransmitQueue(net, sock);
}
