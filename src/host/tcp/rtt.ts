/**
 * The retransmission time-out from measured round trips.
 * Comes from: ack.ts, syn-sent.ts.  Goes to: output.ts, timers.ts.
 * Source: RFC 6298; Linux 6.1 net/ipv4/tcp_input.c, tcp_ack_update_rtt(), tcp_rtt_estimator(), tcp_set_rto().
 */
import { nanos, NS_PER_MS, NS_PER_US, type Nanos } from '../../engine/index.ts';
import type { TcpHdr } from '../../wire/index.ts';
import type { Net } from '../net.ts';
import type { TcpSock } from '../socket/state.ts';
import { after } from './seq.ts';
import { timestampNow } from './sock-new.ts';

export const TCP_RTO_MIN_US = 200_000;
export const TCP_RTO_MAX_MS = 120_000;

/**
 * The round trip by the time stamp that comes back: known also of a segment that was sent twice.
 * The stamps count milliseconds; less than one counts as one.
 */
export function tcpStampedRtt(net: Net, sock: TcpSock, tcp: TcpHdr): Nanos | null {
  const stamps = tcp.options.timestamps;
  if (!sock.tsOk || stamps === null || stamps.ecr === 0) return null;
  const ms = Math.max((timestampNow(net, sock.tsOffset) - stamps.ecr) >>> 0, 1);
  return nanos(ms * NS_PER_MS);
}

/** Takes in one measurement. */
export function tcpRttSample(sock: TcpSock, rtt: Nanos): void {
  let m = Math.max(Math.floor(rtt / NS_PER_US), 0);
  sock.minRttUs = Math.min(sock.minRttUs ?? m, m);
  if (sock.srtt8 !== 0) {
    m -= sock.srtt8 >> 3;
    sock.srtt8 += m;
    if (m < 0) {
      m = -m - (sock.mdev >> 2);
      // a faster path moves the deviation by a smaller step
      if (m > 0) m >>= 3;
    } else m -= sock.mdev >> 2;
    sock.mdev += m;
    if (sock.mdev > sock.mdevMax) {
      sock.mdevMax = sock.mdev;
      if (sock.mdevMax > sock.rttvar) sock.rttvar = sock.mdevMax;
    }
    if (after(sock.sndUna, sock.rttSeq)) {
      if (sock.mdevMax < sock.rttvar) sock.rttvar -= (sock.rttvar - sock.mdevMax) >> 2;
      sock.rttSeq = sock.sndNxt;
      sock.mdevMax = TCP_RTO_MIN_US;
    }
  } else {
    sock.srtt8 = m << 3;
    sock.mdev = m << 1;
    sock.rttvar = Math.max(sock.mdev, TCP_RTO_MIN_US);
    sock.mdevMax = sock.rttvar;
    sock.rttSeq = sock.sndNxt;
  }
  sock.srtt8 = Math.max(sock.srtt8, 1);
  tcpSetRto(sock);
}

/** The time-out without back-off. */
export function tcpSetRto(sock: TcpSock): void {
  const us = (sock.srtt8 >> 3) + sock.rttvar;
  sock.rtoMs = Math.min(Math.ceil(us / 4000) * 4, TCP_RTO_MAX_MS);
}
