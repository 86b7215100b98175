/**
 * Interfaces of a host in a scenario file.
 * Comes from: edit.ts, nodes.ts, cables.ts.  Goes to: draft.ts.
 */
import { formatMac, isGroupMac, parseMac, type Mac } from '../../wire/index.ts';
import { splitSetup } from '../setup.ts';
import type { Scenario, ScenarioHost } from '../types.ts';
import type { Draft } from './draft.ts';
import type { Value } from './emit.ts';
import { beforeNodeKey, nodeCalled, unknownNode, type Refusal } from './refusal.ts';
import type { Edit } from './types.ts';

/**
 * What is written for one more interface: an address of its own where the file writes addresses, else
 * nothing, and the loader numbers it. @param also addresses that are about to be written
 */
export function interfaceEntry(
  draft: Draft,
  scenario: Scenario,
  node: string,
  also: readonly string[],
): { readonly value: Value; readonly mac?: string } {
  const written: Mac[] = [];
  let near: Mac | null = null;
  for (const host of scenario.nodes) {
    if (host.kind !== 'linux') continue;
    for (const { name } of host.interfaces) {
      const text = draft.value(['nodes', host.name, 'interfaces', name, 'mac']);
      const mac = typeof text === 'string' ? parseMac(text) : null;
      if (mac === null) continue;
      written.push(mac);
      if (host.name === node || near === null) near = mac;
    }
  }
  const last = near === null ? null : (also.map((text) => parseMac(text)).findLast((mac) => mac !== null) ?? written.at(-1) ?? near);
  if (last === null) return { value: {} };
  const taken = new Set<number>(scenario.nodes.flatMap((host) => (host.kind === 'linux' ? host.interfaces.map((i) => i.mac) : [])));
  for (const text of also) taken.add(parseMac(text) ?? 0);
  let mac = last + 1;
  while (taken.has(mac) || isGroupMac(mac as Mac)) mac++;
  const text = formatMac(mac as Mac);
  return { value: { mac: text }, mac: text };
}

export function freeInterfaceName(host: ScenarioHost): string {
  for (let number = 0; ; number++) {
    const name = `eth${number}`;
    if (!host.interfaces.some((iface) => iface.name === name)) return name;
  }
}

export function addInterface(draft: Draft, scenario: Scenario, node: string, name: string | null): Refusal | null {
  const host = nodeCalled(scenario, node);
  if (host === undefined) return unknownNode(node);
  const path = ['nodes', node, 'interfaces'];
  if (host.kind === 'switch') return { path: ['nodes', node], what: `nodes.${node}`, found: 'interfaces', expected: 'host-only' };
  const dev = name ?? freeInterfaceName(host);
  if (host.interfaces.some((iface) => iface.name === dev))
    return { path: [...path, dev], what: `nodes.${node}.interfaces`, found: dev, expected: 'own-interface' };
  const { value } = interfaceEntry(draft, scenario, node, []);
  if (draft.has(path)) draft.set([...path, dev], value);
  else draft.set(path, { [dev]: value }, beforeNodeKey('interfaces'));
  draft.settle();
  // Linux leaves a new interface down.
  const setup = setupOf(draft, node);
  draft.set(['nodes', node, 'setup'], { block: `${setup}ip link set ${dev} up\n` }, beforeNodeKey('setup'));
  return null;
}

export function removeInterface(draft: Draft, scenario: Scenario, node: string, name: string): Refusal | null {
  const host = nodeCalled(scenario, node);
  if (host === undefined) return unknownNode(node);
  if (host.kind === 'switch' || !host.interfaces.some((iface) => iface.name === name))
    return { path: ['nodes', node], what: `nodes.${node}.interfaces`, found: name, expected: 'known-interface' };
  draft.removeAll(['links'], (i) => scenario.links[Number(i)]?.ends.some(([n, port]) => n === node && port === name) === true);
  draft.remove(['nodes', node, 'interfaces', name]);
  const setup = setupOf(draft, node);
  const without = withoutInterface(setup, name);
  draft.settle();
  if (without === setup) return null;
  if (without.trim() === '') draft.remove(['nodes', node, 'setup']);
  else draft.set(['nodes', node, 'setup'], { block: without }, beforeNodeKey('setup'));
  return null;
}

/**
 * Gives an interface another name, in its cable and in all commands of its node that name it or an alias of it.
 */
export function renameInterface(
  draft: Draft,
  scenario: Scenario,
  { node, name, to }: Extract<Edit, { kind: 'rename-interface' }>,
): Refusal | null {
  const host = nodeCalled(scenario, node);
  if (host === undefined) return unknownNode(node);
  const path = ['nodes', node, 'interfaces'];
  if (host.kind === 'switch' || !host.interfaces.some((iface) => iface.name === name))
    return { path: ['nodes', node], what: `nodes.${node}.interfaces`, found: name, expected: 'known-interface' };
  if (name === to) return null;
  if (host.interfaces.some((iface) => iface.name === to))
    return { path: [...path, to], what: `nodes.${node}.interfaces`, found: to, expected: 'own-interface' };
  draft.rename([...path, name], to);
  scenario.links.forEach((_, i) => {
    const ends = draft.endsPath(i);
    for (const side of [0, 1]) if (draft.value([...ends, side]) === `${node}:${name}`) draft.setItem([...ends, side], `${node}:${to}`);
  });
  scenario.timeline.forEach((entry, i) => {
    const run = entry.node === node ? withInterface(entry.run, name, to) : entry.run;
    if (run !== entry.run) draft.set(['timeline', i, 'run'], run);
  });
  scenario.pins.forEach((pin, i) => {
    const sysctl = pin.node === node ? withInterface(pin.sysctl, name, to) : pin.sysctl;
    if (sysctl !== pin.sysctl) draft.setItem(['pins', i], `${node}: ${sysctl}`);
  });
  const setup = setupOf(draft, node);
  const renamed = withInterface(setup, name, to);
  if (renamed !== setup) draft.set(['nodes', node, 'setup'], { block: renamed }, beforeNodeKey('setup'));
  return null;
}

/** The interface as a word: alone, in front of an alias (eth0:0), within a sysctl's name. */
function asWord(dev: string): string {
  return `(?<=^|[\\s/.='"])${dev.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?=$|[\\s:/.='"])`;
}

function withInterface(text: string, dev: string, to: string): string {
  // A function, so that no character of the name means anything.
  return text.replace(new RegExp(asWord(dev), 'gm'), () => to);
}

/** The commands of a setup that do not name an interface, nor an alias of it such as eth0:0. */
function withoutInterface(setup: string, dev: string): string {
  const lines = setup.split('\n');
  const named = new RegExp(`(^|[\\s/.])${dev.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?=$|[\\s:/.])`);
  const gone = new Set<number>();
  for (const { text, line } of splitSetup(setup, 0)) {
    if (named.test(text)) for (let i = 0; i < text.split('\n').length; i++) gone.add(line + i);
  }
  return gone.size === 0 ? setup : lines.filter((_, i) => !gone.has(i)).join('\n');
}

/** A node's setup, ending in a newline; '' if it has none. */
function setupOf(draft: Draft, node: string): string {
  const text = draft.value(['nodes', node, 'setup']);
  if (typeof text !== 'string' || text.trim() === '') return '';
  return text.endsWith('\n') ? text : `${text}\n`;
}

export function setInterface(
  draft: Draft,
  scenario: Scenario,
  { node, name, mac, mtu }: Extract<Edit, { kind: 'set-interface' }>,
): Refusal | null {
  const host = nodeCalled(scenario, node);
  if (host === undefined) return unknownNode(node);
  const path = ['nodes', node, 'interfaces', name];
  if (host.kind === 'switch' || !host.interfaces.some((iface) => iface.name === name))
    return { path: ['nodes', node], what: `nodes.${node}.interfaces`, found: name, expected: 'known-interface' };
  for (const [key, value] of [
    ['mac', mac],
    ['mtu', mtu],
  ] as const) {
    if (value === undefined) continue;
    if (value === '' || value === null) draft.remove([...path, key]);
    else draft.set([...path, key], value, key === 'mtu' ? ['mac'] : []);
    draft.settle();
  }
  return null;
}
