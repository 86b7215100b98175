/**
 * RST and bare ACKs: without a socket, from a socket, and the rule that limits unasked ACKs.
 * Comes from: input.ts, established.ts, timewait.ts, close.ts.  Goes to: ipv4/send.ts.
 * Source: Linux 6.1 net/ipv4/tcp_ipv4.c, tcp_v4_send_reset(), tcp_v4_send_ack();
 *   tcp_output.c, tcp_send_active_reset(); tcp_input.c, tcp_reset(), tcp_send_challenge_ack(),
 *   __tcp_oow_rate_limited(); RFC 9293 §3.5.2, RFC 5961.
 */
import { nanos, NS_PER_MS } from '../../engine/index.ts';
import { IPPROTO_TCP, TCP_ACK, TCP_FIN, TCP_NO_OPTIONS, TCP_RST, TCP_SYN, type Ipv4Hdr, type TcpHdr } from '../../wire/index.ts';
import { ipSend } from '../ipv4/send.ts';
import type { Net } from '../net.ts';
import type { Skb } from '../skb.ts';
import type { TcpRequest, TcpSock, TcpTimewait } from '../socket/state.ts';
import { tcpDone } from './done.ts';
import { makeTcp, tcpSendAck, tcpTransmit } from './segment.ts';
import { seqAdd } from './seq.ts';
import { timestampNow } from './sock-new.ts';

/** net.ipv4.tcp_invalid_ratelimit */
const OOW_ACK_EVERY = nanos(500 * NS_PER_MS);

/** Length of what a segment takes in sequence numbers. */
export function segmentLen(tcp: TcpHdr, dataLen: number): number {
  return dataLen + ((tcp.flags & TCP_SYN) !== 0 ? 1 : 0) + ((tcp.flags & TCP_FIN) !== 0 ? 1 : 0);
}

/** Answers a segment that belongs to nothing, with DF whatever the settings. Never answers an RST. */
export function tcpSendReset(net: Net, skb: Skb, ip: Ipv4Hdr, tcp: TcpHdr, dataLen: number): void {
  if ((tcp.flags & TCP_RST) !== 0) return;
  // only for an address of this host: not for a broadcast
  if (skb.dst !== null && skb.dst.type !== 'local') return;
  const hasAck = (tcp.flags & TCP_ACK) !== 0;
  const seq = hasAck ? tcp.ack : 0;
  const ack = hasAck ? 0 : seqAdd(tcp.seq, segmentLen(tcp, dataLen));
  const hdr = makeTcp(tcp.dport, tcp.sport, seq, ack, hasAck ? TCP_RST : TCP_RST | TCP_ACK, 0, TCP_NO_OPTIONS);
  net.host.sockets.mib.outSegs++;
  net.host.sockets.mib.outRsts++;
  ipSend(net, {
    dst: ip.src,
    src: ip.dst,
    proto: IPPROTO_TCP,
    tos: ip.tos,
    df: true,
    layers: [hdr],
    frame: skb.frame,
    cause: skb.lastTrace,
  });
}

/** A connection is broken off from this side. */
export function tcpSendActiveReset(net: Net, sock: TcpSock): void {
  net.host.sockets.mib.outRsts++;
  if (net.tracing)
    net.trace('tcp_xmit', 'state', 'tcp.abort', null, {
      laddr: sock.laddr,
      lport: sock.lport,
      raddr: sock.raddr,
      rport: sock.rport,
    });
  tcpTransmit(net, sock, sock.sndNxt, TCP_RST | TCP_ACK, null);
}

/** The peer has broken it off. */
export function tcpReset(net: Net, sock: TcpSock): void {
  const state = sock.state;
  tcpDone(net, sock, state === 'SYN_SENT' ? 'ECONNREFUSED' : state === 'CLOSE_WAIT' ? 'EPIPE' : 'ECONNRESET');
}

/** Whether an ACK in answer to something unacceptable may be sent again already; notes that it is. */
export function oowAckAllowed(net: Net, sock: { challengeAt: TcpSock['challengeAt'] }): boolean {
  if (sock.challengeAt !== null && net.now - sock.challengeAt < OOW_ACK_EVERY) return false;
  sock.challengeAt = net.now;
  return true;
}

/** "Are you sure?" - the other side, if it is the real one, answers with the number we expect. */
export function tcpChallengeAck(net: Net, sock: TcpSock, skb: Skb): void {
  if (!oowAckAllowed(net, sock)) return;
  if (net.tracing)
    net.trace('tcp_rcv', 'state', 'tcp.challenge-ack', skb, {
      lport: sock.lport,
      raddr: sock.raddr,
      rport: sock.rport,
    });
  tcpSendAck(net, sock);
}

/** An ACK from a connection that has no full socket. */
export function tcpSendMiniAck(net: Net, sock: TcpTimewait | TcpRequest, skb: Skb): void {
  const seq = sock.kind === 'timewait' ? sock.sndNxt : seqAdd(sock.iss, 1);
  const ack = sock.kind === 'timewait' ? sock.rcvNxt : seqAdd(sock.irs, 1);
  const window = sock.kind === 'timewait' ? sock.rcvWnd >> sock.rcvWscale : sock.rcvWnd >> (sock.wscaleOk ? 7 : 0);
  const timestamps = sock.tsOk ? { val: timestampNow(net, sock.tsOffset), ecr: sock.tsRecent } : null;
  const hdr = makeTcp(sock.lport, sock.rport, seq, ack, TCP_ACK, window, { ...TCP_NO_OPTIONS, timestamps });
  net.host.sockets.mib.outSegs++;
  ipSend(net, {
    dst: sock.raddr,
    src: sock.laddr,
    proto: IPPROTO_TCP,
    df: true,
    layers: [hdr],
    cause: skb.lastTrace,
  });
}
