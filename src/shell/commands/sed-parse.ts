/**
 * Parses sed scripts into edits.
 * Comes from: sed.ts. Goes to: sed-run.ts (Address, Edit), text/regex.ts.
 * Source: GNU sed 4.9 manual.
 * Differs: no branches (b, t, labels).
 */
import { bracketEnd, posixRegex, posixTrouble, validPosix } from '../text/regex.ts';

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

/** One -e, or the text of one -f. */
export interface ScriptPart {
  readonly text: string;
  /** null: of the command line */
  readonly file: string | null;
}

export class Script {
  private at = 0;
  private readonly text: string;
  private readonly extended: boolean;
  private readonly parts: readonly ScriptPart[];

  constructor(parts: readonly ScriptPart[], extended: boolean) {
    this.text = parts.map(({ text }) => text).join('\n');
    this.extended = extended;
    this.parts = parts;
  }

  all(inBlock = false): Edit[] {
    const edits: Edit[] = [];
    for (;;) {
      while (/[\s;]/.test(this.text[this.at] ?? '')) this.at++;
      const char = this.text[this.at];
      if (char === undefined) {
        if (inBlock) throw new SedError("-e expression #1, char 0: unmatched `{'");
        return edits;
      }
      if (char === '}') {
        this.at++;
        if (!inBlock) this.fail("unexpected `}'");
        this.endOfCommand();
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
    let start = 0;
    let number = 0;
    for (const { text, file } of this.parts) {
      if (file === null) number++;
      if (this.at <= start + text.length || start + text.length >= this.text.length) {
        if (file === null) throw new SedError(`-e expression #${number}, char ${this.at - start}: ${message}`);
        throw new SedError(`file ${file} line ${this.text.slice(start, this.at).split('\n').length}: ${message}`);
      }
      start += text.length + 1;
    }
    throw new SedError(message);
  }

  private left(what: string): never {
    throw new SedError(`not modelled in this lab: ${what}`);
  }

  private blanks(): void {
    while (/[ \t]/.test(this.text[this.at] ?? '')) this.at++;
  }

  private address(): Address | null {
    const number = /^(\d+)(?:~(\d*))?/.exec(this.text.slice(this.at, this.at + 30));
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
    const pattern = this.until(this.text[this.at] ?? '', this.at + 1, 'unterminated address regex', true);
    const flags = this.text[this.at] === 'I' ? 'i' : '';
    if (flags !== '') this.at++;
    return { kind: 'regex', regex: this.regex(pattern, flags) };
  }

  private regex(pattern: string, flags: string): RegExp {
    const trouble = posixTrouble(pattern, this.extended, true);
    if (trouble !== null) this.fail(trouble);
    if (!validPosix(pattern, this.extended)) this.fail('Invalid preceding regular expression');
    return posixRegex(pattern, this.extended, flags);
  }

  /** Text up to an unescaped delimiter, which is taken too. */
  private until(delimiter: string, from: number, lack: string, isPattern: boolean): string {
    let out = '';
    for (let i = from; i < this.text.length; i++) {
      const char = this.text[i] as string;
      if (char === '\\' && i + 1 < this.text.length) {
        const next = this.text[++i] as string;
        out += next === delimiter && delimiter !== '\\' ? next : `\\${next}`;
      } else if (char === delimiter) {
        this.at = i + 1;
        return out;
      } else if (isPattern && char === '[') {
        const end = bracketEnd(this.text, i);
        if (end === -1) break;
        out += this.text.slice(i, end);
        i = end - 1;
      } else out += char;
    }
    this.at = this.text.length;
    return this.fail(lack);
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
        to = { kind: 'plus', count: first?.kind === 'line' ? first.line : 0 };
      } else if (this.text[this.at] === '~') this.left('an address first,~N');
      else to = this.address();
      if (to === null) {
        if (this.at < this.text.length) this.at++;
        this.fail("unexpected `,'");
      }
    }
    this.blanks();
    const negated = this.text[this.at] === '!';
    if (negated) {
      this.at++;
      this.blanks();
      if (this.text[this.at] === '!') {
        this.at++;
        this.fail("multiple `!'s");
      }
    }
    const letter = this.text[this.at];
    if (letter === undefined || letter === '\n' || letter === ';') {
      if (letter !== undefined) this.at++;
      return this.fail('missing command');
    }
    this.at++;
    if (from?.kind === 'line' && from.line === 0 && to?.kind !== 'regex') this.fail('invalid usage of line address 0');
    if ('qQ'.includes(letter) && to !== null) this.fail('command only uses one address');
    if ('bTtlevFzWR:'.includes(letter)) this.left(`the command ${letter}`);
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
    if ('pdqQ=nNDPhHgGx'.includes(letter)) {
      const [code] = 'qQ'.includes(letter) ? (/^[ \t]*\d*/.exec(this.text.slice(this.at)) ?? ['']) : [''];
      this.at += code.length;
      this.endOfCommand();
      return { ...plain, text: code.trim() };
    }
    if (letter === 'w' || letter === 'r') {
      const [name] = /^[^\n]*/.exec(this.text.slice(this.at)) ?? [''];
      this.at += name.length;
      if (name.trim() === '') this.fail('missing filename in r/R/w/W commands');
      return { ...plain, text: name.trim() };
    }
    return this.fail(`unknown command: \`${letter}'`);
  }

  /** What may stand behind a command. */
  private endOfCommand(): void {
    this.blanks();
    if (/^(?:[;}\n#]|$)/.test(this.text.slice(this.at, this.at + 1))) return;
    this.at++;
    this.fail('extra characters after command');
  }

  private appended(): string {
    this.blanks();
    if (this.at >= this.text.length) this.fail("expected \\ after `a', `c' or `i'");
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
    const lack = `unterminated \`${plain.letter}' command`;
    if (delimiter === undefined || delimiter === '\n' || delimiter === '\\') return this.fail(lack);
    const pattern = this.until(delimiter, this.at + 1, lack, plain.letter === 's');
    const replacement = this.until(delimiter, this.at, lack, false);
    if (plain.letter === 'y') {
      const unescaped = (text: string): string => text.replaceAll('\\n', '\n').replaceAll('\\\\', '\\');
      if ([...unescaped(pattern)].length !== [...unescaped(replacement)].length) this.fail("strings for `y' command are different lengths");
      this.endOfCommand();
      return { ...plain, text: unescaped(pattern), replacement: unescaped(replacement) };
    }
    const flags = this.substituteFlags();
    const groups = pattern.split(this.extended ? /(?<!\\)\(/ : '\\(').length - 1;
    const reference = [...replacement.matchAll(/\\([\s\S])/g)].find(([, digit = '']) => /\d/.test(digit) && Number(digit) > groups);
    const regex = this.regex(pattern, `g${/[iI]/.test(flags) ? 'i' : ''}`);
    if (reference !== undefined) this.fail(`invalid reference \\${reference[1]} on \`s' command's RHS`);
    const nth = Number(/\d+/.exec(flags)?.[0] ?? 1);
    return {
      ...plain,
      regex,
      replacement,
      nth: flags.includes('g') ? -nth : nth,
      print: flags.includes('p'),
    };
  }

  /** The letters and the number behind s///. */
  private substituteFlags(): string {
    let flags = '';
    for (; !/^(?:[;}\n#]|$)/.test(this.text.slice(this.at, this.at + 1));) {
      const char = this.text[this.at] as string;
      if ('we'.includes(char)) this.left(`the flag ${char} of s`);
      const [piece = ''] = /^\d+/.exec(this.text.slice(this.at)) ?? [char];
      this.at += piece.length;
      if (char === ' ') continue;
      if ('gp'.includes(char) && flags.includes(char)) this.fail(`multiple \`${char}' options to \`s' command`);
      if (/\d/.test(char) && /\d/.test(flags)) this.fail("multiple number options to `s' command");
      if (/^0+$/.test(piece)) this.fail("number option to `s' command may not be zero");
      if (!/[gpiImM\d]/.test(char)) this.fail("unknown option to `s'");
      flags += piece;
    }
    return flags;
  }
}
