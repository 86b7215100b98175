/**
 * Sending something of our own: route, header, LOCAL_OUT, out.
 * Comes from: tcp/ udp/ socket/ icmp/.  Goes to: ipv4/output.ts.
 * Source: Linux 6.1 net/ipv4/ip_output.c, __ip_queue_xmit(), __ip_append_data(), __ip_make_skb(),
 *   ip_build_and_send_pkt(); include/net/ip.h, ip_select_ident().
 */
import type { FrameId, TraceId } from '../../engine/index.ts';
import {
  IPPROTO_ICMP,
  IPPROTO_TCP,
  IPV4_ANY,
  IPV4_HLEN,
  isMulticast,
  layersLen,
  wrap,
  type Ipv4,
  type Layer,
  type Layers,
} from '../../wire/index.ts';
import { ipRouteOutput, ipRouteOutputTo } from '../fib/output.ts';
import { portsOf } from '../fib/ports.ts';
import { nfHook } from '../netfilter/nf-hook.ts';
import type { Net } from '../net.ts';
import { NO_IF, type Dst, type IfIndex, type Skb } from '../skb.ts';
import { newSkb } from '../skb-new.ts';
import { ipSelectIdent } from './ident.ts';
import { ipHdr, makeIpv4 } from './layers.ts';
import { countIcmp } from './mib.ts';
import { ipOutput } from './output.ts';

export interface IpSendRequest {
  readonly dst: Ipv4;
  /** left out: what the route prefers */
  readonly src?: Ipv4;
  readonly proto: number;
  readonly tos?: number;
  /** left out: net.ipv4.ip_default_ttl, or 1 for multicast */
  readonly ttl?: number | undefined;
  /** true: always; false: never; 'want': if it fits, for sockets that discover the path MTU, unless it is locked */
  readonly df: boolean | 'want';
  /** left out: 0 with DF, else drawn; connected sockets count by themselves */
  readonly id?: number | undefined;
  /** from the transport header on */
  readonly layers: Layers;
  readonly sk?: number;
  readonly mark?: number;
  readonly oif?: IfIndex;
  /** a route already found */
  readonly dstRoute?: Dst;
  /** tracking entry that it shares with the packet it is about */
  readonly ct?: Skb['ct'];
  /** the frame it answers */
  readonly frame?: FrameId;
  /** the record that led to this packet */
  readonly cause?: TraceId;
}

/** @returns the errno name of a failure that the sender learns at once, or null */
export function ipSend(net: Net, req: IpSendRequest): string | null {
  const dst = req.dstRoute ?? routeOf(net, req);
  if ('error' in dst) return dst.error;
  const totalLen = IPV4_HLEN + layersLen(req.layers);
  if (totalLen > 0xffff) return 'EMSGSIZE';
  const df = typeof req.df === 'boolean' ? req.df : !dst.mtuLocked && totalLen <= dst.mtu;
  // TCP cuts its segments itself; one that is too long after all brings an ICMP error to the sender
  if (df && totalLen > dst.mtu && req.proto !== IPPROTO_TCP) return 'EMSGSIZE';
  if (req.proto === IPPROTO_ICMP) countOut(net, req.layers[0]);
  const src = req.src ?? dst.src;
  const ttl = req.ttl ?? ipDefaultTtl(net, dst, req.dst);
  const id = req.id ?? (df ? 0 : ipSelectIdent(net, src, req.dst, req.proto));
  const skb = ipMakeSkb(dst, wrap(makeIpv4(src, req.dst, req.proto, totalLen, ttl, req.tos ?? 0, df, id), req.layers));
  if (req.mark !== undefined) skb.mark = req.mark;
  if (req.sk !== undefined) skb.sk = req.sk;
  if (req.ct !== undefined) skb.ct = req.ct;
  if (req.frame !== undefined) skb.frame = req.frame;
  if (req.cause !== undefined) skb.lastTrace = req.cause;
  return ipSendSkb(net, skb);
}

function countOut(net: Net, icmp: Layer | undefined): void {
  const { mib } = net.host.ipv4;
  mib.icmpOutMsgs++;
  if (icmp?.kind === 'icmp') countIcmp(mib.icmpOut, icmp.type);
}

/** The TTL of a packet whose sender asks for none: that of its route, or net.ipv4.ip_default_ttl. */
export function ipDefaultTtl(net: Net, route: Dst, dst: Ipv4): number {
  return isMulticast(dst) ? 1 : (route.hopLimit ?? Number(net.host.sysctl['net.ipv4.ip_default_ttl'] ?? 64));
}

/**
 * A packet along a route. What else a sender knows about it is written into the record before ipSendSkb().
 * @param layers from the IPv4 header on
 */
export function ipMakeSkb(route: Dst, layers: Layers): Skb {
  const skb = newSkb(layers);
  skb.dst = route;
  skb.oif = route.dev;
  skb.pktType = 'outgoing';
  return skb;
}

/** @returns the errno name when LOCAL_OUT dropped it or it was too long for its route, or null */
export function ipSendSkb(net: Net, skb: Skb): string | null {
  const route = skb.dst as Dst;
  if (net.tracing) {
    const { src, dst } = ipHdr(skb);
    net.trace('ip_output', 'pass', 'ipv4.sent', skb, { src, dst, route: route.route }, route.dev);
  }
  const verdict = nfHook(net, 'LOCAL_OUT', skb, NO_IF, route.dev);
  if (verdict === 'accept') return ipOutput(net, skb) ? null : 'EMSGSIZE';
  return verdict === 'drop' ? 'EPERM' : null;
}

function routeOf(net: Net, req: IpSendRequest): Dst | { readonly error: string } {
  if (net.host.fib.rulesAskPorts) return ipRouteOutput(net, { ...req, ...portsOf(req.proto, req.layers[0], true) });
  return ipRouteOutputTo(net, req.dst, req.src ?? IPV4_ANY, req.oif ?? NO_IF, req.tos ?? 0, req.mark ?? 0);
}
