/**
 * Tunnelling: the packet is wrapped into one of the director's own for the real server (IPIP).
 * Comes from: core.ts.  Goes to: host ipLocalOut().
 * Source: Linux 6.1 net/netfilter/ipvs/ip_vs_xmit.c, ip_vs_tunnel_xmit(), ip_vs_prepare_tunneled_skb().
 * Differs: servers with --tun-type gue or gre can be configured; the lab has no such packets and drops them here.
 */
import { devGet, ipSelectIdent, selectSource, withFirst, type Dst, type HookVerdict, type Skb } from '../../host/index.ts';
import { IPPROTO_IPIP, IPV4_HLEN, type Ipv4, type Ipv4Hdr } from '../../wire/index.ts';
import { leaveForTunnel } from '../conntrack.ts';
import type { Iph } from '../iph.ts';
import type { IpvsNet } from '../net.ts';
import type { Conn } from '../state.ts';
import { destOf } from '../svc.ts';
import { getOutRoute, type RouteMode } from './route.ts';
import { deliverHere, sendTunnel } from './send.ts';

const MODE: RouteMode = { local: true, nonLocal: true, redirect: false, tunnel: true };

const ECN_MASK = 3;
const ECN_CE = 3;
const ECN_ECT_0 = 2;

/** The outer header's TOS: congestion met before the tunnel is not told as met inside it (RFC 6040). */
function outerTos(tos: number): number {
  return (tos & ECN_MASK) === ECN_CE ? (tos & ~ECN_MASK) | ECN_ECT_0 : tos;
}

function sourceOf(net: IpvsNet, dst: Dst, to: Ipv4): Ipv4 {
  if (dst.src !== 0) return dst.src;
  return selectSource(net.host, devGet(net.host, dst.dev), to, 0);
}

export function tunXmit(net: IpvsNet, skb: Skb, conn: Conn, iph: Iph): HookVerdict {
  const out = getOutRoute(net, skb, conn, conn.daddr, MODE, iph.icmp);
  if (out.kind === 'drop') return 'stolen';
  if (out.kind === 'local') return deliverHere(net, skb, conn);
  const dest = destOf(net.ipvs, conn);
  if (dest !== null && dest.tunType !== 'ipip') {
    net.trace('ipvs:xmit', 'drop', 'ipvs.tunnel-type-not-modelled', skb, {
      type: dest.tunType,
      rip: conn.daddr,
    });
    return 'stolen';
  }
  const inner = out.ip;
  const df = net.ipvs.sysctl['pmtu_disc'] !== 0 && inner.df;
  const src = sourceOf(net, out.dst, conn.daddr);
  const outer: Ipv4Hdr = {
    kind: 'ipv4',
    tos: outerTos(inner.tos),
    totalLen: inner.totalLen + IPV4_HLEN,
    id: df ? 0 : ipSelectIdent(net, src, conn.daddr, IPPROTO_IPIP),
    df,
    mf: false,
    fragOffset: 0,
    ttl: inner.ttl,
    proto: IPPROTO_IPIP,
    src,
    dst: conn.daddr,
  };
  if (!leaveForTunnel(net, skb, conn)) return 'stolen';
  skb.layers = [outer, ...withFirst(skb.layers, inner)];
  if (net.tracing) {
    net.traceMangle('ipvs:xmit', 'ipvs.sent-tun', skb, {
      rip: conn.daddr,
      src,
      vip: conn.vaddr,
      ttl: inner.ttl,
      len: outer.totalLen,
    });
  }
  return sendTunnel(net, skb, out.dst);
}
