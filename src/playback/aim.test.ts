import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Nanos } from '../engine/index.ts';
import { createBranch, type Branch } from '../lab/index.ts';
import { loadScenario } from '../scenario/index.ts';
import { createRun, fromScenario, GRAINS, type Moment } from '../sim/index.ts';
import { aimInRun } from './aim.ts';

const FOLDER = join(import.meta.dirname, '../../scenarios');

function branchOf(file: string): Branch {
  const loaded = loadScenario(readFileSync(join(FOLDER, file), 'utf8'));
  if (!loaded.ok) throw new Error('the lab is not valid');
  const run = createRun(fromScenario(loaded.scenario));
  run.finish();
  return createBranch(0, { en: '', zh: '' }, null, 0 as Nanos, run);
}

const branches = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.yaml'))
  .map(branchOf);

const anyMoment = fc
  .record({
    branch: fc.constantFrom(...branches),
    place: fc.double({ min: 0, max: 1, noNaN: true }),
    onTheWay: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  .map(({ branch, place, onTheWay }): { branch: Branch; here: Moment } => {
    const { steps } = branch;
    const step = Math.min(steps.length - 1, Math.floor(place * steps.length));
    const at = steps.at.get(step) as number;
    const next = steps.at.get(step + 1) ?? at;
    return {
      branch,
      here: { executed: (steps.event.get(step) as number) + 1, at: Math.floor(at + Math.max(0, next - at - 1) * onTheWay) as Nanos },
    };
  });

describe('stepping', () => {
  it('the opposite step leads back to the same moment, at every grain, from wherever one stands', () => {
    let tried = 0;
    fc.assert(
      fc.property(anyMoment, fc.constantFrom(...GRAINS), fc.boolean(), ({ branch, here }, grain, forward) => {
        const there = aimInRun(branch, null, here, forward, grain);
        if (there === null) return;
        tried++;
        expect(Math.sign(there.to.executed - here.executed || there.to.at - here.at)).toBe(forward ? 1 : -1);
        expect(aimInRun(branch, there.detour, there.to, !forward, grain)?.to).toEqual(here);
      }),
      { numRuns: 3_000 },
    );
    expect(tried).toBeGreaterThan(1_500);
  });

  it('as many steps back as there were steps on lead back, and the stops are the same both ways', () => {
    for (const branch of branches)
      for (const grain of GRAINS) {
        const walk = (forward: boolean, from: Moment): Moment[] => {
          const stops: Moment[] = [];
          let aim = aimInRun(branch, null, from, forward, grain);
          for (; aim !== null; aim = aimInRun(branch, aim.detour, aim.to, forward, grain)) stops.push(aim.to);
          return stops;
        };
        const on = walk(true, { executed: 0, at: 0 as Nanos });
        const last = on[on.length - 1];
        if (last === undefined) continue;
        expect([last, ...walk(false, last)]).toEqual(on.toReversed());
      }
  });

  it('a larger grain passes over more: every shipped lab has fewer requests than packets, and fewer packets than hops', () => {
    for (const branch of branches) {
      const count = (grain: (typeof GRAINS)[number]): number => branch.steps.position(0, grain).of;
      expect(count('request')).toBeGreaterThan(0);
      expect(count('request')).toBeLessThan(count('packet'));
      expect(count('packet')).toBeLessThan(count('hop'));
      expect(count('hop')).toBeLessThan(count('event'));
    }
  });
});
