/**
 * Receiving an IPv4 packet: PRE_ROUTING, the routing decision, delivery to a protocol here.
 * Comes from: dev/receive.ts.  Goes to: ipv4/forward.ts, or icmp/ tcp/ udp/ tunnel/ by the calls table.
 * Source: Linux 6.1 net/ipv4/ip_input.c, ip_rcv(), ip_rcv_finish(), ip_local_deliver().
 * Differs: no early demux (an established socket's cached route), no IPv4 options. Header checks
 *   cannot fail, because headers are built as records.
 */
import { IPPROTO_ICMP, IPPROTO_IPIP, IPPROTO_TCP, IPPROTO_UDP } from '../../wire/index.ts';
import { confOr } from '../dev/conf.ts';
import type { Dev } from '../dev/state.ts';
import { ipRouteInput } from '../fib/input.ts';
import { nfHook } from '../netfilter/nf-hook.ts';
import type { Net } from '../net.ts';
import { NO_IF, type Skb } from '../skb.ts';
import { ipDefrag } from './defrag.ts';
import { ipForward } from './forward.ts';
import { ipHdr } from './layers.ts';
import { countEcn } from './mib.ts';

/** An IPv4 packet came in by `dev`. */
export function ipRcv(net: Net, skb: Skb, dev: Dev): void {
  // promiscuous mode shows such frames to tcpdump; IP still does not want them
  if (skb.pktType === 'otherhost') {
    net.trace('ip_rcv', 'drop', 'ipv4.other-host', skb, net.tracing && skb.eth !== null ? { mac: skb.eth.dst } : null);
    return;
  }
  const { mib } = net.host.ipv4;
  const ip = ipHdr(skb);
  mib.inReceives++;
  mib.inOctets += ip.totalLen;
  countEcn(mib, ip.tos & 3);
  if (nfHook(net, 'PRE_ROUTING', skb, dev.ifindex, NO_IF) !== 'accept') return;
  ipRcvFinish(net, skb, dev);
}

function ipRcvFinish(net: Net, skb: Skb, dev: Dev): void {
  // a packet that came round by lo keeps the route it was sent with
  const kept = skb.dst;
  const dst = kept ?? ipRouteInput(net, skb, dev);
  if (dst === null) return;
  skb.dst = dst;
  switch (dst.type) {
    case 'local':
      if (skb.pktType !== 'host' && skb.pktType !== 'outgoing' && isUnicastInMulticast(net, skb, dev)) return;
      ipLocalDeliver(net, skb);
      return;
    case 'broadcast':
    case 'multicast':
      countGroup(net, skb, dst.type);
      ipLocalDeliver(net, skb);
      return;
    case 'unicast':
      // this host sent it out of lo to a foreign address: such a route delivers, though nobody can answer from there
      if (kept !== null && kept.iif === NO_IF) {
        ipLocalDeliver(net, skb);
        return;
      }
      if (skb.pktType !== 'host' && isUnicastInMulticast(net, skb, dev)) return;
      ipForward(net, skb);
      return;
    case 'blackhole':
    case 'unreachable':
    case 'prohibit':
    case 'throw':
      net.trace('ip_route_input', 'drop', 'ipv4.route-refuses', skb, { route: dst.route });
  }
}

function countGroup(net: Net, skb: Skb, type: 'broadcast' | 'multicast'): void {
  const { mib } = net.host.ipv4;
  const bytes = ipHdr(skb).totalLen;
  if (type === 'broadcast') {
    mib.inBcastPkts++;
    mib.inBcastOctets += bytes;
  } else {
    mib.inMcastPkts++;
    mib.inMcastOctets += bytes;
  }
}

/** RFC 1122 §3.3.6: a unicast address in a link-layer broadcast is suspect; refused only if asked for. */
function isUnicastInMulticast(net: Net, skb: Skb, dev: Dev): boolean {
  if (!confOr(net.host, dev, 'drop_unicast_in_l2_multicast')) return false;
  net.trace('ip_rcv', 'drop', 'ipv4.unicast-in-l2-multicast', skb, null);
  return true;
}

/** The packet is for this host: whole again, through LOCAL_IN, to its protocol. */
export function ipLocalDeliver(net: Net, skb: Skb): void {
  const ip = ipHdr(skb);
  if ((ip.mf || ip.fragOffset !== 0) && !ipDefrag(net, skb, 'local-deliver')) return;
  if (nfHook(net, 'LOCAL_IN', skb, skb.iif, NO_IF) !== 'accept') return;
  ipLocalDeliverFinish(net, skb);
}

/** To the protocol's handler; raw sockets get a copy first. */
export function ipLocalDeliverFinish(net: Net, skb: Skb): void {
  const calls = net.tables.calls;
  const proto = ipHdr(skb).proto;
  net.host.ipv4.mib.inDelivers++;
  switch (proto) {
    case IPPROTO_TCP:
      calls.tcpRcv(net, skb);
      return;
    case IPPROTO_UDP:
      calls.udpRcv(net, skb);
      return;
    case IPPROTO_ICMP:
      calls.icmpRcv(net, skb);
      return;
    case IPPROTO_IPIP:
      if (net.host.modules.includes('ipip')) {
        calls.tunnelRcv(net, skb);
        return;
      }
      break;
    default:
  }
  const hasRaw = calls.rawRcv(net, skb);
  if (hasRaw || takesSilently(net, skb, proto)) return;
  noProtocol(net, skb, proto);
}

/** IGMP is the kernel's own business: reports of others end here. */
function takesSilently(net: Net, skb: Skb, proto: number): boolean {
  if (proto !== 2) return false;
  net.trace('igmp_rcv', 'deliver', 'ipv4.igmp-heard', skb, null);
  return true;
}

function noProtocol(net: Net, skb: Skb, proto: number): void {
  const ip = ipHdr(skb);
  net.host.ipv4.mib.inDelivers--;
  net.host.ipv4.mib.inUnknownProtos++;
  const reason = proto === IPPROTO_IPIP ? 'ipv4.no-ipip-module' : 'ipv4.no-protocol';
  net.trace('ip_local_deliver', 'drop', reason, skb, net.tracing ? { proto, src: ip.src } : null);
  net.tables.calls.icmpSend(net, skb, 3, 2, 0);
}
