/**
 * The shell's hands: output, errors, descriptors, and the end of frames.
 * Comes from: every file of this folder.  Goes to: net.write, fs/.
 */
import type { NodeNet, Proc, Sink } from '../../world/index.ts';
import { writeFile } from '../fs/files.ts';
import { lineAt, nodeOf } from '../lang/parse.ts';
import { newVariable, type Fd, type Frame, type Input, type ShellState } from './state.ts';

/** One shell at work during one event. */
export interface Shell {
  readonly net: NodeNet;
  readonly proc: Proc;
  readonly sh: ShellState;
}

/** Simple commands that may run without time passing. */
export const COMMANDS_MAX = 20_000;
export const FRAMES_MAX = 4_000;
export const PROCS_MAX = 400;

/** @returns an error message, or null */
export function emit({ net, sh }: Shell, fd: number, text: string): string | null {
  const target = sh.fds.get(fd);
  if (target === undefined || target.kind !== 'sink') return 'Bad file descriptor';
  if (text === '') return null;
  if (target.sink.kind === 'file') return writeFile(net, target.sink.path, text, true);
  net.write(target.sink, text);
  return null;
}

/** Line of the command under way within its script. */
export function currentLine({ sh }: Shell): number {
  for (let i = sh.frames.length - 1; i >= 0; i--) {
    const frame = sh.frames[i] as Frame;
    if (frame.kind === 'argv' || frame.kind === 'syntax') continue;
    return lineAt(frame.text, nodeOf(frame.text, frame.node)?.pos ?? 0);
  }
  return 1;
}

/** What stands before an error message. */
export function prefix(shell: Shell): string {
  const { sh } = shell;
  return !sh.numbersLines ? `${sh.source}: ` : `${sh.source}: line ${currentLine(shell)}: `;
}

export function complain(shell: Shell, message: string): void {
  emit(shell, 2, `${prefix(shell)}${message}\n`);
}

export function inputOf({ sh }: Shell): Input | null {
  const fd = sh.fds.get(0);
  return fd?.kind === 'input' ? (sh.inputs.get(fd.id) ?? null) : null;
}

export function addInput(sh: ShellState, input: Input): Fd {
  const id = sh.nextInput++;
  sh.inputs.set(id, input);
  return { kind: 'input', id };
}

export function sinkOf(sh: ShellState, fd: number): Sink {
  const target = sh.fds.get(fd);
  return target?.kind === 'sink' ? target.sink : { kind: 'null' };
}

/** Changes a descriptor; the frame remembers what it was. */
export function setFd(sh: ShellState, frame: Frame | null, fd: number, to: Fd): void {
  frame?.savedFds.push([fd, sh.fds.get(fd) ?? null]);
  sh.fds.set(fd, to);
}

export function setVar(sh: ShellState, name: string, value: string): void {
  const old = sh.vars.get(name);
  if (old === undefined) sh.vars.set(name, newVariable(value));
  else old.value = value;
}

export function getVar(sh: ShellState, name: string): string | null {
  return sh.vars.get(name)?.value ?? null;
}

/** Takes the top frame away and puts back what it had changed. */
export function popFrame(sh: ShellState): void {
  const frame = sh.frames.pop();
  if (frame === undefined) return;
  for (const [fd, old] of frame.savedFds.reverse()) {
    const present = sh.fds.get(fd);
    if (old === null) sh.fds.delete(fd);
    else sh.fds.set(fd, old);
    if (present?.kind === 'input' && ![...sh.fds.values()].some((other) => other.kind === 'input' && other.id === present.id))
      sh.inputs.delete(present.id);
  }
  for (const [name, old] of frame.savedVars.reverse()) {
    if (old === null) sh.vars.delete(name);
    else sh.vars.set(name, old);
  }
  if (frame.savedArgs !== null) sh.args = frame.savedArgs;
}

/** The variables that programs see. */
export function environment(sh: ShellState): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, variable] of sh.vars) if (variable.exported) env[name] = variable.value;
  return env;
}

/** Counts a command against what may run at one moment. @returns false when that is used up */
export function charge(shell: Shell): boolean {
  const { net, sh } = shell;
  const leader = net.user.procs.get(sh.leader);
  const payer = leader?.program === 'sh' ? (leader.state as ShellState) : sh;
  if (payer.budgetAt !== net.now) {
    payer.budgetAt = net.now;
    payer.budget = 0;
  }
  payer.budget++;
  return payer.budget <= COMMANDS_MAX;
}
