/**
 * Cables of a scenario file: plugged in, set, taken away.
 * Comes from: edit.ts.  Goes to: draft.ts.
 */
import type { Scenario, ScenarioNode } from '../types.ts';
import type { Draft } from './draft.ts';
import type { Value } from './emit.ts';
import { addInterface, freeInterfaceName } from './interfaces.ts';
import { nodeCalled, unknownNode, type Refusal } from './refusal.ts';
import type { Edit } from './types.ts';

type Found = { readonly ok: true; readonly end: string; readonly make: string | null } | { readonly ok: false; readonly refusal: Refusal };

/** Ports of a node that have a cable, as the loaded file names them. */
export function pluggedPorts(scenario: Scenario, name: string): Set<string> {
  return new Set(scenario.links.flatMap(({ ends }) => ends.flatMap(([node, port]) => (node === name ? [port] : []))));
}

export function connect(draft: Draft, scenario: Scenario, ends: readonly [string, string]): Refusal | null {
  const [a, b] = ends.map((end) => endFor(draft, scenario, end, null));
  if (a === undefined || b === undefined) return null;
  if (!a.ok) return a.refusal;
  if (!b.ok) return b.refusal;
  if (nameIn(a.end) === nameIn(b.end)) return { path: ['nodes', nameIn(a.end)], what: 'links', found: b.end, expected: 'other-end' };
  for (const { end, make } of [a, b]) {
    if (make === null) continue;
    const refusal = addInterface(draft, scenario, nameIn(end), make);
    if (refusal !== null) return refusal;
    draft.settle();
  }
  draft.append(['links'], { ends: [a.end, b.end] }, ['lvs-lab', 'title', 'about', 'seed', 'nodes']);
  return null;
}

function nameIn(end: string): string {
  return end.split(':', 1)[0] ?? '';
}

/** A free end of a node, as the file writes it. @param own link whose ends count as free */
function endFor(draft: Draft, scenario: Scenario, text: string, own: number | null): Found {
  const [name = '', port] = text.split(':', 2);
  const node = nodeCalled(scenario, name);
  if (node === undefined) return { ok: false, refusal: unknownNode(name) };
  const others = own === null ? scenario : { ...scenario, links: scenario.links.filter((_, i) => i !== own) };
  const plugged = pluggedPorts(others, name);
  if (port !== undefined) return namedEnd(node, port);
  if (node.kind === 'switch') return freePort(node, plugged, draft.has(['nodes', name, 'ports']));
  const free = node.interfaces.find((iface) => !plugged.has(iface.name))?.name;
  return { ok: true, end: `${name}:${free ?? freeInterfaceName(node)}`, make: free === undefined ? freeInterfaceName(node) : null };
}

/** Whether it is free the loader says, and where the other cable is. */
function namedEnd(node: ScenarioNode, text: string): Found {
  const { name } = node;
  const port = node.kind === 'switch' ? text.replace(/^p?(\d+)$/, 'p$1') : text;
  const path = ['nodes', name];
  if (node.kind === 'linux' && !node.interfaces.some((iface) => iface.name === port))
    return { ok: false, refusal: { path, what: 'links', found: `${name}:${text}`, expected: 'known-interface' } };
  return { ok: true, end: `${name}:${node.kind === 'switch' ? port.slice(1) : port}`, make: null };
}

/** The first port of a switch without a cable. @param counted whether the file says how many there are */
function freePort({ name, ports }: Extract<ScenarioNode, { kind: 'switch' }>, plugged: ReadonlySet<string>, counted: boolean): Found {
  let number = 1;
  while (plugged.has(`p${number}`)) number++;
  if (counted && number > ports.length)
    return { ok: false, refusal: { path: ['nodes', name], what: `nodes.${name}`, found: name, expected: 'free-port' } };
  return { ok: true, end: `${name}:${number}`, make: null };
}

export function disconnect(draft: Draft, scenario: Scenario, link: number): Refusal | null {
  if (scenario.links[link] === undefined) return unknownLink(link);
  draft.remove(['links', link]);
  return null;
}

function unknownLink(link: number): Refusal {
  return { path: ['links'], what: 'links', found: String(link + 1), expected: 'known-link' };
}

const FIGURES = ['delay', 'rate', 'loss'] as const;

export function setLink(draft: Draft, scenario: Scenario, edit: Extract<Edit, { kind: 'set-link' }>): Refusal | null {
  const { link, ends } = edit;
  if (scenario.links[link] === undefined) return unknownLink(link);
  if (ends !== undefined) {
    const [a, b] = ends.map((end) => endFor(draft, scenario, end, link));
    if (a === undefined || b === undefined) return null;
    if (!a.ok) return a.refusal;
    if (!b.ok) return b.refusal;
    if (nameIn(a.end) === nameIn(b.end)) return { path: ['links', link], what: 'links', found: b.end, expected: 'other-end' };
    const path = draft.endsPath(link);
    [a.end, b.end].forEach((end, side) => {
      if (draft.value([...path, side]) !== end) draft.setItem([...path, side], end);
    });
    draft.settle();
  }
  if (FIGURES.every((key) => edit[key] === undefined)) return null;
  const entry = draft.value(['links', link]);
  if (Array.isArray(entry)) {
    draft.setItem(['links', link], { ends: entry.map(String) });
    draft.settle();
  }
  for (const [i, key] of FIGURES.entries()) {
    const figure = edit[key]?.trim();
    if (figure === undefined) continue;
    if (figure === '') draft.remove(['links', link, key]);
    else draft.set(['links', link, key], figureOf(figure), ['ends', ...FIGURES.slice(0, i)]);
    draft.settle();
  }
  return null;
}

/** A bare number stays one: seconds, bits per second, a share. */
function figureOf(text: string): Value {
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}
