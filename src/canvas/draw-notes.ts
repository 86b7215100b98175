/**
 * What the present step did, beside the node that did it: how far in the stack, rewritten fields, changed
 * tables, and packets that ended.
 * Comes from: scene.ts.  Goes to: draw.ts.
 */
import type { StationId } from '../lab/index.ts';
import type { Passage } from './passage.ts';
import type { Rewrite } from './rewrites.ts';
import type { Loss, NodeNote, TableChange, TableName } from './scene.ts';
import { measure, sprite, type Ink, type Sprite } from './sprites.ts';
import { roleColor, type Theme } from './theme.ts';

export type RewriteNames = Readonly<Record<Rewrite['what'], string>>;

/** Names of stations and tables in the language of the page. */
export interface NoteNames {
  readonly fields: RewriteNames;
  readonly station: (id: StationId) => string;
  readonly table: (name: TableName) => string;
}

const NOTE_WIDTH = 270;
const NAMES_WIDTH = 130;

/** One thing after the other, from top to bottom; each paints itself at a height. */
interface Part {
  readonly w: number;
  readonly h: number;
  readonly paint: (ctx: Ink, x: number, y: number, w: number) => void;
}

/** How much of a note is told: all, the fields that were rewritten, or only which fields and tables. */
export type NoteForm = 'full' | 'brief' | 'names';

/** Fields that were rewritten and tables that changed, each once however often. */
export function namesTold({ rewrites, changes }: Pick<NodeNote, 'rewrites' | 'changes'>, names: NoteNames): string[] {
  return [...new Set([...rewrites.map((row) => names.fields[row.what]), ...changes.map((change) => names.table(change.table))])];
}

function partsOf(theme: Theme, { passage, rewrites, changes }: NodeNote, names: NoteNames, form: NoteForm): Part[] {
  if (form === 'names') {
    const said = namesTold({ rewrites, changes }, names);
    return said.length === 0 ? [] : [namesPart(theme, said.join(' · '))];
  }
  const brief = form === 'brief';
  return [
    ...(passage === null || brief ? [] : [stackPart(theme, passage, names)]),
    ...(rewrites.length === 0 ? [] : [rewritesPart(theme, rewrites, names.fields)]),
    ...(brief ? [] : changes.map((change) => changePart(theme, change, names))),
  ];
}

/** What a node did to the packet of this step: where in its stack, which fields it wrote, which tables changed. */
export function noteSprite(theme: Theme, dpr: number, note: NodeNote, names: NoteNames, form: NoteForm): Sprite | null {
  const s = theme.scale;
  const pad = 9 * s;
  const gap = 5 * s;
  const parts = partsOf(theme, note, names, form);
  if (parts.length === 0) return null;
  const w = Math.ceil(Math.max(...parts.map((part) => part.w), 0) + 2 * pad);
  const h = Math.ceil(parts.reduce((sum, part) => sum + part.h + gap, -gap) + 2 * 7 * s);
  const stack =
    note.passage === null || form !== 'full'
      ? ''
      : `${note.passage.here}${note.passage.stops.map((stop) => `${stop.went}${stop.end}`).join()}`;
  const rows = note.rewrites.map((row) => `${row.what}${row.old}>${row.now}`).join();
  const key = `note ${form} ${theme.key} ${names.fields.ttl}${names.fields.src} ${stack} ${rows} ${form === 'brief' ? '' : note.changes.map((change) => `${change.table} ${change.text}`).join()}`;
  return sprite(key, w, h, dpr, (ctx) => {
    panel(ctx, theme, w, h, theme.color.change, 1.5);
    let y = 7 * s;
    for (const part of parts) {
      ctx.textBaseline = 'middle';
      ctx.textAlign = 'left';
      part.paint(ctx, pad, y, w - 2 * pad);
      y += part.h + gap;
    }
  });
}

/** Names, in as few lines as they need. */
function namesPart(theme: Theme, said: string): Part {
  const s = theme.scale;
  const font = `500 ${11 * s}px ${theme.sans}`;
  const lines = wrap(said, font, NAMES_WIDTH * s, 3);
  const row = 15 * s;
  return {
    w: Math.max(...lines.map((line) => measure(font, line))),
    h: row * lines.length,
    paint: (ctx, x, y) => {
      ctx.font = font;
      ctx.fillStyle = theme.color.ink;
      lines.forEach((line, i) => ctx.fillText(line, x, y + row * (i + 0.5)));
    },
  };
}

/** The stations of the stack as dots on a line, those passed filled, and the name of the one that counts. */
function stackPart(theme: Theme, { stops, here }: Passage, names: NoteNames): Part {
  const s = theme.scale;
  const step = 15 * s;
  const font = `600 ${11.5 * s}px ${theme.sans}`;
  const name = names.station(here);
  const line = (stops.length - 1) * step + 10 * s;
  return {
    w: Math.max(line, measure(font, name)),
    h: 30 * s,
    paint: (ctx, x, y) => {
      const mid = y + 6 * s;
      const left = x + 5 * s;
      ctx.lineWidth = 1.5;
      ctx.strokeStyle = theme.color['line-strong'];
      ctx.beginPath();
      ctx.moveTo(left, mid);
      ctx.lineTo(left + (stops.length - 1) * step, mid);
      ctx.stroke();
      stops.forEach((stop, i) => {
        const at = left + i * step;
        const present = stop.id === here;
        if (present) {
          ctx.beginPath();
          ctx.arc(at, mid, 6.5 * s, 0, 2 * Math.PI);
          ctx.fillStyle = theme.color.flash;
          ctx.fill();
        }
        ctx.beginPath();
        ctx.arc(at, mid, (present ? 4.2 : 3.2) * s, 0, 2 * Math.PI);
        ctx.fillStyle = stop.end === 'drop' ? theme.color.drop : stop.went ? theme.color.ink : theme.color.raised;
        ctx.fill();
        ctx.strokeStyle = stop.end === 'drop' ? theme.color.drop : stop.went ? theme.color.ink : theme.color['line-strong'];
        ctx.stroke();
      });
      ctx.font = font;
      ctx.fillStyle = theme.color.ink;
      // The name stands below its dot, as far as the panel lets it.
      const wide = measure(font, name);
      const dot = left + stops.findIndex((stop) => stop.id === here) * step;
      ctx.fillText(name, Math.max(x, Math.min(dot - wide / 2, x + Math.max(line, wide) - wide)), y + 22 * s);
    },
  };
}

/** Columns of fields, in as many rows as they need: the name, the old value struck through, the new one below. */
function rewritesPart(theme: Theme, rows: readonly Rewrite[], names: RewriteNames): Part {
  const s = theme.scale;
  const head = `500 ${10 * s}px ${theme.sans}`;
  const value = `500 ${11.5 * s}px ${theme.mono}`;
  const gap = 14 * s;
  const tall = 42 * s;
  const cells = rows.map((row) => ({
    row,
    w: Math.max(measure(head, names[row.what]), measure(value, row.old), measure(value, row.now)),
    x: 0,
    line: 0,
  }));
  let x = 0;
  let line = 0;
  let widest = 0;
  for (const cell of cells) {
    if (x > 0 && x + cell.w > NOTE_WIDTH * s) {
      x = 0;
      line++;
    }
    Object.assign(cell, { x, line });
    x += cell.w + gap;
    widest = Math.max(widest, x - gap);
  }
  return {
    w: widest,
    h: (line + 1) * tall + line * 4 * s,
    paint: (ctx, left, top) => {
      for (const { row, x: at, line: number } of cells) {
        const y = top + number * (tall + 4 * s);
        const cx = left + at;
        ctx.font = head;
        ctx.fillStyle = theme.color['ink-2'];
        ctx.fillText(names[row.what], cx, y + 5 * s);
        ctx.font = value;
        if (row.old !== '') {
          ctx.fillStyle = theme.color['ink-3'];
          ctx.fillText(row.old, cx, y + 19 * s);
          ctx.fillRect(cx - 1, y + 19 * s - 0.5, measure(value, row.old) + 2, 1.25);
        }
        ctx.fillStyle = row.nowRole === 'other' ? theme.color.ink : roleColor(theme, row.nowRole);
        ctx.fillText(row.now === '' ? '–' : row.now, cx, y + 34 * s);
      }
    },
  };
}

/** A table that changed: its name on the colour of change, and what was written. */
function changePart(theme: Theme, { table, text }: TableChange, names: NoteNames): Part {
  const s = theme.scale;
  const bold = `650 ${10.5 * s}px ${theme.sans}`;
  const font = `450 ${11.5 * s}px ${theme.sans}`;
  const name = names.table(table);
  const lines = wrap(text, font, NOTE_WIDTH * s, 2);
  const row = 15 * s;
  const tag = measure(bold, name) + 10 * s;
  return {
    w: Math.max(tag, ...lines.map((line) => measure(font, line))),
    h: row * (lines.length + 1) + 2 * s,
    paint: (ctx, x, y) => {
      ctx.fillStyle = theme.color.flash;
      ctx.beginPath();
      ctx.roundRect(x, y, tag, row, 3);
      ctx.fill();
      ctx.font = bold;
      ctx.fillStyle = theme.color.ink;
      ctx.fillText(name, x + 5 * s, y + row / 2 + 0.5);
      ctx.font = font;
      lines.forEach((line, i) => ctx.fillText(line, x, y + 2 * s + row * (i + 1.5)));
    },
  };
}

function panel(ctx: Ink, theme: Theme, w: number, h: number, color: string, width: number): void {
  ctx.beginPath();
  ctx.roundRect(1, 1, w - 2, h - 2, 6);
  ctx.fillStyle = theme.color.raised;
  ctx.fill();
  ctx.lineWidth = width;
  ctx.strokeStyle = color;
  ctx.stroke();
}

const LOSS_WIDTH = 250;

/** A red cross and why. */
export function lossSprite(theme: Theme, dpr: number, loss: Loss): Sprite {
  const s = theme.scale;
  const font = `500 ${12 * s}px ${theme.sans}`;
  const lines = wrap(loss.text, font, LOSS_WIDTH * s, 4);
  const pad = 9 * s;
  const cross = 18 * s;
  const row = 16 * s;
  const w = Math.ceil(Math.max(...lines.map((line) => measure(font, line))) + cross + 2 * pad);
  const h = Math.ceil(lines.length * row + 2 * 7 * s);
  return sprite(`loss ${theme.key} ${loss.text}`, w, h, dpr, (ctx) => {
    panel(ctx, theme, w, h, theme.color.drop, 1.75);
    const c = { x: pad + 4 * s, y: h / 2 };
    const r = 4.5 * s;
    ctx.lineWidth = 2.5 * s;
    ctx.lineCap = 'round';
    ctx.beginPath();
    ctx.moveTo(c.x - r, c.y - r);
    ctx.lineTo(c.x + r, c.y + r);
    ctx.moveTo(c.x + r, c.y - r);
    ctx.lineTo(c.x - r, c.y + r);
    ctx.stroke();
    ctx.font = font;
    ctx.textBaseline = 'middle';
    ctx.fillStyle = theme.color.ink;
    lines.forEach((line, i) => ctx.fillText(line, pad + cross, 7 * s + row * (i + 0.5)));
  });
}

/** Breaks a sentence into lines; Chinese may break anywhere. */
export function wrap(text: string, font: string, width: number, most: number): string[] {
  const pieces = text.match(/[\u2e80-\uffef]|[^\s\u2e80-\uffef]+\s*|\s+/g) ?? [text];
  const lines: string[] = [];
  let line = '';
  for (const piece of pieces) {
    if (line !== '' && measure(font, line + piece.trimEnd()) > width) {
      lines.push(line.trimEnd());
      line = '';
    }
    line += piece;
  }
  if (line.trim() !== '') lines.push(line.trimEnd());
  if (lines.length <= most) return lines;
  return [...lines.slice(0, most - 1), `${lines[most - 1] ?? ''}…`];
}

/** The cross where the packet ended. */
export function drawCross(ctx: Ink, theme: Theme, x: number, y: number): void {
  const r = 9 * theme.scale;
  ctx.beginPath();
  ctx.arc(x, y, r, 0, 2 * Math.PI);
  ctx.fillStyle = theme.color.drop;
  ctx.fill();
  ctx.lineWidth = 2.25 * theme.scale;
  ctx.lineCap = 'round';
  ctx.strokeStyle = theme.color.ground;
  const c = r * 0.42;
  ctx.beginPath();
  ctx.moveTo(x - c, y - c);
  ctx.lineTo(x + c, y + c);
  ctx.moveTo(x + c, y - c);
  ctx.lineTo(x - c, y + c);
  ctx.stroke();
}
