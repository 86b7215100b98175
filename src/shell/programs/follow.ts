/**
 * `tail -f`: prints what is added to files. It looks every second.
 */
import { seconds } from '../../engine/index.ts';
import type { NodeNet, Proc, Program } from '../../world/index.ts';

interface FollowState {
  readonly paths: readonly string[];
  /** characters of each file that have been shown */
  shown: number[];
}

function look(net: NodeNet, proc: Proc, state: FollowState): void {
  for (const [i, path] of state.paths.entries()) {
    const text = net.user.files.get(path) ?? '';
    const shown = state.shown[i] ?? 0;
    if (text.length > shown) net.write(proc.stdout, text.slice(shown));
    state.shown[i] = text.length;
  }
  net.sleep(proc.pid, 'look', seconds(1));
}

export const follow: Program = (net, proc, wake) => {
  if (wake.kind === 'start' || wake.kind === 'timer') look(net, proc, proc.state as FollowState);
  else if (wake.kind === 'signal') net.exit(proc.pid, wake.signal === 'INT' ? 130 : 143);
};
