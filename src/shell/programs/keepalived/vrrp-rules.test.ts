import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { millis, seconds } from '../../../engine/index.ts';
import {
  backupHears,
  effectivePriority,
  masterDownInterval,
  masterHears,
  skewTime,
  type BackupAnswer,
  type MasterAnswer,
} from './vrrp-rules.ts';

describe('timers (RFC 3768 6.1, RFC 5798 6.1)', () => {
  it.each([
    [2, 100, 609_375_000],
    [2, 101, 605_468_000],
    [2, 90, 648_437_000],
    [2, 254, 7_812_000],
    [2, 255, 3_906_000],
    [3, 100, 609_375_000],
    [3, 254, 7_812_000],
  ] as const)('version %i, priority %i: skew %i ns at 1 s', (version, priority, skew) => {
    expect(skewTime(version, priority, seconds(1))).toBe(skew);
    expect(masterDownInterval(version, priority, seconds(1), 3)).toBe(3_000_000_000 + skew);
  });

  it('version 3 scales the skew with the interval', () => {
    expect(skewTime(3, 128, millis(100))).toBe(50_000_000);
    expect(skewTime(2, 128, millis(100))).toBe(500_000_000);
  });

  it('the better router is never the slower one', () => {
    expect.hasAssertions();
    const priority = fc.integer({ min: 1, max: 255 });
    fc.assert(
      fc.property(priority, priority, fc.constantFrom(2 as const, 3 as const), (a, b, version) => {
        if (a > b) expect(skewTime(version, a, seconds(1))).toBeLessThan(skewTime(version, b, seconds(1)));
      }),
    );
  });
});

/** Priority of the backup, preempt, preempt_delay under way, priority heard: what it does. */
const BACKUP: readonly (readonly [number, boolean, boolean, number, BackupAnswer])[] = [
  [100, true, false, 0, 'take-over-soon'],
  [100, false, false, 0, 'take-over-soon'],
  [100, true, true, 0, 'take-over-soon'],
  [100, true, false, 255, 'stay-better'],
  [100, true, false, 101, 'stay-better'],
  [100, true, false, 100, 'stay-better'],
  [100, true, false, 99, 'ignore-worse'],
  [100, true, false, 1, 'ignore-worse'],
  [100, false, false, 99, 'stay-no-preempt'],
  [100, false, true, 99, 'stay-no-preempt'],
  [100, true, true, 99, 'stay-preempt-delay'],
  [100, true, true, 150, 'stay-better'],
];

describe('a backup that hears an advertisement', () => {
  it.each(BACKUP)('own %i, preempt %s, delaying %s, hears %i: %s', (priority, preempt, delaying, heard, answer) => {
    expect(backupHears({ priority, preempt, delaying }, heard)).toBe(answer);
  });
});

/** Priority of the master, sender's address against its own, priority heard: what it does. */
const MASTER: readonly (readonly [number, -1 | 0 | 1, number, MasterAnswer])[] = [
  [100, -1, 0, 'answer-stop'],
  [100, 1, 0, 'answer-stop'],
  [100, 1, 99, 'stay-lower'],
  [100, -1, 99, 'stay-lower'],
  [100, -1, 101, 'yield-higher'],
  [100, 1, 101, 'yield-higher'],
  [100, -1, 100, 'stay-higher-address'],
  [100, 1, 100, 'yield-higher-address'],
  [100, 0, 100, 'stay-same-address'],
  [255, 1, 255, 'two-owners'],
  [255, -1, 255, 'two-owners'],
  [255, 0, 255, 'stay-same-address'],
  [254, -1, 255, 'yield-higher'],
];

describe('a master that hears an advertisement', () => {
  it.each(MASTER)('own %i, sender %i, hears %i: %s', (priority, sender, heard, answer) => {
    expect(masterHears({ priority, sender }, heard)).toBe(answer);
  });

  it('of two masters with different addresses exactly one yields', () => {
    expect.hasAssertions();
    const priority = fc.integer({ min: 1, max: 254 });
    fc.assert(
      fc.property(priority, priority, (a, b) => {
        const yields = [masterHears({ priority: a, sender: 1 }, b), masterHears({ priority: b, sender: -1 }, a)].filter((answer) =>
          answer.startsWith('yield'),
        );
        expect(yields).toHaveLength(1);
      }),
    );
  });
});

describe('effectivePriority', () => {
  it.each([
    [100, 70, 70],
    [100, 0, 1],
    [100, -20, 1],
    [100, 300, 254],
    [255, 100, 255],
  ])('base %i, total %i: %i', (base, total, priority) => {
    expect(effectivePriority(base, total)).toBe(priority);
  });
});
