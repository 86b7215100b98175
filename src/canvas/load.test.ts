import { describe, expect, it } from 'vitest';
import type { Branch } from '../lab/index.ts';
import type { Moment } from '../sim/index.ts';
import { LOAD_WINDOW_NS, loadsOf, loadText } from './load.ts';
import type { LinkLook } from './look.ts';

const DELAY = 1000;

/** Frames that each take `sendNs` to send, from the first end of a cable, back to back up to time 0. */
function busyLine(frames: number, sendNs: number, rateBps: number | null): Float64Array {
  const hops = Array.from({ length: frames }, (_, i) => {
    const start = -(frames - i) * sendNs;
    return { record: i, from: 0, fromDev: 1, start, until: start + sendNs + DELAY, lost: null };
  });
  const branch = {
    run: { trace: { firstOf: () => frames } },
    steps: { hops: { length: frames, get: (i: number) => hops[i] }, longestSpan: sendNs + DELAY, hopsSince: () => 0 },
  } as unknown as Branch;
  const link = { ends: [{ node: 0, dev: 1 }, { node: 1, dev: 1 }], delayNs: DELAY, rateBps, lossPpm: 0, up: true } as unknown as LinkLook; // prettier-ignore
  return loadsOf(branch, [link], { executed: 0, at: 0 } as unknown as Moment);
}

describe('loadsOf', () => {
  it('is the share of the window in which bits were sent, one way and not the other', () => {
    expect([...busyLine(25, LOAD_WINDOW_NS / 100, 1_000_000)]).toEqual([0.25, 0]);
  });

  it('is full, and not more, however long the line has been busy', () => {
    expect([...busyLine(500, LOAD_WINDOW_NS / 100, 1_000_000)]).toEqual([1, 0]);
  });

  it('is nothing where there is no rate to share', () => {
    expect([...busyLine(25, LOAD_WINDOW_NS / 100, null)]).toEqual([0, 0]);
  });
});

it('loadText says little as little', () => {
  expect([0, 0.0004, 0.012, 0.5, 1].map(loadText)).toEqual(['0 %', '<1 %', '1 %', '50 %', '100 %']);
});
