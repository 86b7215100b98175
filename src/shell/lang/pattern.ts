/**
 * Shell patterns: `*`, `?`, `[…]`, and the extended forms `@(a|b)`, as regular expressions.
 * Source: bash 5.2 manual, "Pattern Matching".
 */
import { entryOf } from '../entry-of.ts';

/** Marks a character as quoted inside a pattern. */
export function quotePattern(text: string): string {
  return text.replace(/[\\*?[\]()|@+!^-]/g, '\\$&');
}

export function hasGlob(pattern: string): boolean {
  return /(^|[^\\])(\\\\)*([*?]|\[|[@+!]\()/.test(pattern);
}

/** What stands between brackets for a class such as [:digit:]. */
export const CLASSES: Readonly<Record<string, string>> = {
  alpha: 'a-zA-Z',
  digit: '0-9',
  alnum: 'a-zA-Z0-9',
  upper: 'A-Z',
  lower: 'a-z',
  space: '\\s',
  blank: ' \\t',
  punct: '!-\\/:-@\\[-`{-~',
  xdigit: '0-9a-fA-F',
  print: ' -~',
  graph: '!-~',
  cntrl: '\\x00-\\x1f',
  word: 'a-zA-Z0-9_',
};

function escapeRegex(char: string): string {
  return /[\\^$.*+?()[\]{}|/-]/.test(char) ? `\\${char}` : char;
}

/** A bracket expression that begins at `[`. @returns its regular expression and where it ends, or null if it is none. */
export function bracketAt(pattern: string, start: number): { regex: string; end: number } | null {
  let at = start + 1;
  let body = '';
  const negated = pattern[at] === '!' || pattern[at] === '^';
  if (negated) at++;
  for (let first = true; at < pattern.length; first = false) {
    const char = pattern[at] as string;
    if (char === ']' && !first) return { regex: `[${negated ? '^' : ''}${body}]`, end: at + 1 };
    const named = /^\[:(\w+):\]/.exec(pattern.slice(at, at + 12));
    if (named !== null) {
      body += entryOf(CLASSES, named[1] as string) ?? '';
      at += named[0].length;
    } else if (char === '\\' && at + 1 < pattern.length) {
      body += escapeRegex(pattern[at + 1] as string);
      at += 2;
    } else {
      const range = pattern[at + 1] === '-' && pattern[at + 2] !== undefined && pattern[at + 2] !== ']';
      const to = pattern[at + 2] as string;
      if (range && char <= to && to !== '\\') {
        body += `${escapeRegex(char)}-${escapeRegex(to)}`;
        at += 3;
      } else {
        body += escapeRegex(char);
        at++;
      }
    }
  }
  return null;
}

/** The source of a regular expression for a pattern. `slash`: `*` and `?` may match a slash. */
export function patternSource(pattern: string, slash: boolean, lazy = false): string {
  const any = slash ? '[\\s\\S]' : '[^/]';
  let out = '';
  let at = 0;
  while (at < pattern.length) {
    const char = pattern[at] as string;
    if (char === '\\' && at + 1 < pattern.length) {
      out += escapeRegex(pattern[at + 1] as string);
      at += 2;
      continue;
    }
    if (pattern[at + 1] === '(' && '@?*+!'.includes(char)) {
      const end = closeParen(pattern, at + 1);
      if (end !== -1) {
        const inner = splitBars(pattern.slice(at + 2, end))
          .map((p) => patternSource(p, slash))
          .join('|');
        out += char === '!' ? `(?:(?!(?:${inner})$)${any}*)` : `(?:${inner})${char === '@' ? '' : char}`;
        at = end + 1;
        continue;
      }
    }
    const bracket = char === '[' ? bracketAt(pattern, at) : null;
    if (bracket !== null) {
      out += bracket.regex;
      at = bracket.end;
      continue;
    }
    // `**` means the same as `*` and would only make the search slow.
    if (char === '*') {
      if (pattern[at - 1] !== '*' || pattern[at - 2] === '\\') out += lazy ? `${any}*?` : `${any}*`;
    } else if (char === '?') out += any;
    else out += escapeRegex(char);
    at++;
  }
  return out;
}

function closeParen(pattern: string, open: number): number {
  let depth = 0;
  for (let i = open; i < pattern.length; i++) {
    if (pattern[i] === '\\') i++;
    else if (pattern[i] === '(') depth++;
    else if (pattern[i] === ')' && --depth === 0) return i;
  }
  return -1;
}

function splitBars(text: string): string[] {
  const out = [''];
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const char = text[i] as string;
    if (char === '(') depth++;
    if (char === ')') depth--;
    if (char === '|' && depth === 0) out.push('');
    else out[out.length - 1] += char === '\\' ? char + (text[++i] ?? '') : char;
  }
  return out;
}

/** A regular expression, or one that never matches when the pattern is beyond repair. */
export function toRegex(source: string, flags = ''): RegExp {
  try {
    return new RegExp(source, flags);
  } catch {
    return /(?!)/;
  }
}

export function matchPattern(pattern: string, text: string): boolean {
  return toRegex(`^(?:${patternSource(pattern, true)})$`).test(text);
}
