/**
 * Datagram sockets for programs: open, connect, send, receive.
 * Comes from: socket/api.ts.  Goes to: ipv4/send.ts, socket/table.ts.
 * Source: Linux 6.1 net/ipv4/udp.c, udp_sendmsg(), udp_recvmsg(); datagram.c, __ip4_datagram_connect();
 *   af_inet.c, inet_bind().
 */
import { intDelete, intHas, intSet } from '../../engine/index.ts';
import { IPPROTO_UDP, IPV4_HLEN, isMulticast, makePayload, makeUdp, UDP_HLEN, type Ipv4 } from '../../wire/index.ts';
import { ipRouteConnect, ipRouteSocket } from '../fib/output.ts';
import { ipSelectIdent } from '../ipv4/ident.ts';
import { makeIpv4 } from '../ipv4/layers.ts';
import { ipDefaultTtl, ipMakeSkb, ipSendSkb } from '../ipv4/send.ts';
import type { Net } from '../net.ts';
import { NO_IF, type Dst, type IfIndex } from '../skb.ts';
import { toErrno, type Errno } from '../socket/errno.ts';
import { defaultPmtuDisc, type Datagram, type PmtuDisc, type UdpSock } from '../socket/state.ts';
import { bindConflict, ephemeralPort, newSockId, portInsert, portRemove } from '../socket/table.ts';
import { bindable, type Opened } from '../tcp/connect.ts';

export interface UdpOpenRequest {
  readonly addr?: Ipv4;
  readonly port?: number;
  readonly reuseAddr?: boolean;
  readonly broadcast?: boolean;
  readonly oif?: IfIndex;
  readonly pmtuDisc?: PmtuDisc;
  readonly ttl?: number;
  readonly tos?: number;
  /** ICMP errors are kept with what they are about */
  readonly recvErr?: boolean;
}

export function udpOpen(net: Net, pid: number, req: UdpOpenRequest = {}): Opened {
  const sockets = net.host.sockets;
  const addr = req.addr ?? (0 as Ipv4);
  const port = req.port ?? 0;
  if (!bindable(net, addr)) return { error: 'EADDRNOTAVAIL' };
  if (port !== 0 && bindConflict(sockets, sockets.udpPorts, addr, port, req.reuseAddr ?? false)) return { error: 'EADDRINUSE' };
  const sock: UdpSock = {
    kind: 'udp',
    id: newSockId(sockets),
    hashNext: 0,
    laddr: addr,
    lport: port,
    raddr: 0 as Ipv4,
    rport: 0,
    owner: pid,
    bound: addr,
    connected: false,
    reuseAddr: req.reuseAddr ?? false,
    broadcast: req.broadcast ?? false,
    oif: req.oif ?? NO_IF,
    pmtuDisc: req.pmtuDisc ?? defaultPmtuDisc(net.host),
    ttl: req.ttl ?? 0,
    tos: req.tos ?? 0,
    error: null,
    ipId: net.random() & 0xffff,
    first: null,
    queue: [],
    queuedBytes: 0,
    recvErr: req.recvErr ?? false,
    errors: [],
  };
  intSet(sockets.byId, sock.id, sock);
  sockets.udpChanges++;
  if (port !== 0) portInsert(sockets.udpPorts, port, sock.id);
  if (port !== 0 && net.tracing) net.trace('socket', 'state', 'udp.listens', null, { addr, port, pid });
  return { sock: sock.id };
}

/** A socket that sends before it was bound gets a port. */
function autobind(net: Net, sock: UdpSock): boolean {
  if (sock.lport !== 0) return true;
  const sockets = net.host.sockets;
  const port = ephemeralPort(net, 'bind', (candidate) => !intHas(sockets.udpPorts, candidate));
  if (port === 0) return false;
  sock.lport = port;
  portInsert(sockets.udpPorts, port, sock.id);
  sockets.udpChanges++;
  return true;
}

/** Fixes the peer: only its datagrams come in, and errors about it are told. */
export function udpConnect(net: Net, sock: UdpSock, dst: Ipv4, dport: number): Errno | null {
  const route = ipRouteConnect(net, {
    dst,
    src: sock.laddr,
    oif: sock.oif,
    tos: sock.tos,
    proto: IPPROTO_UDP,
    sport: sock.lport,
    dport,
  });
  if ('error' in route) return noRoute(net, route.error);
  if (route.type === 'broadcast' && !sock.broadcast) return 'EACCES';
  if (!autobind(net, sock)) return 'EAGAIN';
  if (sock.laddr === 0) sock.laddr = route.src;
  sock.raddr = dst;
  sock.rport = dport;
  sock.connected = true;
  net.host.sockets.udpChanges++;
  return null;
}

export interface UdpTarget {
  readonly dst: Ipv4;
  readonly dport: number;
  /** source address for this datagram only (IP_PKTINFO) */
  readonly src?: Ipv4;
  readonly ttl?: number;
}

function noRoute(net: Net, error: string): Errno {
  if (error === 'ENETUNREACH') net.host.ipv4.mib.outNoRoutes++;
  return toErrno(error);
}

/** Sends one datagram: to the peer, or where `to` says. */
export function udpSend(net: Net, sock: UdpSock, bytes: Uint8Array, to: UdpTarget | null = null): Errno | null {
  if (sock.error !== null) {
    const { error } = sock;
    sock.error = null;
    return error;
  }
  if (to === null && !sock.connected) return 'EDESTADDRREQ';
  if (bytes.length > 65507) return 'EMSGSIZE';
  if (!autobind(net, sock)) return 'EAGAIN';
  const dst = to?.dst ?? sock.raddr;
  const src = to?.src ?? sock.laddr;
  const dport = to?.dport ?? sock.rport;
  const route = ipRouteSocket(net, dst, src, sock.oif, sock.tos, IPPROTO_UDP, sock.lport, dport);
  if ('error' in route) return noRoute(net, route.error);
  if (route.type === 'broadcast' && !sock.broadcast) return 'EACCES';
  const totalLen = IPV4_HLEN + UDP_HLEN + bytes.length;
  const df = sock.pmtuDisc === 'want' ? !route.mtuLocked && totalLen <= route.mtu : sock.pmtuDisc !== 'dont';
  net.host.sockets.mib.udpOut++;
  const own = sock.connected ? nextId(sock) : null;
  if (df && totalLen > route.mtu) return 'EMSGSIZE';
  const from = src === 0 ? route.src : src;
  const id = own ?? (df ? 0 : ipSelectIdent(net, from, dst, IPPROTO_UDP));
  const ttl = ttlOf(net, sock, route, dst, to);
  const ip = makeIpv4(from, dst, IPPROTO_UDP, totalLen, ttl, sock.tos, df, id);
  const hdr = makeUdp(sock.lport, dport, UDP_HLEN + bytes.length);
  const skb = ipMakeSkb(route, bytes.length === 0 ? [ip, hdr] : [ip, hdr, makePayload(bytes)]);
  skb.sk = sock.id;
  const error = ipSendSkb(net, skb);
  return error === null ? null : toErrno(error);
}

/** What this datagram asks for, then the socket's setting; 0 in either is none. */
function ttlOf(net: Net, sock: UdpSock, route: Dst, dst: Ipv4, to: UdpTarget | null): number {
  const asked = to?.ttl ?? (isMulticast(dst) && sock.ttl === 0 ? 1 : sock.ttl);
  return asked === 0 ? ipDefaultTtl(net, route, dst) : asked;
}

function nextId(sock: UdpSock): number {
  const id = sock.ipId;
  sock.ipId = (id + 1) & 0xffff;
  return id;
}

export type UdpReceived =
  | { readonly kind: 'data'; readonly datagram: Datagram }
  | { readonly kind: 'again' }
  | { readonly kind: 'error'; readonly error: Errno };

export function udpRecv(sock: UdpSock): UdpReceived {
  if (sock.error !== null) {
    const { error } = sock;
    sock.error = null;
    return { kind: 'error', error };
  }
  const datagram = sock.first;
  if (datagram === null) return { kind: 'again' };
  sock.first = sock.queue.length === 0 ? null : (sock.queue.shift() as Datagram);
  sock.queuedBytes -= datagram.bytes.length;
  return { kind: 'data', datagram };
}

export function udpClose(net: Net, sock: UdpSock): void {
  const sockets = net.host.sockets;
  if (sock.lport !== 0) portRemove(sockets.udpPorts, sock.lport, sock.id);
  intDelete(sockets.byId, sock.id);
  sockets.udpChanges++;
}
