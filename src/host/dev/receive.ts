/**
 * A frame comes in: for whom is it, and which protocol takes it.
 * Comes from: world/ (a frame from a cable, a packet looped back).  Goes to: arp/rcv.ts, ipv4/input.ts.
 * Source: Linux 6.1 net/ethernet/eth.c, eth_type_trans(); net/core/dev.c, __netif_receive_skb_core(), is_skb_forwardable().
 * Differs: network cards do not filter by address: packet sockets see the frames for others, as on
 *   virtual Ethernet; IPv4 and ARP drop them.
 */
import type { FrameId } from '../../engine/index.ts';
import { ETH_HLEN, ETH_P_ARP, ETH_P_IP, isGroupMac, layersLen, MAC_BROADCAST, type EthHdr, type Layers } from '../../wire/index.ts';
import type { Net } from '../net.ts';
import { newRxSkb } from '../skb-new.ts';
import type { IfIndex, PktType, Skb } from '../skb.ts';
import { devOfPacket } from './get.ts';
import type { Dev } from './state.ts';

/** Room that a card leaves for a VLAN tag. */
const VLAN_HLEN = 4;

function pktTypeOf(eth: EthHdr, dev: Dev): PktType {
  if (eth.dst === dev.lladdr) return 'host';
  if (!isGroupMac(eth.dst)) return 'otherhost';
  return eth.dst === MAC_BROADCAST ? 'broadcast' : 'multicast';
}

function lengthOf(layers: Layers): number {
  const first = layers[0];
  return first?.kind === 'ipv4' ? first.totalLen : layersLen(layers);
}

/** What a host reads of a frame that arrives. */
export interface ReceivedFrame {
  readonly id: FrameId;
  readonly eth: EthHdr;
  /** the layers above Ethernet */
  readonly above: Layers;
  /** see Skb.confirmNeigh */
  readonly confirm: boolean;
}

export function devReceive(net: Net, ifindex: IfIndex, frame: ReceivedFrame): void {
  const dev = devOfPacket(net, ifindex);
  const { eth, above: layers } = frame;
  if (dev === null) {
    net.trace('dev', 'drop', 'dev.gone-rx', newRxSkb(layers, eth, frame.id, ifindex, 'host'), null, ifindex);
    return;
  }
  const isUsual = eth === net.usualHeader && dev === net.usualDev;
  const pktType = isUsual ? 'host' : pktTypeOf(eth, dev);
  const skb = newRxSkb(layers, eth, frame.id, ifindex, pktType);
  skb.confirmNeigh = frame.confirm;
  if (!dev.up) {
    dev.rxDropped++;
    net.trace('dev', 'drop', 'dev.down-rx', skb, null, ifindex);
    return;
  }
  const length = lengthOf(layers);
  if (length > dev.mtu + VLAN_HLEN) {
    dev.rxDropped++;
    net.trace('dev', 'drop', 'dev.longer-than-mtu', skb, net.tracing ? { len: length, mtu: dev.mtu } : null, ifindex);
    return;
  }
  dev.rxPackets++;
  dev.rxBytes += length + ETH_HLEN;
  net.tables.calls.packetTap(net, dev, eth, layers, pktType, skb);
  if (pktType === 'otherhost') {
    net.trace('dev', 'drop', 'dev.other-host', skb, net.tracing ? { mac: eth.dst, own: dev.lladdr } : null, ifindex);
    return;
  }
  if (isUsual || eth.type === ETH_P_IP) {
    if (!isUsual && pktType === 'host') {
      net.usualHeader = eth;
      net.usualDev = dev;
    }
    net.tables.calls.ipRcv(net, skb, dev);
  } else if (eth.type === ETH_P_ARP) net.tables.calls.arpRcv(net, skb, dev);
  else net.trace('dev', 'drop', 'dev.no-protocol', skb, net.tracing ? { type: eth.type } : null, ifindex);
}

/** A packet comes back by lo, out of a tunnel, or as this host's own copy of a group packet; skb.dst is kept. */
export function devLoopReceive(net: Net, ifindex: IfIndex, skb: Skb): void {
  const dev = net.host.devs[ifindex];
  skb.iif = ifindex;
  if (dev === null || dev === undefined) {
    net.trace('dev', 'drop', 'dev.gone-rx', skb, null, ifindex);
    return;
  }
  if (!dev.up) {
    dev.rxDropped++;
    net.trace('dev', 'drop', 'dev.down-rx', skb, null, ifindex);
    return;
  }
  // the copy of an own broadcast never was at the card: nothing counts it, no tap sees it (PACKET_LOOPBACK)
  if (dev.kind !== 'ethernet') {
    dev.rxPackets++;
    dev.rxBytes += lengthOf(skb.layers);
    net.tables.calls.packetTap(net, dev, null, skb.layers, skb.pktType, skb);
  }
  net.tables.calls.ipRcv(net, skb, dev);
}
