/**
 * Cables: how they are, how busy each way, and beside them what they do to a frame.
 * Comes from: scene.ts.  Goes to: draw-ground.ts.
 */
import { drawCross } from './draw-notes.ts';
import type { NodeBox } from './labels.ts';
import { loadText } from './load.ts';
import type { SceneLink } from './scene.ts';
import { measure, type Ink } from './sprites.ts';
import type { Theme } from './theme.ts';
import { along, overlap, type Rect, type Track } from './view.ts';

/** From this share of its rate on a cable is a bottleneck. */
const BUSY = 800;
/** Pixels that a fully used cable is wider. */
const LOAD_PX = 7;

/** @param wide pixels of an idle cable: less where nodes are small */
export function drawLink(ctx: Ink, theme: Theme, link: SceneLink, track: Track, wide: number, hovered: boolean): void {
  ctx.lineCap = 'butt';
  drawLoads(ctx, theme, link, track);
  ctx.lineWidth = link.selected || hovered ? wide + 2 : wide;
  ctx.strokeStyle = link.selected ? theme.color.accent : link.up ? theme.color['line-strong'] : theme.color.drop;
  if (!link.up) {
    drawCut(ctx, theme, track);
    return;
  }
  if (link.lossPpm > 0) ctx.setLineDash([14, 4]);
  line(ctx, track, 0, 1, 0);
  ctx.setLineDash([]);
}

/** Two loose ends with a gap and a cross between them. */
function drawCut(ctx: Ink, theme: Theme, track: Track): void {
  const gap = Math.min(0.3, 24 / Math.max(1, track.length));
  ctx.setLineDash([6, 5]);
  line(ctx, track, 0, 0.5 - gap, 0);
  line(ctx, track, 1, 0.5 + gap, 0);
  ctx.setLineDash([]);
  const at = along(track, 0.5);
  drawCross(ctx, theme, at.x, at.y);
}

/** A band on each side of the cable, as wide as the share of its rate that is used that way. */
function drawLoads(ctx: Ink, theme: Theme, link: SceneLink, track: Track): void {
  for (let way = 0; way < 2; way++) {
    const load = link.loads[way] as number;
    if (load < 5) continue;
    const width = 1 + (LOAD_PX * load) / 1000;
    ctx.lineWidth = width;
    ctx.strokeStyle = load >= BUSY ? theme.color.drop : theme.color['ink-3'];
    line(ctx, track, 0, 1, (way === 0 ? 1 : -1) * (2 + width / 2));
  }
}

/** Part of a track, shifted to its right. */
function line(ctx: Ink, { a, b, length }: Track, from: number, to: number, shift: number): void {
  const far = Math.max(1, length);
  const nx = (-(b.y - a.y) / far) * shift;
  const ny = ((b.x - a.x) / far) * shift;
  ctx.beginPath();
  ctx.moveTo(a.x + (b.x - a.x) * from + nx, a.y + (b.y - a.y) * from + ny);
  ctx.lineTo(a.x + (b.x - a.x) * to + nx, a.y + (b.y - a.y) * to + ny);
  ctx.stroke();
}

/** Delay and rate above the middle of a cable, its load below, turned with it, where there is room for them. */
export function drawLinkLabel(
  ctx: Ink,
  theme: Theme,
  link: SceneLink,
  track: Track,
  boxes: readonly NodeBox[],
  trailed: boolean,
  hovered: boolean,
): void {
  const s = theme.scale;
  const font = `450 ${10.5 * s}px ${theme.sans}`;
  const width = measure(font, link.label);
  if (track.length < width + 16) return;
  let angle = Math.atan2(track.b.y - track.a.y, track.b.x - track.a.x);
  const flipped = angle > Math.PI / 2 || angle <= -Math.PI / 2;
  if (flipped) angle += angle > 0 ? -Math.PI : Math.PI;
  const loads = loadsText(link, flipped, hovered || link.selected);
  // Beside the lanes of a trail, if there is one.
  const lift = (trailed ? 15 : 8) + 2 * s;
  const at = along(track, 0.5);
  // The space above in the direction of the text, as an upright rectangle around it.
  const up = { x: at.x + Math.sin(angle) * lift * 1.3, y: at.y - Math.cos(angle) * lift * 1.3 };
  const reach = {
    w: Math.abs(Math.cos(angle)) * width + 12 * s * Math.abs(Math.sin(angle)),
    h: Math.abs(Math.sin(angle)) * width + 12 * s * Math.abs(Math.cos(angle)),
  };
  const rect: Rect = { x: up.x - reach.w / 2, y: up.y - reach.h / 2, w: reach.w, h: reach.h };
  if (
    boxes.some(
      (box) => overlap(rect, box.label) > 0 || overlap(rect, { x: box.x - box.r, y: box.y - box.r, w: 2 * box.r, h: 2 * box.r }) > 0,
    )
  )
    return;
  ctx.save();
  ctx.translate(at.x, at.y);
  ctx.rotate(angle);
  ctx.font = font;
  ctx.textAlign = 'center';
  ctx.textBaseline = 'alphabetic';
  ctx.fillStyle = theme.color['ink-3'];
  ctx.fillText(link.label, 0, -lift);
  if (loads !== '') {
    ctx.font = `550 ${10.5 * s}px ${theme.sans}`;
    ctx.fillStyle = Math.max(...link.loads) >= BUSY ? theme.color.drop : theme.color['ink-2'];
    ctx.textBaseline = 'top';
    ctx.fillText(loads, 0, lift);
  }
  ctx.restore();
}

/** '→ 12 %  ← 3 %', arrows as the text is turned. What is next to nothing is told of a cable that is pointed at only. */
function loadsText({ loads: [there, back] }: SceneLink, flipped: boolean, all: boolean): string {
  const [right, left] = flipped ? [back, there] : [there, back];
  const least = all ? 1 : 10;
  const parts = [right >= least ? `→ ${loadText(right / 1000)}` : '', left >= least ? `← ${loadText(left / 1000)}` : ''];
  return parts.filter((part) => part !== '').join('   ');
}
