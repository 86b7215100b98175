/**
 * Sending an ICMP error about a packet, if one may be sent at all.
 * Comes from: ipv4/, fib/, neigh/, udp/, tunnel/, netfilter/ (REJECT), ipvs/.  Goes to: ipv4/send.ts.
 * Source: Linux 6.1 net/ipv4/icmp.c, __icmp_send(); RFC 1122 §3.2.2, RFC 1812 §4.3.2.
 * Read first: limit.ts.
 */
import {
  ICMP_DEST_UNREACH,
  ICMP_ECHOREPLY,
  ICMP_FRAG_NEEDED,
  ICMP_HLEN,
  ICMP_REDIRECT,
  IPPROTO_ICMP,
  IPV4_HLEN,
  isIcmpError,
  isMulticast,
  isZeroNet,
  makeIcmp,
  type Ipv4,
  type Ipv4Hdr,
  type Layers,
} from '../../wire/index.ts';
import type { IcmpSendOptions } from '../calls.ts';
import { devGet } from '../dev/get.ts';
import { selectSource } from '../dev/select-source.ts';
import { RT_SCOPE_LINK } from '../dev/state.ts';
import { ipRouteOutput } from '../fib/output.ts';
import type { Net } from '../net.ts';
import { LO_IF, NO_IF, type Dst, type Skb } from '../skb.ts';
import { sliceLayers } from '../ipv4/layers.ts';
import { ipSend } from '../ipv4/send.ts';
import { icmpGlobalAllow, icmpIsUnlimited, icmpPeerAllow, icmpRouteErrorAllow } from './limit.ts';

/** An error with all that it quotes is no longer than this (RFC 1812 §4.3.2.3). */
const ERROR_MAX_LEN = 576;
/** The answer to a question for the time of day. */
const ICMP_TIMESTAMPREPLY = 14;
/** Precedence "internetwork control" */
const TOS_INTERNETCONTROL = 0xc0;
/** Of the offending packet's TOS these bits are kept (IPTOS_TOS_MASK). */
const TOS_MASK = 0x1e;

/** An error of this type about `skb`; `rest` is the MTU of fragmentation needed, the gateway of a redirect. */
export function icmpSend(net: Net, skb: Skb, type: number, code: number, rest: number, options?: IcmpSendOptions): void {
  const dst = skb.dst;
  const ip = skb.layers[0];
  if (dst === null || ip === undefined || ip.kind !== 'ipv4') return;
  // counted for every packet without a route, also for pieces about which no error is ever sent
  if (options?.routeError === true && !icmpRouteErrorAllow(net, ip.src)) {
    net.trace('icmp_send', 'state', 'icmp.route-error-limit', skb, net.tracing ? { type, code, to: ip.src } : null);
    return;
  }
  const refusal = options?.afterwards !== true && isOwnAnswer(skb, ip) ? 'icmp.never-within-icmp' : whyNever(skb, ip, dst);
  if (refusal !== null) {
    net.trace('icmp_send', 'state', refusal, skb, net.tracing ? { type, code, src: ip.src } : null);
    return;
  }
  const unlimited = icmpIsUnlimited(net, type, code);
  if (!unlimited && skb.iif !== LO_IF && !icmpGlobalAllow(net)) {
    net.host.ipv4.mib.icmpLimitedGlobal++;
    net.trace('icmp_send', 'state', 'icmp.global-limit', skb, { type, code, to: ip.src });
    return;
  }
  sendError(net, skb, ip, dst, type, code, rest, unlimited);
}

function sendError(net: Net, skb: Skb, ip: Ipv4Hdr, dst: Dst, type: number, code: number, rest: number, unlimited: boolean): void {
  const src = errorSource(net, skb, ip, dst);
  const tos = (ip.tos & TOS_MASK) | TOS_INTERNETCONTROL;
  const mark = net.host.sysctl['net.ipv4.fwmark_reflect'] === 1 ? skb.mark : 0;
  const route = ipRouteOutput(net, { dst: ip.src, tos: tos & TOS_MASK, mark, src: src ?? undefined, proto: IPPROTO_ICMP });
  if ('error' in route) {
    net.trace('icmp_send', 'state', 'icmp.no-route-back', skb, { type, code, to: ip.src });
    return;
  }
  if (!unlimited && route.dev !== LO_IF && !icmpPeerAllow(net, ip.src)) {
    net.host.ipv4.mib.icmpLimitedHost++;
    net.trace('icmp_send', 'state', 'icmp.peer-limit', skb, {
      type,
      code,
      to: ip.src,
      ms: net.host.sysctl['net.ipv4.icmp_ratelimit'] ?? 1000,
    });
    return;
  }
  const room = Math.min(route.mtu, ERROR_MAX_LEN) - IPV4_HLEN - ICMP_HLEN;
  if (room <= IPV4_HLEN) return;
  const from = src ?? route.src;
  const cause = net.trace(
    'icmp_send',
    'state',
    reasonSent(type, code),
    skb,
    net.tracing ? { type, code, rest, from, to: ip.src, dst: ip.dst } : null,
  );
  const layers: Layers = [makeIcmp(type, code, rest), ...sliceLayers(skb.layers, 0, room)];
  ipSend(net, {
    dst: ip.src,
    src: from,
    proto: IPPROTO_ICMP,
    tos,
    df: false,
    layers,
    mark,
    dstRoute: route,
    frame: skb.frame,
    // the error belongs to the connection it is about, in the other direction
    ct: skb.ct === null ? null : { id: skb.ct.id, reply: !skb.ct.reply },
    cause,
  });
}

function reasonSent(type: number, code: number): string {
  if (type === ICMP_REDIRECT) return 'icmp.redirect-sent';
  return type === ICMP_DEST_UNREACH && code === ICMP_FRAG_NEEDED ? 'icmp.frag-needed-sent' : 'icmp.error-sent';
}

/** An answer that ICMP is just sending: it has one message in its hands at a time. */
function isOwnAnswer(skb: Skb, ip: Ipv4Hdr): boolean {
  const inner = skb.layers[1];
  if (ip.proto !== IPPROTO_ICMP || skb.iif !== NO_IF || skb.sk !== null || inner?.kind !== 'icmp') return false;
  return inner.type === ICMP_ECHOREPLY || inner.type === ICMP_TIMESTAMPREPLY;
}

/** Errors that would multiply, or go to somebody who cannot be meant. */
function whyNever(skb: Skb, ip: Ipv4Hdr, dst: Dst): string | null {
  if (skb.pktType !== 'host' && skb.pktType !== 'outgoing') return 'icmp.never-about-l2-broadcast';
  if (dst.type === 'broadcast' || dst.type === 'multicast') return 'icmp.never-about-broadcast';
  if (ip.fragOffset !== 0) return 'icmp.never-about-later-fragment';
  const inner = skb.layers[1];
  if (ip.proto === IPPROTO_ICMP && inner !== undefined && inner.kind === 'icmp' && (isIcmpError(inner.type) || inner.type > 18)) {
    return 'icmp.never-about-error';
  }
  return isZeroNet(ip.src) || isMulticast(ip.src) ? 'icmp.never-to-such-source' : null;
}

/** The address the error comes from; null leaves it to the route back. */
function errorSource(net: Net, skb: Skb, ip: Ipv4Hdr, dst: Dst): Ipv4 | null {
  if (dst.type === 'local') return ip.dst;
  if (dst.iif === NO_IF || net.host.sysctl['net.ipv4.icmp_errors_use_inbound_ifaddr'] !== 1) return null;
  const dev = devGet(net.host, skb.iif);
  return dev === null ? null : selectSource(net.host, dev, ip.src, RT_SCOPE_LINK);
}
