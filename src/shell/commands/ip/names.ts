/**
 * Names of numbers in routing: scopes, protocols, tables, kinds of routes, as iproute2's files in
 * /etc/iproute2 give them.
 * Source: iproute2 6.1.0 etc/iproute2/{rt_scopes,rt_protos,rt_tables}, lib/rt_names.c.
 * Differs: names are those that iproute2 knows by itself; files in /etc/iproute2 are not read.
 */
import { RT_SCOPE_HOST, RT_SCOPE_LINK, RT_SCOPE_NOWHERE, RT_SCOPE_SITE, RT_SCOPE_UNIVERSE } from '../../../host/index.ts';
import type { RouteProto, RouteType } from '../../../host/index.ts';
import { invArg, matches, parseUnsigned } from './args.ts';

const SCOPES: readonly (readonly [string, number])[] = [
  ['global', RT_SCOPE_UNIVERSE],
  ['site', RT_SCOPE_SITE],
  ['link', RT_SCOPE_LINK],
  ['host', RT_SCOPE_HOST],
  ['nowhere', RT_SCOPE_NOWHERE],
];

/** @param numeric -N: numbers everywhere */
export function scopeName(scope: number, numeric = false): string {
  if (numeric) return String(scope);
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
];

export function tableName(table: number, numeric = false): string {
  if (numeric) return String(table);
  return TABLES.find(([, value]) => value === table)?.[0] ?? String(table);
}

export function tableByName(text: string): number | null {
  const known = TABLES.find(([name]) => name === text);
  return known === undefined ? parseUnsigned(text) : known[1];
}

/** Protocols with their numbers (rtnetlink.h, RTPROT_…). The first four are names in a route as well. */
const PROTOS: readonly (readonly [string, number])[] = [
  ['redirect', 1],
  ['kernel', 2],
  ['boot', 3],
  ['static', 4],
  ['unspec', 0],
  ['gated', 8],
  ['ra', 9],
  ['mrt', 10],
  ['zebra', 11],
  ['bird', 12],
  ['dnrouted', 13],
  ['xorp', 14],
  ['ntk', 15],
  ['dhcp', 16],
  ['keepalived', 18],
  ['babel', 42],
  ['bgp', 186],
  ['isis', 187],
  ['ospf', 188],
  ['rip', 189],
  ['eigrp', 192],
];
/** Those that a route of the host holds by name. */
const NAMED: readonly RouteProto[] = ['redirect', 'kernel', 'boot', 'static'];

/** The number of a name or of digits; null if it is neither. */
export function protoNumber(text: string): number | null {
  const known = PROTOS.find(([name]) => name === text);
  if (known !== undefined) return known[1];
  const value = parseUnsigned(text);
  return value === null || value > 255 ? null : value;
}

/** As routes hold it: four of them by name. */
function protoOf(number: number): RouteProto {
  return number >= 1 && number <= 4 ? (NAMED[number - 1] ?? number) : number;
}

/** @param complaint what the message says of a word that is no protocol */
export function protoByName(text: string, complaint = '"protocol" value is invalid\n'): RouteProto {
  const number = protoNumber(text);
  if (number === null) throw invArg(complaint, text);
  return protoOf(number);
}

export function protoName(proto: RouteProto, numeric = false): string {
  const number = typeof proto === 'number' ? proto : (PROTOS.find(([name]) => name === proto)?.[1] ?? 0);
  if (numeric) return String(number);
  return PROTOS.find(([, value]) => value === number)?.[0] ?? String(number);
}

/** The IP protocols that rules and `ip route get` take by name, with their numbers. */
const IP_PROTOS: readonly (readonly [string, number])[] = [
  ['icmp', 1],
  ['igmp', 2],
  ['ipencap', 4],
  ['tcp', 6],
  ['udp', 17],
  ['gre', 47],
  ['esp', 50],
  ['ah', 51],
  ['vrrp', 112],
  ['sctp', 132],
];

export function ipProtoByName(text: string): number | null {
  const known = IP_PROTOS.find(([name]) => name === text);
  if (known !== undefined) return known[1];
  const value = parseUnsigned(text);
  return value === null || value > 255 || value === 0 ? null : value;
}

export function ipProtoName(proto: number, numeric = false): string {
  if (numeric) return `ipproto-${proto}`;
  return IP_PROTOS.find(([, value]) => value === proto)?.[0] ?? `ipproto-${proto}`;
}

/** Numbers of the same types (rtnetlink.h, RTN_…). */
export const TYPE_NUMBERS: Readonly<Record<RouteType, number>> = {
  unicast: 1,
  local: 2,
  broadcast: 3,
  multicast: 5,
  blackhole: 6,
  unreachable: 7,
  prohibit: 8,
  throw: 9,
};

export function routeTypeText(type: RouteType, numeric: boolean): string {
  return numeric ? String(TYPE_NUMBERS[type]) : type;
}

/** Types that iproute2 knows by a beginning of their names, in its order; `local` and `brd` are whole words. */
const TYPE_WORDS = [
  'nat',
  'broadcast',
  'anycast',
  'multicast',
  'prohibit',
  'unreachable',
  'blackhole',
  'xresolve',
  'unicast',
  'throw',
] as const;

export function routeTypeByWord(text: string): RouteType | 'nat' | 'anycast' | 'xresolve' | null {
  if (text === 'local') return 'local';
  if (text === 'brd') return 'broadcast';
  return TYPE_WORDS.find((name) => matches(text, name)) ?? null;
}

/** A colour of `ip -c`; without colour the text as it is. */
export function paint(on: boolean, code: 31 | 32 | 33 | 35 | 36, text: string): string {
  return on && text !== '' ? `\u001b[${code}m${text}\u001b[0m` : text;
}
