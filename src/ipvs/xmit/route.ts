/**
 * What all ways of forwarding share: the route to the real server, TTL, and whether the packet fits.
 * Comes from: xmit/*.ts.  Goes to: ICMP errors to the client.
 * Source: Linux 6.1 net/netfilter/ipvs/ip_vs_xmit.c, __ip_vs_get_out_rt(), crosses_local_route_boundary(),
 *   decrement_ttl(), maybe_update_pmtu(), ensure_mtu_is_adequate().
 * Differs: routes are looked up for each packet instead of being cached with the server.
 */
import { ipRouteOutputTo, ipRtUpdatePmtu, NO_IF, withFirst, withTtl, type Dst, type Skb } from '../../host/index.ts';
import {
  ICMP_DEST_UNREACH,
  ICMP_EXC_TTL,
  ICMP_FRAG_NEEDED,
  ICMP_HOST_UNREACH,
  ICMP_TIME_EXCEEDED,
  IPV4_ANY,
  IPV4_HLEN,
  isLoopback,
  type Ipv4,
  type Ipv4Hdr,
} from '../../wire/index.ts';
import type { IpvsNet } from '../net.ts';
import type { Conn } from '../state.ts';
import { destOf } from '../svc.ts';

/** IP_VS_RT_MODE_… as far as they decide something */
export interface RouteMode {
  /** the server may be this host */
  readonly local: boolean;
  /** the server may be another host */
  readonly nonLocal: boolean;
  /** a packet that was not for this host may end here, rewritten */
  readonly redirect: boolean;
  readonly tunnel: boolean;
}

export type OutRoute =
  | { readonly kind: 'route'; readonly dst: Dst; readonly ip: Ipv4Hdr }
  | { readonly kind: 'local' }
  /** ended; the record is written */
  | { readonly kind: 'drop' };

const DROP: OutRoute = { kind: 'drop' };
const LOCAL: OutRoute = { kind: 'local' };

/** Least path MTU of IPv4 (RFC 791). */
const MIN_MTU = 68;
/** Bytes that a tunnel adds besides the outer IPv4 header. */
const GUE_EXTRA = 12;
const GRE_EXTRA = 4;
const GRE_CSUM_EXTRA = 8;

function tunnelExtra(net: IpvsNet, conn: Conn): number {
  const dest = destOf(net.ipvs, conn);
  if (dest === null || dest.tunType === 'ipip') return 0;
  if (dest.tunType === 'gue') return GUE_EXTRA;
  return dest.tunFlags === 'csum' ? GRE_CSUM_EXTRA : GRE_EXTRA;
}

/** @param to where the packet is to go: the real server, or the original target with bypass */
export function getOutRoute(net: IpvsNet, skb: Skb, conn: Conn, to: Ipv4, mode: RouteMode, icmp: boolean): OutRoute {
  const ip = skb.layers[0] as Ipv4Hdr;
  const dst = ipRouteOutputTo(net, to, IPV4_ANY, NO_IF, 0, 0);
  if ('error' in dst) {
    net.trace('ipvs:xmit', 'drop', 'ipvs.no-route-to-server', skb, { rip: to });
    net.tables.calls.icmpSend(net, skb, ICMP_DEST_UNREACH, ICMP_HOST_UNREACH, 0);
    return DROP;
  }
  if (dst.type === 'local') {
    const wasLocal = skb.dst !== null && skb.dst.type === 'local';
    if (mode.local && (mode.redirect || wasLocal)) return LOCAL;
    net.trace('ipvs:xmit', 'drop', 'ipvs.local-server-not-possible', skb, { rip: to });
    return DROP;
  }
  if (!mode.nonLocal || isLoopback(ip.src)) {
    net.trace('ipvs:xmit', 'drop', 'ipvs.loopback-source', skb, { src: ip.src, rip: to });
    return DROP;
  }
  if (mode.tunnel) rememberRoute(net, conn, dst);
  return leaveHere(net, skb, conn, dst, mode, icmp);
}

/** The server keeps its route until it is found to be stale, which errors about it do not look at. */
function rememberRoute(net: IpvsNet, conn: Conn, dst: Dst): void {
  const dest = destOf(net.ipvs, conn);
  if (dest === null) return;
  dest.routeMtu = dst.mtu;
  dest.routeLearnt = dst.learnt;
}

function leaveHere(net: IpvsNet, skb: Skb, conn: Conn, dst: Dst, mode: RouteMode, icmp: boolean): OutRoute {
  const ip = skb.layers[0] as Ipv4Hdr;
  if (ip.ttl <= 1) {
    net.trace('ipvs:xmit', 'drop', 'ipvs.ttl-expired', skb, { ttl: ip.ttl });
    net.tables.calls.icmpSend(net, skb, ICMP_TIME_EXCEEDED, ICMP_EXC_TTL, 0);
    return DROP;
  }
  const next = withTtl(ip, ip.ttl - 1);
  const mtu = mode.tunnel ? dst.mtu - IPV4_HLEN - tunnelExtra(net, conn) : dst.mtu;
  if (mode.tunnel && mtu < MIN_MTU) {
    net.trace('ipvs:xmit', 'drop', 'ipvs.tunnel-mtu-too-small', skb, { mtu });
    return DROP;
  }
  // A program on this host learns what fits into the tunnel: by its route, not by an error.
  if (mode.tunnel && skb.iif === NO_IF && skb.sk !== null && skb.dst !== null) ipRtUpdatePmtu(net, { dst: ip.dst }, mtu, skb.dst.mtu);
  const ignoreMtu = mode.tunnel && net.ipvs.sysctl['pmtu_disc'] === 0;
  if (!ignoreMtu && next.df && next.totalLen > mtu && !icmp) {
    net.trace('ipvs:xmit', 'drop', mode.tunnel ? 'ipvs.too-long-for-tunnel' : 'ipvs.too-long', skb, {
      len: next.totalLen,
      mtu,
    });
    // The kernel has taken one off the TTL by now: the quoted packet shows it.
    skb.layers = withFirst(skb.layers, next);
    net.tables.calls.icmpSend(net, skb, ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED, mtu);
    return DROP;
  }
  return { kind: 'route', dst, ip: next };
}
