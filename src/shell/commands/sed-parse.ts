/**
 * Parses sed scripts into edits.
 * Comes from: sed.ts. Goes to: sed-run.ts (Address, Edit), text/regex.ts.
 * Source: GNU sed 4.9 manual.
 * Differs: no branches (b, t, labels).
 */
import { posixRegex, validPosix } from '../text/regex.ts';

export type Address =
  | { readonly kind: 'line'; readonly line: number }
  | { readonly kind: 'last' }
  | { readonly kind: 'regex'; readonly regex: RegExp }
  | { readonly kind: 'step'; readonly first: number; readonly step: number }
  | { readonly kind: 'plus'; readonly count: number };

export interface Edit {
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

export class SedError extends Error {}

export class Script {
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
