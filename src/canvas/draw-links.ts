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
import { along, distanceTo, overlap, type Point, type Rect, type Track } from './view.ts';

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

/**
 * Delay and rate above the middle of a cable, its load below, turned with it, where there is room for them.
 * @param reach pixels to either side that a trail takes; 0: there is none
 */
export function drawLinkLabel(
  ctx: Ink,
  theme: Theme,
  link: SceneLink,
  own: number,
  tracks: readonly Track[],
  boxes: readonly NodeBox[],
  reach: number,
  hovered: boolean,
): void {
  // What somebody has changed stands out from what the file says, and is told where all is too much.
  const place = labelPlace(theme, link, own, tracks, boxes, reach);
  if (place === null) {
    if (hovered) drawTip(ctx, theme, link.label, along(tracks[own] as Track, 0.5));
    return;
  }
  const { text, at, angle, lift, below, flipped } = place;
  const s = theme.scale;
  const loads = loadsText(link, flipped, hovered || link.selected);
  ctx.save();
  ctx.translate(at.x, at.y);
  ctx.rotate(angle);
  ctx.font = labelFont(theme, link);
  ctx.textAlign = 'center';
  ctx.textBaseline = below ? 'top' : 'alphabetic';
  ctx.fillStyle = theme.color[link.changed === '' ? 'ink-3' : 'ink'];
  ctx.fillText(text, 0, below ? lift : -lift);
  if (loads !== '') {
    ctx.font = `550 ${10.5 * s}px ${theme.sans}`;
    ctx.fillStyle = Math.max(...link.loads) >= BUSY ? theme.color.drop : theme.color['ink-2'];
    ctx.textBaseline = below ? 'alphabetic' : 'top';
    ctx.fillText(loads, 0, below ? -lift : lift);
  }
  ctx.restore();
  if (hovered && text !== link.label) drawTip(ctx, theme, link.label, at);
}

function saidOf({ label, changed }: SceneLink): readonly string[] {
  return changed === '' ? [label] : [label, changed];
}

/** Where the label of a cable stands, upright around it; null: it has none. */
export function linkLabelRect(
  theme: Theme,
  link: SceneLink,
  own: number,
  tracks: readonly Track[],
  boxes: readonly NodeBox[],
  reach: number,
): Rect | null {
  return labelPlace(theme, link, own, tracks, boxes, reach)?.rect ?? null;
}

function labelFont(theme: Theme, link: SceneLink): string {
  return `${link.changed === '' ? 450 : 650} ${10.5 * theme.scale}px ${theme.sans}`;
}

interface LabelPlace {
  readonly text: string;
  readonly at: Point;
  readonly angle: number;
  readonly lift: number;
  /** it stands below its cable: above runs another */
  readonly below: boolean;
  readonly flipped: boolean;
  /** upright, around the text */
  readonly rect: Rect;
}

/** The first of what may be said that has room above its cable, or else below it; null: nothing has. */
function labelPlace(
  theme: Theme,
  link: SceneLink,
  own: number,
  tracks: readonly Track[],
  boxes: readonly NodeBox[],
  reach: number,
): LabelPlace | null {
  const s = theme.scale;
  const track = tracks[own] as Track;
  let angle = Math.atan2(track.b.y - track.a.y, track.b.x - track.a.x);
  const flipped = angle > Math.PI / 2 || angle <= -Math.PI / 2;
  if (flipped) angle += angle > 0 ? -Math.PI : Math.PI;
  const [sin, cos] = [Math.sin(angle), Math.cos(angle)];
  // Beside the lanes of a trail, if there is one; and beside the mark of a frame, which is as large as the text.
  const lift = Math.max(reach === 0 ? 0 : reach + 8 + 2 * s, 11 * s);
  const at = along(track, 0.5);
  for (const text of saidOf(link)) {
    const width = measure(labelFont(theme, link), text);
    if (track.length < width + 16) continue;
    const w = Math.abs(cos) * width + 12 * s * Math.abs(sin);
    const h = Math.abs(sin) * width + 12 * s * Math.abs(cos);
    for (const below of [false, true]) {
      const up = (below ? -1 : 1) * lift * 1.3;
      const middle = { x: at.x + sin * up, y: at.y - cos * up };
      // The space in the direction of the text, as an upright rectangle around it.
      const rect: Rect = { x: middle.x - w / 2, y: middle.y - h / 2, w, h };
      const covers = boxes.some(
        ({ x, y, r, label }) => overlap(rect, label) > 0 || overlap(rect, { x: x - r, y: y - r, w: 2 * r, h: 2 * r }) > 0,
      );
      if (covers || crosses(tracks, own, middle, (cos * width) / 2, (sin * width) / 2)) continue;
      return { text, at, angle, lift, below, flipped, rect };
    }
  }
  return null;
}

/** So many cables are all asked whether they run through a text. */
const TRACKS_ALL = 60;
/** Half the height of a text, and of a cable. */
const NEAR = 8;

/** Whether another cable runs through a text around a middle. */
function crosses(tracks: readonly Track[], own: number, { x, y }: Point, dx: number, dy: number): boolean {
  if (tracks.length > TRACKS_ALL) return false;
  for (let i = 0; i < tracks.length; i++) {
    if (i === own) continue;
    for (const share of [-1, -0.5, 0, 0.5, 1])
      if (distanceTo(tracks[i] as Track, { x: x + dx * share, y: y + dy * share }) < NEAR) return true;
  }
  return false;
}

/** What a cable does to a frame, beside the pointer that asks: for a cable with no room for its label. */
function drawTip(ctx: Ink, theme: Theme, text: string, { x, y }: Point): void {
  const s = theme.scale;
  const font = `500 ${11 * s}px ${theme.sans}`;
  const w = measure(font, text) + 14 * s;
  const h = 21 * s;
  ctx.fillStyle = theme.color.raised;
  ctx.strokeStyle = theme.color['line-strong'];
  ctx.lineWidth = 1;
  ctx.beginPath();
  ctx.roundRect(x - w / 2, y - h / 2, w, h, 4);
  ctx.fill();
  ctx.stroke();
  ctx.font = font;
  ctx.fillStyle = theme.color.ink;
  ctx.textAlign = 'center';
  ctx.textBaseline = 'middle';
  ctx.fillText(text, x, y);
}

/** '→ 12 %  ← 3 %', arrows as the text is turned. What is next to nothing is told of a cable that is pointed at only. */
function loadsText({ loads: [there, back] }: SceneLink, flipped: boolean, all: boolean): string {
  const [right, left] = flipped ? [back, there] : [there, back];
  const least = all ? 1 : 10;
  const parts = [right >= least ? `→ ${loadText(right / 1000)}` : '', left >= least ? `← ${loadText(left / 1000)}` : ''];
  return parts.filter((part) => part !== '').join('   ');
}
