/**
 * grep: lines that match.
 * Comes from: text-commands.ts. Goes to: text/regex.ts, text/tool.ts.
 * Source: GNU grep 3.8 and its messages.
 * Differs: the usage of a wrong word is its first line.
 */
import { WANTS_MORE, type Command, type CommandContext } from '../command.ts';
import { fileKind, listDir, resolvePath } from '../fs/files.ts';
import { perlSource, perlTrouble } from '../text/perl-regex.ts';
import { posixSource, posixTrouble, validPosix } from '../text/regex.ts';
import { inputs, LEFT, linesOf, man, operands, options, type Options } from '../text/tool.ts';

const SHORT = 'vEFGPinyIacolLqswxrRhHe:f:m:A:B:C:!bdDTUzZV';
const LONG = {
  'invert-match': 'v',
  'extended-regexp': 'E',
  'fixed-strings': 'F',
  'ignore-case': 'i',
  'line-number': 'n',
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
  count: 'c',
  'line-buffered': 'G',
  'perl-regexp': 'P',
  'basic-regexp': 'G',
  'file=': 'f',
  text: 'a',
  'files-without-match': 'L',
  'dereference-recursive': 'R',
  'no-ignore-case': LEFT,
  'byte-offset': LEFT,
  'binary-files=': LEFT,
  'directories=': LEFT,
  'devices=': LEFT,
  'include=': LEFT,
  'exclude=': LEFT,
  'exclude-from=': LEFT,
  'exclude-dir=': LEFT,
  'group-separator=': LEFT,
  'no-group-separator': LEFT,
  'label=': LEFT,
  'initial-tab': LEFT,
  'null-data': LEFT,
  null: LEFT,
  binary: LEFT,
  version: LEFT,
};

function matcher(name: string, { flags }: Options, patterns: readonly string[]): RegExp {
  const extended = flags.has('E') || flags.has('P') || name === 'egrep';
  const fixed = flags.has('F') || name === 'fgrep';
  const source = patterns
    .flatMap((pattern) => pattern.split('\n'))
    .map((pattern) =>
      flags.has('P')
        ? perlSource(pattern).source
        : fixed
          ? pattern.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
          : posixSource(pattern, extended),
    )
    .join('|');
  const whole = flags.has('x') ? `^(?:${source})$` : flags.has('w') ? `(?<!\\w)(?:${source})(?!\\w)` : source;
  const ignoreCase = flags.has('i') || flags.has('y') || (flags.has('P') && patterns.some((pattern) => perlSource(pattern).ignoreCase));
  return new RegExp(whole, ignoreCase ? 'gi' : 'g');
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

/** `-5` as `-C 5`, as a word of its own. */
const dashNumbers = (argv: readonly string[]): string[] =>
  argv.slice(1).map((arg, i) => (/^-\d+$/.test(arg) && !/^-\w*[ABCmef]$/.test(argv[i] ?? '') ? `-C${arg.slice(1)}` : arg));

const USAGE = "Usage: grep [OPTION]... PATTERNS [FILE]...\nTry 'grep --help' for more information.\n";

/** @returns what is wrong with the options, newline included; or null */
function troubleOf(name: string, { flags, error }: Options): string | null {
  if (error !== null) return `grep: ${error}\n${error.startsWith('not modelled') ? '' : USAGE}`;
  for (const letter of ['A', 'B', 'C']) {
    const length = flags.get(letter);
    if (length !== undefined && !/^\d+$/.test(length)) return `grep: ${length}: invalid context length argument\n`;
  }
  const most = flags.get('m');
  if (most !== undefined && !/^-?\d+$/.test(most)) return 'grep: invalid max count\n';
  const kinds = [flags.has('E') || name === 'egrep', flags.has('F') || name === 'fgrep', flags.has('P')];
  return kinds.filter(Boolean).length > 1 ? 'grep: conflicting matchers specified\n' : null;
}

/** @returns what is wrong with a pattern, without "grep: "; or null */
function patternTrouble(pattern: string, extended: boolean, perl: boolean): string | null {
  if (perl) return perlTrouble(pattern);
  if (/^\[:[^\]]*:\]$/.test(pattern)) return 'character class syntax is [[:space:]], not [:space:]';
  return posixTrouble(pattern, extended) ?? (validPosix(pattern, extended) ? null : 'Invalid regular expression');
}

/** The patterns of -e, -f and the first word, which `files` loses; or null when one of the files cannot be read. */
function patternsOf(ctx: CommandContext, { all, flags }: Options, files: string[]): string[] | null {
  const patterns = all.flatMap(([key, value]) => (key === 'e' ? value.split('\n') : []));
  for (const [key, name] of all) {
    if (key !== 'f') continue;
    const [file] = inputs(ctx, [name], undefined, 'grep');
    if (file === undefined || file.text === null) return null;
    patterns.push(...linesOf(file.text));
  }
  if (flags.has('e') || flags.has('f')) return patterns;
  const first = files.shift();
  if (first === undefined) {
    ctx.err(USAGE);
    return null;
  }
  return first.split('\n');
}

function run(ctx: CommandContext): number {
  const name = ctx.argv[0] as string;
  const given = options(dashNumbers(ctx.argv), SHORT, LONG);
  const { flags, rest } = given;
  const wrong = troubleOf(name, given);
  if (wrong !== null) {
    ctx.err(wrong);
    return 2;
  }
  const files = [...rest];
  const patterns = patternsOf(ctx, given, files);
  if (patterns === null) return 2;
  const extended = flags.has('E') || flags.has('P') || name === 'egrep';
  if (!flags.has('F') && name !== 'fgrep') {
    for (const pattern of patterns) {
      const trouble = patternTrouble(pattern, extended, flags.has('P'));
      if (trouble !== null) {
        ctx.err(`grep: ${trouble}\n`);
        return 2;
      }
      if (extended && /^[*+?]/.test(pattern) && !flags.has('P')) ctx.err(`grep: warning: ${pattern.charAt(0)} at start of expression\n`);
    }
  }
  const context = Number(flags.get('C') ?? 0);
  const most = Number(flags.get('m') ?? -1);
  const report: Report = {
    regex: matcher(name, given, patterns),
    flags,
    before: Number(flags.get('B') ?? context),
    after: Number(flags.get('A') ?? context),
    most: most < 0 ? Number.MAX_SAFE_INTEGER : most,
  };
  const recursive = flags.has('r') || flags.has('R');
  const sources = recursive ? (files.length === 0 ? ['.'] : files).flatMap((file) => tree(ctx, file)) : files;
  // one file named with -r is told without its name, as any single one
  const descends = recursive && (files.length === 0 || files.some((file) => fileKind(ctx.net, resolvePath(ctx.cwd, file)) === 'dir'));
  const labels = (sources.length > 1 || descends || flags.has('H')) && !flags.has('h');
  let found = false;
  let trouble = false;
  const say = flags.has('s') ? (): void => {} : (text: string): void => ctx.err(text);
  for (const source of sources.length === 0 ? ['-'] : sources) {
    const [{ name: file, text } = { name: source, text: null }] = inputs(ctx, [source], undefined, 'grep', say);
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
  const { flags, rest, error } = options(dashNumbers(argv), SHORT, LONG);
  if (error !== null) return false;
  const named = flags.has('e') || flags.has('f');
  if (!named && rest.length === 0) return false;
  const files = rest.slice(named ? 0 : 1);
  return (files.length === 0 && !flags.has('r') && !flags.has('R')) || files.includes('-');
}

function streams(argv: readonly string[]): boolean {
  const { flags } = options(dashNumbers(argv), SHORT, LONG);
  return !flags.has('c') && !flags.has('l') && !flags.has('L') && operands(argv, '').length > 0;
}

const page = man(
  'prints lines that match a pattern',
  '按模式过滤行',
  ['grep [-EFivncoqwxrhlsm] [-A n] [-B n] [-C n] [-e pattern] pattern [file ...]'],
  ['-b, -z, -Z, -T, -d, --include, --exclude'],
  'grep 3.8',
);

export const grepCommands: readonly Command[] = ['grep', 'egrep', 'fgrep'].map((name) => ({
  name,
  man: page,
  run,
  readsStdin: reads,
  streams,
}));
