/**
 * What must hold in every run, however it came about. RANDOM_WORLDS sets how many worlds made by chance
 * are tried, RANDOM_FROM with which number they begin.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import {
  checkpointOf,
  Engine,
  nextBelow,
  seedPrng,
  stateOf,
  type Nanos,
  type NodeId,
  type PrngState,
  type TraceId,
  type TraceReader,
  type TraceRecord,
} from '../engine/index.ts';
import { loadScenario } from '../scenario/index.ts';
import {
  buildWorld,
  createProgram,
  framesDue,
  newTrace,
  pendingTimers,
  type LinkId,
  type NodeState,
  type Shared,
  type Stimulus,
  type What,
  type WorldState,
} from '../world/index.ts';
import type { Case } from './conform/case.ts';
import { playCase } from './conform/play.ts';
import { fromScenario } from './from-scenario.ts';
import { hashTrace } from './hash.ts';
import { hopsOf } from './hops.ts';
import { Ledger } from './ledger.test-kit.ts';
import { fromText, toText } from './plain.test-kit.ts';
import { COMMANDS, filled, pick, randomRun } from './random-world.test-kit.ts';
import { createRun, type Run, type RunInput } from './run.ts';
import { storyOf } from './story.ts';
import { namesOf } from './tell.ts';
import { traceLines } from './trace-text.ts';
import { userland } from './userland.ts';

const SCENARIOS = join(import.meta.dirname, '../../scenarios');
const FILES = readdirSync(SCENARIOS).filter((name) => name.endsWith('.yaml'));
const KERNEL = join(import.meta.dirname, 'conform/fixtures/kernel');
const WORLDS = Number(process.env['RANDOM_WORLDS'] ?? 200);
const FROM = Number(process.env['RANDOM_FROM'] ?? 1);

function inputOf(file: string): RunInput {
  const loaded = loadScenario(readFileSync(join(SCENARIOS, file), 'utf8'));
  if (!loaded.ok) throw new Error(loaded.problems[0]?.message.en);
  return fromScenario(loaded.scenario);
}

function finished(input: RunInput): Run {
  const run = createRun(input);
  run.finish();
  return run;
}

function worldOf(run: Run, executed: number = run.head): WorldState {
  return run.worldAt(executed) as WorldState;
}

/** A list of numbers, some of them the seeds of worlds. */
function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, i) => FROM + i);
}

describe('a packet ends exactly once, and causes point backwards', () => {
  it.each(FILES)('in %s', (file) => {
    const run = finished(inputOf(file));
    const ledger = new Ledger(run.trace, worldOf(run));
    expect(ledger.faults).toEqual([]);
    expect(ledger.counts.packets).toBeGreaterThan(10);
  });

  it('in every sixth case recorded on Linux', { timeout: 120_000 }, () => {
    for (const file of readdirSync(KERNEL).filter((_, i) => i % 6 === FROM % 6)) {
      const played = playCase((JSON.parse(readFileSync(join(KERNEL, file), 'utf8')) as { case: Case }).case);
      expect(new Ledger(played.trace, played.world).faults, file).toEqual([]);
    }
  });

  it('in worlds made by chance', { timeout: 3_600_000 }, () => {
    let packets = 0;
    for (const number of numbers(WORLDS)) {
      const run = finished(randomRun(number));
      const ledger = new Ledger(run.trace, worldOf(run));
      expect(ledger.faults, `world ${number}`).toEqual([]);
      packets += ledger.counts.packets;
    }
    expect(packets).toBeGreaterThan(5 * WORLDS);
  });

  /** The trace as it would be if one record had not been written. */
  function without(trace: TraceReader, id: number): TraceReader {
    const hidden = {
      verdict: 'state',
      stage: 'hidden',
      reason: 'hidden',
      cause: -1,
    } as unknown as TraceRecord;
    return {
      ...trace,
      length: trace.length,
      eventCount: trace.eventCount,
      frameCount: trace.frameCount,
      frame: (frame) => trace.frame(frame),
      get: (at) => (at === id ? { ...trace.get(at), ...hidden } : trace.get(at)),
    };
  }

  it('a record that is missing would be noticed', () => {
    const run = finished(inputOf('dr-lab.yaml'));
    const ends = Array.from({ length: run.trace.length }, (_, id) => run.trace.get(id as TraceId)).filter(
      ({ verdict, stage }) => verdict === 'deliver' || verdict === 'drop' || stage === 'link:tx',
    );
    for (const { id } of ends.filter((_, i) => i % 7 === 0))
      expect(new Ledger(without(run.trace, id), worldOf(run)).faults).not.toEqual([]);
  });
});

/** Does something by chance now and then while a run goes on. */
function meddle(run: Run, prng: PrngState): void {
  const linux = run.input.world.nodes.flatMap((node, id) => (node.kind === 'linux' ? [id as NodeId] : []));
  for (let i = 0; i < 10; i++) {
    run.advance(1 + nextBelow(prng, 60));
    const { now } = worldOf(run);
    const hand = nextBelow(prng, 3) === 0 ? byHand(prng, run) : null;
    if (hand !== null) {
      run.act({ executed: run.head, at: now }, hand.node, hand.stimulus);
      continue;
    }
    const at = (now + nextBelow(prng, 50) * 1_000_000) as Nanos;
    run.act({ executed: run.head, at }, pick(prng, linux), stimulus(prng, run));
  }
  run.finish();
}

/** Something that a hand can do at this very moment: a power switch, a frame that is under way, a timer that waits. */
function byHand(prng: PrngState, run: Run): { readonly node: NodeId; readonly stimulus: Stimulus } | null {
  const world = worldOf(run);
  const node = nextBelow(prng, world.nodes.length) as NodeId;
  const kind = nextBelow(prng, 5);
  if (kind === 0) return { node, stimulus: { kind: 'power', on: world.nodes[node]?.on === false } };
  if (kind < 3) {
    const due = world.nodes.flatMap((_, id) => framesDue(world, id as NodeId));
    if (due.length === 0) return null;
    const { node: to, dev, due: when, nth } = pick(prng, due);
    const delayNs = nextBelow(prng, 100) * 10_000_000;
    const deed = nextBelow(prng, 2) === 0 ? ({ deed: 'drop' } as const) : ({ deed: 'delay', delayNs } as const);
    return { node: to, stimulus: { kind: 'frame', dev, due: when, nth, ...deed } };
  }
  const timers = pendingTimers(world, node);
  if (timers.length === 0) return null;
  const { timer, key } = pick(prng, timers);
  return { node, stimulus: { kind: 'timer', timer, key, byNs: pick(prng, [null, 10_000_000_000, -500_000_000]) } };
}

function stimulus(prng: PrngState, run: Run): Stimulus {
  const tty = pick(prng, ['tty1', 'tty2']);
  switch (nextBelow(prng, 6)) {
    case 0:
      return {
        kind: 'link',
        link: nextBelow(prng, run.input.world.links.length) as LinkId,
        up: nextBelow(prng, 2) === 0,
      };
    case 1:
      return { kind: 'signal', tty, signal: 'INT' };
    case 2:
      return {
        kind: 'exec',
        tty,
        text: 'for i in 1 2 3; do ping -c 1 10.0.0.1; sleep 0.1; curl -m 1 10.0.0.2; done | tee /tmp/x; wc -l < /tmp/x',
      };
    default:
      return {
        kind: 'exec',
        tty,
        text: filled(prng, pick(prng, COMMANDS), ['10.0.0.1', '10.0.0.2', '172.18.20.124', '192.168.10.8']),
      };
  }
}

/** Lives a run again from its own beginnings: after `from` events everything is executed and written anew. */
function again(run: Run, from: number): Run {
  const twin = run.fork(from);
  for (const { after, at, node, what } of run.journal.slice(twin.journal.length)) {
    if (what.kind !== 'stimulus') throw new Error('a journal holds stimuli');
    if (after > twin.head) twin.advance(after - twin.head);
    twin.act({ executed: twin.head, at }, node, what.stimulus);
  }
  twin.finish();
  return twin;
}

describe('a run is a function of its input and journal', () => {
  const inputs: readonly (readonly [string, () => RunInput])[] = [
    ...FILES.map((file) => [file, () => inputOf(file)] as const),
    ...numbers(Math.ceil(WORLDS / 10)).map((number) => [`world ${number}`, () => randomRun(number)] as const),
  ];

  it.each(inputs)('%s: the same journal, a fork at any moment and a look back give the same', { timeout: 60_000 }, (name, make) => {
    const prng = seedPrng(FROM + name.length);
    const run = createRun(make());
    meddle(run, prng);
    const hash = run.hash();
    const last = toText(worldOf(run).nodes);
    expect(new Ledger(run.trace, worldOf(run)).faults).toEqual([]);
    const straight = createRun({ ...run.input, journal: run.journal });
    straight.finish();
    expect(straight.hash(), 'the journal played from the start').toBe(hash);
    for (let i = 0; i < 3; i++) {
      const moment = nextBelow(prng, run.head + 1);
      const stopped = createRun({ ...run.input, journal: run.journal });
      stopped.advance(moment);
      expect(toText(worldOf(run, moment).nodes), `state after ${moment} events`).toBe(toText(worldOf(stopped, moment).nodes));
      expect(again(run, moment).hash(), `fork after ${moment} events`).toBe(hash);
      expect(toText(worldOf(run).nodes)).toBe(last);
    }
    expect(run.hash()).toBe(hash);
  });

  it('another seed gives another run', () => {
    const input = inputOf('dr-lab.yaml');
    expect(finished({ ...input, world: { ...input.world, seed: input.world.seed + 1 } }).hash()).not.toBe(finished(input).hash());
  });
});

type WorldEngine = Engine<NodeState, Shared, What>;

function engineOf(input: RunInput): WorldEngine {
  const world = buildWorld(input.world, userland);
  return new Engine(createProgram(userland), world, input.journal, newTrace(world));
}

function toEnd(engine: WorldEngine, input: RunInput): string {
  for (let next = engine.nextAt; next !== null && next <= input.until; next = engine.nextAt) engine.advance();
  return hashTrace(engine.trace);
}

describe('state is plain data', () => {
  const inputs: readonly (readonly [string, () => RunInput])[] = [
    ...FILES.map((file) => [file, () => inputOf(file)] as const),
    ...numbers(Math.ceil(WORLDS / 15)).map((number) => [`world ${number}`, () => randomRun(number)] as const),
  ];

  it.each(inputs)('%s: a copy and a round trip through text at any moment lose nothing', { timeout: 60_000 }, (name, make) => {
    const input = make();
    const prng = seedPrng(FROM + name.length);
    const hash = toEnd(engineOf(input), input);
    const engine = engineOf(input);
    const step = 1 + Math.floor(createdEvents(input) / 4);
    for (let i = 0; i < 4; i++) {
      for (let events = nextBelow(prng, step) + 1; events > 0; events--) {
        const next = engine.nextAt;
        if (next === null || next > input.until) break;
        engine.advance();
      }
      const state = stateOf(engine.saveCheckpoint());
      expect(isDeepStrictEqual(structuredClone(state), state)).toBe(true);
      const read = fromText(toText(state)) as WorldState;
      expect(isDeepStrictEqual(read, state)).toBe(true);
      engine.restore(checkpointOf(read));
    }
    expect(toEnd(engine, input)).toBe(hash);
  });

  function createdEvents(input: RunInput): number {
    return finished(input).head;
  }
});

describe('looking changes nothing', () => {
  it.each(FILES)('%s', (file) => {
    const run = finished(inputOf(file));
    const hash = run.hash();
    const { nodes, shared } = worldOf(run);
    const state = toText([nodes, shared]);
    const names = namesOf(run.worldAt(Math.floor(run.head / 2)).nodes);
    storyOf(run.trace, 0, run.head);
    hopsOf(run.trace, 0, run.trace.length);
    expect([...traceLines(run.trace, names)].length).toBe(run.trace.length);
    for (let moment = run.head; moment > 0; moment -= 37) run.worldAt(moment);
    expect(toText([worldOf(run).nodes, worldOf(run).shared])).toBe(state);
    expect(run.hash()).toBe(hash);
  });
});
