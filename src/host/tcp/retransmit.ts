/**
 * The retransmission time-out, and what an ICMP "unreachable" does to it.
 * Comes from: timers.ts, error.ts.  Goes to: output.ts, done.ts.
 * Source: Linux 6.1 net/ipv4/tcp_timer.c, tcp_retransmit_timer(), tcp_write_timeout(),
 *   retransmits_timed_out(); tcp_ipv4.c, tcp_ld_RTO_revert(); RFC 6298, RFC 6069.
 */
import { nanos, NS_PER_MS } from '../../engine/index.ts';
import type { Net } from '../net.ts';
import type { TcpChunk, TcpSock } from '../socket/state.ts';
import { doubled } from './doubled.ts';
import { tcpDone } from './done.ts';
import { packetsInFlight, tcpArm, tcpArmRto, tcpRetransmit } from './output.ts';
import { TCP_RTO_MAX_MS, tcpSetRto } from './rtt.ts';
import { tcpSetting, TCP_TIMEOUT_INIT_MS } from './sock-new.ts';

const RTO_MIN_MS = 200;
/** Retries of a connection whose program has gone, while the peer may be alive and net.ipv4.tcp_orphan_retries is 0. */
const ORPHAN_RETRIES = 8;

/** How long `retries` doublings last from the shortest time-out on. */
function modelTimeoutMs(retries: number): number {
  const doublings = 31 - Math.clz32(TCP_RTO_MAX_MS / RTO_MIN_MS);
  if (retries <= doublings) return (doubled(2, retries) - 1) * RTO_MIN_MS;
  return (doubled(2, doublings) - 1) * RTO_MIN_MS + (retries - doublings) * TCP_RTO_MAX_MS;
}

function orphanRetries(net: Net, sock: TcpSock): number {
  const alive = doubled(sock.rtoMs, sock.backoff) < TCP_RTO_MAX_MS;
  const retries = sock.softError !== null && !alive ? 0 : tcpSetting(net, 'net.ipv4.tcp_orphan_retries', 0);
  return retries === 0 && alive ? ORPHAN_RETRIES : retries;
}

function givesUp(net: Net, sock: TcpSock): boolean {
  if (sock.state === 'SYN_SENT') return sock.retransmits >= tcpSetting(net, 'net.ipv4.tcp_syn_retries', 6);
  if (sock.state === 'SYN_RECV') return sock.retransmits >= tcpSetting(net, 'net.ipv4.tcp_synack_retries', 5);
  const limit = sock.owner === 0 && sock.parent === 0 ? orphanRetries(net, sock) : tcpSetting(net, 'net.ipv4.tcp_retries2', 15);
  return sock.retransmits > 0 && net.now - sock.retransStamp >= modelTimeoutMs(limit) * NS_PER_MS;
}

/** The oldest segment was not acknowledged in time: send it again, slow down, or give up. */
export function tcpRetransmitTimer(net: Net, sock: TcpSock): void {
  const head = sock.rtx[0];
  if (head === undefined) return;
  if (givesUp(net, sock)) {
    if (net.tracing)
      net.trace('tcp_timer', 'state', 'tcp.given-up', null, {
        raddr: sock.raddr,
        rport: sock.rport,
        n: sock.retransmits,
        state: sock.state,
      });
    tcpDone(net, sock, sock.softError ?? 'ETIMEDOUT');
    return;
  }
  if (sock.retransmits === 0) {
    sock.ssthresh = Math.max(Math.floor((sock.cwnd * 7) / 10), 2);
    // counted from the first repetition, which leaves now
    sock.retransStamp = net.now;
  }
  for (const chunk of sock.rtx) if (!chunk.sacked) chunk.lost = true;
  sock.cwnd = packetsInFlight(sock) + 1;
  sock.cwndCount = 0;
  sock.lossState = true;
  sock.prr = null;
  sock.highSeq = sock.sndNxt;
  sock.dupAcks = 0;
  sock.retransmits++;
  sock.backoff++;
  tcpRetransmit(net, sock, firstUnsacked(sock), sock.state === 'SYN_SENT' ? 'tcp.retransmit-syn' : 'tcp.retransmit-timeout');
  tcpArmRto(net, sock);
}

function firstUnsacked(sock: TcpSock): TcpChunk {
  for (const chunk of sock.rtx) if (!chunk.sacked) return chunk;
  return sock.rtx[0] as TcpChunk;
}

/**
 * "Unreachable" about what is being repeated: the way is broken, not congested. The last doubling of the
 * time-out is taken back, and if it is over by that reckoning, the segment goes out again at once.
 */
export function tcpRevertBackoff(net: Net, sock: TcpSock, seq: number): void {
  const head = sock.rtx[0];
  if (head === undefined || seq !== sock.sndUna || sock.retransmits === 0 || sock.backoff === 0) return;
  sock.backoff--;
  if (sock.srtt8 > 0) tcpSetRto(sock);
  else sock.rtoMs = TCP_TIMEOUT_INIT_MS;
  const remaining = Math.min(doubled(sock.rtoMs, sock.backoff), TCP_RTO_MAX_MS) * NS_PER_MS - (net.now - head.sentAt);
  if (remaining > 0) tcpArm(net, sock, 'rto', nanos(remaining));
  else tcpRetransmitTimer(net, sock);
}
