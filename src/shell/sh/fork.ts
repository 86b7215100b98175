/**
 * Subshells: a copy of the shell's memory in a process of its own. Pipelines, `( )`, `$( )` and `&`
 * are made of these.
 */
import { copyPlain } from '../../engine/index.ts';
import type { Sink } from '../../world/index.ts';
import { addInput, complain, PROCS_MAX, sinkOf, type Shell } from './shell.ts';
import { newFrame, type Fd, type Frame, type FrameKind, type ShellState } from './state.ts';

export interface ForkIo {
  /** null: as the shell's own */
  readonly stdout: Sink | null;
  readonly stderr: Sink | null;
  /** pipe: its text comes by wakes; null: nothing to read; same: goes on reading where the shell is */
  readonly stdin: 'pipe' | 'null' | 'same';
}

/** The memory of a subshell, before it has anything to do. */
export function forkState({ sh }: Shell, io: ForkIo): ShellState {
  const child: ShellState = {
    ...sh,
    interactive: false,
    args: [...sh.args],
    vars: copyPlain(sh.vars),
    functions: copyPlain(sh.functions),
    aliases: new Map(sh.aliases),
    options: { ...sh.options },
    frames: [],
    unwind: null,
    waiting: null,
    fds: new Map(sh.fds),
    inputs: copyPlain(sh.inputs),
    jobs: [],
    ended: new Map(),
    history: [],
    typed: [],
    partial: '',
    traps: new Map(),
    signals: [],
    interrupted: false,
    recordTty: null,
    lineUnderWay: false,
    shown: 0,
  };
  const sink = (to: Sink): Fd => ({ kind: 'sink', sink: to });
  if (io.stdout !== null) child.fds.set(1, sink(io.stdout));
  if (io.stderr !== null) child.fds.set(2, sink(io.stderr));
  if (io.stdin === 'pipe') child.fds.set(0, addInput(child, { source: 'pipe', text: '', eof: false }));
  if (io.stdin === 'null') child.fds.set(0, addInput(child, { source: 'text', text: '', eof: true }));
  return child;
}

/** Starts a subshell that runs one node of a text. @returns its pid, or null when there are too many processes */
export function fork(
  shell: Shell,
  kind: FrameKind,
  text: string,
  node: number,
  io: ForkIo,
  argvs: readonly string[][] = [],
): number | null {
  const { net, proc, sh } = shell;
  if (net.user.procs.size >= PROCS_MAX) {
    complain(shell, 'fork: retry: Resource temporarily unavailable');
    return null;
  }
  const child = forkState(shell, io);
  const frame: Frame = newFrame(
    kind,
    text,
    node,
    sh.frames.some((f) => f.quiet),
  );
  frame.argvs = argvs.map((argv) => [...argv]);
  child.frames.push(frame);
  // Messages of a typed line have no line number; its subshells' have none either.
  const pid = net.spawn(
    'sh',
    sh.interactive ? ['-bash'] : proc.argv,
    { ppid: proc.pid, tty: proc.tty, stdout: sinkOf(child, 1), stderr: sinkOf(child, 2) },
    child,
  );
  return pid;
}

/** Ends a process and all that it started, without a word. */
export function killTree({ net }: { readonly net: Shell['net'] }, pid: number, code: number): void {
  for (const other of net.user.procs.values()) if (other.ppid === pid && other.tty !== null) killTree({ net }, other.pid, code);
  net.exit(pid, code);
}
