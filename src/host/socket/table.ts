/**
 * Numbers of sockets, and how a packet finds its socket: connections by all four addresses, listeners
 * and datagram sockets by port and then by the better match.
 * Comes from: api.ts, tcp/, udp/.  Goes to: state.ts.
 * Source: Linux 6.1 net/ipv4/inet_hashtables.c (inet_lookup_established, compute_score),
 *   inet_connection_sock.c (inet_csk_bind_conflict).
 * Differs: the hash is a fixed mixture, not one keyed by chance; SO_REUSEPORT does not exist.
 */
import { type IntMap, intDelete, intGet, intSet, intValues } from '../../engine/index.ts';
import type { Ipv4 } from '../../wire/index.ts';
import type { Net } from '../net.ts';
import type { Sock, SocketState, SockId, SockRecord, TcpAny, TcpRequest, TcpSock, UdpSock } from './state.ts';
import { timewaitHolds, timewaitLookup, timewaitOf, timewaitsOf } from './timewait-table.ts';

/** Of two addresses and ports: a non-negative number below 2^30, so that engines keep it unboxed. */
export function addressHash(laddr: number, lport: number, raddr: number, rport: number): number {
  let h = Math.imul(laddr ^ Math.imul(raddr, 0x9e3779b1), 0x85ebca6b) ^ ((lport << 16) | rport);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  return (h ^ (h >>> 13)) & 0x3fffffff;
}

export function newSockId(sockets: SocketState): SockId {
  return sockets.nextId++;
}

export function sockOf(sockets: SocketState, id: SockId): Sock | null {
  return intGet(sockets.byId, id) ?? timewaitOf(sockets.timewaits, id);
}

/** All sockets in the order of their making, for reading. */
export function* socksOf({ byId, timewaits }: SocketState): Generator<Sock, void> {
  const resting = timewaitsOf(timewaits);
  let next = resting.next();
  for (const sock of intValues(byId)) {
    for (; next.done !== true && next.value.id < sock.id; next = resting.next()) yield next.value;
    yield sock;
  }
  for (; next.done !== true; next = resting.next()) yield next.value;
}

/** The full TCP socket with this number, or null if it has ended. */
export function tcpSockOf(sockets: SocketState, id: SockId): TcpSock | null {
  const sock = intGet(sockets.byId, id);
  return sock !== null && sock.kind === 'tcp' ? sock : null;
}

/** Takes part in the look-up of connections from now on. Replaces nothing: the caller looked first. */
export function connectionInsert(sockets: SocketState, sock: TcpSock | TcpRequest): void {
  const hash = addressHash(sock.laddr, sock.lport, sock.raddr, sock.rport);
  sock.hashNext = intGet(sockets.connections, hash) ?? 0;
  intSet(sockets.connections, hash, sock.id);
}

export function connectionRemove(sockets: SocketState, sock: TcpSock | TcpRequest): void {
  const hash = addressHash(sock.laddr, sock.lport, sock.raddr, sock.rport);
  let id = intGet(sockets.connections, hash) ?? 0;
  if (id === sock.id) {
    if (sock.hashNext === 0) intDelete(sockets.connections, hash);
    else intSet(sockets.connections, hash, sock.hashNext);
    sock.hashNext = 0;
    return;
  }
  while (id !== 0) {
    const at = intGet(sockets.byId, id) as TcpSock | TcpRequest;
    if (at.hashNext === sock.id) {
      at.hashNext = sock.hashNext;
      sock.hashNext = 0;
      return;
    }
    id = at.hashNext;
  }
}

export function connectionLookup(sockets: SocketState, laddr: Ipv4, lport: number, raddr: Ipv4, rport: number): TcpAny | null {
  let id = intGet(sockets.connections, addressHash(laddr, lport, raddr, rport)) ?? 0;
  while (id !== 0) {
    const sock = intGet(sockets.byId, id) as TcpSock | TcpRequest;
    if (sock.lport === lport && sock.rport === rport && sock.raddr === raddr && sock.laddr === laddr) return sock;
    id = sock.hashNext;
  }
  return timewaitLookup(sockets.timewaits, laddr, lport, raddr, rport);
}

/** The listener for an address and port: one bound to the address wins over one bound to all. */
export function listenerLookup(sockets: SocketState, laddr: Ipv4, lport: number): TcpSock | null {
  const ids = intGet(sockets.listeners, lport);
  if (ids === null) return null;
  let any: TcpSock | null = null;
  for (const id of ids) {
    const sock = intGet(sockets.byId, id) as TcpSock;
    if (sock.bound === laddr) return sock;
    if (sock.bound === 0) any ??= sock;
  }
  return any;
}

/** The best datagram socket: connected to the sender, then bound to the address, then bound to all. */
export function udpLookup(sockets: SocketState, laddr: Ipv4, lport: number, raddr: Ipv4, rport: number): UdpSock | null {
  const ids = intGet(sockets.udpPorts, lport);
  if (ids === null) return null;
  let best: UdpSock | null = null;
  let bestScore = 0;
  for (const id of ids) {
    const sock = intGet(sockets.byId, id) as UdpSock;
    const score = udpScore(sock, laddr, raddr, rport);
    if (score > bestScore) {
      best = sock;
      bestScore = score;
    }
  }
  return best;
}

function udpScore(sock: UdpSock, laddr: Ipv4, raddr: Ipv4, rport: number): number {
  let score = 1;
  if (sock.laddr !== 0) {
    if (sock.laddr !== laddr) return 0;
    score += 4;
  }
  if (sock.connected) {
    if (sock.raddr !== raddr || sock.rport !== rport) return 0;
    score += 8;
  }
  return score;
}

export function portInsert(ports: IntMap<SockId[]>, port: number, id: SockId): void {
  const ids = intGet(ports, port);
  if (ids === null) intSet(ports, port, [id]);
  else ids.push(id);
}

/** Ids are given in ascending order, so most lists ascend too: a port with very many connections is not walked through. */
function placeOf(ids: readonly SockId[], id: SockId): number {
  let low = 0;
  let high = ids.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ids[middle] as SockId) < id) low = middle + 1;
    else high = middle;
  }
  return ids[low] === id ? low : ids.indexOf(id);
}

export function portRemove(ports: IntMap<SockId[]>, port: number, id: SockId): void {
  const ids = intGet(ports, port);
  if (ids === null) return;
  const at = placeOf(ids, id);
  if (at < 0) return;
  if (ids.length === 1) intDelete(ports, port);
  else ids.splice(at, 1);
}

/** What the socket holds in the way of others: the address it is bound to and whether it shares. */
interface Holder {
  readonly addr: Ipv4;
  readonly reuse: boolean;
  readonly listens: boolean;
}

function holderOf(sock: SockRecord): Holder | null {
  switch (sock.kind) {
    case 'tcp':
      return {
        addr: sock.bound === 0 && sock.state !== 'LISTEN' ? sock.laddr : sock.bound,
        reuse: sock.reuseAddr,
        listens: sock.state === 'LISTEN',
      };
    case 'udp':
      return { addr: sock.bound, reuse: sock.reuseAddr, listens: false };
    default:
      return null;
  }
}

/** Whether bind() to this address and port fails because of somebody else. */
export function bindConflict(sockets: SocketState, ports: IntMap<SockId[]>, addr: Ipv4, port: number, reuse: boolean): boolean {
  if (ports === sockets.tcpPorts && timewaitHolds(sockets.timewaits, port, addr, reuse)) return true;
  const ids = intGet(ports, port);
  if (ids === null) return false;
  for (const id of ids) {
    const holder = holderOf(intGet(sockets.byId, id) as SockRecord);
    if (holder === null) continue;
    if (holder.addr !== 0 && addr !== 0 && holder.addr !== addr) continue;
    if (reuse && holder.reuse && !holder.listens) continue;
    return true;
  }
  return false;
}

/** net.ipv4.ip_local_port_range as it stands. */
function portRange(net: Net): { low: number; high: number } {
  const text = net.host.sysctl['net.ipv4.ip_local_port_range'];
  const match = typeof text === 'string' ? /^(\d+)\s+(\d+)$/.exec(text) : null;
  return match === null ? { low: 32768, high: 60999 } : { low: Number(match[1]), high: Number(match[2]) };
}

/**
 * A free local port: from a place drawn by chance upwards in steps of two, connect() on even numbers
 * first, bind() on odd ones, as the kernel keeps them apart.
 * @returns 0 when none is free
 */
export function ephemeralPort(net: Net, parity: 'connect' | 'bind', free: (port: number) => boolean): number {
  const { low, high } = portRange(net);
  const count = high - low + 1;
  const start = net.randomBelow(count) & ~1;
  const first = parity === 'connect' ? 0 : 1;
  for (const odd of [first, 1 - first]) {
    for (let i = 0; i < count; i += 2) {
      const port = low + ((start + i + odd) % count);
      if (free(port)) return port;
    }
  }
  return 0;
}
