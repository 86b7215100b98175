/** `sleep`: waits for a span of virtual time. */
import type { Nanos } from '../../engine/index.ts';
import type { Program } from '../../world/index.ts';

interface SleepState {
  /** nanoseconds */
  readonly span: number;
}

export const sleep: Program = (net, proc, wake) => {
  if (wake.kind === 'start') net.sleep(proc.pid, 'over', (proc.state as SleepState).span as Nanos);
  else if (wake.kind === 'timer') net.exit(proc.pid, 0);
  else if (wake.kind === 'signal')
    net.exit(proc.pid, wake.signal === 'INT' ? 130 : wake.signal === 'HUP' ? 129 : wake.signal === 'KILL' ? 137 : 143);
};
