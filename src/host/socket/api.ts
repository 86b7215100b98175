/**
 * The socket calls of programs, by socket number. None of them waits: a program that finds nothing yet
 * goes to sleep and is woken by `{ kind: 'socket', sock }` when something has happened.
 * Comes from: shell/programs/.  Goes to: tcp/, udp/, raw.ts, packet.ts.
 * Source: Linux 6.1 net/socket.c (bind, listen, accept, connect, sendto, recvfrom, shutdown, close).
 */
import { intGet } from '../../engine/index.ts';
import type { Ipv4 } from '../../wire/index.ts';
import type { Net } from '../net.ts';
import type { IfIndex } from '../skb.ts';
import { tcpAbort as abort, tcpShutdown as shutdown } from '../tcp/close.ts';
import { tcpAccept as accept } from '../tcp/connect.ts';
import { takeError, tcpRecv as recv, tcpSend as send, type Received } from '../tcp/stream.ts';
import { udpConnect as connectUdp, udpRecv as recvUdp, udpSend as sendUdp, type UdpReceived, type UdpTarget } from '../udp/socket.ts';
import type { Errno } from './errno.ts';
import { packetRecv as recvPacket } from './packet.ts';
import { pingSend as sendPing, rawJoin as joinRaw, rawRecv as recvRaw, rawRecvError as recvRawError, rawSend as sendRaw } from './raw.ts';
import type { NetlinkEvent } from './netlink.ts';
import type {
  NetlinkSock,
  PacketSock,
  QueuedError,
  RawMessage,
  RawSock,
  Sock,
  SockId,
  TappedFrame,
  TcpSock,
  TcpState,
  UdpSock,
} from './state.ts';
import type { Layers } from '../../wire/index.ts';
import { udpNear } from '../udp/memory.ts';

export { tcpConnect, tcpListen, type ConnectRequest, type ListenRequest, type Opened } from '../tcp/connect.ts';
export type { Received } from '../tcp/stream.ts';
export { udpOpen, type UdpOpenRequest, type UdpReceived, type UdpTarget } from '../udp/socket.ts';
export { rawOpen, type RawOpenRequest } from './raw.ts';
export { packetOpen, packetSend } from './packet.ts';
export { netlinkOpen, rtEventRecv, rtListen, type NetlinkEvent, type RtEvent } from './netlink.ts';
export { sockClose, sockCloseAll } from './close.ts';
export { strerror, toErrno, type Errno } from './errno.ts';

function sockAs<K extends Sock['kind']>(net: Net, id: SockId, kind: K): Extract<Sock, { kind: K }> {
  const sock = intGet(net.host.sockets.byId, id);
  if (sock?.kind !== kind) throw new RangeError(`socket ${id} is no ${kind} socket of this host`);
  return sock as Extract<Sock, { kind: K }>;
}

const tcpOf = (net: Net, id: SockId): TcpSock => sockAs(net, id, 'tcp');
const udpOf = (net: Net, id: SockId): UdpSock => udpNear(net, id) ?? sockAs(net, id, 'udp');
const rawOf = (net: Net, id: SockId): RawSock => sockAs(net, id, 'raw');
const netlinkOf = (net: Net, id: SockId): NetlinkSock => sockAs(net, id, 'netlink');
const packetOf = (net: Net, id: SockId): PacketSock => sockAs(net, id, 'packet');

export interface SockNames {
  readonly laddr: Ipv4;
  readonly lport: number;
  readonly raddr: Ipv4;
  readonly rport: number;
}

/** The next complete connection of a listener, or null when none waits. */
export function tcpAccept(net: Net, id: SockId): SockId | null {
  return accept(net, tcpOf(net, id))?.id ?? null;
}

/** CLOSE after an error or an end. */
export function tcpStateOf(net: Net, id: SockId): TcpState {
  return tcpOf(net, id).state;
}

/** Whether connect() has succeeded, failed (the error is taken), or goes on. */
export function tcpConnected(
  net: Net,
  id: SockId,
): { readonly kind: 'yes' } | { readonly kind: 'no'; readonly error: Errno } | { readonly kind: 'pending' } {
  const sock = tcpOf(net, id);
  if (sock.state === 'SYN_SENT' || sock.state === 'SYN_RECV') return { kind: 'pending' };
  const error = takeError(sock) ?? takeSoftError(sock);
  if (error !== null) return { kind: 'no', error };
  return { kind: 'yes' };
}

/** SO_ERROR tells what ICMP said of an open connection, too, and forgets it (sk_getsockopt). */
function takeSoftError(sock: TcpSock): Errno | null {
  const error = sock.softError;
  sock.softError = null;
  return error;
}

export function tcpSend(net: Net, id: SockId, bytes: Uint8Array): Errno | null {
  return send(net, tcpOf(net, id), bytes);
}

export function tcpRecv(net: Net, id: SockId, max?: number): Received {
  return recv(net, tcpOf(net, id), max);
}

/** No more will be sent; reading goes on. */
export function tcpShutdown(net: Net, id: SockId): void {
  shutdown(net, tcpOf(net, id));
}

/** Closes with RST. */
export function tcpAbort(net: Net, id: SockId): void {
  abort(net, tcpOf(net, id));
}

export function udpConnect(net: Net, id: SockId, dst: Ipv4, dport: number): Errno | null {
  return connectUdp(net, udpOf(net, id), dst, dport);
}

export function udpSend(net: Net, id: SockId, bytes: Uint8Array, to: UdpTarget | null = null): Errno | null {
  return sendUdp(net, udpOf(net, id), bytes, to);
}

export function udpRecv(net: Net, id: SockId): UdpReceived {
  return recvUdp(udpOf(net, id));
}

/** An ICMP error that a socket opened with recvErr has kept. */
export function udpRecvError(net: Net, id: SockId): QueuedError | null {
  const sock = udpOf(net, id);
  const error = sock.errors.shift() ?? null;
  sock.error = sock.errors[0]?.errno ?? null;
  return error;
}

/** An echo request. */
export function pingSend(net: Net, id: SockId, dst: Ipv4, ident: number, seq: number, payload: Uint8Array): Errno | null {
  return sendPing(net, rawOf(net, id), dst, ident, seq, payload);
}

export function rawSend(net: Net, id: SockId, dst: Ipv4, layers: Layers): Errno | null {
  return sendRaw(net, rawOf(net, id), dst, layers);
}

/** Joins a multicast group on an interface, until the socket is closed. */
export function rawJoin(net: Net, id: SockId, dev: IfIndex, group: Ipv4): Errno | null {
  return joinRaw(net, rawOf(net, id), dev, group);
}

export function rawRecv(net: Net, id: SockId): RawMessage | null {
  return recvRaw(rawOf(net, id));
}

export function rawRecvError(net: Net, id: SockId): QueuedError | null {
  return recvRawError(rawOf(net, id));
}

export function packetRecv(net: Net, id: SockId): TappedFrame | null {
  return recvPacket(packetOf(net, id));
}

/** The next change that the socket was told of. */
export function netlinkRecv(net: Net, id: SockId): NetlinkEvent | null {
  return netlinkOf(net, id).queue.shift() ?? null;
}

/** SO_ERROR: reads the pending error away. */
export function sockError(net: Net, id: SockId): Errno | null {
  const sock = intGet(net.host.sockets.byId, id);
  return sock !== null && 'error' in sock ? takeError(sock) : null;
}

/** getsockname() and getpeername(). */
export function sockNames(net: Net, id: SockId): SockNames | null {
  const sock = intGet(net.host.sockets.byId, id);
  if (sock === null || !('lport' in sock)) return null;
  return { laddr: sock.laddr, lport: sock.lport, raddr: sock.raddr, rport: sock.rport };
}
