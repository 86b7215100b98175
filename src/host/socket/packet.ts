/**
 * Packet sockets: see and send frames below IP. arping uses one for ARP, tcpdump one for everything.
 * Comes from: dev/ (frames in and out), programs.  Goes to: dev/xmit.ts, the program.
 * Source: Linux 6.1 net/packet/af_packet.c, packet_rcv(); net/core/dev.c, dev_queue_xmit_nit().
 */
import { intDelete, intGet, intSet } from '../../engine/index.ts';
import { ETH_P_ARP, type EthHdr, type Layers, type Mac } from '../../wire/index.ts';
import { devGet } from '../dev/get.ts';
import type { Dev } from '../dev/state.ts';
import { devXmit } from '../dev/xmit.ts';
import type { Net } from '../net.ts';
import { newSkb } from '../skb-new.ts';
import { NO_IF, type IfIndex, type PktType, type Skb } from '../skb.ts';
import type { Errno } from './errno.ts';
import type { PacketSock, SockId, TappedFrame } from './state.ts';
import { newSockId } from './table.ts';

/** Frames that wait for a program that does not read are limited. */
const QUEUE_MAX = 4096;

/** @param dev NO_IF for all interfaces */
export function packetOpen(net: Net, pid: number, dev: IfIndex, protocol: PacketSock['protocol']): SockId {
  const sockets = net.host.sockets;
  const sock: PacketSock = { kind: 'packet', id: newSockId(sockets), owner: pid, dev, protocol, queue: [] };
  intSet(sockets.byId, sock.id, sock);
  sockets.packets.push(sock.id);
  return sock.id;
}

/** Shows a frame to whoever watches. Called for every frame: most hosts have nobody. */
export function packetTap(net: Net, dev: Dev, eth: EthHdr | null, layers: Layers, pktType: PktType, skb: Skb): void {
  if (dev.tapped) skb.cloned = true;
  const sockets = net.host.sockets;
  if (sockets.packets.length === 0) return;
  for (const id of sockets.packets) {
    const sock = intGet(sockets.byId, id) as PacketSock;
    if (sock.dev !== NO_IF && sock.dev !== dev.ifindex) continue;
    // a socket for one protocol does not see what its own host sends
    if (sock.protocol === 'arp' && (pktType === 'outgoing' || layers[0]?.kind !== 'arp')) continue;
    if (sock.queue.length >= QUEUE_MAX) continue;
    skb.cloned = true;
    sock.queue.push({ dev: dev.ifindex, eth, layers, pktType, at: net.now });
    net.wakeForSocket(sock.owner, id);
  }
}

/** Sends a frame as it is: no route, no netfilter. */
export function packetSend(net: Net, ifindex: IfIndex, dstMac: Mac, layers: Layers): Errno | null {
  const dev = devGet(net.host, ifindex);
  if (dev === null) return 'ENODEV';
  if (!dev.up) return 'ENETDOWN';
  const skb: Skb = newSkb(layers, { oif: ifindex, pktType: 'outgoing' });
  if (net.tracing)
    net.trace('socket', 'state', layers[0]?.kind === 'arp' ? 'socket.sends-arp' : 'socket.sends-frame', skb, { type: ETH_P_ARP }, ifindex);
  devXmit(net, skb, dev, dstMac);
  return null;
}

export function packetRecv(sock: PacketSock): TappedFrame | null {
  return sock.queue.shift() ?? null;
}

export function packetClose(net: Net, sock: PacketSock): void {
  const sockets = net.host.sockets;
  sockets.packets.splice(sockets.packets.indexOf(sock.id), 1);
  intDelete(sockets.byId, sock.id);
}
