/**
 * Closing: in order with FIN, or at once with RST.
 * Comes from: socket/api.ts, the end of a process.  Goes to: output.ts, reset.ts, done.ts.
 * Source: Linux 6.1 net/ipv4/tcp.c, __tcp_close(), tcp_shutdown(), tcp_disconnect();
 *   inet_connection_sock.c, inet_csk_listen_stop(); RFC 9293 §3.10.4, RFC 2525 §2.17.
 */
import { intDelete, intGet } from '../../engine/index.ts';
import type { Net } from '../net.ts';
import type { TcpSock } from '../socket/state.ts';
import { portRemove } from '../socket/table.ts';
import { tcpDone, tcpTimeWait } from './done.ts';
import { tcpSendFin } from './output.ts';
import { tcpSendActiveReset } from './reset.ts';
import { tcpSetState } from './set-state.ts';

/** Says that nothing more will be sent; reading goes on. */
export function tcpShutdown(net: Net, sock: TcpSock): void {
  if (sock.shutSend) return;
  sock.heldAt = net.now;
  switch (sock.state) {
    case 'ESTABLISHED':
    case 'SYN_RECV':
      sock.shutSend = true;
      tcpSetState(net, sock, 'FIN_WAIT1');
      return tcpSendFin(net, sock);
    case 'CLOSE_WAIT':
      sock.shutSend = true;
      tcpSetState(net, sock, 'LAST_ACK');
      return tcpSendFin(net, sock);
    default:
  }
}

/** The program lets go of it; the kernel finishes alone. */
export function tcpClose(net: Net, sock: TcpSock): void {
  if (sock.state === 'LISTEN') return stopListening(net, sock);
  const unread = sock.receivedBytes > 0;
  sock.owner = 0;
  sock.parent = 0;
  sock.shutRecv = true;
  sock.received = [];
  sock.receivedBytes = 0;
  switch (sock.state) {
    case 'CLOSE':
      intDelete(net.host.sockets.byId, sock.id);
      return;
    case 'SYN_SENT':
      tcpDone(net, sock, null);
      return;
    case 'FIN_WAIT2':
      tcpTimeWait(net, sock, 'FIN_WAIT2');
      return;
    default:
  }
  if (unread) {
    // the peer must learn that what it sent was not read
    tcpSendActiveReset(net, sock);
    tcpDone(net, sock, null);
    return;
  }
  tcpShutdown(net, sock);
}

/** Close without lingering (SO_LINGER 0): RST where the peer believes in a connection. */
export function tcpAbort(net: Net, sock: TcpSock): void {
  if (sock.state === 'LISTEN') return stopListening(net, sock);
  const { state } = sock;
  if (state === 'ESTABLISHED' || state === 'CLOSE_WAIT' || state === 'FIN_WAIT1' || state === 'FIN_WAIT2' || state === 'SYN_RECV') {
    tcpSendActiveReset(net, sock);
  }
  sock.owner = 0;
  sock.parent = 0;
  if (sock.state === 'CLOSE') intDelete(net.host.sockets.byId, sock.id);
  else tcpDone(net, sock, null);
}

/** Connections that nobody accepted are reset; half-open ones find no listener any more. */
function stopListening(net: Net, listener: TcpSock): void {
  const sockets = net.host.sockets;
  portRemove(sockets.listeners, listener.lport, listener.id);
  portRemove(sockets.tcpPorts, listener.lport, listener.id);
  intDelete(sockets.byId, listener.id);
  if (net.tracing) net.trace('socket', 'state', 'tcp.listens-no-more', null, { addr: listener.bound, port: listener.lport });
  for (const id of listener.accept) {
    const sock = intGet(sockets.byId, id);
    if (sock?.kind === 'tcp') tcpAbort(net, sock);
  }
}
