/**
 * `ip route get`: which way a packet would take, asked without sending one.
 * Comes from: route.ts.  Goes to: host/fib ipRouteOutput, inputRoute, fibLookup.
 * Source: iproute2 6.1.0 ip/iproute.c, iproute_get(); Linux 6.1 net/ipv4/route.c, inet_rtm_getroute(), rt_fill_info().
 * Differs: protocol and ports play no part in choosing a route.
 */
import { formatIpv4, IPPROTO_UDP, type Ipv4 } from '../../../wire/index.ts';
import {
  devGet,
  exceptionFor,
  fibLookup,
  inputRoute,
  ipRouteOutput,
  isRouteError,
  LO_IF,
  NO_IF,
  RT_TABLE_MAIN,
  type Dev,
  type Dst,
  type FibResult,
  type IfIndex,
} from '../../../host/index.ts';
import { errnoText, notModelled, ToolError } from '../tool-error.ts';
import { getPrefix, getUnsigned, matches, parseUnsigned, rtnetlink, type Args } from './args.ts';
import { paint } from './names.ts';
import { NOTHING_HIDDEN, printRoute } from './route-print.ts';
import { devOrFail, type IpRun } from './run.ts';

interface GetWords {
  dst: Ipv4 | null;
  from: Ipv4 | null;
  iif: Dev | null;
  oif: Dev | null;
  tos: number;
  mark: number;
  uid: number;
  fibmatch: boolean;
}

function parse(run: IpRun, args: Args): GetWords {
  const words: GetWords = {
    dst: null,
    from: null,
    iif: null,
    oif: null,
    tos: 0,
    mark: 0,
    uid: 0,
    fibmatch: false,
  };
  while (!args.done) {
    const word = args.take();
    if (word === 'tos' || matches(word, 'dsfield')) words.tos = Number.parseInt(args.value(), 16) || 0;
    else if (matches(word, 'from')) words.from = hostAddr(run, args.value());
    else if (matches(word, 'iif')) words.iif = devOrFail(run, args.value());
    else if (matches(word, 'mark')) words.mark = parseUnsigned(args.value()) ?? 0;
    else if (matches(word, 'oif') || word === 'dev') words.oif = devOrFail(run, args.value());
    else if (word === 'uid') words.uid = getUnsigned(args.value(), 'invalid UID\n');
    else if (word === 'fibmatch') words.fibmatch = true;
    else if (matches(word, 'notify') || matches(word, 'connected') || ['vrf', 'ipproto', 'sport', 'dport'].includes(word))
      throw notModelled('ip', `route get ${word}`);
    else takeDst(run, words, word === 'to' ? args.value() : word);
  }
  return words;
}

function takeDst(run: IpRun, words: GetWords, text: string): void {
  if (words.dst !== null) throw new ToolError(`Error: inet prefix is expected rather than "${text}".\n`, 1);
  words.dst = hostAddr(run, text);
}

/** Only whole addresses can be asked for; a length is pointed out and ignored. */
function hostAddr(run: IpRun, text: string): Ipv4 {
  const prefix = getPrefix(text);
  if (prefix.lenGiven && prefix.len !== 32) run.err(`Warning: /${prefix.len} as prefix is invalid, only /32 (or none) is supported.\n`);
  return prefix.addr;
}

export function getRoute(run: IpRun, args: Args): number {
  const words = parse(run, args);
  if (words.dst === null) throw new ToolError('need at least a destination address\n', 1);
  const found = lookup(run, words, words.dst);
  if (words.fibmatch) return printMatch(run, found);
  const dst = words.iif === null ? outward(run, words, words.dst) : inward(run, words, words.iif, words.dst);
  run.out(`${print(run, words, words.dst, dst, found)}\n`);
  return 0;
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
  });
}

/** `fibmatch`: the row of the table itself. */
function printMatch(run: IpRun, found: FibResult): number {
  if (found.kind === 'error') throw rtnetlink(errnoText(found.errno));
  const { route } = found.entry;
  run.out(`${printRoute(run, route, { ...NOTHING_HIDDEN, table: route.table === RT_TABLE_MAIN })}\n`);
  return 0;
}

function outward(run: IpRun, words: GetWords, dst: Ipv4): Dst {
  const result = ipRouteOutput(run.net, {
    dst,
    src: words.from ?? undefined,
    oif: words.oif?.ifindex,
    tos: words.tos,
    mark: words.mark,
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

/** Table of the answer; local and main are one tree until a rule is added. */
function tableWord(run: IpRun, found: FibResult): string {
  if (found.kind === 'error' || found.table === RT_TABLE_MAIN) return '';
  if (!run.net.host.fib.customRules && found.table === 255) return '';
  return `table ${found.table === 255 ? 'local' : found.table === 253 ? 'default' : found.table} `;
}

function print(run: IpRun, words: GetWords, dst: Ipv4, result: Dst, found: FibResult): string {
  const { opts, net } = run;
  const color = (code: 35 | 36, text: string): string => paint(opts.color, code, `${text} `);
  const input = words.iif !== null;
  let text = result.type === 'unicast' && !opts.details ? '' : `${result.type} `;
  text += color(35, formatIpv4(dst));
  if (words.from !== null) text += `from ${color(35, formatIpv4(words.from))}`;
  if (result.gateway !== null) text += `via ${color(35, formatIpv4(result.gateway))}`;
  text += `dev ${color(36, devGet(net.host, result.dev)?.name ?? '?')}${tableWord(run, found)}`;
  if (!input && words.from === null && result.src !== 0) text += `src ${color(35, formatIpv4(result.src))}`;
  if (words.mark !== 0) text += `mark ${words.mark >= 16 ? `0x${words.mark.toString(16)}` : words.mark} `;
  if (!input) text += `uid ${words.uid} `;
  return `${text}${opts.oneline ? '\\' : '\n'}    cache ${cacheWords(run, dst, result, found)}${input ? `iif ${words.iif?.name} ` : ''}`;
}

function cacheWords(run: IpRun, dst: Ipv4, result: Dst, found: FibResult): string {
  const exception = result.type === 'unicast' ? exceptionFor(run.net, dst) : null;
  const flags: string[] = [];
  if (result.type !== 'unicast' || (result.iif === NO_IF && result.dev === LO_IF)) flags.push('local');
  if (result.type === 'broadcast') flags.push('brd');
  if (result.type === 'multicast') flags.push('mc');
  if (result.doRedirect) flags.push('redirect');
  if (exception !== null && exception.gateway !== null) flags.push('redirected');
  let text = flags.length === 0 ? '' : `<${flags.join(',')}> `;
  // The kernel counts in ticks, of which at least one has passed.
  if (exception !== null) text += `expires ${Math.floor((exception.expires - run.net.now - 1) / 1_000_000_000)}sec `;
  // An interface whose MTU was lowered since takes what was learnt along.
  const learnt =
    exception === null || exception.mtu === null ? null : Math.min(exception.mtu, devGet(run.net.host, result.dev)?.mtu ?? exception.mtu);
  const mtu = learnt ?? (found.kind === 'found' ? found.entry.route.mtu : null);
  return mtu === null ? text : `${text}mtu ${mtu} `;
}
