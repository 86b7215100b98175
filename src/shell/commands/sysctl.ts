/**
 * The command sysctl: reads and writes kernel settings by their dotted names.
 * Comes from: config-commands.ts.  Goes to: host/sysctl sysctlRead, sysctlWrite, sysctlNames.
 * Source: procps-ng 4.0.2 src/sysctl.c.
 * Differs: settings are those of the lab's rows; --system reads /etc/sysctl.conf only.
 */
import { sysctlFind, sysctlNames, sysctlRead, sysctlWrite } from '../../host/index.ts';
import type { Command, CommandContext } from '../command.ts';
import type { NodeNet } from '../../world/index.ts';
import { errnoText, runTool, ToolError } from './tool-error.ts';
import { entryOf } from '../entry-of.ts';

const SYNOPSIS = [
  'sysctl [-n] [-e] NAME…',
  'sysctl [-n] [-q] [-e] -w NAME=VALUE…',
  'sysctl [-q] [-e] -p [FILE|-]',
  'sysctl [-n] [-N] -a [-r PATTERN]',
] as const;

interface Options {
  all: boolean;
  values: boolean;
  names: boolean;
  bare: boolean;
  quiet: boolean;
  ignore: boolean;
  write: boolean;
  dryRun: boolean;
  system: boolean;
  /** file to load; null: none */
  load: string | null;
  pattern: RegExp | null;
  /** help or version: said instead of anything else */
  say: string | null;
}

const LONG: Readonly<Record<string, string>> = {
  all: 'a',
  binary: 'b',
  ignore: 'e',
  names: 'N',
  values: 'n',
  load: 'p',
  pattern: 'r',
  quiet: 'q',
  write: 'w',
  help: 'h',
  version: 'V',
  system: 'S',
  deprecated: 'D',
  'dry-run': 'Y',
};

const DEFAULT_FILE = '/etc/sysctl.conf';

/** A long option may be shortened while it stays clear. */
function onlyOneBeginning(text: string): string | undefined {
  const names = Object.keys(LONG).filter((name) => name.startsWith(text));
  return names.length === 1 ? LONG[names[0] as string] : undefined;
}

/** What stands in the words that are no options. */
function readOptions(argv: readonly string[]): { options: Options; words: string[] } {
  const options: Options = {
    all: false,
    values: false,
    names: false,
    bare: false,
    quiet: false,
    ignore: false,
    write: false,
    dryRun: false,
    system: false,
    load: null,
    pattern: null,
    say: null,
  };
  const words: string[] = [];
  const queue = argv.slice(1);
  for (let word = queue.shift(); word !== undefined; word = queue.shift()) {
    if (word.startsWith('--')) {
      const [name, value] = word.slice(2).split('=');
      const letter = entryOf(LONG, name ?? '') ?? onlyOneBeginning(name ?? '');
      if (letter === undefined) throw new ToolError(`sysctl: unrecognized option '${word}'\n${usageText()}`, 1);
      takeLetter(options, letter, value === undefined ? queue : [value, ...queue], value !== undefined);
      if (letter === 'r' && value === undefined) queue.shift();
    } else if (word.startsWith('-') && word !== '-') {
      for (const letter of word.slice(1)) {
        takeLetter(options, letter, queue, false);
        if (letter === 'r') queue.shift();
      }
    } else words.push(word);
  }
  return { options, words };
}

function takeLetter(options: Options, letter: string, following: readonly string[], given: boolean): void {
  switch (letter) {
    case 'a':
    case 'A':
    case 'X':
      options.all = true;
      return;
    case 'n':
      options.values = true;
      return;
    case 'N':
      options.names = true;
      return;
    case 'b':
      options.values = true;
      options.bare = true;
      return;
    case 'q':
      options.quiet = true;
      return;
    case 'e':
      options.ignore = true;
      return;
    case 'w':
      options.write = true;
      return;
    case 'p':
    case 'f':
      options.load = given ? (following[0] ?? DEFAULT_FILE) : '';
      return;
    case 'r':
      options.pattern = compile(following[0] ?? '');
      return;
    case 'S':
      options.system = true;
      return;
    case 'Y':
      options.dryRun = true;
      return;
    case 'o':
    case 'x':
    case 'D':
      return;
    case 'V':
      options.say = 'sysctl from procps-ng 4.0.2\n';
      return;
    case 'h':
    case 'd':
      options.say = usageText();
      return;
    default:
      throw new ToolError(`sysctl: invalid option -- '${letter}'\n${usageText()}`, 1);
  }
}

function compile(pattern: string): RegExp {
  try {
    return new RegExp(pattern);
  } catch {
    throw new ToolError(`sysctl: regular expression "${pattern}" is not valid\n`, 1);
  }
}

const USAGE = [
  '',
  'Usage:',
  ' sysctl [options] [variable[=value] ...]',
  '',
  'Options:',
  '  -a, --all            display all variables',
  '  -A                   alias of -a',
  '  -X                   alias of -a',
  '      --deprecated     include deprecated parameters to listing',
  '      --dry-run        Print the key and values but do not write',
  '  -b, --binary         print value without new line',
  '  -e, --ignore         ignore unknown variables errors',
  '  -N, --names          print variable names without values',
  '  -n, --values         print only values of the given variable(s)',
  '  -p, --load[=<file>]  read values from file',
  '  -f                   alias of -p',
  '      --system         read values from all system directories',
  '  -r, --pattern <expression>',
  '                       select setting that match expression',
  '  -q, --quiet          do not echo variable set',
  '  -w, --write          enable writing a value to variable',
  '  -o                   does nothing',
  '  -x                   does nothing',
  '  -d                   alias of -h',
  '',
  ' -h, --help     display this help and exit',
  ' -V, --version  output version information and exit',
  '',
  'For more details see sysctl(8).',
] as const;

function usageText(): string {
  return USAGE.map((line) => `${line}\n`).join('');
}

/** Dots and slashes may stand for each other: the one that comes first separates. */
function dotted(name: string): string {
  const dot = name.indexOf('.');
  const slash = name.indexOf('/');
  if (slash < 0 || (dot >= 0 && dot < slash)) return name;
  return name.replaceAll(/[./]/g, (mark) => (mark === '/' ? '.' : '/'));
}

function pathOf(name: string): string {
  return `/proc/sys/${name.replaceAll(/[./]/g, (mark) => (mark === '.' ? '/' : '.'))}`;
}

class Sysctl {
  private readonly ctx: CommandContext;
  private readonly net: NodeNet;
  private readonly options: Options;
  private code = 0;

  constructor(ctx: CommandContext, options: Options) {
    this.ctx = ctx;
    this.net = ctx.net;
    this.options = options;
  }

  get exitCode(): number {
    return this.code;
  }

  private missing(name: string): void {
    if (this.options.ignore) return;
    this.ctx.err(`sysctl: cannot stat ${pathOf(name)}: No such file or directory\n`);
    this.code |= 1;
  }

  private show(name: string, value: string): void {
    const { options } = this;
    if (options.names) this.ctx.out(`${name}\n`);
    else if (options.values) this.ctx.out(options.bare ? value : `${value}\n`);
    else this.ctx.out(`${name} = ${value}\n`);
  }

  read(word: string): void {
    const name = dotted(word).replace(/^\.+/, '');
    const value = sysctlRead(this.net, name);
    // dots before the name are of no account, and shown as they were typed
    if (value !== null) return this.show(dotted(word), value);
    const below = sysctlNames(this.net).filter((one) => one.startsWith(`${name}.`));
    if (below.length === 0) {
      // names that cannot be read are counted
      const before = this.code;
      this.missing(name);
      if (!this.options.ignore) this.code = before + 1;
      return;
    }
    // a whole folder leaves out the names that are given up
    for (const one of below) if (!/\.(base_reachable_time|retrans_time)$/.test(one)) this.readOne(one);
  }

  private readOne(name: string): void {
    if (this.options.pattern?.test(name) === false) return;
    this.show(name, sysctlRead(this.net, name) ?? '');
  }

  readAll(): void {
    for (const name of sysctlNames(this.net)) this.readOne(name);
  }

  /** A word of one character is no setting, and nothing is said about it: the `=` and the `1` of `name = 1`. */
  write(word: string): void {
    const equals = word.indexOf('=');
    if (word.length < 2) this.code |= 1;
    else if (equals < 0) {
      this.ctx.err(`sysctl: command line(0): invalid syntax, continuing...\n`);
      this.code |= 1;
    } else this.set(dotted(word.slice(0, equals).trim()), word.slice(equals + 1).trim(), this.options.ignore);
  }

  private set(typed: string, value: string, quietly: boolean): void {
    const name = typed.replace(/^\.+(?=.)/, '');
    if (name === '') {
      this.ctx.err('sysctl: Path is not under /proc/sys/: /proc/sys/\n');
      this.code |= 1;
      return;
    }
    const place = sysctlFind(this.net.tables, name);
    // All names are gone through only for what is none of them: a setup writes many settings.
    if (place === null && sysctlNames(this.net).some((one) => one.startsWith(`${name}.`))) {
      // a folder takes no value; the tool tells so and goes on
      this.ctx.err(`sysctl: setting key "${name}": ${errnoText('EINVAL')}\n`);
      return;
    }
    if (place === null || sysctlRead(this.net, name) === null) {
      if (!quietly) this.missing(name);
      return;
    }
    const errno = this.options.dryRun ? null : sysctlWrite(this.net, name, value);
    if (errno === 'EACCES') this.ctx.err(`sysctl: permission denied on key "${name}"\n`);
    else if (errno !== null) this.ctx.err(`sysctl: setting key "${name}": ${errnoText(errno)}\n`);
    if (errno !== null) this.code |= 1;
    else if (!this.options.quiet) this.show(typed, value);
  }

  load(file: string, text: string | null): void {
    if (text === null) {
      this.ctx.err(`sysctl: cannot open "${file}": No such file or directory\n`);
      this.code = 1;
      return;
    }
    const settings: { name: string; value: string }[] = [];
    text.split('\n').forEach((raw, i) => {
      const line = raw.trim();
      if (line === '' || line.startsWith('#') || line.startsWith(';')) return;
      const equals = line.indexOf('=');
      if (equals < 0) {
        // a line of a file that says nothing is pointed out; it is no failure
        this.ctx.err(`sysctl: ${file}(${i + 1}): invalid syntax, continuing...\n`);
        return;
      }
      const name = line.slice(0, equals).trim();
      settings.push({ name: dotted(name.replace(/^-/, '')), value: line.slice(equals + 1).trim() });
    });
    for (const { name, value } of settings) {
      for (const one of this.expand(name)) this.set(one, value, this.options.ignore);
    }
  }

  /** `*` in a file's names stands for anything. */
  private expand(name: string): string[] {
    if (!/[*?]/.test(name)) return [name];
    const source = name
      .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '[^.]*')
      .replaceAll('?', '[^.]');
    return sysctlNames(this.net).filter((one) => new RegExp(`^${source}$`).test(one));
  }
}

function run(ctx: CommandContext): number {
  if (ctx.argv.length === 1) {
    ctx.out(usageText());
    return 1;
  }
  const { options, words } = readOptions(ctx.argv);
  if (options.say !== null) {
    ctx.out(options.say);
    return 0;
  }
  const sysctl = new Sysctl(ctx, options);
  const fileText = (file: string): string | null =>
    file === '/dev/null' ? '' : (ctx.net.user.files.get(file.startsWith('/') ? file : `${ctx.cwd === '/' ? '' : ctx.cwd}/${file}`) ?? null);
  if (options.all) sysctl.readAll();
  else if (options.system) {
    ctx.out(`* Applying ${DEFAULT_FILE} ...\n`);
    sysctl.load(DEFAULT_FILE, fileText(DEFAULT_FILE) ?? '');
  } else if (options.load !== null) {
    const files = options.load === '' ? (words.length === 0 ? [DEFAULT_FILE] : words) : [options.load];
    for (const file of files)
      sysctl.load(file, file === '-' ? (ctx.stdin ?? '') : file === DEFAULT_FILE ? (fileText(file) ?? '') : fileText(file));
  } else if (words.length === 0) throw new ToolError("sysctl: no variables specified\nTry `sysctl --help' for more information.\n", 1);
  else if (options.write) words.forEach((word) => sysctl.write(word));
  else {
    for (const word of words) {
      if (word.includes('=')) sysctl.write(word);
      else sysctl.read(word);
    }
  }
  return sysctl.exitCode;
}

export const sysctl: Command = {
  name: 'sysctl',
  man: {
    en: 'reads and writes settings of the kernel',
    zh: '查看和修改内核参数',
    synopsis: SYNOPSIS,
    notModelled: ['settings outside the lab’s tables', '--system beyond /etc/sysctl.conf'],
    source: 'procps 4.0.2',
  },
  run: (ctx) => runTool(ctx, () => run(ctx)),
  complete: (net, words) => {
    const typed = words.at(-1) ?? '';
    // one part of the name at a time
    const depth = typed.split('.').length;
    const parts = sysctlNames(net)
      .filter((name) => name.startsWith(typed))
      .map((name) => name.split('.').slice(0, depth).join('.'));
    return [...new Set(parts)];
  },
};
