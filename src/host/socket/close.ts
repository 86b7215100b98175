/**
 * Closing a socket of any kind, and all sockets of a process that has ended.
 * Comes from: programs, world/ (end of a process).  Goes to: tcp/close.ts, udp/, raw.ts, packet.ts.
 * Source: Linux 6.1 net/ipv4/af_inet.c, inet_release(); net/socket.c, sock_close().
 */
import { intGet, intValues } from '../../engine/index.ts';
import type { Net } from '../net.ts';
import { tcpClose } from '../tcp/close.ts';
import { udpClose } from '../udp/socket.ts';
import { netlinkClose } from './netlink.ts';
import { packetClose } from './packet.ts';
import { rawClose } from './raw.ts';
import type { SockId } from './state.ts';

export function sockClose(net: Net, id: SockId): void {
  const sock = intGet(net.host.sockets.byId, id);
  switch (sock?.kind) {
    case 'tcp':
      return tcpClose(net, sock);
    case 'udp':
      return udpClose(net, sock);
    case 'raw':
      return rawClose(net, sock);
    case 'packet':
      return packetClose(net, sock);
    case 'netlink':
      return netlinkClose(net, sock);
    default:
  }
}

/** A process has ended: what it held open is closed, in the order in which it was opened. */
export function sockCloseAll(net: Net, pid: number): void {
  if (pid === 0) return;
  const ids: SockId[] = [];
  for (const sock of intValues(net.host.sockets.byId)) {
    if ('owner' in sock && sock.owner === pid) ids.push(sock.id);
  }
  for (const id of ids) sockClose(net, id);
}
