/**
 * POSIX regular expressions, basic and extended, as JavaScript's.
 * Source: POSIX base definitions, chapter 9; GNU's additions \w \b \+ \? \|.
 * Differs: leftmost-first alternation instead of leftmost-longest.
 */
import { bracketAt, toRegex } from '../lang/pattern.ts';

export function posixSource(pattern: string, extended: boolean): string {
  let out = '';
  let start = true;
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i] as string;
    if (char === '[') {
      const bracket = bracketAt(pattern.replaceAll('[!', '[\\!'), i);
      const plain = bracketAt(pattern, i);
      const found = pattern[i + 1] === '!' ? bracket : plain;
      if (found !== null) {
        out += found.regex;
        i = pattern[i + 1] === '!' ? (plain?.end ?? found.end) - 1 : found.end - 1;
        start = false;
        continue;
      }
      out += '\\[';
    } else if (char === '\\') {
      const next = pattern[++i] ?? '\\';
      if (!extended && '(){}|+?'.includes(next)) {
        out += next;
        start = next === '(' || next === '|';
        continue;
      }
      if (next === '<' || next === '>') out += '\\b';
      else if (/[1-9wWsSbB]/.test(next)) out += `\\${next}`;
      else if (next === 'n') out += '\\n';
      else if (next === 't') out += '\\t';
      else out += /[A-Za-z0-9]/.test(next) ? next : `\\${next}`;
    } else if (!extended && '(){}|+?'.includes(char)) out += `\\${char}`;
    else if (char === '*' && start) out += '\\*';
    else if (char === '^' && !extended && !start) out += '\\^';
    else if (
      char === '$' &&
      !extended &&
      i < pattern.length - 1 &&
      pattern.slice(i + 1, i + 3) !== '\\)' &&
      pattern.slice(i + 1, i + 3) !== '\\|'
    )
      out += '\\$';
    else if (extended && char === '{' && !/^\{\d*,?\d*\}/.test(pattern.slice(i))) out += '\\{';
    else if (char === '/') out += '\\/';
    else out += char;
    start = char === '^' || (extended && (char === '(' || char === '|'));
  }
  return out;
}

export function posixRegex(pattern: string, extended: boolean, flags = ''): RegExp {
  return toRegex(posixSource(pattern, extended), flags);
}

/** Whether a pattern can be understood at all. */
export function validPosix(pattern: string, extended: boolean): boolean {
  try {
    return new RegExp(posixSource(pattern, extended)) instanceof RegExp;
  } catch {
    return false;
  }
}
