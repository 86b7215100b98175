/**
 * Doors into a node: opening a terminal, running a script as a set-up does.
 * Comes from: world/ (a stimulus), sim/.  Goes to: sh/program.ts.
 */
import type { NodeNet } from '../world/index.ts';
import { spawnShell } from './sh/program.ts';
import { createShell, newFrame } from './sh/state.ts';

/** Starts an interactive shell on a terminal. @returns its process id */
export function openTerminal(net: NodeNet, tty: string): number {
  const state = createShell({ interactive: true, hostname: net.host.hostname });
  state.recordTty = tty;
  const pid = spawnShell(net, tty, state, 0, ['-bash']);
  net.user.ttys.set(tty, pid);
  return pid;
}

/**
 * Runs text as `bash -c` does, in a shell of its own, with the terminal's name in its records.
 * The end is told by the record 'sh:done'. @returns the pid
 */
export function runScript(net: NodeNet, tty: string, text: string): number {
  const state = createShell({
    interactive: false,
    name: 'bash',
    commandString: true,
    hostname: net.host.hostname,
  });
  state.recordTty = tty;
  state.frames.push(newFrame('script', text, 0));
  net.trace('sh:start', 'state', 'shell.start', null, { tty, line: text });
  return spawnShell(net, tty, state, 0, ['bash', '-c', text]);
}
