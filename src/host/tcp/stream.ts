/**
 * Reading and writing an open connection.
 * Comes from: socket/api.ts.  Goes to: output.ts; data.ts keeps what is read here.
 * Source: Linux 6.1 net/ipv4/tcp.c, tcp_sendmsg_locked(), tcp_recvmsg_locked(), tcp_cleanup_rbuf().
 * Differs: a program may hand over any amount at once; nothing makes it wait.
 */
import type { Net } from '../net.ts';
import type { Errno } from '../socket/errno.ts';
import type { TcpSock } from '../socket/state.ts';
import { tcpQueue, tcpWriteXmit } from './output.ts';
import { tcpChooseWindow, tcpReceiveWindow, tcpSendAck } from './segment.ts';
import { seqDiff } from './seq.ts';

export type Received =
  | { readonly kind: 'data'; readonly bytes: Uint8Array }
  | { readonly kind: 'eof' }
  /** nothing there yet */
  | { readonly kind: 'again' }
  | { readonly kind: 'error'; readonly error: Errno };

/** Reads an error away, as SO_ERROR does. */
export function takeError(sock: { error: Errno | null }): Errno | null {
  const { error } = sock;
  sock.error = null;
  return error;
}

export function tcpSend(net: Net, sock: TcpSock, bytes: Uint8Array): Errno | null {
  const error = takeError(sock);
  if (error !== null) return error;
  if (sock.shutSend || sock.state === 'CLOSE') return 'EPIPE';
  if (sock.state === 'LISTEN') return 'EPIPE';
  if (bytes.length === 0) return null;
  sock.heldAt = net.now;
  tcpQueue(sock, bytes);
  if (sock.state === 'ESTABLISHED' || sock.state === 'CLOSE_WAIT') tcpWriteXmit(net, sock);
  return null;
}

export function tcpRecv(net: Net, sock: TcpSock, max = 65536): Received {
  if (sock.receivedBytes > 0) {
    const bytes = takeBytes(sock, max);
    afterRead(net, sock);
    return { kind: 'data', bytes };
  }
  const error = takeError(sock);
  if (error !== null) return { kind: 'error', error };
  if (sock.finReceived || sock.shutRecv) return { kind: 'eof' };
  if (sock.state === 'CLOSE') return { kind: 'error', error: 'ENOTCONN' };
  return { kind: 'again' };
}

function takeBytes(sock: TcpSock, max: number): Uint8Array {
  const length = Math.min(sock.receivedBytes, max);
  const first = sock.received[0] as Uint8Array;
  sock.receivedBytes -= length;
  if (first.length === length) {
    sock.received.shift();
    return first;
  }
  const out = new Uint8Array(length);
  let at = 0;
  while (at < length) {
    const piece = sock.received[0] as Uint8Array;
    const take = Math.min(piece.length, length - at);
    out.set(piece.subarray(0, take), at);
    at += take;
    if (take === piece.length) sock.received.shift();
    else sock.received[0] = piece.subarray(take);
  }
  return out;
}

/** Reading may settle an ACK that waits, or open a window that was nearly shut. */
function afterRead(net: Net, sock: TcpSock): void {
  if (sock.state === 'CLOSE') return;
  if (sock.ackPending) {
    const unacked = seqDiff(sock.rcvNxt, sock.rcvWup);
    const pushed = sock.receivedBytes === 0 && (sock.ackPushed >= 2 || (sock.ackPushed > 0 && !sock.pingpong));
    if (unacked > sock.rcvMss || pushed) return tcpSendAck(net, sock);
  }
  if (sock.finReceived || sock.shutRecv) return;
  const now = tcpReceiveWindow(sock);
  if (2 * now > sock.rcvLimit) return;
  const next = tcpChooseWindow(sock);
  if (next > 0 && next >= 2 * now) tcpSendAck(net, sock);
}
