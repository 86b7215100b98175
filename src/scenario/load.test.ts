import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FIELDS } from './fields.ts';
import { scenarioFields, scenarioJsonSchema } from './json-schema.ts';
import { loadScenario } from './load.ts';
import { splitSetup } from './setup.ts';
import type { Problem, Scenario } from './types.ts';

const GOOD = `lvs-lab: 1
title: { en: Two hosts, zh: 两台主机 }
about: A cable.
nodes:
  a:
    role: client
    at: [10, 20]
    interfaces: { eth0: { mac: '02:00:00:00:00:0a' }, eth1: {} }
    setup: |
      ip addr add 10.0.0.1/24 dev eth0

      # a remark
      ip link set eth0 up
  b: { interfaces: { eth0: } }
  sw: { kind: switch, ports: 4 }
links:
  - { ends: [a:eth0, sw:2], delay: 1ms, rate: 100M, loss: 5% }
  - [b:eth0, sw]
timeline:
  - { at: 1s, node: a, run: 'ping -c1 10.0.0.2', title: Ping }
until: 2s
pins: ['a: net.ipv4.ip_forward']
hints: [{ at: 0.5, text: Look }]
`;

function load(text: string): Scenario {
  const loaded = loadScenario(text);
  if (!loaded.ok) throw new Error(loaded.problems.map((p) => `${p.line}:${p.column} ${p.message.en}`).join('\n'));
  return loaded.scenario;
}

function problems(text: string): readonly Problem[] {
  const loaded = loadScenario(text);
  if (loaded.ok) throw new Error('the file was taken');
  return loaded.problems;
}

/** The good file with one piece replaced. */
function broken(piece: string, by: string): string {
  expect(GOOD).toContain(piece);
  return GOOD.replace(piece, by);
}

describe('loadScenario', () => {
  it('joins the lines of a Chinese text without spaces, and those of an English one with them', () => {
    const { about } = load(
      GOOD.replace('about: A cable.', 'about:\n  en: >-\n    One\n    cable.\n  zh: >-\n    一条网线，\n    接 VIP\n    两端'),
    );
    expect(about).toEqual({ en: 'One cable.', zh: '一条网线，接 VIP 两端' });
  });

  it('completes a file', () => {
    const scenario = load(GOOD);
    expect(scenario).toMatchObject({
      version: 1,
      seed: 1,
      until: 2_000_000_000,
      about: { en: 'A cable.', zh: 'A cable.' },
    });
    expect(scenario.nodes.map((node) => [node.name, node.kind, node.role])).toEqual([
      ['a', 'linux', 'client'],
      ['b', 'linux', 'host'],
      ['sw', 'switch', 'switch'],
    ]);
    expect(scenario.nodes[0]).toMatchObject({
      at: [10, 20],
      interfaces: [
        { name: 'eth0', mac: 0x02000000000a, mtu: 1500 },
        { name: 'eth1', mac: 0x020000000001, mtu: 1500 },
      ],
      setup: [
        { text: 'ip addr add 10.0.0.1/24 dev eth0', line: 10 },
        { text: 'ip link set eth0 up', line: 13 },
      ],
    });
    expect(scenario.nodes[2]).toMatchObject({ ports: ['p1', 'p2', 'p3', 'p4'] });
    expect(scenario.links).toEqual([
      {
        ends: [
          ['a', 'eth0'],
          ['sw', 'p2'],
        ],
        delayNs: 1_000_000,
        rateBps: 100_000_000,
        lossPpm: 50_000,
      },
      {
        ends: [
          ['b', 'eth0'],
          ['sw', 'p1'],
        ],
        delayNs: 50_000,
        rateBps: 1_000_000_000,
        lossPpm: 0,
      },
    ]);
    expect(scenario.timeline).toEqual([
      { at: 1_000_000_000, node: 'a', run: 'ping -c1 10.0.0.2', title: { en: 'Ping', zh: 'Ping' }, line: 20 },
    ]);
    expect(scenario.pins).toEqual([{ node: 'a', sysctl: 'net.ipv4.ip_forward' }]);
    expect(scenario.hints[0]?.at).toBe(500_000_000);
    expect(structuredClone(scenario)).toEqual(scenario);
  });

  const CASES: readonly (readonly [name: string, piece: string, by: string, line: number, column: number, message: RegExp])[] = [
    ['a misspelt key', 'role: client', 'rolle: client', 6, 5, /perhaps “role”, found "rolle"/],
    ['a key nobody knows', 'until: 2s', 'fancyness: 2s', 21, 1, /a key that is known here, found "fancyness"/],
    ['a wrong role', 'role: client', 'role: king', 6, 11, /nodes\.a\.role: expected client, router.*found "king"/],
    ['a wrong version', 'lvs-lab: 1', 'lvs-lab: 2', 1, 10, /version/],
    ['a wrong MAC', "'02:00:00:00:00:0a'", "'02:00:00'", 8, 32, /MAC address/],
    ['a group MAC', "'02:00:00:00:00:0a'", "'01:00:00:00:00:0a'", 8, 32, /MAC address of one host/],
    ['a wrong span', 'delay: 1ms', 'delay: fast', 17, 36, /span of time.*"fast"/],
    ['a wrong rate', 'rate: 100M', 'rate: quick', 17, 47, /a rate/],
    ['a wrong share', 'loss: 5%', 'loss: 500%', 17, 59, /a share/],
    ['an unknown node', '[b:eth0, sw]', '[c:eth0, sw]', 18, 6, /links\[2\]\[1\]: expected the name of a node.*"c"/],
    ['an unknown interface', '[b:eth0, sw]', '[b:eth7, sw]', 18, 6, /an interface that the node has.*"b:eth7"/],
    ['an end used twice', '[b:eth0, sw]', '[a:eth0, sw]', 18, 6, /an end without a cable.*"a:eth0"/],
    ['a port beyond the last', '[b:eth0, sw]', '[b:eth0, sw:9]', 18, 14, /an interface that the node has/],
    ['a cable to itself', '[a:eth0, sw:2]', '[a:eth0, a:eth1]', 17, 22, /another node/],
    ['a command at a switch', 'node: a, run', 'node: sw, run', 20, 21, /name of a Linux node/],
    ['a command after the end', 'at: 1s', 'at: 3s', 20, 11, /before the end/],
    ['a pin at nobody', "'a: net", "'x: net", 22, 8, /name of a Linux node/],
    ['a missing title', 'title: { en: Two hosts, zh: 两台主机 }\n', '', 1, 1, /title: expected a text/],
    ['a title in one language', ', zh: 两台主机', '', 2, 8, /title\.zh/],
    ['a wrong node name', '  b: {', "  'b c': {", 14, 3, /a name of letters.*"b c"/],
    ['setup at a switch', 'kind: switch, ports: 4', 'kind: switch, setup: ls', 15, 23, /no such key on a switch/],
    ['a tab for indentation', '  b: {', '\tb: {', 14, 1, /YAML/],
    ['a key twice', 'until: 2s', 'until: 2s\nuntil: 3s', 22, 1, /YAML/],
  ];
  it.each(CASES)('tells of %s where it stands', (_name, piece, by, line, column, message) => {
    const found = problems(broken(piece, by));
    expect(found[0]?.message.en).toMatch(message);
    expect(found[0]?.message.zh).toMatch(/[\u4e00-\u9fff]/);
    expect([found[0]?.line, found[0]?.column]).toEqual([line, column]);
  });

  it('refuses two interfaces with one MAC', () => {
    expect(problems(broken('eth1: {}', "eth1: { mac: '02:00:00:00:00:0a' }"))[0]?.message.en).toMatch(/no other interface has.*a:eth0/);
  });

  it('refuses a switch without a free port', () => {
    const text = broken('ports: 4', 'ports: 1').replace('sw:2', 'sw:1');
    expect(problems(text)[0]).toMatchObject({
      line: 18,
      message: { en: expect.stringMatching(/free port/) as unknown },
    });
  });

  it('refuses what is no lab', () => {
    for (const text of ['', '[]', 'hello', '42', 'null', '{}', '\0', 'a: *b']) expect(problems(text).length).toBeGreaterThan(0);
    expect(problems('')[0]).toMatchObject({
      line: 1,
      column: 1,
      message: { en: expect.stringMatching(/begins with lvs-lab: 1/) as unknown },
    });
  });

  it('refuses a huge file at once', () => {
    expect(problems(`${GOOD}# ${'x'.repeat(50_000_000)}`)[0]?.message.en).toMatch(/at most 1 MiB.*48829 KiB/);
  });

  it('refuses an alias bomb at once', () => {
    let bomb = 'a0: &a0 [x, x, x, x, x, x, x, x, x]\n';
    for (let i = 1; i < 12; i++) bomb += `a${i}: &a${i} [${Array.from({ length: 9 }, () => `*a${i - 1}`).join(', ')}]\n`;
    expect(problems(GOOD + bomb)[0]?.message.en).toMatch(/anchors/);
  });

  it('tells of an alias of nothing where it stands', () => {
    expect(problems(broken('until: 2s', 'until: *when'))[0]).toMatchObject({
      line: 21,
      column: 8,
      message: { en: expect.stringMatching(/an alias of an anchor.*"\*when"/) as unknown },
    });
  });

  it('refuses bottomless nesting at once', () => {
    expect(problems(`a: ${'['.repeat(500_000)}`)[0]?.message.en).toMatch(/levels of nesting/);
    expect(problems('- '.repeat(300_000))[0]?.message.en).toMatch(/levels of nesting/);
    expect(problems(`a: ${'[\n'.repeat(200_000)}`)[0]?.message.en).toMatch(/levels of nesting/);
  });

  it('refuses too many nodes', () => {
    const nodes = Array.from({ length: 1101 }, (_, i) => `  n${i}: {}`).join('\n');
    expect(problems(`lvs-lab: 1\ntitle: t\nabout: t\nnodes:\n${nodes}\n`)[0]?.message.en).toMatch(/at most 1100 nodes.*1101/);
  });

  it('does not take words of JavaScript for nodes', () => {
    expect(problems(broken('[b:eth0, sw]', '[constructor:eth0, sw]'))[0]?.message.en).toMatch(/name of a node/);
    expect(problems(broken('node: a, run', 'node: toString, run'))[0]?.message.en).toMatch(/name of a Linux node/);
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.nat(GOOD.length), fc.nat(40), fc.string({ maxLength: 12 }), (at, length, by) => {
        expect(() => loadScenario(GOOD.slice(0, at) + by + GOOD.slice(at + length))).not.toThrow();
      }),
      { numRuns: 300 },
    );
  });
});

describe('splitSetup', () => {
  it('keeps together what belongs together', () => {
    const text = [
      "echo 'a",
      "b'",
      'ls \\',
      ' -l',
      'for i in 1 2; do',
      '  echo $i',
      'done',
      "cat >f <<'E'",
      'x # y',
      'E',
      'echo "it\'s" # don\'t',
      'true',
    ].join('\n');
    expect(splitSetup(text, 5)).toEqual([
      { text: "echo 'a\nb'", line: 5 },
      { text: 'ls \\\n -l', line: 7 },
      { text: 'for i in 1 2; do\n  echo $i\ndone', line: 9 },
      { text: "cat >f <<'E'\nx # y\nE", line: 12 },
      { text: 'echo "it\'s" # don\'t', line: 15 },
      { text: 'true', line: 16 },
    ]);
  });
});

describe('the published schema', () => {
  it('is fresh (npm test -- unit -u writes it anew)', async () => {
    await expect(scenarioJsonSchema()).toMatchFileSnapshot('../../public/scenario.schema.json');
  });

  it('says of every field what it is for, and of nothing else', () => {
    const fields = scenarioFields();
    expect(fields.map(({ path }) => path).toSorted()).toEqual(Object.keys(FIELDS).toSorted());
    expect(fields.filter(({ required }) => required).map(({ path }) => path)).toEqual([
      'lvs-lab',
      'title',
      'about',
      'nodes',
      'links[].ends',
      'timeline[].at',
      'timeline[].node',
      'timeline[].run',
      'hints[].at',
      'hints[].text',
      'bookmarks[].at',
      'bookmarks[].text',
    ]);
  });
});
