/**
 * What core.ts and icmp.ts share: who looks at packets at all, fragments, and the way of a translated answer.
 * Comes from: core.ts, icmp.ts.
 * Source: Linux 6.1 net/netfilter/ipvs/ip_vs_core.c, ip_vs_gather_frags(), ip_vs_route_me_harder();
 *   include/net/ip_vs.h, sysctl_backup_only().
 */
import { ipDefrag, ipRouteOutput, type DefragUser, type NfHook, type Skb } from '../host/index.ts';
import type { Ipv4Hdr } from '../wire/index.ts';
import type { IpvsNet } from './net.ts';
import type { IpvsState } from './state.ts';

/** net.ipv4.vs.backup_only counts only while this node runs a backup daemon. */
export function isBackupOnly(ipvs: IpvsState): boolean {
  return ipvs.sysctl['backup_only'] !== 0 && ipvs.daemons.some((d) => d.role === 'backup');
}

/** Puts a fragment together with the others. @returns false while it waits */
export function gatherFrags(net: IpvsNet, skb: Skb, hook: NfHook): boolean {
  const ip = skb.layers[0] as Ipv4Hdr;
  if (!ip.mf && ip.fragOffset === 0) return true;
  const user: DefragUser = hook === 'FORWARD' ? 'ipvs-forward' : 'ipvs-out';
  return ipDefrag(net, skb, user);
}

/** snat_reroute: the translated answer takes the way that an answer of this host would take. */
export function routeMeHarder(net: IpvsNet, skb: Skb, hook: NfHook): boolean {
  if (net.ipvs.sysctl['snat_reroute'] === 0 || hook === 'LOCAL_IN') return true;
  if (skb.dst !== null && skb.dst.type === 'local') return true;
  const ip = skb.layers[0] as Ipv4Hdr;
  const dst = ipRouteOutput(net, { dst: ip.dst, src: ip.src, tos: ip.tos, mark: skb.mark, anySrc: true });
  if ('error' in dst) {
    net.trace('ipvs:out', 'drop', 'ipvs.no-route-for-reply', skb, { client: ip.dst, vip: ip.src });
    return false;
  }
  skb.dst = dst;
  skb.oif = dst.dev;
  return true;
}
