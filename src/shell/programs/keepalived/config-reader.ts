/**
 * Reads blocks of keywords from lines, by tables of keywords, with keepalived's own complaints.
 * Comes from: config-parse.ts.  Goes to: the handlers in config-global.ts, config-vrrp.ts, config-vrrp-group.ts, config-check.ts.
 * Source: keepalived 2.2.7 lib/parser.c, process_stream(), alloc_value_block(), vreport_config_error().
 */
import { NS_PER_S, type Nanos } from '../../../engine/index.ts';
import { devByName, type HostState } from '../../../host/index.ts';
import type { Config, ConfigError } from './config.ts';
import type { ConfLine } from './config-lines.ts';

export interface Reader {
  readonly lines: readonly ConfLine[];
  /** the next line to read */
  at: number;
  line: ConfLine | null;
  depth: number;
  who: ConfigError['who'];
  /** inside global_defs, of which only the first process complains */
  global: boolean;
  /** an interface was named that this host has not */
  noSuchDev: boolean;
  readonly host: HostState;
  readonly config: Config;
}

export type Handler = (reader: Reader, words: readonly string[]) => void;

export interface Keyword {
  readonly run?: Handler;
  /** keywords of its block */
  readonly block?: Keywords;
  /** after the block */
  readonly end?: (reader: Reader) => void;
}

export type Keywords = Readonly<Record<string, Keyword>>;

/** A complaint, with the place it is about. */
export function complain(reader: Reader, text: string): void {
  const { line } = reader;
  reader.config.errors.push({
    who: reader.who,
    place: line === null ? null : { file: line.file, number: line.number },
    text,
    unmodelled: false,
    ...(reader.global ? ({ global: true } as const) : {}),
  });
}

/** Says so when this host has no such interface; the VRRP part does not start then. */
export function checkDev(reader: Reader, name: string, text: string): void {
  if (devByName(reader.host, name) !== null) return;
  reader.noSuchDev = true;
  complain(reader, text);
}

/** The real keepalived knows this, the lab does not. */
export function unmodelled(reader: Reader, what: string): void {
  const { line } = reader;
  const place = line === null ? null : { file: line.file, number: line.number };
  reader.config.errors.push({
    who: reader.who,
    place,
    text: `not modelled in this lab: ${what}`,
    unmodelled: true,
  });
}

function next(reader: Reader): readonly string[] | null {
  const line = reader.lines[reader.at];
  if (line === undefined) return null;
  reader.at++;
  reader.line = line;
  const last = line.words[line.words.length - 1];
  if (last === '{') reader.depth++;
  if (line.words[0] === '}') {
    if (reader.depth === 0) complain(reader, "Extra '}' found");
    else reader.depth--;
  }
  return line.words;
}

/** Reads the lines of a block; at the top level all lines. @param opened whether its `{` has been read */
export function readBlock(reader: Reader, keywords: Keywords, top: boolean, opened: boolean): void {
  let wantsOpening = !top && !opened;
  for (let words = next(reader); words !== null; words = next(reader)) {
    const [first] = words as readonly [string];
    if (wantsOpening) {
      wantsOpening = false;
      if (first === '{') continue;
      complain(reader, "Missing '{' at beginning of configuration block");
    } else if (first === '{') {
      complain(reader, "Unexpected '{' - ignoring");
      continue;
    }
    if (first === '}') {
      if (!top) return;
      complain(reader, "Unknown keyword '}'");
      continue;
    }
    const keyword = Object.hasOwn(keywords, first) ? keywords[first] : undefined;
    if (keyword === undefined) {
      complain(reader, `Unknown keyword '${first}'`);
      if (words.length > 1 && words[words.length - 1] === '{') complain(reader, "Unexpected '{' - ignoring");
      continue;
    }
    const open = words[words.length - 1] === '{';
    keyword.run?.(reader, keyword.block !== undefined && open ? words.slice(0, -1) : words);
    if (keyword.block === undefined) continue;
    readBlock(reader, keyword.block, false, open);
    keyword.end?.(reader);
  }
}

/** The lines of a block of values: `virtual_ipaddress { … }`. */
export function readValues(reader: Reader, words: readonly string[], each: Handler): void {
  let opened = words[1] === '{';
  if (!opened && words.length > 1) complain(reader, `Block ${words[0]} has extra parameters ${words[1]} ...`);
  for (let line = next(reader); line !== null; line = next(reader)) {
    if (!opened) {
      opened = true;
      if (line[0] === '{') continue;
      complain(reader, `'{' missing from beginning of block ${words[0]}`);
    }
    if (line[0] === '}') return;
    each(reader, line);
  }
}

/** Passes over a block, if the line begins one. */
export function skipBlock(reader: Reader, words: readonly string[]): void {
  const follows = reader.lines[reader.at]?.words[0] === '{';
  if (words[words.length - 1] !== '{' && !follows) return;
  if (words[words.length - 1] !== '{') next(reader);
  const outside = reader.depth - 1;
  while (reader.depth > outside && next(reader) !== null);
}

/** Handlers for what the real keepalived has and the lab has not. */
export function notModelledKeywords(names: readonly string[]): Keywords {
  const keyword: Keyword = {
    run(reader, words) {
      unmodelled(reader, words[0] as string);
      skipBlock(reader, words);
    },
  };
  return Object.fromEntries(names.map((name) => [name, keyword]));
}

/** Keywords without a consequence in the lab: who gets mail, how processes are scheduled. */
export function silentKeywords(names: readonly string[]): Keywords {
  const keyword: Keyword = { run: skipBlock };
  return Object.fromEntries(names.map((name) => [name, keyword]));
}

/** A whole number within limits, or null. */
export function wholeOf(text: string | undefined, min: number, max: number): number | null {
  if (text === undefined || !/^-?\d+$/.test(text)) return null;
  const value = Number(text);
  return value >= min && value <= max ? value : null;
}

/** The same for a keyword's value: says when a number is too small or too large. */
export function rangeOf(reader: Reader, text: string | undefined, min: number, max: number): number | null {
  const value = wholeOf(text, min, max);
  if (value !== null || text === undefined) return value;
  if (!/^-?\d+$/.test(text)) complain(reader, `invalid number '${text}'`);
  else if (min >= 0 && text.startsWith('-')) complain(reader, `negative number '${text}'`);
  else complain(reader, `number '${text}' outside range [${min}, ${max}]`);
  return null;
}

/** The longest span that keepalived can count, in seconds. */
const MOST = '18446744073709.551614';

/** Seconds with a fraction as nanoseconds, or null. */
export function secondsOf(text: string | undefined, min = 0, max = 1_000_000): Nanos | null {
  if (text === undefined || !/^\d+(?:\.\d*)?$|^\.\d+$/.test(text)) return null;
  const [whole = '0', fraction = ''] = text.split('.', 2);
  const value = Number(whole) * NS_PER_S + Number(fraction.slice(0, 6).padEnd(6, '0')) * 1000;
  return value >= min * NS_PER_S && value <= max * NS_PER_S ? (value as Nanos) : null;
}

/** The same for a keyword's value: says what is wrong with it. @param least in millionths of a second, as is `most` */
export function timerOf(reader: Reader, text: string | undefined, least = 0, most: number | null = null): Nanos | null {
  const value = secondsOf(text, 0, Infinity);
  if (text === undefined) return null;
  if (value === null) complain(reader, text.startsWith('-') ? `negative number '${text}'` : `invalid number '${text}'`);
  else if (value < least * 1000 || (most !== null && value > most * 1000)) {
    complain(reader, `number '${text}' outside range [${(least / 1e6).toFixed(6)}, ${most === null ? MOST : (most / 1e6).toFixed(6)}]`);
    return null;
  }
  return value;
}

/** true, on, yes; false, off, no; without a word true. null: none of these */
export function switchOf(text: string | undefined): boolean | null {
  if (text === undefined || /^(?:true|on|yes)$/.test(text)) return true;
  return /^(?:false|off|no)$/.test(text) ? false : null;
}

/** A command to run: all words behind the keyword, without `user` and what follows. */
export function commandOf(words: readonly string[]): string | null {
  const rest = words.slice(1);
  return rest.length === 0 ? null : rest.length === 1 ? (rest[0] as string) : rest.join(' ');
}
