import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Branch } from './branch.ts';
import { Column } from './column.ts';
import { PairAxis } from './pair-axis.ts';

function columnOf(values: readonly number[]): Column {
  const column = new Column(Float64Array);
  for (const value of values) column.push(value);
  return column;
}

function axisOf(a: Branch, b: Branch): PairAxis {
  const axis = new PairAxis(a, b);
  for (const laid of axis.lay()) expect(laid).toBeUndefined();
  return axis;
}

/** A branch with steps at these times; every second one sends. */
function branchOf(times: readonly number[]): Branch {
  const at = times.toSorted((a, b) => a - b);
  const steps = {
    at: columnOf(at),
    length: at.length,
    event: columnOf(at.map((_, i) => 2 * i)),
    hops: columnOf([]),
    counts: (i: number, grain: string) => grain === 'event' || i % 2 === 0,
  };
  return { steps } as unknown as Branch;
}

const times = fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 25 });

describe('two branches on one axis', () => {
  it('every step of either is there once, in order of time', () => {
    fc.assert(
      fc.property(times, times, (ta, tb) => {
        const a = branchOf(ta);
        const b = branchOf(tb);
        const axis = axisOf(a, b);
        const all = Array.from({ length: axis.length }, (_, i) => i);
        expect(all.map((i) => axis.own(i, 'a')).filter((s) => s >= 0)).toEqual([...a.steps.at].map((_, i) => i));
        expect(all.map((i) => axis.own(i, 'b')).filter((s) => s >= 0)).toEqual([...b.steps.at].map((_, i) => i));
        for (let i = 1; i < axis.length; i++) {
          expect(axis.at.get(i)).toBeGreaterThanOrEqual(axis.at.get(i - 1) as number);
          expect(axis.x.get(i)).toBeGreaterThan(axis.x.get(i - 1) as number);
        }
      }),
    );
  });

  it('a step back is as long as the step forward, at every grain', () => {
    expect.hasAssertions();
    fc.assert(
      fc.property(times, times, fc.constantFrom('event', 'hop', 'story' as const), (ta, tb, grain) => {
        const axis = axisOf(branchOf(ta), branchOf(tb));
        const forth: number[] = [];
        for (let step = axis.next(-1, grain, true); step >= 0; step = axis.next(step, grain, true)) forth.push(step);
        const back: number[] = [];
        for (let step = axis.next(axis.length, grain, false); step >= 0; step = axis.next(step, grain, false)) back.push(step);
        expect(back.toReversed()).toEqual(forth);
      }),
    );
  });

  it('equal branches stand at the same step everywhere', () => {
    const axis = axisOf(branchOf([1, 2, 2, 9]), branchOf([1, 2, 2, 9]));
    expect(axis.stepA).toEqual([0, 1, 2, 3]);
    expect(axis.stepB).toEqual(axis.stepA);
  });

  it('a branch that has nothing at a time stays where it is', () => {
    const axis = axisOf(branchOf([1, 5]), branchOf([1, 3, 5]));
    expect([...axis.at]).toEqual([1, 3, 5]);
    expect(axis.stepA).toEqual([0, 0, 1]);
    expect(axis.own(1, 'a')).toBe(-1);
    expect(axis.momentsAt(axis.x.get(1) as number)).toEqual({
      a: { executed: 1, at: 3 },
      b: { executed: 3, at: 3 },
    });
  });

  it('a time and its place lead to each other', () => {
    const axis = axisOf(branchOf([10, 30]), branchOf([20, 40]));
    for (const at of [10, 15, 20, 33, 40]) expect(axis.timeAt(axis.placeOf(at))).toBe(at);
  });
});
