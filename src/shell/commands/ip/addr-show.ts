/**
 * `ip address show` and `ip address flush`: addresses that a selector picks.
 * Comes from: addr.ts.  Goes to: link-print.ts, link-stats.ts; host/dev addrFlush.
 * Source: iproute2 6.1.0 ip/ipaddress.c (ipaddr_list_flush_or_save, print_addrinfo, get_filter).
 * Differs: IPv4 only; masters and VRFs, which no interface of the lab has, cannot be named.
 */
import { NS_PER_S } from '../../../engine/index.ts';
import { formatIpv4, inPrefix } from '../../../wire/index.ts';
import { addrFlush, type Dev, type IfAddr } from '../../../host/index.ts';
import { ToolError } from '../tool-error.ts';
import { duplicate, getPrefix, invArg, matches, parseUnsigned, type Args, type Family, type Prefix } from './args.ts';
import { printBriefHead, printLink } from './link-print.ts';
import { printStats } from './link-stats.ts';
import { paint, scopeByName, scopeName } from './names.ts';
import type { Printer } from './printer.ts';
import { allDevs, findDev, printerOf, usageError, type IpRun } from './run.ts';
import { ADDR_FORMS, LINK_KINDS_USAGE } from './usage-objects.ts';

/** What an address may be asked to be, or with `-` not to be; IPv4 addresses are never what is not here. */
const FLAGS = ['secondary', 'permanent', 'deprecated', 'noprefixroute'] as const;
type Flag = (typeof FLAGS)[number];
/** Of these IPv4 has none. */
const NEVER = ['temporary', 'nodad', 'optimistic', 'dadfailed', 'home', 'tentative', 'mngtmpaddr', 'autojoin', 'stable-privacy'];

interface Filter {
  family: Family;
  dev: Dev | null;
  scope: number | null;
  to: Prefix | null;
  label: string | null;
  flags: { readonly flag: Flag; readonly wanted: boolean }[];
  /** asks for what no IPv4 address is */
  never: boolean;
  up: boolean;
  type: string | null;
  group: number | null;
}

/** `-primary` is `secondary`, and `dynamic` is `-permanent`. @returns false if the word is none of these */
function takeFlag(filter: Filter, text: string): boolean {
  let wanted = !text.startsWith('-');
  let name = wanted ? text : text.slice(1);
  if (name === 'dynamic' || name === 'primary') {
    wanted = !wanted;
    name = name === 'dynamic' ? 'permanent' : 'secondary';
  }
  // the temporary addresses of IPv6 use the same bit
  if (name === 'temporary') name = 'secondary';
  const flag = FLAGS.find((one) => one === name);
  if (flag !== undefined) filter.flags.push({ flag, wanted });
  else if (!NEVER.includes(name)) return false;
  else if (wanted) filter.never = true;
  return true;
}

/** @param usageParts what `help` among the selectors prints */
function parseFilter(run: IpRun, args: Args): Filter {
  const filter: Filter = {
    family: run.opts.family,
    dev: null,
    scope: null,
    to: null,
    label: null,
    flags: [],
    never: false,
    up: false,
    type: null,
    group: null,
  };
  let devName: string | null = null;
  while (!args.done) {
    const word = args.take();
    if (word === 'to') {
      filter.to = getPrefix(args.value(), filter.family);
      if (filter.family === 'any') filter.family = filter.to.family;
    } else if (word === 'scope') {
      const text = args.value();
      filter.scope = text === 'all' ? null : scopeByName(text);
      if (text !== 'all' && filter.scope === null) throw invArg('invalid "scope"\n', text);
    } else if (word === 'up') filter.up = true;
    else if (takeFlag(filter, word)) continue;
    else if (word === 'label') filter.label = args.value();
    else if (word === 'group') filter.group = groupValue(args.value());
    else if (word === 'master') refuseMaster(run, args.value());
    else if (word === 'vrf') throw invArg('Not a valid VRF name\n', args.value());
    else if (word === 'nomaster') continue;
    else if (word === 'type') filter.type = args.value();
    else {
      if (word !== 'dev' && matches(word, 'help')) throw usageError(ADDR_FORMS, LINK_KINDS_USAGE);
      const name = word === 'dev' ? args.value() : word;
      if (devName !== null) throw duplicate('dev', name);
      devName = name;
    }
  }
  filter.dev = devName === null ? null : namedDev(run, devName);
  return filter;
}

/** The interface that a listing is of. */
export function namedDev(run: IpRun, name: string): Dev {
  const dev = findDev(run.net, name);
  if (dev === null) throw new ToolError(`Device "${name}" does not exist.\n`, 1);
  return dev;
}

export function groupValue(text: string): number {
  const group = text === 'default' ? 0 : parseUnsigned(text);
  if (group === null) throw invArg('Invalid "group" value\n', text);
  return group;
}

/** No interface of the lab is a master: only a name that is no interface at all is another mistake. */
export function refuseMaster(run: IpRun, name: string): void {
  if (findDev(run.net, name) === null) throw invArg('Device does not exist\n', name);
}

/** A shell pattern with * and ?, as fnmatch() reads the labels. */
function likeLabel(pattern: string, label: string): boolean {
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`).test(label);
}

function isDeprecated(run: IpRun, ifa: IfAddr): boolean {
  return ifa.preferredUntil !== null && ifa.preferredUntil <= run.net.now;
}

function hasFlag(run: IpRun, ifa: IfAddr, flag: Flag): boolean {
  if (flag === 'secondary') return ifa.secondary;
  if (flag === 'permanent') return ifa.validUntil === null;
  return flag === 'deprecated' ? isDeprecated(run, ifa) : ifa.noPrefixRoute;
}

function selected(run: IpRun, ifa: IfAddr, filter: Filter): boolean {
  if (filter.never) return false;
  if (filter.scope !== null && ifa.scope !== filter.scope) return false;
  if (!filter.flags.every(({ flag, wanted }) => hasFlag(run, ifa, flag) === wanted)) return false;
  if (filter.label !== null && !likeLabel(filter.label, ifa.label)) return false;
  if (filter.family !== 'any' && filter.family !== 'inet') return false;
  return filter.to === null || filter.to.family === 'any' || inPrefix(ifa.local, filter.to.addr, filter.to.len);
}

/** The kinds that `type KIND` knows; Ethernet here is virtual Ethernet. */
export function linkKind(dev: Dev): string {
  return dev.kind === 'ethernet' ? 'veth' : dev.kind;
}

/** A listing's selectors that look at the interface alone. */
function devSelected(dev: Dev, filter: Filter): boolean {
  if (filter.up && !dev.up) return false;
  if (filter.group !== null && dev.group !== filter.group) return false;
  return filter.type === null || linkKind(dev) === filter.type;
}

export function show(run: IpRun, args: Args): number {
  const filter = parseFilter(run, args);
  const p = printerOf(run);
  const linkOnly = filter.family === 'link';
  for (const dev of filter.dev === null ? allDevs(run.net) : [filter.dev]) {
    if (!linkOnly && filter.family !== 'any' && filter.family !== 'inet') continue;
    const isShown = (ifa: IfAddr): boolean => selected(run, ifa, filter);
    const addrs = dev.addrs.filter(isShown);
    // An interface without any address is shown unless only IPv4 was asked for.
    if (!linkOnly && addrs.length === 0 && (filter.family === 'inet' || dev.addrs.length > 0)) continue;
    if (devSelected(dev, filter)) printDev(run, p, dev, linkOnly ? [] : dev.addrs, isShown, filter);
    else passOver(p);
  }
  p.end();
  return 0;
}

/** JSON keeps the place of an interface or an address that is not shown. */
export function passOver(p: Printer): void {
  p.openObject();
  p.closeObject();
}

function printDev(run: IpRun, p: Printer, dev: Dev, addrs: readonly IfAddr[], isShown: (ifa: IfAddr) => boolean, filter: Filter): void {
  const { opts } = run;
  const inet = filter.family === 'inet';
  if (opts.oneline && !opts.brief && !addrs.some(isShown)) return;
  p.openObject();
  if (opts.brief) printBriefHead(p, dev, run);
  // a choice by label is one among addresses: interfaces are not shown then
  else if (!opts.oneline && filter.label === null) {
    printLink(p, dev, run, { mode: false, lladdr: !inet || opts.details });
    p.say('\n');
  }
  p.openList('addr_info');
  for (const ifa of addrs) {
    p.openObject();
    if (isShown(ifa)) {
      if (opts.brief) printBrief(p, run, ifa);
      else printAddr(run, p, dev, ifa);
    }
    p.closeObject();
  }
  p.closeList();
  if (opts.brief) p.say('\n');
  else if (opts.stats > 0 && !inet && !opts.oneline) {
    printStats(p, dev, opts);
    p.say('\n');
  }
  p.closeObject();
}

function printLocal(p: Printer, run: IpRun, ifa: IfAddr): void {
  const { color } = run.opts;
  p.field('local', formatIpv4(ifa.local), paint(color, 35, formatIpv4(ifa.local)));
  if (ifa.address !== ifa.local) p.field('address', formatIpv4(ifa.address), ` peer ${paint(color, 35, formatIpv4(ifa.address))}`);
  p.field('prefixlen', ifa.prefixLen, `/${ifa.prefixLen} `);
  if (ifa.metric !== 0) p.field('metric', ifa.metric, `metric ${ifa.metric} `);
}

function printBrief(p: Printer, run: IpRun, ifa: IfAddr): void {
  printLocal(p, run, ifa);
}

/** @param named with the interface in front, as in one line */
export function printAddr(run: IpRun, p: Printer, dev: Dev, ifa: IfAddr, named = run.opts.oneline): void {
  const { opts } = run;
  if (named) {
    p.field('index', dev.ifindex, `${dev.ifindex}: `);
    p.field('dev', dev.name, paint(opts.color, 36, dev.name));
  }
  p.field('family', 'inet', '    inet ');
  printLocal(p, run, ifa);
  if (ifa.broadcast !== null) {
    const text = formatIpv4(ifa.broadcast);
    p.field('broadcast', text, `brd ${paint(opts.color, 35, text)} `);
  }
  const scope = scopeName(ifa.scope, opts.numeric);
  p.field('scope', scope, `scope ${scope} `);
  const flag = (name: string, is: boolean): void => {
    if (is) p.field(name, true, `${name} `);
  };
  flag('secondary', ifa.secondary);
  flag('deprecated', isDeprecated(run, ifa));
  flag('dynamic', ifa.validUntil !== null);
  flag('noprefixroute', ifa.noPrefixRoute);
  p.field('label', ifa.label, ifa.label);
  p.say(`${opts.oneline ? '\\' : '\n'}       `);
  printLifetimes(run, p, ifa);
  p.say('\n');
}

/** What JSON writes for a lifetime without an end. */
const FOREVER = 0xffffffff;

function printLifetimes(run: IpRun, p: Printer, ifa: IfAddr): void {
  const left = (until: number | null): number => (until === null ? FOREVER : Math.max(0, Math.ceil((until - run.net.now) / NS_PER_S)));
  const valid = left(ifa.validUntil);
  const preferred = ifa.validUntil === null ? FOREVER : left(ifa.preferredUntil);
  p.field('valid_life_time', valid, `valid_lft ${valid === FOREVER ? 'forever' : `${valid}sec`} `);
  p.field('preferred_life_time', preferred, `preferred_lft ${preferred === FOREVER ? 'forever' : `${preferred}sec`}`);
}

export function flush(run: IpRun, args: Args): number {
  if (args.done) throw new ToolError('Flush requires arguments.\n', 1);
  if (run.opts.family === 'link') throw new ToolError('Cannot flush link addresses.\n', 1);
  const filter = parseFilter(run, args);
  let count = 0;
  const doomed: { readonly dev: Dev; readonly addrs: readonly IfAddr[] }[] = [];
  for (const dev of filter.dev === null ? allDevs(run.net) : [filter.dev]) {
    if (!devSelected(dev, filter)) continue;
    doomed.push({ dev, addrs: dev.addrs.filter((ifa) => selected(run, ifa, filter)) });
  }
  const listing = { ...run, opts: { ...run.opts, json: false, oneline: false } };
  for (const { dev, addrs } of doomed) {
    count += addrs.length;
    for (const ifa of run.opts.stats > 1 ? addrs : []) {
      run.out(`${dev.ifindex}: ${dev.name}`);
      printAddr(listing, printerOf(listing), dev, ifa);
    }
  }
  for (const { dev, addrs } of doomed) addrFlush(run.net, dev, (ifa) => addrs.includes(ifa));
  reportFlush(run, count, 'addresses');
  return 0;
}

/** What `ip -s … flush` says. */
export function reportFlush(run: IpRun, count: number, what: string): void {
  if (run.opts.stats === 0) return;
  if (count === 0) run.out('Nothing to flush.\n');
  else run.out(`\n*** Round 1, deleting ${count} ${what} ***\n*** Flush is complete after 1 round ***\n`);
}
