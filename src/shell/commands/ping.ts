/**
 * `ping`: reads the options, finds source and route, opens the socket; the program goes on.
 * Comes from: the shell.  Goes to: programs/ping.ts.
 * Source: iputils 20221126 ping/ping.c (main, ping4_run).
 */
import { nanos, NS_PER_S } from '../../engine/index.ts';
import { devByName, inetAddrType, ipRouteOutput, rawOpen, strerror, toErrno, type IfIndex } from '../../host/index.ts';
import { IPV4_LOOPBACK, formatIpv4, parseIpv4, type Ipv4 } from '../../wire/index.ts';
import type { Command, CommandContext, GoOn } from '../command.ts';
import { parseSeconds, resolveHost } from '../programs/net-text.ts';
import { newPingCounts, type PingState } from '../programs/ping.ts';
import { shortOptions, wholeNumber } from './net-args.ts';

interface PingWords {
  count: number;
  interval: number;
  linger: number;
  deadline: number;
  size: number;
  ttl: number;
  tos: number;
  from: string | null;
  /** null: as the socket comes */
  pmtuDisc: 'dont' | 'want' | 'do' | 'probe' | null;
  quiet: boolean;
  broadcast: boolean;
  stamp: boolean;
}

const USAGE = `
Usage
  ping [options] <destination>

Options:
  <destination>      dns name or ip address
  -b                 allow pinging broadcast
  -c <count>         stop after <count> replies
  -D                 print timestamps
  -h                 print help and exit
  -i <interval>      seconds between sending each packet
  -I <interface>     either interface name or address
  -M <pmtud opt>     define mtu discovery, can be one of <do|dont|want>
  -n                 no dns name resolution
  -q                 quiet output
  -Q <tclass>        use quality of service <tclass> bits
  -s <size>          use <size> as number of data bytes to be sent
  -t <ttl>           define time to live
  -V                 print version and exit
  -w <deadline>      reply wait <deadline> in seconds
  -W <timeout>       time to wait for response
`;

/** Options of the real ping that the lab leaves out. */
const NOT_MODELLED = 'aABCdEfFHkKlLmNOpPRrsSTUvx36';

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

function apply(words: PingWords, name: string, value: string): Refusal | null {
  const take = (field: 'count' | 'size' | 'ttl' | 'tos', min: number, max: number): Refusal | null => {
    const found = number(value, min, max);
    if (typeof found !== 'number') return found;
    words[field] = found;
    return null;
  };
  const span = (field: 'interval' | 'linger' | 'deadline'): Refusal | null => {
    const found = parseSeconds(value);
    if (found === null)
      return field === 'interval'
        ? refuse(`bad timing interval: ${value}`)
        : field === 'linger'
          ? refuse(`bad linger time: ${value}`)
          : refuse(`invalid argument: '${value}'`);
    words[field] = found;
    return null;
  };
  switch (name) {
    case 'c':
      return take('count', 1, 0x7fffffff);
    case 's':
      return take('size', 0, 0x7fffffff);
    case 't':
      return take('ttl', 0, 255);
    case 'Q':
      return take('tos', 0, 255);
    case 'i':
      return span('interval');
    case 'W':
      return span('linger');
    case 'w':
      return span('deadline');
    case 'I':
      words.from = value;
      return null;
    case 'M':
      if (!['do', 'dont', 'want', 'probe'].includes(value)) return refuse('invalid -M argument: ' + value, 2);
      words.pmtuDisc = value as PingWords['pmtuDisc'];
      return null;
    case 'q':
      words.quiet = true;
      return null;
    case 'b':
      words.broadcast = true;
      return null;
    case 'D':
      words.stamp = true;
      return null;
    default:
      return null;
  }
}

/** Where requests leave and with which source, as far as -I says. */
function origin(
  ctx: CommandContext,
  words: PingWords,
  dst: Ipv4,
): Refusal | { src: Ipv4; bound: Ipv4 | null; oif: number; device: string } {
  const { net } = ctx;
  const bound = words.from === null ? null : parseIpv4(words.from);
  let oif = 0;
  let device = '';
  if (words.from !== null && bound === null) {
    const dev = devByName(net.host, words.from);
    if (dev === null) return refuse(`SO_BINDTODEVICE ${words.from}: No such device`, 2);
    oif = dev.ifindex;
    device = dev.name;
  }
  const route = ipRouteOutput(net, {
    dst,
    ...(bound === null ? {} : { src: bound }),
    ...(oif === 0 ? {} : { oif: oif as IfIndex }),
  });
  if ('error' in route) {
    const errno = toErrno(route.error);
    return refuse(
      bound !== null && inetAddrType(net.host, bound) !== 'local' ? 'bind: Cannot assign requested address' : `connect: ${strerror(errno)}`,
      2,
    );
  }
  if (route.type === 'broadcast' && !words.broadcast) {
    return refuse('Do you want to ping broadcast? Then -b. If not, check your local firewall rules', 2);
  }
  if (route.type === 'broadcast') ctx.err('WARNING: pinging broadcast address\n');
  return { src: bound ?? route.src, bound, oif, device };
}

function run(ctx: CommandContext): number | GoOn {
  const options = shortOptions('ping', 'c:i:W:w:s:t:I:M:Q:nqbDhV' + '4', ctx.argv.slice(1));
  const out = (refusal: Refusal): number => {
    ctx.err(refusal.text);
    return refusal.code;
  };
  if (options.error !== null) {
    const letter = /'(.)'$/.exec(options.error)?.[1] ?? '';
    if (options.error.includes('invalid option') && NOT_MODELLED.includes(letter))
      return out(refuse(`option -${letter} is not modelled by the lab`, 2));
    ctx.err(`${options.error}\n${USAGE}`);
    return 2;
  }
  const words: PingWords = {
    count: 0,
    interval: NS_PER_S,
    linger: 10 * NS_PER_S,
    deadline: 0,
    size: 56,
    ttl: 0,
    tos: 0,
    from: null,
    pmtuDisc: null,
    quiet: false,
    broadcast: false,
    stamp: false,
  };
  for (const { name, value } of options.found) {
    if (name === 'h') {
      ctx.err(USAGE);
      return 2;
    }
    if (name === 'V') {
      ctx.out('ping from iputils 20221126\n');
      return 0;
    }
    const refusal = apply(words, name, value);
    if (refusal !== null) return out(refusal);
  }
  const name = options.rest[0];
  if (name === undefined) return out(refuse('usage error: Destination address required'));
  if (options.rest.length > 1) return out(refuse('routes through named hosts are not modelled by the lab', 2));
  return start(ctx, words, name, out);
}

function start(ctx: CommandContext, words: PingWords, name: string, out: (refusal: Refusal) => number): number | GoOn {
  const found = resolveHost(ctx.net, name);
  // no address at all means this host
  const dst = found === 0 ? IPV4_LOOPBACK : found;
  if (dst === null) return out(refuse(`${name}: Name or service not known`, 2));
  const from = origin(ctx, words, dst);
  if ('text' in from) return out(from);
  if (from.device !== '' && devByName(ctx.net.host, from.device)?.addrs.some((ifa) => ifa.local === from.src) !== true) {
    ctx.err(`ping: Warning: source address might be selected on device other than: ${from.device}\n`);
  }
  if (words.size > 65507) return out(refuse(`packet size ${words.size} is too large. Maximum is 65507`, 1));
  const opened = rawOpen(ctx.net, 0, {
    ...(from.bound === null ? {} : { src: from.bound }),
    ...(from.oif === 0 ? {} : { oif: from.oif as IfIndex }),
    ttl: words.ttl,
    tos: words.tos,
    pmtuDisc: words.pmtuDisc,
    broadcast: words.broadcast,
  });
  if ('error' in opened) return out(refuse(`bind: ${strerror(opened.error)}`, 2));
  const fromText = from.bound !== null || from.device !== '' ? `from ${formatIpv4(from.src)} ${from.device}: ` : '';
  const state: PingState = {
    name,
    dst,
    sock: opened.sock,
    count: words.count,
    interval: nanos(words.interval),
    linger: nanos(words.linger),
    deadline: nanos(words.deadline),
    size: words.size,
    quiet: words.quiet,
    stamp: words.stamp,
    header: `PING ${name} (${formatIpv4(dst)}) ${fromText}${words.size}(${words.size + 28}) bytes of data.\n`,
    counts: newPingCounts(),
    firstAt: -1,
    lastAt: -1,
    sentAt: new Map(),
    answered: new Map(),
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
      'ping [-c COUNT] [-i SECONDS] [-W SECONDS] [-w SECONDS] [-s SIZE] [-t TTL] [-I ADDR|DEV] [-M do|dont|want] [-Q TOS] [-b] [-D] [-n] [-q] HOST',
    ],
    notModelled: ['-f, -A, -l: floods', '-R, -T: IP options', '-m, -p, -r, -S, -v and rarer options'],
    source: 'iputils 20221126',
  },
  run,
};
