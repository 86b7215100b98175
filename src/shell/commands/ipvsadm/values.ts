/**
 * Reads the values that options take: addresses, ports, numbers, flags.
 * Comes from: parse.ts.
 * Source: ipvsadm 1.31, parse_service(), string_to_number(), parse_fwmark(), parse_sched_flags(); inet_aton(3).
 * Differs: names come from /etc/hosts alone.
 */
import { parseIpv6, type Ipv6 } from '../../../ipvs/index.ts';
import type { Ipv4 } from '../../../wire/index.ts';
import { hostByName, portByName } from './names.ts';
import { entryOf } from '../../entry-of.ts';

export interface Endpoint {
  readonly addr: Ipv4;
  /** an IPv6 address, `addr` is 0 then */
  readonly addr6: Ipv6 | null;
  readonly port: number;
  readonly hasPort: boolean;
}

/** strtol() in base 10, all of the text, within the limits. */
export function stringToNumber(text: string, min: number, max: number): number | null {
  if (!/^\s*[+-]?\d+$/.test(text)) return null;
  const value = Number(text);
  return value >= min && value <= max ? value : null;
}

function readPart(text: string): number | null {
  if (/^0[xX][0-9a-fA-F]+$/.test(text)) return Number.parseInt(text.slice(2), 16);
  if (/^0[0-7]+$/.test(text)) return Number.parseInt(text, 8);
  return /^(0|[1-9]\d*)$/.test(text) ? Number(text) : null;
}

/** What the last part may hold, by its place. */
const ROOMS = [0x100000000, 0x1000000, 0x10000, 0x100] as const;

/** One to four parts, decimal, octal or hexadecimal; the last part fills what is left. */
export function inetAton(text: string): Ipv4 | null {
  const words = text.split('.');
  if (words.length > 4) return null;
  let value = 0;
  for (let i = 0; i < words.length; i++) {
    const part = readPart(words[i] as string);
    if (part === null) return null;
    const isLast = i === words.length - 1;
    const room = isLast ? (ROOMS[i] as number) : 256;
    if (part >= room) return null;
    value = isLast ? value * room + part : value * 256 + part;
  }
  return value as Ipv4;
}

export function parseHost(text: string, hosts: string): Ipv4 | null {
  return inetAton(text) ?? hostByName(hosts, text);
}

/** The address of an IPv4 host, or null; and what stands behind its last colon. */
function parseEnd4(text: string, hosts: string): { addr: Ipv4; port: string | null } | null {
  const at = text.lastIndexOf(':');
  const addr = parseHost(at < 0 ? text : text.slice(0, at), hosts);
  return addr === null ? null : { addr, port: at < 0 ? null : text.slice(at + 1) };
}

/**
 * host[:port] or [IPv6]:port; a word of digits alone is refused. Without brackets an IPv6 address has no port,
 * and an IPv4 address in brackets loses its own.
 */
export function parseService(text: string, proto: number, hosts: string): Endpoint | null {
  if (/^\d*$/.test(text)) return null;
  let inner = text;
  let portText: string | null = null;
  if (text.startsWith('[')) {
    const end = text.indexOf(']');
    if (end < 0 || text[end + 1] !== ':') return null;
    inner = text.slice(1, end);
    portText = text.slice(end + 2);
  }
  const addr6 = parseIpv6(inner);
  let addr = 0 as Ipv4;
  if (addr6 === null) {
    const end4 = parseEnd4(inner, hosts);
    if (end4 === null) return null;
    addr = end4.addr;
    portText = end4.port;
  }
  if (portText === null) return { addr, addr6, port: 0, hasPort: false };
  const port = stringToNumber(portText, 0, 65535) ?? portByName(portText, proto);
  return port === null ? null : { addr, addr6, port, hasPort: true };
}

export function parseFwmark(text: string): number | null {
  return stringToNumber(text, 1, 0xffffffff);
}

const FLAG_BITS: Readonly<Record<string, number>> = {
  'flag-1': 8,
  'flag-2': 16,
  'flag-3': 32,
  'sh-fallback': 8,
  'sh-port': 16,
  'mh-fallback': 8,
  'mh-port': 16,
};

/** @returns the bits, or what is wrong */
export function parseSchedFlags(text: string, scheduler: string): number | string {
  let bits = 0;
  for (const flag of text.split(',')) {
    if (flag === '') continue;
    const bit = entryOf(FLAG_BITS, flag);
    if (bit === undefined) return `invalid scheduler flag \`${flag}'`;
    if (!flag.startsWith('flag-') && !flag.startsWith(`${scheduler}-`)) return `incompatible scheduler flag \`${flag}'`;
    bits |= bit;
  }
  return bits;
}

/** The names of a service's flags, comma-separated. */
export function schedFlagNames(scheduler: string, bits: number): string {
  const own = scheduler === 'sh' || scheduler === 'mh';
  const names: string[] = [];
  if ((bits & 8) !== 0) names.push(own ? `${scheduler}-fallback` : 'flag-1');
  if ((bits & 16) !== 0) names.push(own ? `${scheduler}-port` : 'flag-2');
  if ((bits & 32) !== 0) names.push('flag-3');
  return names.join(',');
}
