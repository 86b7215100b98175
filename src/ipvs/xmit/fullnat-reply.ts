/**
 * FullNAT's answers: they come to the director's local address and go on to the client.
 * Comes from: core.ts.  Goes to: host ipLocalOut().
 * Source: Alibaba LVS v3, tcp_fnat_out_handler(); DPVS 1.8 src/ipvs/ip_vs_proto_tcp.c, tcp_fnat_out_handler().
 * Differs: NOT part of mainline Linux.
 */
import { ipRouteOutput, type HookVerdict, type Skb } from '../../host/index.ts';
import type { Ipv4Hdr, Layers, TcpHdr, UdpHdr } from '../../wire/index.ts';
import { outSegment, withSegment } from '../fullnat.ts';
import type { IpvsNet } from '../net.ts';
import type { Conn, FullnatEnd } from '../state.ts';

export function translateFullnatReply(net: IpvsNet, skb: Skb, conn: Conn): void {
  const local = conn.local as FullnatEnd;
  const [ip, transport, ...rest] = skb.layers as [Ipv4Hdr, TcpHdr | UdpHdr, ...Layers];
  const head: Ipv4Hdr = { ...ip, src: conn.vaddr, dst: conn.caddr, ttl: ip.ttl - 1 };
  if (transport.kind === 'tcp') {
    const tcp = { ...outSegment(local, transport), sport: conn.vport, dport: conn.cport };
    skb.layers = withSegment(head, transport, tcp, rest);
  } else {
    skb.layers = [head, { ...transport, sport: conn.vport, dport: conn.cport }, ...rest];
  }
  if (!net.tracing) return;
  net.traceMangle('ipvs:out', 'ipvs.reply-translated-fullnat', skb, {
    rip: conn.daddr,
    lip: local.addr,
    lport: local.port,
    vip: conn.vaddr,
    vport: conn.vport,
    client: conn.caddr,
    cport: conn.cport,
  });
}

export function sendFullnatReply(net: IpvsNet, skb: Skb): HookVerdict {
  const ip = skb.layers[0] as Ipv4Hdr;
  const dst = ipRouteOutput(net, { dst: ip.dst, src: ip.src });
  if ('error' in dst) {
    net.trace('ipvs:out', 'drop', 'ipvs.no-route-for-reply', skb, { client: ip.dst, vip: ip.src });
    return 'drop';
  }
  skb.dst = dst;
  skb.oif = dst.dev;
  net.tables.calls.ipLocalOut(net, skb);
  return 'stolen';
}
