import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  copyPlain,
  createQueue,
  Engine,
  NO_FRAME,
  NO_TRACE,
  popEvent,
  pushEvent,
  seedPrng,
  stateOf,
  Trace,
  type EngineState,
  type EventQueue,
  type FrameId,
  type Nanos,
  type NodeId,
  type Program,
  type TraceId,
  type TraceReader,
} from './index.ts';

/** Nodes count what they get, pass it on by chance, and sometimes touch what all share. */
interface Counter {
  seen: number;
  log: { at: number; hops: number }[];
}
type What = { readonly hops: number };

const toy: Program<Counter, { total: number }, What> = {
  dispatch(step, event) {
    const node = step.node(event.node);
    node.seen++;
    node.log.push({ at: step.now, hops: event.what.hops });
    step.shared().total += event.what.hops;
    const frame = step.nextFrameId();
    step.keepFrame({
      id: frame,
      bornFrom: NO_FRAME,
      eth: null,
      above: [{ kind: 'payload', bytes: new Uint8Array([event.what.hops & 255]) }],
    });
    step.cause = step.note({
      node: event.node,
      stage: 'toy',
      verdict: 'pass',
      reason: 'toy.seen',
      frame,
      args: { hops: event.what.hops },
    });
    if (event.what.hops === 0) return;
    const to = step.randomBelow(step.state.nodes.length) as NodeId;
    step.schedule((step.now + step.randomBelow(1000)) as Nanos, to, { hops: event.what.hops - 1 });
    if (step.random() % 4 === 0) step.schedule(step.now, to, { hops: event.what.hops >> 1 });
  },
};

function start(seed: number, nodes = 5): EngineState<Counter, { total: number }, What> {
  return {
    now: 0 as Nanos,
    executed: 0,
    nextSeq: 0,
    nextFrame: 0,
    nextTrace: 0,
    nextJournal: 0,
    prng: seedPrng(seed),
    queue: createQueue(),
    late: [],
    nodes: Array.from({ length: nodes }, () => ({ seen: 0, log: [] })),
    shared: { total: 0 },
  };
}

const kick = (at: number, hops: number, after = 0) => ({
  after,
  at: at as Nanos,
  node: 0 as NodeId,
  what: { hops },
});

function runAll(engine: Engine<Counter, { total: number }, What>, max = 5000): void {
  for (let i = 0; i < max && engine.advance(); i++);
}

function textOf(trace: TraceReader): string {
  const lines: string[] = [];
  for (let id = 0; id < trace.length; id++) lines.push(JSON.stringify(trace.get(id as TraceId)));
  for (let id = 0; id < trace.frameCount; id++) lines.push(JSON.stringify(trace.frame(id as FrameId)));
  return lines.join('\n');
}

describe('the event queue', () => {
  it('gives events by time, and equal times in the order of scheduling', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.nat(20), fc.nat(100_000_000))), (times) => {
        const queue: EventQueue<number> = createQueue();
        times.forEach((at, seq) => pushEvent(queue, at as Nanos, seq, seq, 0 as NodeId, NO_TRACE, seq, 0));
        const got: [number, number][] = [];
        const event = { at: 0 as Nanos, seq: 0, node: 0 as NodeId, to: 0, cause: NO_TRACE, what: 0 };
        while (popEvent(queue, event)) {
          expect(event.what).toBe(event.seq);
          got.push([event.at, event.seq]);
        }
        const want = times.map((at, seq): [number, number] => [at, seq]).toSorted((a, b) => a[0] - b[0] || a[1] - b[1]);
        expect(got).toEqual(want);
      }),
    );
  });

  it('lets things of one moment happen by their kind: timers, packets, polls, the process at work, woken processes', () => {
    const order: [number, number][] = [];
    const node = 0 as NodeId;
    const program: Program<Counter, { total: number }, What> = {
      dispatch(step, { to, what: { hops } }) {
        order.push([hops, to]);
        if (hops !== 0) return;
        step.scheduleLast(step.now, node, { hops: 7 }, 40);
        step.scheduleNext(node, { hops: 6 });
        step.schedulePoll(step.now, node, { hops: 5 });
        step.schedule(step.now, node, { hops: 3 }, NO_TRACE, 2);
        step.schedule(step.now, node, { hops: 4 });
        step.scheduleTimer(step.now, node, { hops: 1 }, 1, false);
        step.scheduleTimer(step.now, node, { hops: 2 }, 0, false);
      },
    };
    runAll(new Engine(program, start(1), [kick(5, 0)]));
    expect(order).toEqual([
      [0, 0],
      [1, 0],
      [2, 0],
      [3, 2],
      [4, 0],
      [5, 0],
      [6, 0],
      [7, 40],
    ]);
  });

  it('refuses an event in the past', () => {
    const engine = new Engine({ dispatch: (step) => void step.schedule(1 as Nanos, 0 as NodeId, { hops: 0 }) }, start(1), [kick(5, 1)]);
    expect(() => engine.advance()).toThrow(/past/);
  });
});

describe('a run', () => {
  it('is the same for the same seed and journal, and another for another seed', () => {
    const trace = (seed: number): string => {
      const engine = new Engine(toy, start(seed), [kick(0, 12), kick(300, 9)]);
      runAll(engine);
      return textOf(engine.trace);
    };
    expect(trace(7)).toBe(trace(7));
    expect(trace(7)).not.toBe(trace(8));
  });

  it('has the same state at any moment by seeking as by running straight there', () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.array(fc.nat(2000), { minLength: 1, maxLength: 8 }), (seed, moments) => {
        const engine = new Engine(toy, start(seed), [kick(0, 40), kick(10_000, 40)]);
        runAll(engine, 2000);
        const whole = textOf(engine.trace);
        for (const moment of moments) {
          const to = Math.min(moment, engine.trace.eventCount);
          engine.seek(to);
          const straight = new Engine(toy, start(seed), [kick(0, 40), kick(10_000, 40)]);
          for (let i = 0; i < to; i++) straight.advance();
          expect(engine.state).toEqual(straight.state);
        }
        expect(textOf(engine.trace)).toBe(whole);
      }),
      { numRuns: 30 },
    );
  });

  it('goes on from a saved checkpoint as if nothing had been', () => {
    const engine = new Engine(toy, start(3), [kick(0, 30)]);
    for (let i = 0; i < 10; i++) engine.advance();
    const saved = engine.saveCheckpoint();
    const kept = JSON.stringify(stateOf(saved).nodes);
    runAll(engine);
    const straight = textOf(engine.trace);
    expect(JSON.stringify(stateOf(saved).nodes)).toBe(kept);
    engine.restore(saved);
    runAll(engine);
    expect(textOf(engine.trace)).toBe(straight);
  });
});

describe('a moment that is kept', () => {
  it('need not be lived through again, however dear a checkpoint is there', () => {
    let lived = 0;
    const counting: typeof toy = {
      dispatch(step, event) {
        lived++;
        toy.dispatch(step, event);
      },
    };
    const again = (keep: boolean): number => {
      // Of so many nodes each checkpoint copies more than a few hundred events are worth.
      const engine = new Engine(counting, start(3, 5_000), [kick(0, 30)]);
      for (let i = 0; i < 20; i++) engine.advance();
      if (keep) engine.keepMoment();
      for (let i = 0; i < 10; i++) engine.advance();
      const straight = JSON.stringify(engine.state.nodes);
      engine.seek(22);
      lived = 0;
      engine.seek(21);
      engine.seek(30);
      expect(JSON.stringify(engine.state.nodes)).toBe(straight);
      return lived;
    };
    expect(again(true)).toBe(10);
    expect(again(false)).toBe(30);
  });
});

describe('a fork', () => {
  it('shares nothing that either side may change', () => {
    const engine = new Engine(toy, start(5), [kick(0, 60)]);
    runAll(engine, 700);
    const whole = textOf(engine.trace);
    engine.seek(300);
    const twin = engine.fork();
    twin.act(twin.state.now, 2 as NodeId, { hops: 50 });
    runAll(twin, 300);
    expect(twin.trace.eventCount).toBe(600);
    engine.seek(engine.trace.eventCount);
    expect(textOf(engine.trace)).toBe(whole);
    expect(textOf(twin.trace).split('\n').slice(0, 300)).toEqual(whole.split('\n').slice(0, 300));
  });

  it('without a change lives through the same future', () => {
    const engine = new Engine(toy, start(5), [kick(0, 60)]);
    runAll(engine, 700);
    engine.seek(411);
    const twin = engine.fork();
    for (let i = 411; i < engine.trace.eventCount; i++) twin.advance();
    expect(textOf(twin.trace)).toBe(textOf(engine.trace));
  });

  it('replays its own change from its journal', () => {
    const engine = new Engine(toy, start(9), [kick(0, 60)]);
    runAll(engine, 500);
    engine.seek(123);
    const twin = engine.fork();
    twin.act(twin.state.now, 1 as NodeId, { hops: 20 });
    runAll(twin, 200);
    const again = new Engine(toy, start(9), twin.journal);
    while (again.trace.eventCount < twin.trace.eventCount) again.advance();
    expect(textOf(again.trace)).toBe(textOf(twin.trace));
  });

  it('is needed to change the past', () => {
    const engine = new Engine(toy, start(5), [kick(0, 60)]);
    runAll(engine, 100);
    engine.seek(50);
    expect(() => engine.act(0 as Nanos, 0 as NodeId, { hops: 1 })).toThrow(/fork/);
  });
});

describe('copyPlain', () => {
  it('refuses what is not plain data', () => {
    expect(() => copyPlain({ when: new Trace() })).toThrow(/plain data/);
  });

  it('copies deeply and shares typed arrays', () => {
    const bytes = new Uint8Array([1, 2]);
    const value = { a: [1, { b: new Map([[1, { c: 2 }]]) }], bytes, none: null };
    const copy = copyPlain(value);
    expect(copy).toEqual(value);
    expect(copy.bytes).toBe(bytes);
    expect(copy.a[1]).not.toBe(value.a[1]);
  });
});
