/**
 * `ip route show cache`: what ICMP and tunnels taught about single destinations, once a packet has gone by it.
 * Comes from: route-show.ts.  Goes to: printer.ts.
 * Source: iproute2 6.1.0 ip/iproute.c, print_cache_flags(), print_rta_cacheinfo(); Linux 6.1 net/ipv4/route.c,
 *   fib_dump_info_fnhe(), fnhe_dump_bucket().
 * Differs: the kernel's order is that of a hash with a secret; here it is the order of learning.
 */
import { formatIpv4, inPrefix, type Ipv4 } from '../../../wire/index.ts';
import { fibExceptions, RT_TABLE_MAIN, type FibException, type IfIndex, type NextHop, type Route } from '../../../host/index.ts';
import type { Prefix } from './args.ts';
import { paint } from './names.ts';
import type { Printer } from './printer.ts';
import { printMetrics } from './route-metrics.ts';
import { printDev, printGateway, printTable } from './route-print.ts';
import { printerOf, type IpRun } from './run.ts';

/** The selectors that what was learnt can be chosen by. */
export interface CacheSelector {
  /** null: all; main unless another is named, so that what is known of own addresses is seldom shown */
  readonly table: number | null;
  readonly dev: IfIndex | null;
  readonly via: Prefix | null;
  readonly root: Prefix | null;
  readonly match: Prefix | null;
}

function covers({ family, addr, len }: Prefix, dst: Ipv4): boolean {
  return family === 'any' || (family === 'inet' && inPrefix(dst, addr, len));
}

function isSelected(sel: CacheSelector, dst: Ipv4, hop: NextHop, gateway: Ipv4 | null): boolean {
  if (sel.dev !== null && sel.dev !== hop.dev) return false;
  if (sel.via !== null && (gateway === null || !covers(sel.via, gateway))) return false;
  if (sel.root !== null && !covers(sel.root, dst)) return false;
  return sel.match === null || sel.match.family === 'any' || sel.match.len < 32 || sel.match.addr === dst;
}

export function showCache(run: IpRun, sel: CacheSelector): number {
  const p = printerOf(run);
  for (const [dst, known, hop, route] of fibExceptions(run.net.host.fib, sel.table)) {
    const gateway = known.gateway ?? hop.gateway;
    if (known.used && known.expires >= run.net.now && isSelected(sel, dst, hop, gateway))
      printOne(p, run, { dst, known, dev: hop.dev, gateway, route }, sel);
  }
  p.end();
  return 0;
}

interface Learnt {
  readonly dst: Ipv4;
  readonly known: FibException;
  readonly dev: IfIndex;
  readonly gateway: Ipv4 | null;
  readonly route: Route;
}

function printOne(p: Printer, run: IpRun, { dst, known, dev, gateway, route }: Learnt, sel: CacheSelector): void {
  const { opts } = run;
  p.openObject();
  if (opts.details || route.type !== 'unicast') p.field('type', route.type, `${route.type} `);
  p.field('dst', formatIpv4(dst), paint(opts.color, 35, `${formatIpv4(dst)} `));
  if (gateway !== null) printGateway(p, run, gateway);
  printDev(p, run, dev);
  if (sel.table === null && route.table !== RT_TABLE_MAIN) printTable(p, run, route.table);
  p.openList('flags');
  p.closeList();
  p.say(`${opts.oneline ? '\\' : '\n'}    cache `);
  printLearnt(p, run, known, [...(route.type === 'local' ? ['local'] : []), ...(known.gateway === null ? [] : ['redirected'])]);
  printMetrics(p, { mtu: known.mtu, ...(known.mtuLocked ? { locked: ['mtu'] as const } : {}) });
  p.closeObject();
  p.say('\n');
}

/** Flags of the cache, and how long what was learnt is believed. */
export function printLearnt(p: Printer, run: IpRun, known: FibException | null, flags: readonly string[]): void {
  p.openList('cache');
  p.say(flags.length > 0 ? '<' : '');
  flags.forEach((flag, i) => p.field(null, flag, i === 0 ? flag : `,${flag}`));
  p.say(flags.length > 0 ? '> ' : '');
  p.closeList();
  // The kernel counts in ticks, of which at least one has passed.
  const expires = known === null ? null : Math.floor((known.expires - run.net.now - 1) / 1_000_000_000);
  if (expires !== null) p.field('expires', expires, `expires ${expires}sec `);
}
