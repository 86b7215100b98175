/**
 * The words of a filter expression, and how a mistake in one is told.
 * Comes from: text behind a tcpdump command.  Goes to: filter-parse.ts.
 * Source: libpcap 1.10 scanner.l.
 */

export interface FilterError {
  /** as tcpdump prints it, without its name in front */
  readonly message: string;
  /** where in the text, from 0 */
  readonly at: number;
  /** the word found there; '' at the end */
  readonly found: string;
  readonly expected: string;
}

export interface Token {
  readonly text: string;
  readonly at: number;
  readonly kind: 'word' | 'number' | 'mac' | 'op' | 'end';
}

/** Thrown while parsing, caught in parseFilter(). */
export class Failure extends Error {
  readonly detail: FilterError;
  constructor(detail: FilterError) {
    super(detail.message);
    this.detail = detail;
  }
}

const MAC = /[0-9a-fA-F]{1,2}(?::[0-9a-fA-F]{1,2}){5}/y;
const NUMBER = /0x[0-9a-fA-F]+|\d+(?:\.\d+){0,3}(?![\w.])/y;
const WORD = /\\?[a-zA-Z_][\w.-]*|\d[\w.-]*/y;
const OP = /&&|\|\||<<|>>|<=|>=|!=|==|[()[\]:!&|<>=+\-*/%^]/y;

export function lex(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const take = (pattern: RegExp): string | null => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0] ?? null;
  };
  while (at < text.length) {
    if (/\s/.test(text[at] as string)) {
      at++;
      continue;
    }
    const kinds = [
      ['mac', MAC],
      ['number', NUMBER],
      ['word', WORD],
      ['op', OP],
    ] as const;
    const hit = kinds.map(([kind, pattern]) => [kind, take(pattern)] as const).find(([, found]) => found !== null);
    if (hit === undefined)
      throw new Failure({
        message: "can't parse filter expression: syntax error",
        at,
        found: text[at] as string,
        expected: 'a word, a number or an operator',
      });
    const [kind, found] = hit as readonly [Token['kind'], string];
    tokens.push({ text: found, at, kind });
    at += found.length;
  }
  tokens.push({ text: '', at: text.length, kind: 'end' });
  return tokens;
}
