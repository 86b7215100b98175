/**
 * `ip neighbour`: the verbs; get, add, change, replace, delete.
 * Comes from: index.ts.  Goes to: neigh-show.ts; host/neigh neighAdminSet, neighAdminDel, neighProxyAdd.
 * Source: iproute2 6.1.0 ip/ipneigh.c, ipneigh_modify(), ipneigh_get(); Linux 6.1 net/core/neighbour.c, neigh_add(),
 *   neigh_delete(); net/ipv4/arp.c, arp_constructor() (interfaces with one neighbour only).
 * Differs: the flags use, managed and extern_learn are not modelled.
 */
import type { Ipv4, Mac } from '../../../wire/index.ts';
import {
  neighAdminDel,
  neighAdminSet,
  neighLookup,
  neighProxyAdd,
  neighProxyDel,
  neighProxyList,
  NO_IF,
  type Dev,
  type Neigh,
  type Nud,
  type RouteProto,
} from '../../../host/index.ts';
import { errnoText, notModelled, ToolError } from '../tool-error.ts';
import { duplicate, getAddrOfFamily, matches, matchesAny, rtnetlink, secondValue, unknownCommand, type Args } from './args.ts';
import { parseLladdr } from './link-words.ts';
import { flushNeigh, printNeigh, showNeigh } from './neigh-show.ts';
import { protoByName } from './names.ts';
import { stateOf } from './nud-names.ts';
import { devOrFail, printerOf, usage, usageError, type IpRun } from './run.ts';
import { NEIGH_USAGE } from './usage-objects.ts';

export { sortedNeighbours } from './neigh-show.ts';

export const NEIGH_SYNOPSIS = [
  'ip neigh {add|change|replace} ADDR [lladdr MAC] [nud STATE] [router] [protocol P] dev DEV',
  'ip neigh {add|del} proxy ADDR [dev DEV]',
  'ip neigh del ADDR dev DEV',
  'ip neigh get [proxy] ADDR dev DEV',
  'ip neigh [show|flush] [ADDR[/LEN]] [dev DEV] [nud STATE]… [unused] [protocol P] [proxy]',
] as const;

export function ipNeigh(run: IpRun, args: Args): number {
  if (args.done) return showNeigh(run, args);
  const word = args.take();
  if (matches(word, 'add')) return modify(run, args, 'add');
  if (matches(word, 'change') || word === 'chg') return modify(run, args, 'change');
  if (matches(word, 'replace')) return modify(run, args, 'replace');
  if (matches(word, 'delete')) return modify(run, args, 'del');
  if (matches(word, 'get')) return get(run, args);
  if (matchesAny(word, 'show', 'list') || word === 'lst' || word === 'ls') return showNeigh(run, args);
  if (matches(word, 'flush')) return flushNeigh(run, args);
  if (matches(word, 'help')) return usage(run, NEIGH_USAGE);
  throw unknownCommand(word, 'neigh');
}

interface NeighWords {
  /** undefined: none; null: one of IPv6 */
  addr: Ipv4 | null | undefined;
  dev: string | null;
  lladdr: string | null;
  nud: Nud | null;
  proxy: boolean;
  router: boolean;
  proto: RouteProto | null;
  unmodelled: string | null;
}

function parseModify(run: IpRun, args: Args): NeighWords {
  const words: NeighWords = {
    addr: undefined,
    dev: null,
    lladdr: null,
    nud: null,
    proxy: false,
    router: false,
    proto: null,
    unmodelled: null,
  };
  const address = (text: string): Ipv4 | null => getAddrOfFamily(text, run.opts.family);
  while (!args.done) {
    const word = args.take();
    if (matches(word, 'lladdr')) words.lladdr = args.value();
    else if (word === 'nud') words.nud = stateOf(args.value());
    else if (matches(word, 'proxy')) {
      const text = args.value();
      if (matches(text, 'help')) throw usageError(NEIGH_USAGE);
      if (words.addr !== undefined) throw secondValue('address', text);
      words.addr = address(text);
      words.proxy = true;
    } else if (word === 'router') words.router = true;
    else if (word === 'use' || word === 'managed' || word === 'extern_learn') words.unmodelled = word;
    else if (word === 'dev') words.dev = args.value();
    else if (matches(word, 'protocol')) words.proto = protoByName(args.value());
    else {
      const text = word === 'to' ? args.value() : word;
      if (words.addr !== undefined) throw duplicate('to', text);
      words.addr = address(text);
    }
  }
  return words;
}

type Action = 'add' | 'change' | 'replace' | 'del';

function modify(run: IpRun, args: Args, action: Action): number {
  const words = parseModify(run, args);
  if (words.addr === undefined || (words.dev === null && !words.proxy))
    throw new ToolError('Device and destination are required arguments.\n', 255);
  const lladdr = words.lladdr === null || words.lladdr === 'null' ? null : parseLladdr(words.lladdr);
  const dev = words.dev === null ? null : devOrFail(run, words.dev);
  if (words.addr === null) throw notModelled('ip', 'neighbours of IPv6');
  if (words.proxy || dev === null) changeProxy(run, words.addr, dev, action);
  else if (action === 'del') {
    const errno = neighAdminDel(run.net, dev.ifindex, words.addr);
    if (errno !== null) throw rtnetlink(errnoText(errno));
  } else setEntry(run, dev, words, words.addr, lladdr, action);
  return 0;
}

function changeProxy(run: IpRun, addr: Ipv4, dev: Dev | null, action: Action): void {
  const ifindex = dev?.ifindex ?? NO_IF;
  const errno = action === 'del' ? neighProxyDel(run.net, ifindex, addr) : neighProxyAdd(run.net, ifindex, addr);
  if (errno !== null) throw rtnetlink(errnoText(errno));
}

/** Behind lo, and behind a tunnel to one place, everybody is the same neighbour: it has no address. */
function hasOneNeighbour(dev: Dev): boolean {
  return dev.kind === 'loopback' || (dev.kind === 'ipip' && dev.tunnel?.remote !== null);
}

/** As many bytes as the interface's own address has; what is longer is cut. */
function addressFor(dev: Dev, bytes: readonly number[]): Mac {
  const len = dev.kind === 'ipip' ? 4 : 6;
  if (bytes.length < len) throw new ToolError('Error: Invalid link address.\n', 2);
  return bytes.slice(0, len).reduce((value, byte) => value * 256 + byte, 0) as Mac;
}

function setEntry(
  run: IpRun,
  dev: Dev,
  words: NeighWords,
  addr: Ipv4,
  bytes: readonly number[] | null,
  mode: 'add' | 'change' | 'replace',
): void {
  const { net } = run;
  const lladdr = bytes === null ? null : addressFor(dev, bytes);
  const known = neighLookup(net.host, dev.ifindex, addr);
  if (known === null && mode === 'change') throw rtnetlink(errnoText('ENOENT'));
  if (known !== null && mode === 'add') throw rtnetlink(errnoText('EEXIST'));
  if (words.unmodelled !== null) throw notModelled('ip', `neigh ${words.unmodelled}`);
  const key = hasOneNeighbour(dev) ? (0 as Ipv4) : addr;
  const nud = words.nud ?? 'PERMANENT';
  const errno = neighAdminSet(net, { ifindex: dev.ifindex, addr: key, lladdr, nud, mode: 'replace' });
  const entry = neighLookup(net.host, dev.ifindex, key);
  if (entry !== null) mark(entry, words, errno === null);
  if (errno === 'EINVAL' && lladdr === null) throw new ToolError('Error: No link layer address given.\n', 2);
  if (errno !== null) throw rtnetlink(errnoText(errno));
}

/** What is kept beside the address: whether it is said to be a router, and who said so, even of an entry that could not be completed. */
function mark(entry: Neigh, words: NeighWords, taken: boolean): void {
  if (words.router && taken) entry.router = true;
  else if (taken) delete entry.router;
  if (words.proto !== null) entry.proto = words.proto;
}

function get(run: IpRun, args: Args): number {
  const words = parseModify(run, args);
  if (words.addr === undefined || words.dev === null) throw new ToolError('Device and address are required arguments.\n', 1);
  const dev = devOrFail(run, words.dev);
  const { addr } = words;
  const found =
    addr === null
      ? null
      : words.proxy
        ? neighProxyList(run.net).find((one) => one.addr === addr && one.ifindex === dev.ifindex)
        : neighLookup(run.net.host, dev.ifindex, addr);
  if (found === null || found === undefined) throw new ToolError(`Error: ${words.proxy ? 'Proxy n' : 'N'}eighbour entry not found.\n`, 2);
  const p = printerOf(run);
  printNeigh(p, run, found, false);
  p.end();
  return 0;
}
