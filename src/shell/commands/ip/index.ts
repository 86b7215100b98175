/**
 * The command `ip`: options, then an object, then the object's verb. Words may be cut short.
 * Comes from: config-commands.ts.  Goes to: addr.ts, link.ts, route.ts, neigh.ts, rule.ts, tunnel.ts, maddr.ts,
 *   other-objects.ts, batch.ts.
 * Source: iproute2 6.1.0 ip/ip.c.
 * Differs: IPv4 only; name spaces are not modelled.
 */
import type { Command, CommandContext, GoOn } from '../../command.ts';
import type { NodeNet } from '../../../world/index.ts';
import { formatIpv4 } from '../../../wire/index.ts';
import { notModelled, runTool, ToolError } from '../tool-error.ts';
import { ADDR_SYNOPSIS, ipAddr } from './addr.ts';
import { Args, invArg, matches, parseUnsigned, type Family, type IpOptions } from './args.ts';
import { runBatch } from './batch.ts';
import { ipLink, LINK_SYNOPSIS } from './link.ts';
import { ipMonitor, MONITOR_SYNOPSIS } from './monitor.ts';
import { ipMaddr, MADDR_SYNOPSIS } from './maddr.ts';
import { ipNeigh, NEIGH_SYNOPSIS } from './neigh.ts';
import { runOther } from './other-objects.ts';
import { ipRoute, ROUTE_SYNOPSIS } from './route.ts';
import { ipRule, RULE_SYNOPSIS } from './rule.ts';
import { allDevs, createIpRun, usage, usageError, type IpRun } from './run.ts';
import { ipTunnel, TUNNEL_SYNOPSIS } from './tunnel.ts';
import { IP_USAGE } from './usage-objects.ts';
import { entryOf } from '../../entry-of.ts';

interface IpObject {
  readonly name: string;
  readonly run: (run: IpRun, args: Args) => number | GoOn;
  readonly verbs: readonly string[];
}

const CHANGE = ['show', 'add', 'replace', 'change', 'del', 'flush'];

/**
 * In the order of iproute2's table: of several that a short word begins, the first is meant. Objects that
 * the lab has no counterpart of keep their places in other-objects.ts.
 */
const OBJECTS: readonly IpObject[] = [
  { name: 'address', run: ipAddr, verbs: CHANGE },
  other('addrlabel'),
  { name: 'maddress', run: ipMaddr, verbs: ['show'] },
  { name: 'route', run: ipRoute, verbs: [...CHANGE, 'append', 'get'] },
  { name: 'rule', run: ipRule, verbs: ['show', 'add', 'del', 'flush'] },
  { name: 'neighbor', run: ipNeigh, verbs: CHANGE },
  { name: 'neighbour', run: ipNeigh, verbs: CHANGE },
  other('ntable'),
  other('ntbl'),
  { name: 'link', run: ipLink, verbs: ['show', 'set', 'add', 'del'] },
  other('l2tp'),
  other('fou'),
  other('ila'),
  other('macsec'),
  { name: 'tunnel', run: ipTunnel, verbs: ['show', 'add', 'change', 'del'] },
  { name: 'tunl', run: ipTunnel, verbs: [] },
  ...['tuntap', 'token', 'tcpmetrics', 'tcp_metrics'].map(other),
  { name: 'monitor', run: ipMonitor, verbs: ['all', 'address', 'link', 'neigh', 'route', 'rule', 'label', 'dev'] },
  ...['xfrm', 'mroute', 'mrule', 'netns', 'netconf'].map(other),
  ...['vrf', 'sr', 'nexthop', 'mptcp', 'ioam', 'stats'].map(other),
  { name: 'help', run: (run) => usage(run, IP_USAGE), verbs: [] },
];

function other(name: string): IpObject {
  return { name, run: (run, args) => runOther(run, name, args), verbs: [] };
}

/** Options without a value, in the order in which a short word is looked for. */
const SWITCHES: readonly (readonly [string, (opts: IpOptions) => void])[] = [
  ['-human-readable', (opts) => (opts.human = true)],
  ['-iec', (opts) => (opts.iec = true)],
  ['-stats', (opts) => opts.stats++],
  ['-statistics', (opts) => opts.stats++],
  ['-details', (opts) => (opts.details = true)],
  // names of hosts are not looked up
  ['-resolve', () => undefined],
  ['-oneline', (opts) => (opts.oneline = true)],
  // the short form wins, whichever stands first
  ['-timestamp', (opts) => (opts.stamp = opts.stamp === 'short' ? 'short' : 'long')],
  ['-tshort', (opts) => (opts.stamp = 'short')],
];
/** Those behind -Version, -force and -batch. */
const LATE_SWITCHES: readonly (readonly [string, (opts: IpOptions) => void])[] = [
  ['-brief', (opts) => (opts.brief = true)],
  ['-json', (opts) => (opts.json = true)],
  ['-pretty', (opts) => (opts.pretty = true)],
];
const FAMILIES: Readonly<Record<string, Family>> = { '-4': 'inet', '-6': 'inet6', '-0': 'link', '-M': 'other', '-B': 'other' };

/** What the options ask for besides settings. */
interface Asked {
  /** file of `-batch` */
  batch: string | null;
  version: boolean;
}

/** @returns how many words were taken behind the option */
function takeOption(word: string, words: readonly string[], at: number, opts: IpOptions, asked: Asked): number {
  const opt = word.startsWith('--') ? word.slice(1) : word;
  const next = words[at + 1];
  const family = entryOf(FAMILIES, opt);
  if (matches(opt, '-loops')) return takeValue(next, '-loops');
  if (matches(opt, '-family')) return takeFamily(next, opts);
  if (family !== undefined) {
    opts.family = family;
    return 0;
  }
  if (takeSwitch(SWITCHES, opt, opts)) return 0;
  if (matches(opt, '-Version')) asked.version = true;
  else if (matches(opt, '-force')) opts.force = true;
  else if (matches(opt, '-batch')) {
    if (next === undefined) throw usageError(IP_USAGE);
    asked.batch = next;
    return 1;
  } else if (takeSwitch(LATE_SWITCHES, opt, opts)) return 0;
  else if (matches(opt, '-rcvbuf')) return takeValue(next, '-rcvbuf');
  else if (/^-c(o(l(or?)?)?)?(=(always|auto|never))?$/.test(opt)) opts.color = opt.endsWith('=always') || !opt.includes('=');
  else if (matches(opt, '-help')) throw usageError(IP_USAGE);
  else if (matches(opt, '-netns')) {
    // a host of the lab is one namespace: it has none with a name
    if (next === undefined) throw usageError(IP_USAGE);
    throw new ToolError(`Cannot open network namespace "${next}": No such file or directory\n`, 255);
  } else if (matches(opt, '-Numeric')) opts.numeric = true;
  else if (!matches(opt, '-all')) throw new ToolError(`Option "${opt}" is unknown, try "ip -help".\n`, 255);
  return 0;
}

function takeSwitch(switches: typeof SWITCHES, opt: string, opts: IpOptions): boolean {
  const found = switches.find(([name]) => matches(opt, name));
  found?.[1](opts);
  return found !== undefined;
}

/** A number that nothing in the lab depends on. */
function takeValue(value: string | undefined, option: string): number {
  if (value === undefined) throw usageError(IP_USAGE);
  if (option === '-rcvbuf') getUnsignedWord(value);
  return 1;
}

function getUnsignedWord(text: string): void {
  if (parseUnsigned(text) === null) throw new ToolError(`Invalid rcvbuf size '${text}'\n`, 255);
}

function takeFamily(name: string | undefined, opts: IpOptions): number {
  if (name === undefined || name === 'help') throw usageError(IP_USAGE);
  if (name === 'inet' || name === 'inet6' || name === 'link') opts.family = name;
  else if (name === 'mpls' || name === 'bridge') opts.family = 'other';
  else throw invArg('invalid protocol family', name);
  return 1;
}

function plainOptions(): IpOptions {
  return {
    family: 'any',
    brief: false,
    oneline: false,
    stats: 0,
    details: false,
    color: false,
    numeric: false,
    json: false,
    pretty: false,
    human: false,
    iec: false,
    stamp: 'none',
    force: false,
  };
}

function runIp(ctx: CommandContext): number | GoOn {
  const opts = plainOptions();
  const asked: Asked = { batch: null, version: false };
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
    at += takeOption(word, words, at, opts, asked);
    if (!asked.version) continue;
    ctx.out('ip utility, iproute2-6.1.0, libbpf 1.1.2\n');
    return 0;
  }
  // colours are for people
  if (opts.json) opts.color = false;
  if (asked.batch !== null) return runBatch(run, asked.batch, (line) => batchLine(run, line));
  return at < words.length ? runObject(run, words, at) : usage(run, IP_USAGE);
}

function batchLine(run: IpRun, line: readonly string[]): number {
  const result = runObject(run, line, 0);
  if (typeof result === 'number') return result;
  throw notModelled('ip', 'monitor in a batch');
}

function runObject(run: IpRun, words: readonly string[], at: number): number | GoOn {
  const name = words[at] ?? '';
  const object = OBJECTS.find((one) => matches(name, one.name));
  if (object !== undefined) return object.run(run, new Args(words, at + 1));
  throw new ToolError(`Object "${name}" is unknown, try "ip help".\n`, 1);
}

const VALUE_OF_DEV = new Set(['dev', 'iif', 'oif', 'show']);

/** Objects, then their verbs, then interfaces, addresses and keywords. */
function complete(net: NodeNet, words: readonly string[]): readonly string[] {
  const typed = words.at(-1) ?? '';
  const before = words.slice(1, -1).filter((word) => !word.startsWith('-'));
  const begins = (all: readonly string[]): string[] => all.filter((one) => one.startsWith(typed));
  if (before.length === 0) return begins(OBJECTS.filter((one) => one.verbs.length > 0 && one.name !== 'neighbor').map((one) => one.name));
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
      ...MONITOR_SYNOPSIS,
    ],
    notModelled: [
      'IPv6: -6 lists nothing, and IPv6 addresses are refused as by a kernel with IPv6 switched off',
      'network namespaces (-netns)',
      'monitor: of netconf, prefix, mroute, nexthop, nsid and stats nothing is told; its -json and file',
      'ntable, netconf, token, addrlabel, stats; adding name spaces, VRFs, next hop objects, tuntap, mroute or xfrm entries',
      'link types other than dummy and ipip; masters, name spaces, VLANs, carrier, XDP, queue counts and segmentation limits of a link',
      'an MTU below 68',
      'route: encap, nhid, nat, anycast, save and restore; of the metrics all but mtu, advmss and hoplimit are kept and listed but change nothing',
      'rule: nat, l3mdev, tun_id, save and restore; rules by protocol and port are looked at by ip route get only',
      'neigh: use, managed, extern_learn',
      'tunnel: gre, sit, vti, keys, tunnels bound to one interface',
      'addr: autojoin, save, restore and showdump',
    ],
    source: 'iproute2 6.1.0',
  },
  run: (ctx) => runTool(ctx, () => runIp(ctx)),
  readsStdin: (argv) => /^-(b|ba|bat|batc|batch)$/.test(argv.at(-2) ?? '') && argv.at(-1) === '-',
  complete,
};
