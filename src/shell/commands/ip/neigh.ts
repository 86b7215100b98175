/**
 * `ip neighbour`: show, get, add, change, replace, delete, flush.
 * Comes from: index.ts.  Goes to: host/neigh neighAdminSet, neighAdminDel, neighFlush.
 * Source: iproute2 6.1.0 ip/ipneigh.c; Linux 6.1 net/core/neighbour.c, neigh_add(), neigh_delete().
 * Differs: entries are listed by interface and address, not in hash order; protocols, router, use and
 *   managed flags are not modelled.
 */
import { NS_PER_S } from '../../../engine/index.ts';
import { formatIpv4, formatMac, inPrefix, parseMac, type Ipv4, type Mac } from '../../../wire/index.ts';
import {
  devGet,
  idleTimes,
  neighAdminDel,
  neighAdminSet,
  neighFlush,
  neighLookup,
  neighProxyAdd,
  neighProxyDel,
  type Dev,
  type Neigh,
  type Nud,
} from '../../../host/index.ts';
import { errnoText, notModelled, ToolError } from '../tool-error.ts';
import {
  duplicate,
  getAddr,
  getPrefix,
  invArg,
  matches,
  matchesAny,
  parseUnsigned,
  rtnetlink,
  unknownCommand,
  type Args,
  type Prefix,
} from './args.ts';
import { reportFlush } from './addr.ts';
import { paint } from './names.ts';
import { devOrFail, usage, type IpRun } from './run.ts';
import { entryOf } from '../../entry-of.ts';

export const NEIGH_SYNOPSIS = [
  'ip neigh {add|change|replace} ADDR [lladdr MAC] [nud STATE] dev DEV',
  'ip neigh {add|del} proxy ADDR dev DEV',
  'ip neigh del ADDR dev DEV',
  'ip neigh get ADDR dev DEV',
  'ip neigh [show|flush] [ADDR[/LEN]] [dev DEV] [nud STATE] [proxy]',
] as const;

export function ipNeigh(run: IpRun, args: Args): number {
  if (args.done) return show(run, args);
  const word = args.take();
  if (matches(word, 'add')) return modify(run, args, 'add');
  if (matches(word, 'change') || word === 'chg') return modify(run, args, 'change');
  if (matches(word, 'replace')) return modify(run, args, 'replace');
  if (matches(word, 'delete')) return modify(run, args, 'del');
  if (matches(word, 'get')) return get(run, args);
  if (matchesAny(word, 'show', 'list') || word === 'lst') return show(run, args);
  if (matches(word, 'flush')) return flush(run, args);
  if (matches(word, 'help')) return usage(run, NEIGH_SYNOPSIS);
  throw unknownCommand(word, 'neigh');
}

const STATES: Readonly<Record<string, Nud>> = {
  permanent: 'PERMANENT',
  reachable: 'REACHABLE',
  noarp: 'NOARP',
  none: 'NONE',
  stale: 'STALE',
  incomplete: 'INCOMPLETE',
  delay: 'DELAY',
  probe: 'PROBE',
  failed: 'FAILED',
};
/** Bits of the same states (include/uapi/linux/neighbour.h). */
const STATE_BITS: readonly (readonly [number, Nud])[] = [
  [0x01, 'INCOMPLETE'],
  [0x02, 'REACHABLE'],
  [0x04, 'STALE'],
  [0x08, 'DELAY'],
  [0x10, 'PROBE'],
  [0x20, 'FAILED'],
  [0x40, 'NOARP'],
  [0x80, 'PERMANENT'],
];

function stateOf(text: string): Nud {
  const byName = entryOf(STATES, text);
  if (byName !== undefined) return byName;
  const bits = parseUnsigned(text);
  const byBit = STATE_BITS.find(([bit]) => bit === bits);
  if (byBit === undefined) throw invArg('nud state is bad', text);
  return byBit[1];
}

interface NeighWords {
  addr: string | null;
  dev: string | null;
  lladdr: string | null;
  nud: Nud | null;
  proxy: boolean;
}

function parseModify(args: Args): NeighWords {
  const words: NeighWords = { addr: null, dev: null, lladdr: null, nud: null, proxy: false };
  while (!args.done) {
    const word = args.take();
    if (word === 'lladdr') words.lladdr = args.value();
    else if (word === 'nud') words.nud = stateOf(args.value());
    else if (matches(word, 'proxy')) {
      words.proxy = true;
      takeAddr(words, args.value());
    } else if (word === 'dev') words.dev = args.value();
    else if (matchesAny(word, 'router', 'protocol', 'extern_learn', 'use', 'managed')) throw notModelled('ip', `neigh ${word}`);
    else takeAddr(words, word === 'to' ? args.value() : word);
  }
  return words;
}

function takeAddr(words: NeighWords, text: string): void {
  if (words.addr !== null) throw duplicate('to', text);
  words.addr = text;
}

function modify(run: IpRun, args: Args, action: 'add' | 'change' | 'replace' | 'del'): number {
  const words = parseModify(args);
  if (words.addr === null || (words.dev === null && !words.proxy))
    throw new ToolError('Device and destination are required arguments.\n', 255);
  const addr = getAddr(words.addr);
  if (words.dev === null) throw notModelled('ip', 'neigh add proxy without dev');
  const dev = devOrFail(run, words.dev);
  let errno: string | null;
  if (words.proxy) errno = action === 'del' ? neighProxyDel(run.net, dev.ifindex, addr) : neighProxyAdd(run.net, dev.ifindex, addr);
  else if (action === 'del') errno = neighAdminDel(run.net, dev.ifindex, addr);
  else errno = setEntry(run, dev, addr, words, action);
  if (errno !== null) throw rtnetlink(errnoText(errno));
  return 0;
}

const NEED_LLADDR: readonly Nud[] = ['PERMANENT', 'REACHABLE', 'STALE', 'DELAY', 'PROBE', 'NOARP'];

function setEntry(run: IpRun, dev: Dev, addr: Ipv4, words: NeighWords, mode: 'add' | 'change' | 'replace'): string | null {
  const nud = words.nud ?? 'PERMANENT';
  // an interface without ARP gives every entry its own address
  const lladdr = words.lladdr !== null ? readLladdr(words.lladdr) : dev.noarp ? dev.lladdr : null;
  const known = neighLookup(run.net.host, dev.ifindex, addr);
  if (lladdr === null && NEED_LLADDR.includes(nud) && (known === null || known.lladdr === null))
    throw new ToolError('Error: No link layer address given.\n', 2);
  return neighAdminSet(run.net, { ifindex: dev.ifindex, addr, lladdr, nud, mode });
}

function readLladdr(text: string): Mac {
  const mac = parseMac(text);
  if (mac === null) throw new ToolError('Error: Invalid link address.\n', 2);
  return mac;
}

interface Filter {
  to: Prefix | null;
  dev: Dev | null;
  /** null: all but NONE and NOARP */
  nud: readonly Nud[] | null;
  all: boolean;
  proxy: boolean;
}

function parseFilter(run: IpRun, args: Args): Filter {
  const states: Nud[] = [];
  const filter: Filter = { to: null, dev: null, nud: null, all: false, proxy: false };
  while (!args.done) {
    const word = args.take();
    if (word === 'dev') filter.dev = devOrFail(run, args.value());
    else if (word === 'nud') {
      const text = args.value();
      if (text === 'all') filter.all = true;
      else states.push(stateOf(text));
    } else if (word === 'unused' || matchesAny(word, 'master', 'vrf', 'nomaster', 'protocol'))
      throw notModelled('ip', `neigh show ${word}`);
    else if (word === 'proxy') filter.proxy = true;
    else {
      if (matches(word, 'help') && word !== 'to') throw new ToolError('', usage(run, NEIGH_SYNOPSIS));
      filter.to = getPrefix(word === 'to' ? args.value() : word);
    }
  }
  if (states.length > 0) filter.nud = states;
  return filter;
}

/** Entries by interface and address: the kernel's hash order means nothing to a reader. */
export function sortedNeighbours(run: { readonly net: IpRun['net'] }, proxy: boolean): Neigh[] {
  return [...run.net.host.neigh.entries.values()]
    .filter((neigh) => neigh.proxy === proxy)
    .sort((a, b) => a.ifindex - b.ifindex || a.addr - b.addr);
}

function selected(neigh: Neigh, filter: Filter): boolean {
  if (filter.dev !== null && neigh.ifindex !== filter.dev.ifindex) return false;
  if (filter.to !== null && !inPrefix(neigh.addr, filter.to.addr, filter.to.len)) return false;
  if (filter.proxy || filter.all) return true;
  if (filter.nud !== null) return filter.nud.includes(neigh.nud);
  return neigh.nud !== 'NONE' && neigh.nud !== 'NOARP';
}

function show(run: IpRun, args: Args): number {
  const filter = parseFilter(run, args);
  if (run.opts.family === 'inet6') return 0;
  for (const neigh of sortedNeighbours(run, filter.proxy)) {
    if (selected(neigh, filter)) run.out(`${printNeigh(run, neigh, filter.dev !== null)}\n`);
  }
  return 0;
}

const hasLladdr = (neigh: Neigh): boolean =>
  neigh.lladdr !== null && neigh.nud !== 'FAILED' && neigh.nud !== 'INCOMPLETE' && neigh.nud !== 'NONE';

function printNeigh(run: IpRun, neigh: Neigh, devKnown: boolean): string {
  const { opts, net } = run;
  const dev = devGet(net.host, neigh.ifindex)?.name ?? `if${neigh.ifindex}`;
  const mac = neigh.lladdr === null || !hasLladdr(neigh) ? '' : formatMac(neigh.lladdr);
  if (opts.brief) return `${formatIpv4(neigh.addr).padEnd(39)} ${devKnown ? '' : `${dev.padEnd(16)} `}${mac}`;
  let text = `${paint(opts.color, 35, formatIpv4(neigh.addr))} `;
  if (!devKnown) text += `dev ${paint(opts.color, 36, dev)} `;
  if (mac !== '' && !neigh.proxy) text += `lladdr ${paint(opts.color, 33, mac)} `;
  if (neigh.proxy) return `${text}proxy `;
  if (opts.stats > 0) text += statistics(run, neigh);
  return neigh.nud === 'NONE' ? text : `${text}${neigh.nud} `;
}

/** ` ref 1 used 2/2/2probes 4 `: seconds since use, confirmation and change. */
function statistics(run: IpRun, neigh: Neigh): string {
  const idle = idleTimes(run.net, neigh);
  const secs = (span: number): number => Math.floor(span / NS_PER_S);
  const refs = neigh.timer === null ? '' : 'ref 1 ';
  return ` ${refs}used ${secs(idle.used)}/${secs(idle.confirmed)}/${secs(idle.updated)}probes ${neigh.probes} `;
}

function get(run: IpRun, args: Args): number {
  const words = parseModify(args);
  if (words.addr === null || words.dev === null) throw new ToolError('Device and address are required arguments.\n', 255);
  const addr = getAddr(words.addr);
  const neigh = neighLookup(run.net.host, devOrFail(run, words.dev).ifindex, addr);
  if (neigh === null) throw new ToolError('Error: Neighbour entry not found.\n', 2);
  run.out(`${printNeigh(run, neigh, false)}\n`);
  return 0;
}

/** Only what was not put there by hand, unless such states are asked for. */
function flush(run: IpRun, args: Args): number {
  if (args.done) throw new ToolError('Flush requires arguments.\n', 1);
  const filter = parseFilter(run, args);
  const doomed = sortedNeighbours(run, filter.proxy).filter(
    (neigh) => selected(neigh, filter) && (filter.nud !== null || filter.proxy || neigh.nud !== 'PERMANENT'),
  );
  for (const neigh of doomed) {
    if (neigh.proxy) neighProxyDel(run.net, neigh.ifindex, neigh.addr);
    else neighFlush(run.net, { ifindex: neigh.ifindex, addr: neigh.addr, nuds: [neigh.nud] });
  }
  reportFlush(run, doomed.length, 'entries');
  return 0;
}
