/**
 * `ip address`: the verbs, and adding, changing and deleting an address.
 * Comes from: index.ts.  Goes to: addr-show.ts; host/dev addrAdd, addrDel, addrSetLifetime, addrSetMetric.
 * Source: iproute2 6.1.0 ip/ipaddress.c (ipaddr_modify); Linux 6.1 net/ipv4/devinet.c, inet_rtm_newaddr().
 * Differs: IPv4 only; save, restore and showdump, and autojoin are not modelled.
 */
import { nanos, NS_PER_S, type Nanos } from '../../../engine/index.ts';
import { broadcastOf, formatIpv4, inPrefix, isLoopback, maskOf, type Ipv4 } from '../../../wire/index.ts';
import {
  addrAdd,
  addrDel,
  addrSetLifetime,
  addrSetMetric,
  RT_SCOPE_HOST,
  RT_SCOPE_UNIVERSE,
  type Dev,
  type IfAddr,
} from '../../../host/index.ts';
import { errnoText, notModelled, ToolError } from '../tool-error.ts';
import { flush, show } from './addr-show.ts';
import {
  duplicate,
  getAddrOfFamily,
  getPrefix,
  getUnsigned,
  invArg,
  matches,
  matchesAny,
  parseUnsigned,
  rtnetlink,
  secondValue,
  unknownCommand,
  type Args,
  type Family,
  type Prefix,
} from './args.ts';
import { scopeByName } from './names.ts';
import { devOrFail, usage, usageError, type IpRun } from './run.ts';
import { ADDR_FORMS, LINK_KINDS_USAGE } from './usage-objects.ts';

export const ADDR_SYNOPSIS = [
  'ip address {add|change|replace} ADDR[/LEN] [peer ADDR[/LEN]] [broadcast ADDR|+|-] [label NAME] [scope SCOPE] [metric N] [valid_lft S|forever] [preferred_lft S|forever] [noprefixroute] dev DEV',
  'ip address del ADDR[/LEN] dev DEV',
  'ip address [show|flush] [dev DEV] [scope SCOPE] [to PREFIX] [label LABEL] [[-]primary|secondary|dynamic|permanent|deprecated] [group N] [type KIND] [up]',
] as const;

type Action = 'add' | 'replace' | 'del';

export function ipAddr(run: IpRun, args: Args): number {
  if (args.done) return show(run, args);
  const word = args.take();
  if (matches(word, 'add')) return modify(run, args, 'add');
  if (matches(word, 'change') || word === 'chg') return modify(run, args, 'replace');
  if (matches(word, 'replace')) return modify(run, args, 'replace');
  if (matches(word, 'delete')) return modify(run, args, 'del');
  if (matchesAny(word, 'show', 'list') || word === 'lst' || word === 'ls') return show(run, args);
  if (matches(word, 'flush')) return flush(run, args);
  if (matchesAny(word, 'save', 'showdump', 'restore')) throw notModelled('ip', `address ${word}`);
  if (matches(word, 'help')) return usage(run, ADDR_FORMS, LINK_KINDS_USAGE);
  throw unknownCommand(word, 'address');
}

/** Seconds; null: for ever. */
type Lifetime = number | null;

interface AddrWords {
  family: Family;
  local: Prefix | null;
  peer: Prefix | null;
  broadcast: Ipv4 | '+' | '-' | null;
  scope: number | null;
  label: string | null;
  dev: string | null;
  metric: number;
  /** undefined: not said */
  valid: Lifetime | undefined;
  preferred: Lifetime | undefined;
  noPrefixRoute: boolean;
  autojoin: boolean;
}

const V6_ONLY = ['nodad', 'optimistic', 'home', 'mngtmpaddr'];
/** What the kernel alone decides. */
const READ_ONLY = ['secondary', 'temporary', 'dadfailed', 'deprecated', 'tentative', 'permanent', 'stable-privacy'];

function parseModify(run: IpRun, args: Args): AddrWords {
  const words: AddrWords = {
    family: run.opts.family,
    local: null,
    peer: null,
    broadcast: null,
    scope: null,
    label: null,
    dev: null,
    metric: 0,
    valid: undefined,
    preferred: undefined,
    noPrefixRoute: false,
    autojoin: false,
  };
  while (!args.done) {
    const word = args.take();
    if (word === 'peer' || word === 'remote') takePeer(words, args.value());
    else if (matches(word, 'broadcast') || word === 'brd') takeBroadcast(words, args.value());
    // the kernel has no use for it with IPv4
    else if (word === 'anycast') getAddrOfFamily(args.value(), words.family);
    else if (word === 'scope') words.scope = scopeValue(args.value());
    else if (word === 'dev') words.dev = args.value();
    else if (word === 'label') words.label = args.value();
    else if (matches(word, 'metric') || matchesAny(word, 'priority', 'preference'))
      words.metric = getUnsigned(args.value(), '"metric" value is invalid\n');
    else if (word === 'valid_lft') words.valid = lifetime(word, words.valid, args.value());
    else if (word === 'preferred_lft') words.preferred = lifetime(word, words.preferred, args.value());
    else if (word === 'noprefixroute') words.noPrefixRoute = true;
    else if (word === 'autojoin') words.autojoin = true;
    else if (READ_ONLY.includes(word)) run.err(`Warning: ${word} option is not mutable from userspace\n`);
    else if (V6_ONLY.includes(word)) run.err(`Warning: ${word} option can be set only for IPv6 addresses\n`);
    else takeLocal(words, args, word);
  }
  return words;
}

function scopeValue(text: string): number {
  const scope = scopeByName(text);
  if (scope === null) throw invArg('invalid scope value.', text);
  return scope;
}

function lifetime(key: string, given: Lifetime | undefined, text: string): Lifetime {
  if (given !== undefined) throw secondValue(key, text);
  if (text === 'forever') return null;
  const value = parseUnsigned(text);
  if (value === null || value > 0xffffffff) throw invArg(`${key} value`, text);
  return value === 0xffffffff ? null : value;
}

function familyFrom(words: AddrWords, prefix: Prefix): void {
  if (words.family === 'any') words.family = prefix.family;
}

function takePeer(words: AddrWords, text: string): void {
  if (words.peer !== null) throw secondValue('peer', text);
  words.peer = getPrefix(text, words.family);
  familyFrom(words, words.peer);
}

function takeBroadcast(words: AddrWords, text: string): void {
  if (words.broadcast !== null) throw secondValue('broadcast', text);
  if (text === '+' || text === '-') {
    words.broadcast = text;
    return;
  }
  words.broadcast = getAddrOfFamily(text, words.family);
  if (words.family === 'any') words.family = words.broadcast === null ? 'inet6' : 'inet';
}

function takeLocal(words: AddrWords, args: Args, first: string): void {
  const text = first === 'local' ? args.value() : first;
  if (matches(text, 'help')) throw usageError(ADDR_FORMS, LINK_KINDS_USAGE);
  if (words.local !== null) throw duplicate('local', text);
  words.local = getPrefix(text, words.family);
  familyFrom(words, words.local);
}

function warnOfWildcard(run: IpRun, local: Ipv4): void {
  run.err('Warning: Executing wildcard deletion to stay compatible with old scripts.\n');
  run.err(`         Explicitly specify the prefix length (${formatIpv4(local)}/32) to avoid this warning.\n`);
  run.err('         This special behaviour is likely to disappear in further releases,\n');
  run.err('         fix your scripts!\n');
}

function modify(run: IpRun, args: Args, action: Action): number {
  const words = parseModify(run, args);
  if (words.dev === null) throw new ToolError('Not enough information: "dev" argument is required.\n', 1);
  const { local } = words;
  const inet = words.family === 'inet' && local !== null && local.family === 'inet';
  if (inet && action === 'del' && !local.lenGiven && words.peer === null) warnOfWildcard(run, local.addr);
  if ((words.broadcast === '+' || words.broadcast === '-') && action !== 'del' && words.family !== 'inet')
    throw new ToolError('Broadcast can be set only for IPv4 addresses\n', 1);
  const dev = devOrFail(run, words.dev);
  if (words.valid !== undefined || words.preferred !== undefined) {
    if (words.valid === 0) throw new ToolError('valid_lft is zero\n', 1);
    if ((words.preferred ?? Infinity) > (words.valid ?? Infinity)) throw new ToolError('preferred_lft is greater than valid_lft\n', 1);
  }
  if (words.autojoin) {
    if (local === null || local.addr >>> 28 !== 0xe) throw new ToolError('autojoin needs multicast address\n', 1);
    throw notModelled('ip', 'address autojoin');
  }
  if (words.family === 'inet6') throw rtnetlink(action === 'del' ? errnoText('EADDRNOTAVAIL') : errnoText('EACCES'));
  if (!inet) throw rtnetlink(words.family === 'inet' ? errnoText('EINVAL') : errnoText('EOPNOTSUPP'));
  if (words.label !== null && words.label.length > 15) throw new ToolError('Error: Attribute failed policy validation.\n', 2);
  if (action === 'del') return remove(run, dev, local, words);
  return put(run, dev, { ...words, local }, action);
}

function deadline(run: IpRun, seconds: Lifetime | undefined): Nanos | null {
  return seconds === null || seconds === undefined ? null : nanos(run.net.now + seconds * NS_PER_S);
}

function put(run: IpRun, dev: Dev, words: AddrWords & { local: Prefix }, action: 'add' | 'replace'): number {
  const { local, peer } = words;
  const address = peer?.addr ?? local.addr;
  const prefixLen = peer === null || peer.len === 0 ? local.len : peer.len;
  const validUntil = deadline(run, words.valid);
  // an address for ever is preferred for ever, or not at all
  const preferredUntil = validUntil === null && words.preferred !== 0 ? null : deadline(run, words.preferred);
  const same = findSame(dev, local.addr, address, prefixLen);
  if (action === 'replace' && same !== undefined) {
    addrSetMetric(run.net, dev, same, words.metric);
    addrSetLifetime(run.net, dev, same, validUntil, preferredUntil);
    return 0;
  }
  const errno = addrAdd(run.net, dev, {
    local: local.addr,
    peer: address,
    prefixLen,
    broadcast: broadcastValue(words.broadcast, address, prefixLen),
    scope: words.scope ?? (isLoopback(local.addr) ? RT_SCOPE_HOST : RT_SCOPE_UNIVERSE),
    noPrefixRoute: words.noPrefixRoute,
    metric: words.metric,
    validUntil,
    preferredUntil,
    label: words.label ?? dev.name,
  });
  if (errno !== null) throw rtnetlink(errnoText(errno));
  return 0;
}

/** `+`: all host bits set; `-`: none set. */
function broadcastValue(given: AddrWords['broadcast'], address: Ipv4, len: number): Ipv4 | null {
  if (given !== '+' && given !== '-') return given;
  if (len > 30) return null;
  return given === '+' ? broadcastOf(address, len) : (((address & maskOf(len)) >>> 0) as Ipv4);
}

function findSame(dev: Dev, local: Ipv4, address: Ipv4, prefixLen: number): IfAddr | undefined {
  return dev.addrs.find((ifa) => ifa.local === local && ifa.prefixLen === prefixLen && inPrefix(ifa.address, address, prefixLen));
}

function remove(run: IpRun, dev: Dev, local: Prefix, words: AddrWords): number {
  const len = words.peer?.len ?? (local.lenGiven ? local.len : null);
  const errno = addrDel(run.net, dev, { local: local.addr, prefixLen: len, peer: words.peer?.addr, label: words.label ?? undefined });
  if (errno !== null) throw rtnetlink(errnoText(errno));
  return 0;
}
