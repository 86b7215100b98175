/** What the text commands share: options, input files, messages, lines. */
import type { Command, CommandContext, ManPage } from '../command.ts';
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
  /** first option that is not known, or null */
  readonly unknown: string | null;
}

/**
 * Reads options as getopt_long does: letters together, values joined or apart, words anywhere.
 * @param short letters, followed by `:` when they take a value
 * @param long long names, with `=` when they take a value, and the letter they stand for
 */
export function options(args: readonly string[], short: string, long: Readonly<Record<string, string>> = {}, permute = true): Options {
  const flags = new Map<string, string>();
  const all: [string, string][] = [];
  const rest: string[] = [];
  let unknown: string | null = null;
  const add = (name: string, value: string): void => {
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
      const [name, ...value] = arg.slice(2).split('=');
      const valued = long[`${name}=`];
      const letter = valued ?? long[name ?? ''];
      if (letter === undefined) unknown ??= arg;
      else add(letter, valued === undefined ? '' : value.length > 0 ? value.join('=') : (args[++i] ?? ''));
    } else if (arg.startsWith('-') && arg !== '-') {
      for (let at = 1; at < arg.length; at++) {
        const letter = arg[at] as string;
        const place = short.indexOf(letter);
        if (place === -1 || letter === ':') {
          unknown ??= letter;
          break;
        }
        if (short[place + 1] !== ':') add(letter, '');
        else {
          add(letter, at + 1 < arg.length ? arg.slice(at + 1) : (args[++i] ?? ''));
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
  return { flags, all, rest, unknown };
}

/** Tells of an unknown option as GNU's tools do. @returns the exit code */
export function badOption(ctx: CommandContext, option: string, code = 1): number {
  const name = ctx.argv[0] as string;
  ctx.err(option.startsWith('--') ? `${name}: unrecognized option '${option}'\n` : `${name}: invalid option -- '${option}'\n`);
  ctx.err(`Try '${name} --help' for more information.\n`);
  return code;
}

export interface InputFile {
  readonly name: string;
  /** null: could not be read; the message has been printed */
  readonly text: string | null;
}

/** The named files, or standard input when there are none or `-` is named. */
export function inputs(ctx: CommandContext, names: readonly string[], label = ctx.argv[0] as string): InputFile[] {
  return (names.length === 0 ? ['-'] : names).map((name) => {
    if (name === '-') return { name, text: ctx.stdin ?? '' };
    const read = readFile(ctx.net, resolvePath(ctx.cwd, name));
    if ('text' in read) return { name, text: read.text };
    ctx.err(`${label}: ${name}: ${read.error}\n`);
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
