import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ip } from '../testing/host.test-kit.ts';
import { jhash2, scaled, swapped } from './jhash.ts';

/** Which of several addresses Linux takes for a connection. */
function choice(src: string, dst: string, count: number): number {
  return scaled(jhash2([swapped(ip(src)), 0, 0, 0], swapped(ip(dst))), count);
}

describe('jhash2', () => {
  // recorded: DNAT to 192.168.77.30-192.168.77.31 sent this client to the first
  it('chooses as Linux did', () => {
    expect(choice('10.31.1.10', '192.168.77.31', 2)).toBe(0);
  });

  it('has 32 bits, for any number of words', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(0xffffffff), { maxLength: 9 }), fc.nat(0xffffffff), (words, seed) => {
        const hash = jhash2(words, seed);
        expect(hash).toBe(hash >>> 0);
      }),
    );
  });

  it('spreads clients over all addresses', () => {
    const seen = new Set<number>();
    for (let last = 1; last < 60; last++) seen.add(choice(`10.0.0.${last}`, '10.1.0.1', 4));
    expect([...seen].toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3]);
  });
});
