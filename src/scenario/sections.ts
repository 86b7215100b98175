/**
 * How a lab file in block style falls into pieces that can be parsed by themselves: its keys, and below a key
 * its entries, by their indentation alone.
 * Comes from: reading.ts, which checks against the parsed file that the pieces are really there.
 */

/** Entries below a key: of a mapping, or of a list. */
export interface Entries {
  readonly list: boolean;
  readonly indent: number;
  /** offset of the line in which each begins; it ends where the next begins */
  readonly starts: readonly number[];
}

/** A key of the file with its value, and with what stands before the next key. */
export interface Section {
  readonly start: number;
  readonly end: number;
  /** null: the value is one piece */
  readonly entries: Entries | null;
}

/** A key alone in its line. */
const HEAD = /^[A-Za-z][\w-]*:[ ]*(?:#.*)?$/;
/** What makes a file more than one mapping in block style, or may reach across pieces. */
const OTHER = /\r|\ufeff|\t|^(?:---|\.\.\.|%|[{["'?])/m;

/** @returns null for a file that is written in another way */
export function sectionsOf(text: string): Section[] | null {
  if (OTHER.test(text)) return null;
  const sections: Section[] = [];
  let begun: { start: number; entries: OpenEntries | null } | null = null;
  const close = (end: number): void => {
    if (begun !== null) sections.push({ start: begun.start, end, entries: whole(begun.entries) });
  };
  for (let at = 0; at < text.length;) {
    const newline = text.indexOf('\n', at);
    const end = newline < 0 ? text.length : newline;
    const indent = indentOf(text, at, end);
    if (indent >= 0) {
      if (indent === 0 && !isDash(text, at, end)) {
        close(at);
        begun = { start: at, entries: HEAD.test(text.slice(at, end)) ? { list: false, indent: -1, starts: [] } : null };
      } else if (begun === null) return null;
      else if (begun.entries !== null) begun.entries = withLine(begun.entries, text, at, end, indent);
    }
    at = end + 1;
  }
  close(text.length);
  return sections;
}

interface OpenEntries {
  list: boolean;
  indent: number;
  starts: number[];
}

function withLine(entries: OpenEntries, text: string, at: number, end: number, indent: number): OpenEntries | null {
  const dash = isDash(text, at + indent, end);
  if (entries.indent < 0) {
    // A list may stand as far left as its key: then it is one piece.
    if (indent === 0) return null;
    entries.indent = indent;
    entries.list = dash;
  }
  if (indent < entries.indent || (indent === entries.indent && dash !== entries.list)) return null;
  if (indent === entries.indent) entries.starts.push(at);
  return entries;
}

function whole(entries: OpenEntries | null): Entries | null {
  return entries === null || entries.starts.length === 0 ? null : entries;
}

/** Spaces at the beginning of a line; -1 for an empty one and for a comment. */
function indentOf(text: string, from: number, end: number): number {
  let at = from;
  while (at < end && text.charCodeAt(at) === 32) at++;
  return at === end || text.charCodeAt(at) === 35 ? -1 : at - from;
}

function isDash(text: string, at: number, end: number): boolean {
  return text.charCodeAt(at) === 45 && (at + 1 === end || text.charCodeAt(at + 1) === 32);
}
