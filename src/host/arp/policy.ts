/**
 * May this host answer an ARP request, and may it learn from an ARP packet? The settings' decisions.
 * Comes from: arp/rcv.ts.  Goes to: dev/select-source.ts, fib/output.ts.
 * Source: Linux 6.1 net/ipv4/arp.c, arp_ignore(), arp_filter(), arp_accept(), arp_is_garp(),
 *   arp_fwd_proxy(), arp_fwd_pvlan().
 * Differs: nothing known.
 */
import { ARP_REPLY, type ArpHdr, IPV4_ANY, type Ipv4 } from '../../wire/index.ts';
import { confMax, confOr } from '../dev/conf.ts';
import { devGet } from '../dev/get.ts';
import { confirmAddr, ifaMatch } from '../dev/select-source.ts';
import { RT_SCOPE_HOST, RT_SCOPE_LINK, type Dev } from '../dev/state.ts';
import { inetAddrType } from '../fib/lookup.ts';
import { ipRouteOutput, isRouteError } from '../fib/output.ts';
import type { Net } from '../net.ts';
import type { Dst } from '../skb.ts';

/**
 * Does arp_ignore forbid an answer for tip, which is an address of this host?
 * @returns the reason for silence, or null
 */
export function arpIgnore(net: Net, dev: Dev, sip: Ipv4, tip: Ipv4): string | null {
  switch (confMax(net.host, dev, 'arp_ignore')) {
    case 1:
      return confirmAddr(net.host, dev, IPV4_ANY, tip, RT_SCOPE_HOST) ? null : 'arp.ignored-not-on-interface';
    case 2:
      if (confirmAddr(net.host, dev, sip, tip, RT_SCOPE_HOST)) return null;
      return confirmAddr(net.host, dev, IPV4_ANY, tip, RT_SCOPE_HOST) ? 'arp.ignored-other-subnet' : 'arp.ignored-not-on-interface';
    case 3:
      return confirmAddr(net.host, null, IPV4_ANY, tip, RT_SCOPE_LINK) ? null : 'arp.ignored-host-scope';
    case 8:
      return 'arp.ignored-all';
    default:
      return null;
  }
}

/** arp_filter: would an answer from tip to sip leave by the interface the question came in by? */
export function arpFilter(net: Net, dev: Dev, sip: Ipv4, tip: Ipv4): { refused: boolean; out: string } {
  if (!confOr(net.host, dev, 'arp_filter')) return { refused: false, out: dev.name };
  const back = ipRouteOutput(net, { dst: sip, src: tip });
  if (isRouteError(back)) return { refused: true, out: '-' };
  return { refused: back.dev !== dev.ifindex, out: devGet(net.host, back.dev)?.name ?? '-' };
}

/** arp_accept: may an entry be made from a packet that nobody asked for? */
export function arpAccept(net: Net, dev: Dev, sip: Ipv4): boolean {
  const value = confMax(net.host, dev, 'arp_accept');
  if (value !== 2) return value === 1;
  return dev.addrs.some((ifa) => ifaMatch(ifa, sip) && ifa.scope <= RT_SCOPE_LINK);
}

/** An announcement: sender and target are the same address, of somebody else. */
export function isGratuitous(net: Net, arp: ArpHdr): boolean {
  if (arp.spa !== arp.tpa) return false;
  if (arp.op === ARP_REPLY && arp.tha !== arp.sha) return false;
  return inetAddrType(net.host, arp.spa) === 'unicast';
}

/** proxy_arp: answer for hosts that are reached by another interface. */
export function proxyByRoute(net: Net, dev: Dev, route: Dst): boolean {
  if (route.dev === dev.ifindex || !confOr(net.host, dev, 'proxy_arp')) return false;
  const inMedium = dev.conf.medium_id;
  if (inMedium === 0) return true;
  if (inMedium === -1) return false;
  const outMedium = devGet(net.host, route.dev)?.conf.medium_id ?? -1;
  return outMedium !== inMedium && outMedium !== -1;
}

/** proxy_arp_pvlan: answer for hosts on the same wire, which may not hear each other. */
export function proxyByPvlan(net: Net, dev: Dev, route: Dst, sip: Ipv4, tip: Ipv4): boolean {
  return route.dev === dev.ifindex && sip !== tip && confOr(net.host, dev, 'proxy_arp_pvlan');
}
