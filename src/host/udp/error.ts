/**
 * ICMP messages about datagrams of ours.
 * Comes from: icmp/ (which changes routes when told that a socket is concerned).  Goes to: the socket.
 * Source: Linux 6.1 net/ipv4/udp.c, __udp4_lib_err(); RFC 1122 §4.1.3.3.
 */
import { ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED, ICMP_REDIRECT, type Ipv4, type Ipv4Hdr, type Layers } from '../../wire/index.ts';
import type { Net } from '../net.ts';
import { icmpErrno, type Errno } from '../socket/errno.ts';
import type { UdpSock } from '../socket/state.ts';
import { udpLookup } from '../socket/table.ts';

function quotedPorts(embedded: Layers): { sport: number; dport: number } | null {
  const layer = embedded[1];
  if (layer === undefined) return null;
  if (layer.kind === 'udp') return { sport: layer.sport, dport: layer.dport };
  if (layer.kind !== 'payload' || layer.bytes.length < 4) return null;
  const [a, b, c, d] = layer.bytes as unknown as [number, number, number, number];
  return { sport: a * 256 + b, dport: c * 256 + d };
}

/** Whether the datagram came from a connected socket, which keeps a route and takes a new one at once. */
export function udpKeepsRoute(net: Net, embedded: Layers): boolean {
  const ip = embedded[0] as Ipv4Hdr;
  const ports = quotedPorts(embedded);
  return ports !== null && udpLookup(net.host.sockets, ip.src, ports.sport, ip.dst, ports.dport)?.connected === true;
}

export function udpError(net: Net, type: number, code: number, rest: number, embedded: Layers, from: Ipv4): boolean {
  const ip = embedded[0] as Ipv4Hdr;
  const ports = quotedPorts(embedded);
  if (ports === null) return false;
  const sock = udpLookup(net.host.sockets, ip.src, ports.sport, ip.dst, ports.dport);
  const args = { type, code, from, raddr: ip.dst, rport: ports.dport, lport: ports.sport };
  if (sock === null) {
    net.host.ipv4.mib.icmpInErrors++;
    if (net.tracing) net.trace('udp_err', 'state', 'udp.icmp-for-nobody', null, args);
    return false;
  }
  if (type === ICMP_REDIRECT) return true;
  const error = errorOf(sock, type, code);
  if (error === null) return true;
  if (sock.recvErr)
    sock.errors.push({
      origin: 'icmp',
      errno: error.errno,
      type,
      code,
      info: rest & 0xffff,
      from,
      about: embedded,
      at: net.now,
    });
  else if (!error.fatal || !sock.connected) {
    if (net.tracing) net.trace('udp_err', 'state', 'udp.icmp-not-told', null, { ...args, errno: error.errno });
    return true;
  }
  if (net.tracing) net.trace('udp_err', 'state', 'udp.icmp-told', null, { ...args, errno: error.errno, pid: sock.owner });
  sock.error = error.errno;
  net.wakeForSocket(sock.owner, sock.id);
  return true;
}

function errorOf(sock: UdpSock, type: number, code: number): { errno: Errno; fatal: boolean } | null {
  if (type === ICMP_DEST_UNREACH && code === ICMP_FRAG_NEEDED) return sock.pmtuDisc === 'dont' ? null : { errno: 'EMSGSIZE', fatal: true };
  return icmpErrno(type, code);
}
