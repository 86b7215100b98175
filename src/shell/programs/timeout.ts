/**
 * `timeout`: runs a command and ends it when it takes too long.
 * Source: coreutils 9.1 timeout(1): exit code 124 when the time ran out, 137 with -s KILL.
 */
import type { Nanos } from '../../engine/index.ts';
import type { Program } from '../../world/index.ts';

interface TimeoutState {
  /** nanoseconds; 0 means no limit */
  readonly span: number;
  readonly signal: 'TERM' | 'INT' | 'KILL';
  /** first memory of the shell that runs the command; null once it is started */
  shell: unknown;
  pid: number;
  over: boolean;
}

export const timeout: Program = (net, proc, wake) => {
  const state = proc.state as TimeoutState;
  if (wake.kind === 'start') {
    const { shell } = state;
    state.shell = null;
    state.over = false;
    state.pid = net.spawn('sh', proc.argv, { ppid: proc.pid, tty: proc.tty, stdout: proc.stdout, stderr: proc.stderr }, shell);
    if (state.span > 0) net.sleep(proc.pid, 'over', state.span as Nanos);
  } else if (wake.kind === 'child') {
    net.exit(proc.pid, state.over ? 124 : wake.code);
  } else if (wake.kind === 'timer') {
    state.over = true;
    if (state.signal === 'KILL') {
      net.wake(state.pid, { kind: 'signal', signal: 'KILL' });
      net.exit(proc.pid, 137);
    } else net.wake(state.pid, { kind: 'signal', signal: state.signal });
  } else if (wake.kind === 'signal') {
    net.wake(state.pid, wake);
  } else if (wake.kind === 'stdin') net.wake(state.pid, wake);
};
