/**
 * Frames on cables: a train for one, in the manner of its protocol; a counted badge for several.
 * Comes from: traffic.ts.  Goes to: draw.ts, at every picture: what is drawn often is painted once.
 */
import type { FrameId, TraceReader } from '../engine/index.ts';
import type { Protocol } from '../lab/index.ts';
import type { Layers } from '../wire/index.ts';
import { bitmap, measure, type Ink } from './sprites.ts';
import type { Theme } from './theme.ts';
import type { Mark } from './traffic.ts';
import type { Point, Track } from './view.ts';

/** Directions that pictures of trains are made for. */
const ANGLES = 64;
const PROTOCOLS: readonly Protocol[] = ['arp', 'tcp', 'udp', 'icmp', 'ipip', 'vrrp', 'other'];

interface Kept {
  readonly theme: Theme;
  readonly dpr: number;
  readonly trains: Map<number, ImageBitmap>;
  readonly badges: Map<number, ImageBitmap>;
}

let kept: Kept | null = null;

export function forgetMarks(): void {
  kept = null;
}

export function drawMark(
  ctx: CanvasRenderingContext2D,
  theme: Theme,
  dpr: number,
  radius: number,
  mark: Mark,
  protocol: number,
  track: Track,
  at: Point,
): void {
  if (kept === null || kept.theme !== theme || kept.dpr !== dpr) kept = { theme, dpr, trains: new Map(), badges: new Map() };
  const turn = Math.atan2(track.b.y - track.a.y, track.b.x - track.a.x) / (2 * Math.PI) + (mark.reverse ? 0.5 : 0);
  const angle = ((Math.round(turn * ANGLES) % ANGLES) + ANGLES) % ANGLES;
  const long = Math.round(Math.min(22 * theme.scale, radius * 1.3, Math.max(8, track.length * 0.3)) / 2);
  const image = !mark.counted ? trainOf(kept, protocol, angle, long, mark.selected) : badgeOf(kept, mark.count, angle, mark.selected);
  const w = image.width / dpr;
  const h = image.height / dpr;
  ctx.drawImage(image, Math.round((at.x - w / 2) * dpr) / dpr, Math.round((at.y - h / 2) * dpr) / dpr, w, h);
}

function trainOf(cache: Kept, protocol: number, angle: number, long: number, selected: boolean): ImageBitmap {
  const key = ((protocol * ANGLES + angle) * 64 + long) * 2 + (selected ? 1 : 0);
  const known = cache.trains.get(key);
  if (known !== undefined) return known;
  const { theme, dpr } = cache;
  const w = long * 2;
  const made = square(dpr, w * (selected ? 1.75 : 1.2) + 6, (ctx) => {
    ctx.rotate((angle / ANGLES) * 2 * Math.PI);
    paintTrain(ctx, theme, PROTOCOLS[protocol] ?? 'other', w, selected);
  });
  cache.trains.set(key, made);
  return made;
}

function paintTrain(ctx: Ink, theme: Theme, protocol: Protocol, w: number, selected: boolean): void {
  const h = w / 2;
  ctx.beginPath();
  // Blunt behind, pointed ahead: the way it goes is in its shape.
  ctx.moveTo(-w / 2, -h / 2);
  ctx.lineTo(w / 2 - h / 2, -h / 2);
  ctx.lineTo(w / 2, 0);
  ctx.lineTo(w / 2 - h / 2, h / 2);
  ctx.lineTo(-w / 2, h / 2);
  ctx.closePath();
  const arp = protocol === 'arp';
  const solid = protocol === 'tcp' || protocol === 'udp';
  ctx.fillStyle = solid ? theme.color.ink : theme.color.raised;
  ctx.fill();
  ctx.lineWidth = arp ? 2.25 : 1.75;
  ctx.lineJoin = 'round';
  ctx.strokeStyle = arp ? theme.color.arp : theme.color.ink;
  if (protocol === 'icmp') ctx.setLineDash([2, 2]);
  ctx.stroke();
  ctx.setLineDash([]);
  if (protocol === 'ipip') {
    ctx.fillStyle = theme.color.ink;
    ctx.fillRect(-w / 2 + 4, -h / 2 + 3.5, w / 2 - 1, h - 7);
  }
  if (!selected) return;
  ctx.beginPath();
  ctx.arc(0, 0, w * 0.75, 0, 2 * Math.PI);
  ctx.lineWidth = 1.5;
  ctx.strokeStyle = theme.color.accent;
  ctx.stroke();
}

/** Counts above this are not told apart. */
const COUNT_MAX = 999;

function badgeOf(cache: Kept, count: number, angle: number, selected: boolean): ImageBitmap {
  const shown = Math.min(COUNT_MAX, count);
  const octant = Math.round((angle * 8) / ANGLES) % 8;
  const key = (shown * 8 + octant) * 2 + (selected ? 1 : 0);
  const known = cache.badges.get(key);
  if (known !== undefined) return known;
  const { theme, dpr } = cache;
  const s = theme.scale;
  const font = `700 ${10.5 * s}px ${theme.sans}`;
  const text = String(shown);
  const w = Math.max(17 * s, measure(font, text) + 9 * s);
  const h = 17 * s;
  const made = square(dpr, Math.max(w, h) + 16 * s, (ctx) => {
    // An arrow at the side to which they go.
    ctx.save();
    ctx.rotate((octant / 8) * 2 * Math.PI);
    const reach = octant % 4 === 0 ? w / 2 : octant % 2 === 0 ? h / 2 : (w + h) / 4;
    ctx.beginPath();
    ctx.moveTo(reach + 6.5 * s, 0);
    ctx.lineTo(reach + 0.5, -5 * s);
    ctx.lineTo(reach + 0.5, 5 * s);
    ctx.closePath();
    ctx.fillStyle = theme.color.ink;
    ctx.fill();
    ctx.restore();
    ctx.beginPath();
    ctx.roundRect(-w / 2, -h / 2, w, h, 5 * s);
    ctx.fillStyle = theme.color.ink;
    ctx.fill();
    ctx.lineWidth = selected ? 2.5 : 1.25;
    ctx.strokeStyle = selected ? theme.color.accent : theme.color.ground;
    ctx.stroke();
    ctx.font = font;
    ctx.textAlign = 'center';
    ctx.textBaseline = 'middle';
    ctx.fillStyle = theme.color.ground;
    ctx.fillText(text, 0, 0.5);
  });
  cache.badges.set(key, made);
  return made;
}

/** A picture around its middle. */
function square(dpr: number, size: number, paint: (ctx: Ink) => void): ImageBitmap {
  const side = Math.ceil(size * dpr);
  return bitmap(side, side, (ctx) => {
    ctx.translate(side / 2, side / 2);
    ctx.scale(dpr, dpr);
    paint(ctx);
  });
}

/** Numbers of protocols by frame, one more than the place in PROTOCOLS; 0: not looked at yet. */
const looked = new WeakMap<TraceReader, { bytes: Uint8Array }>();

/** The protocol of a frame as a number: cheaper than its card, of which most frames need none. */
export function protocolOf(trace: TraceReader, frame: FrameId): number {
  let known = looked.get(trace);
  if (known === undefined) looked.set(trace, (known = { bytes: new Uint8Array(1024) }));
  if (frame >= known.bytes.length) {
    const wider = new Uint8Array(Math.max(frame + 1, known.bytes.length * 2));
    wider.set(known.bytes);
    known.bytes = wider;
  }
  const found = known.bytes[frame] as number;
  if (found !== 0) return found - 1;
  const number = PROTOCOLS.indexOf(protocolIn(trace.frame(frame).layers));
  known.bytes[frame] = number + 1;
  return number;
}

function protocolIn(layers: Layers): Protocol {
  let ips = 0;
  for (const { kind } of layers) {
    if (kind === 'arp') return 'arp';
    if (kind === 'ipv4') ips++;
    if (ips > 1) return 'ipip';
    if (kind === 'tcp' || kind === 'udp' || kind === 'icmp') return kind;
    if (kind === 'vrrp') return 'vrrp';
  }
  return 'other';
}
