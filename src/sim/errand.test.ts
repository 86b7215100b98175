/** A run that goes on in another thread is the same run. */
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { nextBelow, pendingEvents, seedPrng, type Nanos, type NodeId } from '../engine/index.ts';
import type { WorldState } from '../world/index.ts';
import { randomRun } from './random-world.test-kit.ts';
import { createRun, Run } from './run.ts';

/** As between threads: only plain data goes across, and nothing of it is shared. */
const across = <T>(value: T): T => structuredClone(value);

/** A moment but for the inner order of the queue, which a look at the next event may change. */
function momentOf(run: Run, executed: number): unknown {
  const { queue, late, ...rest } = run.worldAt(executed) as WorldState;
  return { ...rest, pending: pendingEvents(queue) + late.length };
}

/** Runs on elsewhere, at most `events` events in each stretch, to the end or so many stretches. */
function goOnElsewhere(run: Run, events: number, stretches = Infinity): void {
  const there = Run.onErrand(across(run.errand()));
  for (let more = true, i = 0; more && i < stretches; i++) {
    more = there.advance(events);
    run.absorb(across(there.take(!more || i % 2 === 0)));
  }
}

describe('a run that goes on elsewhere', () => {
  it('has the trace, the end and every moment of one that stays', { timeout: 120_000 }, () => {
    let moments = 0;
    for (let number = 1; number <= 40; number++) {
      const straight = createRun(randomRun(number));
      straight.finish();
      const chance = seedPrng(number);
      const run = createRun(randomRun(number));
      run.advance(nextBelow(chance, 200));
      goOnElsewhere(run, 1 + nextBelow(chance, 300), nextBelow(chance, 3));
      // some of the way here again, then elsewhere to the end
      run.advance(nextBelow(chance, 50));
      goOnElsewhere(run, 1 + nextBelow(chance, 900));
      expect(run.head, `world ${number}`).toBe(straight.head);
      expect(run.end).toBe(straight.end);
      expect(run.hash()).toBe(straight.hash());
      for (let i = 0; i < 6; i++, moments++) {
        const executed = nextBelow(chance, run.head + 1);
        expect(isDeepStrictEqual(momentOf(run, executed), momentOf(straight, executed)), `world ${number} after ${executed}`).toBe(true);
      }
    }
    expect(moments).toBe(240);
  });

  it('takes along what was done at its end, and can be branched anywhere', () => {
    for (let number = 1; number <= 12; number++) {
      const make = (elsewhere: boolean) => {
        const run = createRun(randomRun(number));
        run.finish();
        const at = run.trace.timeOf(run.head - 1);
        run.act({ executed: run.head, at }, 0 as NodeId, { kind: 'exec', tty: 'tty9', text: 'ip -br addr; ping -c 2 10.0.0.2' });
        run.extend((at + 5_000_000_000) as Nanos);
        if (elsewhere) goOnElsewhere(run, 37);
        else run.finish();
        const middle = run.head >> 1;
        const branch = run.act({ executed: middle, at: run.trace.timeOf(middle - 1) }, 0 as NodeId, {
          kind: 'exec',
          tty: 'tty8',
          text: 'ip link set eth0 down',
        });
        if (elsewhere) goOnElsewhere(branch, 53);
        else branch.finish();
        return [run.hash(), branch.hash(), run.head, branch.head];
      };
      expect(make(true), `world ${number}`).toEqual(make(false));
    }
  });

  it('refuses a stretch that does not follow', () => {
    const run = createRun(randomRun(1));
    run.advance(20);
    const there = Run.onErrand(across(run.errand()));
    there.advance(5);
    there.take(true);
    there.advance(5);
    expect(() => run.absorb(there.take(true))).toThrow('cannot follow');
  });
});
