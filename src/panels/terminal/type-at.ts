/**
 * What a person does at a terminal, at the moment shown: types a line, presses Ctrl-C or Ctrl-D. Time that was
 * running runs on afterwards, and a command that takes time sets it going.
 * Comes from: terminals, buttons, switches.  Goes to: lab/actions.ts.
 */
import type { NodeId } from '../../engine/index.ts';
import { act, idleTerminal, isBusy, lab, say, type Both } from '../../lab/index.ts';
import { modeOf, playback } from '../../playback/index.ts';
import type { Stimulus } from '../../world/index.ts';

/** Types at a terminal at which nothing runs; time stands still afterwards unless `wait`. */
export function typeAt(node: NodeId, line: string, label: Both, wait: boolean): void {
  const { branch, cursor } = lab.getState();
  if (branch === null) return;
  const tty = idleTerminal(branch, node, branch.run.trace.firstOf(cursor.executed));
  doAt(node, { kind: 'exec', tty, text: line }, label, wait ? () => isBusyNow(node, tty) : () => false);
}

/** Types at a terminal of one's choice. */
export function send(node: NodeId, tty: string, line: string, label: Both): void {
  const running = modeOf() === 'playing';
  doAt(node, { kind: 'exec', tty, text: line }, label, () => running || isBusyNow(node, tty));
}

/** Ctrl-C, or Ctrl-D on an empty line. */
export function pressKey(node: NodeId, tty: string, key: 'interrupt' | 'eof', label: Both): void {
  const running = modeOf() === 'playing';
  doAt(node, key === 'eof' ? { kind: 'eof', tty } : { kind: 'signal', tty, signal: 'INT' }, label, () => running);
}

function isBusyNow(node: NodeId, tty: string): boolean {
  const { branch, cursor } = lab.getState();
  return branch !== null && isBusy(branch, node, tty, branch.run.trace.firstOf(cursor.executed));
}

/** @param goesOn asked when the outcome is on screen: whether time runs then */
function doAt(node: NodeId, stimulus: Stimulus, label: Both, goesOn: () => boolean): void {
  // The panels stand where the picture is: that is the moment shown.
  playback.send({ type: 'PAUSE' });
  const shown = (): void => {
    if (goesOn()) playback.send({ type: 'PLAY' });
  };
  act(node, stimulus, label, shown, () =>
    say(
      'A new branch begins here. The earlier future is kept in the list of branches.',
      '从这里开始了新的分支，原来的后续保留在分支列表中。',
    ),
  );
}
