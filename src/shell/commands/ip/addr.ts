/**
 * `ip address`: show, add, change, replace, delete, flush.
 * Comes from: index.ts.  Goes to: host/dev addrAdd, addrDel, addrFlush.
 * Source: iproute2 6.1.0 ip/ipaddress.c (ipaddr_modify, ipaddr_list_flush_or_save, print_addrinfo).
 * Differs: IPv4 only; lifetimes are always forever; save, restore and showdump are not modelled.
 */
import { broadcastOf, formatIpv4, inPrefix, isLoopback, maskOf, type Ipv4 } from '../../../wire/index.ts';
import { addrAdd, addrDel, addrFlush, RT_SCOPE_HOST, RT_SCOPE_UNIVERSE, type Dev, type IfAddr } from '../../../host/index.ts';
import { errnoText, notModelled, ToolError } from '../tool-error.ts';
import { duplicate, getAddr, getPrefix, invArg, matches, matchesAny, rtnetlink, unknownCommand, type Args, type Prefix } from './args.ts';
import { printBriefHead, printLink, printStats } from './link-print.ts';
import { paint, scopeByName, scopeName } from './names.ts';
import { allDevs, devOrFail, findDev, usage, type IpRun } from './run.ts';

export const ADDR_SYNOPSIS = [
  'ip address {add|change|replace} ADDR[/LEN] [peer ADDR[/LEN]] [broadcast ADDR|+|-] [label NAME] [scope SCOPE] dev DEV',
  'ip address del ADDR[/LEN] dev DEV',
  'ip address [show|flush] [dev DEV] [scope SCOPE] [to PREFIX] [label LABEL] [primary|secondary] [up]',
] as const;

export function ipAddr(run: IpRun, args: Args): number {
  if (args.done) return show(run, args);
  const word = args.take();
  if (matches(word, 'add')) return modify(run, args, 'add');
  if (matches(word, 'change') || word === 'chg') return modify(run, args, 'replace');
  if (matches(word, 'replace')) return modify(run, args, 'replace');
  if (matches(word, 'delete')) return modify(run, args, 'del');
  if (matchesAny(word, 'show', 'list') || word === 'lst') return show(run, args);
  if (matches(word, 'flush')) return flush(run, args);
  if (matchesAny(word, 'save', 'showdump', 'restore')) throw notModelled('ip', `address ${word}`);
  if (matches(word, 'help')) return usage(run, ADDR_SYNOPSIS);
  throw unknownCommand(word, 'address');
}

interface AddrWords {
  local: Prefix | null;
  peer: Prefix | null;
  broadcast: string | null;
  scope: number | null;
  label: string | null;
  dev: string | null;
  noPrefixRoute: boolean;
}

function parseModify(args: Args): AddrWords {
  const words: AddrWords = {
    local: null,
    peer: null,
    broadcast: null,
    scope: null,
    label: null,
    dev: null,
    noPrefixRoute: false,
  };
  while (!args.done) {
    const word = args.take();
    if (word === 'peer' || word === 'remote') words.peer = getPrefix(args.value());
    else if (matches(word, 'broadcast') || word === 'brd') words.broadcast = args.value();
    else if (word === 'scope') {
      const text = args.value();
      words.scope = scopeByName(text);
      if (words.scope === null) throw invArg('invalid scope value.', text);
    } else if (word === 'dev') words.dev = args.value();
    else if (word === 'label') words.label = args.value();
    else if (word === 'noprefixroute') words.noPrefixRoute = true;
    else if (word === 'valid_lft' || word === 'preferred_lft') {
      if (args.value() !== 'forever') throw notModelled('ip', `address ${word} other than forever`);
    } else if (matchesAny(word, 'anycast', 'metric', 'priority', 'preference', 'home', 'nodad', 'mngtmpaddr', 'autojoin')) {
      throw notModelled('ip', `address ${word}`);
    } else takeLocal(words, word === 'local' ? args.value() : word);
  }
  return words;
}

function takeLocal(words: AddrWords, text: string): void {
  if (words.local !== null) throw duplicate('local', text);
  words.local = getPrefix(text);
}

function modify(run: IpRun, args: Args, action: 'add' | 'replace' | 'del'): number {
  const words = parseModify(args);
  if (words.dev === null) throw new ToolError('Not enough information: "dev" argument is required.\n', 1);
  const local = words.local;
  if (local === null) throw rtnetlink('Operation not supported');
  if (action === 'del' && !local.lenGiven && words.peer === null) {
    run.err('Warning: Executing wildcard deletion to stay compatible with old scripts.\n');
    run.err(`         Explicitly specify the prefix length (${formatIpv4(local.addr)}/32) to avoid this warning.\n`);
    run.err('         This special behaviour is likely to disappear in further releases,\n');
    run.err('         fix your scripts!\n');
  }
  const dev = devOrFail(run, words.dev);
  if (action === 'del') return remove(run, dev, local, words);
  const address = words.peer?.addr ?? local.addr;
  const prefixLen = words.peer === null ? local.len : words.peer.len;
  if (action === 'replace' && findSame(dev, local.addr, address, prefixLen) !== undefined) return 0;
  const errno = addrAdd(run.net, dev, {
    local: local.addr,
    peer: address,
    prefixLen,
    broadcast: broadcastValue(words.broadcast, address, prefixLen),
    scope: words.scope ?? (isLoopback(local.addr) ? RT_SCOPE_HOST : RT_SCOPE_UNIVERSE),
    noPrefixRoute: words.noPrefixRoute,
    // the kernel keeps 15 bytes
    label: (words.label ?? dev.name).slice(0, 15),
  });
  if (errno !== null) throw rtnetlink(errnoText(errno));
  return 0;
}

/** `+`: all host bits set; `-`: none set. */
function broadcastValue(text: string | null, address: Ipv4, len: number): Ipv4 | null {
  if (text === null) return null;
  if (text !== '+' && text !== '-') return getAddr(text);
  if (len > 30) return null;
  return text === '+' ? broadcastOf(address, len) : (((address & maskOf(len)) >>> 0) as Ipv4);
}

function findSame(dev: Dev, local: Ipv4, address: Ipv4, prefixLen: number): IfAddr | undefined {
  return dev.addrs.find((ifa) => ifa.local === local && ifa.prefixLen === prefixLen && inPrefix(ifa.address, address, prefixLen));
}

function remove(run: IpRun, dev: Dev, local: Prefix, words: AddrWords): number {
  const len = words.peer?.len ?? (local.lenGiven ? local.len : null);
  const errno = addrDel(run.net, dev, { local: local.addr, prefixLen: len, label: words.label ?? undefined });
  if (errno !== null) throw rtnetlink(errnoText(errno));
  return 0;
}

interface Filter {
  dev: Dev | null;
  scope: number | null;
  to: Prefix | null;
  label: string | null;
  /** null: both; secondaries or primaries only */
  secondary: boolean | null;
  up: boolean;
  type: string | null;
}

function parseFilter(run: IpRun, args: Args, action: 'show' | 'flush'): Filter {
  const filter: Filter = {
    dev: null,
    scope: null,
    to: null,
    label: null,
    secondary: null,
    up: false,
    type: null,
  };
  let devName: string | null = null;
  while (!args.done) {
    const word = args.take();
    if (word === 'to') filter.to = getPrefix(args.value());
    else if (word === 'scope') {
      const text = args.value();
      filter.scope = text === 'all' ? null : scopeByName(text);
      if (text !== 'all' && filter.scope === null) throw invArg('invalid "scope"\n', text);
    } else if (word === 'up') filter.up = true;
    else if (word === 'label') filter.label = args.value();
    else if (word === 'primary') filter.secondary = false;
    else if (word === 'secondary' || word === 'temporary') filter.secondary = true;
    else if (word === 'permanent') continue;
    else if (word === 'dynamic' || word === 'tentative' || word === 'deprecated' || word === 'dadfailed') filter.label = '';
    else if (word === 'type') filter.type = args.value();
    else if (word === 'group' || word === 'master' || word === 'vrf' || word === 'nomaster')
      throw notModelled('ip', `address ${action} ${word}`);
    else {
      if (word !== 'dev' && matches(word, 'help')) throw new ToolError('', usage(run, ADDR_SYNOPSIS));
      const name = word === 'dev' ? args.value() : word;
      if (devName !== null) throw duplicate('dev', name);
      devName = name;
      filter.dev = findDev(run.net, name);
      if (filter.dev === null) throw new ToolError(`Device "${name}" does not exist.\n`, 1);
    }
  }
  return filter;
}

/** A shell pattern with * and ?, as fnmatch() reads the labels. */
function likeLabel(pattern: string, label: string): boolean {
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`).test(label);
}

function selected(ifa: IfAddr, filter: Filter): boolean {
  if (filter.scope !== null && ifa.scope !== filter.scope) return false;
  if (filter.secondary !== null && ifa.secondary !== filter.secondary) return false;
  if (filter.label !== null && !likeLabel(filter.label, ifa.label)) return false;
  return filter.to === null || inPrefix(ifa.local, filter.to.addr, filter.to.len);
}

/** The kinds that `type KIND` knows; Ethernet here is virtual Ethernet. */
export function linkKind(dev: Dev): string {
  return dev.kind === 'ethernet' ? 'veth' : dev.kind;
}

function show(run: IpRun, args: Args): number {
  const filter = parseFilter(run, args, 'show');
  const { opts } = run;
  if (opts.family === 'inet6') return 0;
  for (const dev of filter.dev === null ? allDevs(run.net) : [filter.dev]) {
    if (filter.up && !dev.up) continue;
    if (filter.type !== null && linkKind(dev) !== filter.type) continue;
    const addrs = dev.addrs.filter((ifa) => selected(ifa, filter));
    // An interface without any address is shown unless only IPv4 was asked for.
    const inet = opts.family === 'inet' || filter.to !== null;
    if (addrs.length === 0 && (inet || dev.addrs.length > 0)) continue;
    run.out(printDev(run, dev, addrs, filter));
  }
  return 0;
}

function printDev(run: IpRun, dev: Dev, addrs: readonly IfAddr[], filter: Filter): string {
  const { opts } = run;
  if (opts.brief) {
    const shown = addrs.map((ifa) => `${paint(opts.color, 35, shownAddress(ifa))}/${ifa.prefixLen} `).join('');
    return `${printBriefHead(dev, opts)}${shown}\n`;
  }
  if (opts.oneline) return addrs.map((ifa) => `${dev.ifindex}: ${paint(opts.color, 36, dev.name)}    ${printAddr(run, ifa)}`).join('');
  const inet = opts.family === 'inet' || filter.to !== null;
  // a choice by label is one among addresses: interfaces are not shown then
  const head = filter.label === null ? `${printLink(dev, opts, { mode: false, lladdr: !inet })}\n` : '';
  const body = addrs.map((ifa) => `    ${printAddr(run, ifa)}`).join('');
  const stats = opts.stats > 0 && !inet ? `${printStats(dev, opts)}\n` : '';
  return head + body + stats;
}

function shownAddress(ifa: IfAddr): string {
  return ifa.address === ifa.local ? formatIpv4(ifa.local) : `${formatIpv4(ifa.local)} peer ${formatIpv4(ifa.address)}`;
}

function printAddr(run: IpRun, ifa: IfAddr): string {
  const { opts } = run;
  let text = `inet ${paint(opts.color, 35, shownAddress(ifa))}/${ifa.prefixLen} `;
  if (ifa.broadcast !== null) text += `brd ${paint(opts.color, 35, formatIpv4(ifa.broadcast))} `;
  text += `scope ${scopeName(ifa.scope)} `;
  if (ifa.secondary) text += 'secondary ';
  if (ifa.noPrefixRoute) text += 'noprefixroute ';
  return `${text}${ifa.label}${opts.oneline ? '\\' : '\n'}       valid_lft forever preferred_lft forever\n`;
}

function flush(run: IpRun, args: Args): number {
  if (args.done) throw new ToolError('Flush requires arguments.\n', 1);
  const filter = parseFilter(run, args, 'flush');
  let count = 0;
  for (const dev of filter.dev === null ? allDevs(run.net) : [filter.dev]) {
    if (filter.up && !dev.up) continue;
    count += addrFlush(run.net, dev, (ifa) => selected(ifa, filter));
  }
  reportFlush(run, count, 'addresses');
  return 0;
}

/** What `ip -s … flush` says. */
export function reportFlush(run: IpRun, count: number, what: string): void {
  if (run.opts.stats === 0) return;
  if (count === 0) run.out('Nothing to flush.\n');
  else run.out(`\n*** Round 1, deleting ${count} ${what} ***\n*** Flush is complete after 1 round ***\n`);
}
