/**
 * The program 'sh': how a shell answers wakes. Interactive ones take lines from a terminal, others
 * run what is in their frames and end.
 * Comes from: world/ (dispatch).  Goes to: step.ts.
 */
import type { Wake } from '../../host/index.ts';
import type { NodeNet, Proc, Program } from '../../world/index.ts';
import { unpackSystem } from '../fs/files.ts';
import { parseShell } from '../lang/parse.ts';
import { afterChildren, breakPipe } from './finish.ts';
import { killTree } from './fork.ts';
import { addInput, emit, inputOf, popFrame, type Shell } from './shell.ts';
import { endInteractive, tellJobs } from './session.ts';
import { newFrame, type ShellState } from './state.ts';
import { run } from './step.ts';

const HISTORY_MAX = 500;
const SIGNAL_NUMBER: Readonly<Record<string, number>> = { HUP: 1, INT: 2, KILL: 9, TERM: 15 };

export const sh: Program = (net, proc, wake) => {
  const shell: Shell = { net, proc, sh: proc.state as ShellState };
  switch (wake.kind) {
    case 'start':
      start(shell);
      break;
    case 'stdin':
      takeText(shell, wake.text);
      break;
    case 'child':
      childEnded(shell, wake.pid, wake.code);
      break;
    case 'signal':
      signalled(shell, wake.signal);
      break;
    case 'timer':
    case 'socket':
      return;
  }
  if (net.user.procs.has(proc.pid)) proceed(shell);
};

/** Collects the output of a command substitution; the shell takes the text and ends the process. */
export const shBuffer: Program = (_net, proc, wake) => {
  const state = proc.state as { text: string };
  if (wake.kind === 'stdin' && wake.text !== null && state.text.length < 1_000_000) state.text += wake.text;
};

function start({ net, proc, sh: state }: Shell): void {
  unpackSystem(net);
  if (state.shellPid === 0) (state as { shellPid: number }).shellPid = proc.pid;
  if (state.leader === 0 || !net.user.procs.has(state.leader)) state.leader = proc.pid;
  if (state.fds.size > 0) return;
  state.fds.set(0, addInput(state, proc.tty === null ? { source: 'text', text: '', eof: true } : { source: 'tty', text: '', eof: false }));
  state.fds.set(1, { kind: 'sink', sink: proc.stdout });
  state.fds.set(2, { kind: 'sink', sink: proc.stderr });
  if (state.interactive) state.aliases.set('ll', 'ls -l');
}

/** Runs what can run; then the next line, or the end. */
function proceed(shell: Shell): void {
  const { net, proc, sh: state } = shell;
  for (;;) {
    run(shell);
    if (state.waiting !== null) return;
    if (!state.interactive) {
      if (beginExitTrap(state)) continue;
      if (state.recordTty !== null) net.trace('sh:done', 'state', 'shell.done', null, { tty: state.recordTty, code: state.status });
      net.exit(proc.pid, state.status);
      return;
    }
    if (state.lineUnderWay) lineDone(shell);
    if (state.typed.length === 0 || !net.user.procs.has(proc.pid)) return;
    takeLine(shell, state.typed.shift() as string | null);
    if (!net.user.procs.has(proc.pid)) return;
  }
}

function beginExitTrap(state: ShellState): boolean {
  const handler = state.traps.get('EXIT');
  if (handler === undefined || handler === '') return false;
  state.traps.delete('EXIT');
  const frame = newFrame('trap', handler, 0);
  frame.name = String(state.status);
  state.frames.push(frame);
  return true;
}

// Lines of a terminal.

function lineDone(shell: Shell): void {
  const { net, sh: state } = shell;
  state.lineUnderWay = false;
  state.interrupted = false;
  tellJobs(shell);
  net.trace('sh:done', 'state', 'shell.done', null, { tty: state.recordTty ?? '', code: state.status });
}

/** A line typed at an idle prompt; null is Ctrl-D. */
function takeLine(shell: Shell, line: string | null): void {
  const { net, sh: state } = shell;
  const tty = state.recordTty ?? '';
  if (line === null) {
    if (state.partial !== '') {
      state.partial = '';
      emit(shell, 2, `${state.source}: syntax error: unexpected end of file\n`);
      state.status = 2;
      net.trace('sh:done', 'state', 'shell.done', null, { tty, code: 2 });
      return;
    }
    endInteractive(shell);
    return;
  }
  const text = state.partial === '' ? line : `${state.partial}\n${line}`;
  if (state.partial === '') net.trace('sh:start', 'state', 'shell.start', null, { tty, line });
  const { trouble } = parseShell(text);
  if (trouble?.incomplete === true) {
    state.partial = text;
    net.trace('sh:more', 'state', 'shell.more', null, { tty });
    return;
  }
  state.partial = '';
  if (text.trim() !== '' && state.history.at(-1) !== text) state.history.push(text);
  if (state.history.length > HISTORY_MAX) state.history.shift();
  state.lineUnderWay = true;
  state.frames.push(newFrame('script', text, 0));
}

/** The shell below that reads from the terminal: a nested interactive one, or a `read` in a script. */
function readerBelow({ net, sh: state }: Shell): Shell | null {
  const { waiting } = state;
  const pids = waiting?.kind === 'children' ? waiting.pids : waiting?.kind === 'subst' ? [waiting.pid] : [];
  for (const pid of pids) {
    const proc = net.user.procs.get(pid);
    if (proc?.program !== 'sh') continue;
    const below: Shell = { net, proc, sh: proc.state as ShellState };
    const deeper = readerBelow(below);
    if (deeper !== null) return deeper;
    if (below.sh.interactive && below.sh.waiting === null) return below;
    if (below.sh.waiting?.kind === 'input' && below.sh.inputs.get(below.sh.waiting.id)?.source === 'tty') return below;
    if (below.sh.interactive) return below;
  }
  return null;
}

/** The program in the foreground that sends on what is typed: nc, telnet; unless it reads a file or a pipe. */
function talkerBelow(shell: Shell): Proc | null {
  const { net, sh: state } = shell;
  if (state.waiting?.kind !== 'children' || inputOf(shell)?.source !== 'tty') return null;
  for (const pid of state.waiting.pids) {
    const proc = net.user.procs.get(pid);
    if (proc?.program === 'sh') return talkerBelow({ net, proc, sh: proc.state as ShellState });
    if (proc?.program === 'nc' || proc?.program === 'telnet') return (proc.state as { readonly eof: boolean }).eof ? null : proc;
  }
  return null;
}

/** A line that no shell takes for a command: the terminal shows it all the same. */
function noteTyped({ net, sh: { recordTty: tty } }: Shell, line: string | null): void {
  if (tty !== null && line !== null) net.trace('sh:typed', 'state', 'shell.typed', null, { tty, line });
}

function takeText(shell: Shell, text: string | null): void {
  const { net, sh: state } = shell;
  if (state.waiting?.kind === 'input') {
    const input = state.inputs.get(state.waiting.id);
    if (input !== undefined && (input.source === 'tty' || !state.interactive)) {
      noteTyped(shell, text);
      feed(state, state.waiting.id, text);
      state.waiting = null;
      return;
    }
  }
  if (state.interactive) {
    const reader = readerBelow(shell);
    const talking = reader === null ? talkerBelow(shell) : null;
    if (talking !== null || reader?.sh.interactive === false) noteTyped(shell, text);
    if (reader !== null) net.wake(reader.proc.pid, { kind: 'stdin', text });
    else if (talking !== null) net.wake(talking.pid, { kind: 'stdin', text: text === null ? null : `${text}\n` });
    else state.typed.push(text);
    return;
  }
  forward(shell, text);
  for (const [id, input] of state.inputs) {
    if (input.source === 'pipe' && !input.eof) {
      feed(state, id, text);
      return;
    }
  }
}

/** A program in the foreground, or a subshell of ours, reads the pipe in our place. */
function forward({ net, sh: state }: Shell, text: string | null): void {
  if (state.waiting?.kind !== 'children') return;
  const first = net.user.procs.get(state.waiting.pids[0] as number);
  if (first === undefined || first.program === 'sh-buffer') return;
  if (first.program === 'sh' || /^(?:nc|ncat|telnet)$/.test(first.argv[0] ?? '')) net.wake(first.pid, { kind: 'stdin', text });
}

function feed(state: ShellState, id: number, text: string | null): void {
  const input = state.inputs.get(id);
  if (input === undefined) return;
  if (text === null) input.eof = true;
  else if (input.text.length < 1_000_000) input.text += input.source === 'tty' ? `${text}\n` : text;
}

// Children and signals.

function childEnded(shell: Shell, pid: number, code: number): void {
  const { net, sh: state } = shell;
  const { waiting } = state;
  if (waiting?.kind === 'children') {
    const index = waiting.pids.indexOf(pid);
    if (index !== -1) {
      waiting.codes[index] = code;
      if (index > 0) breakPipe(shell, index);
      if (afterChildren(shell) && (state.interrupted || (state.interactive && state.status === 130))) giveUp(shell);
      return;
    }
  }
  if (waiting?.kind === 'subst' && waiting.pid === pid) {
    const buffer = net.user.procs.get(waiting.buffer);
    const frame = state.frames.at(-1);
    frame?.results.push((buffer?.state as { text: string } | undefined)?.text ?? '');
    if (frame !== undefined) frame.substStatus = code;
    if (buffer !== undefined) net.exit(waiting.buffer, 0);
    state.waiting = null;
    if (state.interrupted) giveUp(shell);
    return;
  }
  const job = state.jobs.find((one) => one.pid === pid);
  if (job !== undefined) job.code = code;
  else if (state.ended.size < 200) state.ended.set(pid, code);
  if (waiting?.kind === 'jobs') {
    const left = waiting.pids.filter((other) => other !== pid);
    if (left.length === 0) {
      state.waiting = null;
      state.status = waiting.pids.length === 1 || state.frames.at(-1)?.name === 'codes' ? code : 0;
    } else state.waiting = { kind: 'jobs', pids: left };
  }
}

/** Ctrl-C ends the line, whatever the program in the foreground made of it. */
function giveUp({ sh: state }: Shell): void {
  state.interrupted = false;
  if (state.frames.some((frame) => frame.kind === 'while' || frame.kind === 'for' || frame.kind === 'cfor')) state.status = 130;
  if (state.interactive) state.unwind = { kind: 'abort' };
  else state.unwind = { kind: 'exit' };
}

function foreground({ sh: state }: Shell): readonly number[] {
  return state.waiting?.kind === 'children' ? state.waiting.pids : state.waiting?.kind === 'subst' ? [state.waiting.pid] : [];
}

function signalled(shell: Shell, signal: Extract<Wake, { kind: 'signal' }>['signal']): void {
  const { net, proc, sh: state } = shell;
  if (signal === 'KILL') {
    killTree(shell, proc.pid, 137);
    return;
  }
  if (state.interactive) {
    interrupt(shell, signal);
    return;
  }
  if (state.traps.has(signal)) {
    if (state.traps.get(signal) === '') return;
    state.signals.push(signal);
    if (state.waiting?.kind === 'input' || state.waiting?.kind === 'jobs') state.waiting = null;
  }
  for (const pid of foreground(shell)) net.wake(pid, { kind: 'signal', signal });
  if (state.traps.has(signal)) return;
  endBySignal(shell, 128 + (SIGNAL_NUMBER[signal] ?? 15));
}

function endBySignal({ sh: state, net }: Shell, code: number): void {
  if (state.waiting?.kind === 'subst') net.exit(state.waiting.buffer, 0);
  state.waiting = null;
  while (state.frames.length > 0) popFrame(state);
  state.unwind = null;
  state.status = code;
}

function interrupt(shell: Shell, signal: 'INT' | 'TERM' | 'HUP'): void {
  const { net, sh: state } = shell;
  if (signal === 'HUP') {
    endInteractive(shell);
    return;
  }
  if (signal === 'TERM') return;
  const below = readerBelow(shell);
  if (below !== null && below.sh.interactive) {
    net.wake(below.proc.pid, { kind: 'signal', signal });
    return;
  }
  emit(shell, 2, '^C\n');
  state.typed = [];
  state.partial = '';
  if (state.waiting?.kind === 'input' || state.waiting?.kind === 'jobs') {
    state.waiting = null;
    state.status = 130;
    state.unwind = { kind: 'abort' };
    return;
  }
  const pids = foreground(shell);
  if (pids.length === 0) {
    state.status = 130;
    net.trace('sh:done', 'state', 'shell.done', null, { tty: state.recordTty ?? '', code: 130 });
    return;
  }
  state.interrupted = true;
  for (const pid of pids) net.wake(pid, { kind: 'signal', signal });
}

/** Opens an interactive shell on a terminal. @returns its pid */
export function spawnShell(net: NodeNet, tty: string, state: ShellState, ppid: number, argv: readonly string[]): number {
  return net.spawn('sh', argv, { ppid, tty, stdout: { kind: 'tty', tty }, stderr: { kind: 'tty', tty } }, state);
}
