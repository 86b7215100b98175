/** grep: lines that match. */
import { WANTS_MORE, type Command, type CommandContext } from '../command.ts';
import { fileKind, listDir, resolvePath } from '../fs/files.ts';
import { posixSource, validPosix } from '../text/regex.ts';
import { badOption, inputs, linesOf, man, operands, options, type Options } from '../text/tool.ts';

const SHORT = 'vEFGPincolLqswxrRhHe:f:m:A:B:C:z';
const LONG = {
  'invert-match': 'v',
  'extended-regexp': 'E',
  'fixed-strings': 'F',
  'ignore-case': 'i',
  'line-number': 'n',
  count: 'c',
  'only-matching': 'o',
  quiet: 'q',
  silent: 'q',
  'no-messages': 's',
  'word-regexp': 'w',
  'line-regexp': 'x',
  recursive: 'r',
  'no-filename': 'h',
  'with-filename': 'H',
  'files-with-matches': 'l',
  'regexp=': 'e',
  'max-count=': 'm',
  'after-context=': 'A',
  'before-context=': 'B',
  'context=': 'C',
  color: 'G',
  colour: 'G',
  'color=': 'G',
  'colour=': 'G',
  'line-buffered': 'G',
  'perl-regexp': 'P',
};

function matcher(name: string, { flags }: Options, patterns: readonly string[]): RegExp {
  const extended = flags.has('E') || flags.has('P') || name === 'egrep';
  const fixed = flags.has('F') || name === 'fgrep';
  const source = patterns
    .flatMap((pattern) => pattern.split('\n'))
    .map((pattern) => (fixed ? pattern.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&') : posixSource(pattern, extended)))
    .join('|');
  const whole = flags.has('x') ? `^(?:${source})$` : flags.has('w') ? `(?<!\\w)(?:${source})(?!\\w)` : source;
  return new RegExp(whole, flags.has('i') ? 'gi' : 'g');
}

interface Report {
  readonly regex: RegExp;
  readonly flags: ReadonlyMap<string, string>;
  readonly before: number;
  readonly after: number;
  readonly most: number;
}

function only(regex: RegExp, line: string): string[] {
  regex.lastIndex = 0;
  return [...line.matchAll(regex)].map((found) => found[0]).filter((text) => text !== '');
}

/** @returns number of lines chosen */
function search(ctx: CommandContext, text: string, label: string, report: Report): number {
  const { regex, flags, before, after, most } = report;
  const lines = linesOf(text);
  const silent = flags.has('q') || flags.has('c') || flags.has('l') || flags.has('L');
  let count = 0;
  let printed = -1;
  let until = -1;
  const print = (i: number, mark: string, body: string): void =>
    ctx.out(`${label === '' ? '' : `${label}${mark}`}${flags.has('n') ? `${i + 1}${mark}` : ''}${body}\n`);
  for (const [i, line] of lines.entries()) {
    regex.lastIndex = 0;
    const chosen = count < most && regex.test(line) !== flags.has('v');
    if (chosen) {
      count++;
      if (!silent) {
        if (flags.has('o')) {
          if (!flags.has('v')) for (const part of only(regex, line)) print(i, ':', part);
        } else {
          const from = Math.max(printed + 1, i - before);
          if (printed >= 0 && from > printed + 1 && before + after > 0) ctx.out('--\n');
          for (let j = from; j < i; j++) print(j, '-', lines[j] as string);
          print(i, ':', line);
          printed = i;
          until = i + after;
        }
      }
    } else if (i <= until && !silent && !flags.has('o')) {
      print(i, '-', line);
      printed = i;
    }
    if (count >= most && i >= until) break;
  }
  return count;
}

function tree(ctx: CommandContext, name: string): string[] {
  const path = resolvePath(ctx.cwd, name);
  if (fileKind(ctx.net, path) !== 'dir') return [name];
  return listDir(ctx.net, path).flatMap((entry) => tree(ctx, `${name.replace(/\/$/, '')}/${entry}`));
}

function run(ctx: CommandContext): number {
  const name = ctx.argv[0] as string;
  const given = options(ctx.argv.slice(1), SHORT, LONG);
  if (given.unknown !== null) {
    badOption(ctx, given.unknown);
    return 2;
  }
  const { flags, rest, all } = given;
  const patterns = all.filter(([key]) => key === 'e').map(([, value]) => value);
  const files = [...rest];
  if (patterns.length === 0) {
    const first = files.shift();
    if (first === undefined) {
      ctx.err(`Usage: ${name} [OPTION]... PATTERNS [FILE]...\nTry '${name} --help' for more information.\n`);
      return 2;
    }
    patterns.push(first);
  }
  const extended = flags.has('E') || flags.has('P') || name === 'egrep';
  if (!flags.has('F') && name !== 'fgrep' && !patterns.every((pattern) => validPosix(pattern, extended))) {
    ctx.err(`${name}: Unmatched [, [^, [:, [., or [=, or unmatched ( or )\n`);
    return 2;
  }
  const context = Number(flags.get('C') ?? 0) || 0;
  const report: Report = {
    regex: matcher(name, given, patterns),
    flags,
    before: Number(flags.get('B') ?? context) || 0,
    after: Number(flags.get('A') ?? context) || 0,
    most: flags.has('m') ? Number(flags.get('m')) || 0 : Number.MAX_SAFE_INTEGER,
  };
  const recursive = flags.has('r') || flags.has('R');
  const sources = recursive ? (files.length === 0 ? ['.'] : files).flatMap((file) => tree(ctx, file)) : files;
  const labels = (sources.length > 1 || recursive || flags.has('H')) && !flags.has('h');
  let found = false;
  let trouble = false;
  for (const { name: file, text } of inputs(flags.has('s') ? { ...ctx, err: () => {} } : ctx, sources, name)) {
    if (text === null) {
      trouble = true;
      continue;
    }
    const count = search(ctx, text, labels ? (file === '-' ? '(standard input)' : file) : '', report);
    found ||= count > 0;
    if (flags.has('c') && !flags.has('q')) ctx.out(`${labels ? `${file}:` : ''}${count}\n`);
    if ((flags.has('l') && count > 0) || (flags.has('L') && count === 0)) ctx.out(`${file === '-' ? '(standard input)' : file}\n`);
    if (ctx.more === true && !((flags.has('q') && count > 0) || count >= report.most)) return WANTS_MORE;
    if (found && flags.has('q')) return 0;
  }
  return trouble && !(found && flags.has('q')) ? 2 : found ? 0 : 1;
}

function reads(argv: readonly string[]): boolean {
  const { flags, rest } = options(argv.slice(1), SHORT, LONG);
  const files = rest.slice(flags.has('e') ? 0 : 1);
  return (files.length === 0 && !flags.has('r') && !flags.has('R')) || files.includes('-');
}

function streams(argv: readonly string[]): boolean {
  const { flags } = options(argv.slice(1), SHORT, LONG);
  return !flags.has('c') && !flags.has('l') && !flags.has('L') && operands(argv, '').length > 0;
}

const page = man(
  'prints lines that match a pattern',
  '按模式过滤行',
  ['grep [-EFivncoqwxrhlsm] [-A n] [-B n] [-C n] [-e pattern] pattern [file ...]'],
  ['-P is read as -E', '-f'],
  'grep 3.8',
);

export const grepCommands: readonly Command[] = ['grep', 'egrep', 'fgrep'].map((name) => ({
  name,
  man: page,
  run,
  readsStdin: reads,
  streams,
}));
