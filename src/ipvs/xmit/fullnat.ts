/**
 * FullNAT: both addresses are rewritten, so that the reply finds back by itself; the client's address
 * travels in a TCP option.
 * Comes from: core.ts.  Goes to: host ipLocalOut().
 * Source: Alibaba LVS v3, ip_vs_fnat_xmit(), tcp_fnat_in_handler(); DPVS.
 * Differs: NOT part of mainline Linux. Sequence numbers and timestamps are left as they are.
 */
import type { HookVerdict, Skb } from '../../host/index.ts';
import { TCP_ACK, TCP_FIN, TCP_RST, TCP_SYN, type Ipv4Hdr, type Layers, type TcpHdr, type UdpHdr } from '../../wire/index.ts';
import { hasRoomForToa, withToa } from '../fullnat.ts';
import type { Iph } from '../iph.ts';
import type { IpvsNet } from '../net.ts';
import type { Conn } from '../state.ts';
import { getOutRoute, type RouteMode } from './route.ts';
import { deliverHere, sendOut } from './send.ts';

const MODE: RouteMode = { local: true, nonLocal: true, redirect: true, tunnel: false };

/** The SYN carries the option, and the client's packets until the server has sent data. */
function wantsToa(conn: Conn, tcp: TcpHdr): boolean {
  if ((tcp.flags & (TCP_RST | TCP_FIN)) !== 0) return false;
  if ((tcp.flags & TCP_SYN) !== 0) return true;
  return (tcp.flags & TCP_ACK) !== 0 && !conn.toaDone;
}

function rewrite(conn: Conn, layers: Layers, ip: Ipv4Hdr, mtu: number): { layers: Layers; toa: boolean } {
  const head: Ipv4Hdr = { ...ip, src: conn.laddr, dst: conn.daddr };
  const transport = layers[1];
  const rest = layers.slice(2);
  if (transport === undefined || transport.kind === 'udp' || transport.kind !== 'tcp') {
    const udp = transport as UdpHdr;
    return { layers: [head, { ...udp, sport: conn.lport, dport: conn.dport }, ...rest], toa: false };
  }
  const tcp: TcpHdr = { ...transport, sport: conn.lport, dport: conn.dport };
  if (wantsToa(conn, tcp) && hasRoomForToa(head, tcp, mtu)) {
    return { layers: withToa(head, tcp, rest, conn.caddr, conn.cport), toa: true };
  }
  return { layers: [head, tcp, ...rest], toa: false };
}

export function fullnatXmit(net: IpvsNet, skb: Skb, conn: Conn, iph: Iph): HookVerdict {
  const out = getOutRoute(net, skb, conn, conn.daddr, MODE, iph.icmp);
  if (out.kind === 'drop') return 'stolen';
  const ip = out.kind === 'route' ? out.ip : (skb.layers[0] as Ipv4Hdr);
  const changed = rewrite(conn, skb.layers, ip, out.kind === 'route' ? out.dst.mtu : 0xffff);
  skb.layers = changed.layers;
  if (net.tracing) {
    net.traceMangle('ipvs:xmit', changed.toa ? 'ipvs.sent-fullnat-toa' : 'ipvs.sent-fullnat', skb, {
      client: conn.caddr,
      cport: conn.cport,
      lip: conn.laddr,
      lport: conn.lport,
      rip: conn.daddr,
      rport: conn.dport,
    });
  }
  return out.kind === 'local' ? deliverHere(net, skb, conn) : sendOut(net, skb, conn, out.dst);
}
