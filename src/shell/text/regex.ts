/**
 * POSIX regular expressions, basic and extended, as JavaScript's.
 * Source: POSIX base definitions, chapter 9; GNU's additions \w \b \+ \? \|.
 * Differs: leftmost-first alternation instead of leftmost-longest.
 */
import { bracketAt, toRegex } from '../lang/pattern.ts';

export function posixSource(pattern: string, extended: boolean): string {
  let out = '';
  let start = true;
  let depth = 0;
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
    else if (extended && char === ')' && depth === 0) out += '\\)';
    // what repeats nothing: a star of its own in basic expressions, nothing at all in extended ones
    else if (extended && start && '*+?'.includes(char)) continue;
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
    if (extended && char === '(') depth++;
    if (extended && char === ')' && depth > 0) depth--;
    start = char === '^' || (extended && (char === '(' || char === '|'));
  }
  return out;
}

export function posixRegex(pattern: string, extended: boolean, flags = ''): RegExp {
  return toRegex(posixSource(pattern, extended), flags);
}

const CLASS_NAMES: ReadonlySet<string> = new Set('alnum alpha blank cntrl digit graph lower print punct space upper xdigit'.split(' '));

/** Where the bracket expression that begins at `[` ends, behind its `]`; or -1. */
export function bracketEnd(pattern: string, start: number): number {
  let at = start + 1;
  if (pattern[at] === '^') at++;
  if (pattern[at] === ']') at++;
  while (at < pattern.length && pattern[at] !== ']') {
    const opener = pattern[at] === '[' ? pattern[at + 1] : undefined;
    const close = opener !== undefined && ':.='.includes(opener) ? pattern.indexOf(`${opener}]`, at + 2) : -1;
    at = close === -1 ? at + 1 : close + 2;
  }
  return at < pattern.length ? at + 1 : -1;
}

function bracketTrouble(text: string): string | null {
  for (const [, name = ''] of text.matchAll(/\[:([^:\]]*):\]/g)) if (!CLASS_NAMES.has(name)) return 'Invalid character class name';
  const plain = text
    .slice(1, -1)
    .replace(/^\^/, '')
    .replace(/\[:\w+:\]/g, '');
  for (let i = 0; i + 2 < plain.length; i++) {
    if (plain[i + 1] !== '-') continue;
    if ((plain[i] as string) > (plain[i + 2] as string)) return 'Invalid range end';
    i += 2;
  }
  return null;
}

/** What the C library says of an expression that it cannot read, or null. `strict`: an operator with nothing to repeat is wrong. */
export function posixTrouble(pattern: string, extended: boolean, strict = false): string | null {
  let open = 0;
  let groups = 0;
  let start = true;
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i] as string;
    if (char === '[') {
      const end = bracketEnd(pattern, i);
      if (end === -1) return i === pattern.length - 1 ? 'Invalid regular expression' : 'Unmatched [, [^, [:, [., or [=';
      const trouble = bracketTrouble(pattern.slice(i, end));
      if (trouble !== null) return trouble;
      i = end - 1;
      start = false;
      continue;
    }
    if (char === '\\' && i + 1 === pattern.length) return 'Trailing backslash';
    const escaped = char === '\\';
    const one = escaped ? (pattern[++i] as string) : char;
    if (escaped && /[1-9]/.test(one) && Number(one) > groups) return 'Invalid back reference';
    const special = escaped !== extended;
    if (special && one === '(') open++;
    else if (special && one === ')' && open > 0) {
      open--;
      groups++;
    } else if (special && one === ')' && (escaped || strict)) return 'Unmatched ) or \\)';
    else if (special && one === '{') {
      const trouble =
        start && extended && strict ? 'Invalid preceding regular expression' : intervalTrouble(pattern.slice(i + 1), extended);
      if (trouble !== null) return trouble;
    } else if (extended && strict && start && !escaped && '*+?'.includes(one)) return 'Invalid preceding regular expression';
    start = special && (one === '(' || one === '|');
  }
  return open > 0 ? 'Unmatched ( or \\(' : null;
}

function intervalTrouble(rest: string, extended: boolean): string | null {
  const found = /^(\d*)(,?)(\d*)(\\?\}?)/.exec(rest) as RegExpExecArray;
  const [whole, from = '', comma, to = '', close] = found;
  if (close !== (extended ? '}' : '\\}')) {
    if (extended) return null;
    return whole.length === rest.length ? 'Unmatched \\{' : 'Invalid content of \\{\\}';
  }
  if (from === '' && comma === '') return extended ? null : 'Invalid content of \\{\\}';
  if (to !== '' && Number(to) < Number(from)) return 'Invalid content of \\{\\}';
  return Number(from) > 32_767 || Number(to) > 32_767 ? 'Regular expression too big' : null;
}

/** Whether a pattern can be understood at all. */
export function validPosix(pattern: string, extended: boolean): boolean {
  try {
    return new RegExp(posixSource(pattern, extended)) instanceof RegExp;
  } catch {
    return false;
  }
}
