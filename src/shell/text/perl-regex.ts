/**
 * The regular expressions of `grep -P` as JavaScript's.
 * Comes from: commands/grep.ts.
 * Source: pcre2pattern(3); the messages are those of PCRE2 10.42.
 * Differs: recursion, conditions and named properties of other scripts are refused; `(?>…)` and `++` may step back.
 */
import { CLASSES, bracketAt } from '../lang/pattern.ts';
import { entryOf } from '../entry-of.ts';

const OUTSIDE: Readonly<Record<string, string>> = { h: '[ \\t]', H: '[^ \\t]', A: '^', z: '$', Z: '$', R: '\\n', e: '\\x1b', a: '\\x07' };
const INSIDE: Readonly<Record<string, string>> = { h: ' \\t', e: '\\x1b', a: '\\x07' };
const QUANTIFIER = /(?:[*+?]|\{\d+(?:,\d*)?\})/y;

/** A pattern for JavaScript. What stands before `\K` has to match and is not shown. */
export function perlSource(pattern: string): { source: string; ignoreCase: boolean } {
  const ignoreCase = pattern.startsWith('(?i)');
  let out = '';
  let keep = -1;
  let at = ignoreCase ? 4 : 0;
  while (at < pattern.length) {
    const char = pattern[at] as string;
    if (char === '\\') {
      const next = pattern[at + 1] ?? '';
      at += 2;
      if (next === 'K') {
        keep = out.length;
      } else if (next === 'Q') {
        const end = pattern.indexOf('\\E', at);
        out += pattern.slice(at, end === -1 ? undefined : end).replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
        at = end === -1 ? pattern.length : end + 2;
      } else out += entryOf(OUTSIDE, next) ?? `\\${next}`;
    } else if (char === '[') {
      const end = bracketAt(pattern, at)?.end ?? pattern.length;
      out += classSource(pattern.slice(at, end));
      at = end;
    } else if (pattern.startsWith('(?P<', at)) {
      out += '(?<';
      at += 4;
    } else if (pattern.startsWith('(?>', at)) {
      out += '(?:';
      at += 3;
    } else if (pattern.startsWith('(?#', at)) {
      const end = pattern.indexOf(')', at);
      at = end === -1 ? pattern.length : end + 1;
    } else {
      QUANTIFIER.lastIndex = at;
      const quantifier = QUANTIFIER.exec(pattern)?.[0] ?? null;
      out += quantifier ?? char;
      at += (quantifier ?? char).length;
      if (quantifier !== null && pattern[at] === '+') at++;
    }
  }
  return { source: keep === -1 ? out : `(?<=${out.slice(0, keep)})(?:${out.slice(keep)})`, ignoreCase };
}

function classSource(text: string): string {
  return text
    .replace(/\[:(\w+):\]/g, (_, name: string) => entryOf(CLASSES, name) ?? '')
    .replace(/\\([\s\S])/g, (all, next: string) => entryOf(INSIDE, next) ?? all);
}

/** What is wrong with a pattern, or null. */
export function perlTrouble(pattern: string): string | null {
  try {
    new RegExp(perlSource(pattern).source);
    return null;
  } catch {
    return brokenPart(pattern);
  }
}

function brokenPart(pattern: string): string {
  let open = 0;
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern[at] as string;
    if (char === '\\') {
      if (++at === pattern.length) return '\\ at end of pattern';
    } else if (char === '[') {
      const end = bracketAt(pattern, at)?.end;
      if (end === undefined) return 'missing terminating ] for character class';
      at = end - 1;
    } else if (char === '(') open++;
    else if (char === ')' && --open < 0) return 'unmatched closing parenthesis';
    else if ('*+?'.includes(char) && (at === 0 || '|('.includes(pattern[at - 1] as string)) && !pattern.startsWith('(?', at - 1))
      return 'quantifier does not follow a repeatable item';
    else if (char === '{' && disordered(pattern.slice(at))) return 'numbers out of order in {} quantifier';
  }
  return open > 0 ? 'missing closing parenthesis' : 'not modelled in this lab: such a pattern of -P';
}

function disordered(text: string): boolean {
  const [, from, to] = /^\{(\d+),(\d+)\}/.exec(text) ?? [];
  return from !== undefined && to !== undefined && Number(to) < Number(from);
}
