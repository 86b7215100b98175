/**
 * Datagrams from the network, to their sockets.
 * Comes from: ipv4/input.ts (protocol 17 for a local address).  Goes to: the socket's queue, or ICMP.
 * Source: Linux 6.1 net/ipv4/udp.c, __udp4_lib_rcv(), udp_queue_rcv_skb(), __udp4_lib_mcast_deliver();
 *   RFC 768, RFC 1122 §4.1.3.1 (port unreachable).
 */
import { intGet } from '../../engine/index.ts';
import { ICMP_DEST_UNREACH, ICMP_PORT_UNREACH, isMulticast, type Ipv4Hdr, type UdpHdr } from '../../wire/index.ts';
import type { Net } from '../net.ts';
import type { Skb } from '../skb.ts';
import type { UdpSock } from '../socket/state.ts';
import { udpFind } from './memory.ts';

/** net.core.rmem_default, as payload */
const RCVBUF = 212992;
const EMPTY = new Uint8Array(0);

export function udpRcv(net: Net, skb: Skb): void {
  const ip = skb.layers[0] as Ipv4Hdr;
  const udp = skb.layers[1];
  if (udp === undefined || udp.kind !== 'udp') {
    net.trace('udp_rcv', 'drop', 'udp.cut-short', skb);
    return;
  }
  if (skb.pktType === 'broadcast' || skb.pktType === 'multicast' || isMulticast(ip.dst) || skb.dst?.type === 'broadcast') {
    deliverToAll(net, skb, ip, udp);
    return;
  }
  const sock = udpFind(net, ip.dst, udp.dport, ip.src, udp.sport);
  if (sock === null) {
    net.host.sockets.mib.udpNoPorts++;
    net.trace('udp_rcv', 'drop', 'udp.nobody-listens', skb, {
      src: ip.src,
      sport: udp.sport,
      dst: ip.dst,
      dport: udp.dport,
    });
    net.tables.calls.icmpSend(net, skb, ICMP_DEST_UNREACH, ICMP_PORT_UNREACH, 0);
    return;
  }
  if (queue(net, sock, skb, ip, udp)) noteDelivered(net, sock, skb, ip, udp);
  else net.trace('udp_rcv', 'drop', 'udp.buffer-full', skb, { dport: udp.dport, pid: sock.owner });
}

function dataOf(skb: Skb): Uint8Array {
  const layer = skb.layers[2];
  return layer !== undefined && layer.kind === 'payload' ? layer.bytes : EMPTY;
}

function queue(net: Net, sock: UdpSock, skb: Skb, ip: Ipv4Hdr, udp: UdpHdr): boolean {
  const bytes = dataOf(skb);
  if (sock.queuedBytes + bytes.length > RCVBUF) return false;
  sock.queuedBytes += bytes.length;
  const datagram = { src: ip.src, sport: udp.sport, dst: ip.dst, bytes, ttl: ip.ttl, at: net.now };
  if (sock.first === null) sock.first = datagram;
  else sock.queue.push(datagram);
  net.host.sockets.mib.udpIn++;
  net.wakeForSocket(sock.owner, sock.id);
  return true;
}

function noteDelivered(net: Net, sock: UdpSock, skb: Skb, ip: Ipv4Hdr, udp: UdpHdr): void {
  if (net.tracing)
    net.trace('udp_rcv', 'deliver', 'udp.delivered', skb, {
      src: ip.src,
      sport: udp.sport,
      dport: udp.dport,
      len: udp.len - 8,
      pid: sock.owner,
    });
}

/** Broadcast and multicast go to every socket that fits, and are never refused. */
function deliverToAll(net: Net, skb: Skb, ip: Ipv4Hdr, udp: UdpHdr): void {
  const sockets = net.host.sockets;
  let last: UdpSock | null = null;
  for (const id of intGet(sockets.udpPorts, udp.dport) ?? []) {
    const sock = intGet(sockets.byId, id) as UdpSock;
    if (sock.bound !== 0 && sock.bound !== ip.dst) continue;
    if (sock.connected && (sock.raddr !== ip.src || sock.rport !== udp.sport)) continue;
    if (queue(net, sock, skb, ip, udp)) last = sock;
  }
  if (last === null) net.trace('udp_rcv', 'drop', 'udp.no-group-listener', skb, { dst: ip.dst, dport: udp.dport });
  else noteDelivered(net, last, skb, ip, udp);
}
