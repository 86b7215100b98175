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
import { inetAton, lenAsTyped, netToolsVersion, unknownHost } from './net-tools.ts';
import { leadingInt, longOptions, type LongNames } from './net-args.ts';
import { INET_ROUTE_USAGE, ROUTE_USAGE } from './net-tools-usage.ts';
import { errnoText, notModelled, runTool, ToolError } from './tool-error.ts';

const SYNOPSIS = [
  'route [-n] [-e]',
  'route add {-net|-host} TARGET[/LEN] [netmask MASK] [gw GATEWAY] [metric N] [[dev] DEV]',
  'route add default gw GATEWAY [[dev] DEV]',
  'route add {-net|-host} TARGET[/LEN] reject',
  'route del {-net|-host} TARGET[/LEN] [netmask MASK] [gw GATEWAY] [metric N] [[dev] DEV]',
] as const;

/** After a command of route that is not complete or not understood. */
function usage(code: number, before = ''): ToolError {
  return new ToolError(before + INET_ROUTE_USAGE, code);
}

interface Words {
  dst: Ipv4;
  mask: Ipv4;
  maskGiven: boolean;
  maskText: string;
  isNet: boolean;
  gateway: Ipv4 | null;
  metric: number;
  dev: string | null;
  reject: boolean;
}

/** @param code exit code: an unknown target and an unknown mask or gateway differ in it */
function resolve(text: string, code: number, hostFirst: boolean): Ipv4 {
  const addr = inetAton(text);
  if (addr === null) throw new ToolError(unknownHost(text, hostFirst), code);
  return addr;
}

function target(text: string, form: '-net' | '-host' | null): Words {
  const words: Words = {
    dst: 0 as Ipv4,
    mask: 0 as Ipv4,
    maskGiven: false,
    maskText: '',
    isNet: form === '-net',
    gateway: null,
    metric: 0,
    dev: null,
    reject: false,
  };
  if (text === 'default') return { ...words, isNet: true };
  const slash = text.indexOf('/');
  const len = slash < 0 ? 32 : lenAsTyped(text.slice(slash + 1));
  if (len === null) throw usage(3);
  words.dst = resolve(slash < 0 ? text : text.slice(0, slash), 6, form === '-host');
  // a mask of all ones is the same to the tool as no mask
  if (len < 32) {
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
    else if (word === 'gw' || word === 'gateway') takeGateway(words, value());
    else if (word === 'metric') {
      const text = value();
      if (!/^\d/.test(text)) throw usage(3);
      // the ioctl has two bytes for the metric and one
      words.metric = ((((leadingInt(text) + 1) << 16) >> 16) - 1) >>> 0;
    } else if (word === 'reject') words.reject = true;
    else if (word === 'dev' || word === 'device') words.dev = value();
    else if (word === 'mss' || word === 'window' || word === 'irtt') checkTcpHint(word, value());
    else if (word === 'mod' || word === 'dyn' || word === 'reinstate') continue;
    else if (args.length === 0) words.dev = word;
    else throw usage(3);
  }
  checkMask(words);
  return words;
}

function takeMask(words: Words, text: string): void {
  if (words.maskGiven) throw usage(3);
  words.mask = resolve(text, 6, false);
  words.maskGiven = words.mask !== 0;
  words.maskText = text;
}

/** What the kernel tells TCP about a route: read, and refused as the tool does or because the lab has none. */
function checkTcpHint(word: string, text: string): never {
  const number = leadingInt(text);
  if (word === 'mss' && (number < 64 || number > 65536)) throw usage(3, 'route: Invalid MSS/MTU.\n');
  if (word === 'window' && number < 128) throw usage(3, 'route: Invalid window.\n');
  throw notModelled('route', word);
}

function takeGateway(words: Words, text: string): void {
  if (words.gateway !== null) throw usage(3);
  if (text === 'default') throw usage(3, 'route: default: cannot use a NETWORK as gateway!\n');
  words.gateway = resolve(text, 6, true);
}

/** The tool prints the bits that the mask leaves to hosts. With a host no mask makes sense to it, not even the full one. */
function hostBitsHex(mask: Ipv4): string {
  return (~mask >>> 0).toString(16).padStart(8, '0');
}

function checkMask(words: Words): void {
  if (!words.maskGiven) return;
  if (!words.isNet && words.mask !== 0) throw usage(3, `route: netmask ${hostBitsHex(words.mask)} doesn't make sense with host route\n`);
  if (prefixLenOf(words.mask) === null) throw usage(3, `route: bogus netmask ${words.maskText}\n`);
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
  if ((words.dst & ~maskOf(prefixLen)) >>> 0 !== 0 || words.gateway === 0) throw refuse('EINVAL');
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

/** Which columns: those of `route`, of `netstat -r` (and `route -e`), or all of them (`route -ee`). */
export type RouteColumns = 'metric' | 'mss' | 'all';

const COLUMN_HEADS: Readonly<Record<RouteColumns, string>> = {
  metric: 'Flags Metric Ref    Use Iface',
  mss: 'Flags   MSS Window  irtt Iface',
  all: 'Flags Metric Ref    Use Iface    MSS   Window irtt',
};

/** One line of the table, or null for what /proc/net/route leaves out. */
function row(ctx: CommandContext, route: Route, numeric: boolean, columns: RouteColumns): string | null {
  if (route.type === 'broadcast' || route.type === 'multicast' || route.type === 'local') return null;
  const refused = flagsText(route).startsWith('!');
  const nh = route.nexthops[0];
  const dev = nh === undefined ? '*' : (devGet(ctx.net.host, nh.dev)?.name ?? '*');
  const dst = route.prefixLen === 0 && !numeric ? 'default' : formatIpv4(route.dst);
  const gateway = refused ? '-' : formatIpv4(nh?.gateway ?? (0 as Ipv4));
  const mask = formatIpv4(maskOf(route.prefixLen));
  const head = `${dst.padEnd(15)} ${gateway.padEnd(15)} ${mask.padEnd(15)} ${flagsText(route).padEnd(5)} `;
  // the MTU of a route is not told here, only what it says about segments
  const hint = (name: 'advmss' | 'window' | 'rtt'): number => Number(route.metrics?.[name] ?? 0);
  const mss = String(hint('advmss') === 0 ? 0 : hint('advmss') + 40);
  const window = String(hint('window'));
  const irtt = String(hint('rtt'));
  if (columns === 'mss')
    return refused ? `${head}    - -          - -` : `${head}${mss.padStart(5)} ${window.padEnd(5)} ${irtt.padStart(6)} ${dev}`;
  const metric = String(route.metric | 0).padEnd(6);
  const line = refused ? `${head}${metric} -        0 -` : `${head}${metric} ${'0'.padEnd(2)} ${'0'.padStart(7)} ${dev}`;
  if (columns === 'metric') return line;
  const tail = refused
    ? '       -     -      -'
    : `${' '.repeat(Math.max(0, 8 - dev.length))} ${mss.padEnd(5)} ${window.padEnd(6)} ${irtt}`;
  return line + (refused ? ` ${tail}` : tail);
}

export function showRoutes(ctx: CommandContext, numeric: boolean, columns: RouteColumns): number {
  ctx.out('Kernel IP routing table\n');
  ctx.out(`Destination     Gateway         Genmask         ${COLUMN_HEADS[columns]}\n`);
  for (const route of routesOf(ctx.net.host, RT_TABLE_MAIN)) {
    const line = row(ctx, route, numeric, columns);
    if (line !== null) ctx.out(`${line}\n`);
  }
  return 0;
}

/** -C: the kernel has kept no cache of routes since 3.6. */
export function showRouteCache(ctx: CommandContext, columns: RouteColumns): number {
  ctx.out(`Kernel IP routing cache\nSource          Destination     Gateway         ${COLUMN_HEADS[columns]}\n`);
  return 0;
}

const LONG: LongNames = {
  extend: 'e',
  verbose: 'v',
  version: 'V',
  numeric: 'n',
  symbolic: 'N',
  cache: 'C',
  fib: 'F',
  help: 'h',
  inet: '4',
  inet6: '6',
};

/** Help goes to standard output, and is no error even when it was not asked for. */
function help(ctx: CommandContext, before: string): number {
  ctx.err(before);
  ctx.out(ROUTE_USAGE);
  return 0;
}

function run(ctx: CommandContext): number {
  // getopt would take these two for letters: they are hidden from it
  const hidden = ctx.argv.slice(1).map((word) => (word === '-net' || word === '-host' ? `#${word.slice(1)}` : word));
  const options = longOptions('route', 'A:eCFhnN46Vv', LONG, hidden);
  if (options.error !== null) return help(ctx, `${options.error}\n`);
  const letters = options.found.map(({ name }) => name);
  const family = options.found.find(({ name }) => name === 'A')?.value ?? 'inet';
  if (family === 'inet6' || letters.includes('6')) throw notModelled('route', 'inet6');
  if (family !== 'inet') throw new ToolError(`Unknown address family \`${family}'.\n`, 1);
  if (letters.includes('V')) {
    ctx.out(netToolsVersion('route'));
    return 0;
  }
  if (letters.includes('h')) return help(ctx, '');
  const words = options.rest.map((word) => word.replace(/^#(?=net$|host$)/, '-'));
  const verb = words.shift();
  if (verb === undefined) {
    const extended = letters.filter((letter) => letter === 'e').length;
    const columns = extended === 0 ? 'metric' : extended === 1 ? 'mss' : 'all';
    if (letters.includes('F') || !letters.includes('C')) showRoutes(ctx, letters.includes('n'), columns);
    return letters.includes('C') ? showRouteCache(ctx, columns) : 0;
  }
  if (verb === 'add' || verb === 'del' || verb === 'delete') return change(ctx, verb === 'add' ? 'add' : 'del', words);
  if (verb === 'flush') throw usage(3, "Flushing `inet' routing table not supported\n");
  throw new ToolError(ROUTE_USAGE, 3);
}

export const route: Command = {
  name: 'route',
  man: {
    en: 'shows and changes the main routing table',
    zh: '查看和修改主路由表',
    synopsis: SYNOPSIS,
    notModelled: ['IPv6', 'mss, window, irtt', 'names of hosts and networks'],
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
