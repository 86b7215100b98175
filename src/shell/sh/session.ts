/** What an interactive shell tells about its jobs, and how it ends. */
import { emit, type Shell } from './shell.ts';

/** Background jobs that have ended are told before the next prompt. */
export function tellJobs(shell: Shell): void {
  const { sh: state } = shell;
  const last = state.jobs.at(-1);
  for (const job of state.jobs) {
    if (job.code === null || job.told) continue;
    const mark = job === last ? '+' : job === state.jobs.at(-2) ? '-' : ' ';
    emit(shell, 2, `[${job.id}]${mark}  ${jobWord(job.code).padEnd(22)}  ${job.text}\n`);
    job.told = true;
  }
  state.jobs = state.jobs.filter((job) => !job.told);
}

export function jobWord(code: number | null): string {
  if (code === null) return 'Running';
  if (code === 0) return 'Done';
  if (code === 143) return 'Terminated';
  if (code === 137) return 'Killed';
  if (code === 130) return 'Interrupt';
  if (code === 129) return 'Hangup';
  return `Exit ${code}`;
}

/** `exit`, `logout` or Ctrl-D at the prompt. */
export function endInteractive(shell: Shell): void {
  const { net, proc, sh: state } = shell;
  const tty = state.recordTty;
  const login = tty !== null && net.user.ttys.get(tty) === proc.pid;
  emit(shell, 2, login ? 'logout\n' : 'exit\n');
  if (tty !== null) {
    net.trace('sh:done', 'state', 'shell.done', null, { tty, code: state.status });
    if (login) {
      net.user.ttys.delete(tty);
      net.trace('sh:closed', 'state', 'shell.closed', null, { tty });
    }
  }
  for (const other of net.user.procs.values())
    if (other.ppid === proc.pid && other.tty !== null && other.pid !== proc.pid) net.wake(other.pid, { kind: 'signal', signal: 'HUP' });
  net.exit(proc.pid, state.status);
}
