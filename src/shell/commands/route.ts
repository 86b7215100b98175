/**
 * The command route: the main routing table the old way, by ioctl.
 * Comes from: config-commands.ts.  Goes to: host/fib routeAdd, routeDel, routesOf.
 * Source: net-tools 2.10 route.c, lib/inet_sr.c (INET_setroute), lib/inet_gr.c (rprint_fib);
 *   Linux 6.1 net/ipv4/fib_frontend.c, rtentry_to_fib_config().
 * Differs: IPv4 only; mss, window and irtt of a route are not modelled; names are not looked up.
 */
import { formatIpv4, maskOf, prefixLenOf, type Ipv4 } from '../../wire/index.ts';
import {
  devByName,
  devGet,
  inetAddrType,
  routeAdd,
  routeDel,
  routesOf,
  RT_SCOPE_HOST,
  RT_SCOPE_LINK,
  RT_SCOPE_UNIVERSE,
  RT_TABLE_MAIN,
  type IfIndex,
  type Route,
  type RouteType,
} from '../../host/index.ts';
import type { Command, CommandContext } from '../command.ts';
import { inetAton, unknownHost } from './net-tools.ts';
import { errnoText, notModelled, runTool, ToolError } from './tool-error.ts';

const SYNOPSIS = [
  'route [-n] [-e]',
  'route add {-net|-host} TARGET[/LEN] [netmask MASK] [gw GATEWAY] [metric N] [[dev] DEV]',
  'route add default gw GATEWAY [[dev] DEV]',
  'route add {-net|-host} TARGET[/LEN] reject',
  'route del {-net|-host} TARGET[/LEN] [netmask MASK] [gw GATEWAY] [metric N] [[dev] DEV]',
] as const;

function usage(code: number, before = ''): ToolError {
  return new ToolError(`${before}${SYNOPSIS.map((line, i) => `${i === 0 ? 'Usage: ' : '       '}${line}\n`).join('')}`, code);
}

interface Words {
  dst: Ipv4;
  mask: Ipv4;
  maskGiven: boolean;
  isNet: boolean;
  gateway: Ipv4 | null;
  metric: number;
  dev: string | null;
  reject: boolean;
}

function resolve(text: string): Ipv4 {
  const addr = inetAton(text);
  if (addr === null) throw new ToolError(unknownHost(text), 6);
  return addr;
}

function target(text: string, form: '-net' | '-host' | null): Words {
  const words: Words = {
    dst: 0 as Ipv4,
    mask: 0 as Ipv4,
    maskGiven: false,
    isNet: form === '-net',
    gateway: null,
    metric: 0,
    dev: null,
    reject: false,
  };
  if (text === 'default') return { ...words, isNet: true };
  const slash = text.indexOf('/');
  words.dst = resolve(slash < 0 ? text : text.slice(0, slash));
  if (slash >= 0) {
    const len = Number(text.slice(slash + 1));
    if (!(len >= 0 && len <= 32)) throw usage(3);
    words.mask = maskOf(len);
    words.maskGiven = true;
  }
  return words;
}

function parse(args: string[]): Words {
  let form: '-net' | '-host' | null = null;
  if (args[0] === '-net' || args[0] === '-host') form = args.shift() as '-net' | '-host';
  const first = args.shift();
  if (first === undefined) throw usage(form === null ? 0 : 3);
  const words = target(first, form);
  const value = (): string => {
    const word = args.shift();
    if (word === undefined) throw usage(3);
    return word;
  };
  while (args.length > 0) {
    const word = value();
    if (word === 'netmask') takeMask(words, value());
    else if (word === 'gw' || word === 'gateway') words.gateway = gatewayOf(value());
    else if (word === 'metric') {
      const text = value();
      if (!/^\d+$/.test(text)) throw usage(3);
      words.metric = Number(text);
    } else if (word === 'reject') words.reject = true;
    else if (word === 'dev' || word === 'device') words.dev = value();
    else if (['mss', 'mtu', 'window', 'irtt', 'mod', 'dyn', 'reinstate'].includes(word)) throw notModelled('route', word);
    else if (args.length === 0) words.dev = word;
    else throw usage(3);
  }
  checkMask(words);
  return words;
}

function takeMask(words: Words, text: string): void {
  if (words.maskGiven) throw usage(3);
  words.mask = resolve(text);
  words.maskGiven = true;
  if (prefixLenOf(words.mask) === null) throw usage(3, `route: bogus netmask ${text}\n`);
}

function gatewayOf(text: string): Ipv4 {
  const addr = inetAton(text);
  if (addr === null) throw new ToolError(`${text}: Unknown host\n`, 6);
  return addr;
}

/** The tool prints the bits that the mask leaves to hosts. */
function hostBitsHex(mask: Ipv4): string {
  return (~mask >>> 0).toString(16).padStart(8, '0');
}

function checkMask(words: Words): void {
  if (!words.maskGiven) return;
  if (!words.isNet && words.mask !== 0xffffffff)
    throw usage(3, `route: netmask ${hostBitsHex(words.mask)} doesn't make sense with host route\n`);
  if ((words.dst & ~words.mask) >>> 0 !== 0) throw usage(3, "route: netmask doesn't match route address\n");
}

interface Request {
  readonly dst: Ipv4;
  readonly prefixLen: number;
  readonly dev: IfIndex | undefined;
  /** the address of an alias named as device */
  readonly prefSrc: Ipv4 | null;
}

/** What the kernel makes of the words (rtentry_to_fib_config). */
function request(ctx: CommandContext, words: Words, ioctl: string): Request {
  const refuse = (errno: string): ToolError => new ToolError(`${ioctl}: ${errnoText(errno)}\n`, 7);
  const prefixLen = words.isNet ? (prefixLenOf(words.mask) ?? 0) : 32;
  if ((words.dst & ~maskOf(prefixLen)) >>> 0 !== 0) throw refuse('EINVAL');
  if (words.dev === null) return { dst: words.dst, prefixLen, dev: undefined, prefSrc: null };
  const dev = devByName(ctx.net.host, words.dev.split(':')[0] ?? '');
  if (dev === null) throw refuse('ENODEV');
  if (!words.dev.includes(':')) return { dst: words.dst, prefixLen, dev: dev.ifindex, prefSrc: null };
  const ifa = dev.addrs.find((one) => one.label === words.dev);
  if (ifa === undefined) throw refuse('ENODEV');
  return { dst: words.dst, prefixLen, dev: dev.ifindex, prefSrc: ifa.local };
}

function change(ctx: CommandContext, verb: 'add' | 'del', args: string[]): number {
  const words = parse(args);
  const ioctl = verb === 'add' ? 'SIOCADDRT' : 'SIOCDELRT';
  const { dst, prefixLen, dev, prefSrc } = request(ctx, words, ioctl);
  const far = words.gateway !== null && inetAddrType(ctx.net.host, words.gateway) === 'unicast';
  const type: RouteType = words.reject ? 'unreachable' : 'unicast';
  const nexthops = words.reject || (dev === undefined && words.gateway === null) ? [] : [{ dev, gateway: words.gateway }];
  const spec = {
    dst,
    prefixLen,
    type,
    table: RT_TABLE_MAIN,
    prefSrc,
    metric: words.metric === 0 ? undefined : words.metric,
    nexthops,
  };
  const scope = words.reject ? RT_SCOPE_HOST : far ? RT_SCOPE_UNIVERSE : RT_SCOPE_LINK;
  const refusal = verb === 'add' ? routeAdd(ctx.net, { ...spec, scope, proto: 'boot' }, 'prepend') : routeDel(ctx.net, spec);
  if (refusal !== null) throw new ToolError(`${ioctl}: ${errnoText(refusal.errno)}\n`, 7);
  return 0;
}

/** U up, G by a gateway, H a host, ! refused. */
function flagsText(route: Route): string {
  if (route.type === 'unreachable' || route.type === 'prohibit') return route.prefixLen === 32 ? '!H' : '!';
  return `U${(route.nexthops[0]?.gateway ?? null) === null ? '' : 'G'}${route.prefixLen === 32 ? 'H' : ''}`;
}

/** One line of the table, or null for what /proc/net/route leaves out. */
function row(ctx: CommandContext, route: Route, numeric: boolean, extended: boolean): string | null {
  if (route.type === 'broadcast' || route.type === 'multicast' || route.type === 'local') return null;
  const refused = flagsText(route).startsWith('!');
  const nh = route.nexthops[0];
  const dev = nh === undefined ? '*' : (devGet(ctx.net.host, nh.dev)?.name ?? '*');
  const dst = route.prefixLen === 0 && !numeric ? 'default' : formatIpv4(route.dst);
  const gateway = refused ? '-' : formatIpv4(nh?.gateway ?? (0 as Ipv4));
  const head = `${dst.padEnd(15)} ${gateway.padEnd(15)} ${formatIpv4(maskOf(route.prefixLen)).padEnd(15)} ${flagsText(route).padEnd(5)} `;
  if (extended) return refused ? `${head}    - -          - -` : `${head}${'0'.padStart(5)} ${'0'.padEnd(5)} ${'0'.padStart(6)} ${dev}`;
  if (refused) return `${head}${String(route.metric).padEnd(6)} -        0 -`;
  return `${head}${String(route.metric).padEnd(6)} ${'0'.padEnd(2)} ${'0'.padStart(7)} ${dev}`;
}

export function showRoutes(ctx: CommandContext, numeric: boolean, extended: boolean): number {
  ctx.out('Kernel IP routing table\n');
  ctx.out(
    `Destination     Gateway         Genmask         ${extended ? 'Flags   MSS Window  irtt Iface' : 'Flags Metric Ref    Use Iface'}\n`,
  );
  for (const route of routesOf(ctx.net.host, RT_TABLE_MAIN)) {
    const line = row(ctx, route, numeric, extended);
    if (line !== null) ctx.out(`${line}\n`);
  }
  return 0;
}

function run(ctx: CommandContext): number {
  const words = ctx.argv.slice(1);
  let numeric = false;
  let extended = 0;
  for (let word = words[0]; word?.startsWith('-') === true; word = words[0]) {
    words.shift();
    if (word === '-A') {
      if (words.shift() !== 'inet') throw notModelled('route', '-A other than inet');
      continue;
    }
    if (word === '--version') word = '-V';
    for (const letter of word.replace(/^--?/, '')) {
      if (letter === 'n' || letter === 'N') numeric = true;
      else if (letter === 'e') extended++;
      else if (letter === 'V') {
        ctx.out('net-tools 2.10\n');
        return 0;
      } else if (letter === '6' || letter === 'C') throw notModelled('route', `-${letter}`);
      else if (letter === 'h') throw usage(3);
      else if (letter !== 'v' && letter !== '4' && letter !== 'F') throw usage(3, `route: invalid option -- '${letter}'\n`);
    }
  }
  const verb = words.shift();
  if (verb === undefined) return showRoutes(ctx, numeric, extended === 1);
  if (verb === 'add' || verb === 'del' || verb === 'delete') return change(ctx, verb === 'add' ? 'add' : 'del', words);
  if (verb === 'flush') throw usage(3, "Flushing `inet' routing table not supported\n");
  throw usage(3);
}

export const route: Command = {
  name: 'route',
  man: {
    en: 'shows and changes the main routing table',
    zh: '查看和修改主路由表',
    synopsis: SYNOPSIS,
    notModelled: ['IPv6', 'mss, window, irtt', '-C (the cache)', 'names of hosts and networks'],
    source: 'net-tools 2.10',
  },
  run: (ctx) => runTool(ctx, () => run(ctx)),
  complete: (net, words) => {
    const typed = words.at(-1) ?? '';
    const last = words.at(-2) ?? '';
    const devs = net.host.devs.flatMap((dev) =>
      dev === null ? [] : [dev.name, ...dev.addrs.map((ifa) => ifa.label).filter((label) => label.includes(':'))],
    );
    const next =
      words.length <= 2
        ? ['add', 'del', '-n']
        : last === 'dev'
          ? devs
          : ['-net', '-host', 'default', 'gw', 'netmask', 'metric', 'dev', 'reject', ...devs];
    return next.filter((one) => one.startsWith(typed));
  },
};
