/**
 * Finding a route: rules, tables, longest prefix.
 * Comes from: fib/input.ts, fib/output.ts, fib/validate.ts, arp/.  Goes to: fib/table.ts.
 * Source: Linux 6.1 net/ipv4/fib_rules.c (fib4_rule_match), fib_trie.c (fib_table_lookup),
 *   fib_frontend.c (inet_addr_type).
 * Differs: every socket is user 0's.
 */
import { inPrefix, isMulticast, isZeroNet, IPV4_BROADCAST, type Ipv4 } from '../../wire/index.ts';
import { confOr } from '../dev/conf.ts';
import { devGet, devName } from '../dev/get.ts';
import type { Net } from '../net.ts';
import { LO_IF, NO_IF, type IfIndex, type RouteType } from '../skb.ts';
import type { HostState } from '../state.ts';
import { RT_TABLE_DEFAULT, RT_TABLE_LOCAL, type FibRule, type NextHop, type NumberRange, type Route } from './state.ts';
import { tableIndex, treeOfNode, type RouteEntry, type TableIndex } from './table.ts';

/** What a route is looked for with (struct flowi4). */
export interface Flow {
  readonly dst: Ipv4;
  readonly src: Ipv4;
  /** required way out, or NO_IF */
  readonly oif: IfIndex;
  /** way in; LO_IF for packets made here */
  readonly iif: IfIndex;
  readonly tos: number;
  readonly mark: number;
  /** routes of a wider scope are passed over */
  readonly scope: number;
  /** what rules may ask for besides; left out: not known, which no rule that asks for it takes */
  readonly proto?: number | undefined;
  readonly sport?: number | undefined;
  readonly dport?: number | undefined;
  /** whose socket; left out: user 0's */
  readonly uid?: number | undefined;
}

export type LookupErrno = 'ENETUNREACH' | 'EHOSTUNREACH' | 'EACCES' | 'EINVAL';

export type FibResult =
  | {
      readonly kind: 'found';
      readonly entry: RouteEntry;
      readonly nexthop: NextHop | null;
      readonly table: number;
    }
  /** route is null if nothing matched, else the route that says no */
  | { readonly kind: 'error'; readonly errno: LookupErrno; readonly route: RouteEntry | null };

const NOTHING: FibResult = { kind: 'error', errno: 'ENETUNREACH', route: null };

/** What routes of a type answer that lead nowhere (fib_props). */
const TYPE_ERRNO: Readonly<Partial<Record<RouteType, LookupErrno>>> = {
  blackhole: 'EINVAL',
  unreachable: 'EHOSTUNREACH',
  prohibit: 'EACCES',
};

/** A next hop can be used: its interface is up, and is the one asked for. Local routes outlive their interface. */
function nexthopUsable(host: HostState, route: Route, nh: NextHop, oif: IfIndex): boolean {
  if (oif !== NO_IF && nh.dev !== oif) return false;
  const dev = host.devs[nh.dev];
  if (dev === null || dev === undefined) return false;
  if (!dev.up) return route.type === 'local';
  return dev.carrier || !confOr(host, dev, 'ignore_routes_with_linkdown');
}

/** Longest matching prefix of one table, or null. */
export function tableLookup(host: HostState, index: TableIndex, flow: Flow): FibResult | null {
  const dst = flow.dst | 0;
  const { few, entries } = index;
  for (let i = 0; i < entries.length; i++) {
    if ((dst & (few[2 * i] as number)) !== few[2 * i + 1]) continue;
    const result = firstUsable(host, entries[i] as readonly RouteEntry[], flow);
    if (result !== undefined) return result;
  }
  for (const level of index.levels) {
    const there = level.byNetwork.get(dst & level.mask);
    const result = there === undefined ? undefined : firstUsable(host, there, flow);
    if (result !== undefined) return result;
  }
  return null;
}

/** What the routes of one prefix say, the best first: null that this table says nothing, undefined that a shorter prefix is asked. */
function firstUsable(host: HostState, entries: readonly RouteEntry[], flow: Flow): FibResult | null | undefined {
  for (const entry of entries) {
    const route = entry.route;
    if (route.tos !== 0 && route.tos !== flow.tos) continue;
    if (route.scope < flow.scope) continue;
    if (route.type === 'throw') return null;
    const errno = TYPE_ERRNO[route.type];
    if (errno !== undefined) return { kind: 'error', errno, route: entry };
    for (const nh of route.nexthops) {
      if (nexthopUsable(host, route, nh, flow.oif)) return { kind: 'found', entry, nexthop: nh, table: route.table };
    }
  }
  return undefined;
}

function inRange(range: NumberRange, value: number): boolean {
  return value >= range.from && value <= range.to;
}

function ruleMatches(host: HostState, rule: FibRule, flow: Flow): boolean {
  const match =
    (rule.iif === null || rule.iif === devName(host, flow.iif)) &&
    (rule.oif === null || (flow.oif !== NO_IF && rule.oif === devName(host, flow.oif))) &&
    (rule.fwmark === null || ((flow.mark ^ rule.fwmark.value) & rule.fwmark.mask) === 0) &&
    (rule.from === null || inPrefix(flow.src, rule.from.addr, rule.from.len)) &&
    (rule.to === null || inPrefix(flow.dst, rule.to.addr, rule.to.len)) &&
    (rule.tos === 0 || rule.tos === flow.tos) &&
    (rule.uids === undefined || inRange(rule.uids, flow.uid ?? 0)) &&
    (rule.ipProto === undefined || rule.ipProto === flow.proto) &&
    (rule.sport === undefined || inRange(rule.sport, flow.sport ?? 0)) &&
    (rule.dport === undefined || inRange(rule.dport, flow.dport ?? 0));
  return match !== rule.not;
}

const RULE_ERRNO = { blackhole: 'EINVAL', unreachable: 'ENETUNREACH', prohibit: 'EACCES' } as const;

/** The route for a flow, by the rules in order of priority. */
export function fibLookup(net: Net, flow: Flow): FibResult {
  const { host } = net;
  return host.fib.customRules ? walkRules(host, flow) : treeLookup(host, treeOfNode(net), flow);
}

export function fibLookupHost(host: HostState, flow: Flow): FibResult {
  const fib = host.fib;
  return fib.customRules ? walkRules(host, flow) : treeLookup(host, tableIndex(fib, RT_TABLE_LOCAL), flow);
}

/** The tree of local and main, then table default, which is nearly always empty. */
function treeLookup(host: HostState, tree: TableIndex, flow: Flow): FibResult {
  return tableLookup(host, tree, flow) ?? tableLookup(host, tableIndex(host.fib, RT_TABLE_DEFAULT), flow) ?? NOTHING;
}

/** Rules one after the other; `goto` leads to the first rule of a later priority, or on where there is none. */
function walkRules(host: HostState, flow: Flow): FibResult {
  const { fib } = host;
  for (let at = 0; at < fib.rules.length; at++) {
    const rule = fib.rules[at] as FibRule;
    if (!ruleMatches(host, rule, flow)) continue;
    const { action } = rule;
    if (action.kind === 'nop') continue;
    if (action.kind === 'goto') {
      const target = fib.rules.findIndex((other) => other.pref === action.pref);
      if (target > at) at = target - 1;
      continue;
    }
    if (action.kind !== 'lookup') return { kind: 'error', errno: RULE_ERRNO[action.kind], route: null };
    const result = tableLookup(host, tableIndex(fib, action.table), flow);
    if (result !== null && !suppressed(host, rule, result)) return result;
  }
  return NOTHING;
}

/** The rule does not want routes as wide as this one, or to interfaces of that group (fib4_rule_suppress). */
function suppressed(host: HostState, rule: FibRule, result: FibResult): boolean {
  if (result.kind === 'error') return false;
  if (rule.suppressPrefixLen !== undefined && result.entry.route.prefixLen <= rule.suppressPrefixLen) return true;
  return rule.suppressGroup !== undefined && result.nexthop !== null && devGet(host, result.nexthop.dev)?.group === rule.suppressGroup;
}

/** A flow that asks only for an address, as the kernel's own checks do. */
export function addrFlow(dst: Ipv4, oif: IfIndex = NO_IF, scope = 0): Flow {
  return { dst, src: 0 as Ipv4, oif, iif: LO_IF, tos: 0, mark: 0, scope };
}

/**
 * What an address is to this host: its own, a broadcast address of it, somebody else's.
 * @param table where to look; the table local unless a route check asks for another
 */
export function inetAddrType(host: HostState, addr: Ipv4, table = RT_TABLE_LOCAL): RouteType {
  if (addr === IPV4_BROADCAST || isZeroNet(addr)) return 'broadcast';
  if (isMulticast(addr)) return 'multicast';
  const found = tableLookup(host, tableIndex(host.fib, table), addrFlow(addr));
  return found === null || found.kind === 'error' ? 'unicast' : found.entry.route.type;
}

/** Some next hop of the route leaves by this interface (fib_info_nh_uses_dev). */
export function routeUsesDev(route: Route, dev: IfIndex): boolean {
  for (const nh of route.nexthops) if (nh.dev === dev) return true;
  return false;
}

/** For callers that need no limit: routes of every scope are taken. */
export const ANY_SCOPE = 0;

/** An interface that a route leads to exists and is up. */
export function nexthopDevUp(host: HostState, nh: NextHop): boolean {
  return devGet(host, nh.dev)?.up === true;
}
