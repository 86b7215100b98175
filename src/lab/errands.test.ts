/** Threads that do not come, or do not come back: the run goes on all the same, and to the same end. */
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Errand, Run } from '../sim/index.ts';
import type { ErrandAnswer, ErrandMessage as Message } from './errands.ts';

type Heard = (event: { readonly data: ErrandAnswer }) => void;

/** What the thread does with a message; each test has its own. */
let behave: (worker: FakeWorker, message: Message) => void;
let greets = true;
const workers: FakeWorker[] = [];

class FakeWorker {
  onmessage: Heard | null = null;
  onerror: ((event: { readonly preventDefault: () => void }) => void) | null = null;
  onmessageerror: (() => void) | null = null;
  terminated = false;
  readonly got: Message[] = [];

  constructor() {
    workers.push(this);
  }

  addEventListener(_: string, heard: Heard): void {
    if (greets) heard({ data: { number: -1, stretch: null, last: false, error: null } });
  }

  postMessage(message: Message): void {
    this.got.push(message);
    if (message.errand !== null || message.nodes !== undefined) behave(this, message);
  }

  terminate(): void {
    this.terminated = true;
  }
}

/** Lives through the errand, a stretch at a time, and stops after so many. */
async function liveOn(stretches: number): Promise<(worker: FakeWorker, message: Message) => void> {
  const { Run: RealRun } = await import('../sim/index.ts');
  return (worker, { number, errand, limit }) => {
    const run = RealRun.onErrand(structuredClone(errand as Errand));
    for (let i = 0; i < stretches; i++) {
      const more = run.advance(40) && run.head < limit;
      worker.onmessage?.({ data: { number, stretch: run.take(!more), last: !more, error: null } });
      if (!more) return;
    }
  };
}

/** A client that asks one of many hosts; who has that address is asked of all. */
function starOf(hosts: number): string {
  const all = Array.from({ length: hosts }, (_, i) => i + 1);
  const host = (i: number): string =>
    `  h${i}:\n    interfaces: { eth0: {} }\n    setup: |\n      ip addr add 10.0.0.${i}/24 dev eth0\n      ip link set eth0 up\n`;
  return `lvs-lab: 1
title: star
about: A star.
nodes:
  sw: { kind: switch, ports: ${hosts} }
${all.map(host).join('')}links:
${all.map((i) => `  - { ends: [h${i}:eth0, sw:${i}] }\n`).join('')}timeline:
  - { at: 1s, node: h1, run: 'ping -c 2 10.0.0.${hosts}; ping -c 1 10.0.0.7' }
until: 10s
`;
}

let piecesBack = 0;

/** As liveOn(), for an errand whose nodes come in pieces and whose stretches go back in pieces. */
async function liveOnInPieces(): Promise<(worker: FakeWorker, message: Message) => void> {
  const { Run: RealRun } = await import('../sim/index.ts');
  const { takeApart } = await import('./errand-pieces.ts');
  let coming: Message | null = null;
  let nodes: Errand['from']['state']['nodes'] = [];
  return (worker, message) => {
    if (message.errand !== null) {
      coming = structuredClone(message);
      nodes = [];
    }
    nodes.push(...structuredClone(message.nodes ?? []));
    if (coming?.errand === null || coming === null || nodes.length < (coming.toCome ?? 0)) return;
    const { number, errand, limit } = coming;
    const run = RealRun.onErrand({ ...errand, from: { ...errand.from, state: { ...errand.from.state, nodes } } });
    for (let more = true; more;) {
      more = run.advance(90) && run.head < limit;
      const { pieces, rest } = takeApart(structuredClone(run.take(!more)));
      piecesBack += pieces.length;
      for (const piece of pieces) worker.onmessage?.({ data: { number, stretch: null, piece, last: false, error: null } });
      worker.onmessage?.({ data: { number, stretch: rest, last: !more, error: null } });
    }
  };
}

let now = 0;
beforeEach(() => {
  now = 0;
  greets = true;
  workers.length = 0;
  vi.resetModules();
  vi.stubGlobal('Worker', FakeWorker);
  // Each look at the clock costs ten milliseconds: a run is soon long enough for a thread.
  vi.spyOn(performance, 'now').mockImplementation(() => (now += 10));
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

/** Opens a lab and runs it to its end. */
async function runIt(): Promise<Run> {
  const { openShipped } = await import('./lab.test-kit.ts');
  return openShipped('nat-demo').run;
}

/** What the run is without threads. */
let hash = '';
/** Each test reads the program anew, so that no thread of another is left: on a busy machine that takes a while. */
const TIMEOUT_MS = 60_000;

beforeAll(async () => {
  vi.stubGlobal('Worker', undefined);
  hash = (await runIt()).hash();
  vi.unstubAllGlobals();
}, TIMEOUT_MS);

describe('a run', { timeout: TIMEOUT_MS }, () => {
  it('goes on in a thread that has its program, and comes back whole', async () => {
    behave = await liveOn(Infinity);
    expect((await runIt()).hash()).toBe(hash);
    expect(workers.flatMap(({ got }) => got).some(({ errand }) => errand !== null)).toBe(true);
  });

  it('does not wait for a thread whose program has not come', async () => {
    greets = false;
    expect((await runIt()).hash()).toBe(hash);
    expect(workers).toHaveLength(1);
    expect(workers[0]?.got).toEqual([]);
  });

  it('goes on here when the thread breaks before its first answer', async () => {
    behave = (worker) => worker.onerror?.({ preventDefault: () => undefined });
    expect((await runIt()).hash()).toBe(hash);
    expect(workers.map(({ terminated }) => terminated)).toEqual([true]);
  });

  it('goes on from the last stretch when the thread breaks in the middle', async () => {
    const live = await liveOn(2);
    behave = (worker, message) => {
      live(worker, message);
      worker.onerror?.({ preventDefault: () => undefined });
    };
    expect((await runIt()).hash()).toBe(hash);
    expect(workers.map(({ terminated }) => terminated)).toEqual([true]);
  });

  it('goes on here when the thread has fallen silent', async () => {
    behave = await liveOn(1);
    expect((await runIt()).hash()).toBe(hash);
    expect(workers.map(({ terminated }) => terminated)).toEqual([true]);
    expect(now).toBeGreaterThan(10_000);
  });

  it('is away only once, however many want it to go on, and not while something is done at its end', async () => {
    const { finish, readShipped } = await import('./lab.test-kit.ts');
    const { createBranch } = await import('./branch.ts');
    const { growing, setUp } = await import('./grow.ts');
    const { Away } = await import('./errands.ts');
    const branch = createBranch(0, { en: '', zh: '' }, null, 0 as never, finish(setUp(readShipped('nat-demo').input)));
    const live = await liveOn(Infinity);
    const waiting: (() => void)[] = [];
    behave = (worker, message) => {
      const sent = structuredClone(message);
      waiting.push(() => live(worker, sent));
    };
    const growers = [growing(branch), growing(branch)];
    const walk = (rounds: number): void => {
      for (let i = 0; i < rounds; i++) for (const grower of growers) grower.next();
    };
    walk(20);
    expect(waiting).toHaveLength(1);
    const { head } = branch.run;
    Away.recall(branch.run);
    walk(20);
    expect(waiting).toHaveLength(2);
    // What the first thread still says counts for nothing.
    waiting[0]?.();
    walk(20);
    expect(branch.run.head).toBeGreaterThanOrEqual(head);
    // One comes back, and the other finds nothing left to do.
    for (let done = 0; done < growers.length;) {
      for (const errand of waiting.splice(1)) errand();
      done = growers.filter((grower) => grower.next().done === true).length;
    }
    expect(branch.run.hash()).toBe(hash);
  });

  it('of many nodes goes and comes back in pieces, whatever is looked at meanwhile', async () => {
    const open = async () => {
      const { finish } = await import('./lab.test-kit.ts');
      const { readLab } = await import('./open.ts');
      const { createBranch } = await import('./branch.ts');
      const { growing, setUp } = await import('./grow.ts');
      const read = readLab('star', 'star.yaml', starOf(120));
      if (!read.ok) throw new Error(read.problem.lines[0]?.message.en);
      const branch = createBranch(0, { en: '', zh: '' }, null, 0 as never, finish(setUp(read.lab.input)));
      return { branch, work: growing(branch) };
    };
    vi.stubGlobal('Worker', undefined);
    const straight = await open();
    while (straight.work.next().done !== true);
    vi.resetModules();
    vi.stubGlobal('Worker', FakeWorker);
    behave = await liveOnInPieces();
    const { branch, work } = await open();
    for (let i = 0; work.next().done !== true; i++) branch.run.worldAt(i % 2 === 0 ? 1 : branch.run.head);
    const got = workers.flatMap((worker) => worker.got);
    expect(got.filter(({ errand }) => errand !== null).map(({ toCome }) => toCome)).toEqual([121]);
    expect(got.map(({ nodes }) => nodes?.length ?? 0).filter((nodes) => nodes > 0)).toEqual([48, 48, 25]);
    expect(piecesBack).toBeGreaterThan(2);
    expect(branch.run.hash()).toBe(straight.branch.run.hash());
    // At every moment all nodes are as they would be here.
    const { head } = branch.run;
    for (let i = 0; i <= 12; i++) {
      const at = Math.floor((head * i) / 12);
      expect(branch.run.worldAt(at).nodes, `after ${at} events`).toEqual(straight.branch.run.worldAt(at).nodes);
    }
  });
});
