/**
 * Which pieces are lost, by the time they were sent: what left before something that has arrived, and is
 * overdue by more than a quarter of the shortest round trip, will not come any more (RACK).
 * Comes from: ack.ts, timers.ts.  Goes to: output.ts.
 * Source: Linux 6.1 net/ipv4/tcp_recovery.c, tcp_rack_advance(), tcp_rack_detect_loss(), tcp_rack_reo_wnd(); RFC 8985.
 * Differs: the window for reordering does not grow where reordering was seen.
 */
import { nanos, NS_PER_US, type Nanos } from '../../engine/index.ts';
import type { Net } from '../net.ts';
import type { TcpChunk, TcpSock } from '../socket/state.ts';
import { tcpArm } from './output.ts';
import { after } from './seq.ts';
import { chunkEnd } from './sock-new.ts';

/** So many pieces behind a hole prove it (TCP_FASTRETRANS_THRESH). */
const DUP_THRESHOLD = 3;
/** Added to the wait for reordering (TCP_TIMEOUT_MIN_US). */
const TIMEOUT_MIN_US = 2_000;

function usSince(net: Net, at: Nanos): number {
  return Math.floor((net.now - at) / NS_PER_US);
}

/** A piece has arrived: it becomes the measure if it left later than all others that have. */
export function tcpRackAdvance(net: Net, sock: TcpSock, chunk: TcpChunk): void {
  const rttUs = usSince(net, chunk.sentAt);
  // of two copies the first may be the one that was answered
  if (chunk.retrans > 0 && sock.minRttUs !== null && rttUs < sock.minRttUs) return;
  const endSeq = chunkEnd(chunk);
  const { rack } = sock;
  if (rack === null) sock.rack = { sentAt: chunk.sentAt, endSeq, rttUs, advanced: true };
  else {
    rack.advanced = true;
    rack.rttUs = rttUs;
    if (!sentAfter(chunk.sentAt, endSeq, rack.sentAt, rack.endSeq)) return;
    rack.sentAt = chunk.sentAt;
    rack.endSeq = endSeq;
  }
}

function sentAfter(at: Nanos, endSeq: number, otherAt: Nanos, otherEndSeq: number): boolean {
  return at > otherAt || (at === otherAt && after(endSeq, otherEndSeq));
}

/** How much later than expected a piece may come. Nothing is waited for once a loss is proven. */
function reorderingUs(sock: TcpSock): number {
  if (sock.highSeq !== null || sock.lossState) return 0;
  let sacked = 0;
  for (const chunk of sock.rtx) if (chunk.sacked) sacked++;
  // where cables have no delay nothing is measured, and yet what left in one moment may come in another order
  return sacked >= DUP_THRESHOLD ? 0 : Math.max(Math.min((sock.minRttUs ?? 0) >> 2, sock.srtt8 >> 3), 1);
}

/**
 * Marks what is overdue.
 * @returns how long to wait for the others, in microseconds, and whether a piece was marked
 */
export function tcpRackDetect(net: Net, sock: TcpSock): { readonly lost: boolean; readonly waitUs: number } {
  const { rack } = sock;
  let lost = false;
  let waitUs = 0;
  if (rack === null) return { lost, waitUs };
  const limitUs = rack.rttUs + reorderingUs(sock);
  for (const chunk of sock.rtx) {
    if (chunk.sacked || chunk.lost || !sentAfter(rack.sentAt, rack.endSeq, chunk.sentAt, chunkEnd(chunk))) continue;
    const remainingUs = limitUs - usSince(net, chunk.sentAt);
    if (remainingUs > 0) waitUs = Math.max(waitUs, remainingUs);
    else {
      chunk.lost = true;
      lost = true;
    }
  }
  return { lost, waitUs };
}

/** An acknowledgement has told of arrivals. @returns whether a piece is lost now */
export function tcpRackMarkLost(net: Net, sock: TcpSock): boolean {
  if (sock.rack === null || !sock.rack.advanced) return false;
  sock.rack.advanced = false;
  const { lost, waitUs } = tcpRackDetect(net, sock);
  if (waitUs > 0) tcpArm(net, sock, 'reo', nanos((waitUs + TIMEOUT_MIN_US) * NS_PER_US));
  return lost;
}
