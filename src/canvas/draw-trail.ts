/**
 * The trail of a packet and its answer: each keeps to its right of the cable, like traffic on a road,
 * and is a tube where the packet travels inside another one.
 * Comes from: trail.ts.  Goes to: draw.ts.
 */
import type { Ink } from './sprites.ts';
import { roleColor, type Theme } from './theme.ts';
import type { Trail, TrailLeg } from './trail.ts';
import type { Track } from './view.ts';

/** Pixels from the middle of the cable, and from there to a second way in the same direction. */
const LANE = 7;
const NEXT_LANE = 7;

/** Draws the legs that are complete, or those under way as far as `reached` says. */
export function drawTrail(
  ctx: Ink,
  theme: Theme,
  trail: Trail,
  tracks: readonly Track[],
  radius: number,
  reached: ((leg: TrailLeg) => number) | null,
): void {
  for (const leg of trail.legs) {
    const track = tracks[leg.link];
    if (track === undefined || (leg.flying === null) !== (reached === null)) continue;
    const lane = (LANE + (hasCompany(trail, leg) ? NEXT_LANE : 0)) * Math.min(1.4, theme.scale);
    drawLeg(ctx, theme, leg, track, lane, radius, reached === null ? null : reached(leg));
  }
}

/** Whether an answer goes the way of its request, in the same direction: it has the lane beside it. */
function hasCompany({ legs }: Trail, leg: TrailLeg): boolean {
  return leg.back && legs.some((other) => !other.back && other.link === leg.link && other.reverse === leg.reverse);
}

/** How far the lanes of a trail reach to either side of the cables that it takes, in pixels by link. */
export function reachOf(trail: Trail): ReadonlyMap<number, number> {
  const reach = new Map<number, number>();
  for (const leg of trail.legs) {
    const own = LANE + (hasCompany(trail, leg) ? NEXT_LANE : 0);
    reach.set(leg.link, Math.max(own, reach.get(leg.link) ?? 0));
  }
  return reach;
}

/** @param to share of the way gone; null: all of it, and under the symbols at both ends */
function drawLeg(ctx: Ink, theme: Theme, leg: TrailLeg, track: Track, lane: number, radius: number, to: number | null): void {
  const [a, b] = leg.reverse ? [track.b, track.a] : [track.a, track.b];
  const far = Math.max(1, track.length);
  const ux = (b.x - a.x) / far;
  const uy = (b.y - a.y) / far;
  const under = radius * 0.8;
  const at = (along: number): readonly [number, number] => [a.x + ux * along - uy * lane, a.y + uy * along + ux * lane];
  const color = roleColor(theme, leg.back ? 'RIP' : 'CIP');
  const [x0, y0] = at(-under);
  const [x1, y1] = at(to === null ? far + under : far * to);
  const stroke = (width: number, style: string): void => {
    ctx.lineWidth = width;
    ctx.strokeStyle = style;
    ctx.beginPath();
    ctx.moveTo(x0, y0);
    ctx.lineTo(x1, y1);
    ctx.stroke();
  };
  ctx.lineCap = 'round';
  if (leg.wrapped) {
    stroke(10, color);
    stroke(7, theme.color.ground);
    stroke(2.5, color);
  } else stroke(4, color);
  const heads = to === null ? (far > 150 ? [0.3, 0.7] : [0.55]) : [];
  for (const share of heads) {
    const [x, y] = at(far * share);
    arrow(ctx, theme, x, y, ux, uy, leg.wrapped ? 8 : 6.5, color);
  }
}

function arrow(ctx: Ink, theme: Theme, x: number, y: number, ux: number, uy: number, size: number, color: string): void {
  const s = size * Math.min(1.4, theme.scale);
  ctx.beginPath();
  ctx.moveTo(x + ux * s, y + uy * s);
  ctx.lineTo(x - ux * s * 0.8 - uy * s, y - uy * s * 0.8 + ux * s);
  ctx.lineTo(x - ux * s * 0.8 + uy * s, y - uy * s * 0.8 - ux * s);
  ctx.closePath();
  ctx.fillStyle = color;
  ctx.fill();
  ctx.lineWidth = 1.5;
  ctx.strokeStyle = theme.color.ground;
  ctx.stroke();
}
