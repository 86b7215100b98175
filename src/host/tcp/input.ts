/**
 * Segments from the network: to their connection, their listener, or to nobody.
 * Comes from: ipv4/input.ts (protocol 6 for a local address).  Goes to: established.ts, syn-sent.ts,
 *   syn.ts, timewait.ts, reset.ts.
 * Source: Linux 6.1 net/ipv4/tcp_ipv4.c, tcp_v4_rcv(); tcp_minisocks.c, tcp_check_req().
 */
import { intGet } from '../../engine/index.ts';
import { TCP_ACK, TCP_FIN, TCP_RST, TCP_SYN, type Ipv4Hdr, type Layers, type TcpHdr } from '../../wire/index.ts';
import type { Net } from '../net.ts';
import type { Skb } from '../skb.ts';
import type { TcpRequest, TcpSock } from '../socket/state.ts';
import { connectionLookup, listenerLookup } from '../socket/table.ts';
import { timewaitKill } from './done.ts';
import { tcpRcvConnected } from './established.ts';
import { segmentLen, tcpSendMiniAck, tcpSendReset } from './reset.ts';
import { after, before, seqAdd, seqDiff } from './seq.ts';
import { NO_BYTES } from './sock-new.ts';
import { requestDrop, tcpArmSynAck, tcpChildOf, tcpConnRequest, tcpSendSynAck } from './syn.ts';
import { tcpRcvSynSent, tcpSimultaneousAck } from './syn-sent.ts';
import { tcpRcvTimewait } from './timewait.ts';

/** What stands behind the TCP header, as one piece. */
function dataOf(layers: Layers): Uint8Array {
  const first = layers[2];
  if (first === undefined) return NO_BYTES;
  return first.kind === 'payload' ? first.bytes : NO_BYTES;
}

function addresses(ip: Ipv4Hdr, tcp: TcpHdr): Record<string, number | string> {
  return { src: ip.src, sport: tcp.sport, dst: ip.dst, dport: tcp.dport, flags: flagText(tcp.flags) };
}

function flagText(flags: number): string {
  const names: string[] = [];
  if ((flags & TCP_SYN) !== 0) names.push('SYN');
  if ((flags & TCP_FIN) !== 0) names.push('FIN');
  if ((flags & TCP_RST) !== 0) names.push('RST');
  if ((flags & TCP_ACK) !== 0) names.push('ACK');
  return names.join(',');
}

export function tcpRcv(net: Net, skb: Skb): void {
  const ip = skb.layers[0] as Ipv4Hdr;
  const tcp = skb.layers[1];
  if (tcp === undefined || tcp.kind !== 'tcp') {
    net.trace('tcp_rcv', 'drop', 'tcp.cut-short', skb);
    return;
  }
  if (skb.pktType !== 'host') {
    net.trace('tcp_rcv', 'drop', 'tcp.not-unicast', skb, { dst: ip.dst });
    return;
  }
  const sockets = net.host.sockets;
  sockets.mib.inSegs++;
  const bytes = dataOf(skb.layers);
  const sock = connectionLookup(sockets, ip.dst, tcp.dport, ip.src, tcp.sport);
  if (sock === null) return toListener(net, skb, ip, tcp, bytes, null);
  if (sock.kind === 'timewait') {
    const answer = tcpRcvTimewait(net, sock, skb, tcp, segmentLen(tcp, bytes.length));
    if (answer.kind === 'syn') toListener(net, skb, ip, tcp, bytes, answer.iss);
    else if (answer.kind === 'reset') {
      refuse(net, skb, ip, tcp, bytes, 'tcp.data-after-close-refused');
      timewaitKill(net, sock);
    }
    return;
  }
  if (sock.kind === 'request') return tcpCheckReq(net, sock, skb, ip, tcp, bytes);
  if (sock.busy !== null) {
    if (net.tracing) net.trace('tcp_rcv', 'queue', 'tcp.socket-busy', skb, addresses(ip, tcp));
    sock.busy.waiting.push(skb);
    return;
  }
  toSock(net, sock, skb, ip, tcp, bytes);
}

/**
 * The write is done: what came meanwhile is taken in, one segment after the other; a burst that one of them sets
 * off is seen through before the next. Those behind an RST find the connection closed.
 */
export function tcpReleaseSock(net: Net, sock: TcpSock): void {
  while (sock.busy !== null && !sock.busy.goesOn) {
    const skb = sock.busy.waiting.shift();
    if (skb === undefined) {
      sock.busy = null;
      return;
    }
    const ip = skb.layers[0] as Ipv4Hdr;
    const tcp = skb.layers[1] as TcpHdr;
    if (sock.state === 'CLOSE' || sock.state === 'TIME_WAIT') net.trace('tcp_rcv', 'drop', 'tcp.closed-meanwhile', skb, addresses(ip, tcp));
    else toSock(net, sock, skb, ip, tcp, dataOf(skb.layers));
  }
}

function toSock(net: Net, sock: TcpSock, skb: Skb, ip: Ipv4Hdr, tcp: TcpHdr, bytes: Uint8Array): void {
  if (sock.state === 'SYN_SENT') tcpRcvSynSent(net, sock, skb, ip, tcp, bytes.length);
  else {
    if (sock.state === 'SYN_RECV') tcpSimultaneousAck(net, sock, tcp);
    tcpRcvConnected(net, sock, skb, tcp, bytes);
  }
}

/** Nobody has this connection: a listener may take a SYN, everything else is refused. */
function toListener(net: Net, skb: Skb, ip: Ipv4Hdr, tcp: TcpHdr, bytes: Uint8Array, iss: number | null): void {
  const listener = listenerLookup(net.host.sockets, ip.dst, tcp.dport);
  if (listener === null) {
    const syn = (tcp.flags & (TCP_SYN | TCP_ACK)) === TCP_SYN;
    refuse(net, skb, ip, tcp, bytes, syn ? 'tcp.nobody-listens' : 'tcp.no-connection');
    return;
  }
  if ((tcp.flags & TCP_ACK) !== 0) {
    refuse(net, skb, ip, tcp, bytes, 'tcp.no-connection');
    return;
  }
  if ((tcp.flags & TCP_RST) !== 0 || (tcp.flags & TCP_SYN) === 0 || (tcp.flags & TCP_FIN) !== 0) {
    net.trace('tcp_rcv', 'drop', 'tcp.not-for-listener', skb, addresses(ip, tcp));
    return;
  }
  tcpConnRequest(net, listener, skb, ip, tcp, iss);
}

/** Drops with RST; an RST is dropped only. */
function refuse(net: Net, skb: Skb, ip: Ipv4Hdr, tcp: TcpHdr, bytes: Uint8Array, reason: string): void {
  const rst = (tcp.flags & TCP_RST) !== 0;
  net.trace('tcp_rcv', 'drop', rst ? 'tcp.rst-for-nobody' : reason, skb, addresses(ip, tcp));
  tcpSendReset(net, skb, ip, tcp, bytes.length);
}

/** A segment for a half-open connection: the last ACK, SYN again, or something that does not fit. */
function tcpCheckReq(net: Net, req: TcpRequest, skb: Skb, ip: Ipv4Hdr, tcp: TcpHdr, bytes: Uint8Array): void {
  const listener = intGet(net.host.sockets.byId, req.listener);
  if (listener?.kind !== 'tcp' || listener.state !== 'LISTEN') {
    requestDrop(net, req);
    refuse(net, skb, ip, tcp, bytes, 'tcp.no-connection');
    return;
  }
  const flags = tcp.flags & (TCP_RST | TCP_SYN | TCP_ACK);
  const ts = tcp.options.timestamps;
  const paws = req.tsOk && ts !== null && before(ts.val, req.tsRecent);
  if (tcp.seq === req.irs && flags === TCP_SYN && !paws) {
    net.trace('tcp_rcv', 'drop', 'tcp.syn-again', skb, addresses(ip, tcp));
    req.retransmitted = true;
    tcpSendSynAck(net, req, skb);
    // a timer that is due at this moment still fires
    if (req.expires > net.now) tcpArmSynAck(net, req);
    return;
  }
  if ((flags & TCP_ACK) !== 0 && tcp.ack !== seqAdd(req.iss, 1)) {
    refuse(net, skb, ip, tcp, bytes, 'tcp.ack-does-not-fit');
    return;
  }
  const start = seqAdd(req.irs, 1);
  const end = seqAdd(tcp.seq, segmentLen(tcp, bytes.length));
  const inWindow = tcp.seq === start || (before(tcp.seq, seqAdd(start, req.rcvWnd)) && after(end, start));
  if (paws || !inWindow) {
    net.trace('tcp_rcv', 'drop', 'tcp.out-of-window-request', skb, {
      ...addresses(ip, tcp),
      seq: seqDiff(tcp.seq, req.irs),
    });
    if ((flags & TCP_RST) === 0) tcpSendMiniAck(net, req, skb);
    return;
  }
  if ((flags & (TCP_RST | TCP_SYN)) !== 0) {
    if ((flags & TCP_RST) === 0) refuse(net, skb, ip, tcp, bytes, 'tcp.syn-in-connection-refused');
    else net.trace('tcp_rcv', 'deliver', 'tcp.rst-ends-request', skb, addresses(ip, tcp));
    requestDrop(net, req);
    return;
  }
  if ((flags & TCP_ACK) === 0) {
    net.trace('tcp_rcv', 'drop', 'tcp.not-for-listener', skb, addresses(ip, tcp));
    return;
  }
  if (listener.accept.length > listener.backlog) {
    net.trace('tcp_rcv', 'drop', 'tcp.accept-queue-full', skb, {
      dport: tcp.dport,
      backlog: listener.backlog,
    });
    return;
  }
  toSock(net, tcpChildOf(net, listener, req, tcp), skb, ip, tcp, bytes);
}
