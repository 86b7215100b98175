/**
 * Frames on their way: the mark on the cable and the card with its three lines.
 * Comes from: scene.ts.  Goes to: draw.ts.
 */
import { drawPill, pillHeight, pillWidth } from './pill.ts';
import type { Card, CardEnd } from './cards.ts';
import { measure, sprite, type Ink, type Sprite } from './sprites.ts';
import { roleColor, type Theme } from './theme.ts';
import type { Point } from './view.ts';

interface Fonts {
  readonly small: string;
  readonly mono: string;
  readonly strong: string;
}

function fontsOf(theme: Theme): Fonts {
  const s = theme.scale;
  return {
    small: `450 ${11 * s}px ${theme.sans}`,
    mono: `500 ${12 * s}px ${theme.mono}`,
    strong: `650 ${12 * s}px ${theme.sans}`,
  };
}

function endWidth(theme: Theme, fonts: Fonts, end: CardEnd): number {
  const pill = pillWidth(theme, end.role, end.label);
  return (pill > 0 ? pill + 4 * theme.scale : 0) + measure(fonts.mono, end.text);
}

function drawEnd(ctx: Ink, theme: Theme, fonts: Fonts, end: CardEnd, x: number, y: number): number {
  const pill = pillWidth(theme, end.role, end.label);
  let left = x;
  if (pill > 0) {
    drawPill(ctx, theme, end.role, end.label, left, y - pillHeight(theme) / 2);
    left += pill + 4 * theme.scale;
  }
  ctx.font = fonts.mono;
  ctx.textBaseline = 'middle';
  ctx.fillStyle = end.role === 'other' ? theme.color.ink : roleColor(theme, end.role);
  ctx.fillText(end.text, left, y);
  return left + measure(fonts.mono, end.text);
}

type Form = 'full' | 'compact' | 'pill';

/** Pictures of a card by what they depend on: looked up at every picture, so without making words of it. */
const pictures = new WeakMap<Card, { theme: Theme; readonly made: Map<number, Sprite> }>();
const FORMS: readonly Form[] = ['full', 'compact', 'pill'];

export function cardPicture(form: Form, theme: Theme, dpr: number, card: Card, selected: boolean): Sprite {
  let kept = pictures.get(card);
  if (kept === undefined || kept.theme !== theme) pictures.set(card, (kept = { theme, made: new Map() }));
  const key = Math.round(dpr * 100) * 8 + FORMS.indexOf(form) * 2 + (selected ? 1 : 0);
  const known = kept.made.get(key);
  if (known !== undefined) return known;
  const paint = form === 'full' ? cardSprite : form === 'compact' ? compactSprite : pillSprite;
  const made = paint(theme, dpr, card, selected);
  kept.made.set(key, made);
  return made;
}

/** The full card. */
function cardSprite(theme: Theme, dpr: number, card: Card, selected: boolean): Sprite {
  const s = theme.scale;
  const fonts = fontsOf(theme);
  const pad = 9 * s;
  const row = 18 * s;
  const arrow = measure(fonts.mono, ' → ');
  const inset = 8 * s;
  const pairW = card.pairs.map(([a, b], i) => endWidth(theme, fonts, a) + arrow + endWidth(theme, fonts, b) + i * 2 * inset);
  const whatW = measure(fonts.strong, card.what) + (card.ttl === '' ? 0 : 16 * s + measure(fonts.small, card.ttl));
  const tunnel = card.pairs.length > 1;
  const w = Math.ceil(
    Math.max(measure(fonts.small, card.macs), ...(card.protocol === 'arp' ? [] : pairW), whatW + (tunnel ? 2 * inset : 0)) + 2 * pad,
  );
  const rows = (card.macs === '' ? 0 : 1) + (card.protocol === 'arp' ? 0 : card.pairs.length) + 1;
  const h = Math.ceil(rows * row + 2 * 6 * s + (tunnel ? 6 * s : 0));
  return sprite(`card ${theme.key} ${selected} ${card.key}`, w, h, dpr, (ctx) => {
    ground(ctx, theme, card, w, h, selected);
    ctx.textBaseline = 'middle';
    ctx.textAlign = 'left';
    let y = 6 * s + row / 2;
    if (card.macs !== '') {
      ctx.font = fonts.small;
      ctx.fillStyle = theme.color['ink-2'];
      ctx.fillText(card.macs, pad, y);
      y += row;
    }
    if (tunnel) {
      ctx.strokeStyle = theme.color['line-strong'];
      ctx.lineWidth = 1;
      ctx.beginPath();
      ctx.roundRect(pad - 3 * s + 0.5, y + row / 2 + 1.5, w - 2 * pad + 6 * s - 1, 2 * row + 4 * s - 1, 4);
      ctx.stroke();
    }
    if (card.protocol !== 'arp') {
      card.pairs.forEach(([a, b], i) => {
        const inner = i > 0 ? inset : 0;
        const at = y + (i > 0 ? 3 * s : 0);
        const end = drawEnd(ctx, theme, fonts, a, pad + inner, at);
        ctx.fillStyle = theme.color['ink-3'];
        ctx.font = fonts.mono;
        ctx.fillText(' → ', end, at);
        drawEnd(ctx, theme, fonts, b, end + arrow, at);
        y += row;
      });
    }
    if (tunnel) y += 3 * s;
    ctx.font = fonts.strong;
    ctx.fillStyle = theme.color.ink;
    ctx.fillText(card.what, pad + (tunnel ? inset : 0), y);
    if (card.ttl !== '') {
      ctx.font = fonts.small;
      ctx.fillStyle = theme.color['ink-2'];
      ctx.textAlign = 'right';
      ctx.fillText(card.ttl, w - pad - (tunnel ? inset : 0), y);
      ctx.textAlign = 'left';
    }
  });
}

/** ARP amber outline, TCP solid, ICMP dotted, tunnel double outline. */
function ground(ctx: Ink, theme: Theme, card: Card, w: number, h: number, selected: boolean): void {
  ctx.beginPath();
  ctx.roundRect(1.5, 1.5, w - 3, h - 3, 6);
  ctx.fillStyle = theme.color.raised;
  ctx.fill();
  ctx.lineWidth = selected ? 2.5 : card.protocol === 'arp' ? 2 : 1.25;
  ctx.strokeStyle = card.protocol === 'arp' ? theme.color.arp : selected ? theme.color.accent : theme.color['ink-2'];
  if (card.protocol === 'icmp') ctx.setLineDash([1.5, 3]);
  ctx.lineCap = 'round';
  ctx.stroke();
  ctx.setLineDash([]);
  if (card.protocol === 'ipip') {
    ctx.beginPath();
    ctx.roundRect(4, 4, w - 8, h - 8, 4);
    ctx.lineWidth = 1;
    ctx.stroke();
  }
}

/** Where there is no room for the card: the roles of both ends, and what it is. */
function compactSprite(theme: Theme, dpr: number, card: Card, selected: boolean): Sprite {
  const s = theme.scale;
  const fonts = fontsOf(theme);
  const pair = card.protocol === 'arp' ? undefined : card.pairs[card.pairs.length - 1];
  if (pair === undefined || pair[0].label === '' || pair[1].label === '') return pillSprite(theme, dpr, card, selected);
  const [from, to] = pair;
  const pad = 7 * s;
  const arrow = measure(fonts.small, ' → ');
  const fromW = pillWidth(theme, from.role, from.label);
  const toW = pillWidth(theme, to.role, to.label);
  const w = Math.ceil(2 * pad + fromW + arrow + toW + 6 * s + measure(fonts.strong, card.short));
  const h = Math.ceil(24 * s);
  return sprite(`compact ${theme.key} ${selected} ${card.protocol} ${from.label} ${to.label} ${card.short}`, w, h, dpr, (ctx) => {
    ground(ctx, theme, card, w, h, selected);
    const top = (h - pillHeight(theme)) / 2;
    drawPill(ctx, theme, from.role, from.label, pad, top);
    ctx.textBaseline = 'middle';
    ctx.font = fonts.small;
    ctx.fillStyle = theme.color['ink-3'];
    ctx.fillText(' → ', pad + fromW, h / 2);
    drawPill(ctx, theme, to.role, to.label, pad + fromW + arrow, top);
    ctx.textBaseline = 'middle';
    ctx.font = fonts.strong;
    ctx.fillStyle = theme.color.ink;
    ctx.fillText(card.short, pad + fromW + arrow + toW + 6 * s, h / 2 + 0.5);
  });
}

/** The smallest readable form: what it is, in one word. */
function pillSprite(theme: Theme, dpr: number, card: Card, selected: boolean): Sprite {
  const s = theme.scale;
  const font = `650 ${10.5 * s}px ${theme.sans}`;
  const w = Math.ceil(measure(font, card.short) + 14 * s);
  const h = Math.ceil(19 * s);
  return sprite(`small ${theme.key} ${selected} ${card.protocol} ${card.short}`, w, h, dpr, (ctx) => {
    ground(ctx, theme, card, w, h, selected);
    ctx.font = font;
    ctx.textAlign = 'center';
    ctx.textBaseline = 'middle';
    ctx.fillStyle = theme.color.ink;
    ctx.fillText(card.short, w / 2, h / 2 + 0.5);
  });
}

/** A thin line from a card to its frame. @returns where it meets the card */
export function drawLeader(
  ctx: CanvasRenderingContext2D,
  theme: Theme,
  from: Point,
  card: { x: number; y: number; w: number; h: number },
): Point {
  const x = Math.min(Math.max(from.x, card.x + 10), card.x + card.w - 10);
  const y = Math.min(Math.max(from.y, card.y), card.y + card.h);
  ctx.beginPath();
  ctx.moveTo(from.x, from.y);
  ctx.lineTo(x, y);
  ctx.lineWidth = 1;
  ctx.strokeStyle = theme.color['ink-3'];
  ctx.stroke();
  return { x, y };
}
