/**
 * What others' ICMP errors change here: sockets hear of them, routes learn path MTUs and gateways.
 * Comes from: icmp/input.ts.  Goes to: tcp/ udp/ socket/ by the calls table, icmp/pmtu.ts, fib/exception.ts.
 * Source: Linux 6.1 net/ipv4/icmp.c, icmp_unreach(), icmp_redirect(), icmp_socket_deliver(), icmp_err();
 *   net/ipv4/route.c, __ip_do_redirect().
 */
import {
  ICMP_DEST_UNREACH,
  ICMP_ECHOREPLY,
  ICMP_EXC_FRAGTIME,
  ICMP_FRAG_NEEDED,
  ICMP_REDIRECT,
  ICMP_TIME_EXCEEDED,
  IPPROTO_ICMP,
  IPPROTO_IPIP,
  IPPROTO_TCP,
  IPPROTO_UDP,
  layersLen,
  type IcmpHdr,
  type Ipv4,
  type Ipv4Hdr,
  type Layers,
} from '../../wire/index.ts';
import { devGet } from '../dev/get.ts';
import { ipRtRedirect } from '../fib/exception.ts';
import { inetAddrType } from '../fib/lookup.ts';
import { ipRouteOutput } from '../fib/output.ts';
import type { Net } from '../net.ts';
import type { Skb } from '../skb.ts';
import { tunnelErr } from '../tunnel/error.ts';
import { udpKeepsRoute } from '../udp/error.ts';
import { ipv4UpdatePmtu } from './pmtu.ts';

/** Highest code of destination unreachable (NR_ICMP_UNREACH). */
const NR_ICMP_UNREACH = 15;

/** An error arrived: checks it, tells the socket it is about, and lets the route learn. */
export function icmpErrorRcv(net: Net, skb: Skb, outer: Ipv4Hdr, icmp: IcmpHdr): void {
  const embedded = skb.layers.slice(2);
  const about = embedded[0];
  const reason = whyIgnored(net, icmp, about?.kind === 'ipv4' ? about : null, embedded);
  if (reason !== null || about?.kind !== 'ipv4') {
    net.trace('icmp_rcv', 'drop', reason ?? 'icmp.error-malformed', skb, {
      type: icmp.type,
      code: icmp.code,
    });
    return;
  }
  const from = outer.src;
  net.trace('icmp_rcv', 'deliver', 'icmp.error-heard', skb, {
    type: icmp.type,
    code: icmp.code,
    from,
    dst: about.dst,
    proto: about.proto,
  });
  const isForSocket = tellSocket(net, skb, icmp, about, embedded, from);
  if (!isForSocket) {
    if (icmp.type === ICMP_REDIRECT)
      net.trace('icmp_rcv', 'state', 'icmp.redirect-no-socket', skb, {
        from,
        gateway: icmp.rest,
        dst: about.dst,
      });
    return;
  }
  if (icmp.type === ICMP_DEST_UNREACH && icmp.code === ICMP_FRAG_NEEDED) learnPmtu(net, about, embedded, icmp.rest & 0xffff);
  else if (icmp.type === ICMP_REDIRECT) followRedirect(net, skb, about, icmp.rest as Ipv4, from);
}

function learnPmtu(net: Net, about: Ipv4Hdr, embedded: Layers, mtu: number): void {
  const noPmtuDisc = net.host.sysctl['net.ipv4.ip_no_pmtu_disc'] ?? 0;
  // 1 means: do believe it, but as if the least possible value had been named
  const flow = { dst: about.dst, src: about.src, tos: about.tos & 0x1e };
  ipv4UpdatePmtu(net, flow, noPmtuDisc === 1 ? 0 : mtu);
  if (about.proto === IPPROTO_UDP && udpKeepsRoute(net, embedded)) ipRouteOutput(net, flow);
}

/** The tests of acceptance stand with the routes; each refusal is recorded there. */
function followRedirect(net: Net, skb: Skb, about: Ipv4Hdr, gateway: Ipv4, from: Ipv4): void {
  const dev = devGet(net.host, skb.iif);
  if (dev !== null) ipRtRedirect(net, { dev, from, dst: about.dst, newGateway: gateway }, skb);
}

function whyIgnored(net: Net, icmp: IcmpHdr, about: Ipv4Hdr | null, embedded: Layers): string | null {
  // the embedded packet must name its ports: 8 bytes behind its header
  if (about === null || layersLen(embedded) < 28) return 'icmp.error-malformed';
  if (icmp.type === ICMP_DEST_UNREACH) {
    if (icmp.code > NR_ICMP_UNREACH) return 'icmp.error-malformed';
    if (icmp.code === ICMP_FRAG_NEEDED && net.host.sysctl['net.ipv4.ip_no_pmtu_disc'] === 2) return 'icmp.frag-needed-ignored';
  }
  if (icmp.type === ICMP_TIME_EXCEEDED && icmp.code === ICMP_EXC_FRAGTIME) return 'icmp.fragtime-ignored';
  if (
    icmp.type !== ICMP_REDIRECT &&
    net.host.sysctl['net.ipv4.icmp_ignore_bogus_error_responses'] !== 1 &&
    inetAddrType(net.host, about.dst) === 'broadcast'
  ) {
    return 'icmp.error-about-broadcast';
  }
  return null;
}

/** @returns true when a route may change because of it */
function tellSocket(net: Net, skb: Skb, icmp: IcmpHdr, about: Ipv4Hdr, embedded: Layers, from: Ipv4): boolean {
  const calls = net.tables.calls;
  switch (about.proto) {
    case IPPROTO_TCP:
      return calls.tcpError(net, icmp.type, icmp.code, icmp.rest, embedded, from);
    case IPPROTO_UDP:
      return calls.udpError(net, icmp.type, icmp.code, icmp.rest, embedded, from);
    case IPPROTO_IPIP:
      return tunnelErr(net, skb.iif, icmp.type, icmp.code, about);
    case IPPROTO_ICMP: {
      const inner = embedded[1];
      // echo replies are sent by the kernel itself: no socket needs to be found
      if (inner?.kind === 'icmp' && inner.type === ICMP_ECHOREPLY) return true;
      return calls.pingError(net, icmp.type, icmp.code, icmp.rest, embedded, from, skb);
    }
    default:
      return calls.pingError(net, icmp.type, icmp.code, icmp.rest, embedded, from, skb);
  }
}
