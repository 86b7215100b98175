/**
 * Playback of two futures: one place on their common axis, stepped, played and dragged as a single run is.
 * Comes from: the transport and the keys of what-if.  Goes to: both maps, and the panels of what-if.
 */
import { createStore } from 'zustand/vanilla';
import type { Nanos } from '../engine/index.ts';
import { lab, settings, whatIf, type PairAxis } from '../lab/index.ts';
import type { Grain, Moment } from '../sim/index.ts';
import { aimAt, type Detour } from './aim.ts';
import { eachFrame, ease, glideLength, reducedMotion, STEP_MS } from './clock.ts';

interface PairHead {
  /** place on the axis of both */
  readonly x: number;
  readonly a: Moment;
  readonly b: Moment;
}

/** What the panels are told: less often than the maps while playing, and at once where a step leads. */
interface PairState {
  /** step of the axis, -1 before the first one */
  readonly step: number;
  readonly at: Nanos;
  readonly mode: 'paused' | 'playing' | 'seeking';
}

/** While playing, panels are told at most this often. */
const TELL_EVERY_MS = 90;
const NOWHERE: Moment = { executed: 0, at: 0 as Nanos };

export const pairState = createStore<PairState>(() => ({ step: -1, at: 0 as Nanos, mode: 'paused' }));

let head: PairHead = { x: 0, a: NOWHERE, b: NOWHERE };
let stopMoving: () => void = () => {};
/** place that is being sought, or null */
let target: number | null = null;
/** where the opposite step leads, if that is no step of its grain */
let detour: Detour<number> | null = null;
let toldAt = 0;
const listeners = new Set<() => void>();

export function pairHead(): PairHead {
  return head;
}

/** Where the panels stand: during a glide, where it leads. */
export function pairHere(): PairHead {
  const axis = axisNow();
  return axis === null || target === null ? head : { x: target, ...axis.momentsAt(target) };
}

/** @returns how to stop listening */
export function onPairHead(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function axisNow(): PairAxis | null {
  return whatIf.getState().pair?.axis ?? null;
}

function put(x: number): void {
  const axis = axisNow();
  if (axis === null) return;
  head = { x, ...axis.momentsAt(x) };
  for (const listener of listeners) listener();
}

function tell(mode: PairState['mode']): void {
  const axis = axisNow();
  if (axis === null) return;
  toldAt = performance.now();
  const { x, b } = pairHere();
  pairState.setState({ step: axis.length === 0 ? -1 : axis.stepAt(x), at: b.at, mode });
  if (mode === 'paused') whatIf.setState({ at: b.at });
}

function rest(): void {
  stopMoving();
  stopMoving = () => {};
  target = null;
  detour = null;
}

/** Stands at a place. */
export function pairJump(x: number): void {
  rest();
  put(x);
  tell('paused');
}

/** Stands at the last step of a time. */
function pairJumpTo(at: Nanos): void {
  const axis = axisNow();
  if (axis !== null) pairJump(axis.placeOf(at));
}

export function pairStep(forward: boolean, grain: Grain): void {
  const axis = axisNow();
  if (axis === null) return;
  const here = target ?? head.x;
  const step = axis.stepAt(here);
  const onStep = axis.length > 0 && axis.x.get(step) === here && axis.counts(step, grain);
  const behind = axis.counts(step, grain) && here > (axis.x.get(step) as number);
  const next = behind && !forward ? step : axis.next(step, grain, forward);
  const aim = aimAt(detour, { here, onStep, next: axis.x.get(next) ?? null, same: (a, b) => a === b }, forward, grain);
  if (aim === null) return;
  if (target !== null) put(target);
  stopMoving();
  target = aim.to;
  detour = aim.detour;
  const begin = head.x;
  const end = aim.to;
  const length = glideLength(begin, end);
  let gone = reducedMotion() ? length : 0;
  tell('seeking');
  stopMoving = eachFrame((ms) => {
    gone += ms;
    if (gone >= length) {
      stopMoving = () => {};
      target = null;
      put(end);
      tell('paused');
      return false;
    }
    put(begin + (end - begin) * ease(gone / length));
    return true;
  });
}

export function pairToggle(): void {
  const axis = axisNow();
  if (axis === null) return;
  if (pairState.getState().mode === 'playing') {
    rest();
    tell('paused');
    return;
  }
  rest();
  if (head.x >= axis.width) put(0);
  tell('playing');
  let waited = 0;
  stopMoving = eachFrame((ms) => {
    const { speed } = settings.getState();
    if (reducedMotion()) {
      waited += ms;
      if (waited < STEP_MS / speed) return true;
      waited = 0;
      const next = axis.next(axis.stepAt(head.x), lab.getState().grain, true);
      put(next < 0 ? axis.width : (axis.x.get(next) as number));
    } else {
      put(Math.min(axis.width, head.x + (ms * speed) / STEP_MS));
    }
    if (head.x >= axis.width) {
      rest();
      tell('paused');
      return false;
    }
    if (performance.now() - toldAt > TELL_EVERY_MS) tell('playing');
    return true;
  });
}

/** Moves while the pointer is down. */
export function pairDrag(x: number): void {
  rest();
  put(x);
  if (performance.now() - toldAt > TELL_EVERY_MS) tell('paused');
}

whatIf.subscribe((now, before) => {
  if (now.phase === before.phase && now.pair?.axis === before.pair?.axis) return;
  rest();
  if (now.phase === 'open' && now.pair !== null && now.pair.axis !== before.pair?.axis) pairJumpTo(now.at);
});
