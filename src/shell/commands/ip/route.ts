/**
 * `ip route`: the verbs, and reading a route from words.
 * Comes from: index.ts.  Goes to: route-show.ts, route-get.ts; host/fib routeAdd, routeReplace, routeDel.
 * Source: iproute2 6.1.0 ip/iproute.c, iproute_modify(), parse_nexthops().
 * Differs: metrics other than mtu, encapsulation, next hop objects, realms, throw and nat are not modelled.
 */
import { RT_SCOPE_HOST, RT_SCOPE_LINK, RT_SCOPE_NOWHERE, RT_SCOPE_UNIVERSE, RT_TABLE_LOCAL, RT_TABLE_MAIN } from '../../../host/index.ts';
import type { NextHop, RouteProto, RouteType } from '../../../host/index.ts';
import type { Ipv4 } from '../../../wire/index.ts';
import { notModelled, ToolError } from '../tool-error.ts';
import {
  duplicate,
  getAddr,
  getPrefix,
  getUnsigned,
  invArg,
  isNetwork,
  matches,
  matchesAny,
  unknownCommand,
  type Args,
  type Prefix,
} from './args.ts';
import { protoByName, routeTypeByName, scopeByName, tableByName } from './names.ts';
import { changeRoute, type RouteVerb } from './route-change.ts';
import { getRoute } from './route-get.ts';
import { family, flushRoutes, showRoutes } from './route-show.ts';
import { devOrFail, usage, type IpRun } from './run.ts';

export const ROUTE_SYNOPSIS = [
  'ip route [show|flush] [table TABLE|all] [dev DEV] [via ADDR] [proto P] [scope S] [type T] [metric N] [[root|match|exact] PREFIX]',
  'ip route get [fibmatch] ADDR [from ADDR] [iif DEV] [oif DEV] [tos TOS] [mark N]',
  'ip route {add|del|replace|change|append} [TYPE] PREFIX [via ADDR] [dev DEV] [src ADDR] [metric N] [table TABLE] [proto P] [scope S] [tos TOS] [mtu N] [onlink]',
  'ip route {add|replace} PREFIX nexthop [via ADDR] [dev DEV] [weight N] [nexthop …]',
] as const;

/** A route as words; what was not given is null. */
export interface RouteWords {
  type: RouteType | null;
  dst: Prefix | null;
  table: number | null;
  proto: RouteProto | null;
  scope: number | null;
  tos: number;
  metric: number | null;
  prefSrc: Ipv4 | null;
  mtu: number | null;
  gateway: Ipv4 | null;
  dev: string | null;
  onlink: boolean;
  nexthops: NextHop[];
}

export function ipRoute(run: IpRun, args: Args): number {
  if (args.done) return showRoutes(run, args);
  const word = args.take();
  if (matchesAny(word, 'list', 'show') || word === 'lst') return showRoutes(run, args);
  const verb = verbOf(word);
  if (verb !== null) return modify(run, args, verb);
  if (matches(word, 'get')) return getRoute(run, args);
  if (matches(word, 'flush')) return flushRoutes(run, args);
  if (matchesAny(word, 'save', 'restore', 'showdump')) throw notModelled('ip', `route ${word}`);
  if (matches(word, 'help')) return usage(run, ROUTE_SYNOPSIS);
  throw unknownCommand(word, 'route');
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
  if (args.done) return usage(run, ROUTE_SYNOPSIS);
  const words = parse(run, args);
  const dst = words.dst ?? { addr: 0 as Ipv4, len: 0, lenGiven: true };
  const dev = words.dev === null ? null : devOrFail(run, words.dev);
  if (!isNetwork(dst)) throw new ToolError('Error: Invalid prefix for given prefix length.\n', 2);
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

function defaultScope(type: RouteType, words: RouteWords, verb: RouteVerb): number {
  if (type === 'local') return RT_SCOPE_HOST;
  if (type === 'broadcast' || type === 'multicast') return RT_SCOPE_LINK;
  if (type !== 'unicast') return RT_SCOPE_UNIVERSE;
  if (verb === 'del') return RT_SCOPE_NOWHERE;
  return words.gateway === null && words.nexthops.length === 0 ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE;
}

const UNMODELLED = [
  'as',
  'encap',
  'nhid',
  'expires',
  'hoplimit',
  'advmss',
  'reordering',
  'rtt',
  'rttvar',
  'window',
  'cwnd',
  'initcwnd',
  'initrwnd',
  'ssthresh',
  'realms',
  'rto_min',
  'features',
  'quickack',
  'congctl',
  'pref',
  'vrf',
  'pervasive',
  'ttl-propagate',
  'fastopen_no_cookie',
  'nat',
  'anycast',
  'xresolve',
];

function parse(run: IpRun, args: Args): RouteWords {
  const words: RouteWords = {
    type: null,
    dst: null,
    table: null,
    proto: null,
    scope: null,
    tos: 0,
    metric: null,
    prefSrc: null,
    mtu: null,
    gateway: null,
    dev: null,
    onlink: false,
    nexthops: [],
  };
  while (!args.done) {
    const word = args.take();
    if (word === 'src') words.prefSrc = getAddr(args.value());
    else if (word === 'via') words.gateway = getAddr(family(args));
    else if (word === 'dev' || word === 'oif') words.dev = args.value();
    else if (word === 'tos' || matches(word, 'dsfield')) words.tos = tosValue(args.value());
    else if (word === 'metric' || matches(word, 'priority') || word === 'preference')
      words.metric = getUnsigned(args.value(), '"metric" value is invalid\n');
    else if (word === 'scope') words.scope = scopeValue(args.value());
    else if (word === 'mtu') words.mtu = mtuValue(args);
    else if (matches(word, 'protocol')) words.proto = protoByName(args.value());
    else if (matches(word, 'table')) words.table = tableValue(args.value());
    else if (word === 'onlink') words.onlink = true;
    else if (word === 'nexthop') parseNexthops(run, args, words);
    else if (UNMODELLED.includes(word)) throw notModelled('ip', `route ${word}`);
    else takeDst(args, words, word);
  }
  return words;
}

function takeDst(args: Args, words: RouteWords, first: string): void {
  let word = first === 'to' ? args.value() : first;
  const type = routeTypeByName(word);
  if (type !== null) {
    words.type = type;
    word = args.value();
  }
  if (words.dst !== null) throw duplicate('to', word);
  words.dst = getPrefix(word);
}

function tosValue(text: string): number {
  if (!/^(0x)?[0-9a-fA-F]{1,2}$/.test(text)) throw invArg('"tos" value is invalid\n', text);
  return Number.parseInt(text, 16);
}

function scopeValue(text: string): number {
  const scope = scopeByName(text);
  if (scope === null) throw invArg('invalid "scope" value\n', text);
  return scope;
}

function mtuValue(args: Args): number {
  const text = args.value();
  if (text === 'lock') throw notModelled('ip', 'route mtu lock');
  return getUnsigned(text, '"mtu" value is invalid\n');
}

function tableValue(text: string): number {
  const table = tableByName(text);
  if (table === null) throw invArg('"table" value is invalid\n', text);
  return table;
}

/** `nexthop via A dev D weight N nexthop …` up to the end of the line. */
function parseNexthops(run: IpRun, args: Args, words: RouteWords): void {
  for (;;) {
    if (args.done) throw new ToolError('Error: unexpected end of line after "nexthop"\n', 255);
    const nh: { gateway: Ipv4 | null; dev: string | null; weight: number; onlink: boolean } = {
      gateway: null,
      dev: null,
      weight: 1,
      onlink: false,
    };
    while (!args.done && args.word !== 'nexthop') {
      const word = args.take();
      if (word === 'via') nh.gateway = getAddr(family(args));
      else if (word === 'dev') nh.dev = args.value();
      else if (word === 'weight') nh.weight = weightValue(args.value());
      else if (word === 'onlink') nh.onlink = true;
      else throw new ToolError(`Error: "nexthop" or end of line is expected instead of "${word}"\n`, 255);
    }
    words.nexthops.push({
      dev: (nh.dev === null ? 0 : devOrFail(run, nh.dev).ifindex) as NextHop['dev'],
      gateway: nh.gateway,
      weight: nh.weight,
      onlink: nh.onlink,
    });
    if (args.done) return;
    args.take();
  }
}

function weightValue(text: string): number {
  const weight = getUnsigned(text, '"weight" is invalid\n');
  if (weight === 0 || weight > 256) throw invArg('"weight" is invalid\n', text);
  return weight;
}
