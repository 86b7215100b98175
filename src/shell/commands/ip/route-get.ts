/**
 * `ip route get`: which way a packet would take, asked without sending one.
 * Comes from: route.ts.  Goes to: host/fib ipRouteOutput, inputRoute, fibLookup.
 * Source: iproute2 6.1.0 ip/iproute.c, iproute_get(); Linux 6.1 net/ipv4/route.c, inet_rtm_getroute(), rt_fill_info().
 * Differs: protocol, ports and user play a part in the rules only, not in the choice among next hops.
 */
import { formatIpv4, IPPROTO_UDP, isMulticast, type Ipv4 } from '../../../wire/index.ts';
import {
  devGet,
  exceptionFor,
  fibLookup,
  inetAddrType,
  inputRoute,
  ipRouteOutput,
  isRouteError,
  LO_IF,
  NO_IF,
  RT_TABLE_LOCAL,
  RT_TABLE_MAIN,
  type Dev,
  type Dst,
  type FibException,
  type FibResult,
  type IfIndex,
} from '../../../host/index.ts';
import { errnoText, ToolError } from '../tool-error.ts';
import { getPrefix, getUnsigned, invArg, matches, rtnetlink, type Args, type Family } from './args.ts';
import { ipProtoByName, paint, routeTypeText } from './names.ts';
import type { Printer } from './printer.ts';
import { printLearnt } from './route-cache.ts';
import { NOTHING_HIDDEN, printDev, printFlags, printGateway, printRoute, printTable } from './route-print.ts';
import { printMetrics } from './route-metrics.ts';
import { tosValue } from './route-words.ts';
import { devOrFail, printerOf, usageError, type IpRun } from './run.ts';
import { ROUTE_USAGE } from './usage-objects.ts';

interface GetWords {
  family: Family;
  dst: Ipv4;
  /** an address stands somewhere on the line, be it only the sender's */
  asked: boolean;
  from: Ipv4 | null;
  iif: Dev | null;
  oif: Dev | null;
  tos: number;
  mark: number;
  uid: number;
  proto: number | null;
  sport: number | null;
  dport: number | null;
  fibmatch: boolean;
  notify: boolean;
  connected: boolean;
}

function parse(run: IpRun, args: Args): GetWords {
  const words: GetWords = {
    family: run.opts.family,
    dst: 0 as Ipv4,
    asked: false,
    from: null,
    iif: null,
    oif: null,
    tos: 0,
    mark: 0,
    uid: 0,
    proto: null,
    sport: null,
    dport: null,
    fibmatch: false,
    notify: false,
    connected: false,
  };
  const names: { in: string | null; out: string | null } = { in: null, out: null };
  while (!args.done) {
    const word = args.take();
    if (matches(word, 'from')) words.from = hostAddr(run, words, args.value(), false);
    else if (matches(word, 'iif')) names.in = args.value();
    else if (matches(word, 'oif') || word === 'dev') names.out = args.value();
    else if (matches(word, 'notify')) words.notify = true;
    else if (matches(word, 'connected')) words.connected = true;
    else if (matches(word, 'fibmatch')) words.fibmatch = true;
    else if (word === 'vrf') throw invArg('Invalid VRF\n', args.value());
    else if (!takeNumber(words, word, args)) takeDst(run, words, word, args);
  }
  if (!words.asked) throw new ToolError('need at least a destination address\n', 1);
  if (names.in !== null) words.iif = devOrFail(run, names.in);
  if (names.out !== null) words.oif = devOrFail(run, names.out);
  return words;
}

function takeNumber(words: GetWords, word: string, args: Args): boolean {
  if (word === 'tos' || matches(word, 'dsfield')) words.tos = tosValue(args.value(), 'TOS value is invalid\n');
  else if (matches(word, 'mark')) words.mark = getUnsigned(args.value(), 'invalid mark value');
  else if (matches(word, 'uid')) words.uid = getUnsigned(args.value(), 'invalid UID\n');
  else if (matches(word, 'sport')) words.sport = getUnsigned(args.value(), 'invalid sport\n', 65535);
  else if (matches(word, 'dport')) words.dport = getUnsigned(args.value(), 'invalid dport\n', 65535);
  else if (matches(word, 'ipproto')) {
    const text = args.value();
    words.proto = ipProtoByName(text);
    if (words.proto === null) throw invArg('Invalid "ipproto" value\n', text);
  } else return false;
  return true;
}

/** Of several destinations the last is asked for. */
function takeDst(run: IpRun, words: GetWords, first: string, args: Args): void {
  if (first !== 'to' && matches(first, 'help')) throw usageError(ROUTE_USAGE);
  words.dst = hostAddr(run, words, first === 'to' ? args.value() : first, true);
  words.asked = true;
}

/** Only whole addresses can be asked for; a length is pointed out and ignored. */
function hostAddr(run: IpRun, words: GetWords, text: string, warn: boolean): Ipv4 {
  const prefix = getPrefix(text, words.family);
  if (words.family === 'any') words.family = prefix.family;
  if (warn && words.family === 'inet' && prefix.len !== 32)
    run.err(`Warning: /${prefix.len} as prefix is invalid, only /32 (or none) is supported.\n`);
  return prefix.addr;
}

/** What routes can be asked for by (rtm_getroute_parse_ip_proto). */
const ASKABLE_PROTOS = [1, 6, 17];

export function getRoute(run: IpRun, args: Args): number {
  const words = parse(run, args);
  if (words.family === 'inet6') throw rtnetlink(errnoText('ENETUNREACH'));
  if (words.proto !== null && !ASKABLE_PROTOS.includes(words.proto)) throw rtnetlink(errnoText('EOPNOTSUPP'));
  const found = lookup(run, words, words.dst);
  const dst = words.iif === null ? outward(run, words, words.dst) : inward(run, words, words.iif, words.dst);
  if (words.fibmatch) return printMatch(run, words, found, dst);
  show(run, words, dst, found);
  // `connected` asks again with the answer's source
  if (words.connected && words.from === null && (words.iif !== null || dst.src === 0))
    throw new ToolError('Failed to connect the route\n', 1);
  if (words.connected && words.from === null) show({ ...run, opts: { ...run.opts, json: false } }, words, dst, found);
  return 0;
}

function show(run: IpRun, words: GetWords, dst: Dst, found: FibResult): void {
  const p = printerOf(run);
  print(p, run, words, dst, found);
  p.say('\n');
  p.end();
}

function lookup(run: IpRun, words: GetWords, dst: Ipv4): FibResult {
  const oif: IfIndex = words.oif?.ifindex ?? NO_IF;
  return fibLookup(run.net, {
    dst,
    src: words.from ?? (0 as Ipv4),
    oif,
    iif: words.iif?.ifindex ?? LO_IF,
    tos: words.tos & 0x1c,
    mark: words.mark,
    scope: 0,
    ...flowOf(words),
  });
}

function flowOf(words: GetWords): { proto?: number; sport?: number; dport?: number; uid: number } {
  return {
    uid: words.uid,
    ...(words.proto === null ? {} : { proto: words.proto }),
    ...(words.sport === null ? {} : { sport: words.sport }),
    ...(words.dport === null ? {} : { dport: words.dport }),
  };
}

/** `fibmatch`: the row of the table itself, with the kind of route that came of it. */
function printMatch(run: IpRun, words: GetWords, found: FibResult, dst: Dst): number {
  if (found.kind === 'error' || !isLookedUp(run, words)) throw rtnetlink(errnoText('EHOSTUNREACH'));
  const p = printerOf(run);
  const { route } = found.entry;
  const type = dst.type === 'multicast' ? dst.type : route.type;
  printRoute(p, run, { ...route, type, table: treeOf(run, found.table) }, NOTHING_HIDDEN);
  p.say('\n');
  p.end();
  return 0;
}

function outward(run: IpRun, words: GetWords, dst: Ipv4): Dst {
  const result = ipRouteOutput(run.net, {
    dst,
    src: words.from ?? undefined,
    oif: words.oif?.ifindex,
    tos: words.tos,
    mark: words.mark,
    ...flowOf(words),
  });
  if (isRouteError(result)) throw rtnetlink(errnoText(result.error));
  return result;
}

/** Errors of the input route: martians are invalid, a refused reverse path is another matter (EXDEV). */
const RP_FILTER_TEXT = 'Invalid cross-device link';

function inward(run: IpRun, words: GetWords, iif: Dev, dst: Ipv4): Dst {
  const result = inputRoute(run.net, iif, {
    dst,
    src: words.from ?? (0 as Ipv4),
    tos: words.tos,
    mark: words.mark,
    proto: IPPROTO_UDP,
    isIp: true,
  });
  if (result.kind === 'route') return result.dst;
  if (result.reason === 'fib.not-local' || result.reason === 'fib.forwarding-off') throw rtnetlink(errnoText('EHOSTUNREACH'));
  if (result.reason.startsWith('fib.rp-filter')) throw rtnetlink(RP_FILTER_TEXT);
  throw rtnetlink(errnoText(result.errno ?? 'EINVAL'));
}

/** Local and main are one tree until a rule is added. */
function treeOf(run: IpRun, table: number): number {
  return !run.net.host.fib.customRules && table === RT_TABLE_LOCAL ? RT_TABLE_MAIN : table;
}

/** Nobody looks in the tables for no address at all, nor for everybody on a link that is known already. */
function isLookedUp(run: IpRun, words: GetWords): boolean {
  if (words.iif !== null) return true;
  if (words.dst === 0) return false;
  if (words.dst !== LIMITED_BROADCAST && !isMulticast(words.dst)) return true;
  if (words.oif !== null) return isMulticast(words.dst) && words.dst >>> 8 !== LOCAL_GROUPS;
  return words.from === null || inetAddrType(run.net.host, words.from) !== 'local';
}

/** 255.255.255.255 */
const LIMITED_BROADCAST = 0xffffffff as Ipv4;
/** 224.0.0, the groups that no router forwards */
const LOCAL_GROUPS = 0xe00000;

/** Table of the answer. */
function shownTable(run: IpRun, words: GetWords, found: FibResult): number | null {
  if (found.kind === 'error' || !isLookedUp(run, words)) return null;
  const table = treeOf(run, found.table);
  return table === RT_TABLE_MAIN && !run.opts.details ? null : table;
}

function print(p: Printer, run: IpRun, words: GetWords, result: Dst, found: FibResult): void {
  const { opts, net } = run;
  const input = words.iif !== null;
  const address = (key: string, before: string, addr: Ipv4): void =>
    p.field(key, formatIpv4(addr), `${before}${paint(opts.color, 35, `${formatIpv4(addr)} `)}`);
  p.openObject();
  if (result.type !== 'unicast' || opts.details) {
    const type = routeTypeText(result.type, opts.numeric);
    p.field('type', type, `${type} `);
  }
  address('dst', '', words.dst);
  if (words.from !== null && words.from !== 0) address('from', 'from ', words.from);
  if (result.gateway !== null) printGateway(p, run, result.gateway);
  printDev(p, run, result.dev);
  const table = shownTable(run, words, found);
  if (table !== null) printTable(p, run, table);
  if (!input && words.from === null && result.src !== 0) address('prefsrc', 'src ', result.src);
  // the bit of a group address has another name among the flags of routes
  printFlags(p, [...(words.notify ? ['notify'] : []), ...(result.type === 'multicast' ? ['rt_offload_failed'] : [])]);
  if (words.mark !== 0) {
    const hex = words.mark >= 16;
    const mark = hex ? `0x${words.mark.toString(16)}` : words.mark;
    p.field('mark', mark, `mark ${mark} `);
  }
  if (!input) p.field('uid', words.uid, `uid ${words.uid} `);
  printCache(p, run, words, result, found);
  if (words.iif !== null) p.field('iif', devGet(net.host, words.iif.ifindex)?.name ?? '', `iif ${words.iif.name} `);
  p.closeObject();
}

/** What ICMP taught about the destination, or a tunnel about an own address on the way out. */
function exceptionOf(run: IpRun, words: GetWords, result: Dst, found: FibResult): FibException | null {
  if (found.kind === 'error') return null;
  if (result.type !== 'unicast' && (result.type !== 'local' || words.iif !== null)) return null;
  return exceptionFor(run.net, found.nexthop, words.dst);
}

function cacheFlags(run: IpRun, words: GetWords, result: Dst, found: FibResult): string[] {
  const exception = exceptionOf(run, words, result, found);
  const member = (dev: Dev | null): boolean => dev !== null && (words.dst === ALL_HOSTS || dev.mcGroups.has(words.dst));
  const local = result.type === 'multicast' ? member(devGet(run.net.host, result.dev)) : result.type !== 'unicast';
  const flags: string[] = [];
  if (local || (result.iif === NO_IF && result.dev === LO_IF)) flags.push('local');
  if (result.type === 'multicast') flags.push('mc');
  if (result.type === 'broadcast') flags.push('brd');
  if (exception !== null && exception.gateway !== null) flags.push('redirected');
  if (result.doRedirect) flags.push('redirect');
  if (words.notify) flags.push('notify');
  return flags;
}

/** 224.0.0.1, which every host listens to. */
const ALL_HOSTS = 0xe0000001 as Ipv4;

function printCache(p: Printer, run: IpRun, words: GetWords, result: Dst, found: FibResult): void {
  const exception = exceptionOf(run, words, result, found);
  const flags = cacheFlags(run, words, result, found);
  p.say(`${run.opts.oneline ? '\\' : '\n'}    cache `);
  printLearnt(p, run, exception, flags);
  if (run.opts.stats > 0) {
    // the answer itself, and the next hop that keeps the route; for own addresses only that of the loopback interface does
    const route = found.kind === 'found' ? found.entry.route : null;
    const kept =
      result.type === 'local'
        ? found.kind === 'found' && found.nexthop?.dev === LO_IF
        : result.type === 'unicast' || route?.type === result.type;
    const users = kept && route !== null ? 2 : 1;
    p.field('users', users, `users ${users} `);
  }
  // An interface whose MTU was lowered since takes what was learnt along.
  const learnt =
    exception === null || exception.mtu === null ? null : Math.min(exception.mtu, devGet(run.net.host, result.dev)?.mtu ?? exception.mtu);
  const route = found.kind === 'found' && found.entry.route.type === result.type ? found.entry.route : null;
  const locked = exception?.mtuLocked === true ? (['mtu'] as const) : route?.locked;
  printMetrics(p, { ...route, ...(locked === undefined ? {} : { locked }), mtu: learnt ?? route?.mtu ?? null });
}
