/**
 * Interfaces and their addresses.
 * Source: Linux 6.1 include/linux/netdevice.h (net_device), include/linux/inetdevice.h
 *   (in_device, in_ifaddr, ipv4_devconf).
 */
import type { Nanos } from '../../engine/index.ts';
import type { Ipv4, Mac, PrefixLen } from '../../wire/index.ts';
import type { NeighParms } from '../neigh/state.ts';
import type { IfIndex, Skb } from '../skb.ts';

/** Scopes as `ip` names them; a larger number is narrower (rtnetlink.h, RT_SCOPE_…). */
export const RT_SCOPE_UNIVERSE = 0;
export const RT_SCOPE_SITE = 200;
export const RT_SCOPE_LINK = 253;
export const RT_SCOPE_HOST = 254;
export const RT_SCOPE_NOWHERE = 255;

/** An address of an interface (struct in_ifaddr). */
export interface IfAddr {
  /** ifa_local: the host's own address */
  local: Ipv4;
  /** ifa_address: the peer's on point-to-point links, else equal to local */
  address: Ipv4;
  prefixLen: PrefixLen;
  /** null when none was given: `ip` gives none, `ifconfig` does */
  broadcast: Ipv4 | null;
  /** RT_SCOPE_… */
  scope: number;
  secondary: boolean;
  noPrefixRoute: boolean;
  /** metric of the subnet's route (IFA_RT_PRIORITY) */
  metric: number;
  /** it is deleted then; null: never */
  validUntil: Nanos | null;
  /** `ip addr` calls it deprecated from then on; null: never */
  preferredUntil: Nanos | null;
  /** eth0, or an alias such as eth0:0 */
  label: string;
}

/** net.ipv4.conf.*: the settings that exist for all, for default and for each interface. */
export interface DevConf {
  accept_local: number;
  accept_redirects: number;
  accept_source_route: number;
  arp_accept: number;
  arp_announce: number;
  arp_evict_nocarrier: number;
  arp_filter: number;
  arp_ignore: number;
  arp_notify: number;
  bc_forwarding: number;
  bootp_relay: number;
  disable_policy: number;
  disable_xfrm: number;
  drop_gratuitous_arp: number;
  drop_unicast_in_l2_multicast: number;
  force_igmp_version: number;
  forwarding: number;
  igmpv2_unsolicited_report_interval: number;
  igmpv3_unsolicited_report_interval: number;
  ignore_routes_with_linkdown: number;
  log_martians: number;
  mc_forwarding: number;
  medium_id: number;
  promote_secondaries: number;
  proxy_arp: number;
  proxy_arp_pvlan: number;
  route_localnet: number;
  rp_filter: number;
  secure_redirects: number;
  send_redirects: number;
  shared_media: number;
  src_valid_mark: number;
  tag: number;
}
export type DevConfName = keyof DevConf;

/** What an interface counts, as `ip -s link` shows it. */
export interface DevStats {
  rxPackets: number;
  rxBytes: number;
  rxDropped: number;
  txPackets: number;
  txBytes: number;
  txDropped: number;
  /** a tunnel could not send */
  txErrors: number;
}

/** Parameters of an ipip device (`ip tunnel add`, tunl0 has none of its addresses set). */
export interface TunnelParms {
  local: Ipv4 | null;
  remote: Ipv4 | null;
  /** the interface that packets to the far end must leave by, or null */
  link: IfIndex | null;
  /** 0 inherits the inner TTL */
  ttl: number;
  /** 1 inherits the inner TOS */
  tos: number;
  pmtuDisc: boolean;
  /** tunl0 takes what no other tunnel takes */
  fallback: boolean;
  /** made without saying what it carries: tunl0, and `ip link add … type ipip` without a mode */
  anyProto: boolean;
  /** local as it was made, which `ip link` goes on showing when it was changed */
  firstLocal: Ipv4 | null;
  /** made by `ip tunnel add`: its MTU has limits */
  bounded: boolean;
}

export type DevKind = 'loopback' | 'ethernet' | 'dummy' | 'ipip';

export interface Dev extends DevStats {
  readonly ifindex: IfIndex;
  name: string;
  readonly kind: DevKind;
  lladdr: Mac;
  /** bytes of IP packet */
  mtu: number;
  /** IFF_UP: `ip link set … up` */
  up: boolean;
  /** it was up at least once: it has its queueing discipline since then */
  everUp: boolean;
  /** a cable is plugged in and its other end is alive; always true without cables */
  carrier: boolean;
  /** how often the cable was noticed to come or go; it begins without one */
  carrierChanges: number;
  /** `ip link set … arp off` and devices without link-layer addresses */
  noarp: boolean;
  /** the MULTICAST flag is switched off */
  nomulticast: boolean;
  promisc: boolean;
  /** `ip link set … allmulticast on`; without effect here, where no card sorts groups out */
  allmulti: boolean;
  /** `ip link set … alias`; null: none */
  alias: string | null;
  /** `ip link set … group`; 0 is `default` */
  group: number;
  /** primaries and secondaries in the kernel's order (see host/dev/addr.ts) */
  addrs: IfAddr[];
  conf: DevConf;
  neighParms: NeighParms;
  /**
   * Settings that no longer follow conf/default and neigh/default because somebody wrote them here.
   * '*' stands for all: so it is from the first address on (ipv4_devconf_setall).
   */
  confOwn: string[];
  /** multicast groups that programs here want to receive, with the number of programs */
  mcGroups: Map<Ipv4, number>;
  tunnel: TunnelParms | null;
  /** errors that came back for packets of the tunnel, of which nobody has been told yet; `at`: the last */
  tunnelErrors: { count: number; at: Nanos } | null;
  /** packets out of the tunnel that wait for the ordinary queue to be empty (see host/tunnel/cell.ts) */
  cell: Skb[];
  /** somebody outside the host has a copy of what comes in here */
  tapped: boolean;
  /** the last bit of the last frame has left by then; kept for the link's queue */
  txBusyUntil: Nanos;
  /** as `ip link` shows it: 1000 for Ethernet */
  txQueueLen: number;
}
