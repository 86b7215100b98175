/**
 * `ip neighbour show` and `ip neighbour flush`: entries that a selector picks.
 * Comes from: neigh.ts.  Goes to: host/neigh neighFlush, neighProxyDel.
 * Source: iproute2 6.1.0 ip/ipneigh.c, do_show_or_flush(), print_neigh().
 * Differs: entries are listed by interface and address, not in hash order.
 */
import { NS_PER_S } from '../../../engine/index.ts';
import { formatIpv4, formatMac, inPrefix, type Ipv4 } from '../../../wire/index.ts';
import { devGet, idleTimes, neighFlush, neighProxyDel, type Dev, type Neigh, type Nud, type RouteProto } from '../../../host/index.ts';
import { ToolError } from '../tool-error.ts';
import { refuseMaster, reportFlush } from './addr-show.ts';
import { getPrefix, invArg, matches, type Args, type Family, type Prefix } from './args.ts';
import { paint, protoByName, protoName } from './names.ts';
import { stateOf } from './nud-names.ts';
import type { Printer } from './printer.ts';
import { devOrFail, printerOf, usageError, type IpRun } from './run.ts';
import { NEIGH_USAGE } from './usage-objects.ts';

interface Filter {
  family: Family;
  to: Prefix | null;
  dev: Dev | null;
  /** null: those that the verb takes by itself */
  nuds: Nud[] | null;
  all: boolean;
  unused: boolean;
  proxy: boolean;
  proto: RouteProto | null;
}

function parseFilter(run: IpRun, args: Args): Filter {
  const filter: Filter = {
    family: run.opts.family,
    to: null,
    dev: null,
    nuds: null,
    all: false,
    unused: false,
    proxy: false,
    proto: null,
  };
  let devName: string | null = null;
  while (!args.done) {
    const word = args.take();
    if (word === 'dev') devName = args.value();
    else if (word === 'master') refuseMaster(run, args.value());
    else if (word === 'vrf') throw invArg('Not a valid VRF name\n', args.value());
    else if (word === 'nomaster') continue;
    else if (word === 'unused') filter.unused = true;
    else if (word === 'nud') takeNud(filter, args.value());
    else if (word === 'proxy') filter.proxy = true;
    else if (matches(word, 'protocol')) filter.proto = protoByName(args.value(), 'invalid "protocol"\n');
    else {
      if (matches(word, 'help') && word !== 'to') throw usageError(NEIGH_USAGE);
      filter.to = getPrefix(word === 'to' ? args.value() : word, filter.family);
      if (filter.family === 'any') filter.family = filter.to.family;
    }
  }
  if (devName !== null) filter.dev = devOrFail(run, devName);
  return filter;
}

function takeNud(filter: Filter, text: string): void {
  if (text === 'all') filter.all = true;
  else (filter.nuds ??= []).push(stateOf(text));
}

/** Entries by interface and address: the kernel's hash order means nothing to a reader. */
export function sortedNeighbours(run: { readonly net: IpRun['net'] }, proxy: boolean): Neigh[] {
  return [...run.net.host.neigh.entries.values()]
    .filter((neigh) => neigh.proxy === proxy)
    .sort((a, b) => a.ifindex - b.ifindex || a.addr - b.addr);
}

/** Listed without being asked for by state. */
const SHOWN: readonly Nud[] = ['INCOMPLETE', 'REACHABLE', 'STALE', 'DELAY', 'PROBE', 'FAILED', 'PERMANENT'];
const FLUSHED: readonly Nud[] = ['NONE', 'INCOMPLETE', 'REACHABLE', 'STALE', 'DELAY', 'PROBE', 'FAILED'];

function selected(neigh: Neigh, filter: Filter, byItself: readonly Nud[]): boolean {
  if (filter.dev !== null && neigh.ifindex !== filter.dev.ifindex) return false;
  if (filter.to !== null && filter.to.len > 0 && !inPrefix(neigh.addr, filter.to.addr, filter.to.len)) return false;
  if (filter.proto !== null && (neigh.proto ?? 0) !== filter.proto) return false;
  // a timer under way holds on to the entry
  if (filter.unused && neigh.timer !== null) return false;
  if (filter.proxy) return true;
  if (filter.all) return byItself === SHOWN || neigh.nud !== 'NOARP';
  return (filter.nuds ?? byItself).includes(neigh.nud);
}

export function showNeigh(run: IpRun, args: Args): number {
  const filter = parseFilter(run, args);
  const p = printerOf(run);
  if (filter.family === 'any' || filter.family === 'inet') {
    for (const neigh of sortedNeighbours(run, filter.proxy))
      if (selected(neigh, filter, SHOWN)) printNeigh(p, run, neigh, filter.dev !== null);
  }
  p.end();
  return 0;
}

const hasLladdr = (neigh: Neigh): boolean =>
  neigh.lladdr !== null && neigh.nud !== 'FAILED' && neigh.nud !== 'INCOMPLETE' && neigh.nud !== 'NONE';

/** A tunnel's link-layer addresses are IPv4's; its own stands for those that nobody gave. */
function lladdrText(dev: Dev | null, neigh: Neigh): string | null {
  if (neigh.lladdr === null || !hasLladdr(neigh) || neigh.proxy) return null;
  if (dev?.kind !== 'ipip') return formatMac(neigh.lladdr);
  const addr = neigh.lladdr === 0 ? (dev.tunnel?.local ?? 0) : neigh.lladdr;
  return formatIpv4(addr as Ipv4);
}

/** One line, with its end. */
export function printNeigh(p: Printer, run: IpRun, neigh: Neigh, devKnown: boolean): void {
  const { opts, net } = run;
  const dev = devGet(net.host, neigh.ifindex);
  const addr = formatIpv4(neigh.addr);
  const lladdr = lladdrText(dev, neigh);
  p.openObject();
  p.field('dst', addr, opts.brief ? `${paint(opts.color, 35, addr.padEnd(39))} ` : paint(opts.color, 35, `${addr} `));
  if (!devKnown && dev !== null)
    p.field(
      'dev',
      dev.name,
      opts.brief ? `${paint(opts.color, 36, dev.name.padEnd(16))} ` : `dev ${paint(opts.color, 36, `${dev.name} `)}`,
    );
  if (lladdr !== null)
    p.field('lladdr', lladdr, opts.brief ? paint(opts.color, 33, lladdr) : `lladdr ${paint(opts.color, 33, `${lladdr} `)}`);
  if (!opts.brief) {
    if (neigh.router === true) p.field('router', null, 'router ');
    if (neigh.proxy) p.field('proxy', null, 'proxy ');
    else {
      if (opts.stats > 0) printStatistics(p, run, neigh);
      if (neigh.nud !== 'NONE') printState(p, neigh.nud);
    }
    if (neigh.proto !== undefined) {
      const proto = protoName(neigh.proto, opts.numeric);
      p.field('protocol', proto, `proto ${proto} `);
    }
  }
  p.closeObject();
  p.say('\n');
}

function printState(p: Printer, nud: Nud): void {
  p.openList('state');
  p.field(null, nud, `${nud} `);
  p.closeList();
}

/** ` ref 1 used 2/2/2probes 4 `: seconds since use, confirmation and change. */
function printStatistics(p: Printer, run: IpRun, neigh: Neigh): void {
  const idle = idleTimes(run.net, neigh);
  const secs = (span: number): number => Math.floor(span / NS_PER_S);
  p.say(' ');
  if (neigh.timer !== null) p.field('refcnt', 1, 'ref 1 ');
  p.field('used', secs(idle.used), `used ${secs(idle.used)}`);
  p.field('confirmed', secs(idle.confirmed), `/${secs(idle.confirmed)}`);
  p.field('updated', secs(idle.updated), `/${secs(idle.updated)}`);
  p.field('probes', neigh.probes, `probes ${neigh.probes} `);
}

/** Only what was not put there by hand, unless such states are asked for. */
export function flushNeigh(run: IpRun, args: Args): number {
  if (args.done) throw new ToolError('Flush requires arguments.\n', 1);
  const filter = parseFilter(run, args);
  const doomed = sortedNeighbours(run, filter.proxy).filter((neigh) => selected(neigh, filter, FLUSHED));
  if (run.opts.stats > 1) {
    const listing = { ...run, opts: { ...run.opts, json: false } };
    const p = printerOf(listing);
    for (const neigh of doomed) printNeigh(p, listing, neigh, filter.dev !== null);
  }
  for (const neigh of doomed) {
    if (neigh.proxy) neighProxyDel(run.net, neigh.ifindex, neigh.addr);
    else neighFlush(run.net, { ifindex: neigh.ifindex, addr: neigh.addr, nuds: [neigh.nud] });
  }
  reportFlush(run, doomed.length, 'entries');
  return 0;
}
