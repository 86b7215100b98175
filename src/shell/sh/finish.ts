/** What an exit code means for the shell, and how the codes of a pipeline become one. */
import { killTree } from './fork.ts';
import type { Shell } from './shell.ts';
import { newVariable } from './state.ts';

/** A command has ended: sets $? and ends a shell with `set -e`, unless the failure is expected there. */
export function nodeStatus({ sh }: Shell, status: number): void {
  sh.status = status;
  if (status !== 0 && sh.options.errexit && sh.unwind === null && !sh.frames.some((frame) => frame.quiet)) sh.unwind = { kind: 'exit' };
}

/** When all children of the foreground have ended, their codes become $?. @returns whether the shell can go on */
export function afterChildren({ sh }: Shell): boolean {
  const { waiting } = sh;
  if (waiting?.kind !== 'children') return false;
  if (waiting.codes.includes(-1)) return false;
  sh.waiting = null;
  sh.status = waiting.codes.at(-1) ?? 0;
  if (sh.options.pipefail) sh.status = waiting.codes.reduce((failed, code) => (code === 0 ? failed : code), 0);
  if (sh.frames.at(-1)?.kind === 'pipeline') {
    const array = waiting.codes.map(String);
    sh.vars.set('PIPESTATUS', { ...newVariable(array[0] ?? '0'), array });
  }
  return true;
}

/** A reader has gone: those who write to it end as by SIGPIPE. */
export function breakPipe(shell: Shell, ended: number): void {
  const { waiting } = shell.sh;
  if (waiting?.kind !== 'children') return;
  for (let i = 0; i < ended; i++) {
    const pid = waiting.pids[i] as number;
    if (waiting.codes[i] !== -1 || !shell.net.user.procs.has(pid)) continue;
    killTree(shell, pid, 141);
  }
}
