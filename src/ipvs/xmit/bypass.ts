/**
 * Bypass: no cache can be had, so the packet goes where the client wanted it to go.
 * Comes from: schedule.ts (cache_bypass), core.ts.  Goes to: host ipLocalOut().
 * Source: Linux 6.1 net/netfilter/ipvs/ip_vs_xmit.c, ip_vs_bypass_xmit().
 * Differs: nothing known.
 */
import { withFirst, type HookVerdict, type Skb } from '../../host/index.ts';
import type { Iph } from '../iph.ts';
import type { IpvsNet } from '../net.ts';
import type { Conn } from '../state.ts';
import { getOutRoute, type RouteMode } from './route.ts';
import { sendOut } from './send.ts';

const MODE: RouteMode = { local: false, nonLocal: true, redirect: false, tunnel: false };

export function bypassXmit(net: IpvsNet, skb: Skb, conn: Conn, iph: Iph): HookVerdict {
  const out = getOutRoute(net, skb, conn, iph.ip.dst, MODE, iph.icmp);
  if (out.kind !== 'route') return 'stolen';
  skb.layers = withFirst(skb.layers, out.ip);
  if (net.tracing) net.traceMangle('ipvs:xmit', 'ipvs.sent-bypass', skb, { target: out.ip.dst, ttl: out.ip.ttl });
  return sendOut(net, skb, conn, out.dst);
}
