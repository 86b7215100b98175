/**
 * The virtual routes of an instance: they come after its virtual addresses and go before them.
 * Comes from: config-vrrp.ts (reads them), vrrp.ts and reload.ts (put them in and take them out).  Goes to: host routes.
 * Source: keepalived 2.2.7 vrrp/vrrp_iproute.c, netlink_route(), alloc_route().
 * Differs: a route that somebody else takes away is not missed; encapsulation and several next hops are not modelled.
 */
import { devByName, routeAdd, routeDel, RT_SCOPE_UNIVERSE, type HostState, type RouteSpec } from '../../../host/index.ts';
import { networkOf, parseIpv4, type Ipv4, type PrefixLen } from '../../../wire/index.ts';
import type { RouteConf } from './config.ts';
import { checkDev, complain, unmodelled, wholeOf, type Reader } from './config-reader.ts';
import { COST, spend } from './clock.ts';
import { logVrrp } from './log.ts';
import type { Instance, Ka } from './state.ts';

/** RTPROT_KEEPALIVED */
const PROTO = 18;
const DEAD_ENDS = ['blackhole', 'unreachable', 'prohibit', 'throw'] as const;

/** `10.9.0.0/24`, `10.9.0.1`, `default` */
function prefixOf(text: string): { readonly dst: Ipv4; readonly prefixLen: PrefixLen } | null {
  const [addrText = '', lenText] = (text === 'default' ? '0.0.0.0/0' : text).split('/', 2);
  const addr = parseIpv4(addrText);
  const prefixLen = lenText === undefined ? 32 : wholeOf(lenText, 0, 32);
  return addr === null || prefixLen === null ? null : { dst: networkOf(addr, prefixLen as PrefixLen), prefixLen: prefixLen as PrefixLen };
}

/** @returns null when it cannot be a route */
export function routeOf(reader: Reader, words: readonly string[]): RouteConf | null {
  const type = DEAD_ENDS.find((end) => end === words[0]) ?? null;
  const rest = words.slice(type === null ? 0 : 1).filter((word) => word !== 'to' && word !== 'no_track');
  const prefix = prefixOf(rest[0] ?? '');
  if (prefix === null) {
    complain(reader, `unknown virtual route address ${rest[0] ?? ''}`);
    return null;
  }
  const route: RouteConf = {
    ...prefix,
    text: words.join(' '),
    type,
    via: null,
    dev: null,
    src: null,
    metric: 0,
    table: null,
    mtu: null,
    isTracked: !words.includes('no_track'),
  };
  if (route.isTracked && !rest.includes('dev') && !rest.includes('oif'))
    complain(reader, `Warning - cannot track route ${rest[0]} with no interface specified, not tracking`);
  for (let i = 1; i + 1 < rest.length; i += 2) {
    const [option, value] = [rest[i] as string, rest[i + 1] as string];
    if (option === 'via' || option === 'gw') route.via = parseIpv4(value);
    else if (option === 'src') route.src = parseIpv4(value);
    else if (option === 'metric') route.metric = wholeOf(value, 0, 4_294_967_295) ?? 0;
    else if (option === 'table') route.table = wholeOf(value, 1, 4_294_967_295);
    else if (option === 'mtu') route.mtu = wholeOf(value, 68, 65_535);
    else if (option === 'dev' || option === 'oif') {
      route.dev = value;
      checkDev(reader, value, `WARNING - interface ${value} for virtual route doesn't exist`);
    } else unmodelled(reader, `${option} of a virtual route`);
  }
  return route;
}

function specOf(host: HostState, route: RouteConf): RouteSpec {
  const dev = route.dev === null ? undefined : devByName(host, route.dev)?.ifindex;
  return {
    dst: route.dst,
    prefixLen: route.prefixLen,
    proto: PROTO,
    scope: RT_SCOPE_UNIVERSE,
    metric: route.metric,
    ...(route.type === null ? { nexthops: [{ dev, gateway: route.via }] } : { type: route.type }),
    ...(route.table === null ? {} : { table: route.table }),
    ...(route.src === null ? {} : { prefSrc: route.src }),
    ...(route.mtu === null ? {} : { mtu: route.mtu }),
  };
}

export function addRoute(ka: Ka, route: RouteConf): void {
  spend(ka, COST.address);
  // before one like it that is there already
  const refusal = routeAdd(ka.net, specOf(ka.net.host, route), 'prepend');
  if (refusal !== null && refusal.errno !== 'EEXIST')
    logVrrp(ka, `Netlink: error: ${refusal.errno}, type=RTM_NEWROUTE, route ${route.text}`);
}

export function delRoute(ka: Ka, route: RouteConf): void {
  spend(ka, COST.address);
  routeDel(ka.net, specOf(ka.net.host, route));
}

export function addRoutes(ka: Ka, { conf }: Instance): void {
  for (const route of conf.routes) addRoute(ka, route);
}

export function delRoutes(ka: Ka, { conf }: Instance): void {
  for (const route of conf.routes) delRoute(ka, route);
}

/** A master has read its file again. */
export function changeRoutes(ka: Ka, before: readonly RouteConf[], after: readonly RouteConf[]): void {
  const has = (list: readonly RouteConf[], route: RouteConf): boolean => list.some((other) => other.text === route.text);
  for (const route of before) if (!has(after, route)) delRoute(ka, route);
  for (const route of after) if (!has(before, route)) addRoute(ka, route);
}
