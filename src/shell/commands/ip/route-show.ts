/**
 * `ip route show` and `ip route flush`: routes that a selector picks.
 * Comes from: route.ts.  Goes to: host/fib routesOf, routeDel.
 * Source: iproute2 6.1.0 ip/iproute.c, iproute_list_flush_or_save(), filter_nlmsg().
 * Differs: the routing cache is always empty, as since Linux 3.6.
 */
import { inPrefix, type Ipv4 } from '../../../wire/index.ts';
import {
  RT_TABLE_DEFAULT,
  RT_TABLE_LOCAL,
  RT_TABLE_MAIN,
  routeDel,
  routesOf,
  type IfIndex,
  type Route,
  type RouteProto,
  type RouteType,
} from '../../../host/index.ts';
import { notModelled, ToolError } from '../tool-error.ts';
import { reportFlush } from './addr.ts';
import { getAddr, getPrefix, getUnsigned, invArg, matches, type Args, type Prefix } from './args.ts';
import { protoByName, routeTypeByName, scopeByName, tableByName } from './names.ts';
import { printRoute, type Hidden } from './route-print.ts';
import { devOrFail, type IpRun } from './run.ts';

interface Selector {
  /** null: all of them */
  table: number | null;
  cache: boolean;
  dev: IfIndex | null;
  via: Ipv4 | null;
  proto: RouteProto | null;
  scope: number | null;
  src: Prefix | null;
  metric: number | null;
  tos: number | null;
  type: RouteType | null;
  /** the route's prefix lies within */
  root: Prefix | null;
  /** the route's prefix contains */
  match: Prefix | null;
}

function parse(run: IpRun, args: Args): Selector {
  const sel: Selector = {
    table: RT_TABLE_MAIN,
    cache: false,
    dev: null,
    via: null,
    proto: null,
    scope: null,
    src: null,
    metric: null,
    tos: null,
    type: null,
    root: null,
    match: null,
  };
  while (!args.done) {
    const word = args.take();
    if (matches(word, 'table')) selectTable(sel, args.value());
    else if (word === 'cache' || matches(word, 'cached') || word === 'cloned') sel.cache = true;
    else if (word === 'tos' || matches(word, 'dsfield')) sel.tos = Number.parseInt(args.value(), 16);
    else if (word === 'metric' || matches(word, 'priority') || word === 'preference')
      sel.metric = getUnsigned(args.value(), '"metric" value is invalid\n');
    else if (matches(word, 'protocol')) selectProto(sel, args.value());
    else if (matches(word, 'scope')) selectScope(sel, args.value());
    else if (matches(word, 'type')) selectType(sel, args.value());
    else if (word === 'dev' || word === 'oif' || word === 'iif') sel.dev = devOrFail(run, args.value()).ifindex;
    else if (word === 'via') sel.via = getAddr(family(args));
    else if (word === 'src') sel.src = getPrefix(args.value());
    else if (matches(word, 'realms') || word === 'vrf' || matches(word, 'from')) throw notModelled('ip', `route show ${word}`);
    else selectPrefix(sel, word, args);
  }
  return sel;
}

/** A word behind `via` may name the family first. */
export function family(args: Args): string {
  const word = args.value();
  if (word === 'inet') return args.value();
  if (word === 'inet6' || word === 'mpls' || word === 'bridge' || word === 'link') throw notModelled('ip', `route via ${word}`);
  return word;
}

function selectTable(sel: Selector, text: string): void {
  if (text === 'cache') sel.cache = true;
  else if (text === 'all' || text === '0') sel.table = null;
  else {
    sel.table = tableByName(text);
    if (sel.table === null) throw invArg('table id value is invalid\n', text);
  }
}

function selectProto(sel: Selector, text: string): void {
  sel.proto = text === 'all' ? null : protoByName(text);
}

function selectScope(sel: Selector, text: string): void {
  sel.scope = text === 'all' ? null : scopeByName(text);
  if (sel.scope === null && text !== 'all') throw invArg('invalid "scope"\n', text);
}

function selectType(sel: Selector, text: string): void {
  sel.type = routeTypeByName(text);
  if (sel.type === null) throw invArg('node type value is invalid', text);
}

function selectPrefix(sel: Selector, first: string, args: Args): void {
  const word = first === 'to' ? args.value() : first;
  if (word === 'root') sel.root = getPrefix(args.value());
  else if (word === 'match') sel.match = getPrefix(args.value());
  else {
    sel.root = getPrefix(word === 'exact' ? args.value() : word);
    sel.match = sel.root;
  }
}

function selected(route: Route, sel: Selector): boolean {
  if (sel.dev !== null && !route.nexthops.some((nh) => nh.dev === sel.dev)) return false;
  if (sel.via !== null && !route.nexthops.some((nh) => nh.gateway === sel.via)) return false;
  if (sel.proto !== null && route.proto !== sel.proto) return false;
  if (sel.scope !== null && route.scope !== sel.scope) return false;
  if (sel.src !== null && (route.prefSrc === null || !inPrefix(route.prefSrc, sel.src.addr, sel.src.len))) return false;
  if (sel.metric !== null && route.metric !== sel.metric) return false;
  if (sel.tos !== null && route.tos !== sel.tos) return false;
  if (sel.type !== null && route.type !== sel.type) return false;
  if (sel.root !== null && (route.prefixLen < sel.root.len || !inPrefix(route.dst, sel.root.addr, sel.root.len))) return false;
  return sel.match === null || (route.prefixLen <= sel.match.len && inPrefix(sel.match.addr, route.dst, route.prefixLen));
}

/** Tables in the order of the kernel's hash of 256 buckets. */
function tablesOf(run: IpRun): number[] {
  return [...run.net.host.fib.tables.keys()].sort((a, b) => (a & 255) - (b & 255) || a - b);
}

function pick(run: IpRun, sel: Selector): Route[] {
  const { host } = run.net;
  if (sel.cache) return [];
  if (sel.table === null) return tablesOf(run).flatMap((table) => routesOf(host, table).filter((route) => selected(route, sel)));
  // the rule for table default does not make that table
  const known = host.fib.tables.get(sel.table);
  const made =
    sel.table === RT_TABLE_MAIN ||
    sel.table === RT_TABLE_LOCAL ||
    (known !== undefined && (known.length > 0 || sel.table !== RT_TABLE_DEFAULT));
  if (!made) throw new ToolError('Error: ipv4: FIB table does not exist.\nDump terminated\n', 2);
  return routesOf(host, sel.table).filter((route) => selected(route, sel));
}

export function showRoutes(run: IpRun, args: Args): number {
  const sel = parse(run, args);
  if (run.opts.family === 'inet6') return 0;
  const hidden: Omit<Hidden, 'table'> = {
    dev: sel.dev !== null,
    via: sel.via !== null,
    proto: sel.proto !== null,
    scope: sel.scope !== null,
    src: sel.src !== null,
    metric: sel.metric !== null,
    tos: sel.tos !== null,
  };
  for (const route of pick(run, sel)) {
    const table = sel.table !== null || route.table === RT_TABLE_MAIN;
    run.out(`${printRoute(run, route, { ...hidden, table })}\n`);
  }
  return 0;
}

export function flushRoutes(run: IpRun, args: Args): number {
  if (args.done) throw new ToolError('"ip route flush" requires arguments.\n', 1);
  const sel = parse(run, args);
  if (sel.cache) {
    // net.ipv4.route.flush: what ICMP taught is forgotten.
    run.net.host.fib.exceptions.clear();
    return 0;
  }
  const doomed = sel.table !== null && !run.net.host.fib.tables.has(sel.table) ? [] : pick(run, sel);
  for (const route of doomed) routeDel(run.net, route);
  reportFlush(run, doomed.length, 'entries');
  return 0;
}
