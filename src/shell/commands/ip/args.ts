/**
 * The words of an `ip` command line, read one after the other, and the values iproute2 reads from them.
 * Comes from: index.ts.  Goes to: every object of this folder.
 * Source: iproute2 6.1.0 lib/utils.c (get_prefix, get_addr, get_u32, matches), include/utils.h.
 * Differs: of an IPv6 address only its being one is known.
 */
import { maskOf, parseIpv4, prefixLenOf, type Ipv4, type PrefixLen } from '../../../wire/index.ts';
import { ToolError } from '../tool-error.ts';

/** inet: -4; inet6: -6; link: -0; other: -M and -B, of which the lab has nothing */
export type Family = 'any' | 'inet' | 'inet6' | 'link' | 'other';

/** What the options before the object said. */
export interface IpOptions {
  family: Family;
  brief: boolean;
  oneline: boolean;
  /** number of -s */
  stats: number;
  details: boolean;
  color: boolean;
  numeric: boolean;
  json: boolean;
  pretty: boolean;
  /** -h; with -iec in steps of 1024 */
  human: boolean;
  iec: boolean;
  /** -t, -ts: what `ip monitor` tells bears its time */
  stamp: 'none' | 'long' | 'short';
  /** a batch goes on after a line that failed */
  force: boolean;
}

export interface Prefix {
  readonly addr: Ipv4;
  readonly len: PrefixLen;
  /** a length was given */
  readonly lenGiven: boolean;
  /** any: `default`, `any` and `all` name no family; inet6: an address of IPv6, of which nothing is kept */
  readonly family: 'any' | 'inet' | 'inet6';
}

/** iproute2 takes a word that begins the full one. An empty word matches nothing. */
export function matches(word: string, full: string): boolean {
  return word !== '' && full.startsWith(word);
}

/** True if the word begins any of these. */
export function matchesAny(word: string, ...full: string[]): boolean {
  return full.some((one) => matches(word, one));
}

export class Args {
  private readonly words: readonly string[];
  private at: number;

  constructor(words: readonly string[], from = 0) {
    this.words = words;
    this.at = from;
  }

  get done(): boolean {
    return this.at >= this.words.length;
  }

  /** The present word; '' at the end. */
  get word(): string {
    return this.words[this.at] ?? '';
  }

  /** Takes the present word. */
  take(): string {
    return this.words[this.at++] ?? '';
  }

  /** Takes the word behind a keyword that was just taken (NEXT_ARG). */
  value(): string {
    if (this.done) throw new ToolError('Command line is not complete. Try option "help"\n', 255);
    return this.take();
  }

  rest(): string[] {
    return this.words.slice(this.at);
  }
}

export function invArg(text: string, arg: string): ToolError {
  return new ToolError(`Error: argument "${arg}" is wrong: ${text}\n`, 255);
}

export function duplicate(key: string, arg: string): ToolError {
  return new ToolError(`Error: either "${key}" is duplicate, or "${arg}" is a garbage.\n`, 255);
}

/** Said a second time on one line. */
export function secondValue(key: string, value: string): ToolError {
  return new ToolError(`Error: duplicate "${key}": "${value}" is the second value.\n`, 255);
}

export function noDevice(name: string): ToolError {
  return new ToolError(`Cannot find device "${name}"\n`, 1);
}

export function unknownCommand(word: string, object: string): ToolError {
  return new ToolError(`Command "${word}" is unknown, try "ip ${object} help".\n`, 255);
}

/** The kernel's refusal, as iproute2 prints one that comes with no text of its own. */
export function rtnetlink(text: string): ToolError {
  return new ToolError(`RTNETLINK answers: ${text}\n`, 2);
}

/**
 * An IPv4 address with the parts that may be left out at the end: 10.3 is 10.3.0.0. A part may be
 * hexadecimal or octal.
 */
export function parseLooseIpv4(text: string): Ipv4 | null {
  const parts = text.split('.').map(parseUnsigned);
  if (parts.length > 4) return null;
  let addr = 0;
  for (let i = 0; i < 4; i++) {
    const part = i < parts.length ? parts[i] : 0;
    if (part === null || part === undefined || part > 255) return null;
    addr = addr * 256 + part;
  }
  return addr as Ipv4;
}

/** Whether it is written as an IPv6 address: groups of four digits, one gap, an IPv4 address at the end. */
function isIpv6(text: string): boolean {
  if (!text.includes(':')) return false;
  const halves = text.split('::');
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  const last = groups.at(-1) ?? '';
  const dotted = last.includes('.');
  if (dotted && parseIpv4(last) === null) return false;
  const hex = dotted ? groups.slice(0, -1) : groups;
  if (!hex.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return false;
  const count = hex.length + (dotted ? 2 : 0);
  return halves.length === 2 ? count < 8 : count === 8;
}

function parseMask(text: string, max: number): number | null {
  const number = parseUnsigned(text);
  if (number !== null) return number <= max ? number : null;
  const mask = parseIpv4(text);
  return mask === null ? null : prefixLenOf(mask);
}

function familyWords(family: Family): string {
  return family === 'inet' || family === 'inet6' ? family : 'any valid';
}

/** `default`, `any`, `all`, an address, or an address with a length or netmask; null: none of these. */
function readPrefix(text: string, family: Family): Prefix | null {
  if (text === 'default' || text === 'any' || text === 'all')
    return { addr: 0 as Ipv4, len: 0, lenGiven: true, family: family === 'inet' || family === 'inet6' ? family : 'any' };
  const slash = text.indexOf('/');
  const word = slash < 0 ? text : text.slice(0, slash);
  const six = family !== 'inet' && isIpv6(word);
  const addr = six || family === 'inet6' ? null : parseLooseIpv4(word);
  if (!six && addr === null) return null;
  const max = six ? 128 : 32;
  const len = slash < 0 ? max : parseMask(text.slice(slash + 1), max);
  if (len === null) return null;
  return { addr: addr ?? (0 as Ipv4), len, lenGiven: slash >= 0, family: six ? 'inet6' : 'inet' };
}

/** @param family of what was read before on the line, or of the options */
export function getPrefix(text: string, family: Family = 'any'): Prefix {
  if (family === 'link') throw new ToolError(`Error: "${text}" may be inet prefix, but it is not allowed in this context.\n`, 1);
  const prefix = readPrefix(text, family);
  if (prefix === null) throw new ToolError(`Error: ${familyWords(family)} prefix is expected rather than "${text}".\n`, 1);
  return prefix;
}

/** An address alone; an IPv6 one, where it may be one, is null. */
export function getAddrOfFamily(text: string, family: Family): Ipv4 | null {
  if (family === 'link') throw new ToolError(`Error: "${text}" may be inet address, but it is not allowed in this context.\n`, 1);
  const prefix = text.includes('/') ? null : readPrefix(text, family);
  if (prefix === null) throw new ToolError(`Error: ${familyWords(family)} address is expected rather than "${text}".\n`, 1);
  return prefix.family === 'inet6' ? null : prefix.addr;
}

/** Reads an unsigned number as strtoul(…, 0) does: decimal, 0x…, or octal after a 0; null if it is none. */
export function parseUnsigned(text: string): number | null {
  if (/^0[xX][0-9a-fA-F]+$/.test(text)) return Number.parseInt(text.slice(2), 16);
  if (/^0[0-7]+$/.test(text)) return Number.parseInt(text, 8);
  return /^(0|[1-9]\d*)$/.test(text) ? Number(text) : null;
}

/** @param complaint as iproute2 words it, with a newline of its own where it has one */
export function getUnsigned(text: string, complaint: string, max = 0xffffffff): number {
  const value = parseUnsigned(text);
  if (value === null || value > max) throw invArg(complaint, text);
  return value;
}

/** True if the host part of the prefix is all zero. */
export function isNetwork(prefix: Prefix): boolean {
  return (prefix.addr & ~maskOf(prefix.len)) >>> 0 === 0;
}

/** An end of a tunnel: `any` and 0.0.0.0 are none. */
export function addrOrAny(text: string): Ipv4 | null {
  const addr = parseLooseIpv4(text);
  if (text !== 'any' && text !== 'all' && text !== 'default' && addr === null)
    throw new ToolError(`Error: an IP address is expected rather than "${text}"\n`, 1);
  return addr === 0 ? null : addr;
}

/** 0 inherits. */
export function ttlOf(text: string): number {
  return text === 'inherit' ? 0 : getUnsigned(text, 'invalid TTL\n', 255);
}

/** 1 inherits; other values are hexadecimal. */
export function tosOf(text: string): number {
  if (text === 'inherit') return 1;
  const value = parseUnsigned(text.startsWith('0x') ? text : `0x${text}`);
  if (value === null || value > 255) throw invArg('bad TOS value', text);
  return value;
}
