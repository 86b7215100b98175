/**
 * Nodes of a scenario file: added, named, configured, moved, removed.
 * Comes from: edit.ts.  Goes to: draft.ts.
 */
import type { NodeRole } from '../../world/index.ts';
import type { Scenario } from '../types.ts';
import type { Draft } from './draft.ts';
import { emit, emitKey, type Value } from './emit.ts';
import { interfaceEntry } from './interfaces.ts';
import { beforeNodeKey, nodeCalled, unknownNode, type Refusal } from './refusal.ts';
import type { At, Edit } from './types.ts';

const NEW_SWITCH_PORTS = 8;

const PREFIX: Readonly<Record<NodeRole, string>> = {
  client: 'client',
  router: 'router',
  switch: 'sw',
  director: 'director',
  realserver: 'rs',
  host: 'host',
};
const NUMBERED: readonly NodeRole[] = ['switch', 'realserver', 'host'];

/** A name for one more node of a role: rs1, rs2 …; client, client2 … */
export function freeName(scenario: Scenario, role: NodeRole): string {
  const taken = new Set(scenario.nodes.map((node) => node.name));
  for (let number = 1; ; number++) {
    const name = number === 1 && !NUMBERED.includes(role) ? PREFIX[role] : `${PREFIX[role]}${number}`;
    if (!taken.has(name)) return name;
  }
}

export function addNode(draft: Draft, scenario: Scenario, { name, role, at }: Extract<Edit, { kind: 'add-node' }>): Refusal | null {
  if (nodeCalled(scenario, name) !== undefined) return takenName(name);
  const place = rounded(at);
  const short = emit({ kind: 'switch', at: place, ports: NEW_SWITCH_PORTS }, SHORT);
  const count = role === 'router' ? 2 : 1;
  const devs = Array.from({ length: count }, (_, i) => `eth${i}`);
  const interfaces: Record<string, Value> = {};
  const macs: string[] = [];
  for (const dev of devs) {
    const entry = interfaceEntry(draft, scenario, name, macs);
    if (entry.mac !== undefined) macs.push(entry.mac);
    interfaces[dev] = entry.value;
  }
  const commands = devs.map((dev) => `ip link set ${dev} up`);
  if (role === 'router') commands.push('sysctl -w net.ipv4.ip_forward=1');
  const block = draft.isBlock(['nodes']);
  if (block === false || draft.json()) {
    const entry: Value =
      role === 'switch'
        ? { kind: 'switch', at: place, ports: NEW_SWITCH_PORTS }
        : { role, at: place, interfaces, setup: { block: `${commands.join('\n')}\n` } };
    draft.set(['nodes', name], entry);
    return null;
  }
  const key = emitKey(name, false);
  const lines =
    role === 'switch'
      ? [`${key}: ${short}`]
      : [
          `${key}:`,
          `  role: ${role}`,
          `  at: ${emit(place, SHORT)}`,
          `  interfaces: ${emit(interfaces, SHORT)}`,
          '  setup: |',
          ...commands.map((command) => `    ${command}`),
        ];
  if (block === true) draft.appendLines(['nodes'], lines);
  else draft.beginMap(['nodes'], lines);
  return null;
}

const SHORT = { json: false, flow: true, indent: 0, eol: '\n' } as const;

function takenName(name: string): Refusal {
  return { path: ['nodes', name], what: 'nodes', found: name, expected: 'own-name' };
}

function rounded(at: At): number[] {
  return at.map((value) => Math.round(value));
}

export function removeNode(draft: Draft, scenario: Scenario, name: string): Refusal | null {
  if (nodeCalled(scenario, name) === undefined) return unknownNode(name);
  draft.remove(['nodes', name]);
  draft.removeAll(['links'], (i) => scenario.links[Number(i)]?.ends.some(([node]) => node === name) === true);
  draft.removeAll(['timeline'], (i) => scenario.timeline[Number(i)]?.node === name);
  draft.removeAll(['pins'], (i) => scenario.pins[Number(i)]?.node === name);
  return null;
}

export function renameNode(draft: Draft, scenario: Scenario, name: string, to: string): Refusal | null {
  if (nodeCalled(scenario, name) === undefined) return unknownNode(name);
  if (name === to) return null;
  if (nodeCalled(scenario, to) !== undefined) return takenName(to);
  draft.rename(['nodes', name], to);
  scenario.links.forEach((_, i) => {
    const path = draft.endsPath(i);
    for (const side of [0, 1]) {
      const end = String(draft.value([...path, side]));
      if (end === name || end.startsWith(`${name}:`)) draft.setItem([...path, side], to + end.slice(name.length));
    }
  });
  scenario.timeline.forEach((entry, i) => {
    if (entry.node === name) draft.set(['timeline', i, 'node'], to);
  });
  scenario.pins.forEach((pin, i) => {
    if (pin.node === name) draft.setItem(['pins', i], `${to}: ${pin.sysctl}`);
  });
  return null;
}

export function setNode(
  draft: Draft,
  scenario: Scenario,
  { name, role, setup, ports }: Extract<Edit, { kind: 'set-node' }>,
): Refusal | null {
  const node = nodeCalled(scenario, name);
  if (node === undefined) return unknownNode(name);
  const path = ['nodes', name];
  if (role !== undefined && role !== node.role) {
    // A switch is no host: what one has the other has not.
    if (node.kind === 'switch' || role === 'switch') return { path, what: `nodes.${name}.role`, found: role, expected: 'host-role' };
    draft.set([...path, 'role'], role, beforeNodeKey('role'));
  }
  if (setup !== undefined) {
    const text = setup.replace(/\r\n?/g, '\n').replace(/\s+$/, '');
    if (text === '') draft.remove([...path, 'setup']);
    else draft.set([...path, 'setup'], { block: `${text}\n` }, beforeNodeKey('setup'));
  }
  if (ports !== undefined) {
    if (ports === null) draft.remove([...path, 'ports']);
    else draft.set([...path, 'ports'], ports, beforeNodeKey('ports'));
  }
  return null;
}

export function moveNodes(draft: Draft, scenario: Scenario, places: readonly (readonly [string, At])[]): Refusal | null {
  for (const [name, at] of places) {
    if (nodeCalled(scenario, name) === undefined) return unknownNode(name);
    draft.set(['nodes', name, 'at'], rounded(at), beforeNodeKey('at'));
  }
  return null;
}
