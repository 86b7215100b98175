/**
 * The lines of a configuration: comments taken out, braces on lines of their own, included files put in.
 * Comes from: files of the node.  Goes to: config-reader.ts.
 * Source: keepalived 2.2.7 lib/parser.c, read_line(), decomment(), alloc_strvec_quoted_escaped(), check_include().
 * Differs: definitions ($NAME=…, ~SEQ, ~LST) and lines for one host (@host) are not known.
 */
import type { NodeNet } from '../../../world/index.ts';
import { listDir, readFile } from '../../fs/files.ts';

export interface ConfLine {
  readonly file: string;
  readonly number: number;
  readonly words: readonly string[];
}

export interface ConfLines {
  readonly lines: ConfLine[];
  /** other files are included */
  many: boolean;
  /** files that could not be read */
  readonly missing: string[];
  /** `$NAME=…` and the like, with their places */
  readonly unmodelled: { readonly file: string; readonly number: number; readonly text: string }[];
}

const INCLUDES_MAX = 64;

/** Words as in a shell, without expansion; a comment ends the line. */
function wordsOf(text: string): string[] {
  const words: string[] = [];
  let at = 0;
  while (at < text.length) {
    const char = text[at] as string;
    if (char === ' ' || char === '\t' || char === '\r') at++;
    else if (char === '#' || char === '!') break;
    else if (char === '{' || char === '}') {
      words.push(char);
      at++;
    } else if (char === '"' || char === "'") {
      const end = text.indexOf(char, at + 1);
      words.push(text.slice(at + 1, end < 0 ? text.length : end));
      at = end < 0 ? text.length : end + 1;
    } else {
      let end = at;
      while (end < text.length && !/[\s{}]/.test(text[end] as string)) end++;
      words.push(text.slice(at, end));
      at = end;
    }
  }
  return words;
}

/** One line as the parser sees it: `{` ends a line, `}` stands alone. */
function splitBraces(words: readonly string[]): string[][] {
  const out: string[][] = [];
  let line: string[] = [];
  for (const word of words) {
    if (word === '}') {
      if (line.length > 0) out.push(line);
      out.push(['}']);
      line = [];
      continue;
    }
    line.push(word);
    if (word === '{') {
      out.push(line);
      line = [];
    }
  }
  if (line.length > 0) out.push(line);
  return out;
}

/** Files that a pattern with `*` and `?` in its last part names. */
function filesOf(net: NodeNet, pattern: string): string[] {
  if (!/[*?]/.test(pattern)) return 'text' in readFile(net, pattern) ? [pattern] : [];
  const dir = pattern.slice(0, pattern.lastIndexOf('/')) || '/';
  const source = pattern
    .slice(pattern.lastIndexOf('/') + 1)
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  const name = new RegExp(`^${source}$`);
  return listDir(net, dir)
    .filter((entry) => name.test(entry) && !entry.startsWith('.'))
    .map((entry) => (dir === '/' ? `/${entry}` : `${dir}/${entry}`));
}

interface Reading {
  readonly net: NodeNet;
  readonly out: ConfLines;
  files: number;
}

function readInto(reading: Reading, path: string): void {
  const { net, out } = reading;
  const read = readFile(net, path);
  if ('error' in read || reading.files++ > INCLUDES_MAX) {
    out.missing.push(path);
    return;
  }
  read.text.split('\n').forEach((text, index) => {
    const place = { file: path, number: index + 1 };
    const words = wordsOf(text);
    const [first] = words;
    if (first === undefined) return;
    if (/^include[a-z]?$/.test(first) && words[1] !== undefined) {
      const target = words[1].startsWith('/') ? words[1] : `${path.slice(0, path.lastIndexOf('/'))}/${words[1]}`;
      const files = filesOf(net, target);
      out.many = true;
      if (files.length === 0) out.missing.push(target);
      for (const file of files) readInto(reading, file);
      return;
    }
    if (/^[$~@]/.test(first)) {
      out.unmodelled.push({ ...place, text: first });
      return;
    }
    for (const part of splitBraces(words)) out.lines.push({ ...place, words: part });
  });
}

/** @param path the file named with -f, or the usual one */
export function readLines(net: NodeNet, path: string): ConfLines {
  const reading: Reading = { net, out: { lines: [], many: false, missing: [], unmodelled: [] }, files: 0 };
  readInto(reading, path);
  return reading.out;
}
