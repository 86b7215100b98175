import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Scenario } from '../types.ts';
import { editScenario } from './edit.ts';
import { FILE, edited, load, changes, network } from './edit.test-kit.ts';
import { freeName } from './nodes.ts';
import type { Edit } from './types.ts';

const shipped = join(import.meta.dirname, '../../../scenarios');
const FILES = [
  FILE,
  'lvs-lab: 1\ntitle: E\nabout: E\nnodes: {}\n',
  ...readdirSync(shipped)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => readFileSync(join(shipped, name), 'utf8')),
];

const ROLES = ['client', 'router', 'switch', 'director', 'realserver', 'host'] as const;

/** Numbers from which an edit that fits the present file is made. */
interface Dice {
  readonly what: number;
  readonly a: number;
  readonly b: number;
  readonly word: string;
}

const dice = fc.record({
  what: fc.nat(14),
  a: fc.nat(99),
  b: fc.nat(99),
  word: fc.constantFrom('x', 'null', 'n-1', 'yes', 'ls -l', "echo 'a: #b'", ''),
});

function editOf(scenario: Scenario, { what, a, b, word }: Dice): Edit {
  const node = scenario.nodes[a % Math.max(1, scenario.nodes.length)];
  const other = scenario.nodes[b % Math.max(1, scenario.nodes.length)];
  const name = node?.name ?? 'nobody';
  const role = ROLES[b % ROLES.length] ?? 'host';
  const link = a % Math.max(1, scenario.links.length);
  switch (what) {
    case 0:
    case 1:
      return { kind: 'add-node', name: freeName(scenario, role), role, at: [a, b] };
    case 2:
      return { kind: 'remove-node', name };
    case 3:
      return { kind: 'rename-node', name, to: word };
    case 4:
      return { kind: 'set-node', name, role };
    case 5:
      return { kind: 'set-node', name, setup: `${word}\n\n  ${word}\nip addr` };
    case 6:
      return {
        kind: 'move-nodes',
        places: [[name, [a, b]], ...(other === undefined || other === node ? [] : [[other.name, [b, a]] as const])],
      };
    case 7:
    case 8:
      return { kind: 'connect', ends: [name, other?.name ?? 'nobody'] };
    case 9:
      return { kind: 'disconnect', link };
    case 10:
      return { kind: 'set-link', link, delay: `${a}us`, rate: b % 2 === 0 ? '' : `${b}M`, loss: a % 2 === 0 ? '1%' : '' };
    case 11:
      return { kind: 'add-interface', node: name, name: null };
    case 12:
      return { kind: 'remove-interface', node: name, name: 'eth0' };
    case 13:
      return { kind: 'rename-interface', node: name, name: 'eth0', to: word === '' ? 'lan0' : word };
    default:
      return { kind: 'add-command', node: name, at: `${a % 9}00ms`, run: word === '' ? 'ls' : word };
  }
}

function commentsOf(text: string): string[] {
  return text.split('\n').filter((line) => /^\s*#/.test(line) && !/^\s{6,}/.test(line));
}

describe('whatever is done', () => {
  it('the file loads, and comments that stand on their own stay', () => {
    fc.assert(
      fc.property(fc.constantFrom(...FILES), fc.array(dice, { minLength: 1, maxLength: 12 }), (file, all) => {
        let text = file;
        let scenario = load(file);
        for (const one of all) {
          const result = editScenario(text, [editOf(scenario, one)]);
          if (result.ok) ({ text, scenario } = result);
        }
        expect(scenario).toEqual(load(text));
        expect(commentsOf(text)).toEqual(commentsOf(file));
      }),
      { numRuns: 60 },
    );
  });

  it('a change and its opposite leave the same network', () => {
    fc.assert(
      fc.property(fc.constantFrom(...FILES), dice, (file, one) => {
        const scenario = load(file);
        const edit = editOf(scenario, one);
        const result = editScenario(file, [edit]);
        if (!result.ok) return;
        const back = opposite(scenario, result.scenario, edit);
        if (back === null) return;
        expect(network(edited(result.text, ...back))).toEqual(network(file));
      }),
      { numRuns: 100 },
    );
  });

  it('a file whose lines end in CR LF is changed as one whose lines end in LF, and all its lines end as before', () => {
    const windows = (text: string): string => text.replaceAll('\n', '\r\n');
    fc.assert(
      fc.property(fc.constantFrom(...FILES), fc.array(dice, { minLength: 1, maxLength: 5 }), (file, all) => {
        let text = file;
        let foreign = windows(file);
        for (const one of all) {
          const edit = editOf(load(text), one);
          const plain = editScenario(text, [edit]);
          const result = editScenario(foreign, [edit]);
          expect(result.ok).toBe(plain.ok);
          if (!result.ok || !plain.ok) continue;
          expect(result.text).toBe(windows(plain.text));
          expect(network(result.text)).toEqual(network(plain.text));
          ({ text } = plain);
          foreign = result.text;
        }
      }),
      { numRuns: 15 },
    );
  });

  it('every line that a change does not name stays to the last character', () => {
    fc.assert(
      fc.property(fc.constantFrom(...FILES), dice, (file, one) => {
        const scenario = load(file);
        const edit = editOf(scenario, one);
        const result = editScenario(file, [edit]);
        if (!result.ok || edit.kind === 'remove-node' || edit.kind === 'remove-interface') return;
        const lost = changes(file, result.text).filter((line) => line.startsWith('-'));
        // A changed setup replaces its own lines; everything else is one line for each place.
        const allowed = edit.kind === 'set-node' && edit.setup !== undefined ? Infinity : edit.kind.startsWith('rename') ? 99 : 3;
        expect(lost.length).toBeLessThanOrEqual(allowed);
        if (edit.kind === 'rename-interface') expect(lost.filter((line) => !line.includes(edit.name))).toEqual([]);
      }),
      { numRuns: 80 },
    );
  });
});

function opposite(before: Scenario, after: Scenario, edit: Edit): Edit[] | null {
  switch (edit.kind) {
    case 'add-node':
      return [{ kind: 'remove-node', name: edit.name }];
    case 'rename-node':
      return [{ kind: 'rename-node', name: edit.to, to: edit.name }];
    case 'rename-interface':
      return [{ kind: 'rename-interface', node: edit.node, name: edit.to, to: edit.name }];
    case 'move-nodes': {
      const places = edit.places.map(([name]) => [name, before.nodes.find((node) => node.name === name)?.at] as const);
      return places.some(([, at]) => at === null || at === undefined) ? null : [{ kind: 'move-nodes', places: places as never }];
    }
    case 'connect': {
      const link = after.links.length - 1;
      const made = after.nodes.flatMap((node) => {
        const old = before.nodes.find((n) => n.name === node.name);
        if (node.kind !== 'linux' || old?.kind !== 'linux' || old.interfaces.length === node.interfaces.length) return [];
        return [{ kind: 'remove-interface', node: node.name, name: node.interfaces.at(-1)?.name ?? '' } as const];
      });
      return [{ kind: 'disconnect', link }, ...made];
    }
    case 'add-interface': {
      const node = after.nodes.find((n) => n.name === edit.node);
      return node?.kind === 'linux' ? [{ kind: 'remove-interface', node: node.name, name: node.interfaces.at(-1)?.name ?? '' }] : null;
    }
    case 'add-command':
      return [{ kind: 'remove-command', index: after.timeline.length - 1 }];
    default:
      return null;
  }
}
