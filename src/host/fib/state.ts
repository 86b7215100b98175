/**
 * Routing tables, policy rules, and exceptions learnt from ICMP.
 * Source: Linux 6.1 net/ipv4/fib_frontend.c, fib_semantics.c, fib_rules.c, route.c.
 */
import type { Nanos } from '../../engine/index.ts';
import type { Ipv4, PrefixLen } from '../../wire/index.ts';
import type { IfIndex, RouteType } from '../skb.ts';

export const RT_TABLE_DEFAULT = 253;
export const RT_TABLE_MAIN = 254;
export const RT_TABLE_LOCAL = 255;

/** Who made a route: by name where the host itself uses the number, else the number (RTPROT_…). */
export type RouteProto = 'kernel' | 'boot' | 'static' | 'redirect' | number;

/** What a route may say about the paths it leads to, beside the MTU (RTAX_…). Times in milliseconds. */
export type RouteMetricName =
  | 'window'
  | 'rtt'
  | 'rttvar'
  | 'ssthresh'
  | 'cwnd'
  | 'advmss'
  | 'reordering'
  | 'hoplimit'
  | 'initcwnd'
  | 'features'
  | 'rto_min'
  | 'initrwnd'
  | 'quickack'
  | 'congctl'
  | 'fastopen_no_cookie';

/** Only what was given; `congctl` is a name, all others are numbers. */
export type RouteMetrics = Readonly<Partial<Record<RouteMetricName, number | string>>>;

export interface NextHop {
  dev: IfIndex;
  /** null: the destination is on-link */
  gateway: Ipv4 | null;
  weight: number;
  onlink: boolean;
  /** the gateway is an address of this host: the destination is taken to be on the link */
  ownGateway?: true;
  /** what ICMP taught about destinations that are reached by it; left out: nothing yet */
  learnt?: Map<Ipv4, FibException>;
}

export interface Route {
  dst: Ipv4;
  prefixLen: PrefixLen;
  type: RouteType;
  table: number;
  proto: RouteProto;
  /** RT_SCOPE_… */
  scope: number;
  tos: number;
  /** smaller wins; 0 for iproute2's default */
  metric: number;
  prefSrc: Ipv4 | null;
  /** bytes, or null for the device's */
  mtu: number | null;
  /** left out: none */
  metrics?: RouteMetrics;
  /** metrics that were given with `lock`, `mtu` among them: what is learnt later does not change them */
  locked?: readonly (RouteMetricName | 'mtu')[];
  /** for accounting only: the class of the traffic, source in the upper half */
  realms?: number;
  /** one, or several for a multipath route; none for blackhole, unreachable, prohibit */
  nexthops: NextHop[];
}

/** First and last number, both included. */
export interface NumberRange {
  readonly from: number;
  readonly to: number;
}

export interface FibRule {
  pref: number;
  from: { addr: Ipv4; len: PrefixLen } | null;
  to: { addr: Ipv4; len: PrefixLen } | null;
  iif: string | null;
  oif: string | null;
  fwmark: { value: number; mask: number } | null;
  tos: number;
  not: boolean;
  /** IP protocol; left out: any */
  ipProto?: number;
  sport?: NumberRange;
  dport?: NumberRange;
  /** users whose sockets it is for; packets that are forwarded count as user 0's */
  uids?: NumberRange;
  /** a route found by this rule whose prefix is no longer than that does not count */
  suppressPrefixLen?: number;
  /** a route found by this rule that leads to an interface of this group does not count */
  suppressGroup?: number;
  /** as a route's */
  realms?: number;
  /** who made it; left out: nobody said */
  proto?: RouteProto;
  action: { kind: 'lookup'; table: number } | { kind: 'goto'; pref: number } | { kind: 'nop' | 'blackhole' | 'unreachable' | 'prohibit' };
}

/** What ICMP taught about one destination (struct fib_nh_exception). */
export interface FibException {
  /** better gateway from a redirect */
  gateway: Ipv4 | null;
  /** path MTU, bytes, or null */
  mtu: number | null;
  /** it would have been less than the least that is believed: packets may be cut on their way, and nothing more is learnt */
  mtuLocked: boolean;
  expires: Nanos;
  /** a route was made of it: only then it is shown */
  used: boolean;
}

export interface FibState {
  /** by table number; routes of a table in the order in which `ip route` lists them */
  tables: Map<number, Route[]>;
  /** by priority */
  rules: FibRule[];
  /** something was learnt about a destination (NextHop.learnt) and not all of it forgotten since */
  learnt: boolean;
  /**
   * A rule was added or deleted at least once: local and main are searched one after the other from
   * then on. Until then they are one tree, in which a longer prefix of main beats a shorter one of local.
   */
  customRules: boolean;
  /** somebody added a route of type local by hand: source checks look at the tables, not only at addresses */
  customLocal: boolean;
  /** some rule asks for the protocol or for ports: they are read from every packet (fib_rules_require_fldissect) */
  rulesAskPorts: boolean;
}
