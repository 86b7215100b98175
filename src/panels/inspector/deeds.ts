/**
 * What is done to a cable or a node from the map or the inspector, at the moment shown, as an entry of the journal.
 * Goes to: lab/actions.ts.
 */
import type { NodeId } from '../../engine/index.ts';
import { act, cableChange, lab, powerDeed, say, worldNow, type Both, type CableChange } from '../../lab/index.ts';
import { playback } from '../../playback/index.ts';
import type { LinkId, Stimulus } from '../../world/index.ts';

/** @param figure what was written; @returns whether it is a figure */
export function changeCable(link: number, how: CableChange, figure = ''): boolean {
  const end = worldNow()?.shared.links[link]?.ends[0];
  const ends = (lab.getState().lab?.scenario.links[link]?.ends ?? []).map(([name]) => name).join(' – ');
  const change = end === undefined ? null : cableChange({ id: link as LinkId, ends, node: end.node }, how, figure);
  if (change !== null) done(change.doing.node, change.doing.stimulus, change.label);
  return change !== null;
}

export function switchPower(node: NodeId, on: boolean): void {
  const { branch } = lab.getState();
  if (branch === null) return;
  const { doings, label } = powerDeed(branch, node, on ? 'on' : 'off');
  for (const doing of doings) done(doing.node, doing.stimulus, label);
}

function done(node: NodeId, stimulus: Stimulus, label: Both): void {
  playback.send({ type: 'PAUSE' });
  act(node, stimulus, label, undefined, () =>
    say(
      `A new branch: ${label.en}. The earlier future is kept in the list of branches.`,
      `新的分支：${label.zh}。原来的后续保留在分支列表中。`,
    ),
  );
}
