/**
 * How many ICMP errors may be sent: one bucket for the host, one for each address.
 * Comes from: icmp/send.ts, icmp/redirect.ts.  Goes to: icmp/state.ts.
 * Source: Linux 6.1 net/ipv4/icmp.c, icmpv4_mask_allow(), icmp_global_allow(), icmpv4_xrlim_allow();
 *   net/ipv4/inetpeer.c, inet_peer_xrlim_allow(); net/ipv4/route.c, ip_error(), ip_rt_send_redirect().
 * Differs: time is counted in nanoseconds, not in ticks of 4 ms; records of peers are never thrown away.
 */
import { NS_PER_MS, NS_PER_S } from '../../engine/index.ts';
import { ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED, type Ipv4 } from '../../wire/index.ts';
import type { Net } from '../net.ts';
import { createIcmpPeer, type IcmpPeer } from './state.ts';

/** Types above this are no types to the limiter (NR_ICMP_TYPES). */
const NR_ICMP_TYPES = 18;
/** net.ipv4.icmp_ratemask: destination unreachable, source quench, time exceeded, parameter problem */
const DEFAULT_RATEMASK = 6168;
/** A peer's bucket holds this many times icmp_ratelimit (XRLIM_BURST_FACTOR). */
const BURST_FACTOR = 6;
/** The host's bucket is not filled more often than this (HZ / 50). */
const REFILL_EVERY_NS = 20 * NS_PER_MS;

function setting(net: Net, name: string, fallback: number): number {
  return Number(net.host.sysctl[name] ?? fallback);
}

/** Whether a message is outside the limits: path MTU discovery must not wait, and the mask names the types. */
export function icmpIsUnlimited(net: Net, type: number, code: number): boolean {
  if (type > NR_ICMP_TYPES) return true;
  if (type === ICMP_DEST_UNREACH && code === ICMP_FRAG_NEEDED) return true;
  return ((1 << type) & setting(net, 'net.ipv4.icmp_ratemask', DEFAULT_RATEMASK)) === 0;
}

/** Takes from the host's bucket: net.ipv4.icmp_msgs_per_sec, at most net.ipv4.icmp_msgs_burst at once. */
export function icmpGlobalAllow(net: Net): boolean {
  const state = net.host.icmp;
  const delta = Math.min(net.now - state.globalStamp, NS_PER_S);
  if (state.globalCredit === 0 && delta < REFILL_EVERY_NS) return false;
  let more = 0;
  if (delta >= REFILL_EVERY_NS) {
    more = Math.floor((setting(net, 'net.ipv4.icmp_msgs_per_sec', 1000) * Math.floor(delta / NS_PER_MS)) / 1000);
    if (more > 0) state.globalStamp = net.now;
  }
  let credit = Math.min(state.globalCredit + more, setting(net, 'net.ipv4.icmp_msgs_burst', 50));
  const allowed = credit > 0;
  // one on average: an exact count would let an outsider watch it (CVE-2020-25705)
  if (allowed) credit = Math.max(credit - net.randomBelow(3), 0);
  state.globalCredit = credit;
  return allowed;
}

export function icmpPeer(net: Net, addr: Ipv4): IcmpPeer {
  const peers = net.host.icmp.peers;
  const known = peers.get(addr);
  if (known !== undefined) return known;
  const peer = createIcmpPeer(net.now);
  peers.set(addr, peer);
  return peer;
}

/**
 * Takes from the bucket of one address: one message for each net.ipv4.icmp_ratelimit milliseconds, up to
 * six saved up. With 0 every message may go, and the bucket, which routes that say no share, is emptied.
 */
export function icmpPeerAllow(net: Net, addr: Ipv4): boolean {
  const costNs = setting(net, 'net.ipv4.icmp_ratelimit', 1000) * NS_PER_MS;
  return takeTokens(net, icmpPeer(net, addr), costNs, BURST_FACTOR * costNs);
}

/** What a route that says no costs, before the message itself: net.ipv4.route.error_cost of at most error_burst. */
export function icmpRouteErrorAllow(net: Net, addr: Ipv4): boolean {
  const cost = setting(net, 'net.ipv4.route.error_cost', 250) * 4 * NS_PER_MS;
  const burst = setting(net, 'net.ipv4.route.error_burst', 1250) * 4 * NS_PER_MS;
  return takeTokens(net, icmpPeer(net, addr), cost, burst);
}

function takeTokens(net: Net, peer: IcmpPeer, costNs: number, burstNs: number): boolean {
  const tokens = Math.min(peer.tokensNs + net.now - peer.last, burstNs);
  peer.last = net.now;
  const allowed = tokens >= costNs;
  peer.tokensNs = allowed ? tokens - costNs : tokens;
  return allowed;
}

/** net.ipv4.route.redirect_load (HZ/50); redirect_silence is 1024 times as long. */
const REDIRECT_LOAD_NS = 20 * NS_PER_MS;

export type RedirectLimit = { readonly kind: 'send' } | { readonly kind: 'wait' } | { readonly kind: 'given-up'; readonly sent: number };

/** Whether one more redirect may go to `addr`: each waits twice as long as the one before, net.ipv4.route.redirect_number in all. */
export function icmpRedirectAllow(net: Net, addr: Ipv4): RedirectLimit {
  const peer = icmpPeer(net, addr);
  if (net.now > peer.last + REDIRECT_LOAD_NS * 1024) {
    peer.tokensNs = 0;
    peer.redirects = 0;
  }
  if (peer.redirects >= setting(net, 'net.ipv4.route.redirect_number', 9)) {
    peer.last = net.now;
    return { kind: 'given-up', sent: peer.redirects };
  }
  if (peer.redirects > 0 && net.now <= peer.last + REDIRECT_LOAD_NS * (1 << peer.redirects)) return { kind: 'wait' };
  peer.last = net.now;
  peer.redirects++;
  return { kind: 'send' };
}
