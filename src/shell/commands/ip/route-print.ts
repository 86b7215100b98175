/**
 * How `ip route` prints a route.
 * Comes from: route-show.ts, route-get.ts.  Goes to: printer.ts.
 * Source: iproute2 6.1.0 ip/iproute.c, print_route(), print_rt_flags(), print_rta_multipath().
 * Differs: nothing known for what a lab route can hold.
 */
import { formatIpv4, type Ipv4 } from '../../../wire/index.ts';
import { devGet, RT_SCOPE_UNIVERSE, RT_TABLE_MAIN, type NextHop, type Route } from '../../../host/index.ts';
import { paint, protoName, routeTypeText, scopeName, tableName } from './names.ts';
import type { Printer } from './printer.ts';
import { printMetrics } from './route-metrics.ts';
import type { IpRun } from './run.ts';

/** What a selector fixed is not printed again. */
export interface Hidden {
  readonly dev: boolean;
  readonly via: boolean;
  readonly table: boolean;
  readonly proto: boolean;
  readonly scope: boolean;
  readonly src: boolean;
  readonly metric: boolean;
  readonly tos: boolean;
}

export const NOTHING_HIDDEN: Hidden = {
  dev: false,
  via: false,
  table: false,
  proto: false,
  scope: false,
  src: false,
  metric: false,
  tos: false,
};

/** `default`, `10.1.0.9`, `10.1.0.0/24`. */
export function prefixText(dst: Ipv4, len: number): string {
  if (len === 0) return dst === 0 ? 'default' : `${formatIpv4(dst)}/0`;
  return len === 32 ? formatIpv4(dst) : `${formatIpv4(dst)}/${len}`;
}

/** Marks of a next hop: its cable is out, its gateway is taken to be on the link. */
function hopFlags(run: IpRun, nh: NextHop | undefined): string[] {
  if (nh === undefined) return [];
  const dev = devGet(run.net.host, nh.dev);
  const linkdown = dev !== null && dev.up && !dev.carrier;
  return [...(nh.onlink ? ['onlink'] : []), ...(linkdown ? ['linkdown'] : [])];
}

export function printFlags(p: Printer, flags: readonly string[]): void {
  p.openList('flags');
  for (const flag of flags) p.field(null, flag, `${flag} `);
  p.closeList();
}

export function printGateway(p: Printer, run: IpRun, gateway: Ipv4): void {
  const text = formatIpv4(gateway);
  p.field('gateway', text, `via ${paint(run.opts.color, 35, `${text} `)}`);
}

export function printDev(p: Printer, run: IpRun, ifindex: NextHop['dev']): void {
  const name = devGet(run.net.host, ifindex)?.name ?? `if${ifindex}`;
  p.field('dev', name, `dev ${paint(run.opts.color, 36, `${name} `)}`);
}

export function printTable(p: Printer, run: IpRun, table: number): void {
  const name = tableName(table, run.opts.numeric);
  p.field('table', name, `table ${name} `);
}

/** The route's line or lines, without the newline at the end. */
export function printRoute(p: Printer, run: IpRun, route: Route, hidden: Hidden): void {
  const { opts } = run;
  const only = route.nexthops.length === 1 ? route.nexthops[0] : undefined;
  p.openObject();
  if (route.type !== 'unicast' || opts.details) {
    const type = routeTypeText(route.type, opts.numeric);
    p.field('type', type, `${type} `);
  }
  const prefix = prefixText(route.dst, route.prefixLen);
  p.field('dst', prefix, prefix === 'default' ? 'default ' : paint(opts.color, 35, `${prefix} `));
  if (route.tos !== 0 && !hidden.tos) {
    const tos = `0x${route.tos.toString(16).padStart(2, '0')}`;
    p.field('tos', tos, `tos ${tos} `);
  }
  if (only !== undefined && only.gateway !== null && !hidden.via) printGateway(p, run, only.gateway);
  if (only !== undefined && !hidden.dev) printDev(p, run, only.dev);
  if (!hidden.table && (route.table !== RT_TABLE_MAIN || opts.details)) printTable(p, run, route.table);
  printOrigin(p, run, route, hidden);
  printFlags(p, hopFlags(run, only));
  if (route.realms !== undefined) printRealms(p, route.realms);
  printMetrics(p, route);
  if (route.nexthops.length > 1) printHops(p, run, route);
  p.closeObject();
}

function printOrigin(p: Printer, run: IpRun, route: Route, hidden: Hidden): void {
  const { opts } = run;
  const proto = protoName(route.proto, opts.numeric);
  if ((route.proto !== 'boot' || opts.details) && !hidden.proto) p.field('protocol', proto, `proto ${proto} `);
  const scope = scopeName(route.scope, opts.numeric);
  if ((route.scope !== RT_SCOPE_UNIVERSE || opts.details) && !hidden.scope) p.field('scope', scope, `scope ${scope} `);
  if (route.prefSrc !== null && !hidden.src) {
    const src = formatIpv4(route.prefSrc);
    p.field('prefsrc', src, `src ${paint(opts.color, 35, `${src} `)}`);
  }
  if (route.metric !== 0 && !hidden.metric) p.field('metric', route.metric, `metric ${route.metric} `);
}

/** `realm TO`, or `realms FROM/TO`. */
export function printRealms(p: Printer, realms: number): void {
  const from = realms >>> 16;
  const to = realms & 0xffff;
  p.openObject('flow');
  if (from !== 0) p.field('from', String(from), `realms ${from}/`);
  p.field('to', String(to), from !== 0 ? `${to} ` : `realm ${to} `);
  p.closeObject();
}

function printHops(p: Printer, run: IpRun, route: Route): void {
  const nl = run.opts.oneline ? '\\' : '\n';
  p.openList('nexthops');
  for (const nh of route.nexthops) {
    p.openObject();
    p.say(`${nl}\tnexthop `);
    if (nh.gateway !== null) printGateway(p, run, nh.gateway);
    printDev(p, run, nh.dev);
    p.field('weight', nh.weight, `weight ${nh.weight} `);
    printFlags(p, hopFlags(run, nh));
    p.closeObject();
  }
  p.closeList();
}
