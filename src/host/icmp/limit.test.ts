import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nanos } from '../../engine/index.ts';
import type { Ipv4 } from '../../wire/index.ts';
import { createFakeNet } from '../testing/fake-net.test-kit.ts';
import { icmpGlobalAllow, icmpIsUnlimited, icmpPeerAllow, icmpRedirectAllow, icmpRouteErrorAllow } from './limit.ts';

const PEER = 0x0a000001 as Ipv4;
const S = 1_000_000_000;

/** Sequence numbers of pings into a missing route that are answered, one ping every `every` ns. */
function answered(every: number, count: number): number[] {
  const net = createFakeNet();
  const out: number[] = [];
  for (let seq = 1; seq <= count; seq++) {
    if (icmpRouteErrorAllow(net, PEER) && icmpPeerAllow(net, PEER)) out.push(seq);
    net.now = nanos(net.now + every);
  }
  return out;
}

describe('limits on ICMP errors', () => {
  it('answers pings into a missing route as Linux does: 1-4 at one a second, 1 and 2 at five', () => {
    expect(answered(S, 12)).toEqual([1, 2, 3, 4]);
    expect(answered(0.2 * S, 20)).toEqual([1, 2]);
  });

  it('lets six errors pass at once and then one each second', () => {
    const net = createFakeNet();
    const burst = Array.from({ length: 10 }, () => icmpPeerAllow(net, PEER));
    expect(burst.filter(Boolean)).toHaveLength(6);
    net.now = nanos(net.now + S - 1);
    expect(icmpPeerAllow(net, PEER)).toBe(false);
    net.now = nanos(net.now + 1);
    expect(icmpPeerAllow(net, PEER)).toBe(true);
    expect(icmpPeerAllow(net, PEER)).toBe(false);
  });

  it('with icmp_ratelimit 0 passes every error, and leaves nothing of the bucket for routes that say no', () => {
    const net = createFakeNet();
    net.host.sysctl['net.ipv4.icmp_ratelimit'] = 0;
    const both = (): boolean[] => [icmpRouteErrorAllow(net, PEER), icmpPeerAllow(net, PEER)];
    expect(both()).toEqual([true, true]);
    expect(both()).toEqual([false, true]);
    net.now = nanos(net.now + S);
    expect(both()).toEqual([true, true]);
  });

  it('never passes more than the bucket holds plus one each second', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 3 * S }), { minLength: 1, maxLength: 60 }), (gaps) => {
        const net = createFakeNet();
        let passed = 0;
        let total = 0;
        for (const gap of gaps) {
          net.now = nanos(net.now + gap);
          total += gap;
          if (icmpPeerAllow(net, PEER)) passed++;
        }
        expect(passed).toBeLessThanOrEqual(6 + Math.floor(total / S));
      }),
    );
  });

  it('does not limit fragmentation needed, redirects and echo replies', () => {
    const net = createFakeNet();
    expect(
      [
        [3, 4],
        [5, 1],
        [0, 0],
        [3, 3],
        [11, 0],
        [12, 0],
      ].map(([type, code]) => icmpIsUnlimited(net, type as number, code as number)),
    ).toEqual([true, true, true, false, false, false]);
  });

  it('holds the whole host to a burst of about fifty', () => {
    const net = createFakeNet();
    let passed = 0;
    while (icmpGlobalAllow(net)) passed++;
    expect(passed).toBeGreaterThan(25);
    expect(passed).toBeLessThan(200);
    net.now = nanos(19_000_000);
    expect(icmpGlobalAllow(net)).toBe(false);
    net.now = nanos(20_000_000);
    expect(icmpGlobalAllow(net)).toBe(true);
  });

  it('doubles the pause between redirects and gives up after nine, until 20.48 s of silence', () => {
    const net = createFakeNet();
    const sentAtMs: number[] = [];
    for (let ms = 0; ms < 12_000; ms++) {
      net.now = nanos(ms * 1_000_000);
      const { kind } = icmpRedirectAllow(net, PEER);
      if (kind === 'send') sentAtMs.push(ms);
    }
    expect(sentAtMs).toEqual([0, 41, 122, 283, 604, 1245, 2526, 5087, 10208]);
    net.now = nanos(net.now + 20_480_000_000);
    expect(icmpRedirectAllow(net, PEER).kind).toBe('given-up');
    net.now = nanos(net.now + 20_480_000_001);
    expect(icmpRedirectAllow(net, PEER).kind).toBe('send');
  });
});
