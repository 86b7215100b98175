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
    if (!/^-./.test(arg)) {
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

/** Long options by name: the letter each stands for, with a colon behind it when it takes a value. */
export type LongNames = Readonly<Record<string, string>>;

/**
 * getopt_long(3): as shortOptions, and words with two dashes, which may be shortened while they stay
 * clear. A long name may stand for a word of its own instead of a letter.
 */
export function longOptions(tool: string, spec: string, names: LongNames, args: readonly string[]): ShortOptions {
  const found: { name: string; value: string }[] = [];
  const rest: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as string;
    if (arg === '--') return { found, rest: [...rest, ...args.slice(i + 1)], error: null };
    if (!arg.startsWith('--')) {
      const takesNext = /^-[^-]/.test(arg) && wantsValue(spec, arg);
      const one = shortOptions(tool, spec, takesNext ? args.slice(i, i + 2) : [arg]);
      found.push(...one.found);
      rest.push(...one.rest);
      if (one.error !== null) return { found, rest, error: one.error };
      if (takesNext) i++;
      continue;
    }
    const at = arg.indexOf('=');
    const typed = at < 0 ? arg.slice(2) : arg.slice(2, at);
    const known = longName(names, typed);
    if (typeof known !== 'string') return { found, rest, error: `${tool}: ${known.error(arg)}` };
    const meaning = names[known] as string;
    const name = meaning.replace(/:$/, '');
    if (!meaning.endsWith(':')) {
      if (at >= 0) return { found, rest, error: `${tool}: option '--${known}' doesn't allow an argument` };
      found.push({ name, value: '' });
      continue;
    }
    const value = at >= 0 ? arg.slice(at + 1) : args[++i];
    if (value === undefined) return { found, rest, error: `${tool}: option '--${known}' requires an argument` };
    found.push({ name, value });
  }
  return { found, rest, error: null };
}

/** Whether a word of letters ends with one whose value is the next word. */
function wantsValue(spec: string, word: string): boolean {
  for (let at = 1; at < word.length; at++) {
    const where = word[at] === ':' ? -1 : spec.indexOf(word[at] as string);
    if (where < 0) return false;
    if (spec[where + 1] === ':') return at + 1 === word.length;
  }
  return false;
}

function longName(names: LongNames, typed: string): string | { error(arg: string): string } {
  if (Object.hasOwn(names, typed)) return typed;
  const all = Object.keys(names).filter((name) => name.startsWith(typed));
  if (all.length > 0 && new Set(all.map((name) => names[name])).size === 1) return all[0] as string;
  if (all.length === 0) return { error: (arg) => `unrecognized option '${arg}'` };
  return { error: (arg) => `option '${arg}' is ambiguous; possibilities: ${all.map((name) => `'--${name}'`).join(' ')}` };
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
