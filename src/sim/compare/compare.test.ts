import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seconds, type Nanos, type NodeId } from '../../engine/index.ts';
import { loadScenario } from '../../scenario/index.ts';
import type { LinkId, Stimulus } from '../../world/index.ts';
import { fromScenario } from '../from-scenario.ts';
import { createRun, type Run } from '../run.ts';
import { namesOf } from '../tell.ts';
import { compareRuns, type Comparison } from './compare.ts';
import { pastOf } from './shared.ts';
import { tellDivergence } from './tell-divergence.ts';

function lab(name = 'dr-lab'): Run {
  const loaded = loadScenario(readFileSync(join(import.meta.dirname, `../../../scenarios/${name}.yaml`), 'utf8'));
  if (!loaded.ok) throw new Error(loaded.problems[0]?.message.en);
  const run = createRun(fromScenario(loaded.scenario));
  run.finish();
  return run;
}

const BEGIN = seconds(0.5);

function fork(run: Run, at: Nanos = BEGIN): Run {
  const twin = run.fork(run.executedAt(at));
  twin.extend(run.endsAt);
  return twin;
}

function type(run: Run, node: string, text: string, at: Nanos = BEGIN): void {
  act(run, run.nodeId(node) as NodeId, { kind: 'exec', tty: 'tty1', text }, at);
}

/** Does something in a fork that nobody has run further. */
function act(run: Run, node: NodeId, stimulus: Stimulus, at: Nanos = BEGIN): void {
  if (run.act({ executed: run.head, at }, node, stimulus) !== run) throw new Error('a second fork');
}

function saidOf(comparison: Comparison, a: Run, b: Run, lang: 'en' | 'zh' = 'en'): string {
  if (comparison.divergence === null) return '';
  const names = { a: namesOf(a.worldAt(a.head).nodes), b: namesOf(b.worldAt(b.head).nodes) };
  return tellDivergence(comparison.divergence, names, lang);
}

const healthy = lab();

/** The lab with these commands typed at half a second. */
function changed(...typed: (readonly [node: string, text: string])[]): Run {
  const run = fork(healthy);
  for (const [node, text] of typed) type(run, node, text);
  run.finish();
  return run;
}

describe('what a hand does is the change, and what comes of it the difference', () => {
  it('a power switch', () => {
    const run = fork(healthy);
    act(run, run.nodeId('director') as NodeId, { kind: 'power', on: false });
    run.finish();
    const comparison = compareRuns(healthy, run);
    const said = saidOf(comparison, healthy, run);
    expect(said).not.toBe('');
    // the press itself is known to whoever pressed: what follows from it is told
    expect(said).not.toContain('its files stay');
    expect(saidOf(comparison, healthy, run, 'zh')).not.toContain('文件保留');
  });

  it('a frame that is taken off its cable', () => {
    const at = 1_000_000_000 as Nanos;
    const executed = healthy.executedAt(at);
    const [frame] = healthy.framesDueAt(executed);
    if (frame === undefined) throw new Error('no frame is on its way');
    const run = healthy.fork(executed);
    run.extend(healthy.endsAt);
    act(run, frame.node, { kind: 'frame', dev: frame.dev, due: frame.due, nth: frame.nth, deed: 'drop' }, at);
    run.finish();
    expect(saidOf(compareRuns(healthy, run), healthy, run)).not.toBe('');
  });
});

describe('two equal futures', () => {
  it('a run and itself differ in nothing', () => {
    expect(compareRuns(healthy, healthy)).toMatchObject({ divergence: null, differences: [] });
  });

  it('a fork that is run on without a change differs in nothing, wherever it begins', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: healthy.head }), fc.integer({ min: 0, max: 9_000_000_000 }), (executed, at) => {
        const twin = healthy.fork(executed);
        twin.finish();
        expect(compareRuns(healthy, twin, at as Nanos)).toMatchObject({
          divergence: null,
          differences: [],
        });
      }),
      { numRuns: 12 },
    );
  });

  it('a setting set to the value it has, a command that changes nothing, a cable plugged in twice: all without effect', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('client', 'router', 'director', 'rs1'),
        fc.constantFrom('sysctl -w net.ipv4.ip_default_ttl=64', 'ip addr', 'echo 1; echo 2', 'cat /proc/sys/net/ipv4/ip_forward'),
        fc.integer({ min: 1, max: 7_900_000_000 }),
        (node, text, at) => {
          const run = fork(healthy, at as Nanos);
          act(run, run.nodeId(node) as NodeId, { kind: 'exec', tty: 'tty7', text }, at as Nanos);
          act(run, 0 as NodeId, { kind: 'link', link: 0 as LinkId, up: true }, at as Nanos);
          run.finish();
          expect(compareRuns(healthy, run)).toMatchObject({ divergence: null, differences: [] });
        },
      ),
      { numRuns: 20 },
    );
  });

  it('a setting that nothing asks for is the only difference', () => {
    const run = changed(['rs1', 'sysctl -w net.ipv4.conf.all.arp_notify=1']);
    const { divergence, differences } = compareRuns(healthy, run);
    expect(divergence).toBeNull();
    expect(differences.map(({ section, what, a, b }) => [section, what.en, a.en, b.en])).toEqual([
      ['setting', 'rs1: net.ipv4.conf.all.arp_notify', '0', '1'],
    ]);
  });
});

describe('the real servers answer for the VIP', () => {
  const off = ['sysctl -w net.ipv4.conf.all.arp_ignore=0', 'sysctl -w net.ipv4.conf.lo.arp_ignore=0'].join('\n');
  const broken = changed(['rs1', off], ['rs2', off]);
  const found = compareRuns(healthy, broken);

  it('is told in a sentence, in both languages', () => {
    expect(saidOf(found, healthy, broken)).toMatch(
      /^From here the two futures part: rs[12] answers for 172\.18\.20\.128 \(arp_ignore 0\) — before, it stayed silent \(arp_ignore 1\)\.$/,
    );
    expect(saidOf(found, healthy, broken, 'zh')).toMatch(
      /rs[12] 替 172\.18\.20\.128 应答 ARP（arp_ignore 为 0）——改动前它保持沉默（arp_ignore 为 1）。$/,
    );
  });

  it('the other way round, the silence is what is new', () => {
    expect(saidOf(compareRuns(broken, healthy), broken, healthy)).toMatch(
      /rs[12] stays silent about 172\.18\.20\.128 \(arp_ignore 1\) — before, it answered \(arp_ignore 0\)\.$/,
    );
  });

  it('the table tells who answered, who served and who was passed by', () => {
    const arp = found.differences.find(({ section }) => section === 'arp');
    expect(arp?.what.en).toBe('router asks who has 172.18.20.128');
    expect(arp?.a.en).toBe('director');
    expect(arp?.b.en.split(', ').toSorted()).toEqual(['director', 'rs1', 'rs2']);
    const requests = found.differences.filter(({ section }) => section === 'request');
    expect(requests[0]?.what.en).toBe('request 1 of client to 172.18.20.128:80');
    expect(requests[0]?.a.en).toMatch(/^rs[12]$/);
    expect(requests[0]?.b.en).toMatch(/^rs[12], not by way of IPVS$/);
    expect(found.differences.some(({ section, what }) => section === 'neigh' && what.en === 'router: 172.18.20.128 on eth1')).toBe(true);
    expect(found.differences.some(({ section, what }) => section === 'ipvs' && what.en.endsWith('connections scheduled'))).toBe(true);
    expect(found.differences.filter(({ section }) => section === 'setting').map(({ what }) => what.en)).toContain(
      'rs1: net.ipv4.conf.all.arp_ignore',
    );
  });

  it('at a time before they part only what was set differs', () => {
    const early = compareRuns(healthy, broken, seconds(0.9));
    expect(new Set(early.differences.map(({ section }) => section))).toEqual(new Set(['setting']));
  });

  it('with the same commands typed in both futures the change is only what one of them has', () => {
    const a = changed(['client', 'ping -c 1 10.0.0.1']);
    const b = changed(['rs1', off], ['client', 'ping -c 1 10.0.0.1']);
    const past = pastOf(a, b);
    expect(past.onlyA).toEqual([]);
    expect(past.onlyB.map(({ entry }) => a.nodeName(entry.node))).toEqual(['rs1']);
  });
});

describe('other changes', () => {
  it('a cable cut: the first frame that is not sent is where they part', () => {
    const run = fork(healthy);
    act(run, 0 as NodeId, { kind: 'link', link: 0 as LinkId, up: false });
    run.finish();
    const found = compareRuns(healthy, run);
    expect(saidOf(found, healthy, run)).toContain('From here the two futures part');
    expect(found.differences.find(({ section }) => section === 'request')).toMatchObject({
      b: { en: expect.stringMatching(/^no answer|^never sent$/) as string },
    });
  });

  it('a slower cable: the same comes later', () => {
    const run = fork(healthy);
    act(run, 0 as NodeId, { kind: 'link', link: 0 as LinkId, delayNs: 3_000_000 });
    run.finish();
    const found = compareRuns(healthy, run);
    expect(found.divergence?.at).toBeGreaterThanOrEqual(seconds(1));
    expect(saidOf(found, healthy, run)).toMatch(
      /client puts \d+ bytes on the cable to router, and it arrives 2\.9 ms later than before\.$/,
    );
    expect(saidOf(found, healthy, run, 'zh')).toContain('比改动前晚 2.9 ms 到达');
  });

  it('a request that only one of them has is a difference', () => {
    const run = changed(['client', 'curl -s http://172.18.20.128/']);
    const { divergence, differences } = compareRuns(healthy, run);
    expect(divergence?.b?.node).toBe(run.nodeId('client'));
    expect(differences.some(({ section }) => section === 'request')).toBe(true);
  });

  it('runs of two labs cannot be compared', () => {
    expect(() => compareRuns(healthy, lab('nat-demo'))).toThrow(/different labs/);
  });
});
