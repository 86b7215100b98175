/**
 * Changes a scenario's text as a person changes its picture. What is not touched stays as it is, to the
 * last character; a change after which the file would not load is refused with located problems. Lines end as they do in
 * the file: new ones in CR LF where it has any.
 * Comes from: the page.  Goes to: nodes.ts, cables.ts, commands.ts; load.ts judges the result.
 */
import { loadScenario } from '../load.ts';
import { problem } from '../locate.ts';
import type { Loaded, Problem, Scenario } from '../types.ts';
import { connect, disconnect, setLink } from './cables.ts';
import { addCommand, removeCommand, setCommand, setLab } from './commands.ts';
import { Draft } from './draft.ts';
import { addInterface, removeInterface, renameInterface, setInterface } from './interfaces.ts';
import { addNode, moveNodes, removeNode, renameNode, setNode } from './nodes.ts';
import type { Refusal } from './refusal.ts';
import type { Edit, Edited } from './types.ts';

/** Does all of them, or none. @param loaded what the text says, for those who know it already */
export function editScenario(text: string, edits: readonly Edit[], loaded: Scenario | null = null): Edited {
  const before: Loaded = loaded === null ? loadScenario(text) : { ok: true, scenario: loaded };
  if (!before.ok) return before;
  let { scenario } = before;
  let written = text;
  for (const edit of edits) {
    const draft = new Draft(written);
    const refusal = make(draft, scenario, edit);
    if (refusal !== null) return { ok: false, problems: [located(draft, refusal)] };
    written = draft.text();
    const after = loadScenario(written);
    if (!after.ok) return after;
    scenario = after.scenario;
  }
  return { ok: true, text: written, scenario };
}

function make(draft: Draft, scenario: Scenario, edit: Edit): Refusal | null {
  switch (edit.kind) {
    case 'add-node':
      return addNode(draft, scenario, edit);
    case 'remove-node':
      return removeNode(draft, scenario, edit.name);
    case 'rename-node':
      return renameNode(draft, scenario, edit.name, edit.to);
    case 'set-node':
      return setNode(draft, scenario, edit);
    case 'move-nodes':
      return moveNodes(draft, scenario, edit.places);
    case 'add-interface':
      return addInterface(draft, scenario, edit.node, edit.name);
    case 'remove-interface':
      return removeInterface(draft, scenario, edit.node, edit.name);
    case 'rename-interface':
      return renameInterface(draft, scenario, edit);
    case 'set-interface':
      return setInterface(draft, scenario, edit);
    case 'connect':
      return connect(draft, scenario, edit.ends);
    case 'disconnect':
      return disconnect(draft, scenario, edit.link);
    case 'set-link':
      return setLink(draft, scenario, edit);
    case 'set-lab':
      return setLab(draft, edit);
    case 'add-command':
      return addCommand(draft, scenario, edit);
    case 'set-command':
      return setCommand(draft, scenario, edit);
    case 'remove-command':
      return removeCommand(draft, scenario, edit.index);
  }
}

function located(draft: Draft, { path, what, found, expected }: Refusal): Problem {
  return problem(draft.placeOf(path), what, found, expected);
}
