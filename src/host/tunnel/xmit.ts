/**
 * Packing a packet into another one for the far end of a tunnel.
 * Comes from: dev/xmit.ts (an ipip device is the way out).  Goes to: ipv4/output.ts (the outer packet).
 * Source: Linux 6.1 net/ipv4/ip_tunnel.c, ip_tunnel_xmit(), tnl_update_pmtu(); ip_tunnel_core.c,
 *   iptunnel_xmit(); include/net/inet_ecn.h, INET_ECN_encapsulate(); RFC 2003.
 */
import { ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED, IPPROTO_IPIP, IPV4_HLEN, type Ipv4, type Ipv4Hdr } from '../../wire/index.ts';
import type { Dev, TunnelParms } from '../dev/state.ts';
import { ipRouteOutput } from '../fib/output.ts';
import type { Net } from '../net.ts';
import { NO_IF, type Dst, type Skb } from '../skb.ts';
import { ipv4UpdatePmtu } from '../icmp/pmtu.ts';
import { ipSelectIdent } from '../ipv4/ident.ts';
import { makeIpv4 } from '../ipv4/layers.ts';
import { tunnelTellError } from './error.ts';
import { dataLen, ipLocalOut } from '../ipv4/output.ts';

const ECN_MASK = 3;
const ECN_CE = 3;
const ECN_ECT0 = 2;

export function tunnelXmit(net: Net, skb: Skb, dev: Dev): void {
  const parms = dev.tunnel as TunnelParms;
  const inner = skb.layers[0] as Ipv4Hdr;
  // a tunnel without a remote end (tunl0) packs towards the route's gateway, or the destination itself
  const remote: Ipv4 = parms.remote ?? skb.dst?.gateway ?? inner.dst;
  const tos = (parms.tos & 1) !== 0 ? inner.tos : parms.tos;
  const route = ipRouteOutput(net, {
    dst: remote,
    tos: tos & 0x1e,
    mark: 0,
    src: parms.local ?? undefined,
    oif: parms.link ?? undefined,
    proto: IPPROTO_IPIP,
  });
  if ('error' in route) {
    end(net, skb, dev, 'tunnel.no-route', { remote });
    return;
  }
  if (route.dev === dev.ifindex) {
    end(net, skb, dev, 'tunnel.into-itself', { remote });
    return;
  }
  const df = parms.pmtuDisc || inner.df;
  if (isTooLong(net, skb, dev, inner, route, df)) return;
  tunnelTellError(net, skb, dev);
  wrap(net, skb, dev, inner, route, parms, remote, tos, df);
}

function end(net: Net, skb: Skb, dev: Dev, reason: string, args: Readonly<Record<string, string | number>>): void {
  dev.txErrors++;
  net.trace('ipip_xmit', 'drop', reason, skb, args, dev.ifindex);
}

/**
 * With DF outside, the inner packet has 20 bytes less than the way to the far end; its sender must know.
 * The inner destination's path is told each time, also when it carries no less than was known.
 */
function isTooLong(net: Net, skb: Skb, dev: Dev, inner: Ipv4Hdr, route: Dst, df: boolean): boolean {
  const mtu = df ? route.mtu - IPV4_HLEN : (skb.dst?.mtu ?? dev.mtu);
  if (skb.dst !== null) ipv4UpdatePmtu(net, { dst: inner.dst, src: inner.src, tos: inner.tos & 0x1e }, mtu);
  if (!inner.df || inner.totalLen <= mtu) return false;
  end(net, skb, dev, 'tunnel.too-long-with-df', { len: inner.totalLen, mtu });
  net.tables.calls.icmpSend(net, skb, ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED, mtu);
  return true;
}

function wrap(net: Net, skb: Skb, dev: Dev, inner: Ipv4Hdr, route: Dst, parms: TunnelParms, remote: Ipv4, tos: number, df: boolean): void {
  const innerEcn = inner.tos & ECN_MASK;
  const outerTos = (tos & ~ECN_MASK) | (innerEcn === ECN_CE ? ECN_ECT0 : innerEcn);
  const ttl = parms.ttl === 0 ? inner.ttl : parms.ttl;
  const src = parms.local ?? route.src;
  const id = ipSelectIdent(net, src, remote, IPPROTO_IPIP);
  skb.layers = [makeIpv4(src, remote, IPPROTO_IPIP, IPV4_HLEN + inner.totalLen, ttl, outerTos, df, id), ...skb.layers];
  net.traceMangle('ipip_xmit', 'tunnel.wrapped', skb, net.tracing ? { src, dst: remote, tunnel: dev.name, ttl } : null);
  dev.txBytes += skb.follows ? dataLen(skb) : inner.totalLen;
  if (!skb.follows) dev.txPackets++;
  skb.dst = route;
  skb.ct = null;
  skb.untracked = false;
  skb.joinedFrom = null;
  skb.iif = NO_IF;
  skb.pktType = 'outgoing';
  ipLocalOut(net, skb);
}
