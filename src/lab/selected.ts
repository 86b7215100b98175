/**
 * What is selected when another lab, or the same one with another file, takes the place of the one shown: the same
 * machine, the same cable.
 * Comes from: edit.ts, history.ts, which build labs.  Goes to: actions.ts, the forms of the edit mode.
 */
import type { NodeId } from '../engine/index.ts';
import type { Scenario } from '../scenario/index.ts';
import type { Selection } from './store.ts';

/** What a node is called now that was called so before. */
export type NameNow = (name: string) => string;

export const SAME_NAMES: NameNow = (name) => name;

export function nodeIn({ nodes }: Scenario, name: string): Selection | null {
  const node = nodes.findIndex((one) => one.name === name);
  return node < 0 ? null : { kind: 'node', node: node as NodeId };
}

/** What was selected in one scenario, in another that was made from it. Frames belong to a run and are left. */
export function selectionIn(before: Scenario, after: Scenario, selection: Selection | null, nameNow: NameNow): Selection | null {
  if (selection?.kind === 'node') return nodeIn(after, nameNow(before.nodes[selection.node]?.name ?? ''));
  if (selection?.kind !== 'link') return null;
  // A cable that was changed has kept its place in the list.
  const ends = JSON.stringify(before.links[selection.link]?.ends.map(([name, port]) => [nameNow(name), port]) ?? null);
  const found = after.links.findIndex((link) => JSON.stringify(link.ends) === ends);
  const link = found >= 0 ? found : before.links.length === after.links.length ? selection.link : -1;
  return link < 0 ? null : { kind: 'link', link };
}
