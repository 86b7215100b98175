/**
 * Where playback stands right now, to the fraction of a step. The canvas reads it each frame; panels
 * read the coarser cursor of the lab, which follows.
 * Comes from: machine.ts.  Goes to: canvas, timeline.
 */
import type { Nanos } from '../engine/index.ts';
import { lab, setCursor, type Branch } from '../lab/index.ts';
import type { Moment } from '../sim/index.ts';

/** While playing, panels are told at most this often. */
const TELL_EVERY_MS = 90;

export interface Playhead {
  /** place on the axis of the timeline, see lab/step-index.ts */
  readonly x: number;
  readonly moment: Moment;
}

let head: Playhead = { x: 0, moment: { executed: 0, at: 0 as Nanos } };
let toldAt = 0;
const listeners = new Set<() => void>();

export function playhead(): Playhead {
  return head;
}

/** @returns how to stop listening */
export function onPlayhead(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function put(next: Playhead): void {
  head = next;
  for (const listener of listeners) listener();
}

/** The moment at a place of the axis: between two steps the frames are on their way. */
export function momentAt(branch: Branch, x: number): Moment {
  const { steps } = branch;
  if (steps.length === 0) return { executed: 0, at: 0 as Nanos };
  const step = steps.stepAt(x);
  return { executed: (steps.event[step] as number) + 1, at: steps.timeAt(x) };
}

/** Moves without telling the panels more often than they can follow. */
export function glideTo(x: number): void {
  const { branch, cursor } = lab.getState();
  if (branch === null) return;
  const moment = momentAt(branch, x);
  put({ x, moment });
  const now = performance.now();
  if (moment.executed === cursor.executed || now - toldAt < TELL_EVERY_MS) return;
  toldAt = now;
  setCursor(moment);
}

/** Moves the picture only: the panels are told on arrival. */
export function showAt(x: number): void {
  const { branch } = lab.getState();
  if (branch !== null) put({ x, moment: momentAt(branch, x) });
}

/** Tells the panels where the playhead is. */
export function settle(): void {
  setCursor(head.moment);
}

/** The moment after a step; null when there is no such step. */
export function momentOfStep({ steps }: Branch, step: number): Moment | null {
  const event = steps.event[step];
  const at = steps.at[step];
  return event === undefined || at === undefined ? null : { executed: event + 1, at: at as Nanos };
}

lab.subscribe((now, before) => {
  if (now.cursor === before.cursor && now.version === before.version && now.branch === before.branch) return;
  const { branch, cursor } = now;
  if (branch === null) return;
  if (now.branch === before.branch && head.moment.executed === cursor.executed && head.moment.at === cursor.at) return;
  put({ x: branch.steps.placeOf(cursor.executed, cursor.at), moment: cursor });
});
