/**
 * Reading short options as getopt(3) does, for the network tools.
 * Comes from: the commands that use sockets.
 * Source: glibc 2.36 getopt: messages of unknown options and missing arguments.
 */
import { parseIpv4, type Ipv4 } from '../../wire/index.ts';

export interface ShortOptions {
  /** in the order given; value is '' for options without one */
  readonly found: readonly { readonly name: string; readonly value: string }[];
  readonly rest: readonly string[];
  /** as getopt prints it, without newline, or null */
  readonly error: string | null;
}

/** @param spec letters; a colon behind one means that it takes a value */
export function shortOptions(tool: string, spec: string, args: readonly string[]): ShortOptions {
  const found: { name: string; value: string }[] = [];
  const rest: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as string;
    if (arg === '--') {
      rest.push(...args.slice(i + 1));
      break;
    }
    if (!/^-[^-]/.test(arg)) {
      rest.push(arg);
      continue;
    }
    for (let at = 1; at < arg.length; at++) {
      const name = arg[at] as string;
      const where = name === ':' ? -1 : spec.indexOf(name);
      if (where < 0) return { found, rest, error: `${tool}: invalid option -- '${name}'` };
      if (spec[where + 1] !== ':') {
        found.push({ name, value: '' });
        continue;
      }
      const value = at + 1 < arg.length ? arg.slice(at + 1) : args[++i];
      if (value === undefined) return { found, rest, error: `${tool}: option requires an argument -- '${name}'` };
      found.push({ name, value });
      break;
    }
  }
  return { found, rest, error: null };
}

/** ADDR:PORT */
export function parseAddrPort(text: string): { addr: Ipv4; port: number } | null {
  const at = text.lastIndexOf(':');
  if (at < 0) return null;
  const addr = parseIpv4(text.slice(0, at));
  return addr === null ? null : { addr, port: leadingInt(text.slice(at + 1)) & 0xffff };
}

/** atoi(3): the number at the front, else 0. */
export function leadingInt(text: string): number {
  const match = /^\s*[-+]?\d+/.exec(text);
  return match === null ? 0 : Number(match[0]);
}

/** A whole number in a range, else null. */
export function wholeNumber(text: string, min: number, max: number): number | null {
  if (!/^-?\d+$/.test(text)) return null;
  const value = Number(text);
  return value >= min && value <= max ? value : null;
}
