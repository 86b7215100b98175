import { expect, it, vi } from 'vitest';
import type { Nanos } from '../engine/index.ts';
import { compareCures, CURE_REQUESTS, CURES, closeCures, cures } from './cures.ts';
import { openShipped } from './lab.test-kit.ts';
import { lab } from './store.ts';

it.each(['dr-lab', 'dr-broken-arp'])('in %s each cure sends every request through the director, and no cure does not', async (name) => {
  const branch = openShipped(name);
  const { length } = lab.getState().branches;
  compareCures({ executed: branch.begin, at: 0 as Nanos });
  await vi.waitFor(() => expect(cures.getState().phase).toBe('open'), 20_000);
  const { outcomes, asker } = cures.getState();
  expect(outcomes.map(({ cure }) => cure)).toEqual([...CURES]);
  expect(asker).toBe('router');
  for (const { cure, answeredArp, kept, served, balanced } of outcomes) {
    const sum = [...served.values()].reduce((a, b) => a + b, 0);
    if (cure === 'none') {
      expect(answeredArp.toSorted()).toEqual(['director', 'rs1', 'rs2']);
      // it is a race: while a real server's answer is kept, the director is not asked
      expect(balanced).toBe(kept === 'director' ? sum : 0);
      continue;
    }
    // the file's own requests come on top
    expect(sum, cure).toBeGreaterThanOrEqual(CURE_REQUESTS);
    expect(balanced, cure).toBe(sum);
    expect(kept, cure).toBe('director');
    expect([...served.keys()].toSorted(), cure).toEqual(['rs1', 'rs2']);
    // with a static entry nobody is asked
    expect(answeredArp, cure).toEqual(cure === 'static' ? [] : ['director']);
  }
  // every future is kept
  expect(lab.getState().branches.length).toBe(length + CURES.length);
  closeCures();
  expect(cures.getState().phase).toBe('closed');
});
