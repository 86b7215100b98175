/** What the text commands share: options, input files, messages, lines. */
import type { Command, CommandContext, ManPage } from '../command.ts';
import { entryOf } from '../entry-of.ts';
import { readFile, resolvePath } from '../fs/files.ts';

export function man(
  en: string,
  zh: string,
  synopsis: readonly string[],
  notModelled: readonly string[] = [],
  source = 'coreutils 9.1',
): ManPage {
  return { en, zh, synopsis, notModelled, source };
}

export interface Options {
  /** value of each option given; '' for those without */
  readonly flags: ReadonlyMap<string, string>;
  /** every value of options that may be repeated, in order */
  readonly all: readonly (readonly [string, string])[];
  readonly rest: readonly string[];
  /** what getopt complains of first, without the tool's name; or null */
  readonly error: string | null;
}

/** The letter that long names stand for which the real tool has and the lab does not. */
export const LEFT = '!';
const NOT_MODELLED = 'not modelled in this lab: ';

/**
 * Reads options as getopt_long does: letters together, values joined or apart, words anywhere, long
 * names shortened while they stay clear.
 * @param short letters, followed by `:` when they take a value; behind a `!` those that the real tool has and the lab does not
 * @param long long names, with `=` when they take a value, and the letter they stand for; a name with and without `=` may take one
 */
export function options(args: readonly string[], short: string, long: Readonly<Record<string, string>> = {}, permute = true): Options {
  const flags = new Map<string, string>();
  const all: [string, string][] = [];
  const rest: string[] = [];
  const [known = '', left = ''] = short.split('!');
  let error: string | null = null;
  const add = (name: string, value: string | undefined, lack: string): void => {
    if (value === undefined) {
      error ??= lack;
      return;
    }
    flags.set(name, value);
    all.push([name, value]);
  };
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as string;
    if (arg === '--') {
      rest.push(...args.slice(i + 1));
      break;
    }
    if (arg.startsWith('--')) {
      const found = readLong(arg, long);
      if ('error' in found) error ??= found.error;
      else add(found.letter, found.value ?? (found.needsValue ? args[++i] : ''), `option '--${found.name}' requires an argument`);
    } else if (arg.startsWith('-') && arg !== '-') {
      for (let at = 1; at < arg.length; at++) {
        const letter = arg[at] as string;
        const place = letter === ':' ? -1 : known.indexOf(letter);
        if (place === -1) {
          error ??= left.includes(letter) ? `${NOT_MODELLED}-${letter}` : `invalid option -- '${letter}'`;
          break;
        }
        if (known[place + 1] !== ':') add(letter, '', '');
        else {
          add(letter, at + 1 < arg.length ? arg.slice(at + 1) : args[++i], `option requires an argument -- '${letter}'`);
          break;
        }
      }
    } else {
      rest.push(arg);
      if (!permute) {
        rest.push(...args.slice(i + 1));
        break;
      }
    }
  }
  return { flags, all, rest, error };
}

type LongOption =
  | { readonly error: string }
  | { readonly name: string; readonly letter: string; readonly value: string | undefined; readonly needsValue: boolean };

function readLong(arg: string, long: Readonly<Record<string, string>>): LongOption {
  const equals = arg.indexOf('=');
  const typed = equals === -1 ? arg.slice(2) : arg.slice(2, equals);
  const value = equals === -1 ? undefined : arg.slice(equals + 1);
  const meaning = (name: string): string => (entryOf(long, name) ?? '') + (entryOf(long, `${name}=`) ?? '');
  const begins = [...new Set(Object.keys(long).map((name) => name.replace(/=$/, '')))].filter((name) => name.startsWith(typed));
  const name = begins.includes(typed) ? typed : begins[0];
  if (name === undefined) return { error: `unrecognized option '--${typed}${value === undefined ? '' : `=${value}`}'` };
  if (name !== typed && new Set(begins.map(meaning)).size > 1)
    return { error: `option '${arg}' is ambiguous; possibilities: ${begins.map((one) => `'--${one}'`).join(' ')}` };
  const plain = entryOf(long, name);
  const valued = entryOf(long, `${name}=`);
  const letter = plain ?? valued ?? LEFT;
  if (letter === LEFT) return { error: `${NOT_MODELLED}--${name}` };
  if (value !== undefined && valued === undefined) return { error: `option '--${name}' doesn't allow an argument` };
  return { name, letter, value, needsValue: plain === undefined };
}

/** Points at --help, as GNU's tools do behind a complaint. @returns the exit code */
export function seeHelp(ctx: CommandContext, text: string, code = 1): number {
  const name = ctx.argv[0] as string;
  ctx.err(`${name}: ${text}\nTry '${name} --help' for more information.\n`);
  return code;
}

/** Tells what is wrong with the options as GNU's tools do. @returns the exit code */
export function badOption(ctx: CommandContext, error: string, code = 1): number {
  if (!error.startsWith(NOT_MODELLED)) return seeHelp(ctx, error, code);
  ctx.err(`${ctx.argv[0]}: ${error}\n`);
  return code;
}

export interface InputFile {
  readonly name: string;
  /** null: could not be read; the message has been printed */
  readonly text: string | null;
}

/** What a tool says of a file it cannot read, without its name. */
export type Unread = (name: string, error: string) => string;

/** The named files, or standard input when there are none or `-` is named. */
export function inputs(
  ctx: CommandContext,
  names: readonly string[],
  unread: Unread = (name, error) => `${name}: ${error}`,
  label = ctx.argv[0] as string,
  say: (text: string) => void = (text) => ctx.err(text),
): InputFile[] {
  return (names.length === 0 ? ['-'] : names).map((name) => {
    if (name === '-') return { name, text: ctx.stdin ?? '' };
    const read = readFile(ctx.net, resolvePath(ctx.cwd, name));
    if ('text' in read) return { name, text: read.text };
    say(`${label}: ${unread(name, read.error)}\n`);
    return { name, text: null };
  });
}

/** Lines without their ends; an end of text without newline makes a last line. */
export function linesOf(text: string): string[] {
  if (text === '') return [];
  const lines = text.split('\n');
  if (text.endsWith('\n')) lines.pop();
  return lines;
}

/** Words of a command line that are no options, so far as names of files go. */
export function operands(argv: readonly string[], valued: string): string[] {
  const out: string[] = [];
  for (let i = 1; i < argv.length; i++) {
    const arg = argv[i] as string;
    if (arg === '--') return [...out, ...argv.slice(i + 1)];
    if (!arg.startsWith('-') || arg === '-') out.push(arg);
    else if (!arg.startsWith('--') && valued.includes(arg.at(-1) as string)) i++;
  }
  return out;
}

/** A tool that reads its input unless files are named. `skip`: operands that are no files; `valued`: letters with a value. */
export function textTool(
  command: Omit<Command, 'readsStdin' | 'streams'>,
  skip = 0,
  valued = '',
  streams: (argv: readonly string[]) => boolean = () => false,
): Command {
  return {
    ...command,
    readsStdin: (argv) => {
      const files = operands(argv, valued).slice(skip);
      return files.length === 0 || files.includes('-');
    },
    streams,
  };
}
