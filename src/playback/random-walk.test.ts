/**
 * A person who does everything at random: steps both ways by every grain, drags, looks, does all that can be
 * done, undoes and does again. Whatever came about is what its journal alone gives, played straight through.
 */
import { describe, expect, it, vi } from 'vitest';
import { nextBelow, seedPrng, type Nanos, type NodeId, type PrngState } from '../engine/index.ts';
import { act, dropBranch, goToBranch, history, lab, redo, setCursor, undo, type Branch } from '../lab/index.ts';
import { openShipped } from '../lab/lab.test-kit.ts';
import { createRun, GRAINS, type Moment } from '../sim/index.ts';
import { fromText, toText } from '../sim/plain.test-kit.ts';
import { COMMANDS, filled, pick } from '../sim/random-world.test-kit.ts';
import type { LinkId, Stimulus, WorldState } from '../world/index.ts';
import { aimInRun, type Detour } from './aim.ts';
import { momentAt } from './playhead.ts';

/** How far the walk goes in each; one of them is long enough for what only many deeds bring about. */
const LABS = [
  ['dr-lab', 1_000],
  ['nat-demo', 250],
  ['tun-lab', 250],
  ['dr-broken-arp', 250],
] as const;
/** More futures than these are forgotten. */
const BRANCHES_MAX = 3;
const ADDRESSES = ['10.0.0.10', '172.18.20.128', '172.18.20.124', '172.16.100.1', '192.168.10.8'];

function shown(): Branch {
  const { branch } = lab.getState();
  if (branch === null) throw new Error('no lab is open');
  return branch;
}

async function ready(): Promise<void> {
  while (lab.getState().phase !== 'ready') await new Promise((done) => setTimeout(done, 0));
}

/** Something of any kind that can be done at the moment shown. */
function anything(prng: PrngState): { readonly node: NodeId; readonly stimulus: Stimulus } {
  const { run } = shown();
  const { executed } = lab.getState().cursor;
  const node = nextBelow(prng, run.input.world.nodes.length) as NodeId;
  const linux = pick(
    prng,
    run.input.world.nodes.flatMap(({ kind }, id) => (kind === 'linux' ? [id as NodeId] : [])),
  );
  const tty = pick(prng, ['tty1', 'tty2']);
  switch (nextBelow(prng, 9)) {
    case 0:
      return { node, stimulus: { kind: 'power', on: run.worldAt(executed).nodes[node]?.on === false } };
    case 1:
    case 2: {
      const due = run.framesDueAt(executed);
      if (due.length === 0) break;
      const { node: to, dev, due: when, nth } = pick(prng, due);
      const which = { kind: 'frame', dev, due: when, nth } as const;
      const delayNs = (nextBelow(prng, 2000) * 1_000_000) as Nanos;
      return { node: to, stimulus: nextBelow(prng, 2) === 0 ? { ...which, deed: 'drop' } : { ...which, deed: 'delay', delayNs } };
    }
    case 3:
    case 4: {
      const timers = run.timersAt(executed, node);
      if (timers.length === 0) break;
      const { timer, key } = pick(prng, timers);
      return { node, stimulus: { kind: 'timer', timer, key, byNs: pick(prng, [null, null, 10_000_000_000, -300_000_000]) } };
    }
    case 5: {
      const link = nextBelow(prng, run.input.world.links.length) as LinkId;
      return { node, stimulus: { kind: 'link', link, up: nextBelow(prng, 2) === 0, lossPpm: nextBelow(prng, 2) * 300_000 } };
    }
    case 6:
      return { node: linux, stimulus: nextBelow(prng, 2) === 0 ? { kind: 'signal', tty, signal: 'INT' } : { kind: 'eof', tty } };
    default:
  }
  return { node: linux, stimulus: { kind: 'exec', tty, text: filled(prng, pick(prng, COMMANDS), ADDRESSES) } };
}

/** What the walk has done, for the count at its end. */
type Tally = Record<'step' | 'seek' | 'act' | 'undo' | 'redo' | 'branch', number>;

async function walk(prng: PrngState, steps: number, tally: Tally): Promise<void> {
  let detour: Detour<Moment> | null = null;
  for (let i = 0; i < steps; i++) {
    const branch = shown();
    const { cursor } = lab.getState();
    const dice = nextBelow(prng, 100);
    if (dice < 70) {
      const grain = pick(prng, GRAINS);
      const aim = aimInRun(branch, detour, cursor, nextBelow(prng, 2) === 0, grain);
      if (aim === null) continue;
      setCursor(aim.to);
      ({ detour } = aim);
      tally.step++;
    } else if (dice < 89) {
      setCursor(momentAt(branch, (branch.steps.width * nextBelow(prng, 1001)) / 1000));
      detour = null;
      tally.seek++;
    } else {
      detour = null;
      if (dice < 94) {
        const { node, stimulus } = anything(prng);
        act(node, stimulus, { en: 'walk', zh: '漫步' });
        tally.act++;
      } else if (dice < 97) {
        const before = history.getState().present;
        undo();
        if (history.getState().present !== before) tally.undo++;
      } else if (dice < 99) {
        const before = history.getState().present;
        redo();
        if (history.getState().present !== before) tally.redo++;
      } else {
        goToBranch(pick(prng, lab.getState().branches).id);
        tally.branch++;
      }
      // undo of a deed that lengthened a run makes a branch in slices
      await ready();
      await vi.waitFor(() => expect(lab.getState().branches).toContain(lab.getState().branch));
      forget();
    }
    const { executed } = lab.getState().cursor;
    expect(shown().run.worldAt(Math.min(executed, shown().run.head)).nodes.length).toBeGreaterThan(3);
  }
}

/** Futures that undo may lead to are kept: they stay reachable though they are not in the tree. */
function forget(): void {
  const { branches, branch } = lab.getState();
  for (const old of branches.slice(0, Math.max(0, branches.length - BRANCHES_MAX))) if (old !== branch) dropBranch(old.id);
}

function stateOf({ run }: Branch): string {
  const { nodes, shared, now, prng } = run.worldAt(run.head) as WorldState;
  return toText([nodes, shared, now, prng]);
}

describe('a random walk through a lab', () => {
  const tally: Tally = { step: 0, seek: 0, act: 0, undo: 0, redo: 0, branch: 0 };

  it.each(LABS)(
    '%s, %d steps: every future it leaves behind is what its journal gives when it is played straight through',
    { timeout: 240_000 },
    async (name, steps) => {
      const prng = seedPrng(name.length * 1_000 + 7);
      lab.setState({ lab: null, branch: null });
      openShipped(name);
      await walk(prng, steps, tally);
      await ready();
      const { branches, lab: open } = lab.getState();
      if (open === null) throw new Error('no lab is open');
      for (const branch of branches) {
        const { run } = branch;
        const straight = createRun({ ...open.input, journal: fromText(toText(run.journal)) as typeof run.journal, until: run.endsAt });
        straight.finish();
        expect(straight.hash(), `the trace of ${branch.label.en}`).toBe(run.hash());
        expect(toText(stateParts(straight.worldAt(straight.head) as WorldState)), `the state of ${branch.label.en}`).toBe(stateOf(branch));
      }
    },
  );

  it('all walks together have done everything, some of it often', () => {
    for (const count of Object.values(tally)) expect(count).toBeGreaterThan(0);
    expect(tally.step + tally.seek).toBeGreaterThan(1_200);
    expect(tally.act).toBeGreaterThan(60);
  });
});

function stateParts({ nodes, shared, now, prng }: WorldState): unknown {
  return [nodes, shared, now, prng];
}
