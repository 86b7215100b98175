/**
 * A new route for a packet made here, after a rule or a director changed what routes depend on.
 * Comes from: netfilter/ (mangle and nat in LOCAL_OUT, tcp-reset), ipvs/.  Goes to: skb.dst.
 * Source: Linux 6.1 net/ipv4/netfilter.c, ip_route_me_harder().
 */
import type { Ipv4Hdr } from '../../wire/index.ts';
import { ipRouteOutput } from '../fib/output.ts';
import type { Net } from '../net.ts';
import type { Skb } from '../skb.ts';

/** @returns the errno name when there is no route; the packet has none then, and its record is the caller's */
export function ipRouteMeHarder(net: Net, skb: Skb): string | null {
  const ip = skb.layers[0] as Ipv4Hdr;
  const route = ipRouteOutput(net, {
    dst: ip.dst,
    src: ip.src,
    tos: ip.tos & 0x1e,
    mark: skb.mark,
    anySrc: true,
  });
  if ('error' in route) return route.error;
  skb.dst = route;
  skb.oif = route.dev;
  return null;
}
