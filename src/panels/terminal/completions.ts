/** What Tab could complete, from the node's state at the moment shown. */
import type { NodeId } from '../../engine/index.ts';
import { nodeView, worldNow } from '../../lab/index.ts';
import { complete, type Completion } from '../../shell/index.ts';
import { MAIN_TTY } from '../../sim/index.ts';

const NOTHING: Completion = { from: 0, words: [], common: '' };

export function completions(node: NodeId, before: string): Completion {
  const state = worldNow()?.nodes[node];
  return state?.kind === 'linux' ? complete(nodeView(state), before, before.length, MAIN_TTY) : NOTHING;
}
