/**
 * Changes a connection's state and says so.
 * Comes from: everything in tcp/.  Goes to: socket/state.ts.
 * Source: Linux 6.1 net/ipv4/tcp.c, tcp_set_state(); RFC 9293 §3.3.2.
 */
import type { Net } from '../net.ts';
import type { TcpSock, TcpState } from '../socket/state.ts';

export function tcpSetState(net: Net, sock: TcpSock, state: TcpState): void {
  if (sock.state === state) return;
  if (net.tracing) {
    net.trace('tcp_state', 'state', 'tcp.state-changed', null, {
      from: sock.state,
      to: state,
      laddr: sock.laddr,
      lport: sock.lport,
      raddr: sock.raddr,
      rport: sock.rport,
    });
  }
  sock.state = state;
}
