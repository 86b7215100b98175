/** What a sender reads of its cable in one line is what the records of cable and far end say. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Nanos, NodeId } from '../engine/index.ts';
import { loadScenario } from '../scenario/index.ts';
import type { LinkId, Stimulus, WorldState } from '../world/index.ts';
import { fromScenario } from './from-scenario.ts';
import { createRun } from './run.ts';

const loaded = loadScenario(readFileSync(join(import.meta.dirname, '../../scenarios/dr-lab.yaml'), 'utf8'));
if (!loaded.ok) throw new Error('the lab is not valid');
const base = createRun(fromScenario(loaded.scenario));
const {
  nodes,
  shared: { links },
} = base.worldAt(base.head) as WorldState;

/** Delay and rate of the cable in a port as its sender sees them; null: a frame may be lost; undefined: no cable. */
type Sight = readonly [number, number | null] | null | undefined;

function inOneLine({ shared: { cables } }: WorldState, node: number, dev: number): Sight {
  const at = ((cables.first[node] as number) + dev) * 4;
  if ((cables.rows[at] as number) < 0) return undefined;
  const pace = cables.paces[cables.rows[at + 3] as number];
  return pace === undefined ? null : [pace.delayNs, pace.rateBps];
}

function inTheRecords({ nodes: now, shared }: WorldState, node: number, dev: number): Sight {
  const link = shared.links.find(({ ends }) => ends.some((end) => end.node === node && end.dev === dev));
  if (link === undefined) return undefined;
  const [a, b] = link.ends;
  const far = a.node === node && a.dev === dev ? b : a;
  return link.up && link.lossPpm === 0 && now[far.node]?.on === true ? [link.delayNs, link.rateBps] : null;
}

const deed: fc.Arbitrary<{ readonly node: NodeId; readonly stimulus: Stimulus }> = fc.oneof(
  fc.record({
    node: fc.nat({ max: nodes.length - 1 }).map((id) => id as NodeId),
    stimulus: fc.boolean().map((on) => ({ kind: 'power', on }) as const),
  }),
  fc
    .record(
      {
        kind: fc.constant('link' as const),
        link: fc.nat({ max: links.length - 1 }).map((id) => id as LinkId),
        up: fc.boolean(),
        lossPpm: fc.constantFrom(0, 500_000),
        delayNs: fc.constantFrom(100_000, 3_000_000),
        rateBps: fc.constantFrom(null, 1_000_000_000),
      },
      { requiredKeys: ['kind', 'link'] },
    )
    .map((stimulus) => ({ node: 0 as NodeId, stimulus: stimulus as Stimulus })),
);

it('says the same whatever was cut, slowed down, made lossy, switched off and on', () => {
  fc.assert(
    fc.property(fc.array(deed, { minLength: 1, maxLength: 12 }), (deeds) => {
      const run = base.fork(0);
      for (const { node, stimulus } of deeds) {
        const { now } = run.worldAt(run.head) as WorldState;
        run.act({ executed: run.head, at: now as Nanos }, node, stimulus);
        run.advance(40);
      }
      const world = run.worldAt(run.head) as WorldState;
      world.nodes.forEach((_, node) => {
        const ports = (world.shared.cables.first[node + 1] as number) - (world.shared.cables.first[node] as number);
        for (let dev = 0; dev < ports; dev++) expect(inOneLine(world, node, dev)).toEqual(inTheRecords(world, node, dev));
      });
    }),
    { numRuns: 60 },
  );
});
