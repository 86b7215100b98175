/**
 * `nc`: reads the options; the program goes on.
 * Comes from: the shell.  Goes to: programs/nc.ts.
 * Source: OpenBSD netcat 1.219 netcat.c (main).
 */
import { nanos, NS_PER_S } from '../../engine/index.ts';
import type { Ipv4 } from '../../wire/index.ts';
import type { Command, CommandContext, GoOn } from '../command.ts';
import type { NcState } from '../programs/nc.ts';
import { resolveHost } from '../programs/net-text.ts';
import { servicePort } from './iptables/names.ts';
import { shortOptions } from './net-args.ts';

const USAGE =
  'usage: nc [-46CDdFhklNnrStUuvZz] [-I length] [-i interval] [-M ttl]\n' +
  '\t  [-m minttl] [-O length] [-P proxy_username] [-p source_port]\n' +
  '\t  [-q seconds] [-s sourceaddr] [-T keyword] [-V rtable] [-W recvlimit]\n' +
  '\t  [-w timeout] [-X proxy_protocol] [-x proxy_address[:port]]\n' +
  '\t  [destination] [port]\n';

/** Options of the real nc that the lab leaves out. */
const NOT_MODELLED = 'bFIMmOPSUVWXxZ';

/** strtonum(3) as nc complains of it. */
function numberOf(text: string, what: string, min: number, max: number): number | string {
  if (!/^\s*[-+]?\d+$/.test(text)) return `${what} invalid: ${text}`;
  const value = Number(text);
  return value < min ? `${what} too small: ${text}` : value > max ? `${what} too large: ${text}` : value;
}

/** One port, a range of them, or the name of a service. */
function portsOf(text: string): readonly number[] | string {
  const named = /^[\d-]/.test(text) ? null : servicePort(text);
  if (named !== null) return [named];
  const dash = text.indexOf('-', 1);
  const ends = (dash < 0 ? [text] : [text.slice(0, dash), text.slice(dash + 1)]).map((one) => numberOf(one, 'port number', 1, 65535));
  const wrong = ends.find((one) => typeof one === 'string');
  if (wrong !== undefined) return wrong as string;
  const [from, to] = [Math.min(...(ends as number[])), Math.max(...(ends as number[]))];
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

function fail(ctx: CommandContext, text: string): number {
  ctx.err(`nc: ${text}\n`);
  return 1;
}

function run(ctx: CommandContext): number | GoOn {
  const options = shortOptions('nc', '46bCDdFhI:i:klM:m:NnO:P:p:q:rSs:T:tUuV:vW:w:X:x:Zz', ctx.argv.slice(1));
  if (options.error !== null) {
    ctx.err(`${options.error}\n${USAGE}`);
    return 1;
  }
  const value = (name: string): string | undefined => options.found.filter((option) => option.name === name).at(-1)?.value;
  const flag = (name: string): boolean => options.found.some((option) => option.name === name);
  const left = options.found.find(({ name }) => NOT_MODELLED.includes(name) || name === '6');
  if (left !== undefined) return fail(ctx, `not modelled in this lab: -${left.name}`);
  if (flag('h')) {
    ctx.err(`OpenBSD netcat (Debian patchlevel 1.219-1)\n${USAGE}`);
    return 0;
  }
  const wait = numberOf(value('w') ?? '0', 'timeout', 0, 2147483);
  const linger = numberOf(value('q') ?? '-1', 'quit timer', -2147483647, 2147483647);
  if (typeof wait === 'string' || typeof linger === 'string') return fail(ctx, typeof wait === 'string' ? wait : String(linger));
  const source = value('s');
  const src = source === undefined ? null : resolveHost(ctx.net, source);
  if (source !== undefined && src === null) return fail(ctx, 'getaddrinfo: Name or service not known');
  const common = {
    keep: flag('k'),
    udp: flag('u'),
    scan: flag('z'),
    verbose: flag('v'),
    numeric: flag('n'),
    shutdownAtEof: flag('N'),
    wait: nanos(wait * NS_PER_S),
    linger: linger < 0 ? null : nanos(linger * NS_PER_S),
    input: flag('d') ? null : ctx.stdin,
  };
  return flag('l')
    ? listen(ctx, common, options.rest, value('p'), source !== undefined)
    : connect(ctx, common, options.rest, value('p'), src);
}

type Common = Pick<NcState, 'keep' | 'udp' | 'scan' | 'verbose' | 'numeric' | 'shutdownAtEof' | 'wait' | 'linger' | 'input'>;

function listen(ctx: CommandContext, common: Common, rest: readonly string[], own: string | undefined, hasSource: boolean): number | GoOn {
  if (hasSource || rest.length > 2) {
    ctx.err(USAGE);
    return 1;
  }
  if (common.scan) return fail(ctx, 'cannot use -z and -l');
  const words = [...rest];
  const text = (own === undefined || words.length === 2 ? words.pop() : undefined) ?? own;
  if (text === undefined) return fail(ctx, 'missing port number');
  const port = /^\d+$/.test(text) ? Number(text) % 65536 : servicePort(text);
  if (port === null) return fail(ctx, 'getaddrinfo: Servname not supported for ai_socktype');
  const src = words[0] === undefined ? null : resolveHost(ctx.net, words[0]);
  if (words[0] !== undefined && src === null) return fail(ctx, 'getaddrinfo: Name or service not known');
  return { program: 'nc', state: newState({ ...common, dst: null, name: '', ports: [port], listen: true, src, sport: 0 }) };
}

function connect(ctx: CommandContext, common: Common, rest: readonly string[], own: string | undefined, src: Ipv4 | null): number | GoOn {
  const [host, ...texts] = rest;
  if (host === undefined) {
    ctx.err(USAGE);
    return 1;
  }
  if (texts.length === 0) return fail(ctx, 'missing port number');
  if (common.keep) return fail(ctx, 'must use -l with -k');
  const ports: number[] = [];
  for (const text of texts) {
    const some = portsOf(text);
    if (typeof some === 'string') return fail(ctx, some);
    ports.push(...some);
  }
  const dst = resolveHost(ctx.net, host);
  if (dst === null) return fail(ctx, `getaddrinfo for host "${host}" port ${ports[0]}: Name or service not known`);
  const sport = own === undefined ? 0 : (servicePort(own) ?? (/^\d+$/.test(own) ? Number(own) % 65536 : null));
  if (sport === null) return fail(ctx, 'getaddrinfo: Servname not supported for ai_socktype');
  return { program: 'nc', state: newState({ ...common, dst, name: host, ports, listen: false, src, sport }) };
}

function newState(words: Omit<NcState, 'eof' | 'listener' | 'sock' | 'connecting' | 'activity' | 'at' | 'reached'>): NcState {
  return { ...words, eof: false, listener: 0, sock: 0, connecting: false, activity: 0, at: 0, reached: false };
}

export const ncCommand: Command = {
  name: 'nc',
  man: {
    en: 'connects standard input and output with a TCP or UDP peer, or listens for one',
    zh: '把标准输入输出与 TCP 或 UDP 对端相连，或监听端口',
    synopsis: ['nc [-dNnuvz] [-p PORT] [-s ADDR] [-w SECONDS] [-q SECONDS] HOST PORT[-PORT]...', 'nc -l [-kNuv] [ADDR] PORT'],
    notModelled: [
      'proxies, Unix sockets, IPv6 and rarer options',
      '-i, -r, -T: read, without effect',
      'the probes that -u -z and -u -v send',
    ],
    source: 'OpenBSD netcat 1.219',
  },
  run,
};
