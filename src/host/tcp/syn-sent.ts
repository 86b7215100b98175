/**
 * The active side while it waits for SYN|ACK.
 * Comes from: input.ts.  Goes to: segment.ts (the ACK that completes the connection).
 * Source: Linux 6.1 net/ipv4/tcp_input.c, tcp_rcv_synsent_state_process(); RFC 9293 §3.10.7.3.
 */
import { nanos, NS_PER_MS } from '../../engine/index.ts';
import { TCP_ACK, TCP_RST, TCP_SYN, type Ipv4Hdr, type TcpHdr } from '../../wire/index.ts';
import type { Net } from '../net.ts';
import type { Skb } from '../skb.ts';
import type { TcpChunk, TcpSock } from '../socket/state.ts';
import { tcpWake } from './done.ts';
import { tcpSyncMss } from './mss.ts';
import { tcpArm, tcpSetXmitTimer, tcpWriteXmit } from './output.ts';
import { tcpReset, tcpSendReset } from './reset.ts';
import { tcpRttSample, tcpStampedRtt } from './rtt.ts';
import { tcpSendAck, tcpTransmit } from './segment.ts';
import { after, before, seqAdd, seqDiff } from './seq.ts';
import { tcpSetState } from './set-state.ts';

/** Two ticks, the shortest time-out there is. */
const TCP_TIMEOUT_MIN_MS = 8;

function args(sock: TcpSock, tcp: TcpHdr): Record<string, number | string> {
  return {
    laddr: sock.laddr,
    lport: sock.lport,
    raddr: sock.raddr,
    rport: sock.rport,
    ack: seqDiff(tcp.ack, sock.iss),
    state: sock.state,
  };
}

export function tcpRcvSynSent(net: Net, sock: TcpSock, skb: Skb, ip: Ipv4Hdr, tcp: TcpHdr, dataLen: number): void {
  const hasAck = (tcp.flags & TCP_ACK) !== 0;
  if (hasAck && (!after(tcp.ack, sock.sndUna) || after(tcp.ack, sock.sndNxt))) {
    net.trace('tcp_rcv', 'drop', 'tcp.bad-ack-of-syn', skb, args(sock, tcp));
    // the RST clears away what the peer remembers: the SYN is worth another try at once
    if (sock.retransmits === 0) tcpArm(net, sock, 'rto', nanos(TCP_TIMEOUT_MIN_MS * NS_PER_MS));
    tcpSendReset(net, skb, ip, tcp, dataLen);
    return;
  }
  if ((tcp.flags & TCP_RST) !== 0) {
    if (!hasAck) {
      net.trace('tcp_rcv', 'drop', 'tcp.rst-without-ack', skb, args(sock, tcp));
      return;
    }
    if (net.tracing) net.trace('tcp_rcv', 'deliver', 'tcp.refused', skb, args(sock, tcp));
    tcpReset(net, sock);
    return;
  }
  if ((tcp.flags & TCP_SYN) === 0) {
    net.trace('tcp_rcv', 'drop', 'tcp.no-syn', skb, args(sock, tcp));
    return;
  }
  if (net.tracing) net.trace('tcp_rcv', 'deliver', hasAck ? 'tcp.connected' : 'tcp.simultaneous-open', skb, args(sock, tcp));
  takePeer(sock, tcp);
  if (hasAck) finishConnect(net, sock, tcp);
  else {
    tcpSetState(net, sock, 'SYN_RECV');
    tcpTransmit(net, sock, sock.iss, TCP_SYN | TCP_ACK, null);
  }
}

/** What the peer's SYN tells about it. */
function takePeer(sock: TcpSock, tcp: TcpHdr): void {
  const { timestamps, windowScale, mss, sackPermitted } = tcp.options;
  sock.irs = tcp.seq;
  sock.rcvNxt = seqAdd(tcp.seq, 1);
  sock.rcvWup = sock.rcvNxt;
  sock.lastAckSent = sock.rcvNxt;
  sock.tsOk = timestamps !== null && sock.tsOk;
  sock.tsRecent = timestamps?.val ?? 0;
  sock.sackOk = sackPermitted && sock.sackOk;
  if (windowScale === null) sock.rcvWscale = 0;
  sock.sndWscale = sock.rcvWscale === 0 ? 0 : (windowScale ?? 0);
  sock.mssClamp = mss ?? 536;
  // the window of a SYN is not scaled
  sock.sndWnd = tcp.window;
  sock.maxWnd = tcp.window;
  sock.sndWl1 = tcp.seq;
  tcpSyncMss(sock, sock.pmtu);
  if (sock.tsOk) sock.advMss -= 12;
  sock.rcvMss = Math.min(sock.advMss, sock.mss, sock.rcvWnd >> 1, 536);
}

function finishConnect(net: Net, sock: TcpSock, tcp: TcpHdr): void {
  const syn = sock.rtx.shift() as TcpChunk;
  sock.sndUna = tcp.ack;
  sock.timer = null;
  sock.backoff = 0;
  // a SYN that was sent twice measures by its time stamp at most, and the window starts small after a loss
  const rtt = syn.retrans === 0 ? nanos(net.now - syn.sentAt) : tcpStampedRtt(net, sock, tcp);
  if (rtt !== null) tcpRttSample(sock, rtt);
  if (sock.retransmits > 1) sock.cwnd = 1;
  sock.retransmits = 0;
  sock.retransStamp = nanos(0);
  sock.softError = null;
  sock.lastRcvAt = net.now;
  sock.confirm = true;
  tcpSetState(net, sock, 'ESTABLISHED');
  tcpWake(net, sock);
  tcpSendAck(net, sock);
  tcpSetXmitTimer(net, sock);
  tcpWriteXmit(net, sock);
}

/** The ACK that ends simultaneous opening. @returns false when it is not that */
export function tcpSimultaneousAck(net: Net, sock: TcpSock, tcp: TcpHdr): boolean {
  if ((tcp.flags & TCP_ACK) === 0 || !after(tcp.ack, sock.sndUna) || before(sock.sndNxt, tcp.ack)) return false;
  sock.rtx.shift();
  sock.sndUna = tcp.ack;
  sock.sndWnd = tcp.window << ((tcp.flags & TCP_SYN) !== 0 ? 0 : sock.sndWscale);
  sock.maxWnd = Math.max(sock.maxWnd, sock.sndWnd);
  sock.timer = null;
  tcpSetState(net, sock, 'ESTABLISHED');
  tcpWake(net, sock);
  tcpWriteXmit(net, sock);
  return true;
}
