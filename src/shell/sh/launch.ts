/**
 * Starting further shells: for scripts, and for commands that must not touch this one.
 * Comes from: simple.ts, builtins/.  Goes to: fork.ts.
 */
import type { Outcome } from './builtins/call.ts';
import { forkState } from './fork.ts';
import { complain, PROCS_MAX, sinkOf, type Shell } from './shell.ts';
import { newFrame, type ShellState } from './state.ts';

/** Starts a new shell for a script's text and waits for it. */
export function runScriptText(
  shell: Shell,
  text: string,
  name: string,
  args: readonly string[],
  options: string,
  commandString = false,
): Outcome {
  const { net, proc, sh } = shell;
  const state = forkState(shell, { stdout: null, stderr: null, stdin: 'same' });
  for (const [key, variable] of state.vars)
    if (!variable.exported && key !== 'IFS' && key !== 'PS4' && key !== 'BASH_VERSION' && key !== 'HOSTNAME') state.vars.delete(key);
  state.functions.clear();
  state.aliases.clear();
  const fresh: ShellState = {
    ...state,
    name,
    source: name,
    numbersLines: true,
    commandString,
    args: [...args],
    lastBackground: 0,
    shellPid: 0,
    options: {
      errexit: options.includes('e'),
      nounset: options.includes('u'),
      xtrace: options.includes('x'),
      noglob: false,
      pipefail: false,
      noexec: options.includes('n'),
    },
  };
  fresh.frames.push(newFrame('script', text, 0));
  if (net.user.procs.size >= PROCS_MAX) {
    complain(shell, 'fork: retry: Resource temporarily unavailable');
    return 254;
  }
  const pid = net.spawn('sh', [name, ...args], { ppid: proc.pid, tty: proc.tty, stdout: sinkOf(sh, 1), stderr: sinkOf(sh, 2) }, fresh);
  sh.waiting = { kind: 'children', pids: [pid], codes: [-1], negate: false };
  return 'wait';
}
