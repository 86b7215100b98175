/** From places on the map to pixels, and the geometry of cables in pixels. */
import type { Fit, Place } from './layout.ts';
import type { SceneLink, SceneNode } from './scene.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

export interface View {
  readonly width: number;
  readonly height: number;
  readonly dpr: number;
  readonly fit: Fit;
  /** zoom and shift by the person */
  readonly k: number;
  readonly tx: number;
  readonly ty: number;
}

export function toScreen(view: View, place: Place): Point {
  const { fit, k, tx, ty } = view;
  return { x: (place.x * fit.sx + fit.ox) * k + tx, y: (place.y * fit.sy + fit.oy) * k + ty };
}

export function toPlace(view: View, point: Point): Place {
  const { fit, k, tx, ty } = view;
  return { x: ((point.x - tx) / k - fit.ox) / fit.sx, y: ((point.y - ty) / k - fit.oy) / fit.sy };
}

/** Radius of a node's symbol, pixels. */
export function nodeRadius(view: View, scale: number): number {
  const wanted = 23 * scale * Math.min(1.35, Math.max(0.5, view.k));
  return Math.max(3, Math.min(wanted, view.fit.spacing * view.k * 0.32));
}

/** Nodes stand so close that there is room for nothing between them. */
export function tooDense(view: View, scale: number): boolean {
  return view.fit.spacing * view.k < 70 * scale;
}

/** A cable between the rims of two symbols. */
export interface Track {
  readonly a: Point;
  readonly b: Point;
  readonly length: number;
}

/** Pixels between cables that join the same two nodes. */
const PARALLEL = 16;

/** Tracks of all links: those between the same two nodes run beside each other. */
export function tracksOf(view: View, scale: number, nodes: readonly SceneNode[], links: readonly SceneLink[]): Track[] {
  const count = new Map<string, number>();
  const keyOf = (link: SceneLink): string => (link.a < link.b ? `${link.a}-${link.b}` : `${link.b}-${link.a}`);
  for (const link of links) count.set(keyOf(link), (count.get(keyOf(link)) ?? 0) + 1);
  const seen = new Map<string, number>();
  const radius = nodeRadius(view, scale);
  return links.map((link) => {
    const key = keyOf(link);
    const number = seen.get(key) ?? 0;
    seen.set(key, number + 1);
    const shift = (number - ((count.get(key) ?? 1) - 1) / 2) * PARALLEL;
    const a = toScreen(view, (nodes[link.a] as SceneNode).place);
    const b = toScreen(view, (nodes[link.b] as SceneNode).place);
    return between(a, b, radius, link.a < link.b ? shift : -shift);
  });
}

function between(a: Point, b: Point, radius: number, shift: number): Track {
  const dx = b.x - a.x;
  const dy = b.y - a.y;
  const far = Math.max(1, Math.sqrt(dx * dx + dy * dy));
  const ux = dx / far;
  const uy = dy / far;
  const rim = Math.min(radius, far / 2 - 1);
  const start = { x: a.x + ux * rim - uy * shift, y: a.y + uy * rim + ux * shift };
  const end = { x: b.x - ux * rim - uy * shift, y: b.y - uy * rim + ux * shift };
  return { a: start, b: end, length: Math.max(0, far - 2 * rim) };
}

export function along(track: Track, p: number): Point {
  return { x: track.a.x + (track.b.x - track.a.x) * p, y: track.a.y + (track.b.y - track.a.y) * p };
}

export function overlap(a: Rect, b: Rect): number {
  const w = Math.min(a.x + a.w, b.x + b.w) - Math.max(a.x, b.x);
  const h = Math.min(a.y + a.h, b.y + b.h) - Math.max(a.y, b.y);
  return w > 0 && h > 0 ? w * h : 0;
}

export function contains(rect: Rect, point: Point): boolean {
  return point.x >= rect.x && point.x <= rect.x + rect.w && point.y >= rect.y && point.y <= rect.y + rect.h;
}

/** Distance from a point to a track, pixels. */
export function distanceTo(track: Track, point: Point): number {
  const dx = track.b.x - track.a.x;
  const dy = track.b.y - track.a.y;
  const square = dx * dx + dy * dy;
  const p = square === 0 ? 0 : Math.min(1, Math.max(0, ((point.x - track.a.x) * dx + (point.y - track.a.y) * dy) / square));
  const at = along(track, p);
  return Math.sqrt((point.x - at.x) ** 2 + (point.y - at.y) ** 2);
}
