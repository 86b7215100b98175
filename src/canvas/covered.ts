/**
 * What of the page lies over a map: the legend, a hint, the tools of a small screen. Labels and cards would be
 * under it.
 * Goes to: live-map.ts, and with its rectangles to whoever places something.
 */
import type { Rect } from './view.ts';

/** Marks an element that lies over a map: `<ul {...OVER_MAP}>`. */
export const OVER_MAP = { 'data-over-map': '' } as const;

/** Pixels that stay free around it. */
const AROUND = 3;

/** @returns what it was before, if that is still so */
export function coveredOf(canvas: HTMLCanvasElement, before: readonly Rect[]): readonly Rect[] {
  const map = canvas.getBoundingClientRect();
  const found: Rect[] = [];
  for (const element of document.querySelectorAll('[data-over-map]')) {
    const { left, top, right, bottom } = element.getBoundingClientRect();
    const seen = right > map.left && left < map.right && bottom > map.top && top < map.bottom;
    // What keeps its place unseen covers that place all the same, unless the whole map is out of sight.
    const shown = element.matches('[data-waits], [data-done]') ? element.parentElement : element;
    if (!seen || shown?.checkVisibility({ visibilityProperty: true }) !== true) continue;
    const x = Math.round(left - map.left) - AROUND;
    const y = Math.round(top - map.top) - AROUND;
    found.push({ x, y, w: Math.round(right - left) + 2 * AROUND, h: Math.round(bottom - top) + 2 * AROUND });
  }
  const same = found.length === before.length && found.every((rect, i) => isSame(rect, before[i]));
  return same ? before : found;
}

function isSame(a: Rect, b: Rect | undefined): boolean {
  return b !== undefined && a.x === b.x && a.y === b.y && a.w === b.w && a.h === b.h;
}
