/**
 * Types a line at a node at the moment shown, and plays on if it takes time.
 * Comes from: terminals, buttons, switches.  Goes to: lab/actions.ts.
 */
import type { NodeId } from '../../engine/index.ts';
import { act, idleTerminal, isBusy, lab, say, type Both } from '../../lab/index.ts';
import { playback } from '../../playback/index.ts';

/** @param wait whether playback goes on by itself while the command runs */
export function typeAt(node: NodeId, line: string, label: Both, wait: boolean): void {
  const { branch, cursor } = lab.getState();
  if (branch === null) return;
  const tty = idleTerminal(branch, node, branch.run.trace.firstOf(cursor.executed));
  send(node, tty, line, label, wait);
}

/** As typeAt, at a terminal of one's choice. */
export function send(node: NodeId, tty: string, line: string, label: Both, wait: boolean): void {
  playback.send({ type: 'PAUSE' });
  const forked = act(node, { kind: 'exec', tty, text: line }, label, () => {
    const { branch, cursor } = lab.getState();
    if (branch === null) return;
    if (wait && isBusy(branch, node, tty, branch.run.trace.firstOf(cursor.executed))) playback.send({ type: 'PLAY' });
  });
  if (forked) {
    say(
      'A new branch begins here. The earlier future is kept in the list of branches.',
      '从这里开始了新的分支，原来的后续保留在分支列表中。',
    );
  }
}
