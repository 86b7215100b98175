/** Places on the timeline: labels of times and of long waits, and where a time stands in pixels. */
import type { Nanos } from '../../engine/index.ts';
import type { Column } from '../../lab/index.ts';

/** The steps of one run, or of two beside each other. */
export interface Axis {
  readonly at: Column;
  readonly x: Column;
  /** steps after which nothing happens for long */
  readonly waits: Column;
  readonly length: number;
  readonly width: number;
  stepAt(x: number): number;
  timeAt(x: number): Nanos;
}

/** Between places on the axis of steps and pixels. */
export interface Scale {
  readonly toPixels: (x: number) => number;
  readonly toAxis: (pixels: number) => number;
}

/** The axis of steps on a track, or the same places by real time. */
export function scaleOf(axis: Axis | null, by: 'steps' | 'time', width: number, pad: number): Scale {
  const room = Math.max(1, width - 2 * pad);
  if (axis === null || axis.length === 0) return { toPixels: () => pad, toAxis: () => 0 };
  const clamped = (pixels: number): number => Math.min(1, Math.max(0, (pixels - pad) / room));
  if (by === 'steps') {
    const whole = Math.max(axis.width, 1e-6);
    return { toPixels: (x) => pad + (room * x) / whole, toAxis: (pixels) => clamped(pixels) * axis.width };
  }
  const first = axis.at.get(0) as number;
  const span = Math.max(1, (axis.at.get(axis.length - 1) as number) - first);
  return {
    toPixels: (x) => pad + (room * (axis.timeAt(x) - first)) / span,
    toAxis: (pixels) => xOfTime(axis, (first + clamped(pixels) * span) as Nanos),
  };
}

export interface TimeLabel {
  readonly px: number;
  readonly at: Nanos;
  /** length of a wait, or 0 for a time */
  readonly wait: number;
}

/** Pixels that a label of a time takes, and one of a wait. */
const TIME_ROOM = 92;
const WAIT_ROOM = 56;

export function timeLabels(steps: Axis, width: number, toPixels: (x: number) => number, withWaits: boolean): TimeLabel[] {
  const labels: TimeLabel[] = [];
  if (steps.length === 0) return labels;
  const taken: (readonly [number, number])[] = [];
  const fits = (px: number, room: number): boolean =>
    px - room / 2 >= 0 && px + room / 2 <= width + 20 && taken.every(([from, to]) => px + room / 2 < from || px - room / 2 > to);
  const put = (px: number, room: number, at: Nanos, wait: number): void => {
    if (!fits(px, room)) return;
    taken.push([px - room / 2, px + room / 2]);
    labels.push({ px, at, wait });
  };
  // Waits first: a gap that is not said looks like an error.
  for (const { from, wait } of withWaits ? longest(steps, Math.floor(width / (2 * WAIT_ROOM))) : []) {
    const px = (toPixels(steps.x.get(from) as number) + toPixels(steps.x.get(from + 1) as number)) / 2;
    put(px, WAIT_ROOM, steps.at.get(from) as Nanos, wait);
  }
  const count = Math.max(2, Math.floor(width / TIME_ROOM));
  for (let i = 0; i <= count; i++) {
    const x = (steps.width * i) / count;
    const step = steps.stepAt(x);
    put(Math.max(TIME_ROOM / 2, toPixels(steps.x.get(step) as number)), TIME_ROOM, steps.at.get(step) as Nanos, 0);
  }
  return labels;
}

/** The longest waits of a run. */
function longest({ at, waits }: Axis, most: number): { from: number; wait: number }[] {
  const all = Array.from(waits, (from) => ({ from, wait: (at.get(from + 1) as number) - (at.get(from) as number) }));
  return all.toSorted((a, b) => b.wait - a.wait).slice(0, most);
}

/** Place of a time on the axis of steps. */
export function xOfTime(steps: Axis, at: Nanos): number {
  if (steps.length === 0) return 0;
  const next = steps.at.lowerBound(at);
  if (next === 0) return 0;
  const from = next - 1;
  const x = steps.x.get(from) as number;
  const following = steps.at.get(next);
  if (following === undefined) return x;
  const start = steps.at.get(from) as number;
  return x + (((steps.x.get(next) as number) - x) * (at - start)) / Math.max(1, following - start);
}
