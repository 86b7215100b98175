/**
 * awk's tokens: numbers, strings, regular expressions, names and operators. Pure: text to tokens.
 * Comes from: awk-parse.ts; awk-run.ts and commands/awk.ts (the error).  Goes to: nothing further.
 * Source: POSIX awk, "Lexical Conventions".
 */

export class AwkError extends Error {
  printed = '';
}

export interface Token {
  readonly kind: 'number' | 'string' | 'regex' | 'name' | 'call' | 'op' | 'newline' | 'end';
  readonly text: string;
}

const FUNCTIONS: ReadonlySet<string> = new Set([
  'length',
  'substr',
  'index',
  'split',
  'sub',
  'gsub',
  'match',
  'sprintf',
  'tolower',
  'toupper',
  'int',
  'strtonum',
  'systime',
  'gensub',
]);
export const KEYWORDS: ReadonlySet<string> = new Set([
  'BEGIN',
  'END',
  'print',
  'printf',
  'if',
  'else',
  'while',
  'for',
  'do',
  'in',
  'next',
  'exit',
  'break',
  'continue',
  'delete',
  'getline',
  'function',
]);

function unescape(text: string): string {
  return text.replace(
    /\\(n|t|r|\\|"|\/|[0-7]{1,3}|.)/g,
    (whole, c: string) =>
      ({ n: '\n', t: '\t', r: '\r', '\\': '\\', '"': '"', '/': '/' })[c] ??
      (/^[0-7]/.test(c) ? String.fromCharCode(Number.parseInt(c, 8)) : whole),
  );
}

export function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  let i = 0;
  const regexAllowed = (): boolean => {
    const last = tokens.at(-1);
    return (
      last === undefined ||
      last.kind === 'newline' ||
      (last.kind === 'op' && last.text !== ')' && last.text !== ']' && last.text !== '$' && last.text !== '++' && last.text !== '--') ||
      (last.kind === 'name' && KEYWORDS.has(last.text))
    );
  };
  while (i < source.length) {
    const rest = source.slice(i);
    const blank = /^(?:[ \t\r]|\\\n|#[^\n]*)+/.exec(rest);
    if (blank !== null) {
      i += blank[0].length;
      continue;
    }
    const found = /^(\n)|^((?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)|^([A-Za-z_]\w*)|^("(?:[^"\\\n]|\\[\s\S])*")/.exec(rest);
    if (found !== null) {
      const [whole, newline, number, name, string] = found;
      if (newline !== undefined) tokens.push({ kind: 'newline', text: '\n' });
      else if (number !== undefined) tokens.push({ kind: 'number', text: number });
      else if (string !== undefined) tokens.push({ kind: 'string', text: unescape(string.slice(1, -1)) });
      else if (name !== undefined) tokens.push({ kind: FUNCTIONS.has(name) ? 'call' : 'name', text: name });
      i += whole.length;
      continue;
    }
    const regex = rest.startsWith('/') && regexAllowed() ? /^\/((?:[^/\\\n[]|\\.|\[\^?\]?(?:[^\]\\\n]|\\.)*\])*)\//.exec(rest) : null;
    if (regex !== null) {
      tokens.push({ kind: 'regex', text: (regex[1] as string).replaceAll('\\/', '/') });
      i += regex[0].length;
      continue;
    }
    const op = /^(?:\+\+|--|\+=|-=|\*=|\/=|%=|\^=|==|<=|>=|!=|!~|&&|\|\||>>|\*\*|[-+*/%^!~<>=?:,;(){}[\]$|])/.exec(rest);
    if (op === null)
      throw new AwkError(
        `cmd. line:1: ${source.split('\n')[0]}\nawk: cmd. line:1: ${' '.repeat(Math.min(i, 200))}^ ${rest.startsWith('"') ? 'unterminated string' : 'syntax error'}`,
      );
    tokens.push({ kind: 'op', text: op[0] });
    i += op[0].length;
  }
  tokens.push({ kind: 'end', text: '' });
  return tokens;
}
