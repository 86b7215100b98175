/**
 * Names of numbers in routing: scopes, protocols, tables, kinds of routes, as iproute2's files in
 * /etc/iproute2 give them.
 * Source: iproute2 6.1.0 etc/iproute2/{rt_scopes,rt_protos,rt_tables}, lib/rt_names.c.
 * Differs: protocols are those of the lab's routes: kernel, boot, static, redirect.
 */
import { RT_SCOPE_HOST, RT_SCOPE_LINK, RT_SCOPE_NOWHERE, RT_SCOPE_SITE, RT_SCOPE_UNIVERSE } from '../../../host/index.ts';
import type { RouteProto, RouteType } from '../../../host/index.ts';
import { notModelled } from '../tool-error.ts';
import { invArg, parseUnsigned } from './args.ts';

const SCOPES: readonly (readonly [string, number])[] = [
  ['global', RT_SCOPE_UNIVERSE],
  ['site', RT_SCOPE_SITE],
  ['link', RT_SCOPE_LINK],
  ['host', RT_SCOPE_HOST],
  ['nowhere', RT_SCOPE_NOWHERE],
];

export function scopeName(scope: number): string {
  return SCOPES.find(([, value]) => value === scope)?.[0] ?? String(scope);
}

/** null if it is neither a name nor a number of one byte. */
export function scopeByName(text: string): number | null {
  const known = SCOPES.find(([name]) => name === text);
  if (known !== undefined) return known[1];
  const value = parseUnsigned(text);
  return value === null || value > 255 ? null : value;
}

const TABLES: readonly (readonly [string, number])[] = [
  ['local', 255],
  ['main', 254],
  ['default', 253],
  ['unspec', 0],
];

export function tableName(table: number): string {
  return TABLES.find(([, value]) => value === table)?.[0] ?? String(table);
}

export function tableByName(text: string): number | null {
  const known = TABLES.find(([name]) => name === text);
  return known === undefined ? parseUnsigned(text) : known[1];
}

const PROTOS: readonly RouteProto[] = ['kernel', 'boot', 'static', 'redirect'];
/** Numbers of the same protocols (rtnetlink.h, RTPROT_…). */
const PROTO_NUMBERS: readonly number[] = [2, 3, 4, 1];
const OTHER_PROTOS = [
  'gated',
  'ra',
  'mrt',
  'zebra',
  'bird',
  'dnrouted',
  'xorp',
  'ntk',
  'dhcp',
  'keepalived',
  'mrouted',
  'babel',
  'bgp',
  'isis',
  'ospf',
  'rip',
  'eigrp',
];

export function protoByName(text: string): RouteProto {
  const byName = PROTOS.find((name) => name === text);
  if (byName !== undefined) return byName;
  const number = parseUnsigned(text);
  const byNumber = PROTOS[PROTO_NUMBERS.indexOf(number ?? -1)];
  if (byNumber !== undefined) return byNumber;
  if ((number !== null && number < 256) || OTHER_PROTOS.includes(text)) throw notModelled('ip', `route proto ${text}`);
  throw invArg('"protocol" value is invalid\n', text);
}

export const ROUTE_TYPES: readonly RouteType[] = [
  'unicast',
  'local',
  'broadcast',
  'multicast',
  'blackhole',
  'unreachable',
  'prohibit',
  'throw',
];

export function routeTypeByName(text: string): RouteType | null {
  return ROUTE_TYPES.find((name) => name === text) ?? null;
}

/** A colour of `ip -c`; without colour the text as it is. */
export function paint(on: boolean, code: 31 | 32 | 33 | 35 | 36, text: string): string {
  return on && text !== '' ? `\u001b[${code}m${text}\u001b[0m` : text;
}
