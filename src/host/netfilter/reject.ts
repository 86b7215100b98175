/**
 * REJECT: the packet ends, and its sender is told.
 * Comes from: target.ts.  Goes to: icmp/ by the calls table, ipv4/output.ts.
 * Source: Linux 6.1 net/ipv4/netfilter/nf_reject_ipv4.c, nf_send_unreach(), nf_send_reset().
 */
import {
  ICMP_DEST_UNREACH,
  IPPROTO_ICMP,
  IPPROTO_IPIP,
  IPPROTO_TCP,
  IPV4_HLEN,
  layersLen,
  TCP_ACK,
  TCP_FIN,
  TCP_NO_OPTIONS,
  TCP_RST,
  TCP_SYN,
  type Ipv4Hdr,
  type Layers,
  type TcpHdr,
} from '../../wire/index.ts';
import type { Net } from '../net.ts';
import type { Skb } from '../skb.ts';
import { newSkb } from '../skb-new.ts';
import { makeIpv4 } from '../ipv4/layers.ts';
import { ipRouteMeHarder } from '../ipv4/reroute.ts';
import { ctOf, ctSetClosing } from './conntrack.ts';
import type { RejectWith } from './rule.ts';

const CODE: Readonly<Record<Exclude<RejectWith, 'tcp-reset'>, number>> = {
  'icmp-net-unreachable': 0,
  'icmp-host-unreachable': 1,
  'icmp-proto-unreachable': 2,
  'icmp-port-unreachable': 3,
  'icmp-net-prohibited': 9,
  'icmp-host-prohibited': 10,
  'icmp-admin-prohibited': 13,
};

export function nfReject(net: Net, skb: Skb, how: RejectWith): void {
  const { proto, mf } = skb.layers[0] as Ipv4Hdr;
  // Linux checks a checksum over the whole payload first, which a piece of a packet cannot bear out: nothing is sent.
  if (mf) return;
  if (how === 'tcp-reset') nfSendReset(net, skb);
  else if (proto !== IPPROTO_IPIP || sumsUp(skb.layers, 1)) net.tables.calls.icmpSend(net, skb, ICMP_DEST_UNREACH, CODE[how], 0);
}

/**
 * A packet in a packet is summed up as a whole too: that comes out right when each part's checksum covers that part
 * alone, as in ICMP, and not when it covers addresses too, as in TCP and UDP.
 */
function sumsUp(layers: Layers, at: number): boolean {
  const ip = layers[at];
  if (ip?.kind !== 'ipv4' || ip.mf || ip.fragOffset !== 0) return false;
  return ip.proto === IPPROTO_ICMP || (ip.proto === IPPROTO_IPIP && sumsUp(layers, at + 1));
}

/** An RST as the closed port itself would send it; never in answer to one. */
function nfSendReset(net: Net, skb: Skb): void {
  const ip = skb.layers[0] as Ipv4Hdr;
  const tcp = skb.layers[1];
  if (tcp?.kind !== 'tcp' || (tcp.flags & TCP_RST) !== 0 || ip.fragOffset !== 0) return;
  if (skb.dst?.type === 'broadcast' || skb.dst?.type === 'multicast') return;
  const hasAck = (tcp.flags & TCP_ACK) !== 0;
  const used = ((tcp.flags & TCP_SYN) !== 0 ? 1 : 0) + ((tcp.flags & TCP_FIN) !== 0 ? 1 : 0) + layersLen(skb.layers, 2);
  const reset: TcpHdr = {
    kind: 'tcp',
    sport: tcp.dport,
    dport: tcp.sport,
    seq: hasAck ? tcp.ack : 0,
    ack: hasAck ? 0 : (tcp.seq + used) >>> 0,
    flags: hasAck ? TCP_RST : TCP_RST | TCP_ACK,
    window: 0,
    options: TCP_NO_OPTIONS,
  };
  const ttl = Number(net.host.sysctl['net.ipv4.ip_default_ttl'] ?? 64);
  const answer = newSkb([makeIpv4(ip.dst, ip.src, IPPROTO_TCP, IPV4_HLEN + 20, ttl, 0, true, 0), reset], {
    pktType: 'outgoing',
    frame: skb.frame,
    lastTrace: skb.lastTrace,
    mark: net.host.sysctl['net.ipv4.fwmark_reflect'] === 1 ? skb.mark : 0,
    ct: skb.ct === null ? null : { id: skb.ct.id, reply: !skb.ct.reply, related: true },
  });
  if (ipRouteMeHarder(net, answer) !== null) {
    net.trace('nf_reject', 'state', 'netfilter.reset-no-route', skb, { dst: ip.src });
    return;
  }
  const tracked = ctOf(net, skb);
  if (tracked !== null) ctSetClosing(net, tracked);
  net.trace('nf_reject', 'pass', 'netfilter.reset-sent', answer, net.tracing ? { to: ip.src } : null);
  net.tables.calls.ipLocalOut(net, answer);
}
