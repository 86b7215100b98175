import { describe, expect, it } from 'vitest';
import type { Moment } from '../../sim/index.ts';
import { presenterKey } from './presenter-keys.ts';
import { nextStop, stopAt, type TourStop } from './tour.ts';

const moment = (executed: number): Moment => ({ executed, at: executed * 10 }) as unknown as Moment;
const stops: TourStop[] = [10, 20, 20, 30].map((executed, i) => ({ moment: moment(executed), note: `${i}` }));

describe('a tour', () => {
  it('goes on to the next moment from wherever one is', () => {
    expect(nextStop(stops, moment(5), true)?.note).toBe('0');
    expect(nextStop(stops, moment(10), true)?.note).toBe('1');
    expect(nextStop(stops, moment(25), true)?.note).toBe('3');
    expect(nextStop(stops, moment(30), true)).toBeNull();
  });

  it('goes back to the moment one has passed, and from a moment to the one before', () => {
    expect(nextStop(stops, moment(15), false)?.note).toBe('0');
    expect(nextStop(stops, moment(10), false)).toBeNull();
    expect(nextStop(stops, moment(30), false)?.note).toBe('2');
  });

  it('has not begun before its first moment', () => {
    expect(stopAt(stops, moment(3))).toBe(-1);
  });
});

describe('the keys of a clicker', () => {
  it('step, blank and leave', () => {
    expect(['PageDown', 'PageUp', 'b', '.', 'Escape'].map((key) => presenterKey(key, false))).toEqual([
      'next',
      'back',
      'blank',
      'blank',
      'leave',
    ]);
  });

  it('press a button that has the focus, if they do that anyway', () => {
    expect(presenterKey('Enter', true)).toBeNull();
    expect(presenterKey('PageDown', true)).toBe('next');
  });
});
