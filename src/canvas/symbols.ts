/** The station of a node: shape by role, with a drawing of what it does. */
import type { NodeRole } from '../world/index.ts';
import type { Ink } from './sprites.ts';
import { roleColor, type Theme } from './theme.ts';

/** Drawings on a field of 24 by 24, strokes only. */
const DRAWINGS: Readonly<Record<NodeRole, string>> = {
  client: 'M4 5h16v10H4zM9 19h6M12 15v4',
  router: 'M12 3v6M9.5 5.5 12 3l2.5 2.5M12 21v-6M9.5 18.5 12 21l2.5-2.5M3 12h6M6.5 9.5 9 12l-2.5 2.5M21 12h-6M17.5 9.5 15 12l2.5 2.5',
  switch: 'M4 8.5h14M15 5.5l3 3-3 3M20 15.5H6M9 12.5l-3 3 3 3',
  director: 'M3 12h6M9 12 18 5M9 12h10M9 12l9 7M15 4.6 18.4 4.7 17.2 7.9M16.5 9.5 19 12l-2.5 2.5M15 19.4l3.4-.1-1.2-3.2',
  realserver: 'M5 4h14v6H5zM5 14h14v6H5zM8 7h.01M8 17h.01M12 7h4M12 17h4',
  host: 'M5 5h14v14H5zM9 9h6v6H9z',
};

/** The drawing of a role as the path of an SVG of 24 by 24. */
export function drawingPath(role: NodeRole): string {
  return DRAWINGS[role];
}

const paths = new Map<NodeRole, Path2D>();

function drawingOf(role: NodeRole): Path2D {
  const known = paths.get(role) ?? new Path2D(DRAWINGS[role]);
  paths.set(role, known);
  return known;
}

export function nodeColor(theme: Theme, role: NodeRole): string {
  switch (role) {
    case 'client':
      return roleColor(theme, 'CIP');
    case 'director':
      return roleColor(theme, 'DIP');
    case 'realserver':
      return roleColor(theme, 'RIP');
    default:
      return theme.color['ink-2'];
  }
}

export function drawSymbol(ctx: Ink, theme: Theme, role: NodeRole, x: number, y: number, r: number, selected: boolean): void {
  ctx.beginPath();
  rim(ctx, role, x, y, r);
  ctx.fillStyle = theme.color.surface;
  ctx.fill();
  ctx.lineWidth = 2.5;
  ctx.strokeStyle = nodeColor(theme, role);
  ctx.stroke();
  if (selected) {
    ctx.beginPath();
    rim(ctx, role, x, y, r + 5);
    ctx.lineWidth = 2;
    ctx.strokeStyle = theme.color.accent;
    ctx.stroke();
  }
  const size = (r * 1.15) / 12;
  ctx.save();
  ctx.translate(x - 12 * size, y - 12 * size);
  ctx.scale(size, size);
  ctx.lineWidth = 1.6 / Math.max(0.8, size);
  ctx.lineCap = 'round';
  ctx.lineJoin = 'round';
  ctx.strokeStyle = nodeColor(theme, role);
  ctx.stroke(drawingOf(role));
  ctx.restore();
}

/** Screens are rounded, routers round, switches square, directors six-sided, servers cut. */
function rim(ctx: Ink, role: NodeRole, x: number, y: number, r: number): void {
  switch (role) {
    case 'router':
      ctx.arc(x, y, r, 0, 2 * Math.PI);
      return;
    case 'client':
      ctx.roundRect(x - r, y - r, 2 * r, 2 * r, r * 0.5);
      return;
    case 'switch':
    case 'host':
      ctx.roundRect(x - r * 0.95, y - r * 0.95, 1.9 * r, 1.9 * r, 3);
      return;
    case 'director':
      for (let i = 0; i < 6; i++) {
        const angle = (i * Math.PI) / 3;
        const px = x + Math.cos(angle) * r * 1.13;
        const py = y + Math.sin(angle) * r * 1.13;
        if (i === 0) ctx.moveTo(px, py);
        else ctx.lineTo(px, py);
      }
      ctx.closePath();
      return;
    case 'realserver': {
      const c = r * 0.35;
      ctx.moveTo(x - r + c, y - r);
      ctx.lineTo(x + r - c, y - r);
      ctx.lineTo(x + r, y - r + c);
      ctx.lineTo(x + r, y + r - c);
      ctx.lineTo(x + r - c, y + r);
      ctx.lineTo(x - r + c, y + r);
      ctx.lineTo(x - r, y + r - c);
      ctx.lineTo(x - r, y - r + c);
      ctx.closePath();
    }
  }
}

/** A veil over the symbol and the sign of a power switch: this node is off. */
export function drawOff(ctx: Ink, theme: Theme, x: number, y: number, r: number): void {
  ctx.globalAlpha = 0.72;
  ctx.fillStyle = theme.color.ground;
  ctx.beginPath();
  ctx.arc(x, y, r * 1.25, 0, 2 * Math.PI);
  ctx.fill();
  ctx.globalAlpha = 1;
  ctx.strokeStyle = theme.color.drop;
  ctx.lineWidth = Math.max(1.5, r * 0.13);
  ctx.lineCap = 'round';
  ctx.beginPath();
  ctx.arc(x, y, r * 0.45, -0.9, Math.PI + 0.9);
  ctx.moveTo(x, y - r * 0.6);
  ctx.lineTo(x, y - r * 0.1);
  ctx.stroke();
}
