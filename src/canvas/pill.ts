/** The pill of an address: colour and shape by role, so that neither has to be seen alone. */
import type { AddressRole } from '../lab/index.ts';
import { measure, type Ink } from './sprites.ts';
import { roleColor, type Theme } from './theme.ts';

export function pillFont(theme: Theme): string {
  return `600 ${10 * theme.scale}px ${theme.sans}`;
}

export function pillHeight(theme: Theme): number {
  return 15 * theme.scale;
}

/** 0 when an address has no role and so no pill. */
export function pillWidth(theme: Theme, role: AddressRole, label: string): number {
  if (label === '') return 0;
  return measure(pillFont(theme), label) + (role === 'VIP' ? 15 : 11) * theme.scale;
}

export function drawPill(ctx: Ink, theme: Theme, role: AddressRole, label: string, x: number, y: number): void {
  const w = pillWidth(theme, role, label);
  if (w === 0) return;
  const h = pillHeight(theme);
  ctx.beginPath();
  outline(ctx, role, x, y, w, h);
  ctx.fillStyle = roleColor(theme, role);
  ctx.fill();
  ctx.fillStyle = theme.color.ground;
  ctx.font = pillFont(theme);
  ctx.textAlign = 'center';
  ctx.textBaseline = 'middle';
  ctx.fillText(label, x + w / 2 - (role === 'VIP' ? 1.5 * theme.scale : 0), y + h / 2 + 0.5);
  ctx.textAlign = 'left';
}

/** CIP round, VIP pointed, DIP square, RIP cut corners, LIP notched. */
function outline(ctx: Ink, role: AddressRole, x: number, y: number, w: number, h: number): void {
  const c = h * 0.3;
  switch (role) {
    case 'CIP':
      ctx.roundRect(x, y, w, h, h / 2);
      return;
    case 'VIP':
      polygon(ctx, [x, y, x + w - h * 0.42, y, x + w, y + h / 2, x + w - h * 0.42, y + h, x, y + h]);
      return;
    case 'DIP':
      ctx.rect(x, y, w, h);
      return;
    case 'RIP':
      polygon(ctx, [x + c, y, x + w - c, y, x + w, y + c, x + w, y + h - c, x + w - c, y + h, x + c, y + h, x, y + h - c, x, y + c]);
      return;
    case 'LIP':
      polygon(ctx, [x, y, x + w, y, x + w - c, y + h / 2, x + w, y + h, x, y + h, x + c, y + h / 2]);
      return;
    case 'other':
      ctx.roundRect(x, y, w, h, 3);
  }
}

function polygon(ctx: Ink, points: readonly number[]): void {
  ctx.moveTo(points[0] ?? 0, points[1] ?? 0);
  for (let i = 2; i < points.length; i += 2) ctx.lineTo(points[i] ?? 0, points[i + 1] ?? 0);
  ctx.closePath();
}
