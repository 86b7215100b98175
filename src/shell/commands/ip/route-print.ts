/**
 * How `ip route` prints a route.
 * Comes from: route-show.ts, route-get.ts.
 * Source: iproute2 6.1.0 ip/iproute.c, print_route().
 * Differs: nothing known for what a lab route can hold.
 */
import { formatIpv4, type Ipv4 } from '../../../wire/index.ts';
import { devGet, RT_SCOPE_UNIVERSE, type NextHop, type Route } from '../../../host/index.ts';
import { paint, scopeName, tableName } from './names.ts';
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

/** Why nothing goes by this next hop, as ip marks it: its cable is out. */
function linkFlags(run: IpRun, nh: NextHop): string {
  const dev = devGet(run.net.host, nh.dev);
  return dev !== null && dev.up && !dev.carrier ? 'linkdown ' : '';
}

/** The route's line or lines, without the newline at the end. */
export function printRoute(run: IpRun, route: Route, hidden: Hidden): string {
  const { opts, net } = run;
  const color = (code: 35 | 36, text: string): string => paint(opts.color, code, `${text} `);
  const devName = (nh: NextHop): string => color(36, devGet(net.host, nh.dev)?.name ?? `if${nh.dev}`);
  let text = route.type === 'unicast' && !opts.details ? '' : `${route.type} `;
  const prefix = prefixText(route.dst, route.prefixLen);
  text += prefix === 'default' ? 'default ' : color(35, prefix);
  if (route.tos !== 0 && !hidden.tos) text += `tos 0x${route.tos.toString(16).padStart(2, '0')} `;
  const only = route.nexthops.length === 1 ? route.nexthops[0] : undefined;
  if (only !== undefined) {
    if (only.gateway !== null && !hidden.via) text += `via ${color(35, formatIpv4(only.gateway))}`;
    if (!hidden.dev) text += `dev ${devName(only)}`;
  }
  if (!hidden.table) text += `table ${tableName(route.table)} `;
  if ((route.proto !== 'boot' || opts.details) && !hidden.proto) text += `proto ${route.proto} `;
  if ((route.scope !== RT_SCOPE_UNIVERSE || opts.details) && !hidden.scope) text += `scope ${scopeName(route.scope)} `;
  if (route.prefSrc !== null && !hidden.src) text += `src ${color(35, formatIpv4(route.prefSrc))}`;
  if (route.metric !== 0 && !hidden.metric) text += `metric ${route.metric} `;
  if (only !== undefined) text += `${only.onlink ? 'onlink ' : ''}${linkFlags(run, only)}`;
  if (route.mtu !== null) text += `mtu ${route.mtu} `;
  if (route.nexthops.length < 2) return text;
  const nl = opts.oneline ? '\\' : '\n';
  for (const nh of route.nexthops) {
    const via = nh.gateway === null ? '' : `via ${color(35, formatIpv4(nh.gateway))}`;
    text += `${nl}\tnexthop ${via}dev ${devName(nh)}weight ${nh.weight} ${nh.onlink ? 'onlink ' : ''}${linkFlags(run, nh)}`;
  }
  return text;
}
