/**
 * `watch`: runs a command every so often until it is interrupted.
 * Differs: does not own the screen; each round is printed below the one before. Ends after 1000 rounds.
 */
import { copyPlain, type Nanos } from '../../engine/index.ts';
import type { NodeNet, Proc, Program } from '../../world/index.ts';

const ROUNDS_MAX = 1_000;

interface WatchState {
  /** nanoseconds between two rounds */
  readonly span: number;
  readonly title: boolean;
  readonly text: string;
  /** first memory of the shell for each round */
  readonly shell: unknown;
  pid: number;
  rounds: number;
}

function round(net: NodeNet, proc: Proc, state: WatchState): void {
  state.rounds++;
  if (state.title) net.write(proc.stdout, `Every ${(state.span / 1e9).toFixed(1)}s: ${state.text}\n\n`);
  const io = { ppid: proc.pid, tty: proc.tty, stdout: proc.stdout, stderr: proc.stderr };
  state.pid = net.spawn('sh', proc.argv, io, copyPlain(state.shell));
}

export const watch: Program = (net, proc, wake) => {
  const state = proc.state as WatchState;
  if (wake.kind === 'start') round(net, proc, state);
  else if (wake.kind === 'child') {
    if (state.rounds >= ROUNDS_MAX) {
      net.write(proc.stderr, `watch: ends after ${ROUNDS_MAX} rounds in the lab\n`);
      net.exit(proc.pid, 0);
    } else net.sleep(proc.pid, 'next', state.span as Nanos);
  } else if (wake.kind === 'timer') {
    net.write(proc.stdout, '\n');
    round(net, proc, state);
  } else if (wake.kind === 'signal') {
    if (net.user.procs.has(state.pid)) net.wake(state.pid, wake);
    net.exit(proc.pid, wake.signal === 'INT' ? 0 : 143);
  }
};
