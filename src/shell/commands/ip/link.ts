/**
 * `ip link`: the verbs, show and delete.
 * Comes from: index.ts.  Goes to: link-set.ts, link-add.ts, link-print.ts; host/dev devDel.
 * Source: iproute2 6.1.0 ip/iplink.c, ip/ipaddress.c (ipaddr_list_link).
 * Differs: kinds are dummy and ipip; masters, name spaces, VLANs, bridges and XDP are not modelled.
 */
import { devDel, type Dev } from '../../../host/index.ts';
import { errnoText, notModelled, ToolError } from '../tool-error.ts';
import { groupValue, linkKind, namedDev, passOver, refuseMaster } from './addr-show.ts';
import { duplicate, invArg, matches, matchesAny, rtnetlink, unknownCommand, type Args } from './args.ts';
import { addLink } from './link-add.ts';
import { printBriefLink, printLink } from './link-print.ts';
import { setLink } from './link-set.ts';
import { printStats } from './link-stats.ts';
import type { Printer } from './printer.ts';
import { allDevs, devOrFail, printerOf, usage, usageError, type IpRun } from './run.ts';
import { IPIP_USAGE, LINK_FORMS } from './usage-link.ts';
import { LINK_KINDS_USAGE } from './usage-objects.ts';

export const LINK_SYNOPSIS = [
  'ip link [show [dev] DEV] [up] [type KIND] [group N]',
  'ip link set {[dev] DEV|group N} [up|down] [mtu N] [address MAC] [name NAME] [alias TEXT] [group N] [arp on|off] [multicast on|off] [allmulticast on|off] [promisc on|off] [txqueuelen N]',
  'ip link add [name] NAME [address MAC] [mtu N] [txqueuelen N] [group N] [up] type {dummy|ipip [local ADDR] [remote ADDR] [ttl N] [[no]pmtudisc]}',
  'ip link delete {[dev] DEV|group N}',
  'ip link help [KIND]',
] as const;

export function ipLink(run: IpRun, args: Args): number {
  if (args.done) return show(run, args);
  const word = args.take();
  if (matches(word, 'add')) return addLink(run, args, true);
  if (matchesAny(word, 'set', 'change')) return setLink(run, args);
  if (matches(word, 'replace')) return addLink(run, args, false);
  if (matches(word, 'delete')) return remove(run, args);
  if (matchesAny(word, 'show', 'list') || word === 'lst' || word === 'ls') return show(run, args);
  if (matches(word, 'xstats')) return xstats(args);
  if (matches(word, 'afstats')) return 0;
  if (matches(word, 'property')) return args.done ? usage(run, LINK_FORMS, LINK_KINDS_USAGE) : refuseProperty();
  if (matches(word, 'help')) return help(run, args);
  throw unknownCommand(word, 'link');
}

function xstats(args: Args): number {
  if (args.done) throw new ToolError('xstats: missing argument\n', 1);
  throw notModelled('ip', 'link xstats');
}

function refuseProperty(): never {
  throw notModelled('ip', 'link property', 'an interface has one name');
}

/** The kinds that `ip link help KIND` knows; of most the lab has no such interface. */
function help(run: IpRun, args: Args): number {
  const kind = args.word;
  if (kind === 'dummy') run.err('Usage: ... dummy\n');
  else if (kind === 'ipip') for (const line of IPIP_USAGE) run.err(`${line}\n`);
  else if (kind !== '' && LINK_KINDS_USAGE.join(' ').includes(` ${kind} `)) throw notModelled('ip', `link help ${kind}`);
  else return usage(run, LINK_FORMS, LINK_KINDS_USAGE);
  return 0;
}

interface Filter {
  dev: Dev | null;
  up: boolean;
  type: string | null;
  group: number | null;
}

function parseFilter(run: IpRun, args: Args): Filter {
  const filter: Filter = { dev: null, up: false, type: null, group: null };
  let devName: string | null = null;
  while (!args.done) {
    const word = args.take();
    if (word === 'up') filter.up = true;
    else if (word === 'type') filter.type = args.value();
    else if (word === 'group') filter.group = groupValue(args.value());
    else if (word === 'master') refuseMaster(run, args.value());
    else if (word === 'vrf') throw invArg('Not a valid VRF name\n', args.value());
    else if (word === 'nomaster') continue;
    else {
      if (word !== 'dev' && matches(word, 'help')) throw usageError(LINK_FORMS, LINK_KINDS_USAGE);
      const name = word === 'dev' ? args.value() : word;
      if (devName !== null) throw duplicate('dev', name);
      devName = name;
    }
  }
  if (devName !== null) filter.dev = namedDev(run, devName);
  return filter;
}

function show(run: IpRun, args: Args): number {
  const filter = parseFilter(run, args);
  const p = printerOf(run);
  for (const dev of filter.dev === null ? allDevs(run.net) : [filter.dev]) {
    const kept =
      (!filter.up || dev.up) &&
      (filter.type === null || linkKind(dev) === filter.type) &&
      (filter.group === null || dev.group === filter.group);
    if (kept) printDev(run, p, dev);
    else if (filter.type === null || !kindKnown(run, filter.type)) passOver(p);
  }
  p.end();
  return 0;
}

/** The kernel itself leaves out interfaces of another kind, if it knows the kind. */
function kindKnown(run: IpRun, kind: string): boolean {
  return kind === 'veth' || kind === 'dummy' || run.net.host.modules.includes(kind);
}

function printDev(run: IpRun, p: Printer, dev: Dev): void {
  const { opts } = run;
  p.openObject();
  if (opts.brief) printBriefLink(p, dev, run);
  else {
    printLink(p, dev, run, { mode: true, lladdr: true });
    if (opts.stats > 0) {
      p.say(opts.oneline ? '\\' : '\n');
      printStats(p, dev, opts);
    }
  }
  p.say('\n');
  p.closeObject();
}

function remove(run: IpRun, args: Args): number {
  let name: string | null = null;
  let group: number | null = null;
  while (!args.done) {
    const word = args.take();
    if (word === 'type') {
      args.value();
      break;
    }
    if (word === 'group') group = groupValue(args.value());
    else {
      if (word !== 'dev' && matches(word, 'help')) throw usageError(LINK_FORMS, LINK_KINDS_USAGE);
      const text = word === 'dev' ? args.value() : word;
      if (name !== null) throw duplicate('dev', text);
      name = text;
    }
  }
  if (name !== null) return removeOne(run, devOrFail(run, name));
  if (group === null) throw new ToolError('Not enough information: "dev" argument is required.\n', 255);
  const doomed = allDevs(run.net).filter((dev) => dev.group === group);
  if (doomed.length === 0) throw rtnetlink(errnoText('ENODEV'));
  for (const dev of doomed) refuseKept(dev);
  for (const dev of doomed) devDel(run.net, dev);
  return 0;
}

function refuseKept(dev: Dev): void {
  if (dev.kind === 'loopback') throw rtnetlink(errnoText('EOPNOTSUPP'));
  if (dev.kind === 'ethernet') throw notModelled('ip', `link delete ${dev.name}`, 'the lab has the cable plugged into it');
}

function removeOne(run: IpRun, dev: Dev): number {
  refuseKept(dev);
  // the module keeps its tunl0: deleting it is taken, and nothing comes of it
  if (dev.tunnel?.fallback !== true) devDel(run.net, dev);
  return 0;
}
