/**
 * FullNAT's answers: they come to the director's local address and go on to the client.
 * Comes from: core.ts.  Goes to: host ipLocalOut().
 * Source: Alibaba LVS v3, tcp_fnat_out_handler(), tcp_out_adjust_mss(); DPVS.
 * Differs: NOT part of mainline Linux.
 */
import { ipRouteOutput, type HookVerdict, type Skb } from '../../host/index.ts';
import { TCP_SYN, type Ipv4Hdr, type Layers, type TcpHdr, type UdpHdr } from '../../wire/index.ts';
import type { IpvsNet } from '../net.ts';
import type { Conn } from '../state.ts';

/** Room that the option TOA takes from each segment. */
const TOA_LEN = 8;

function outSegment(conn: Conn, tcp: TcpHdr): TcpHdr {
  const { mss } = tcp.options;
  const options = (tcp.flags & TCP_SYN) !== 0 && mss !== null ? { ...tcp.options, mss: mss - TOA_LEN } : tcp.options;
  return { ...tcp, sport: conn.vport, dport: conn.cport, options };
}

export function translateFullnatReply(net: IpvsNet, skb: Skb, conn: Conn): void {
  const [ip, transport, ...rest] = skb.layers as [Ipv4Hdr, TcpHdr | UdpHdr, ...Layers];
  const head: Ipv4Hdr = { ...ip, src: conn.vaddr, dst: conn.caddr, ttl: ip.ttl - 1 };
  if (transport.kind === 'tcp') {
    if (rest.length > 0) conn.toaDone = true;
    skb.layers = [head, outSegment(conn, transport), ...rest];
  } else {
    skb.layers = [head, { ...transport, sport: conn.vport, dport: conn.cport }, ...rest];
  }
  if (!net.tracing) return;
  net.traceMangle('ipvs:out', 'ipvs.reply-translated-fullnat', skb, {
    rip: conn.daddr,
    lip: conn.laddr,
    lport: conn.lport,
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
