/** A press of a key: what it leads to is read at once, and the picture glides there. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Nanos } from '../engine/index.ts';
import { lab, readOn, setCursor } from '../lab/index.ts';
import { openShipped } from '../lab/lab.test-kit.ts';
import type { Moment } from '../sim/index.ts';
import { modeOf, playback, startPlayback } from './machine.ts';
import { momentOfStep, playhead } from './playhead.ts';

const frames = new Map<number, (now: number) => void>();
let asked = 0;
let now = 0;

/** Lets the browser draw, so many milliseconds later. */
function frame(ms: number): void {
  now += ms;
  const due = [...frames.values()];
  frames.clear();
  for (const draw of due) draw(now);
}

const step = (forward = true) => playback.send({ type: 'STEP', forward, grain: 'hop' });
/** Its number among the hops. */
function numberOf({ executed }: Moment): number {
  const { branch } = lab.getState();
  return branch?.steps.position(branch.steps.stepBefore(executed), 'hop').number ?? -1;
}
const stepShown = (): number => numberOf(lab.getState().cursor);
const stepDrawn = (): number => numberOf(playhead().moment);

let stop = (): void => {};

beforeAll(() => {
  vi.stubGlobal('requestAnimationFrame', (draw: (at: number) => void) => {
    frames.set(++asked, draw);
    return asked;
  });
  vi.stubGlobal('cancelAnimationFrame', (handle: number) => frames.delete(handle));
  vi.stubGlobal('matchMedia', () => ({ matches: false }));
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  openShipped('dr-lab');
  stop = startPlayback();
});

beforeEach(() => {
  playback.send({ type: 'START' });
});

afterAll(() => {
  stop();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

describe('a step by hand', () => {
  it('is read before the first frame is drawn, and drawn within a second', () => {
    const begin = stepShown();
    const x = playhead().x;
    step();
    expect(stepShown()).toBe(begin + 1);
    expect(stepDrawn()).toBe(begin);
    frame(16);
    expect(playhead().x).toBeGreaterThan(x);
    for (let i = 0; i < 62; i++) frame(16);
    expect(modeOf()).toBe('paused');
    expect(stepDrawn()).toBe(begin + 1);
    expect(playhead().moment).toEqual(lab.getState().cursor);
  });

  it('counts each press, however fast they come, and the picture is never more than one behind', () => {
    const begin = stepShown();
    for (let i = 1; i <= 60; i++) {
      step();
      expect(stepShown()).toBe(begin + i);
      if (i % 3 === 0) frame(16);
      expect(stepDrawn()).toBeGreaterThanOrEqual(begin + i - 1);
    }
    for (let i = 59; i >= 20; i--) {
      step(false);
      expect(stepShown()).toBe(begin + i);
      expect(stepDrawn()).toBeLessThanOrEqual(begin + i + 1);
    }
  });

  it('is given up when something else is gone to meanwhile', () => {
    const { branch } = lab.getState();
    if (branch === null) throw new Error('no lab is open');
    step();
    frame(16);
    const elsewhere = momentOfStep(branch, 40);
    if (elsewhere === null) throw new Error('the lab has few steps');
    // as a command that was typed does
    setCursor(elsewhere);
    expect(playhead().moment).toEqual(elsewhere);
    for (let i = 0; i < 100; i++) frame(16);
    expect(lab.getState().cursor).toEqual(elsewhere);
    expect(playhead().moment).toEqual(elsewhere);
    expect(modeOf()).toBe('paused');
  });

  it('may be chosen again from a list while the picture is on its way', () => {
    step();
    frame(16);
    const { cursor, branch } = lab.getState();
    const focus = branch?.run.trace.firstOf(cursor.executed - 1);
    if (focus === undefined) throw new Error('no lab is open');
    playback.send({ type: 'JUMP', moment: cursor, focus });
    expect(playhead().moment).toEqual(cursor);
    expect(lab.getState().focus).toBe(focus);
    frame(16);
    expect(playhead().moment).toEqual(cursor);
  });

  it('does not jump ahead when the run grows', () => {
    step();
    frame(16);
    const { x } = playhead();
    lab.setState({ version: lab.getState().version + 1 });
    expect(playhead().x).toBe(x);
  });
});

describe('the end', () => {
  const atHead = (): boolean => lab.getState().cursor.executed === lab.getState().branch?.run.head;
  const { phase } = lab.getState();
  afterEach(() => lab.setState({ phase }));

  /** The run grows while it is told of, and is complete then. */
  function complete(): void {
    const { branch } = lab.getState();
    if (branch === null) throw new Error('there is no lab');
    branch.run.extend((branch.run.endsAt + 60e9) as Nanos);
    while (branch.run.advance(1000));
    readOn(branch);
    lab.setState({ phase: 'ready' });
  }

  it('that is asked for while the run is under way is the end of all, when that is known', () => {
    lab.setState({ phase: 'advancing' });
    playback.send({ type: 'FINISH' });
    complete();
    expect(atHead()).toBe(true);
    expect(modeOf()).toBe('atEnd');
  });

  it('is left by whoever goes elsewhere meanwhile', () => {
    lab.setState({ phase: 'advancing' });
    playback.send({ type: 'FINISH' });
    step(false);
    const { cursor } = lab.getState();
    complete();
    expect(lab.getState().cursor).toBe(cursor);
  });
});
