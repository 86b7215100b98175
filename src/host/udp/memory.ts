/**
 * The socket that took a host's last datagram: mostly the next one is for it too.
 * Comes from: udp/input.ts, socket/api.ts.  Goes to: socket/table.ts, when it is another one's.
 * Source: Linux 6.1 net/ipv4/udp.c, udp_v4_early_demux(), which has the same aim.
 * Differs: one place for each host, connected or not. It is no part of the state: it holds for one table of sockets
 *   and only until one of its sockets for datagrams begins, ends or gets another address.
 */
import type { Ipv4 } from '../../wire/index.ts';
import type { Net } from '../net.ts';
import type { SocketState, SockId, UdpSock } from '../socket/state.ts';
import { udpLookup } from '../socket/table.ts';

export interface UdpMemory {
  sockets: SocketState | null;
  /** SocketState.udpChanges then */
  changes: number;
  laddr: Ipv4;
  lport: number;
  raddr: Ipv4;
  rport: number;
  sock: UdpSock | null;
}

export function createUdpMemory(): UdpMemory {
  return { sockets: null, changes: 0, laddr: 0 as Ipv4, lport: 0, raddr: 0 as Ipv4, rport: 0, sock: null };
}

function holds({ sockets, changes }: UdpMemory, now: SocketState): boolean {
  return sockets === now && changes === now.udpChanges;
}

/** udpLookup(), with the last answer at hand. */
export function udpFind(net: Net, laddr: Ipv4, lport: number, raddr: Ipv4, rport: number): UdpSock | null {
  const memory = net.udpMemory;
  const { sockets } = net.host;
  const isKnown = holds(memory, sockets) && memory.lport === lport && memory.raddr === raddr && memory.rport === rport;
  if (isKnown && memory.laddr === laddr) return memory.sock;
  const sock = udpLookup(sockets, laddr, lport, raddr, rport);
  memory.sockets = sockets;
  memory.changes = sockets.udpChanges;
  memory.laddr = laddr;
  memory.lport = lport;
  memory.raddr = raddr;
  memory.rport = rport;
  memory.sock = sock;
  return sock;
}

/** The socket of the last datagram if it has this number, else null. */
export function udpNear(net: Net, id: SockId): UdpSock | null {
  const { sock } = net.udpMemory;
  return sock !== null && sock.id === id && holds(net.udpMemory, net.host.sockets) ? sock : null;
}
