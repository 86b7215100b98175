/**
 * Wall clock → place on the axis. Nowhere else does the wall clock touch a run.
 * Comes from: machine.ts, which starts and stops it.  Goes to: playhead.ts.
 */
import { lab, settings } from '../lab/index.ts';
import { glideTo, playhead, showAt, underWay } from './playhead.ts';

/** How long a frame takes across a cable at speed 1. */
export const STEP_MS = 750;
/** A step by hand is a glide of this length at most, whatever lies between. */
const GLIDE_MAX_MS = 900;
const GLIDE_MIN_MS = 180;
const GLIDE_BACK_MS = 280;

let motion: MediaQueryList | null = null;

/** Asked at every picture: the question is put to the browser once, and its answer stays current. */
export function reducedMotion(): boolean {
  motion ??= matchMedia('(prefers-reduced-motion: reduce)');
  return motion.matches;
}

/** Calls `frame` with the milliseconds since the last call until it says false. @returns how to stop */
export function eachFrame(frame: (ms: number) => boolean): () => void {
  let handle = 0;
  let last = performance.now();
  const loop = (now: number): void => {
    // A tab that was hidden does not catch up.
    const ms = Math.min(100, Math.max(0, now - last));
    last = now;
    if (frame(ms)) handle = requestAnimationFrame(loop);
  };
  handle = requestAnimationFrame(loop);
  return () => cancelAnimationFrame(handle);
}

/** Plays on until the end of the run. */
export function play(atEnd: () => void): () => void {
  let jumped = 0;
  return eachFrame((ms) => {
    const { branch, phase } = lab.getState();
    if (branch === null) return false;
    const { width } = branch.steps;
    const { speed } = settings.getState();
    if (reducedMotion()) {
      jumped += ms;
      if (jumped < STEP_MS / speed) return true;
      jumped = 0;
      const next = branch.steps.next(branch.steps.stepAt(playhead().x), lab.getState().grain, true);
      glideTo(next < 0 ? width : (branch.steps.x.get(next) as number));
    } else {
      glideTo(Math.min(width, playhead().x + (ms * speed) / STEP_MS));
    }
    if (playhead().x < width) return true;
    // More may come while the run is still being advanced.
    if (phase === 'advancing') return true;
    atEnd();
    return false;
  });
}

/** How long a step by hand takes, milliseconds. */
export function glideLength(from: number, to: number): number {
  const wanted = (Math.abs(to - from) * STEP_MS) / settings.getState().speed;
  return to < from ? GLIDE_BACK_MS : Math.min(GLIDE_MAX_MS, Math.max(GLIDE_MIN_MS, wanted));
}

/** Moves to a place within a second at most, however far it is. */
export function glide(to: number, arrived: () => void): () => void {
  const from = playhead().x;
  const length = glideLength(from, to);
  let gone = reducedMotion() ? length : 0;
  return eachFrame((ms) => {
    gone += ms;
    if (gone >= length || !underWay()) {
      arrived();
      return false;
    }
    showAt(from + (to - from) * ease(gone / length));
    return true;
  });
}

export function ease(share: number): number {
  return share < 0.5 ? 2 * share * share : 1 - 2 * (1 - share) * (1 - share);
}
