/**
 * NAT: the destination becomes the real server; the reply is translated back in core.ts.
 * Comes from: core.ts, icmp.ts.  Goes to: host ipLocalOut().
 * Source: Linux 6.1 net/netfilter/ipvs/ip_vs_xmit.c, ip_vs_nat_xmit(), ip_vs_nat_send_or_cont();
 *   ip_vs_proto_tcp.c, tcp_dnat_handler(), tcp_snat_handler().
 * Differs: nothing known.
 */
import { NO_IF, withFirst, type HookVerdict, type Skb } from '../../host/index.ts';
import { isLoopback, type Ipv4, type Ipv4Hdr, type Layer, type Layers } from '../../wire/index.ts';
import type { Iph } from '../iph.ts';
import type { IpvsNet } from '../net.ts';
import type { Conn } from '../state.ts';
import { getOutRoute, type RouteMode } from './route.ts';
import { deliverHere, sendOut } from './send.ts';

const MODE: RouteMode = { local: true, nonLocal: true, redirect: true, tunnel: false };

export function withDst(ip: Ipv4Hdr, dst: Ipv4): Ipv4Hdr {
  return { ...ip, dst };
}

/** The packet with another target. */
export function dnat(layers: Layers, ip: Ipv4Hdr, daddr: Ipv4, dport: number): Layers {
  const out = layers.slice() as Layer[];
  out[0] = withDst(ip, daddr);
  const transport = out[1];
  if (transport !== undefined && (transport.kind === 'tcp' || transport.kind === 'udp')) out[1] = { ...transport, dport };
  return out;
}

/** The packet with another source. */
export function snat(layers: Layers, saddr: Ipv4, sport: number): Layers {
  const out = layers.slice() as Layer[];
  out[0] = { ...(out[0] as Ipv4Hdr), src: saddr };
  const transport = out[1];
  if (transport !== undefined && (transport.kind === 'tcp' || transport.kind === 'udp')) out[1] = { ...transport, sport };
  return out;
}

export function natXmit(net: IpvsNet, skb: Skb, conn: Conn, iph: Iph): HookVerdict {
  const cameIn = skb.dst !== null && skb.dst.iif !== NO_IF;
  const out = getOutRoute(net, skb, conn, conn.daddr, MODE, iph.icmp);
  if (out.kind === 'drop') return 'stolen';
  if (out.kind === 'local') {
    if (isLoopback(conn.daddr) && cameIn) {
      net.trace('ipvs:xmit', 'drop', 'ipvs.nat-to-loopback', skb, { rip: conn.daddr });
      return 'stolen';
    }
    skb.layers = dnat(skb.layers, skb.layers[0] as Ipv4Hdr, conn.daddr, conn.dport);
    traceDnat(net, skb, conn);
    return deliverHere(net, skb, conn);
  }
  skb.layers = withFirst(dnat(skb.layers, out.ip, conn.daddr, conn.dport), withDst(out.ip, conn.daddr));
  traceDnat(net, skb, conn);
  return sendOut(net, skb, conn, out.dst);
}

function traceDnat(net: IpvsNet, skb: Skb, conn: Conn): void {
  if (!net.tracing) return;
  const samePort = conn.vport === conn.dport;
  net.traceMangle('ipvs:xmit', samePort ? 'ipvs.sent-nat' : 'ipvs.sent-nat-port', skb, {
    rip: conn.daddr,
    rport: conn.dport,
    vip: conn.vaddr,
    vport: conn.vport,
    client: conn.caddr,
  });
}
