/**
 * The command `ip`: options, then an object, then the object's verb. Words may be cut short.
 * Comes from: config-commands.ts.  Goes to: addr.ts, link.ts, route.ts, neigh.ts, rule.ts, tunnel.ts, maddr.ts.
 * Source: iproute2 6.1.0 ip/ip.c.
 * Differs: IPv4 only; JSON, batch files and name spaces are not modelled; help shows the lab's forms.
 */
import type { Command, CommandContext } from '../../command.ts';
import type { NodeNet } from '../../../world/index.ts';
import { formatIpv4 } from '../../../wire/index.ts';
import { notModelled, runTool, ToolError } from '../tool-error.ts';
import { ADDR_SYNOPSIS, ipAddr } from './addr.ts';
import { Args, matches, type IpOptions } from './args.ts';
import { ipLink, LINK_SYNOPSIS } from './link.ts';
import { ipMaddr, MADDR_SYNOPSIS } from './maddr.ts';
import { ipNeigh, NEIGH_SYNOPSIS } from './neigh.ts';
import { ipRoute, ROUTE_SYNOPSIS } from './route.ts';
import { ipRule, RULE_SYNOPSIS } from './rule.ts';
import { allDevs, createIpRun, usage, type IpRun } from './run.ts';
import { ipTunnel, TUNNEL_SYNOPSIS } from './tunnel.ts';

interface IpObject {
  readonly name: string;
  /** null: the real ip has it, the lab does not */
  readonly run: ((run: IpRun, args: Args) => number) | null;
  readonly verbs: readonly string[];
}

const CHANGE = ['show', 'add', 'replace', 'change', 'del', 'flush'];

/** In the order of iproute2's table: of several that a short word begins, the first is meant. */
const OBJECTS: readonly IpObject[] = [
  { name: 'address', run: ipAddr, verbs: CHANGE },
  { name: 'addrlabel', run: null, verbs: [] },
  { name: 'maddress', run: ipMaddr, verbs: ['show'] },
  { name: 'route', run: ipRoute, verbs: [...CHANGE, 'append', 'get'] },
  { name: 'rule', run: ipRule, verbs: ['show', 'add', 'del', 'flush'] },
  { name: 'neighbor', run: ipNeigh, verbs: CHANGE },
  { name: 'neighbour', run: ipNeigh, verbs: CHANGE },
  { name: 'ntable', run: null, verbs: [] },
  { name: 'ntbl', run: null, verbs: [] },
  { name: 'link', run: ipLink, verbs: ['show', 'set', 'add', 'del'] },
  { name: 'l2tp', run: null, verbs: [] },
  { name: 'fou', run: null, verbs: [] },
  { name: 'ila', run: null, verbs: [] },
  { name: 'macsec', run: null, verbs: [] },
  { name: 'tunnel', run: ipTunnel, verbs: ['show', 'add', 'change', 'del'] },
  { name: 'tunl', run: ipTunnel, verbs: [] },
  { name: 'tuntap', run: null, verbs: [] },
  { name: 'token', run: null, verbs: [] },
  { name: 'tcpmetrics', run: null, verbs: [] },
  { name: 'tcp_metrics', run: null, verbs: [] },
  { name: 'monitor', run: null, verbs: [] },
  { name: 'xfrm', run: null, verbs: [] },
  { name: 'mroute', run: null, verbs: [] },
  { name: 'mrule', run: null, verbs: [] },
  { name: 'netns', run: null, verbs: [] },
  { name: 'netconf', run: null, verbs: [] },
  { name: 'vrf', run: null, verbs: [] },
  { name: 'sr', run: null, verbs: [] },
  { name: 'nexthop', run: null, verbs: [] },
  { name: 'mptcp', run: null, verbs: [] },
  { name: 'ioam', run: null, verbs: [] },
  { name: 'amt', run: null, verbs: [] },
  { name: 'stats', run: null, verbs: [] },
  { name: 'help', run: (run) => usage(run, IP_USAGE), verbs: [] },
];

const IP_USAGE = [
  'ip [ OPTIONS ] OBJECT { COMMAND | help }',
  'OBJECT := { address | link | route | rule | neighbour | tunnel | maddress }',
  'OPTIONS := { -V | -s | -d | -o | -br | -c | -N | -4 | -6 | -0 | -f { inet | inet6 | link } }',
] as const;

function takeOption(word: string, words: readonly string[], at: number, opts: IpOptions): number {
  const opt = word.startsWith('--') ? word.slice(1) : word;
  if (opt === '-4') opts.family = 'inet';
  else if (opt === '-6') opts.family = 'inet6';
  else if (opt === '-0') opts.family = 'link';
  else if (matches(opt, '-family')) return takeFamily(words[at + 1], opts);
  else if (matches(opt, '-human-readable') || opt === '-iec') throw notModelled('ip', opt);
  else if (matches(opt, '-stats') || matches(opt, '-statistics')) opts.stats++;
  else if (matches(opt, '-details')) opts.details = true;
  else if (matches(opt, '-oneline')) opts.oneline = true;
  else if (matches(opt, '-brief') && opt.length > 2) opts.brief = true;
  else if (opt === '-Numeric' || opt === '-N') opts.numeric = true;
  else if (matches(opt, '-resolve') || matches(opt, '-force') || matches(opt, '-pretty')) return 0;
  else if (/^-c(o(l(or?)?)?)?(=(always|auto|never))?$/.test(opt)) opts.color = opt.endsWith('=always') || !opt.includes('=');
  else return unmodelledOption(opt);
  return 0;
}

function unmodelledOption(opt: string): number {
  const known = ['-json', '-batch', '-netns', '-loops', '-timestamp', '-tshort', '-rcvbuf', '-all', '-M', '-B', '-echo'];
  if (known.some((one) => matches(opt, one))) throw notModelled('ip', opt);
  throw new ToolError(`Option "${opt}" is unknown, try "ip -help".\n`, 255);
}

function takeFamily(family: string | undefined, opts: IpOptions): number {
  if (family === 'inet' || family === 'inet6' || family === 'link') opts.family = family;
  else throw new ToolError(`Error: argument "${family ?? ''}" is wrong: invalid protocol family\n`, 255);
  return 1;
}

function runIp(ctx: CommandContext): number {
  const opts: IpOptions = {
    family: 'any',
    brief: false,
    oneline: false,
    stats: 0,
    details: false,
    color: false,
    numeric: false,
  };
  const run = createIpRun(ctx, opts);
  const words = ctx.argv.slice(1);
  let at = 0;
  for (; at < words.length; at++) {
    const word = words[at] ?? '';
    if (word === '--') {
      at++;
      break;
    }
    if (!word.startsWith('-')) break;
    if (word === '-') return usage(run, IP_USAGE);
    if (matches(word, '-Version')) {
      ctx.out('ip utility, iproute2-6.1.0, libbpf 1.1.2\n');
      return 0;
    }
    if (matches(word, '-help') && word !== '-h') return usage(run, IP_USAGE);
    at += takeOption(word, words, at, opts);
  }
  const name = words[at];
  if (name === undefined) return usage(run, IP_USAGE);
  const object = OBJECTS.find((one) => matches(name, one.name));
  if (object === undefined) throw new ToolError(`Object "${name}" is unknown, try "ip help".\n`, 1);
  if (object.run === null) throw notModelled('ip', object.name);
  return object.run(run, new Args(words, at + 1));
}

const VALUE_OF_DEV = new Set(['dev', 'iif', 'oif', 'show']);

/** Objects, then their verbs, then interfaces, addresses and keywords. */
function complete(net: NodeNet, words: readonly string[]): readonly string[] {
  const typed = words.at(-1) ?? '';
  const before = words.slice(1, -1).filter((word) => !word.startsWith('-'));
  const begins = (all: readonly string[]): string[] => all.filter((one) => one.startsWith(typed));
  if (before.length === 0)
    return begins(OBJECTS.filter((one) => one.run !== null && one.name !== 'tunl' && one.name !== 'neighbor').map((one) => one.name));
  const object = OBJECTS.find((one) => matches(before[0] ?? '', one.name));
  if (object === undefined) return [];
  if (before.length === 1) return begins(object.verbs);
  const devs = allDevs(net).map((dev) => dev.name);
  const last = before.at(-1) ?? '';
  if (VALUE_OF_DEV.has(last) || (object.name === 'link' && before.length === 2))
    return begins([...(last === 'show' ? ['dev'] : []), ...devs]);
  const addrs = allDevs(net).flatMap((dev) =>
    dev.addrs.map((ifa) => (object.name === 'address' ? `${formatIpv4(ifa.local)}/${ifa.prefixLen}` : formatIpv4(ifa.local))),
  );
  return begins([...keywords(object.name), ...(before.length === 2 || last === 'src' || last === 'from' ? addrs : [])]);
}

function keywords(object: string): readonly string[] {
  switch (object) {
    case 'address':
      return ['dev', 'broadcast', 'label', 'scope', 'peer'];
    case 'link':
      return ['up', 'down', 'mtu', 'address', 'name', 'arp', 'promisc', 'txqueuelen', 'type'];
    case 'route':
      return [
        'via',
        'dev',
        'src',
        'metric',
        'table',
        'scope',
        'proto',
        'onlink',
        'nexthop',
        'default',
        'from',
        'iif',
        'oif',
        'mark',
        'blackhole',
        'unreachable',
        'prohibit',
      ];
    case 'rule':
      return ['from', 'to', 'iif', 'oif', 'fwmark', 'table', 'pref', 'not'];
    case 'neighbour':
      return ['dev', 'lladdr', 'nud', 'proxy'];
    case 'tunnel':
      return ['mode', 'local', 'remote', 'ttl'];
    default:
      return ['dev'];
  }
}

export const ip: Command = {
  name: 'ip',
  man: {
    en: 'shows and changes interfaces, addresses, routes, rules, neighbours and tunnels',
    zh: '查看和修改接口、地址、路由、策略规则、邻居表和隧道',
    synopsis: [
      ...ADDR_SYNOPSIS,
      ...LINK_SYNOPSIS,
      ...ROUTE_SYNOPSIS,
      ...RULE_SYNOPSIS,
      ...NEIGH_SYNOPSIS,
      ...TUNNEL_SYNOPSIS,
      ...MADDR_SYNOPSIS,
    ],
    notModelled: [
      'IPv6 (-6 shows nothing)',
      '-json, -batch, -netns, -human-readable',
      'monitor, netns, xfrm, mroute, tuntap, vrf, nexthop',
      'link types other than dummy and ipip',
      'route metrics other than mtu, encap, throw, nat',
      'rules by port, protocol or user, goto',
      'address lifetimes',
    ],
    source: 'iproute2 6.1.0',
  },
  run: (ctx) => runTool(ctx, () => runIp(ctx)),
  complete,
};
