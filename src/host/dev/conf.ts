/**
 * net.ipv4.conf: the settings' defaults, and how conf/all and conf/<interface> give the value that counts.
 * Comes from: everywhere that obeys a setting.  Goes to: HostState.conf, Dev.conf.
 * Source: Linux 6.1 net/ipv4/devinet.c (ipv4_devconf, ipv4_devconf_dflt),
 *   include/linux/inetdevice.h (IN_DEV_MAXCONF, IN_DEV_ORCONF, IN_DEV_ANDCONF).
 * Differs: nothing known.
 */
import type { HostState } from '../state.ts';
import type { Dev, DevConf, DevConfName } from './state.ts';

/** Values of the kernel itself, before any distribution's sysctl.conf. */
export function createDevConf(which: 'all' | 'default'): DevConf {
  return {
    accept_local: 0,
    accept_redirects: 1,
    accept_source_route: which === 'all' ? 0 : 1,
    arp_accept: 0,
    arp_announce: 0,
    arp_evict_nocarrier: 1,
    arp_filter: 0,
    arp_ignore: 0,
    arp_notify: 0,
    bc_forwarding: 0,
    bootp_relay: 0,
    disable_policy: 0,
    disable_xfrm: 0,
    drop_gratuitous_arp: 0,
    drop_unicast_in_l2_multicast: 0,
    force_igmp_version: 0,
    forwarding: 0,
    igmpv2_unsolicited_report_interval: 10000,
    igmpv3_unsolicited_report_interval: 1000,
    ignore_routes_with_linkdown: 0,
    log_martians: 0,
    mc_forwarding: 0,
    medium_id: 0,
    promote_secondaries: 0,
    proxy_arp: 0,
    proxy_arp_pvlan: 0,
    route_localnet: 0,
    rp_filter: 0,
    secure_redirects: 1,
    send_redirects: 1,
    shared_media: 1,
    src_valid_mark: 0,
    tag: 0,
  };
}

/** The larger of the two values: arp_ignore, arp_announce, rp_filter and others. */
export function confMax(host: HostState, dev: Dev, name: DevConfName): number {
  const all = host.conf.all[name];
  const own = dev.conf[name];
  return all > own ? all : own;
}

/** One of them is enough. */
export function confOr(host: HostState, dev: Dev, name: DevConfName): boolean {
  return host.conf.all[name] !== 0 || dev.conf[name] !== 0;
}

/** Both are needed. */
export function confAnd(host: HostState, dev: Dev, name: DevConfName): boolean {
  return host.conf.all[name] !== 0 && dev.conf[name] !== 0;
}

/** Only the interface's own value counts. */
export function forwardingOn(dev: Dev): boolean {
  return dev.conf.forwarding !== 0;
}

/** Redirects are believed: either switch on a host, both switches on a router (IN_DEV_RX_REDIRECTS). */
export function acceptsRedirects(host: HostState, dev: Dev): boolean {
  return forwardingOn(dev) ? confAnd(host, dev, 'accept_redirects') : confOr(host, dev, 'accept_redirects');
}
