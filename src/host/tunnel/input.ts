/**
 * Unpacking IP in IP.
 * Comes from: ipv4/input.ts (protocol 4, the ipip module is loaded).
 * Goes to: cell.ts, and by it the host's input again.
 * Source: Linux 6.1 net/ipv4/tunnel4.c, tunnel4_rcv(); ipip.c, ipip_rcv(); ip_tunnel.c, ip_tunnel_rcv();
 *   include/net/inet_ecn.h, INET_ECN_decapsulate(); RFC 2003, RFC 6040.
 */
import type { Ipv4Hdr } from '../../wire/index.ts';
import type { Net } from '../net.ts';
import { NO_IF, type Skb } from '../skb.ts';
import { withFirst } from '../ipv4/layers.ts';
import { groCellsReceive } from './cell.ts';
import { tunnelLookup } from './lookup.ts';

const ECN_MASK = 3;
const ECN_CE = 3;

export function tunnelRcv(net: Net, skb: Skb): void {
  const outer = skb.layers[0] as Ipv4Hdr;
  const dev = tunnelLookup(net.host, skb.iif, outer.src, outer.dst);
  if (dev === null) {
    net.trace('ipip_rcv', 'drop', 'tunnel.no-device', skb, { src: outer.src, dst: outer.dst });
    net.tables.calls.icmpSend(net, skb, 3, 3, 0);
    return;
  }
  const inner = skb.layers[1];
  if (inner === undefined || inner.kind !== 'ipv4') {
    net.trace('ipip_rcv', 'drop', 'tunnel.nothing-inside', skb, null);
    return;
  }
  const outerEcn = outer.tos & ECN_MASK;
  const innerEcn = inner.tos & ECN_MASK;
  if (outerEcn === ECN_CE && innerEcn === 0) {
    net.trace('ipip_rcv', 'drop', 'tunnel.ecn-lost', skb, null);
    return;
  }
  const unwrapped = skb.layers.slice(1);
  skb.layers = outerEcn === ECN_CE && innerEcn !== ECN_CE ? withFirst(unwrapped, { ...inner, tos: inner.tos | ECN_CE }) : unwrapped;
  net.traceMangle(
    'ipip_rcv',
    'tunnel.unwrapped',
    skb,
    net.tracing ? { src: outer.src, dst: outer.dst, tunnel: dev.name, inner: inner.dst } : null,
  );
  // a new life: nothing of the outer packet's way counts any more, only its mark stays
  skb.dst = null;
  skb.ct = null;
  skb.untracked = false;
  skb.eth = null;
  skb.oif = NO_IF;
  skb.joinedFrom = null;
  skb.pktType = 'host';
  groCellsReceive(net, dev, skb);
}
