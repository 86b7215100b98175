/**
 * ICMP for this host: echo, errors, redirects.
 * Comes from: ipv4/input.ts.  Goes to: ipv4/send.ts (answers), icmp/error.ts.
 * Source: Linux 6.1 net/ipv4/icmp.c, icmp_rcv(), icmp_echo(), icmp_reply(), icmp_timestamp();
 *   net/ipv4/fib_frontend.c, fib_compute_spec_dst(); RFC 792, RFC 1122 §3.2.2.
 */
import { NS_PER_MS } from '../../engine/index.ts';
import {
  ICMP_DEST_UNREACH,
  ICMP_ECHO,
  ICMP_ECHOREPLY,
  ICMP_PARAMETERPROB,
  ICMP_REDIRECT,
  ICMP_SOURCE_QUENCH,
  ICMP_TIME_EXCEEDED,
  IPPROTO_ICMP,
  makeIcmp,
  makePayload,
  type IcmpHdr,
  type Ipv4Hdr,
  type Layers,
} from '../../wire/index.ts';
import { fibComputeSpecDst } from '../fib/input.ts';
import { ipRouteOutput } from '../fib/output.ts';
import type { Net } from '../net.ts';
import { LO_IF, type Skb } from '../skb.ts';
import { countIcmp } from '../ipv4/mib.ts';
import { ipSend } from '../ipv4/send.ts';
import { icmpErrorRcv } from './error.ts';
import { icmpGlobalAllow, icmpIsUnlimited, icmpPeerAllow } from './limit.ts';

const ICMP_TIMESTAMP = 13;
const ICMP_TIMESTAMPREPLY = 14;

/** An ICMP message for this host. */
export function icmpRcv(net: Net, skb: Skb): void {
  const ip = skb.layers[0] as Ipv4Hdr;
  const icmp = skb.layers[1];
  if (icmp === undefined || icmp.kind !== 'icmp') {
    net.trace('icmp_rcv', 'drop', 'icmp.truncated', skb, null);
    return;
  }
  const { mib } = net.host.ipv4;
  mib.icmpInMsgs++;
  countIcmp(mib.icmpIn, icmp.type);
  if (isUnwelcomeBroadcast(net, skb, icmp)) {
    mib.icmpInErrors++;
    return;
  }
  if (icmp.type !== ICMP_ECHO && icmp.type !== ICMP_TIMESTAMP) net.tables.calls.pingRcv(net, skb);
  switch (icmp.type) {
    case ICMP_ECHO:
      icmpEcho(net, skb, ip, icmp);
      return;
    case ICMP_ECHOREPLY:
      return;
    case ICMP_DEST_UNREACH:
    case ICMP_TIME_EXCEEDED:
    case ICMP_PARAMETERPROB:
    case ICMP_SOURCE_QUENCH:
    case ICMP_REDIRECT:
      icmpErrorRcv(net, skb, ip, icmp);
      return;
    case ICMP_TIMESTAMP:
      icmpTimestamp(net, skb, ip, icmp);
      return;
    default:
      net.trace('icmp_rcv', 'drop', 'icmp.type-unknown', skb, { type: icmp.type });
  }
}

/** Answering a broadcast ping would let one packet bring hundreds upon a victim. */
function isUnwelcomeBroadcast(net: Net, skb: Skb, icmp: IcmpHdr): boolean {
  if (skb.dst === null || (skb.dst.type !== 'broadcast' && skb.dst.type !== 'multicast')) return false;
  const isQuestion = icmp.type === ICMP_ECHO || icmp.type === ICMP_TIMESTAMP;
  if (isQuestion && net.host.sysctl['net.ipv4.icmp_echo_ignore_broadcasts'] !== 1) return false;
  net.trace('icmp_rcv', 'drop', isQuestion ? 'icmp.echo-ignore-broadcasts' : 'icmp.broadcast-ignored', skb, {
    type: icmp.type,
  });
  return true;
}

function icmpEcho(net: Net, skb: Skb, ip: Ipv4Hdr, icmp: IcmpHdr): void {
  if (net.host.sysctl['net.ipv4.icmp_echo_ignore_all'] === 1) {
    net.trace('icmp_rcv', 'drop', 'icmp.echo-ignore-all', skb, null);
    return;
  }
  icmpReply(net, skb, ip, [makeIcmp(ICMP_ECHOREPLY, icmp.code, icmp.rest), ...skb.layers.slice(2)], 'icmp.echo-answered');
}

/** Milliseconds since midnight, where a run begins at midnight. */
function icmpTimestamp(net: Net, skb: Skb, ip: Ipv4Hdr, icmp: IcmpHdr): void {
  const body = skb.layers[2];
  if (body?.kind !== 'payload' || body.bytes.length < 4) {
    net.trace('icmp_rcv', 'drop', 'icmp.truncated', skb, null);
    return;
  }
  const ms = Math.floor(net.now / NS_PER_MS) % 86_400_000;
  const bytes = new Uint8Array(12);
  bytes.set(body.bytes.slice(0, 4));
  for (let i = 4; i < 12; i++) bytes[i] = ms >>> (24 - 8 * (i % 4));
  icmpReply(net, skb, ip, [makeIcmp(ICMP_TIMESTAMPREPLY, 0, icmp.rest), makePayload(bytes)], 'icmp.timestamp-answered');
}

/** Back to the sender, with its TOS, from the address it asked. */
function icmpReply(net: Net, skb: Skb, ip: Ipv4Hdr, layers: Layers, reason: string): void {
  const type = (layers[0] as IcmpHdr).type;
  const unlimited = icmpIsUnlimited(net, type, 0);
  if (!unlimited && !icmpGlobalAllow(net)) {
    net.trace('icmp_rcv', 'drop', 'icmp.global-limit', skb, { type, code: 0, to: ip.src });
    return;
  }
  const src = fibComputeSpecDst(net, skb);
  const mark = net.host.sysctl['net.ipv4.fwmark_reflect'] === 1 ? skb.mark : 0;
  const route = ipRouteOutput(net, { dst: ip.src, tos: ip.tos & 0x1e, mark, src, proto: IPPROTO_ICMP });
  if ('error' in route) {
    net.trace('icmp_rcv', 'drop', 'icmp.no-route-back', skb, { type, code: 0, to: ip.src });
    return;
  }
  if (!unlimited && route.dev !== LO_IF && !icmpPeerAllow(net, ip.src)) {
    net.trace('icmp_rcv', 'drop', 'icmp.peer-limit', skb, {
      type,
      code: 0,
      to: ip.src,
      ms: net.host.sysctl['net.ipv4.icmp_ratelimit'] ?? 1000,
    });
    return;
  }
  const from = src === 0 ? route.src : src;
  const cause = net.trace('icmp_rcv', 'deliver', reason, skb, net.tracing ? { from, to: ip.src } : null);
  ipSend(net, {
    dst: ip.src,
    src: from,
    proto: IPPROTO_ICMP,
    tos: ip.tos,
    df: false,
    layers,
    mark,
    dstRoute: route,
    frame: skb.frame,
    cause,
  });
}
