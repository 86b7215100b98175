/**
 * The end of a connection: out of the tables, into TIME_WAIT, or gone.
 * Comes from: everything in tcp/ that ends one.  Goes to: socket/table.ts, timewait.ts (by its timer).
 * Source: Linux 6.1 net/ipv4/tcp.c, tcp_done(); tcp_minisocks.c, tcp_time_wait();
 *   inet_connection_sock.c, inet_csk_destroy_sock().
 */
import { intDelete, type Nanos, nanos, NS_PER_MS, NS_PER_S } from '../../engine/index.ts';
import type { Net } from '../net.ts';
import type { Errno } from '../socket/errno.ts';
import type { TcpRequest, TcpSock, TcpTimewait } from '../socket/state.ts';
import { connectionRemove, newSockId, portRemove } from '../socket/table.ts';
import { timewaitAdd, timewaitRemove } from '../socket/timewait-table.ts';
import { wheelDelay } from '../timer-wheel.ts';
import { tcpReceiveWindow } from './segment.ts';
import { tcpSetState } from './set-state.ts';
import { tcpSetting } from './sock-new.ts';

/** How long TIME_WAIT lasts. */
export const TCP_TIMEWAIT_LEN = nanos(60 * NS_PER_S);

/** Takes a connection or request out of the look-up and frees its port. */
export function tcpUnhash(net: Net, sock: TcpSock | TcpRequest): void {
  const sockets = net.host.sockets;
  connectionRemove(sockets, sock);
  portRemove(sockets.tcpPorts, sock.lport, sock.id);
}

/** Tells the process that has the socket to look at it. */
export function tcpWake(net: Net, sock: TcpSock): void {
  if (sock.owner !== 0) net.wakeForSocket(sock.owner, sock.id);
}

function stopTimers(sock: TcpSock): void {
  sock.timer = null;
  sock.delackTimer = null;
}

/** The connection is over at once. The record stays while a process holds it. */
export function tcpDone(net: Net, sock: TcpSock, error: Errno | null): void {
  const sockets = net.host.sockets;
  if (sock.state === 'ESTABLISHED' || sock.state === 'CLOSE_WAIT') sockets.mib.estabResets++;
  else if ((sock.state === 'SYN_SENT' || sock.state === 'SYN_RECV') && (sock.owner !== 0 || sock.parent !== 0)) sockets.mib.attemptFails++;
  tcpUnhash(net, sock);
  stopTimers(sock);
  tcpSetState(net, sock, 'CLOSE');
  sock.error = error;
  sock.unsent = [];
  sock.rtx = [];
  sock.shutSend = true;
  sock.shutRecv = true;
  // one that waits for accept() stays: the program then reads its end
  if (sock.owner === 0 && sock.parent === 0) intDelete(sockets.byId, sock.id);
  else tcpWake(net, sock);
}

/** Leaves a small record behind that answers late segments; the full one goes. */
export function tcpTimeWait(net: Net, sock: TcpSock, substate: TcpTimewait['substate']): void {
  const sockets = net.host.sockets;
  tcpUnhash(net, sock);
  stopTimers(sock);
  const id = newSockId(sockets);
  const tw = timewaitAdd(sockets.timewaits, {
    id,
    laddr: sock.laddr,
    lport: sock.lport,
    raddr: sock.raddr,
    rport: sock.rport,
    substate,
    rcvNxt: sock.rcvNxt,
    sndNxt: sock.sndNxt,
    rcvWnd: tcpReceiveWindow(sock),
    rcvWscale: sock.rcvWscale,
    tsOk: sock.tsOk,
    tsRecent: sock.tsRecent,
    tsOffset: sock.tsOffset,
    reuseAddr: sock.reuseAddr,
  });
  const span = substate === 'TIME_WAIT' ? TCP_TIMEWAIT_LEN : finTime(net, sock);
  timewaitArm(net, tw, span);
  if (net.tracing) {
    const { laddr, lport, raddr, rport } = tw;
    net.trace('tcp_state', 'state', substate === 'TIME_WAIT' ? 'tcp.time-wait' : 'tcp.fin-wait2-alone', null, {
      laddr,
      lport,
      raddr,
      rport,
      seconds: Math.round(span / NS_PER_S),
    });
  }
  sock.state = 'CLOSE';
  if (sock.owner === 0 && sock.parent === 0) intDelete(sockets.byId, sock.id);
  else tcpWake(net, sock);
}

/** How long a closed socket waits for the peer's FIN: the setting, and three and a half time-outs at least. */
function finTime(net: Net, sock: TcpSock): Nanos {
  const ms = tcpSetting(net, 'net.ipv4.tcp_fin_timeout', 60) * 1000;
  return nanos(Math.max(ms, Math.floor((sock.rtoMs * 7) / 2)) * NS_PER_MS);
}

export function timewaitArm(net: Net, tw: TcpTimewait, span: Nanos = TCP_TIMEWAIT_LEN): void {
  const delay = wheelDelay(net.now, span);
  tw.expires = nanos(net.now + delay);
  tw.timer = net.arm('tcp-timewait', tw.id, delay);
}

export function timewaitKill(net: Net, tw: TcpTimewait): void {
  timewaitRemove(net.host.sockets.timewaits, tw);
}
