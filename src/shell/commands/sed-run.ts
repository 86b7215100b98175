/**
 * Runs the edits of a sed script over text: addresses, pattern space, hold space.
 * Comes from: sed.ts, sed-parse.ts (Address, Edit). Goes to: fs/files.ts (w, r).
 * Source: GNU sed 4.9 manual.
 * Differs: no hold space commands beyond h H g G x; D is as d; output ends at 2,000,000 characters.
 */
import type { CommandContext } from '../command.ts';
import { readFile, resolvePath, writeFile } from '../fs/files.ts';
import { linesOf } from '../text/tool.ts';
import type { Address, Edit } from './sed-parse.ts';

function replaced(template: string, found: readonly string[]): string {
  let out = '';
  let change: '' | 'U' | 'L' = '';
  let once: '' | 'u' | 'l' = '';
  const add = (text: string): void => {
    let shown = change === 'U' ? text.toUpperCase() : change === 'L' ? text.toLowerCase() : text;
    if (once !== '' && shown !== '') {
      shown = (once === 'u' ? (shown[0] as string).toUpperCase() : (shown[0] as string).toLowerCase()) + shown.slice(1);
      once = '';
    }
    out += shown;
  };
  for (let i = 0; i < template.length; i++) {
    const char = template[i] as string;
    if (char === '&') add(found[0] ?? '');
    else if (char !== '\\') add(char);
    else {
      const next = template[++i] ?? '\\';
      if (/\d/.test(next)) add(found[Number(next)] ?? '');
      else if (next === 'n') add('\n');
      else if (next === 't') add('\t');
      else if (next === 'U' || next === 'L') change = next;
      else if (next === 'E') change = '';
      else if (next === 'u' || next === 'l') once = next;
      else add(next);
    }
  }
  return out;
}

/** Stands in `active` for a range that never begins again. */
const ENDED = -1;

interface Machine {
  readonly ctx: CommandContext;
  readonly lines: readonly string[];
  /** whether the last of `lines` is the last of all */
  readonly ended: boolean;
  readonly silent: boolean;
  readonly out: (text: string) => void;
  next: number;
  space: string;
  hold: string;
  active: Map<Edit, number>;
  after: string[];
  quit: number | null;
}

function matchesOne(m: Machine, address: Address, line: number): boolean {
  switch (address.kind) {
    case 'line':
      return line === address.line;
    case 'last':
      return m.ended && m.next >= m.lines.length;
    case 'step':
      return address.step === 0 ? line === address.first : line >= address.first && (line - address.first) % address.step === 0;
    case 'plus':
      return false;
    case 'regex':
      return address.regex.test(m.space);
  }
}

function applies(m: Machine, edit: Edit): boolean {
  const { from, to } = edit;
  if (from === null) return true;
  const line = m.next;
  if (to === null) return matchesOne(m, from, line);
  // 0,/regex/: the range begins in front of the first line, which may end it
  if (from.kind === 'line' && from.line === 0) {
    if (m.active.get(edit) === ENDED) return false;
    if (matchesOne(m, to, line)) m.active.set(edit, ENDED);
    return true;
  }
  const until = m.active.get(edit);
  if (until !== undefined) {
    const over = until > 0 ? line >= until : matchesOne(m, to, line);
    if (over) m.active.delete(edit);
    return until <= 0 || line <= until;
  }
  if (!matchesOne(m, from, line)) return false;
  const end = to.kind === 'line' ? to.line : to.kind === 'plus' ? line + to.count : 0;
  if (to.kind !== 'line' && to.kind !== 'plus') m.active.set(edit, 0);
  else if (end > line) m.active.set(edit, end);
  return true;
}

/** @returns whether the cycle goes on with the next edit */
function doEdit(m: Machine, edit: Edit): boolean {
  switch (edit.letter) {
    case '{':
      return runEdits(m, edit.block);
    case 's': {
      let count = 0;
      let changed = false;
      const first = Math.abs(edit.nth);
      m.space = m.space.replace(edit.regex as RegExp, (...found: unknown[]) => {
        count++;
        if (count < first || (edit.nth > 0 && count > first)) return found[0] as string;
        changed = true;
        return replaced(
          edit.replacement,
          found.filter((one) => typeof one === 'string' || one === undefined).map((one) => (one as string | undefined) ?? ''),
        );
      });
      if (changed && edit.print) m.out(`${m.space}\n`);
      return true;
    }
    case 'y': {
      const from = [...edit.text];
      const to = [...edit.replacement];
      m.space = [...m.space].map((char) => to[from.indexOf(char)] ?? char).join('');
      return true;
    }
    case 'p':
      m.out(`${m.space}\n`);
      return true;
    case 'P':
      m.out(`${m.space.split('\n')[0]}\n`);
      return true;
    case '=':
      m.out(`${m.next}\n`);
      return true;
    case 'd':
    case 'D':
      return false;
    case 'q':
      if (!m.silent) m.out(`${m.space}\n`);
      m.quit = Number(edit.text || 0);
      return false;
    case 'Q':
      m.quit = Number(edit.text || 0);
      return false;
    case 'a':
      m.after.push(edit.text);
      return true;
    case 'i':
      m.out(`${edit.text}\n`);
      return true;
    case 'c':
      if (edit.to === null || !m.active.has(edit)) m.out(`${edit.text}\n`);
      return false;
    case 'n':
      if (!m.silent) m.out(`${m.space}\n`);
      if (m.next >= m.lines.length) return false;
      m.space = m.lines[m.next++] as string;
      return true;
    case 'N':
      if (m.next >= m.lines.length) {
        if (!m.silent && m.ended) m.out(`${m.space}\n`);
        return false;
      }
      m.space += `\n${m.lines[m.next++] as string}`;
      return true;
    case 'h':
      m.hold = m.space;
      return true;
    case 'H':
      m.hold += `\n${m.space}`;
      return true;
    case 'g':
      m.space = m.hold;
      return true;
    case 'G':
      m.space += `\n${m.hold}`;
      return true;
    case 'x':
      [m.space, m.hold] = [m.hold, m.space];
      return true;
    case 'w':
      writeFile(m.ctx.net, resolvePath(m.ctx.cwd, edit.text), `${m.space}\n`, true);
      return true;
    case 'r': {
      const read = readFile(m.ctx.net, resolvePath(m.ctx.cwd, edit.text));
      if ('text' in read) m.after.push(...linesOf(read.text));
      return true;
    }
    default:
      return true;
  }
}

function runEdits(m: Machine, edits: readonly Edit[]): boolean {
  for (const edit of edits) {
    if (applies(m, edit) === edit.negated) continue;
    if (!doEdit(m, edit)) return false;
  }
  return true;
}

export function editText(
  ctx: CommandContext,
  text: string,
  edits: readonly Edit[],
  silent: boolean,
  ended: boolean,
): { out: string; quit: number | null } {
  let out = '';
  const m: Machine = {
    ctx,
    lines: linesOf(text),
    ended,
    silent,
    next: 0,
    space: '',
    hold: '',
    active: new Map(),
    after: [],
    quit: null,
    out: (piece) => {
      if (out.length < 2_000_000) out += piece;
    },
  };
  while (m.next < m.lines.length && m.quit === null) {
    m.space = m.lines[m.next++] as string;
    if (runEdits(m, edits) && !silent) m.out(`${m.space}\n`);
    for (const line of m.after) m.out(`${line}\n`);
    m.after = [];
  }
  return { out, quit: m.quit };
}
