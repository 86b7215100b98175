import { describe, expect, it } from 'vitest';
import { NO_FRAME, type FrameId } from '../engine/index.ts';
import type { Branch } from '../lab/index.ts';
import type { Hop, Moment } from '../sim/index.ts';
import { portKey } from './look.ts';
import type { SceneLink } from './scene.ts';
import { Traffic } from './traffic.ts';
import type { Track } from './view.ts';

const DELAY = 1_000_000;
const link = { id: 0, a: 0, b: 1, aPort: portKey(0, 1), bPort: portKey(1, 1), delayNs: DELAY } as unknown as SceneLink;
const track: Track = { a: { x: 0, y: 0 }, b: { x: 340, y: 0 }, length: 340 };

function hop(frame: number, start: number, from = 0): Hop {
  return {
    record: frame,
    frame,
    from,
    fromDev: 1,
    to: 1 - from,
    toDev: 1,
    start,
    until: start + DELAY,
    lost: null,
    turns: [],
  } as unknown as Hop;
}

/** The traffic of these frames at a moment; all of them have been sent. */
function trafficOf(hops: readonly Hop[], at: number, selected: number | null = null, halfway = false): Traffic {
  const branch = {
    run: { trace: {} },
    steps: {
      flyingInto: (found: Hop[]) => {
        const flying = hops.filter(({ start, until }) => start <= at && at < until);
        flying.forEach((each, i) => (found[i] = each));
        return flying.length;
      },
    },
  } as unknown as Branch;
  const traffic = new Traffic();
  traffic.update(branch, { executed: 0, at } as unknown as Moment, [link], [track], selected as FrameId | null, halfway);
  return traffic;
}

const counts = (traffic: Traffic): number[] => traffic.marks.slice(0, traffic.count).map((mark) => mark.count);

describe('Traffic', () => {
  it('draws a few frames each by itself, however near they are', () => {
    expect(counts(trafficOf([hop(1, 0), hop(2, 10), hop(3, 20)], 100))).toEqual([1, 1, 1]);
  });

  it('merges many into counted bundles and loses none', () => {
    const hops = Array.from({ length: 500 }, (_, i) => hop(i, i * 1000));
    const traffic = trafficOf(hops, 600_000);
    expect(traffic.frames).toBe(500);
    expect(counts(traffic).reduce((sum, count) => sum + count, 0)).toBe(500);
    expect(traffic.count).toBeLessThan(12);
    expect(traffic.count).toBeGreaterThan(4);
    const listed = traffic.marks.slice(0, traffic.count).flatMap((mark) => traffic.framesOf(mark));
    expect(new Set(listed.map(({ frame }) => frame)).size).toBe(500);
  });

  it('keeps those together that were sent together, all the way', () => {
    const hops = Array.from({ length: 60 }, (_, i) => hop(i, i * 5000));
    const groups = (at: number): string =>
      trafficOf(hops, at)
        .marks.map((mark) => mark.count)
        .join();
    expect(groups(400_000)).toBe(groups(700_000));
  });

  it('does not merge what goes the other way', () => {
    const hops = [0, 1, 2, 3].flatMap((i) => [hop(i, i), hop(10 + i, i, 1)]);
    const traffic = trafficOf(hops, 500);
    expect(counts(traffic)).toEqual([4, 4]);
    expect(traffic.marks.map(({ reverse }) => reverse)).toEqual([false, true]);
  });

  it('marks the bundle in which the picked frame is', () => {
    const traffic = trafficOf([hop(1, 0), hop(2, 1), hop(3, 2), hop(4, 3)], 100, 3);
    expect(traffic.marks[0]?.selected).toBe(true);
    expect(traffic.marks[0]?.hop.frame).toBe(3);
  });

  it('stands half-way when nothing may move', () => {
    const traffic = trafficOf([hop(1, 0), hop(2, 300_000), hop(3, 600_000), hop(4, 700_000)], 800_000, NO_FRAME, true);
    expect(counts(traffic)).toEqual([4]);
    expect(traffic.marks[0]?.p).toBe(0.5);
  });
});
