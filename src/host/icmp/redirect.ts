/**
 * Telling a neighbour of a better gateway.
 * Comes from: ipv4/forward.ts, for packets that leave where they came in.  Goes to: icmp/send.ts.
 * Source: Linux 6.1 net/ipv4/route.c, ip_rt_send_redirect(); RFC 1812 §5.2.7.2.
 */
import { ICMP_REDIRECT, ICMP_REDIR_HOST, type Ipv4Hdr } from '../../wire/index.ts';
import { confOr } from '../dev/conf.ts';
import { devGet } from '../dev/get.ts';
import type { Net } from '../net.ts';
import type { Dst, Skb } from '../skb.ts';
import { icmpRedirectAllow } from './limit.ts';

/** Called before FORWARD: even a packet that a rule drops there brings its sender a redirect. */
export function ipRtSendRedirect(net: Net, skb: Skb, dst: Dst): void {
  const dev = devGet(net.host, dst.dev);
  if (dev === null || !confOr(net.host, dev, 'send_redirects')) return;
  const ip = skb.layers[0] as Ipv4Hdr;
  const limit = icmpRedirectAllow(net, ip.src);
  const gateway = dst.gateway ?? ip.dst;
  if (limit.kind === 'send') {
    net.tables.calls.icmpSend(net, skb, ICMP_REDIRECT, ICMP_REDIR_HOST, gateway);
    return;
  }
  if (!net.tracing) return;
  if (limit.kind === 'wait') net.trace('icmp_send', 'state', 'icmp.redirect-too-soon', skb, { src: ip.src, gateway });
  else net.trace('icmp_send', 'state', 'icmp.redirect-given-up', skb, { src: ip.src, sent: limit.sent });
}
