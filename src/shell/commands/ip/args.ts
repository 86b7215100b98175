/**
 * The words of an `ip` command line, read one after the other, and the values iproute2 reads from them.
 * Comes from: index.ts.  Goes to: every object of this folder.
 * Source: iproute2 6.1.0 lib/utils.c (get_prefix, get_addr, get_u32, matches), include/utils.h.
 * Differs: IPv4 only; an IPv6 address is an invalid one.
 */
import { maskOf, parseIpv4, prefixLenOf, type Ipv4, type PrefixLen } from '../../../wire/index.ts';
import { ToolError } from '../tool-error.ts';

/** What the options before the object said. */
export interface IpOptions {
  /** inet: -4; inet6: -6; link: -0 */
  family: 'any' | 'inet' | 'inet6' | 'link';
  brief: boolean;
  oneline: boolean;
  /** number of -s */
  stats: number;
  details: boolean;
  color: boolean;
  numeric: boolean;
}

export interface Prefix {
  readonly addr: Ipv4;
  readonly len: PrefixLen;
  /** a length was given */
  readonly lenGiven: boolean;
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

/** An IPv4 address with the parts that may be left out at the end: 10.3 is 10.3.0.0. */
export function parseLooseIpv4(text: string): Ipv4 | null {
  if (!/^\d{1,3}(\.\d{1,3}){0,3}$/.test(text)) return null;
  const parts = text.split('.');
  while (parts.length < 4) parts.push('0');
  return parseIpv4(parts.join('.'));
}

function parsePrefixLen(text: string): PrefixLen | null {
  if (/^\d+$/.test(text)) {
    const len = Number(text);
    return len <= 32 ? len : null;
  }
  const mask = parseIpv4(text);
  return mask === null ? null : prefixLenOf(mask);
}

/** `default`, `any`, `all`, an address, or an address with a length or netmask. */
export function getPrefix(text: string): Prefix {
  const wrong = (): ToolError => new ToolError(`Error: any valid prefix is expected rather than "${text}".\n`, 1);
  if (text === 'default' || text === 'any' || text === 'all') return { addr: 0 as Ipv4, len: 0, lenGiven: true };
  const slash = text.indexOf('/');
  const addr = parseLooseIpv4(slash < 0 ? text : text.slice(0, slash));
  if (addr === null) throw wrong();
  if (slash < 0) return { addr, len: 32, lenGiven: false };
  const len = parsePrefixLen(text.slice(slash + 1));
  if (len === null) throw wrong();
  return { addr, len, lenGiven: true };
}

export function getAddr(text: string): Ipv4 {
  const addr = parseLooseIpv4(text);
  if (addr === null) throw new ToolError(`Error: any valid address is expected rather than "${text}".\n`, 1);
  return addr;
}

/** Reads an unsigned number as strtoul(…, 0) does: decimal, 0x…, or octal after a 0; null if it is none. */
export function parseUnsigned(text: string): number | null {
  if (/^0[xX][0-9a-fA-F]+$/.test(text)) return Number.parseInt(text.slice(2), 16);
  if (/^0[0-7]+$/.test(text)) return Number.parseInt(text, 8);
  return /^\d+$/.test(text) ? Number(text) : null;
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
  if (text === 'any') return null;
  const addr = getAddr(text);
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
