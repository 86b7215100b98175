/**
 * A segment for a connection that is open or closing: is it acceptable, what does it acknowledge, what
 * does it bring.
 * Comes from: input.ts.  Goes to: ack.ts, data.ts, rcv-state.ts (what the state makes of it).
 * Source: Linux 6.1 net/ipv4/tcp_input.c, tcp_rcv_established(), tcp_validate_incoming(),
 *   tcp_rcv_state_process(); RFC 9293 §3.10.7.4, RFC 7323 §5 (PAWS), RFC 5961 §3 and §4.
 */
import { TCP_ACK, TCP_FIN, TCP_PSH, TCP_RST, TCP_SYN, type Ipv4Hdr, type TcpHdr } from '../../wire/index.ts';
import type { Net } from '../net.ts';
import type { Skb } from '../skb.ts';
import type { TcpSock } from '../socket/state.ts';
import { ackKind, tcpAck } from './ack.ts';
import { tcpAckSndCheck, tcpDataQueue, tcpEnterQuickAck, type DataFate } from './data.ts';
import { tcpDone, tcpTimeWait, tcpWake } from './done.ts';
import { tcpWriteXmit } from './output.ts';
import { oowAckAllowed, tcpChallengeAck, tcpReset, tcpSendReset } from './reset.ts';
import { tcpReceiveWindow, tcpSendAck } from './segment.ts';
import { after, before, seqAdd, seqDiff } from './seq.ts';
import { tcpSetState } from './set-state.ts';

function drop(net: Net, sock: TcpSock, skb: Skb, reason: string, tcp: TcpHdr): void {
  net.trace('tcp_rcv', 'drop', reason, skb, {
    state: sock.state,
    lport: sock.lport,
    raddr: sock.raddr,
    rport: sock.rport,
    seq: seqDiff(tcp.seq, sock.irs),
    ack: seqDiff(tcp.ack, sock.iss),
    expected: seqDiff(sock.rcvNxt, sock.irs),
  });
}

/** Answers something unacceptable with what is expected instead; data always, bare ACKs not too often. */
function sendDupAck(net: Net, sock: TcpSock, tcp: TcpHdr, length: number): void {
  if (length === 0 && !oowAckAllowed(net, sock)) return;
  if (length > 0 && before(tcp.seq, sock.rcvNxt)) {
    tcpEnterQuickAck(sock);
    const end = seqAdd(tcp.seq, length);
    if (sock.sackOk) sock.dsack = { left: tcp.seq, right: after(end, sock.rcvNxt) ? sock.rcvNxt : end };
  }
  tcpSendAck(net, sock);
}

/** An older timestamp than the last one: a duplicate from long ago (PAWS). */
function pawsRejects(sock: TcpSock, tcp: TcpHdr): boolean {
  const ts = tcp.options.timestamps;
  return sock.tsOk && ts !== null && before(ts.val, sock.tsRecent);
}

/** @returns true when the segment may be processed; else it has been dropped and answered */
function tcpValidateIncoming(net: Net, sock: TcpSock, skb: Skb, tcp: TcpHdr, length: number): boolean {
  const isRst = (tcp.flags & TCP_RST) !== 0;
  if (!isRst && pawsRejects(sock, tcp)) {
    drop(net, sock, skb, 'tcp.old-timestamp', tcp);
    sendDupAck(net, sock, tcp, length);
    return false;
  }
  const end = seqAdd(tcp.seq, length);
  const inWindow = !before(end, sock.rcvWup) && !after(tcp.seq, seqAdd(sock.rcvNxt, tcpReceiveWindow(sock)));
  if (!inWindow) {
    drop(net, sock, skb, 'tcp.out-of-window', tcp);
    if (!isRst) {
      if ((tcp.flags & TCP_SYN) !== 0) tcpChallengeAck(net, sock, skb);
      else sendDupAck(net, sock, tcp, length);
    }
    return false;
  }
  if (isRst) {
    if (tcp.seq === sock.rcvNxt) {
      if (net.tracing)
        net.trace('tcp_rcv', 'deliver', 'tcp.rst-received', skb, {
          laddr: sock.laddr,
          lport: sock.lport,
          raddr: sock.raddr,
          rport: sock.rport,
          state: sock.state,
        });
      tcpReset(net, sock);
    } else {
      drop(net, sock, skb, 'tcp.rst-not-exact', tcp);
      tcpChallengeAck(net, sock, skb);
    }
    return false;
  }
  if ((tcp.flags & TCP_SYN) !== 0) {
    drop(net, sock, skb, 'tcp.syn-in-connection', tcp);
    tcpChallengeAck(net, sock, skb);
    return false;
  }
  return true;
}

const FATE_REASON: Readonly<Record<DataFate, string>> = {
  none: 'tcp.ack-received',
  queued: 'tcp.data-received',
  ahead: 'tcp.data-ahead',
  duplicate: 'tcp.data-duplicate',
  'beyond-window': 'tcp.data-beyond-window',
};

/** @param bytes what the segment carries behind its header */
export function tcpRcvConnected(net: Net, sock: TcpSock, skb: Skb, tcp: TcpHdr, bytes: Uint8Array): void {
  const length = bytes.length + ((tcp.flags & TCP_FIN) !== 0 ? 1 : 0) + ((tcp.flags & TCP_SYN) !== 0 ? 1 : 0);
  if ((tcp.flags & (TCP_ACK | TCP_RST | TCP_SYN)) === 0) return drop(net, sock, skb, 'tcp.no-ack-flag', tcp);
  if (!tcpValidateIncoming(net, sock, skb, tcp, length)) return;
  if ((tcp.flags & TCP_ACK) === 0) return drop(net, sock, skb, 'tcp.no-ack-flag', tcp);
  const kind = ackKind(sock, tcp);
  const open = sock.state === 'ESTABLISHED';
  if (kind === 'unsent' || kind === 'ancient' || (kind === 'old' && !open)) {
    drop(net, sock, skb, 'tcp.bad-ack', tcp);
    if (kind !== 'unsent' || !open) tcpChallengeAck(net, sock, skb);
    return;
  }
  const ts = tcp.options.timestamps;
  if (sock.tsOk && ts !== null && !after(tcp.seq, sock.lastAckSent) && !before(ts.val, sock.tsRecent)) sock.tsRecent = ts.val;
  const fate = receiveData(net, sock, skb, tcp, bytes, length, kind);
  if (fate === null) return;
  if (sock.state === 'TIME_WAIT') {
    tcpTimeWait(net, sock, 'TIME_WAIT');
    return;
  }
  if (sock.state === 'CLOSE') return;
  if (sock.unsent.length > 0) tcpWriteXmit(net, sock);
  tcpAckSndCheck(net, sock);
}

/**
 * The order of the kernel: acknowledgement, then what the state makes of it, then data.
 * @returns null when the segment ended the connection
 */
function receiveData(
  net: Net,
  sock: TcpSock,
  skb: Skb,
  tcp: TcpHdr,
  bytes: Uint8Array,
  length: number,
  kind: ReturnType<typeof ackKind>,
): DataFate | null {
  const fin = (tcp.flags & TCP_FIN) !== 0;
  const preview = previewFate(sock, tcp.seq, length);
  if (net.tracing) {
    const verdict = preview === 'duplicate' || preview === 'beyond-window' ? 'drop' : 'deliver';
    const reason = fin && preview === 'queued' ? 'tcp.fin-received' : FATE_REASON[preview];
    net.trace('tcp_rcv', verdict, reason, skb, {
      len: bytes.length,
      lport: sock.lport,
      raddr: sock.raddr,
      rport: sock.rport,
      pid: sock.owner,
      state: sock.state,
    });
  } else if (preview === 'duplicate' || preview === 'beyond-window') net.trace('tcp_rcv', 'drop', FATE_REASON[preview], skb);
  const hadUnacked = sock.rtx.length + sock.unsent.length > 0;
  tcpAck(net, sock, tcp, length, kind);
  if (hadUnacked && sock.rtx.length + sock.unsent.length === 0 && ackOfFin(net, sock, fin || dataAfterClose(sock, tcp, bytes))) return null;
  if (dataAfterClose(sock, tcp, bytes)) {
    if (net.tracing)
      net.trace('tcp_rcv', 'state', 'tcp.data-after-close', skb, {
        lport: sock.lport,
        raddr: sock.raddr,
        rport: sock.rport,
      });
    tcpSendReset(net, skb, skb.layers[0] as Ipv4Hdr, tcp, bytes.length);
    tcpDone(net, sock, 'ECONNRESET');
    return null;
  }
  if (sock.state === 'CLOSE_WAIT' || sock.state === 'CLOSING' || sock.state === 'LAST_ACK') {
    // nothing new can come after the peer's FIN; a repetition of it is acknowledged again
    if (length === 0 || !before(tcp.seq, sock.rcvNxt)) return 'none';
  }
  return tcpDataQueue(net, sock, tcp.seq, bytes, (tcp.flags & TCP_PSH) !== 0, fin);
}

/** What tcpDataQueue() will answer, so that the record stands in front of what follows from it. */
function previewFate(sock: TcpSock, seq: number, length: number): DataFate {
  if (length === 0) return 'none';
  if (!after(seqAdd(seq, length), sock.rcvNxt)) return 'duplicate';
  if (!before(seq, seqAdd(sock.rcvNxt, tcpReceiveWindow(sock)))) return 'beyond-window';
  return after(seq, sock.rcvNxt) ? 'ahead' : 'queued';
}

/**
 * Everything sent is acknowledged. @param goesOn the segment holds more to look at: a FIN, or data that nobody can read
 * @returns true when that ends the connection
 */
function ackOfFin(net: Net, sock: TcpSock, goesOn: boolean): boolean {
  if (!sock.shutSend) return false;
  switch (sock.state) {
    case 'FIN_WAIT1':
      tcpSetState(net, sock, 'FIN_WAIT2');
      if (sock.owner === 0 && sock.parent === 0 && !goesOn) {
        tcpTimeWait(net, sock, 'FIN_WAIT2');
        return true;
      }
      tcpWake(net, sock);
      return false;
    case 'CLOSING':
      tcpTimeWait(net, sock, 'TIME_WAIT');
      return true;
    case 'LAST_ACK':
      tcpDone(net, sock, null);
      return true;
    default:
      return false;
  }
}

/** Data for a socket that no program can read any more. */
function dataAfterClose(sock: TcpSock, tcp: TcpHdr, bytes: Uint8Array): boolean {
  if (!sock.shutRecv || (sock.state !== 'FIN_WAIT1' && sock.state !== 'FIN_WAIT2')) return false;
  return bytes.length > 0 && after(seqAdd(tcp.seq, bytes.length), sock.rcvNxt);
}
