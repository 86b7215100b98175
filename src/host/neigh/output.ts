/**
 * The last step of a packet that leaves: from next hop to link-layer address.
 * Comes from: ipv4/output.ts.  Goes to: neigh/nud.ts, dev/xmit.ts.
 * Source: Linux 6.1 net/ipv4/ip_output.c, ip_finish_output2(); include/net/neighbour.h, neigh_output().
 * Differs: devices without link-layer addresses (lo, ipip, dummy) have no entries in the table.
 */
import { MAC_ZERO, type Ipv4, type Mac } from '../../wire/index.ts';
import type { Dev } from '../dev/state.ts';
import { devXmit, devXmitHeader } from '../dev/xmit.ts';
import type { Net } from '../net.ts';
import type { Skb } from '../skb.ts';
import { neighObtain } from './create.ts';
import { neighEventSend } from './nud.ts';
import { neighHeader, neighNear } from './memory.ts';
import { isConnected } from './table.ts';

export function neighOutput(net: Net, skb: Skb, dev: Dev, nexthop: Ipv4): void {
  if (dev.kind !== 'ethernet') {
    devXmit(net, skb, dev, MAC_ZERO);
    return;
  }
  const near = neighNear(net, dev.ifindex, nexthop);
  const neigh = near === null ? neighObtain(net, dev, nexthop) : near.neigh;
  if (neigh === null) {
    net.trace('neigh', 'drop', 'neigh.table-full-drop', skb, net.tracing ? { addr: nexthop } : null, dev.ifindex);
    return;
  }
  if (skb.confirmNeigh) {
    neigh.confirmed = net.now;
  }
  if (!isConnected(neigh.nud) && !neighEventSend(net, neigh, skb)) return;
  if (near === null) devXmit(net, skb, dev, neigh.lladdr as Mac);
  else devXmitHeader(net, skb, dev, neighHeader(near, dev));
}
