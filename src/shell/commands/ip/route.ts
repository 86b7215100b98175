/**
 * `ip route`: the verbs.
 * Comes from: index.ts.  Goes to: route-words.ts, route-change.ts, route-show.ts, route-get.ts.
 * Source: iproute2 6.1.0 ip/iproute.c, do_iproute(), iproute_modify().
 * Differs: encapsulation, next hop objects, nat and anycast routes, save and restore are not modelled.
 */
import { RT_SCOPE_HOST, RT_SCOPE_LINK, RT_SCOPE_NOWHERE, RT_SCOPE_UNIVERSE, RT_TABLE_LOCAL, RT_TABLE_MAIN } from '../../../host/index.ts';
import type { RouteType } from '../../../host/index.ts';
import { notModelled, ToolError } from '../tool-error.ts';
import { isNetwork, matches, matchesAny, unknownCommand, type Args } from './args.ts';
import { changeRoute, type RouteVerb } from './route-change.ts';
import { getRoute } from './route-get.ts';
import { checkMetrics } from './route-metrics.ts';
import { flushRoutes, showRoutes } from './route-show.ts';
import { parseRoute, type RouteWords } from './route-words.ts';
import { devOrFail, usage, type IpRun } from './run.ts';
import { ROUTE_USAGE } from './usage-objects.ts';

export const ROUTE_SYNOPSIS = [
  'ip route [show|flush] [table TABLE|all] [dev DEV] [via ADDR] [src PREFIX] [proto P] [scope S] [type T] [metric N] [tos TOS] [[root|match|exact] PREFIX]',
  'ip route get [fibmatch] ADDR [from ADDR] [iif DEV] [oif DEV] [tos TOS] [mark N] [uid N] [ipproto P] [sport N] [dport N]',
  'ip route {add|del|replace|change|append|prepend} [TYPE] PREFIX [via ADDR] [dev DEV] [src ADDR] [metric N] [table TABLE] [proto P] [scope S] [tos TOS] [onlink] [realms R] [METRIC [lock] VALUE]…',
  '  METRIC: mtu advmss hoplimit window rtt rttvar rto_min ssthresh cwnd initcwnd initrwnd reordering features quickack congctl fastopen_no_cookie',
  'ip route {add|replace|append} PREFIX nexthop [via ADDR] [dev DEV] [weight N] [onlink] [nexthop …]',
] as const;

export function ipRoute(run: IpRun, args: Args): number {
  if (args.done) return showRoutes(run, args);
  const word = args.take();
  if (matchesAny(word, 'list', 'show') || word === 'lst' || word === 'ls') return showRoutes(run, args);
  const verb = verbOf(word);
  if (verb !== null) return modify(run, args, verb);
  if (matches(word, 'get')) return getRoute(run, args);
  if (matches(word, 'flush')) return flushRoutes(run, args);
  if (matches(word, 'restore') || matches(word, 'showdump')) return readDump(run, word);
  if (matches(word, 'save')) throw notModelled('ip', `route ${word}`);
  if (matches(word, 'help')) return usage(run, ROUTE_USAGE);
  throw unknownCommand(word, 'route');
}

/** What `ip route save` wrote is binary; nothing else is recognised, and the lab writes none. */
function readDump(run: IpRun, word: string): number {
  if (run.stdin === null) throw new ToolError(`Can't ${matches(word, 'restore') ? 'restore' : 'dump'} route dump from a terminal\n`, 255);
  throw new ToolError('Magic mismatch (0 elems, 0 magic)\n', 1);
}

function verbOf(word: string): RouteVerb | null {
  if (matches(word, 'add')) return 'add';
  if (matches(word, 'change') || word === 'chg') return 'change';
  if (matches(word, 'replace')) return 'replace';
  if (matches(word, 'prepend')) return 'prepend';
  if (matches(word, 'append')) return 'append';
  return matches(word, 'delete') ? 'del' : null;
}

function modify(run: IpRun, args: Args, verb: RouteVerb): number {
  const words = parseRoute(run, args);
  const { dst } = words;
  if (dst === null) return usage(run, ROUTE_USAGE);
  const dev = words.dev === null ? null : devOrFail(run, words.dev);
  if (words.family === 'inet6') return refuseInet6(words, verb);
  if (words.unmodelled === 'nhid') {
    if (dev !== null || words.gateway !== undefined)
      throw new ToolError('Error: Nexthop specification and nexthop id are mutually exclusive.\n', 2);
    throw notModelled('ip', 'route nhid');
  }
  if (!isNetwork(dst)) throw new ToolError('Error: Invalid prefix for given prefix length.\n', 2);
  if ((words.unmodelled === 'nat' || words.unmodelled === 'xresolve') && verb !== 'del') throw new ToolError('Error: Invalid scope.\n', 2);
  if (verb !== 'del') checkMetrics(words.metrics);
  const type = words.type ?? 'unicast';
  changeRoute(run, verb, {
    words,
    dst,
    dev,
    type,
    table: words.table ?? (type === 'local' || type === 'broadcast' ? RT_TABLE_LOCAL : RT_TABLE_MAIN),
    scope: words.scope ?? defaultScope(type, words, verb),
  });
  return 0;
}

/** IPv6 is off in the lab, as it was where its behaviour was recorded. */
function refuseInet6(words: RouteWords, verb: RouteVerb): number {
  if (verb === 'del') throw new ToolError('RTNETLINK answers: No such process\n', 2);
  if (words.type !== null && words.type !== 'unicast') throw notModelled('ip', 'IPv6 routes');
  if (words.dev === null) throw new ToolError('RTNETLINK answers: No route to host\n', 2);
  throw new ToolError('Error: IPv6 is disabled on nexthop device.\n', 2);
}

function defaultScope(type: RouteType, words: RouteWords, verb: RouteVerb): number {
  if (type === 'local') return RT_SCOPE_HOST;
  if (type === 'broadcast' || type === 'multicast' || words.unmodelled === 'anycast') return RT_SCOPE_LINK;
  if (type !== 'unicast') return RT_SCOPE_UNIVERSE;
  if (verb === 'del') return RT_SCOPE_NOWHERE;
  return words.gateway === undefined && words.nexthops.length === 0 ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE;
}
