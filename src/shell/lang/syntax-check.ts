/**
 * Where bash stops reading: the first token that its grammar has no place for, or the end of a text that lacks
 * something. A recogniser only: what a command means is read elsewhere.
 * Comes from: parse.ts.  Goes to: its messages, and whether a terminal asks for another line.
 * Source: GNU Bash 5.2 parse.y (grammar of lists, compound commands and function definitions).
 * Differs: the inside of [[ ]], of (( )) and of substitutions is not looked at, nor what lies 200 commands deep.
 */
import { shellTokens, type Token } from './syntax-tokens.ts';

export type SyntaxStop =
  | { readonly kind: 'fine' }
  /** more lines could complete it */
  | { readonly kind: 'end' }
  | { readonly kind: 'token'; readonly text: string; readonly pos: number };

/** Thrown at the place where reading ends. */
class Stop extends Error {
  readonly at: Token;
  constructor(at: Token) {
    super();
    this.at = at;
  }
}

/** Thrown where commands lie too deep in one another: nothing is said against such a text. */
class TooDeep extends Error {}

/** Compound commands in one another. */
const DEPTH_MAX = 200;

const RESERVED: ReadonlySet<string> = new Set(['then', 'else', 'elif', 'fi', 'do', 'done', 'esac', '}']);
const SEPARATORS: ReadonlySet<string> = new Set([';', '&']);
const REDIRECTS: ReadonlySet<string> = new Set(['<', '>', '>>', '<<', '<<-', '<<<', '<&', '>&', '&>', '&>>', '<>', '>|']);
const CASE_ENDS: ReadonlySet<string> = new Set([';;', ';&', ';;&']);

export function syntaxStop(text: string): SyntaxStop {
  const reader = new Reader(shellTokens(text));
  try {
    reader.list([]);
    reader.refuse();
  } catch (error) {
    if (error instanceof TooDeep) return { kind: 'fine' };
    if (!(error instanceof Stop)) throw error;
    const { at } = error;
    if (at.kind === 'end') return { kind: 'end' };
    return { kind: 'token', text: at.kind === 'newline' ? 'newline' : at.text, pos: at.pos };
  }
  return { kind: 'fine' };
}

class Reader {
  private at = 0;
  private depth = 0;
  private readonly tokens: readonly Token[];
  constructor(tokens: readonly Token[]) {
    this.tokens = tokens;
  }

  private get next(): Token {
    return this.tokens[this.at] as Token;
  }

  private is(text: string): boolean {
    return this.next.kind !== 'end' && this.next.kind !== 'quoted' && this.next.text === text;
  }

  private isOneOf(texts: readonly string[]): boolean {
    return texts.some((text) => this.is(text));
  }

  private isWord(): boolean {
    return this.next.kind === 'word' || this.next.kind === 'quoted';
  }

  /** Nothing may be left over. */
  refuse(): void {
    if (this.next.kind !== 'end') throw new Stop(this.next);
  }

  private expect(text: string): void {
    if (!this.is(text)) throw new Stop(this.next);
    this.at++;
  }

  private took(text: string): boolean {
    const here = this.is(text);
    if (here) this.at++;
    return here;
  }

  private nested(read: (reader: Reader) => void): void {
    if (++this.depth > DEPTH_MAX) throw new TooDeep();
    read(this);
    this.depth--;
  }

  private newlines(): void {
    while (this.next.kind === 'newline') this.at++;
  }

  /** Commands up to one of the words, which stays. An outermost list may be empty. */
  list(ends: readonly string[], mayBeEmpty = ends.length === 0): void {
    this.newlines();
    let empty = true;
    while (this.next.kind !== 'end' && !this.isOneOf(ends)) {
      empty = false;
      this.andOr();
      if (this.next.kind === 'newline') this.newlines();
      else if (this.next.kind === 'operator' && SEPARATORS.has(this.next.text)) {
        this.at++;
        this.newlines();
      } else break;
    }
    if (empty && !mayBeEmpty) throw new Stop(this.next);
  }

  private andOr(): void {
    this.pipeline();
    while (this.is('&&') || this.is('||')) {
      this.at++;
      this.newlines();
      this.pipeline();
    }
  }

  private pipeline(): void {
    while (this.is('!') || this.is('time')) {
      this.at++;
      // `time` alone times nothing
      if (this.next.kind === 'end' || this.next.kind === 'newline' || this.is(';')) return;
      if (this.is('-p')) this.at++;
    }
    this.command();
    while (this.is('|') || this.is('|&')) {
      this.at++;
      this.newlines();
      this.command();
    }
  }

  private command(): void {
    if (this.next.kind === 'word' && RESERVED.has(this.next.text)) throw new Stop(this.next);
    if (this.compound()) this.redirects();
    else if (this.is('coproc')) {
      this.at++;
      // a name may stand in front of what is no simple command
      if (this.isWord() && !this.startsCompound(this.next) && this.startsCompound(this.tokens[this.at + 1])) this.at++;
      this.nested((reader) => reader.command());
    } else if (this.is('function')) {
      this.at++;
      this.named();
      this.at++;
      if (this.is('(')) {
        this.at++;
        this.expect(')');
      }
      this.body();
    } else this.simple();
  }

  /** A word has to follow on this line. */
  private named(): void {
    if (this.isWord()) return;
    throw new Stop(this.next.kind === 'end' ? { kind: 'newline', text: '\n', pos: this.next.pos } : this.next);
  }

  private body(): void {
    this.newlines();
    if (!this.compound()) throw new Stop(this.next);
    this.redirects();
  }

  private startsCompound(token: Token | undefined): boolean {
    return token?.kind === 'arithmetic' || ((token?.kind === 'word' || token?.kind === 'operator') && COMPOUND.has(token.text));
  }

  /** @returns whether a compound command stood here */
  private compound(): boolean {
    if (this.next.kind === 'arithmetic') {
      this.at++;
      return true;
    }
    const read = this.startsCompound(this.next) ? COMPOUND.get(this.next.text) : undefined;
    if (read === undefined) return false;
    this.at++;
    this.nested(read);
    return true;
  }

  inBrackets(end: string): void {
    this.list([end]);
    this.expect(end);
  }

  branches(): void {
    do {
      this.list(['then']);
      this.expect('then');
      this.list(['elif', 'else', 'fi']);
    } while (this.took('elif'));
    if (this.is('else')) {
      this.at++;
      this.list(['fi']);
    }
    this.expect('fi');
  }

  loop(): void {
    this.list(['do']);
    this.doneLoop();
  }

  private doneLoop(): void {
    if (this.is('{')) {
      this.at++;
      this.inBrackets('}');
      return;
    }
    this.expect('do');
    this.inBrackets('done');
  }

  forLoop(): void {
    if (this.next.kind === 'arithmetic') {
      this.at++;
      if (this.is(';')) this.at++;
      this.newlines();
      this.doneLoop();
      return;
    }
    this.named();
    this.at++;
    this.newlines();
    if (this.is('in')) {
      this.at++;
      while (this.isWord()) this.at++;
      if (this.next.kind !== 'newline') this.expect(';');
    } else if (this.is(';')) this.at++;
    this.newlines();
    this.doneLoop();
  }

  cases(): void {
    this.named();
    this.at++;
    this.newlines();
    this.expect('in');
    this.newlines();
    while (!this.is('esac')) {
      if (this.is('(')) this.at++;
      for (;;) {
        if (!this.isWord()) throw new Stop(this.next);
        this.at++;
        if (!this.is('|')) break;
        this.at++;
      }
      this.expect(')');
      this.list(['esac', ...CASE_ENDS], true);
      if (this.is('esac')) break;
      if (this.next.kind !== 'operator' || !CASE_ENDS.has(this.next.text)) throw new Stop(this.next);
      this.at++;
      this.newlines();
    }
    this.expect('esac');
  }

  test(): void {
    while (!this.is(']]')) {
      if (this.next.kind === 'end') throw new Stop(this.next);
      this.at++;
    }
    this.at++;
  }

  private redirects(): void {
    while (this.redirect());
  }

  private redirect(): boolean {
    if (this.next.kind !== 'operator' || !REDIRECTS.has(this.next.text)) return false;
    this.at++;
    this.named();
    this.at++;
    return true;
  }

  private simple(): void {
    const first = this.at;
    while (this.isWord() || this.next.kind === 'operator') {
      if (this.isWord()) this.at++;
      else if (!this.redirect()) break;
    }
    if (this.at === first) throw new Stop(this.next);
    if (this.at === first + 1 && this.is('(')) {
      this.at++;
      this.expect(')');
      this.body();
    }
  }
}

const COMPOUND: ReadonlyMap<string, (reader: Reader) => void> = new Map([
  ['(', (reader: Reader) => reader.inBrackets(')')],
  ['{', (reader: Reader) => reader.inBrackets('}')],
  ['if', (reader: Reader) => reader.branches()],
  ['while', (reader: Reader) => reader.loop()],
  ['until', (reader: Reader) => reader.loop()],
  ['for', (reader: Reader) => reader.forLoop()],
  ['select', (reader: Reader) => reader.forLoop()],
  ['case', (reader: Reader) => reader.cases()],
  ['[[', (reader: Reader) => reader.test()],
]);
