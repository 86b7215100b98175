/**
 * A route read from the words of `ip route add|del|…`.
 * Comes from: route.ts.  Goes to: route-change.ts.
 * Source: iproute2 6.1.0 ip/iproute.c, iproute_modify(), parse_nexthops(), parse_one_nh(); lib/rt_names.c.
 * Differs: encapsulation and next hop objects are not modelled.
 */
import type { NextHop, RouteProto, RouteType } from '../../../host/index.ts';
import type { Ipv4 } from '../../../wire/index.ts';
import { notModelled, ToolError } from '../tool-error.ts';
import {
  duplicate,
  getAddrOfFamily,
  getPrefix,
  getUnsigned,
  invArg,
  matches,
  parseUnsigned,
  type Args,
  type Family,
  type Prefix,
} from './args.ts';
import { protoByName, routeTypeByWord, scopeByName, tableByName } from './names.ts';
import { noMetrics, takeMetric, type MetricWords } from './route-metrics.ts';
import { devOrFail, usageError, type IpRun } from './run.ts';
import { ROUTE_USAGE } from './usage-objects.ts';

/** A route as words; what was not given is null. */
export interface RouteWords {
  family: Family;
  type: RouteType | null;
  dst: Prefix | null;
  table: number | null;
  proto: RouteProto | null;
  scope: number | null;
  tos: number;
  metric: number | null;
  prefSrc: Ipv4 | null;
  metrics: MetricWords;
  /** undefined: no `via` */
  gateway: Ipv4 | undefined;
  dev: string | null;
  onlink: boolean;
  realms: number | null;
  nexthops: NextHop[];
  /** a word the lab has nothing for: said when the rest of the line is right */
  unmodelled: string | null;
}

function emptyWords(run: IpRun): RouteWords {
  return {
    family: run.opts.family,
    type: null,
    dst: null,
    table: null,
    proto: null,
    scope: null,
    tos: 0,
    metric: null,
    prefSrc: null,
    metrics: noMetrics(),
    gateway: undefined,
    dev: null,
    onlink: false,
    realms: null,
    nexthops: [],
    unmodelled: null,
  };
}

/** Words with one value each that nothing in the lab looks at. */
const UNMODELLED = ['as', 'encap', 'nhid', 'vrf', 'ttl-propagate', 'from', 'pervasive'];

export function parseRoute(run: IpRun, args: Args): RouteWords {
  const words = emptyWords(run);
  let nexthops = false;
  while (!args.done && !nexthops) {
    const word = args.take();
    if (word === 'nexthop') nexthops = true;
    else if (!takePlace(words, word, args) && !takeWay(words, word, args) && !takeMetric(words.metrics, word, args))
      takeDst(args, words, word);
  }
  if (words.dst === null) throw usageError(ROUTE_USAGE);
  if (nexthops) {
    if (words.dev !== null) devOrFail(run, words.dev);
    parseNexthops(run, args, words);
  }
  return words;
}

/** Where in which table it stands. */
function takePlace(words: RouteWords, word: string, args: Args): boolean {
  if (word === 'tos' || matches(word, 'dsfield')) words.tos = tosValue(args.value(), '"tos" value is invalid\n');
  else if (matches(word, 'metric') || matches(word, 'priority') || word === 'preference')
    words.metric = getUnsigned(args.value(), '"metric" value is invalid\n');
  else if (word === 'scope') words.scope = scopeValue(args.value());
  else if (matches(word, 'protocol')) words.proto = protoByName(args.value());
  else if (matches(word, 'table')) words.table = tableValue(args.value());
  else if (word === 'vrf') throw invArg('Invalid VRF\n', args.value());
  else return false;
  return true;
}

/** Which way it leads. */
function takeWay(words: RouteWords, word: string, args: Args): boolean {
  if (word === 'src') words.prefSrc = takeAddr(words, args.value());
  else if (word === 'via') takeGateway(words, args);
  else if (word === 'dev' || word === 'oif') words.dev = args.value();
  else if (word === 'onlink') words.onlink = true;
  else if (word === 'expires') getUnsigned(args.value(), '"expires" value is invalid\n');
  else if (matches(word, 'pref')) takePref(args.value());
  else if (matches(word, 'realms')) words.realms = realmValue(args.value());
  else if (UNMODELLED.includes(word)) {
    if (word === 'encap') throw notModelled('ip', 'route encap');
    words.unmodelled = word;
    args.value();
  } else return false;
  return true;
}

/** Of interest to IPv6 only. */
function takePref(text: string): void {
  if (!['low', 'medium', 'high'].includes(text)) getUnsigned(text, '"pref" value is invalid\n', 255);
}

/** `N`, or `FROM/TO` as one number. */
function realmValue(text: string): number {
  const parts = text.split('/').map(parseUnsigned);
  if (parts.length > 2 || parts.some((part) => part === null || part > 0xffff)) throw invArg('"realm" value is invalid\n', text);
  const [first = 0, second] = parts as number[];
  return second === undefined ? first : first * 0x10000 + second;
}

function takeAddr(words: RouteWords, text: string): Ipv4 | null {
  const addr = getAddrOfFamily(text, words.family);
  if (words.family === 'any') words.family = addr === null ? 'inet6' : 'inet';
  return addr;
}

function takeGateway(words: RouteWords, args: Args): void {
  if (words.gateway !== undefined) throw invArg('use nexthop syntax to specify multiple via\n', 'via');
  words.gateway = gatewayOf(words, args);
}

/** A word behind `via` may name the family first. */
function gatewayOf(words: RouteWords, args: Args): Ipv4 {
  const [family, text] = familyWord(args);
  const addr = getAddrOfFamily(text, family ?? words.family);
  if (addr === null && words.family === 'inet') throw notModelled('ip', 'route via inet6');
  if (words.family === 'any') words.family = addr === null ? 'inet6' : 'inet';
  return addr ?? (0 as Ipv4);
}

/** The family that may stand before an address, and the address. */
export function familyWord(args: Args): [Family | null, string] {
  const word = args.value();
  if (word === 'inet' || word === 'inet6') return [word, args.value()];
  if (word === 'mpls' || word === 'bridge' || word === 'link') throw notModelled('ip', `route via ${word}`);
  return [null, word];
}

function takeDst(args: Args, words: RouteWords, first: string): void {
  let word = first === 'to' ? args.value() : first;
  const type = /^\d/.test(word) ? null : routeTypeByWord(word);
  if (type !== null) {
    if (type === 'anycast' || type === 'xresolve' || type === 'nat') words.unmodelled = type;
    else words.type = type;
    word = args.value();
  }
  if (matches(word, 'help')) throw usageError(ROUTE_USAGE);
  if (words.dst !== null) throw duplicate('to', word);
  words.dst = getPrefix(word, words.family);
  if (words.family === 'any') words.family = words.dst.family;
}

export function tosValue(text: string, complaint: string): number {
  if (!/^(0x)?[0-9a-fA-F]{1,2}$/.test(text)) throw invArg(complaint, text);
  return Number.parseInt(text, 16);
}

function scopeValue(text: string): number {
  const scope = scopeByName(text);
  if (scope === null) throw invArg('invalid "scope" value\n', text);
  return scope;
}

function tableValue(text: string): number {
  const table = tableByName(text);
  if (table === null || table > 0xffffffff) throw invArg('"table" value is invalid\n', text);
  return table;
}

/** `nexthop via A dev D weight N nexthop …` up to the end of the line; the first `nexthop` is taken already. */
function parseNexthops(run: IpRun, args: Args, words: RouteWords): void {
  for (;;) {
    if (args.done) throw new ToolError('Error: unexpected end of line after "nexthop"\n', 255);
    words.nexthops.push(parseNexthop(run, args, words));
    if (args.done) return;
    const word = args.take();
    if (word !== 'nexthop') throw new ToolError(`Error: "nexthop" or end of line is expected instead of "${word}"\n`, 255);
  }
}

const HOP_WORDS = ['via', 'dev', 'weight', 'onlink'];

function parseNexthop(run: IpRun, args: Args, words: RouteWords): NextHop {
  const nh = { dev: 0 as NextHop['dev'], gateway: null as Ipv4 | null, weight: 1, onlink: false };
  while (!args.done && (HOP_WORDS.includes(args.word) || matches(args.word, 'realms') || args.word === 'encap')) {
    const word = args.take();
    if (word === 'via') nh.gateway = gatewayOf(words, args);
    else if (word === 'dev') nh.dev = devOrFail(run, args.value()).ifindex;
    else if (word === 'weight') nh.weight = weightValue(args.value());
    else if (word === 'onlink') nh.onlink = true;
    else throw notModelled('ip', `route nexthop ${word}`);
  }
  return nh;
}

function weightValue(text: string): number {
  const weight = getUnsigned(text, '"weight" is invalid\n');
  if (weight === 0 || weight > 256) throw invArg('"weight" is invalid\n', text);
  return weight;
}
