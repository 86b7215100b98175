/**
 * Where playback stands right now, to the fraction of a step. The canvas reads it each frame; panels
 * read the coarser cursor of the lab: while playing it follows, at a step by hand it goes ahead.
 * Comes from: machine.ts.  Goes to: canvas, timeline.
 */
import type { Nanos, TraceId } from '../engine/index.ts';
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
/** Where a glide leads: the panels are there already, the picture follows frame by frame. */
let bound: Moment | null = null;
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
  return { executed: (steps.event.get(step) as number) + 1, at: steps.timeAt(x) };
}

/** Moves without telling the panels more often than they can follow. */
export function glideTo(x: number): void {
  const { branch, cursor } = lab.getState();
  if (branch === null) return;
  const moment = momentAt(branch, x);
  bound = null;
  put({ x, moment });
  const now = performance.now();
  if (moment.executed === cursor.executed || now - toldAt < TELL_EVERY_MS) return;
  toldAt = now;
  setCursor(moment);
}

/** Whoever presses a key reads at once where it leads; the picture glides there. */
export function setOut(moment: Moment): void {
  bound = moment;
  setCursor(moment);
}

/** Whether a glide is still wanted: somebody may have gone elsewhere meanwhile. */
export function underWay(): boolean {
  return bound !== null;
}

/** Moves the picture only: the panels stand already where it glides to. */
export function showAt(x: number): void {
  const { branch } = lab.getState();
  if (branch !== null) put({ x, moment: momentAt(branch, x) });
}

/** The picture is where the panels are. */
export function land(): void {
  if (bound !== null) standAt(bound);
}

/** Picture and panels stand at a moment. */
export function standAt(moment: Moment, focus: TraceId | null = null): void {
  bound = null;
  setCursor(moment, focus);
  follow();
}

/** Tells the panels where the playhead is. */
export function settle(): void {
  bound = null;
  setCursor(head.moment);
}

export function sameMoment(a: Moment, b: Moment): boolean {
  return a.executed === b.executed && a.at === b.at;
}

/** Brings the picture to where the panels are. */
function follow(): void {
  const { branch, cursor } = lab.getState();
  if (branch !== null && !sameMoment(head.moment, cursor)) put({ x: branch.steps.placeOf(cursor.executed, cursor.at), moment: cursor });
}

/** The moment after a step; null when there is no such step. */
export function momentOfStep({ steps }: Branch, step: number): Moment | null {
  const event = steps.event.get(step);
  const at = steps.at.get(step);
  return event === undefined || at === undefined ? null : { executed: event + 1, at: at as Nanos };
}

lab.subscribe((now, before) => {
  if (now.cursor === before.cursor && now.version === before.version && now.branch === before.branch) return;
  const { branch, cursor } = now;
  if (branch === null) return;
  const here = now.branch === before.branch;
  // A glide brings the picture there, or is given up.
  if (bound !== null && here && sameMoment(bound, cursor)) return;
  bound = null;
  if (here) follow();
  else put({ x: branch.steps.placeOf(cursor.executed, cursor.at), moment: cursor });
});
