/**
 * sed: edits lines.
 * Source: GNU sed 4.9 manual. Differs: no hold space commands beyond h H g G x, no branches.
 */
import { WANTS_MORE, type Command, type CommandContext } from '../command.ts';
import { readFile, resolvePath, writeFile } from '../fs/files.ts';
import { posixRegex, validPosix } from '../text/regex.ts';
import { badOption, linesOf, man, options } from '../text/tool.ts';

type Address =
  | { readonly kind: 'line'; readonly line: number }
  | { readonly kind: 'last' }
  | { readonly kind: 'regex'; readonly regex: RegExp }
  | { readonly kind: 'step'; readonly first: number; readonly step: number }
  | { readonly kind: 'plus'; readonly count: number };

interface Edit {
  readonly from: Address | null;
  readonly to: Address | null;
  readonly negated: boolean;
  readonly letter: string;
  readonly text: string;
  readonly regex: RegExp | null;
  readonly replacement: string;
  readonly nth: number;
  readonly print: boolean;
  readonly block: readonly Edit[];
}

class SedError extends Error {}

class Script {
  private at = 0;
  private readonly text: string;
  private readonly extended: boolean;

  constructor(text: string, extended: boolean) {
    this.text = text;
    this.extended = extended;
  }

  all(inBlock = false): Edit[] {
    const edits: Edit[] = [];
    for (;;) {
      while (/[\s;]/.test(this.text[this.at] ?? '')) this.at++;
      const char = this.text[this.at];
      if (char === undefined) {
        if (inBlock) this.fail("unmatched `{'");
        return edits;
      }
      if (char === '}') {
        if (!inBlock) this.fail("unexpected `}'");
        this.at++;
        return edits;
      }
      if (char === '#') {
        while (this.at < this.text.length && this.text[this.at] !== '\n') this.at++;
        continue;
      }
      edits.push(this.edit());
    }
  }

  private fail(message: string): never {
    throw new SedError(`-e expression #1, char ${this.at}: ${message}`);
  }

  private blanks(): void {
    while (/[ \t]/.test(this.text[this.at] ?? '')) this.at++;
  }

  private address(): Address | null {
    const number = /^(\d+)(?:~(\d+))?/.exec(this.text.slice(this.at, this.at + 30));
    if (number !== null) {
      this.at += number[0].length;
      return number[2] === undefined
        ? { kind: 'line', line: Number(number[1]) }
        : { kind: 'step', first: Number(number[1]), step: Number(number[2]) };
    }
    const char = this.text[this.at];
    if (char === '$') {
      this.at++;
      return { kind: 'last' };
    }
    if (char !== '/' && char !== '\\') return null;
    if (char === '\\') this.at++;
    const pattern = this.until(this.text[this.at] as string, this.at + 1);
    const flags = this.text[this.at] === 'I' ? 'i' : '';
    if (flags !== '') this.at++;
    return { kind: 'regex', regex: this.regex(pattern, flags) };
  }

  private regex(pattern: string, flags: string): RegExp {
    if (!validPosix(pattern, this.extended)) this.fail('Invalid preceding regular expression');
    return posixRegex(pattern, this.extended, flags);
  }

  /** Text up to an unescaped delimiter, which is taken too. */
  private until(delimiter: string, from: number): string {
    let out = '';
    for (let i = from; i < this.text.length; i++) {
      const char = this.text[i] as string;
      if (char === '\\' && i + 1 < this.text.length) {
        const next = this.text[++i] as string;
        out += next === delimiter && delimiter !== '\\' ? next : `\\${next}`;
      } else if (char === delimiter) {
        this.at = i + 1;
        return out;
      } else out += char;
    }
    this.at = this.text.length;
    return this.fail(
      `unterminated \`${this.text[0] === 's' ? 's' : 'address regex'}' command`.replace("`address regex' command", 'address regex'),
    );
  }

  private edit(): Edit {
    const from = this.address();
    let to: Address | null = null;
    this.blanks();
    if (from !== null && this.text[this.at] === ',') {
      this.at++;
      this.blanks();
      if (this.text[this.at] === '+') {
        this.at++;
        const first = this.address();
        to = first?.kind === 'line' ? { kind: 'plus', count: first.line } : null;
      } else to = this.address();
      if (to === null) this.fail("unexpected `,'");
    }
    this.blanks();
    let negated = false;
    while (this.text[this.at] === '!') {
      negated = true;
      this.at++;
      this.blanks();
    }
    const letter = this.text[this.at++];
    if (letter === undefined) this.fail('missing command');
    const plain = {
      from,
      to,
      negated,
      letter,
      text: '',
      regex: null,
      replacement: '',
      nth: 1,
      print: false,
      block: [],
    };
    if (letter === '{') return { ...plain, block: this.all(true) };
    if (letter === 's' || letter === 'y') return this.substitute(plain);
    if ('aic'.includes(letter)) return { ...plain, text: this.appended() };
    if ('pdqQ=nNDPhHgGxl'.includes(letter)) {
      const [code] = /^[ \t]*\d*/.exec(this.text.slice(this.at)) ?? [''];
      this.at += code.length;
      const rest = /^[ \t]*([^;}\n#]*)/.exec(this.text.slice(this.at));
      if (rest !== null && (rest[1] as string).trim() !== '') this.fail('extra characters after command');
      return { ...plain, text: code.trim() };
    }
    if (letter === 'w' || letter === 'r') {
      const [name] = /^[^\n]*/.exec(this.text.slice(this.at)) ?? [''];
      this.at += name.length;
      return { ...plain, text: name.trim() };
    }
    return this.fail(`unknown command: \`${letter}'`);
  }

  private appended(): string {
    this.blanks();
    if (this.text[this.at] === '\\') {
      this.at++;
      this.blanks();
      if (this.text[this.at] === '\n') this.at++;
    }
    let out = '';
    for (; this.at < this.text.length && this.text[this.at] !== '\n'; this.at++) {
      if (this.text[this.at] === '\\' && this.at + 1 < this.text.length) this.at++;
      out += this.text[this.at];
    }
    return out;
  }

  private substitute(plain: Edit): Edit {
    const delimiter = this.text[this.at];
    if (delimiter === undefined || delimiter === '\n' || delimiter === '\\') this.fail(`unterminated \`${plain.letter}' command`);
    const pattern = this.until(delimiter, this.at + 1);
    const replacement = this.until(delimiter, this.at);
    if (plain.letter === 'y') {
      const unescaped = (text: string): string => text.replaceAll('\\n', '\n').replaceAll('\\\\', '\\');
      if ([...unescaped(pattern)].length !== [...unescaped(replacement)].length) this.fail("strings for `y' command are different lengths");
      return { ...plain, text: unescaped(pattern), replacement: unescaped(replacement) };
    }
    const flags = /^[gpiIe0-9mM]*/.exec(this.text.slice(this.at))?.[0] ?? '';
    this.at += flags.length;
    if (!/^[ \t]*(?:[;}\n#]|$)/.test(this.text.slice(this.at))) this.fail("unknown option to `s'");
    const nth = Number(/\d+/.exec(flags)?.[0] ?? 1);
    return {
      ...plain,
      regex: this.regex(pattern, `g${/[iI]/.test(flags) ? 'i' : ''}`),
      replacement,
      nth: flags.includes('g') ? -nth : nth,
      print: flags.includes('p'),
    };
  }
}

function replaced(template: string, found: readonly string[]): string {
  let out = '';
  let change: '' | 'U' | 'L' = '';
  let once: '' | 'u' | 'l' = '';
  const add = (text: string): void => {
    let shown = change === 'U' ? text.toUpperCase() : change === 'L' ? text.toLowerCase() : text;
    if (once !== '' && shown !== '') {
      shown = (once === 'u' ? (shown[0] as string).toUpperCase() : (shown[0] as string).toLowerCase()) + shown.slice(1);
      once = '';
    }
    out += shown;
  };
  for (let i = 0; i < template.length; i++) {
    const char = template[i] as string;
    if (char === '&') add(found[0] ?? '');
    else if (char !== '\\') add(char);
    else {
      const next = template[++i] ?? '\\';
      if (/\d/.test(next)) add(found[Number(next)] ?? '');
      else if (next === 'n') add('\n');
      else if (next === 't') add('\t');
      else if (next === 'U' || next === 'L') change = next;
      else if (next === 'E') change = '';
      else if (next === 'u' || next === 'l') once = next;
      else add(next);
    }
  }
  return out;
}

interface Machine {
  readonly ctx: CommandContext;
  readonly lines: readonly string[];
  /** whether the last of `lines` is the last of all */
  readonly ended: boolean;
  readonly silent: boolean;
  readonly out: (text: string) => void;
  next: number;
  space: string;
  hold: string;
  active: Map<Edit, number>;
  after: string[];
  quit: number | null;
}

function matchesOne(m: Machine, address: Address, line: number): boolean {
  switch (address.kind) {
    case 'line':
      return line === address.line;
    case 'last':
      return m.ended && m.next >= m.lines.length;
    case 'step':
      return address.step === 0 ? line === address.first : line >= address.first && (line - address.first) % address.step === 0;
    case 'plus':
      return false;
    case 'regex':
      return address.regex.test(m.space);
  }
}

function applies(m: Machine, edit: Edit): boolean {
  const { from, to } = edit;
  if (from === null) return true;
  const line = m.next;
  if (to === null) return matchesOne(m, from, line);
  const until = m.active.get(edit);
  if (until !== undefined) {
    const over = until > 0 ? line >= until : matchesOne(m, to, line);
    if (over) m.active.delete(edit);
    return until <= 0 || line <= until;
  }
  if (!matchesOne(m, from, line)) return false;
  const end = to.kind === 'line' ? to.line : to.kind === 'plus' ? line + to.count : 0;
  if (to.kind !== 'line' && to.kind !== 'plus') m.active.set(edit, 0);
  else if (end > line) m.active.set(edit, end);
  return true;
}

/** @returns whether the cycle goes on with the next edit */
function doEdit(m: Machine, edit: Edit): boolean {
  switch (edit.letter) {
    case '{':
      return runEdits(m, edit.block);
    case 's': {
      let count = 0;
      let changed = false;
      const first = Math.abs(edit.nth);
      m.space = m.space.replace(edit.regex as RegExp, (...found: unknown[]) => {
        count++;
        if (count < first || (edit.nth > 0 && count > first)) return found[0] as string;
        changed = true;
        return replaced(
          edit.replacement,
          found.filter((one) => typeof one === 'string' || one === undefined).map((one) => (one as string | undefined) ?? ''),
        );
      });
      if (changed && edit.print) m.out(`${m.space}\n`);
      return true;
    }
    case 'y': {
      const from = [...edit.text];
      const to = [...edit.replacement];
      m.space = [...m.space].map((char) => to[from.indexOf(char)] ?? char).join('');
      return true;
    }
    case 'p':
      m.out(`${m.space}\n`);
      return true;
    case 'P':
      m.out(`${m.space.split('\n')[0]}\n`);
      return true;
    case '=':
      m.out(`${m.next}\n`);
      return true;
    case 'd':
    case 'D':
      return false;
    case 'q':
      if (!m.silent) m.out(`${m.space}\n`);
      m.quit = Number(edit.text || 0);
      return false;
    case 'Q':
      m.quit = Number(edit.text || 0);
      return false;
    case 'a':
      m.after.push(edit.text);
      return true;
    case 'i':
      m.out(`${edit.text}\n`);
      return true;
    case 'c':
      if (edit.to === null || !m.active.has(edit)) m.out(`${edit.text}\n`);
      return false;
    case 'n':
      if (!m.silent) m.out(`${m.space}\n`);
      if (m.next >= m.lines.length) return false;
      m.space = m.lines[m.next++] as string;
      return true;
    case 'N':
      if (m.next >= m.lines.length) {
        if (!m.silent && m.ended) m.out(`${m.space}\n`);
        return false;
      }
      m.space += `\n${m.lines[m.next++] as string}`;
      return true;
    case 'h':
      m.hold = m.space;
      return true;
    case 'H':
      m.hold += `\n${m.space}`;
      return true;
    case 'g':
      m.space = m.hold;
      return true;
    case 'G':
      m.space += `\n${m.hold}`;
      return true;
    case 'x':
      [m.space, m.hold] = [m.hold, m.space];
      return true;
    case 'w':
      writeFile(m.ctx.net, resolvePath(m.ctx.cwd, edit.text), `${m.space}\n`, true);
      return true;
    case 'r': {
      const read = readFile(m.ctx.net, resolvePath(m.ctx.cwd, edit.text));
      if ('text' in read) m.after.push(...linesOf(read.text));
      return true;
    }
    default:
      return true;
  }
}

function runEdits(m: Machine, edits: readonly Edit[]): boolean {
  for (const edit of edits) {
    if (applies(m, edit) === edit.negated) continue;
    if (!doEdit(m, edit)) return false;
  }
  return true;
}

function editText(
  ctx: CommandContext,
  text: string,
  edits: readonly Edit[],
  silent: boolean,
  ended: boolean,
): { out: string; quit: number | null } {
  let out = '';
  const m: Machine = {
    ctx,
    lines: linesOf(text),
    ended,
    silent,
    next: 0,
    space: '',
    hold: '',
    active: new Map(),
    after: [],
    quit: null,
    out: (piece) => {
      if (out.length < 2_000_000) out += piece;
    },
  };
  while (m.next < m.lines.length && m.quit === null) {
    m.space = m.lines[m.next++] as string;
    if (runEdits(m, edits) && !silent) m.out(`${m.space}\n`);
    for (const line of m.after) m.out(`${line}\n`);
    m.after = [];
  }
  return { out, quit: m.quit };
}

const SHORT = 'nEre:f:is';
const LONG = {
  quiet: 'n',
  silent: 'n',
  'regexp-extended': 'E',
  'expression=': 'e',
  'file=': 'f',
  'in-place': 'i',
  'in-place=': 'i',
  separate: 's',
};

function given(argv: readonly string[]): { parsed: ReturnType<typeof options>; inPlace: string | null } {
  let inPlace: string | null = null;
  const args = argv.slice(1).map((arg) => {
    const found = /^-([nEr]*)i(\S*)$/.exec(arg);
    if (found === null || (found[2] !== '' && !/^[.~\w]/.test(found[2] as string))) return arg;
    inPlace = found[2] as string;
    return found[1] === '' ? '-s' : `-${found[1]}`;
  });
  const parsed = options(args, SHORT, LONG);
  if (parsed.flags.has('i')) inPlace = parsed.flags.get('i') ?? '';
  return { parsed, inPlace };
}

function run(ctx: CommandContext): number {
  const { parsed, inPlace } = given(ctx.argv);
  const { flags, all, unknown } = parsed;
  if (unknown !== null) return badOption(ctx, unknown);
  const files = [...parsed.rest];
  const scripts = all.filter(([name]) => name === 'e').map(([, value]) => value);
  if (flags.has('f')) {
    const read = readFile(ctx.net, resolvePath(ctx.cwd, flags.get('f') ?? ''));
    if ('error' in read) {
      ctx.err(`sed: couldn't open file ${flags.get('f')}: ${read.error}\n`);
      return 1;
    }
    scripts.push(read.text);
  }
  if (scripts.length === 0) {
    const first = files.shift();
    if (first === undefined) {
      ctx.err('Usage: sed [OPTION]... {script-only-if-no-other-script} [input-file]...\n');
      return 1;
    }
    scripts.push(first);
  }
  let edits: Edit[];
  try {
    edits = new Script(scripts.join('\n'), flags.has('E') || flags.has('r')).all();
  } catch (error) {
    if (!(error instanceof SedError)) throw error;
    ctx.err(`sed: ${error.message}\n`);
    return 1;
  }
  const silent = flags.has('n');
  let status = 0;
  let together = '';
  for (const name of files.length === 0 ? ['-'] : files) {
    const path = resolvePath(ctx.cwd, name);
    const read = name === '-' ? { text: ctx.stdin ?? '' } : readFile(ctx.net, path);
    if ('error' in read) {
      ctx.err(
        read.error === 'Is a directory' ? `sed: couldn't edit ${name}: not a regular file\n` : `sed: can't read ${name}: ${read.error}\n`,
      );
      status = 2;
    } else if (inPlace === null) together += read.text;
    else {
      if (inPlace !== '') writeFile(ctx.net, path + inPlace, read.text, false);
      const { out } = editText(ctx, read.text, edits, silent, true);
      const failed = writeFile(ctx.net, path, out, false);
      if (failed !== null) {
        ctx.err(`sed: couldn't open temporary file: ${failed}\n`);
        status = 4;
      }
    }
  }
  if (inPlace !== null) return status;
  const { out, quit } = editText(ctx, together, edits, silent, ctx.more !== true);
  ctx.out(out);
  if (quit === null && ctx.more === true) return WANTS_MORE;
  return quit ?? status;
}

export const sedCommand: Command = {
  name: 'sed',
  man: man(
    'edits lines of text',
    '按行编辑文本',
    ["sed [-n] [-E] [-i[suffix]] [-e script] 'script' [file ...]"],
    ['branches (b, t, labels)', 'l'],
    'sed 4.9',
  ),
  run,
  readsStdin: (argv) => {
    const { parsed, inPlace } = given(argv);
    const files = parsed.rest.slice(parsed.flags.has('e') || parsed.flags.has('f') ? 0 : 1);
    return inPlace === null && (files.length === 0 || files.includes('-'));
  },
  streams: (argv) => argv.every((arg) => !arg.includes('N') && !/(^|[^\\])\$!?[a-zA-Z]/.test(arg)),
};
