/**
 * FullNAT: both addresses are rewritten, so that the reply finds back by itself; the client's address
 * travels in a TCP option.
 * Comes from: core.ts.  Goes to: host ipLocalOut().
 * Source: Alibaba LVS v3, ip_vs_fnat_xmit(), tcp_fnat_in_handler(); DPVS.
 * Differs: NOT part of mainline Linux; see fullnat.ts.
 */
import type { HookVerdict, Skb } from '../../host/index.ts';
import type { Ipv4Hdr, Layers, TcpHdr } from '../../wire/index.ts';
import { hasRoomForToa, inSegment, wantsToa, withSegment, withToa } from '../fullnat.ts';
import type { Iph } from '../iph.ts';
import type { IpvsNet } from '../net.ts';
import type { Conn, FullnatEnd } from '../state.ts';
import { getOutRoute, type RouteMode } from './route.ts';
import { deliverHere, sendOut } from './send.ts';

const MODE: RouteMode = { local: true, nonLocal: true, redirect: true, tunnel: false };

interface Rewritten {
  readonly layers: Layers;
  /** carries the client's address */
  readonly toa: boolean;
}

function rewrite(net: IpvsNet, conn: Conn, local: FullnatEnd, layers: Layers, ip: Ipv4Hdr, mtu: number): Rewritten {
  const head: Ipv4Hdr = { ...ip, src: local.addr, dst: conn.daddr };
  const transport = layers[1];
  const rest = layers.slice(2);
  if (transport?.kind === 'udp') return { layers: [head, { ...transport, sport: local.port, dport: conn.dport }, ...rest], toa: false };
  if (transport?.kind !== 'tcp') return { layers: [head, ...layers.slice(1)], toa: false };
  const tcp: TcpHdr = { ...inSegment(net, local, transport), sport: local.port, dport: conn.dport };
  const toa = wantsToa(local, tcp) && hasRoomForToa(head, tcp, mtu);
  return { layers: withSegment(head, transport, toa ? withToa(tcp, conn.caddr, conn.cport) : tcp, rest), toa };
}

export function fullnatXmit(net: IpvsNet, skb: Skb, conn: Conn, iph: Iph): HookVerdict {
  const local = conn.local as FullnatEnd;
  const out = getOutRoute(net, skb, conn, conn.daddr, MODE, iph.icmp);
  if (out.kind === 'drop') return 'stolen';
  const ip = out.kind === 'route' ? out.ip : (skb.layers[0] as Ipv4Hdr);
  const changed = rewrite(net, conn, local, skb.layers, ip, out.kind === 'route' ? out.dst.mtu : 0xffff);
  skb.layers = changed.layers;
  if (net.tracing) {
    net.traceMangle('ipvs:xmit', changed.toa ? 'ipvs.sent-fullnat-toa' : 'ipvs.sent-fullnat', skb, {
      client: conn.caddr,
      cport: conn.cport,
      lip: local.addr,
      lport: local.port,
      rip: conn.daddr,
      rport: conn.dport,
    });
  }
  return out.kind === 'local' ? deliverHere(net, skb, conn) : sendOut(net, skb, conn, out.dst);
}
