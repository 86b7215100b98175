/** Labels of the timeline: times at steps, and long waits where nothing happens. */
import type { Nanos } from '../../engine/index.ts';
import { lowerBound, type StepIndex } from '../../lab/index.ts';

export interface TimeLabel {
  readonly px: number;
  readonly at: Nanos;
  /** length of a wait, or 0 for a time */
  readonly wait: number;
}

/** Pixels that a label of a time takes, and one of a wait. */
const TIME_ROOM = 92;
const WAIT_ROOM = 56;

export function timeLabels(steps: StepIndex, width: number, toPixels: (x: number) => number, longWait: number): TimeLabel[] {
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
  for (const { from, wait } of longest(steps, longWait, Math.floor(width / (2 * WAIT_ROOM)))) {
    const px = (toPixels(steps.x[from] as number) + toPixels(steps.x[from + 1] as number)) / 2;
    put(px, WAIT_ROOM, steps.at[from] as Nanos, wait);
  }
  const count = Math.max(2, Math.floor(width / TIME_ROOM));
  for (let i = 0; i <= count; i++) {
    const x = (steps.width * i) / count;
    const step = steps.stepAt(x);
    put(Math.max(TIME_ROOM / 2, toPixels(steps.x[step] as number)), TIME_ROOM, steps.at[step] as Nanos, 0);
  }
  return labels;
}

/** The longest waits of a run. */
function longest(steps: StepIndex, longWait: number, most: number): { from: number; wait: number }[] {
  const waits: { from: number; wait: number }[] = [];
  for (let i = 0; i + 1 < steps.length; i++) {
    const wait = (steps.at[i + 1] as number) - (steps.at[i] as number);
    if (wait >= longWait) waits.push({ from: i, wait });
  }
  return waits.toSorted((a, b) => b.wait - a.wait).slice(0, most);
}

/** Place of a time on the axis of steps. */
export function xOfTime(steps: StepIndex, at: Nanos): number {
  if (steps.length === 0) return 0;
  const next = lowerBound(steps.at, at);
  if (next === 0) return 0;
  const from = next - 1;
  const x = steps.x[from] as number;
  const following = steps.at[next];
  if (following === undefined) return x;
  const start = steps.at[from] as number;
  return x + (((steps.x[next] as number) - x) * (at - start)) / Math.max(1, following - start);
}
