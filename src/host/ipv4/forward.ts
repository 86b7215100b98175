/**
 * Passing a packet on: TTL, length, redirect, FORWARD, in this order.
 * Comes from: ipv4/input.ts.  Goes to: ipv4/output.ts.
 * Source: Linux 6.1 net/ipv4/ip_forward.c, ip_forward().
 *
 *   TTL ≤ 1 → time exceeded      too long and DF → fragmentation needed
 *   TTL - 1 → redirect, if it goes back out where it came in → FORWARD → POST_ROUTING
 */
import { nfHook } from '../netfilter/nf-hook.ts';
import type { Net } from '../net.ts';
import type { Dst, Skb } from '../skb.ts';
import { ipRtSendRedirect } from '../icmp/redirect.ts';
import { ipHdr, withFirst, withTtl } from './layers.ts';
import { ipOutput } from './output.ts';

export function ipForward(net: Net, skb: Skb): void {
  if (skb.pktType !== 'host') {
    net.trace('ip_forward', 'drop', 'ipv4.forward-not-for-us', skb, net.tracing ? { pktType: skb.pktType } : null);
    return;
  }
  const dst = skb.dst as Dst;
  const ip = ipHdr(skb);
  const { mib } = net.host.ipv4;
  if (ip.ttl <= 1) {
    mib.inHdrErrors++;
    net.trace('ip_forward', 'drop', 'ipv4.ttl-exceeded', skb, net.tracing ? { ttl: ip.ttl, src: ip.src, dst: ip.dst } : null);
    net.tables.calls.icmpSend(net, skb, 11, 0, 0);
    return;
  }
  if (ip.totalLen > dst.mtu && ip.df && (skb.joinedFrom === null || skb.joinedFrom.maxSize > dst.mtu)) {
    mib.fragFails++;
    net.trace(
      'ip_forward',
      'drop',
      'ipv4.too-long-with-df',
      skb,
      net.tracing ? { len: ip.totalLen, mtu: dst.mtu, route: dst.route } : null,
    );
    net.tables.calls.icmpSend(net, skb, 3, 4, dst.mtu);
    return;
  }
  skb.layers = withFirst(skb.layers, withTtl(ip, ip.ttl - 1));
  skb.oif = dst.dev;
  if (net.tracing) {
    net.trace('ip_forward', 'pass', 'ipv4.forwarded', skb, {
      dst: ip.dst,
      route: dst.route,
      ttl: ip.ttl,
      ttlAfter: ip.ttl - 1,
    });
  }
  if (dst.doRedirect) ipRtSendRedirect(net, skb, dst);
  if (nfHook(net, 'FORWARD', skb, skb.iif, dst.dev) !== 'accept') return;
  mib.forwDatagrams++;
  mib.outOctets += ip.totalLen;
  ipOutput(net, skb);
}
