/**
 * Brace expansion on the text of a word: {a,b}, {1..4}, {01..10..2}, {a..e}. Done before all other
 * expansions, as bash does it; quoted braces stay.
 */

const FIELDS_MAX = 10_000;

/** @returns the words that come of it; the word itself when there is nothing to expand. */
export function expandBraces(text: string): string[] {
  const found = findBrace(text);
  if (found === null) return [text];
  const { start, end, parts } = found;
  const before = text.slice(0, start);
  const after = expandBraces(text.slice(end + 1));
  const out: string[] = [];
  const middles = parts.length > 1 ? parts.flatMap((part) => expandBraces(part)) : sequence(parts[0] as string);
  for (const middle of middles) {
    for (const rest of after) {
      if (out.length >= FIELDS_MAX) return out;
      out.push(before + middle + rest);
    }
  }
  return out;
}

function skipQuoted(text: string, at: number): number {
  const char = text[at];
  if (char === '\\') return at + 1;
  if (char === "'") {
    const end = text.indexOf("'", at + 1);
    return end === -1 ? text.length : end;
  }
  if (char === '"') {
    let i = at + 1;
    while (i < text.length && text[i] !== '"') i += text[i] === '\\' ? 2 : 1;
    return i;
  }
  if (char === '$' && (text[at + 1] === '{' || text[at + 1] === '(')) {
    const open = text[at + 1] as string;
    const close = open === '{' ? '}' : ')';
    let depth = 0;
    for (let i = at + 1; i < text.length; i++) {
      if (text[i] === open) depth++;
      else if (text[i] === close && --depth === 0) return i;
    }
    return text.length;
  }
  return at;
}

function findBrace(text: string): { start: number; end: number; parts: string[] } | null {
  for (let start = 0; start < text.length; start++) {
    if (text[start] === '{' && text[start - 1] !== '$') {
      const parts = bracePartsAt(text, start);
      if (parts !== null) return { start, ...parts };
      continue;
    }
    start = skipQuoted(text, start);
  }
  return null;
}

function bracePartsAt(text: string, start: number): { end: number; parts: string[] } | null {
  const parts = [''];
  let depth = 0;
  for (let i = start + 1; i < text.length; i++) {
    const char = text[i] as string;
    if (char === '}' && depth === 0) {
      return parts.length > 1 || sequence(parts[0] as string).length > 0 ? { end: i, parts } : null;
    }
    if (char === ',' && depth === 0) {
      parts.push('');
      continue;
    }
    if (char === '{') depth++;
    if (char === '}') depth--;
    const to = skipQuoted(text, i);
    parts[parts.length - 1] += text.slice(i, to + 1);
    i = to;
  }
  return null;
}

function sequence(body: string): string[] {
  const numbers = /^(-?\d{1,9})\.\.(-?\d{1,9})(?:\.\.(-?\d{1,9}))?$/.exec(body);
  if (numbers !== null) {
    const [, from, to, by] = numbers as unknown as [string, string, string, string | undefined];
    const padded = /^-?0\d/.test(from) || /^-?0\d/.test(to);
    const width = padded ? Math.max(from.length, to.length) : 0;
    return count(Number(from), Number(to), Math.abs(Number(by ?? 1)) || 1).map((n) => {
      const digits = String(Math.abs(n)).padStart(n < 0 ? width - 1 : width, '0');
      return n < 0 ? `-${digits}` : digits;
    });
  }
  const letters = /^([a-zA-Z])\.\.([a-zA-Z])(?:\.\.(-?\d{1,9}))?$/.exec(body);
  if (letters === null) return [];
  const [, from, to, by] = letters as unknown as [string, string, string, string | undefined];
  return count(from.charCodeAt(0), to.charCodeAt(0), Math.abs(Number(by ?? 1)) || 1).map((n) => String.fromCharCode(n));
}

function count(from: number, to: number, step: number): number[] {
  const out: number[] = [];
  if (from <= to) for (let n = from; n <= to && out.length < FIELDS_MAX; n += step) out.push(n);
  else for (let n = from; n >= to && out.length < FIELDS_MAX; n -= step) out.push(n);
  return out;
}
