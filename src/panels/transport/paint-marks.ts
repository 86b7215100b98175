/**
 * The marks of a timeline: steps, drops, ARP, commands, changes of tables. Many steps share a pixel in a
 * long run, so they are painted one column at a time.
 * Comes from: lab/step-index.ts, lab/pair-axis.ts.  Goes to: a canvas.
 */
import { MARK } from '../../lab/index.ts';

/** One row of marks. What stands out lies away from the line, on this side of it. */
export interface Lane {
  readonly side: 'above' | 'below' | 'both';
  /** calls back with the place in pixels and the MARK bits of every step */
  readonly each: (put: (px: number, marks: number, notable: boolean) => void) => void;
}

/** Distance of marks from the line, for one lane and for two. */
const AWAY = { one: { command: 9.5, drop: 15.5 }, two: { command: 13.5, drop: 20.5 } } as const;
const STEP = 64;
const NOTABLE = 128;

export function paintMarks(
  canvas: HTMLCanvasElement,
  width: number,
  height: number,
  line: number,
  pad: number,
  lanes: readonly Lane[],
): void {
  const dpr = window.devicePixelRatio;
  canvas.width = Math.round(width * dpr);
  canvas.height = Math.round(height * dpr);
  const ctx = canvas.getContext('2d');
  if (ctx === null) return;
  ctx.scale(dpr, dpr);
  // Custom properties with light-dark() resolve only where they are used: these borrow real properties.
  const { borderTopColor, borderRightColor, borderBottomColor, borderLeftColor } = getComputedStyle(canvas);
  ctx.fillStyle = borderTopColor;
  ctx.fillRect(pad, line - 1, width - 2 * pad, 2);
  for (const lane of lanes) {
    const columns = new Uint8Array(width + 1);
    lane.each((px, marks, notable) => {
      const column = Math.min(width, Math.max(0, Math.round(px)));
      columns[column] = (columns[column] as number) | marks | (notable ? NOTABLE : STEP);
    });
    paintLane(ctx, columns, line, lane.side, {
      rail: borderTopColor,
      arp: borderRightColor,
      drop: borderBottomColor,
      ink: borderLeftColor,
    });
  }
}

interface Colours {
  readonly rail: string;
  readonly arp: string;
  readonly drop: string;
  readonly ink: string;
}

function paintLane(ctx: CanvasRenderingContext2D, columns: Uint8Array, line: number, side: Lane['side'], colours: Colours): void {
  const up = side === 'below' ? 1 : -1;
  const tick = (px: number, half: number, length: number): void => {
    const top = side === 'both' ? line - length / 2 : up < 0 ? line - 1 - length : line + 1;
    ctx.fillRect(px - half, top, 2 * half, length);
  };
  const size = side === 'both' ? 1 : 0.85;
  const away = AWAY[side === 'both' ? 'one' : 'two'];
  for (let px = 0; px < columns.length; px++) {
    const bits = columns[px] as number;
    if (bits === 0) continue;
    ctx.fillStyle = colours.rail;
    tick(px, 0.5, (bits & NOTABLE) === 0 ? 5 * size : 9 * size);
    if ((bits & MARK.arp) !== 0) {
      ctx.fillStyle = colours.arp;
      tick(px, 1, 9 * size);
    }
    ctx.fillStyle = colours.ink;
    if ((bits & MARK.table) !== 0) dot(ctx, px, side === 'both' ? line + 7.5 : line + up * 9.5);
    if ((bits & MARK.command) !== 0) triangle(ctx, px, line + up * away.command, up);
    if ((bits & MARK.drop) !== 0) {
      ctx.strokeStyle = colours.drop;
      cross(ctx, px, line + up * away.drop);
    }
  }
}

function dot(ctx: CanvasRenderingContext2D, x: number, y: number): void {
  ctx.beginPath();
  ctx.arc(x, y, 1.5, 0, 2 * Math.PI);
  ctx.fill();
}

/** Points at the line. */
function triangle(ctx: CanvasRenderingContext2D, x: number, y: number, up: number): void {
  ctx.beginPath();
  ctx.moveTo(x - 4, y + up * 3);
  ctx.lineTo(x + 4, y + up * 3);
  ctx.lineTo(x, y - up * 2.5);
  ctx.fill();
}

function cross(ctx: CanvasRenderingContext2D, x: number, y: number): void {
  ctx.lineWidth = 2;
  ctx.beginPath();
  ctx.moveTo(x - 3, y - 3);
  ctx.lineTo(x + 3, y + 3);
  ctx.moveTo(x + 3, y - 3);
  ctx.lineTo(x - 3, y + 3);
  ctx.stroke();
}
