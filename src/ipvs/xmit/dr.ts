/**
 * Direct routing: the packet goes on unchanged but for the TTL, in a frame to the real server.
 * Comes from: core.ts.  Goes to: host ipLocalOut().
 * Source: Linux 6.1 net/netfilter/ipvs/ip_vs_xmit.c, ip_vs_dr_xmit().
 * Differs: nothing known.
 */
import { withFirst, type HookVerdict, type Skb } from '../../host/index.ts';
import type { Iph } from '../iph.ts';
import type { IpvsNet } from '../net.ts';
import type { Conn } from '../state.ts';
import { getOutRoute, type RouteMode } from './route.ts';
import { deliverHere, sendOut } from './send.ts';

const MODE: RouteMode = { local: true, nonLocal: true, redirect: false, tunnel: false };

export function drXmit(net: IpvsNet, skb: Skb, conn: Conn, iph: Iph): HookVerdict {
  const out = getOutRoute(net, skb, conn, conn.daddr, MODE, iph.icmp);
  if (out.kind === 'drop') return 'stolen';
  if (out.kind === 'local') return deliverHere(net, skb, conn);
  skb.layers = withFirst(skb.layers, out.ip);
  if (net.tracing) {
    net.traceMangle('ipvs:xmit', 'ipvs.sent-dr', skb, {
      rip: conn.daddr,
      vip: conn.vaddr,
      ttl: out.ip.ttl,
      route: out.dst.route,
      nexthop: out.dst.gateway ?? conn.daddr,
    });
  }
  // As the target for ARP the real server's address counts, not the packet's: it is the route's next hop.
  return sendOut(net, skb, conn, out.dst.gateway === null ? { ...out.dst, gateway: conn.daddr } : out.dst);
}
