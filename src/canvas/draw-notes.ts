/**
 * What the present step did, beside the node that did it: rewritten fields, and packets that ended.
 * Comes from: scene.ts.  Goes to: draw.ts.
 */
import type { Rewrite } from './rewrites.ts';
import type { Loss } from './scene.ts';
import { measure, sprite, type Sprite } from './sprites.ts';
import { roleColor, type Theme } from './theme.ts';

export type RewriteNames = Readonly<Record<Rewrite['what'], string>>;

/** One column per field: its name, the old value struck through, the new one below. */
export function rewriteSprite(theme: Theme, dpr: number, rows: readonly Rewrite[], names: RewriteNames): Sprite {
  const s = theme.scale;
  const head = `500 ${10 * s}px ${theme.sans}`;
  const value = `500 ${11.5 * s}px ${theme.mono}`;
  const gap = 14 * s;
  const pad = 9 * s;
  const widths = rows.map((row) => Math.max(measure(head, names[row.what]), measure(value, row.old), measure(value, row.now)));
  const w = Math.ceil(widths.reduce((sum, x) => sum + x, 0) + gap * (rows.length - 1) + 2 * pad);
  const h = Math.ceil(52 * s);
  const key = rows.map((row) => `${row.what}${row.old}>${row.now}`).join();
  return sprite(`rewrite ${theme.key} ${names.ttl}${names.src} ${key}`, w, h, dpr, (ctx) => {
    ctx.beginPath();
    ctx.roundRect(1, 1, w - 2, h - 2, 6);
    ctx.fillStyle = theme.color.raised;
    ctx.fill();
    ctx.lineWidth = 1.5;
    ctx.strokeStyle = theme.color.change;
    ctx.stroke();
    ctx.textBaseline = 'middle';
    let x = pad;
    rows.forEach((row, i) => {
      ctx.font = head;
      ctx.fillStyle = theme.color['ink-2'];
      ctx.fillText(names[row.what], x, 11 * s);
      ctx.font = value;
      if (row.old !== '') {
        ctx.fillStyle = theme.color['ink-3'];
        ctx.fillText(row.old, x, 26 * s);
        ctx.fillRect(x - 1, 26 * s - 0.5, measure(value, row.old) + 2, 1.25);
      }
      ctx.fillStyle = row.nowRole === 'other' ? theme.color.ink : roleColor(theme, row.nowRole);
      ctx.fillText(row.now === '' ? '–' : row.now, x, 41 * s);
      x += (widths[i] ?? 0) + gap;
    });
  });
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
    ctx.beginPath();
    ctx.roundRect(1, 1, w - 2, h - 2, 6);
    ctx.fillStyle = theme.color.raised;
    ctx.fill();
    ctx.lineWidth = 1.75;
    ctx.strokeStyle = theme.color.drop;
    ctx.stroke();
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
export function drawCross(ctx: CanvasRenderingContext2D, theme: Theme, x: number, y: number): void {
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
