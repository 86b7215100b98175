/**
 * Opening: bind, listen, connect, accept.
 * Comes from: socket/api.ts.  Goes to: output.ts (SYN), socket/table.ts.
 * Source: Linux 6.1 net/ipv4/tcp_ipv4.c, tcp_v4_connect(); tcp_output.c, tcp_connect();
 *   inet_hashtables.c, __inet_hash_connect(), __inet_check_established(); inet_connection_sock.c,
 *   inet_csk_get_port(), inet_csk_listen_start(); af_inet.c, inet_bind().
 */
import { intGet, intHas, intSet } from '../../engine/index.ts';
import { IPPROTO_TCP, type Ipv4 } from '../../wire/index.ts';
import { inetAddrType } from '../fib/lookup.ts';
import { ipRouteConnect } from '../fib/output.ts';
import type { Net } from '../net.ts';
import { NO_IF, type Dst, type IfIndex } from '../skb.ts';
import { toErrno, type Errno } from '../socket/errno.ts';
import type { SockId, TcpSock } from '../socket/state.ts';
import { bindConflict, connectionInsert, connectionLookup, ephemeralPort, newSockId, portInsert } from '../socket/table.ts';
import { advMssOf, tcpSyncMss } from './mss.ts';
import { tcpWriteXmit } from './output.ts';
import { seqAdd } from './seq.ts';
import { tcpSetState } from './set-state.ts';
import { initialSeq, initialWindow, newChunk, newTcpSock, NO_BYTES, tcpSetting, timestampOffset, TCP_WSCALE } from './sock-new.ts';
import { timewaitKill } from './done.ts';

export type Opened = { readonly sock: SockId } | { readonly error: Errno };

export interface ListenRequest {
  readonly addr?: Ipv4;
  readonly port: number;
  readonly backlog?: number;
  readonly reuseAddr?: boolean;
}

export interface ConnectRequest {
  readonly dst: Ipv4;
  readonly dport: number;
  /** source address as given to bind() */
  readonly src?: Ipv4;
  readonly sport?: number;
  readonly oif?: IfIndex;
}

/** Whether bind() accepts the address: it must be one of the host's, or any, or a broadcast. */
export function bindable(net: Net, addr: Ipv4): boolean {
  if (addr === 0) return true;
  if (tcpSetting(net, 'net.ipv4.ip_nonlocal_bind', 0) !== 0) return true;
  const type = inetAddrType(net.host, addr);
  return type === 'local' || type === 'broadcast' || type === 'multicast';
}

export function tcpListen(net: Net, pid: number, req: ListenRequest): Opened {
  const sockets = net.host.sockets;
  const addr = req.addr ?? (0 as Ipv4);
  const reuse = req.reuseAddr ?? true;
  if (!bindable(net, addr)) return { error: 'EADDRNOTAVAIL' };
  if (bindConflict(sockets, sockets.tcpPorts, addr, req.port, reuse)) return { error: 'EADDRINUSE' };
  const sock = newTcpSock(net, newSockId(sockets), pid);
  sock.bound = addr;
  sock.laddr = addr;
  sock.lport = req.port;
  sock.reuseAddr = reuse;
  sock.backlog = Math.min(req.backlog ?? 128, tcpSetting(net, 'net.core.somaxconn', 4096));
  intSet(sockets.byId, sock.id, sock);
  portInsert(sockets.tcpPorts, req.port, sock.id);
  portInsert(sockets.listeners, req.port, sock.id);
  sock.state = 'LISTEN';
  if (net.tracing) net.trace('socket', 'state', 'tcp.listens', null, { addr, port: req.port, pid });
  return { sock: sock.id };
}

/** The next complete connection of a listener, or null. It belongs to the listener's process. */
export function tcpAccept(net: Net, listener: TcpSock): TcpSock | null {
  const sockets = net.host.sockets;
  for (;;) {
    const id = listener.accept.shift();
    if (id === undefined) return null;
    const sock = intGet(sockets.byId, id);
    if (sock?.kind !== 'tcp') continue;
    sock.owner = listener.owner;
    sock.parent = 0;
    return sock;
  }
}

/** Starts to connect; the process is woken when that has succeeded or failed. */
export function tcpConnect(net: Net, pid: number, req: ConnectRequest): Opened {
  const sockets = net.host.sockets;
  const src = req.src ?? (0 as Ipv4);
  const oif = req.oif ?? NO_IF;
  if (!bindable(net, src)) return { error: 'EADDRNOTAVAIL' };
  if (req.sport !== undefined && req.sport !== 0 && bindConflict(sockets, sockets.tcpPorts, src, req.sport, true))
    return { error: 'EADDRINUSE' };
  const route = ipRouteConnect(net, { dst: req.dst, src, oif, proto: IPPROTO_TCP, sport: req.sport ?? 0, dport: req.dport });
  if ('error' in route) {
    if (route.error === 'ENETUNREACH') net.host.ipv4.mib.outNoRoutes++;
    return { error: toErrno(route.error) };
  }
  if (route.type === 'broadcast' || route.type === 'multicast') return { error: 'ENETUNREACH' };
  const dst = req.dst === 0 ? route.src : req.dst;
  const laddr = src === 0 ? route.src : src;
  const lport = req.sport !== undefined && req.sport !== 0 ? req.sport : connectPort(net, laddr, dst, req.dport);
  if (lport === 0 || !tupleFree(net, laddr, lport, dst, req.dport)) return { error: 'EADDRNOTAVAIL' };
  const sock = newTcpSock(net, newSockId(sockets), pid);
  sock.bound = src;
  sock.reuseAddr = req.sport !== undefined && req.sport !== 0;
  sock.oif = oif;
  sock.laddr = laddr;
  sock.lport = lport;
  sock.raddr = dst;
  sock.rport = req.dport;
  startConnect(net, sock, route);
  return { sock: sock.id };
}

function startConnect(net: Net, sock: TcpSock, route: Dst): void {
  sock.heldAt = net.now;
  const sockets = net.host.sockets;
  intSet(sockets.byId, sock.id, sock);
  connectionInsert(sockets, sock);
  portInsert(sockets.tcpPorts, sock.lport, sock.id);
  sockets.mib.activeOpens++;
  sock.iss = initialSeq(net, sock.laddr, sock.lport, sock.raddr, sock.rport);
  sock.tsOffset = timestampOffset(net, sock.laddr, sock.raddr);
  sock.tsOk = tcpSetting(net, 'net.ipv4.tcp_timestamps', 1) !== 0;
  sock.sackOk = tcpSetting(net, 'net.ipv4.tcp_sack', 1) !== 0;
  sock.rcvWscale = tcpSetting(net, 'net.ipv4.tcp_window_scaling', 1) !== 0 ? TCP_WSCALE : 0;
  sock.advMss = advMssOf(route);
  if (route.initCwnd !== undefined) sock.cwnd = route.initCwnd;
  tcpSyncMss(sock, route.mtu);
  sock.rcvWnd = initialWindow(sock.advMss);
  sock.rcvLimit = sock.rcvWnd;
  sock.sndUna = sock.iss;
  sock.sndNxt = sock.iss;
  sock.sndSml = sock.iss;
  sock.writeSeq = seqAdd(sock.iss, 1);
  sock.ipId = net.random() & 0xffff;
  // until the peer has told its window, the SYN itself must fit
  sock.sndWnd = 1;
  if (net.tracing) {
    net.trace('socket', 'state', 'tcp.connects', null, {
      laddr: sock.laddr,
      lport: sock.lport,
      raddr: sock.raddr,
      rport: sock.rport,
      pid: sock.owner,
    });
  }
  tcpSetState(net, sock, 'SYN_SENT');
  sock.unsent.push(newChunk(sock.iss, NO_BYTES, false, false, true));
  tcpWriteXmit(net, sock);
}

function connectPort(net: Net, laddr: Ipv4, raddr: Ipv4, rport: number): number {
  const sockets = net.host.sockets;
  return ephemeralPort(net, 'connect', (port) => {
    if (intHas(sockets.listeners, port)) return false;
    return connectionLookup(sockets, laddr, port, raddr, rport) === null;
  });
}

/** The four addresses are not in use; an old TIME_WAIT of this host gives way where net.ipv4.tcp_tw_reuse allows. */
function tupleFree(net: Net, laddr: Ipv4, lport: number, raddr: Ipv4, rport: number): boolean {
  const held = connectionLookup(net.host.sockets, laddr, lport, raddr, rport);
  if (held === null) return true;
  if (held.kind !== 'timewait' || held.substate !== 'TIME_WAIT' || !held.tsOk) return false;
  const reuse = tcpSetting(net, 'net.ipv4.tcp_tw_reuse', 2);
  if (reuse === 0 || (reuse === 2 && laddr >>> 24 !== 127 && raddr >>> 24 !== 127)) return false;
  timewaitKill(net, held);
  return true;
}
