/**
 * A connection of the method Local, which the kernel keeps for servers on the director itself.
 * Comes from: core.ts.  Goes to: the local stack.
 * Source: Linux 6.1 net/netfilter/ipvs/ip_vs_xmit.c, ip_vs_null_xmit().
 */
import type { HookVerdict, Skb } from '../../host/index.ts';
import type { IpvsNet } from '../net.ts';
import type { Conn } from '../state.ts';
import { deliverHere } from './send.ts';

export function localXmit(net: IpvsNet, skb: Skb, conn: Conn): HookVerdict {
  return deliverHere(net, skb, conn);
}
