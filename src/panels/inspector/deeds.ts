/**
 * What is done to a cable or a node from the menu of the map, at the moment shown, as an entry of the journal.
 * Goes to: lab/actions.ts.
 */
import type { NodeId } from '../../engine/index.ts';
import { act, lab, powerDeed, say, worldNow, type Both } from '../../lab/index.ts';
import { playback } from '../../playback/index.ts';
import type { LinkId, Stimulus } from '../../world/index.ts';

/** @param up false: it is pulled out */
export function cutCable(link: number, up: boolean): void {
  const end = worldNow()?.shared.links[link]?.ends[0];
  const ends = (lab.getState().lab?.scenario.links[link]?.ends ?? []).map(([name]) => name).join(' – ');
  const label = up ? { en: `cable ${ends} plugged in`, zh: `插上 ${ends} 网线` } : { en: `cable ${ends} cut`, zh: `拔掉 ${ends} 网线` };
  if (end !== undefined) done(end.node, { kind: 'link', link: link as LinkId, up }, label);
}

export function switchPower(node: NodeId, on: boolean): void {
  const { branch } = lab.getState();
  if (branch === null) return;
  const { doings, label } = powerDeed(branch, node, on ? 'on' : 'off');
  for (const doing of doings) done(doing.node, doing.stimulus, label);
}

function done(node: NodeId, stimulus: Stimulus, label: Both): void {
  playback.send({ type: 'PAUSE' });
  if (act(node, stimulus, label))
    say(
      `A new branch: ${label.en}. The earlier future is kept in the list of branches.`,
      `新的分支：${label.zh}。原来的后续保留在分支列表中。`,
    );
}
