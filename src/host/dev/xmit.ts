/**
 * A packet leaves by an interface.
 * Comes from: neigh/ (IPv4), arp/send.ts, socket/packet.  Goes to: the cable (Net.transmit), back into this
 *   host (lo), tunnel/ (ipip).
 * Source: Linux 6.1 net/core/dev.c, dev_queue_xmit(); drivers/net/loopback.c, dummy.c; net/ipv4/ipip.c.
 * Differs: no queueing discipline: the link has the queue.
 */
import { ETH_HLEN, ETH_P_ARP, ETH_P_IP, layersLen, makeEth, type EthHdr, type Layers, type Mac } from '../../wire/index.ts';
import type { Net } from '../net.ts';
import type { Skb } from '../skb.ts';
import type { Dev } from './state.ts';

/** Bytes from the network header on, without walking the layers where a header says it. */
function lengthOf(layers: Layers): number {
  const first = layers[0];
  return first?.kind === 'ipv4' ? first.totalLen : layersLen(layers);
}

function countTx(dev: Dev, bytes: number): void {
  dev.txPackets++;
  dev.txBytes += bytes;
}

/** An IPv4 packet by an Ethernet interface whose header is at hand (neigh_hh_output). */
export function devXmitHeader(net: Net, skb: Skb, dev: Dev, header: EthHdr): void {
  if (dev.up) xmitEthernet(net, skb, dev, header);
  else refuse(net, skb, dev, 'dev.down-tx');
}

export function devXmit(net: Net, skb: Skb, dev: Dev, dstMac: Mac): void {
  if (!dev.up) {
    refuse(net, skb, dev, 'dev.down-tx');
    return;
  }
  if (dev.kind === 'ethernet')
    xmitEthernet(net, skb, dev, makeEth(dstMac, dev.lladdr, skb.layers[0]?.kind === 'arp' ? ETH_P_ARP : ETH_P_IP));
  else if (dev.kind === 'loopback') xmitLoopback(net, skb, dev);
  else if (dev.kind === 'ipip') {
    net.tables.calls.packetTap(net, dev, null, skb.layers, 'outgoing', skb);
    net.tables.calls.tunnelXmit(net, skb, dev);
  } else {
    countTx(dev, lengthOf(skb.layers) + ETH_HLEN);
    net.tables.calls.packetTap(net, dev, makeEth(dstMac, dev.lladdr, ETH_P_IP), skb.layers, 'outgoing', skb);
    net.trace('dev', 'drop', 'dev.dummy', skb, null, dev.ifindex);
  }
}

function refuse(net: Net, skb: Skb, dev: Dev, reason: string): void {
  dev.txDropped++;
  net.trace('dev', 'drop', reason, skb, null, dev.ifindex);
}

function xmitEthernet(net: Net, skb: Skb, dev: Dev, eth: EthHdr): void {
  if (!dev.carrier) {
    refuse(net, skb, dev, 'dev.no-carrier');
    return;
  }
  const layers = skb.layers;
  countTx(dev, lengthOf(layers) + ETH_HLEN);
  net.tables.calls.packetTap(net, dev, eth, layers, 'outgoing', skb);
  net.transmit(dev.ifindex, eth, layers, skb);
}

/** lo gives every packet back; its route goes with it, so that it is not routed again. */
function xmitLoopback(net: Net, skb: Skb, dev: Dev): void {
  countTx(dev, lengthOf(skb.layers));
  net.tables.calls.packetTap(net, dev, null, skb.layers, 'outgoing', skb);
  skb.pktType = 'host';
  skb.sk = null;
  net.loop(dev.ifindex, skb);
}
