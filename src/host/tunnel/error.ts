/**
 * ICMP errors about packets that a tunnel of this host sent. The sender of the inner packet is not told at
 * once, because the error quotes too little of it: each error makes a later packet into "host unreachable".
 * Comes from: icmp/error.ts, tunnel/xmit.ts.  Goes to: icmp/pmtu.ts (by the result), icmp/send.ts.
 * Source: Linux 6.1 net/ipv4/ipip.c, ipip_err(); ip_tunnel.c, ip_tunnel_xmit(); IPTUNNEL_ERR_TIMEO (30 s).
 */
import { NS_PER_S } from '../../engine/index.ts';
import {
  ICMP_DEST_UNREACH,
  ICMP_EXC_TTL,
  ICMP_FRAG_NEEDED,
  ICMP_HOST_UNREACH,
  ICMP_REDIRECT,
  ICMP_TIME_EXCEEDED,
  type Ipv4Hdr,
} from '../../wire/index.ts';
import type { Dev } from '../dev/state.ts';
import type { Net } from '../net.ts';
import type { IfIndex, Skb } from '../skb.ts';
import { tunnelLookup } from './lookup.ts';

/** Source route failed. */
const ICMP_SR_FAILED = 5;
const REMEMBERED_NS = 30 * NS_PER_S;

/** @param link the error came by it @param about the outer header that the error quotes @returns true when the route to the remote end may learn from it */
export function tunnelErr(net: Net, link: IfIndex, type: number, code: number, about: Ipv4Hdr): boolean {
  if (!net.host.modules.includes('ipip')) return false;
  // seen from the sender: its own address is "local", the far end is "remote"
  const dev = tunnelLookup(net.host, link, about.dst, about.src);
  if (dev === null) return false;
  if ((type === ICMP_DEST_UNREACH && code === ICMP_FRAG_NEEDED) || type === ICMP_REDIRECT) return true;
  if (counts(dev, type, code)) remember(net, dev);
  return false;
}

/** A tunnel without a far end of its own (tunl0) could not say which packets are meant. */
function counts(dev: Dev, type: number, code: number): boolean {
  if (dev.tunnel === null || dev.tunnel.remote === null) return false;
  if (type === ICMP_DEST_UNREACH) return code !== ICMP_SR_FAILED;
  return type === ICMP_TIME_EXCEEDED && code === ICMP_EXC_TTL && dev.tunnel.ttl !== 0;
}

function remember(net: Net, dev: Dev): void {
  const known = dev.tunnelErrors;
  const recent = known !== null && net.now < known.at + REMEMBERED_NS;
  dev.tunnelErrors = { count: recent ? known.count + 1 : 1, at: net.now };
}

/** A packet is about to go into the tunnel: one error that came back is passed on to its sender. The packet goes all the same. */
export function tunnelTellError(net: Net, skb: Skb, dev: Dev): void {
  const known = dev.tunnelErrors;
  if (known === null) return;
  const recent = net.now < known.at + REMEMBERED_NS;
  dev.tunnelErrors = recent && known.count > 1 ? { count: known.count - 1, at: known.at } : null;
  if (!recent) return;
  net.trace('ipip_xmit', 'state', 'tunnel.error-told', skb, net.tracing ? { tunnel: dev.name } : null, dev.ifindex);
  net.tables.calls.icmpSend(net, skb, ICMP_DEST_UNREACH, ICMP_HOST_UNREACH, 0);
}
