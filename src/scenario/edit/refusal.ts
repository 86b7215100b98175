/**
 * Why a change is not made, and what the changes of a file have in common.
 * Comes from: nodes.ts, interfaces.ts, cables.ts, commands.ts.  Goes to: edit.ts, which tells where.
 */
import type { Expectation } from '../expectations.ts';
import type { Scenario, ScenarioNode } from '../types.ts';
import type { Path } from './draft.ts';

/** What was found at a place of the file, and what was expected. */
export interface Refusal {
  readonly path: Path;
  readonly what: string;
  readonly found: string;
  readonly expected: Expectation;
}

export function nodeCalled(scenario: Scenario, name: string): ScenarioNode | undefined {
  return scenario.nodes.find((node) => node.name === name);
}

export function unknownNode(name: string): Refusal {
  return { path: ['nodes'], what: 'nodes', found: name, expected: 'known-node' };
}

const FILE_KEYS = ['lvs-lab', 'title', 'about', 'seed', 'nodes', 'links', 'timeline', 'until', 'pins', 'hints', 'bookmarks'];
const NODE_KEYS = ['kind', 'role', 'at', 'interfaces', 'ports', 'setup'];

/** The keys behind which files write a key of theirs. */
export function beforeKey(key: string): readonly string[] {
  return FILE_KEYS.slice(0, FILE_KEYS.indexOf(key));
}

/** The keys behind which nodes have a key of theirs. */
export function beforeNodeKey(key: string): readonly string[] {
  return NODE_KEYS.slice(0, Math.max(1, NODE_KEYS.indexOf(key)));
}
