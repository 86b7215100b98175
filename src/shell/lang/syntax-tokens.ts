/**
 * A text cut into the tokens of the shell's grammar. Quotes and substitutions stay whole, bodies of
 * here-documents and remarks are left out.
 * Comes from: syntax-check.ts.
 * Source: GNU Bash 5.2 parse.y, read_token() and read_token_word().
 */

export interface Token {
  /** 'quoted': a word that is no reserved word, as something in it is quoted or expanded; 'arithmetic': (( … )) */
  readonly kind: 'word' | 'quoted' | 'operator' | 'arithmetic' | 'newline' | 'end';
  readonly text: string;
  readonly pos: number;
}

const OPERATOR = /;;&|;;|;&|&&|\|\||\|&|&>>|&>|<<-|<<<|<<|>>|<&|>&|<>|>\||[|;&()<>]/y;
const REDIRECT_NUMBER = /(?:\d+|\{\w+\})(?=[<>])/y;
const ARRAY = /^[A-Za-z_]\w*(?:\[[^\]]*\])?\+?=$/;
/** In a command substitution: the words round a `case`. */
const CASE_WORD = /(?<=[\s;&|(])(?:case(?=\s[^\n;]{1,200}?\sin\s)|esac(?=[\s;&|)]|$))/y;
/** Quotes and substitutions in one another; what lies deeper lasts to the end of the text. */
const DEPTH_MAX = 200;

/** Ends with a token of kind 'end'. Whatever is not closed lasts to the end of the text. */
export function shellTokens(text: string): Token[] {
  const tokens: Token[] = [];
  const hereDocs: { end: string; tabs: boolean }[] = [];
  const brackets = text.includes('((') ? bracketPairs(text) : new Map<number, number>();
  let at = 0;
  while (at < text.length) {
    const char = text[at] as string;
    if (char === ' ' || char === '\t') at++;
    else if (text.startsWith('\\\n', at)) at += 2;
    else if (char === '#') at = lineEnd(text, at);
    else if (char === '\n') {
      tokens.push({ kind: 'newline', text: char, pos: at });
      at++;
      for (const { end, tabs } of hereDocs.splice(0)) at = behindHereDoc(text, at, end, tabs);
    } else {
      const token = tokenFrom(text, at, tokens, brackets);
      at += token.text.length;
      if (token.kind === 'number') continue;
      tokens.push({ ...token, kind: token.kind });
      const before = tokens.at(-2);
      if (before?.kind === 'operator' && (before.text === '<<' || before.text === '<<-'))
        hereDocs.push({ end: token.text.replace(/['"\\]/g, ''), tabs: before.text === '<<-' });
    }
  }
  tokens.push({ kind: 'end', text: '', pos: text.length });
  return tokens;
}

function tokenFrom(
  text: string,
  at: number,
  tokens: readonly Token[],
  brackets: ReadonlyMap<number, number>,
): Omit<Token, 'kind'> & { readonly kind: Token['kind'] | 'number' } {
  if (text.startsWith('((', at) && startsCommand(tokens)) {
    const close = brackets.get(at);
    if (close !== undefined && text[close - 1] === ')') return { kind: 'arithmetic', text: text.slice(at, close + 1), pos: at };
  }
  const number = matchAt(REDIRECT_NUMBER, text, at);
  if (number !== null) return { kind: 'number', text: number, pos: at };
  const substitutes = (text[at] === '<' || text[at] === '>') && text[at + 1] === '(';
  const operator = substitutes ? null : matchAt(OPERATOR, text, at);
  if (operator !== null) return { kind: 'operator', text: operator, pos: at };
  const end = wordEnd(text, at);
  const word = text.slice(at, end);
  return { kind: /['"`$\\]/.test(word) ? 'quoted' : 'word', text: word, pos: at };
}

function matchAt(pattern: RegExp, text: string, at: number): string | null {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? null;
}

/** Whether a command may begin behind these tokens: only there `((` is arithmetic. */
function startsCommand(tokens: readonly Token[]): boolean {
  const last = tokens.at(-1);
  if (last === undefined || last.kind === 'newline') return true;
  if (last.kind === 'operator') return !/[<>]/.test(last.text);
  return last.kind === 'word' && /^(?:if|then|else|elif|while|until|do|for|!|time|\{)$/.test(last.text);
}

/** Where each `(` is closed, whatever stands between: found once for the whole text. */
function bracketPairs(text: string): ReadonlyMap<number, number> {
  const pairs = new Map<number, number>();
  const open: number[] = [];
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '(') open.push(at);
    else if (text[at] === ')') {
      const from = open.pop();
      if (from !== undefined) pairs.set(from, at);
    }
  }
  return pairs;
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end === -1 ? text.length : end;
}

function behindHereDoc(text: string, from: number, end: string, tabs: boolean): number {
  let at = from;
  while (at < text.length) {
    const stop = lineEnd(text, at);
    const line = text.slice(at, stop);
    at = stop + 1;
    if ((tabs ? line.replace(/^\t+/, '') : line) === end) break;
  }
  return Math.min(at, text.length);
}

function wordEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length) {
    const char = text[at] as string;
    // a carriage return and the blanks of other scripts are letters to the shell
    if (/[ \t\n;&|]/.test(char)) break;
    if (char === '<' || char === '>') {
      if (text[at + 1] !== '(') break;
      at = behindGroup(text, at + 1, ')', 0);
    } else if (char === '(') {
      const last = at === from ? '' : (text[at - 1] as string);
      if ((last === '' || !'?*+@!'.includes(last)) && !(last === '=' && ARRAY.test(text.slice(from, at)))) break;
      at = behindGroup(text, at, ')', 0);
    } else if (char === ')') break;
    else at = behindPiece(text, at, 0);
  }
  return at;
}

/** Behind a character, or behind the quotes or the substitution that begins with it. */
function behindPiece(text: string, at: number, depth: number): number {
  const char = text[at] as string;
  if (char === '\\') return Math.min(at + 2, text.length);
  if (char === "'") return behindQuote(text, at, "'", depth);
  if (char === '"' || char === '`') return behindQuote(text, at, char, depth);
  if (char === '$' && text[at + 1] === "'") return behindQuote(text, at + 1, "$'", depth);
  if (char === '$' && text[at + 1] === '(') return behindGroup(text, at + 1, ')', depth);
  if (char === '$' && text[at + 1] === '{') return behindGroup(text, at + 1, '}', depth);
  return at + 1;
}

/** @param quote how it opens; between plain single quotes a backslash is a character like any other */
function behindQuote(text: string, from: number, quote: '"' | '`' | "'" | "$'", depth: number): number {
  if (depth > DEPTH_MAX) return text.length;
  const close = quote === "$'" ? "'" : quote;
  let at = from + 1;
  while (at < text.length && text[at] !== close) {
    if (quote !== "'" && text[at] === '\\') at += 2;
    else if (quote === '"' && (text[at] === '`' || (text[at] === '$' && text[at + 1] !== "'"))) at = behindPiece(text, at, depth + 1);
    else at++;
  }
  return Math.min(at + 1, text.length);
}

/** Behind `( … )` or `{ … }`. The `)` behind a pattern of `case` closes nothing. */
function behindGroup(text: string, from: number, end: ')' | '}', depth: number): number {
  if (depth > DEPTH_MAX) return text.length;
  const open = text[from] as string;
  /** how many brackets were open at each `case` that is not at its end */
  const cases: number[] = [];
  let brackets = 1;
  let at = from + 1;
  while (at < text.length) {
    const char = text[at] as string;
    const word = end === ')' && (char === 'c' || char === 'e') ? matchAt(CASE_WORD, text, at) : null;
    if (word !== null) {
      if (word === 'case') cases.push(brackets);
      else cases.pop();
      at += word.length;
    } else if (end === ')' && char === '#' && /\s/.test(text[at - 1] as string)) at = lineEnd(text, at);
    else if (char === open) {
      brackets++;
      at++;
    } else if (char !== end) at = behindPiece(text, at, depth + 1);
    else {
      at++;
      if (cases.at(-1) !== brackets && --brackets === 0) return at;
    }
  }
  return text.length;
}
