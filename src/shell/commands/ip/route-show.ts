/**
 * `ip route show` and `ip route flush`: routes that a selector picks.
 * Comes from: route.ts.  Goes to: host/fib routesOf, routeDel.
 * Source: iproute2 6.1.0 ip/iproute.c, iproute_list_flush_or_save(), filter_nlmsg().
 * Read first: route-cache.ts for what was learnt.
 */
import { inPrefix } from '../../../wire/index.ts';
import {
  fibForget,
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
import { ToolError } from '../tool-error.ts';
import { reportFlush } from './addr-show.ts';
import { getPrefix, getUnsigned, invArg, matches, parseUnsigned, type Args, type Family, type Prefix } from './args.ts';
import { protoByName, routeTypeByWord, scopeByName, tableByName } from './names.ts';
import { showCache } from './route-cache.ts';
import { printRoute, type Hidden } from './route-print.ts';
import { familyWord, tosValue } from './route-words.ts';
import { devOrFail, printerOf, usageError, type IpRun } from './run.ts';
import { ROUTE_USAGE } from './usage-objects.ts';

interface Selector {
  family: Family;
  /** null: all of them */
  table: number | null;
  cache: boolean;
  dev: IfIndex | null;
  via: Prefix | null;
  proto: RouteProto | null;
  scope: number | null;
  src: Prefix | null;
  metric: number | null;
  tos: number | null;
  /** other: a type that no route of the lab has */
  type: RouteType | 'other' | null;
  realms: { readonly value: number; readonly mask: number } | null;
  /** asks for what no route of a table has: a way in, a mark, a source prefix */
  none: boolean;
  /** the route's prefix lies within */
  root: Prefix | null;
  /** the route's prefix contains */
  match: Prefix | null;
}

function parse(run: IpRun, args: Args): Selector {
  const sel: Selector = {
    family: run.opts.family,
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
    realms: null,
    none: false,
    root: null,
    match: null,
  };
  const names: { out: string | null; in: string | null } = { out: null, in: null };
  while (!args.done) {
    const word = args.take();
    if (word === 'dev' || word === 'oif') names.out = args.value();
    else if (word === 'iif') names.in = args.value();
    else if (!takeKind(sel, word, args) && !takeValue(sel, word, args)) selectPrefix(sel, word, args);
  }
  if (names.in !== null) {
    devOrFail(run, names.in);
    sel.none = true;
  }
  if (names.out !== null) sel.dev = devOrFail(run, names.out).ifindex;
  return sel;
}

/** Selectors whose value is a name. */
function takeKind(sel: Selector, word: string, args: Args): boolean {
  if (matches(word, 'table')) selectTable(sel, args.value());
  else if (word === 'vrf') throw invArg('Invalid VRF\n', args.value());
  else if (matches(word, 'cached') || matches(word, 'cloned')) sel.cache = true;
  else if (matches(word, 'protocol')) {
    const text = args.value();
    sel.proto = text === 'all' ? null : protoByName(text, 'invalid "protocol"\n');
  } else if (matches(word, 'scope')) {
    const text = args.value();
    sel.scope = text === 'all' ? null : scopeByName(text);
    if (sel.scope === null && text !== 'all') throw invArg('invalid "scope"\n', text);
  } else if (matches(word, 'type')) {
    const text = args.value();
    const type = routeTypeByWord(text);
    if (type === null) throw invArg('node type value is invalid\n', text);
    sel.type = type === 'nat' || type === 'anycast' || type === 'xresolve' ? 'other' : type;
  } else return false;
  return true;
}

/** Selectors whose value is a number or an address. */
function takeValue(sel: Selector, word: string, args: Args): boolean {
  if (word === 'tos' || matches(word, 'dsfield')) sel.tos = tosValue(args.value(), 'TOS value is invalid\n');
  else if (word === 'mark') sel.none = getUnsigned(args.value(), 'invalid mark value') !== 0 || sel.none;
  else if (matches(word, 'metric') || matches(word, 'priority') || word === 'preference')
    sel.metric = getUnsigned(args.value(), '"metric" value is invalid\n');
  else if (word === 'via') {
    const [family, text] = familyWord(args);
    sel.via = getPrefix(text, family ?? sel.family);
  } else if (word === 'src') sel.src = getPrefix(args.value(), sel.family);
  else if (matches(word, 'realms')) {
    const text = args.value();
    sel.realms = realmSelector(text);
    if (sel.realms === null) throw invArg('invalid realms\n', text);
  } else if (matches(word, 'from')) selectFrom(sel, args);
  else return false;
  return true;
}

/** `TO`, `FROM/` or `FROM/TO`: what is not given does not matter. */
function realmSelector(text: string): { value: number; mask: number } | null {
  const [first = '', second] = text.split('/');
  const from = second === undefined ? 0 : parseUnsigned(first);
  const to = second === undefined ? parseUnsigned(first) : second === '' ? 0 : parseUnsigned(second);
  if (from === null || to === null) return null;
  return { value: (from << 16) | to, mask: (second === undefined ? 0 : 0xffff0000) | (second === '' ? 0 : 0xffff) };
}

/** Routes of the lab are for every source. */
function selectFrom(sel: Selector, args: Args): void {
  const word = args.value();
  const text = matches(word, 'root') || matches(word, 'match') || matches(word, 'exact') ? args.value() : word;
  if (getPrefix(text, sel.family).len > 0 && !matches(word, 'match')) sel.none = true;
}

function selectTable(sel: Selector, text: string): void {
  if (text === 'cache') sel.cache = true;
  else if (text === 'all' || text === '0') sel.table = null;
  else if (text === 'help') throw usageError(ROUTE_USAGE);
  else {
    sel.table = tableByName(text);
    if (sel.table === null || sel.table > 0xffffffff) throw invArg('table id value is invalid\n', text);
  }
}

function selectPrefix(sel: Selector, first: string, args: Args): void {
  const word = first === 'to' ? args.value() : first;
  if (matches(word, 'root')) sel.root = getPrefix(args.value(), sel.family);
  else if (matches(word, 'match')) sel.match = getPrefix(args.value(), sel.family);
  else {
    if (matches(word, 'help')) throw usageError(ROUTE_USAGE);
    sel.root = getPrefix(matches(word, 'exact') ? args.value() : word, sel.family);
    sel.match = sel.root;
  }
}

/** The address lies within the prefix; a prefix of IPv6 holds none of the lab's. */
function within(prefix: Prefix, addr: Route['prefSrc']): boolean {
  return addr !== null && prefix.family !== 'inet6' && inPrefix(addr, prefix.addr, prefix.len);
}

function selected(route: Route, sel: Selector): boolean {
  const only = route.nexthops.length === 1 ? route.nexthops[0] : undefined;
  if (sel.none) return false;
  if (sel.dev !== null && only?.dev !== sel.dev) return false;
  if (sel.via !== null && !within(sel.via, only?.gateway ?? null)) return false;
  if (sel.proto !== null && route.proto !== sel.proto) return false;
  if (sel.scope !== null && route.scope !== sel.scope) return false;
  if (sel.src !== null && !within(sel.src, route.prefSrc)) return false;
  if (sel.metric !== null && route.metric !== sel.metric) return false;
  if (sel.tos !== null && route.tos !== sel.tos) return false;
  if (sel.type !== null && route.type !== sel.type) return false;
  if (sel.realms !== null && (((route.realms ?? 0) ^ sel.realms.value) & sel.realms.mask) !== 0) return false;
  if (sel.root !== null && (route.prefixLen < sel.root.len || !within(sel.root, route.dst))) return false;
  return (
    sel.match === null ||
    (route.prefixLen <= sel.match.len && sel.match.family !== 'inet6' && inPrefix(sel.match.addr, route.dst, route.prefixLen))
  );
}

/** Tables in the order of the kernel's hash of 256 buckets. */
function tablesOf(run: IpRun): number[] {
  return [...run.net.host.fib.tables.keys()].sort((a, b) => (a & 255) - (b & 255) || a - b);
}

/** null: there is no such table. */
function pick(run: IpRun, sel: Selector): Route[] | null {
  const { host } = run.net;
  if (sel.table === null) return tablesOf(run).flatMap((table) => routesOf(host, table).filter((route) => selected(route, sel)));
  // the rule for table default does not make that table
  const known = host.fib.tables.get(sel.table);
  const made =
    sel.table === RT_TABLE_MAIN ||
    sel.table === RT_TABLE_LOCAL ||
    (known !== undefined && (known.length > 0 || sel.table !== RT_TABLE_DEFAULT));
  return made ? routesOf(host, sel.table).filter((route) => selected(route, sel)) : null;
}

function hiddenBy(sel: Selector): Hidden {
  return {
    table: sel.table !== null,
    dev: sel.dev !== null,
    via: sel.via !== null && sel.via.len === 32,
    proto: sel.proto !== null,
    scope: sel.scope !== null,
    src: sel.src !== null && sel.src.len === 32,
    metric: sel.metric !== null,
    tos: sel.tos !== null,
  };
}

function list(run: IpRun, sel: Selector, routes: readonly Route[]): void {
  const p = printerOf(run);
  const hidden = hiddenBy(sel);
  for (const route of routes) {
    printRoute(p, run, route, hidden);
    p.say('\n');
  }
  p.end();
}

export function showRoutes(run: IpRun, args: Args): number {
  const sel = parse(run, args);
  if (sel.family !== 'any' && sel.family !== 'inet') {
    list(run, sel, []);
    return 0;
  }
  if (sel.cache) return showCache(run, sel);
  const routes = pick(run, sel);
  if (routes === null) {
    run.err('Error: ipv4: FIB table does not exist.\nDump terminated\n');
    // the bracket that began the listing is all that is written of it
    if (run.opts.json) run.out(run.opts.pretty ? '[ ' : '[');
    return 2;
  }
  list(run, sel, routes);
  return 0;
}

export function flushRoutes(run: IpRun, args: Args): number {
  if (args.done) throw new ToolError('"ip route flush" requires arguments.\n', 1);
  const sel = parse(run, args);
  if (sel.cache) {
    // net.ipv4.route.flush: what ICMP taught is forgotten.
    fibForget(run.net.host.fib);
    if (run.opts.stats > 0) run.out('*** IPv4 routing cache is flushed.\n');
    return 0;
  }
  const doomed = pick(run, sel);
  if (doomed === null) throw new ToolError('Error: ipv4: FIB table does not exist.\nFlush terminated\n', 2);
  if (run.opts.stats > 1) list({ ...run, opts: { ...run.opts, json: false } }, sel, doomed);
  for (const route of doomed) routeDel(run.net, route);
  reportFlush(run, doomed.length, 'entries');
  return 0;
}
