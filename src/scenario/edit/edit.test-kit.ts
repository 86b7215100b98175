/** A file to be edited in tests, and what is asked of an edit. */
import { expect } from 'vitest';
import { loadScenario } from '../load.ts';
import type { Scenario } from '../types.ts';
import { editScenario } from './edit.ts';
import type { Edit } from './types.ts';

export const FILE = `# a lab for the tests
lvs-lab: 1
title: { en: Two hosts, zh: 两台主机 }   # both languages
about: >-
  A cable
  and a switch.
nodes:
  # who asks
  a:
    role: client     # asks
    at: [10, 20]
    interfaces: { eth0: { mac: '02:00:00:00:00:0a' }, eth1: {} }
    setup: |
      ip addr add 10.0.0.1/24 dev eth0

      # a remark
      ip link set eth0 up
      ip link set eth1 up

  # who answers
  b: { interfaces: { eth0: } }
  sw: { kind: switch, ports: 4 } # four
links:
  # the first
  - { ends: [a:eth0, sw:2], delay: 1ms, rate: 100M, loss: 5% }
  - [b:eth0, sw]   # bare
# what happens
timeline:
  - { at: 1s, node: a, run: 'ping -c1 10.0.0.2', title: Ping }
  - at: 1.5s
    node: b   # the other
    run: ip neigh
until: 2s
pins: ['a: net.ipv4.ip_forward', 'b: net.ipv4.ip_forward']
hints: [{ at: 0.5, text: Look }]
# the end
`;

export function edited(text: string, ...edits: readonly Edit[]): string {
  const result = editScenario(text, edits);
  if (!result.ok) throw new Error(result.problems.map((p) => `${p.line}:${p.column} ${p.message.en}`).join('\n'));
  return result.text;
}

export function refused(text: string, ...edits: readonly Edit[]): string {
  const result = editScenario(text, edits);
  if (result.ok) throw new Error(`it was done:\n${result.text}`);
  const [first] = result.problems;
  expect(first?.message.zh).toMatch(/[\u4e00-\u9fff]/);
  return `${first?.line}:${first?.column} ${first?.message.en}`;
}

export function load(text: string): Scenario {
  const loaded = loadScenario(text);
  if (!loaded.ok) throw new Error(loaded.problems.map((p) => `${p.line}:${p.column} ${p.message.en}`).join('\n'));
  return loaded.scenario;
}

/** Lines that are there before and not after (-), or after and not before (+). */
export function changes(before: string, after: string): string[] {
  const old = before.split('\n');
  const now = after.split('\n');
  const rows = Array.from({ length: old.length + 1 }, () => Array.from({ length: now.length + 1 }, () => 0));
  for (let i = old.length - 1; i >= 0; i--)
    for (let j = now.length - 1; j >= 0; j--)
      (rows[i] as number[])[j] =
        old[i] === now[j]
          ? ((rows[i + 1] as number[])[j + 1] as number) + 1
          : Math.max((rows[i + 1] as number[])[j] as number, (rows[i] as number[])[j + 1] as number);
  const found: string[] = [];
  let i = 0;
  let j = 0;
  while (i < old.length || j < now.length) {
    if (i < old.length && j < now.length && old[i] === now[j]) {
      i++;
      j++;
    } else if (j >= now.length || (i < old.length && (rows[i + 1] as number[])[j]! >= (rows[i] as number[])[j + 1]!))
      found.push(`-${old[i++]}`);
    else found.push(`+${now[j++]}`);
  }
  return found;
}

/** The network that a file describes, without the lines in which it stands. */
export function network(text: string): unknown {
  const { nodes, links, timeline, pins, until, seed, title } = load(text);
  return {
    nodes: nodes.map((node) => (node.kind === 'linux' ? { ...node, setup: node.setup.map((command) => command.text) } : node)),
    links,
    timeline: timeline.map((entry) => ({ ...entry, line: 0 })),
    pins,
    until,
    seed,
    title,
  };
}
