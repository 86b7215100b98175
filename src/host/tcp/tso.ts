/**
 * Whether to wait for another ACK before a burst, so that it gets longer.
 * Comes from: output.ts.
 * Source: Linux 6.1 net/ipv4/tcp_output.c, tcp_tso_should_defer(), tcp_tso_autosize();
 *   net/ipv4/tcp_input.c, tcp_update_pacing_rate().
 * Differs: the size of a burst is not bounded by the pacing rate, only the wait for it.
 */
import { NS_PER_MS, NS_PER_US, type Nanos } from '../../engine/index.ts';
import type { TcpSock } from '../socket/state.ts';
import { seqAdd, seqDiff } from './seq.ts';

/** Longest burst that a device takes as one, bytes (GSO_LEGACY_MAX_SIZE). */
const GSO_MAX_BYTES = 65536;
const MIN_TSO_SEGS = 2;
/** Each 512 us of round trip halve what is allowed besides the pacing rate (net.ipv4.tcp_tso_rtt_log 9). */
const TSO_RTT_LOG = 9;
/** A third of the window is enough to send (net.ipv4.tcp_tso_win_divisor). */
const WIN_DIVISOR = 3;

/** Segments that may leave as one: what the pacing rate lets pass in a millisecond, more where the way is short. */
function tsoSegs(sock: TcpSock): number {
  if (sock.minRttUs === null || sock.srtt8 === 0) return Math.floor(GSO_MAX_BYTES / sock.mss);
  const ratio = sock.cwnd < sock.ssthresh >> 1 ? 2 : 1.2;
  const bytesPerMs = Math.floor((sock.cwnd * sock.mss * 8 * 1000 * ratio) / sock.srtt8);
  const halvings = sock.minRttUs >> TSO_RTT_LOG;
  const bytes = Math.min(bytesPerMs + (halvings < 32 ? GSO_MAX_BYTES >> halvings : 0), GSO_MAX_BYTES);
  return Math.max(Math.floor(bytes / sock.mss), MIN_TSO_SEGS);
}

/**
 * @param length what the program has handed over and not been sent, as one piece
 * @returns true while the window lets through only a small part of it and the next ACK cannot be far
 */
export function tcpTsoShouldDefer(now: Nanos, sock: TcpSock, length: number, inFlight: number): boolean {
  if (length <= sock.mss || sock.lossState || sock.highSeq !== null) return false;
  const head = sock.rtx[0];
  const next = sock.unsent[0];
  if (head === undefined || next === undefined) return false;
  if (sock.lastSendAt === null || now - sock.lastSendAt > NS_PER_MS) return false;
  const sendWindow = seqDiff(seqAdd(sock.sndUna, sock.sndWnd), next.seq);
  const congestionWindow = (sock.cwnd - inFlight) * sock.mss;
  const limit = Math.min(sendWindow, congestionWindow);
  if (limit >= tsoSegs(sock) * sock.mss || (sock.unsent.length > 1 && limit >= length)) return false;
  if (limit >= Math.floor(Math.min(sock.sndWnd, sock.cwnd * sock.mss) / WIN_DIVISOR)) return false;
  // the next ACK would come too late
  if (now - head.sentAt < (sock.srtt8 >> 4) * NS_PER_US) return false;
  return limit <= length || !next.fin;
}
