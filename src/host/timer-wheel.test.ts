import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { millis, nanos, seconds } from '../engine/index.ts';
import { NS_PER_TICK, ticksOf, wheelDelay } from './timer-wheel.ts';

describe('wheelDelay', () => {
  it('is what the retransmissions of a SYN show: 1.02, 3.04 s and so on', () => {
    let now = 0;
    const at = [1, 2, 4].map((span) => (now += wheelDelay(nanos(now), seconds(span))) / 1e9);
    expect(at).toEqual([1.024, 3.04, 7.168]);
  });

  it('is never early, and late by at most a slot of its level', () => {
    fc.assert(
      fc.property(fc.nat(1e9), fc.nat(1e6), (us, ms) => {
        const now = nanos(us * 1000);
        const span = millis(ms);
        const late = wheelDelay(now, span) - span;
        const ticks = ticksOf(span);
        const slot = ticks < 63 ? 1 : ticks < 504 ? 8 : ticks < 4032 ? 64 : ticks < 32256 ? 512 : 4096;
        expect(late).toBeGreaterThan(-NS_PER_TICK);
        expect(late).toBeLessThanOrEqual((slot + 1) * NS_PER_TICK);
      }),
    );
  });
});
