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

/** Who made a route, as `ip route` prints it. */
export type RouteProto = 'kernel' | 'boot' | 'static' | 'redirect';

export interface NextHop {
  dev: IfIndex;
  /** null: the destination is on-link */
  gateway: Ipv4 | null;
  weight: number;
  onlink: boolean;
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
  /** one, or several for a multipath route; none for blackhole, unreachable, prohibit */
  nexthops: NextHop[];
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
  action: { kind: 'lookup'; table: number } | { kind: 'blackhole' | 'unreachable' | 'prohibit' };
}

/** What ICMP taught about one destination (struct fib_nh_exception). */
export interface FibException {
  /** better gateway from a redirect */
  gateway: Ipv4 | null;
  /** path MTU, bytes, or null */
  mtu: number | null;
  expires: Nanos;
}

export interface FibState {
  /** by table number; routes of a table in the order in which `ip route` lists them */
  tables: Map<number, Route[]>;
  /** by priority */
  rules: FibRule[];
  exceptions: Map<Ipv4, FibException>;
  /**
   * A rule was added or deleted at least once: local and main are searched one after the other from
   * then on. Until then they are one tree, in which a longer prefix of main beats a shorter one of local.
   */
  customRules: boolean;
  /** somebody added a route of type local by hand: source checks look at the tables, not only at addresses */
  customLocal: boolean;
}
