/** A branch that begins in the past of another one reads nothing again: what it takes over is what reading gives. */
import { describe, expect, it } from 'vitest';
import { nextBelow, seedPrng, type FrameId, type Nanos, type NodeId } from '../engine/index.ts';
import { GRAINS, type Run } from '../sim/index.ts';
import { createBranch, takenBack, type Branch } from './branch.ts';
import { growing, setUp } from './grow.ts';
import { finish, openShipped, readShipped } from './lab.test-kit.ts';

/** All that is read from a run, told anew. */
function toldOf({ steps, terminals, run }: Branch): unknown {
  const { hops } = steps;
  const moments = Array.from({ length: run.head + 1 }, (_, executed) => executed);
  return {
    columns: (['event', 'at', 'headline', 'notability', 'x', 'marks', 'waits'] as const).map((name) => [name, [...steps[name]]]),
    hops: Array.from({ length: hops.length }, (_, i) => hops.get(i)),
    firsts: Array.from({ length: run.trace.frameCount }, (_, frame) => steps.firstHopOf(frame as FrameId)),
    places: GRAINS.map((grain) => [...steps.event].map((_, step) => [steps.counts(step, grain), steps.position(step, grain)])),
    looks: Array.from({ length: run.head + 1 }, (_, executed) => steps.lookAfter(executed)),
    flying: moments.map((executed) => steps.flying(run.trace, executed, executed === 0 ? 0 : run.trace.timeOf(executed - 1))),
    terminals: run.input.world.nodes.map((_, node) =>
      terminals.namesOf(node as NodeId).map((tty) => [tty, terminals.records(node as NodeId, tty)]),
    ),
  };
}

function readAnew({ id, label, parent, began, run }: Branch): Branch {
  return createBranch(id, label, parent, began, run);
}

const LABEL = { en: 'another', zh: '另一个' };

/** Something by chance at the end of what has been run: a command, a frame held up or taken away, a power switch. */
function doSomething(run: Run, prng: ReturnType<typeof seedPrng>): void {
  const at = (run.head === 0 ? 0 : run.trace.timeOf(run.head - 1)) as Nanos;
  const node = nextBelow(prng, run.input.world.nodes.length) as NodeId;
  const flying = run.framesDueAt(run.head);
  const frame = flying[nextBelow(prng, Math.max(1, flying.length))];
  const here = { executed: run.head, at };
  if (frame !== undefined) {
    const { dev, due, nth } = frame;
    const which = { kind: 'frame', dev, due, nth } as const;
    if (nextBelow(prng, 3) === 0) run.act(here, frame.node, { ...which, deed: 'drop' });
    else run.act(here, frame.node, { ...which, deed: 'delay', delayNs: (nextBelow(prng, 40) * 1_000_000) as Nanos });
  } else if (nextBelow(prng, 4) === 0) run.act(here, node, { kind: 'power', on: false });
  else if (run.input.world.nodes[node]?.kind === 'linux')
    run.act(here, node, { kind: 'exec', tty: 'tty1', text: 'ping -c 2 -i 0.2 172.18.20.126; echo x | nc -u -w 1 172.18.20.126 99' });
  run.extend((at + 20_000_000_000) as Nanos);
}

describe.each(['dr-lab', 'nat-demo', 'tun-lab'])('%s: a future that begins in the past of another', (name) => {
  it.each([1, 2, 3])('knows what reading it from its beginning gives, and so does the other (%i)', (seed) => {
    const prng = seedPrng(seed);
    let branch = openShipped(name);
    const { begin } = branch;
    for (let deed = 0; deed < 3; deed++) {
      const cut = begin + nextBelow(prng, branch.run.head - begin + 1);
      const before = branch;
      branch =
        nextBelow(prng, 2) === 0 ? takenBack(before, cut) : createBranch(deed, LABEL, before.id, 0 as Nanos, before.run.fork(cut), before);
      expect(toldOf(branch)).toEqual(toldOf(readAnew(branch)));
      doSomething(branch.run, prng);
      finish(growing(branch, branch.run.head + 200));
      expect(toldOf(branch)).toEqual(toldOf(readAnew(branch)));
      // The future that was left is as it was, and can go on.
      finish(growing(before, before.run.head + 50));
      expect(toldOf(before)).toEqual(toldOf(readAnew(before)));
    }
  });
});

it('is so at each moment around a frame that was held up and a question that nobody answers', () => {
  const { input } = readShipped('dr-lab');
  const run = finish(setUp({ ...input, journal: input.journal.filter(({ at }) => at === 0) }));
  const branch = createBranch(0, LABEL, null, 0 as Nanos, run);
  const type = (on: Run, name: string, text: string): void => {
    const at = on.head === 0 ? 0 : on.trace.timeOf(on.head - 1);
    on.act({ executed: on.head, at: at as Nanos }, on.nodeId(name) as NodeId, { kind: 'exec', tty: 'tty1', text });
    on.extend((at + 5_000_000_000) as Nanos);
  };
  type(run, 'client', 'echo x | nc -u -w 1 172.18.20.126 99');
  while (run.framesDueAt(run.head).length === 0) run.advance(1);
  const begun = run.head;
  const [{ node, dev, due, nth }] = run.framesDueAt(begun) as [ReturnType<Run['framesDueAt']>[number]];
  run.act({ executed: begun, at: run.trace.timeOf(begun - 1) }, node, {
    kind: 'frame',
    dev,
    due,
    nth,
    deed: 'delay',
    delayNs: 30_000_000 as Nanos,
  });
  finish(growing(branch));
  expect(branch.steps.position(branch.steps.length - 1, 'request').of).toBe(1);
  expect(run.head).toBeGreaterThan(begun + 20);
  for (let cut = begun - 1; cut <= run.head; cut++) {
    const other = createBranch(1, LABEL, 0, 0 as Nanos, run.fork(cut), branch);
    type(other.run, 'director', 'true');
    finish(growing(other));
    expect(toldOf(other)).toEqual(toldOf(readAnew(other)));
  }
});
