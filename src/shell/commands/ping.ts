/**
 * `ping`: reads the options, finds source and route, opens the socket; the program goes on.
 * Comes from: the shell.  Goes to: programs/ping.ts.
 * Source: iputils 20221126 ping/ping.c (main, ping4_run).
 */
import { nanos, NS_PER_MS, NS_PER_S } from '../../engine/index.ts';
import { devByName, inetAddrType, ipRouteConnect, rawOpen, strerror, toErrno, type IfIndex } from '../../host/index.ts';
import { parseIpv6 } from '../../ipvs/index.ts';
import { IPV4_LOOPBACK, formatIpv4, parseIpv4, type Ipv4 } from '../../wire/index.ts';
import type { Command, CommandContext, GoOn } from '../command.ts';
import { resolveHost } from '../programs/net-text.ts';
import { newPingCounts, type PingState } from '../programs/ping.ts';
import { shortOptions, wholeNumber } from './net-args.ts';
import { inetAton } from './net-tools.ts';
import { PING_USAGE } from './net-usage.ts';

const ABOUT_BROADCAST = 'Do you want to ping broadcast? Then -b. If not, check your local firewall rules';

interface PingWords {
  count: number;
  interval: number;
  linger: number;
  deadline: number;
  size: number;
  ttl: number;
  /** a life of 0 was asked for, which the socket refuses */
  noTtl: boolean;
  mark: number;
  tos: number;
  /** an address, a device, or one after the other */
  from: string | null;
  device: string | null;
  /** null: as the socket comes */
  pmtuDisc: 'dont' | 'want' | 'do' | 'probe' | null;
  quiet: boolean;
  broadcast: boolean;
  stamp: boolean;
  numeric: boolean;
  verbose: boolean;
  audible: boolean;
  outstanding: boolean;
  adaptive: boolean;
  flood: boolean;
  /** -B: the source stays as it is */
  sticky: boolean;
  /** -r: only neighbours */
  direct: boolean;
  preload: number;
  pattern: readonly number[];
  patternText: string;
  ident: number | null;
}

/** A message for standard error, and the exit code. */
interface Refusal {
  readonly text: string;
  readonly code: number;
}

function refuse(text: string, code = 1): Refusal {
  return { text: `ping: ${text}\n`, code };
}

function number(text: string, min: number, max: number): number | Refusal {
  if (/^0x[\da-f]+$/i.test(text)) return number(String(Number(text)), min, max);
  if (!/^[-+]?\d+$/.test(text)) return refuse(`invalid argument: '${text}'`);
  const value = wholeNumber(text, min, max);
  // a count may be as large as a long integer; the lab stops earlier
  const shown = max === 0x7fffffff && min === 1 ? '9223372036854775807' : String(max);
  return value ?? refuse(`invalid argument: '${text}': out of range: ${min} <= value <= ${shown}`);
}

/** strtod(3): what stands in front counts, and the rest is complained of. */
function seconds(ctx: CommandContext, text: string): number {
  const digits = /^\s*[-+]?(\d+\.?\d*|\.\d+)/.exec(text)?.[0] ?? '';
  const rest = text.slice(digits.length);
  if (rest !== '') ctx.err(`ping: option argument contains garbage: ${rest}\nping: this will become fatal error in the future\n`);
  return Math.round(Number(digits === '' ? 0 : digits) * NS_PER_S);
}

const FLAGS: Readonly<Record<string, keyof PingWords>> = {
  a: 'audible',
  A: 'adaptive',
  b: 'broadcast',
  B: 'sticky',
  D: 'stamp',
  f: 'flood',
  n: 'numeric',
  O: 'outstanding',
  q: 'quiet',
  r: 'direct',
  v: 'verbose',
};

/** Options that change nothing that the lab shows, or only what IPv6 does. */
const WITHOUT_EFFECT = 'dCLU4FN';

function take(
  words: PingWords,
  field: 'count' | 'size' | 'ttl' | 'preload' | 'ident' | 'mark',
  text: string,
  min: number,
  max: number,
): Refusal | null {
  const found = number(text, min, max);
  if (typeof found !== 'number') return found;
  words[field] = found;
  return null;
}

function apply(ctx: CommandContext, words: PingWords, name: string, value: string): Refusal | null {
  switch (name) {
    case 'c':
      return take(words, 'count', value, 1, 0x7fffffff);
    case 's':
      return take(words, 'size', value, 0, 0x7fffffff);
    case 't':
      words.noTtl = Number(value) === 0;
      return take(words, 'ttl', value, 0, 255);
    case 'l':
      return take(words, 'preload', value, 1, 65536);
    case 'e':
      return take(words, 'ident', value, 0, 65535);
    case 'i':
      words.interval = Math.max(0, seconds(ctx, value));
      return null;
    case 'W':
      if (value.startsWith('-')) return refuse(`bad linger time: ${value}`, 2);
      words.linger = seconds(ctx, value);
      return null;
    case 'w': {
      const found = number(value, 0, 0x7fffffff);
      if (typeof found !== 'number') return found;
      words.deadline = found * NS_PER_S;
      return null;
    }
    case 'S': {
      const found = number(value, 1, 0x7fffffff);
      return typeof found === 'number' ? null : { ...found, text: found.text.replace('9223372036854775807', '2147483647') };
    }
    case 'm':
      return take(words, 'mark', value, 0, 0x7fffffff);
    case 'Q':
      return takeTos(words, value);
    case 'I':
      if (parseIpv4(value) === null) words.device = value;
      else words.from = value;
      return null;
    case 'M':
      if (!['do', 'dont', 'want'].includes(value)) return refuse('invalid -M argument: ' + value, 2);
      words.pmtuDisc = value as PingWords['pmtuDisc'];
      return null;
    case 'p':
      return takePattern(words, value);
    default:
      if (Object.hasOwn(FLAGS, name)) (words as unknown as Record<string, boolean>)[FLAGS[name] ?? ''] = true;
      return null;
  }
}

function takeTos(words: PingWords, value: string): Refusal | null {
  const digits = /^(0x[\da-f]+|\d+)$/i.exec(value)?.[0];
  if (digits === undefined) return refuse(`bad TOS value: ${value}`, 2);
  words.tos = Number(digits);
  return words.tos <= 255 ? null : refuse(`the decimal value of TOS bits must be in range 0-255: ${words.tos}`, 2);
}

/** Up to sixteen bytes in hexadecimal digits; a last digit alone is a byte. */
function takePattern(words: PingWords, value: string): Refusal | null {
  if (!/^[\da-f]*$/i.test(value)) return refuse(`patterns must be specified as hex digits: ${value}`, 2);
  const twos: string[] = value.match(/..?/g) ?? [];
  words.pattern = twos.slice(0, 16).map((two) => Number.parseInt(two, 16));
  words.patternText = `PATTERN: 0x${words.pattern.map((byte) => byte.toString(16).padStart(2, '0')).join('')}\n`;
  return null;
}

/** Where requests leave and with which source, as far as -I says. */
function origin(
  ctx: CommandContext,
  words: PingWords,
  dst: Ipv4,
): Refusal | { src: Ipv4; bound: Ipv4 | null; oif: number; device: string; gateway: boolean } {
  const { net } = ctx;
  const bound = words.from === null ? null : parseIpv4(words.from);
  let oif = 0;
  let device = '';
  if (words.device !== null) {
    const dev = devByName(net.host, words.device);
    if (dev === null) return refuse(`SO_BINDTODEVICE ${words.device}: No such device`, 2);
    oif = dev.ifindex;
    device = dev.name;
  }
  const route = ipRouteConnect(net, {
    dst,
    ...(bound === null ? {} : { src: bound }),
    ...(oif === 0 ? {} : { oif: oif as IfIndex }),
    ...(words.tos === 0 ? {} : { tos: words.tos }),
    ...(words.mark === 0 ? {} : { mark: words.mark }),
  });
  if ('error' in route) {
    if (bound !== null && inetAddrType(net.host, bound) !== 'local') return refuse('bind: Cannot assign requested address', 2);
    // with a source of its own ping does not try the way before the first request
    if (bound !== null) return { src: bound, bound, oif, device, gateway: false };
    // it takes every "permission denied" for one about broadcast addresses
    if (route.error === 'EACCES' && !words.broadcast) return refuse(ABOUT_BROADCAST, 2);
    if (route.error === 'EACCES') ctx.err('WARNING: pinging broadcast address\n');
    return refuse(`connect: ${strerror(toErrno(route.error))}`, 2);
  }
  if (route.type === 'broadcast' && !words.broadcast && bound === null) {
    return refuse(ABOUT_BROADCAST, 2);
  }
  if (route.type === 'broadcast' && bound === null) ctx.err('WARNING: pinging broadcast address\n');
  return { src: bound ?? route.src, bound, oif, device, gateway: route.gateway !== null };
}

const SPEC = 'h?4bRT:6F:N:aABc:CdDe:fi:I:l:Lm:M:nOp:qQ:rs:S:t:UvVw:W:';

function newWords(): PingWords {
  return {
    count: 0,
    interval: -1,
    linger: 10 * NS_PER_S,
    deadline: 0,
    size: 56,
    ttl: 0,
    noTtl: false,
    mark: 0,
    tos: 0,
    from: null,
    device: null,
    pmtuDisc: null,
    quiet: false,
    broadcast: false,
    stamp: false,
    numeric: false,
    verbose: false,
    audible: false,
    outstanding: false,
    adaptive: false,
    flood: false,
    sticky: false,
    direct: false,
    preload: 1,
    pattern: [],
    patternText: '',
    ident: null,
  };
}

function run(ctx: CommandContext): number | GoOn {
  // ping knows no long options: two dashes are one option too many
  const long = ctx.argv.slice(1).find((word) => /^--./.test(word));
  const options = shortOptions('ping', SPEC, ctx.argv.slice(1));
  const error = options.error ?? (long === undefined ? null : "ping: invalid option -- '-'");
  if (error !== null) {
    ctx.err(`${error}\n${PING_USAGE}`);
    return 2;
  }
  const out = (refusal: Refusal): number => {
    ctx.err(refusal.text);
    return refusal.code;
  };
  const words = newWords();
  let v6 = false;
  for (const { name, value } of options.found) {
    if (name === 'h' || name === '?') {
      ctx.err(PING_USAGE);
      return 2;
    }
    if (name === 'V') {
      ctx.out('ping from iputils 20221126\nlibcap: yes, IDN: yes, NLS: no, error.h: yes, getrandom(): yes, __fpending(): yes\n');
      return 0;
    }
    if (name === 'T' && !['tsonly', 'tsandaddr', 'tsprespec'].includes(value)) return out(refuse(`invalid timestamp type: ${value}`, 2));
    if (name === 'R' || name === 'T') return out(refuse(`not modelled in this lab: -${name}`, 1));
    if (name === '6') v6 = true;
    const refusal = WITHOUT_EFFECT.includes(name) ? null : apply(ctx, words, name, value);
    if (refusal !== null) return out(refusal);
  }
  if (!words.quiet) ctx.out(words.patternText);
  const name = options.rest.at(-1);
  if (name === undefined) return out(refuse('usage error: Destination address required'));
  if (words.verbose)
    ctx.err(`ping: sock4.fd: 3 (socktype: SOCK_RAW), sock6.fd: 4 (socktype: SOCK_RAW), hints.ai_family: AF_${v6 ? 'INET6' : 'UNSPEC'}\n\n`);
  // with no address of IPv6 on the host there is nothing to send from
  if (parseIpv6(name) !== null) return out(refuse('connect: Cannot assign requested address', 2));
  if (v6)
    return out(
      refuse(`${name}: ${inetAton(name) === null ? 'Name or service not known' : 'Address family for hostname not supported'}`, 2),
    );
  const found = resolveHost(ctx.net, name);
  if (found === null) return out(refuse(`${name}: Name or service not known`, 2));
  // words before the last are hops of a route, and looked up after it
  const unknown = options.rest.slice(0, -1).find((hop) => resolveHost(ctx.net, hop) === null);
  if (unknown !== undefined) return out(refuse(`${unknown}: Name or service not known`, 2));
  if (words.verbose) ctx.out(`ai->ai_family: AF_INET, ai->ai_canonname: '${name}'\n`);
  if (options.rest.length > 1) return out(refuse('record route: Operation not permitted', 2));
  return start(ctx, words, name, found, out);
}

function start(ctx: CommandContext, words: PingWords, name: string, found: Ipv4, out: (refusal: Refusal) => number): number | GoOn {
  // no address at all means this host
  const dst = found === 0 ? IPV4_LOOPBACK : found;
  const from = origin(ctx, words, dst);
  if ('text' in from) return out(from);
  if (words.direct && from.gateway) return out(refuse('not modelled in this lab: -r to a host behind a gateway', 1));
  if (from.device !== '' && devByName(ctx.net.host, from.device)?.addrs.some((ifa) => ifa.local === from.src) !== true) {
    ctx.err(`ping: Warning: source address might be selected on device other than: ${from.device}\n`);
  }
  if (words.noTtl) return out(refuse('cannot set unicast time-to-live: Invalid argument', 2));
  const opened = rawOpen(ctx.net, 0, {
    ...(from.bound === null ? {} : { src: from.bound }),
    ...(from.oif === 0 ? {} : { oif: from.oif as IfIndex }),
    ttl: words.ttl,
    tos: words.tos,
    mark: words.mark,
    pmtuDisc: words.pmtuDisc,
    broadcast: words.broadcast,
  });
  if ('error' in opened) return out(refuse(`bind: ${strerror(opened.error)}`, 2));
  const fromText = from.bound !== null || from.device !== '' || words.sticky ? `from ${formatIpv4(from.src)} ${from.device}: ` : '';
  const interval = words.interval >= 0 ? words.interval : words.flood ? 0 : NS_PER_S;
  const state: PingState = {
    name,
    dst,
    sock: opened.sock,
    count: words.count,
    linger: nanos(words.linger),
    deadline: nanos(words.deadline),
    size: words.size,
    quiet: words.quiet,
    broadcast: words.broadcast,
    stamp: words.stamp,
    named: !words.numeric && inetAton(name) === null,
    verbose: words.verbose,
    audible: words.audible,
    outstanding: words.outstanding,
    adaptive: words.adaptive,
    flood: words.flood,
    preload: words.preload,
    pattern: words.pattern,
    ident: words.ident,
    header: `PING ${name} (${formatIpv4(dst)}) ${fromText}${words.size}(${words.size + 28}) bytes of data.\n`,
    counts: newPingCounts(),
    intervalMs: Math.floor(interval / NS_PER_MS),
    tokensMs: 0,
    paceAt: -1,
    beat: 0,
    firstAt: -1,
    lastAt: -1,
    sentAt: new Map(),
    answered: [],
    exiting: false,
  };
  return { program: 'ping', state };
}

export const pingCommand: Command = {
  name: 'ping',
  man: {
    en: 'sends ICMP echo requests to a host',
    zh: '向主机发送 ICMP 回显请求',
    synopsis: [
      'ping [-aAbBDfnOqv] [-c COUNT] [-i SECONDS] [-W SECONDS] [-w SECONDS] [-s SIZE] [-t TTL] [-I ADDR|DEV] [-M do|dont|want] [-Q TOS] [-m MARK] [-l PRELOAD] [-p PATTERN] [-e IDENT] HOST',
    ],
    notModelled: ['-R, -T: IP options', '-r to hosts behind a gateway', 'IPv6'],
    source: 'iputils 20221126',
  },
  run,
};
