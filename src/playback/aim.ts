/**
 * Where a press of Next or Back leads. Steps of a grain are the same whichever way one goes, so Next and
 * then Back lead to the same place; a press that begins between two steps is remembered, so that the
 * opposite one leads back there too.
 * Comes from: machine.ts, pair.ts.
 */
import type { Branch } from '../lab/index.ts';
import type { Grain, Moment } from '../sim/index.ts';
import { momentOfStep, sameMoment } from './playhead.ts';

/** A step that began between two steps of its grain. */
export interface Detour<P> {
  readonly from: P;
  readonly to: P;
  readonly forward: boolean;
  readonly grain: Grain;
}

export interface Aim<P> {
  readonly to: P;
  readonly detour: Detour<P> | null;
}

interface Way<P> {
  /** where one stands */
  readonly here: P;
  /** whether that is a step of the grain */
  readonly onStep: boolean;
  /** the next step of the grain, or null */
  readonly next: P | null;
  readonly same: (a: P, b: P) => boolean;
}

/** @returns null when there is nowhere to go */
export function aimAt<P>(detour: Detour<P> | null, way: Way<P>, forward: boolean, grain: Grain): Aim<P> | null {
  const { here, onStep, next, same } = way;
  if (detour !== null && detour.forward !== forward && detour.grain === grain && same(detour.to, here))
    return { to: detour.from, detour: null };
  if (next === null) return null;
  return { to: next, detour: onStep ? detour : { from: here, to: next, forward, grain } };
}

/** Where a step leads from a moment of a run. */
export function aimInRun(branch: Branch, detour: Detour<Moment> | null, here: Moment, forward: boolean, grain: Grain): Aim<Moment> | null {
  const { steps } = branch;
  const step = steps.stepBefore(here.executed);
  const there = momentOfStep(branch, step);
  const counts = there !== null && steps.counts(step, grain);
  // on the way to the next step, the one behind is a step back
  const underWay = there !== null && here.at > there.at;
  const next = counts && underWay && !forward ? there : momentOfStep(branch, steps.next(step, grain, forward));
  return aimAt(detour, { here, onStep: counts && sameMoment(there, here), next, same: sameMoment }, forward, grain);
}
