import { describe, expect, it } from 'vitest';
import { schedulers } from '../ipvs/index.ts';
import { text } from './say.ts';
import { pickRecord, workingOf, type Working } from './scheduler-working.ts';
import { recordOf, runOf } from './inside.test-kit.ts';
import type { en } from './texts-en.ts';

/** The working of every pick of a run. */
function workings(scheduler: string): Working[] {
  const run = runOf(
    'dr-lab.yaml',
    scheduler === 'wlc'
      ? null
      : {
          after: 'ipvsadm -A -t 172.18.20.128:80 -s wlc',
          lines: `ipvsadm -E -t 172.18.20.128:80 -s ${scheduler}`,
        },
  );
  const found: Working[] = [];
  for (let event = 0; event < run.head; event++) {
    const pick = pickRecord(run.trace, event);
    const working = pick === null ? null : workingOf(run.trace, pick, run.worldAt(event));
    if (working !== null) found.push(working);
  }
  return found;
}

describe('the working of a scheduler', () => {
  it('shows the servers as they were before the choice', () => {
    const [first, second] = workings('wlc');
    expect(first?.rows.map((row) => [row.formula, row.verdict])).toEqual([
      ['(0 × 256 + 0) / 2', 'chosen'],
      ['(0 × 256 + 0) / 1', 'tied'],
    ]);
    expect(first?.tie).toBe(true);
    expect(second?.rows.map((row) => row.verdict)).toEqual(['more', 'chosen']);
  });

  it.each(schedulers.map((scheduler) => scheduler.name))('%s: one server is chosen in each pick, and the rule is said in words', (name) => {
    const found = workings(name);
    expect(found.length).toBeGreaterThan(0);
    for (const working of found) {
      expect(working.rows.filter((row) => row.chosen)).toHaveLength(1);
      expect(working.rows.filter((row) => row.verdict === 'chosen')).toHaveLength(1);
    }
    const key = `sched.rule.${name}` as keyof typeof en;
    expect(text('en', key)).not.toBe('');
    expect(text('zh', key)).not.toBe(text('en', key));
  });

  it('wrr is held against the bar at which it stopped', () => {
    for (const working of workings('wrr')) {
      const chosen = working.rows.find((row) => row.chosen);
      expect(chosen?.formula).toMatch(/≥/);
    }
  });

  it('there is none where nothing was picked', () => {
    const run = runOf('dr-lab.yaml');
    expect(pickRecord(run.trace, recordOf(run, 'ipvs.conn-found').event)).toBeNull();
  });

  it('looking changes nothing', () => {
    const run = runOf('dr-lab.yaml');
    const { event } = recordOf(run, 'ipvs.picked-wlc');
    const pick = pickRecord(run.trace, event);
    const before = run.hash();
    if (pick !== null) workingOf(run.trace, pick, run.worldAt(event));
    const services = (): string =>
      JSON.stringify(run.worldAt(event).nodes.map((node) => (node.kind === 'linux' ? node.ipvs.services : [])));
    const once = services();
    if (pick !== null) workingOf(run.trace, pick, run.worldAt(event));
    expect(services()).toBe(once);
    expect(run.hash()).toBe(before);
  });
});
