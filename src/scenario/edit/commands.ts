/**
 * What a scenario file says of the lab as a whole, and the commands of its timeline.
 * Comes from: edit.ts.  Goes to: draft.ts.
 */
import type { Scenario, Text } from '../types.ts';
import type { Draft } from './draft.ts';
import type { Value } from './emit.ts';
import { beforeKey, nodeCalled, unknownNode, type Refusal } from './refusal.ts';
import type { Edit } from './types.ts';

export function setLab(draft: Draft, { title, about, until, seed }: Extract<Edit, { kind: 'set-lab' }>): Refusal | null {
  if (title !== undefined) setText(draft, 'title', title);
  if (about !== undefined) setText(draft, 'about', about);
  if (seed === null) draft.remove(['seed']);
  else if (seed !== undefined) draft.set(['seed'], seed, beforeKey('seed'));
  if (until?.trim() === '') draft.remove(['until']);
  else if (until !== undefined) draft.set(['until'], until.trim(), beforeKey('until'));
  return null;
}

/** Only the language that differs is written anew. */
function setText(draft: Draft, key: 'title' | 'about', { en, zh }: Text): void {
  const old = draft.value([key]);
  if (typeof old === 'object' && old !== null) {
    const now = old as Record<string, unknown>;
    if (now['en'] !== en) draft.set([key, 'en'], lines(en));
    if (now['zh'] !== zh) draft.set([key, 'zh'], lines(zh));
  } else if (en === zh) {
    if (old !== en) draft.set([key], lines(en), beforeKey(key));
  } else draft.set([key], { en, zh }, beforeKey(key));
}

function lines(text: string): Value {
  return text.includes('\n') ? { block: text } : text;
}

export function addCommand(draft: Draft, scenario: Scenario, { node, at, run }: Extract<Edit, { kind: 'add-command' }>): Refusal | null {
  if (nodeCalled(scenario, node) === undefined) return unknownNode(node);
  draft.append(['timeline'], { at: at.trim(), node, run }, beforeKey('timeline'));
  return null;
}

function unknownCommand(index: number): Refusal {
  return { path: ['timeline'], what: 'timeline', found: String(index + 1), expected: 'known-command' };
}

export function setCommand(draft: Draft, scenario: Scenario, { index, at, run }: Extract<Edit, { kind: 'set-command' }>): Refusal | null {
  const entry = scenario.timeline[index];
  if (entry === undefined) return unknownCommand(index);
  if (at !== undefined) draft.set(['timeline', index, 'at'], at.trim());
  if (run !== undefined && run !== entry.run) draft.set(['timeline', index, 'run'], lines(run));
  return null;
}

export function removeCommand(draft: Draft, scenario: Scenario, index: number): Refusal | null {
  if (scenario.timeline[index] === undefined) return unknownCommand(index);
  draft.remove(['timeline', index]);
  return null;
}
