import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Nanos, NodeId } from '../engine/index.ts';
import type { LinkId, Stimulus } from '../world/index.ts';
import { addBranch } from './branches.ts';
import { growing } from './grow.ts';
import { finish, openShipped } from './lab.test-kit.ts';
import { restoring, savedOf, type Saved } from './saved.ts';
import { SavedError } from './saved-branch.ts';
import { lab } from './store.ts';

/** As it comes back from the browser's storage. */
function kept(): unknown {
  return structuredClone(savedOf(lab.getState(), lab.getState().cursor, null));
}

const doing = fc.record({
  node: fc.integer({ min: 0, max: 5 }),
  place: fc.integer({ min: 0, max: 1000 }),
  stimulus: fc.oneof(
    fc
      .constantFrom(
        'ip neigh',
        'ping -c 2 172.18.20.128',
        'sysctl -w net.ipv4.conf.all.arp_ignore=0',
        'ip neigh flush all',
        'curl -s http://172.18.20.128/',
      )
      .map((text): Stimulus => ({ kind: 'exec', tty: 'tty1', text })),
    fc.boolean().map((up): Stimulus => ({ kind: 'link', link: 1 as LinkId, up })),
    fc.constantFrom(200_000, 5_000_000).map((delayNs): Stimulus => ({ kind: 'link', link: 0 as LinkId, delayNs })),
  ),
});

describe('a session kept and brought back', () => {
  it('has the same branches with the same hashes, whatever was done when', () => {
    fc.assert(
      fc.property(fc.array(doing, { maxLength: 4 }), (doings) => {
        let branch = openShipped('dr-lab');
        for (const { node, place, stimulus } of doings) {
          // Every fourth one happens at the end of the run, which then goes on.
          const executed = place > 750 ? branch.run.head : Math.max(branch.begin, Math.floor((branch.run.head * place) / 1000));
          const at = branch.run.trace.timeOf(Math.max(0, executed - 1));
          const isSwitch = branch.run.input.world.nodes[node]?.kind === 'switch';
          const run = branch.run.act({ executed, at }, (isSwitch ? 0 : node) as NodeId, stimulus);
          run.extend((at + 20_000_000_000) as Nanos);
          if (run !== branch.run) branch = addBranch(branch, run, at, { en: 'changed', zh: '改动' });
          finish(growing(branch));
        }
        lab.setState({
          branch,
          cursor: { executed: branch.run.head, at: branch.run.trace.timeOf(branch.run.head - 1) },
        });
        const restored = finish(restoring(kept()));
        expect(restored.branches.map((b) => b.run.hash())).toEqual(lab.getState().branches.map((b) => b.run.hash()));
        expect(restored.branches.map((b) => [b.id, b.parent, b.label.en, b.began])).toEqual(
          lab.getState().branches.map((b) => [b.id, b.parent, b.label.en, b.began]),
        );
        expect(restored.branch.id).toBe(branch.id);
        expect(restored.cursor).toEqual(lab.getState().cursor);
      }),
      { numRuns: 8 },
    );
  });

  it('that makes no sense is refused with a reason, never half restored', () => {
    openShipped('dr-lab');
    const good = kept() as Saved;
    const bad: unknown[] = [
      null,
      'text',
      { ...good, version: 99 },
      { ...good, text: 'nodes: [' },
      { ...good, branches: [] },
      { ...good, branch: 7 },
      { ...good, cursor: { executed: -1, at: 0 } },
      { ...good, cursor: undefined },
      { ...good, branches: [{ ...good.branches[0], head: 12_345_678 }] },
      { ...good, branches: [{ ...good.branches[0], journal: [{ after: 'x' }] }] },
      { ...good, branches: [null] },
    ];
    for (const value of bad) expect(() => finish(restoring(value))).toThrow(SavedError);
  });
});
