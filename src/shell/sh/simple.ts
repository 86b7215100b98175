/**
 * Simple commands: expansion, assignments, redirections, and finding what the name means:
 * alias, function, builtin, program of the table, script.
 * Comes from: step.ts.  Goes to: builtins/, commands/index.ts.
 */
import type { Command as CommandNode } from 'unbash';
import type { Command, CommandContext, GoOn, ManPage } from '../command.ts';
import { WANTS_MORE } from '../command.ts';
import { absentHint } from '../commands/absent.ts';
import { commandTable } from '../commands/table.ts';
import { ToolError } from '../commands/tool-error.ts';
import { binaryAt } from '../fs/binaries.ts';
import { EISDIR, ENOENT, fileKind, isExecutable, readFile, resolvePath } from '../fs/files.ts';
import { quoteWord } from '../lang/parameter.ts';
import { nodeOf } from '../lang/parse.ts';
import { builtins } from './builtins/index.ts';
import type { Outcome } from './builtins/call.ts';
import { asksForHelp, helpCode, helpText } from './help-text.ts';
import { done, expanding } from './expanding.ts';
import { runScriptText } from './launch.ts';
import { applyRedirects, planRedirects } from './redirect.ts';
import { complain, emit, environment, inputOf, popFrame, sinkOf, type Shell } from './shell.ts';
import { newFrame, newVariable, type Frame, type Input } from './state.ts';

/** pc 0: expand; 1: run, or try again when input has come; 2: ended */
export function stepCommand(shell: Shell, frame: Frame): void {
  if (frame.pc === 2) return done(shell, shell.sh.status);
  if (frame.pc === 0 && !prepare(shell, frame, nodeOf(frame.text, frame.node) as CommandNode)) return;
  const argv = frame.argvs[0];
  if (argv === undefined) return done(shell, shell.sh.status);
  settle(shell, frame, dispatch(shell, frame, argv));
}

/** Commands given as argument lists, one after the other. */
export function stepArgv(shell: Shell, frame: Frame): void {
  const { sh } = shell;
  if (frame.pc === 2) {
    const [argv] = frame.argvs;
    frame.argvs.shift();
    if (sh.status !== 0 && frame.name === 'xargs') xargsFailed(shell, frame, argv?.[0] ?? '');
    frame.pc = 1;
  }
  const argv = frame.argvs[0];
  if (argv === undefined) {
    const status = frame.at !== 0 ? frame.at : sh.status;
    popFrame(sh);
    sh.status = status;
    return;
  }
  settle(shell, frame, dispatch(shell, frame, argv));
}

/** xargs goes on behind a command that failed and tells 123; one that cannot be run, or ends with 255, is the last. */
function xargsFailed(shell: Shell, frame: Frame, name: string): void {
  const { status } = shell.sh;
  const last = status === 126 || status === 127 || status === 255;
  if (status === 255) emit(shell, 2, `xargs: ${name}: exited with status 255; aborting\n`);
  if (last) frame.argvs = [];
  frame.at = status === 255 ? 124 : last ? status : 123;
}

function settle(shell: Shell, frame: Frame, outcome: Outcome): void {
  if (outcome === 'again') frame.pc = 1;
  else {
    frame.pc = 2;
    if (typeof outcome === 'number') shell.sh.status = outcome;
  }
}

const DECLARES: ReadonlySet<string> = new Set(['export', 'local', 'declare', 'readonly', 'typeset']);

/** @returns false when the frame must be stepped again, or has gone */
function prepare(shell: Shell, frame: Frame, node: CommandNode): boolean {
  const { sh } = shell;
  const plan = expanding(shell, frame, (expander) => {
    const words = node.name === undefined ? [...node.args] : [node.name, ...node.args];
    const argv = expander.words(words);
    const redirects = planRedirects(expander, node.redirects);
    const assigns: [string, string][] = [];
    for (const one of node.prefix) {
      if (one.type !== 'Assignment') continue;
      if (one.value.type === 'ArrayValue') {
        expander.assignArray(one.name, expander.words(one.value.elements), one.append === true);
        continue;
      }
      const name = one.index === undefined ? one.name : `${one.name}[${expander.single(one.index)}]`;
      const before = one.append === true ? (expander.parameter(one.name) ?? '') : '';
      const integer = expander.variable(one.name)?.integer === true;
      const value = expander.single(one.value, true);
      const whole = one.append === true && integer ? String(expander.arithmetic(before) + expander.arithmetic(value)) : before + value;
      assigns.push([name, whole]);
      if (argv.length === 0) expander.assign(name, whole);
    }
    return { argv, redirects, assigns };
  });
  if (plan === null) return false;
  const { argv, redirects, assigns } = plan.value;
  traceCommand(shell, argv, assigns);
  if (!applyRedirects(shell, frame, redirects)) {
    done(shell, 1);
    return false;
  }
  frame.pc = 1;
  if (argv.length === 0) {
    sh.status = frame.substStatus === -1 ? 0 : frame.substStatus;
    return true;
  }
  for (const [name, value] of assigns) {
    if (!DECLARES.has(argv[0] as string)) frame.savedVars.push([name, sh.vars.get(name) ?? null]);
    sh.vars.set(name, newVariable(value, true));
  }
  frame.argvs = [argv];
  // `exec > file` changes the shell for good.
  if (argv[0] === 'exec' && argv.length === 1) frame.savedFds = [];
  return true;
}

function traceCommand(shell: Shell, argv: readonly string[], assigns: readonly [string, string][]): void {
  const { sh } = shell;
  if (!sh.options.xtrace) return;
  const mark = sh.vars.get('PS4')?.value ?? '+ ';
  for (const [name, value] of assigns) emit(shell, 2, `${mark}${name}=${value === '' ? '' : quoteWord(value)}\n`);
  if (argv.length > 0) emit(shell, 2, `${mark}${argv.map(quoteWord).join(' ')}\n`);
}

/** How commands that run other commands say that there is none of this name (findutils 4.9, coreutils 9.1, util-linux 2.38). */
const NOT_FOUND: Readonly<Record<string, (name: string) => string>> = {
  xargs: (name) => `xargs: ${name}: No such file or directory`,
  env: (name) => `env: ‘${name}’: No such file or directory`,
  nice: (name) => `nice: ‘${name}’: No such file or directory`,
  nohup: (name) => `nohup: failed to run command '${name}': No such file or directory`,
  setsid: (name) => `setsid: failed to execute ${name}: No such file or directory`,
};

/** Finds what a name means and runs it. */
export function dispatch(shell: Shell, frame: Frame, argv: readonly string[]): Outcome {
  const { net, sh } = shell;
  const name = argv[0] as string;
  const plain = frame.words[0] === 'plain';
  const alias = plain || frame.kind !== 'command' ? undefined : sh.aliases.get(name);
  if (alias !== undefined && !sh.frames.some((other) => other.kind === 'eval' && other.name === `alias ${name}`)) {
    const evaluated = newFrame('eval', [alias, ...argv.slice(1).map(quoteWord)].join(' '), 0);
    evaluated.name = `alias ${name}`;
    sh.frames.push(evaluated);
    return 'wait';
  }
  const fn = plain ? undefined : sh.functions.get(name);
  if (fn !== undefined) return callFunction(shell, name, fn, argv);
  const builtin = builtins[name];
  if (builtin !== undefined && Object.hasOwn(builtins, name))
    return asksForHelp(argv) ? tellHelp(shell, name, builtin.man) : builtin.run({ ...shell, frame, argv });
  const known = name.includes('/') ? binaryAt(resolvePath(sh.cwd, name)) : name;
  if (known !== null) {
    const other = known === name ? undefined : builtins[known];
    if (other !== undefined && Object.hasOwn(builtins, known)) return other.run({ ...shell, frame, argv: [known, ...argv.slice(1)] });
    const command = commandTable().get(known);
    if (command !== undefined) return runCommand(shell, command, argv);
  }
  if (name.includes('/')) return runPath(shell, name, argv);
  const found = net.user.files.size === 0 ? null : findInPath(shell, name);
  if (found !== null) return runPath(shell, found, argv);
  const said = frame.kind === 'argv' ? NOT_FOUND[frame.name] : undefined;
  if (said === undefined) complain(shell, `${name}: command not found`);
  else emit(shell, 2, `${said(name)}\n`);
  tellInstead(shell, name);
  return 127;
}

function tellHelp(shell: Shell, name: string, man: ManPage): number {
  emit(shell, 1, helpText(name, man));
  return helpCode(name);
}

/** What to do instead of a program that the lab does not have: told to whoever types, not to a script. */
function tellInstead(shell: Shell, name: string): void {
  if (!shell.sh.interactive) return;
  const hint = absentHint(name);
  if (hint !== null) emit(shell, 2, hint);
}

function findInPath({ net, sh }: Shell, name: string): string | null {
  if (name === '') return null;
  for (const dir of (sh.vars.get('PATH')?.value ?? '').split(':')) {
    const path = `${dir}/${name}`;
    if (dir !== '' && net.user.files.has(resolvePath('/', path)) && isExecutable(net, resolvePath('/', path))) return path;
  }
  return null;
}

function callFunction({ sh }: Shell, name: string, fn: { text: string; node: number }, argv: readonly string[]): Outcome {
  const call = newFrame('call', fn.text, fn.node);
  call.name = name;
  call.savedArgs = sh.args;
  sh.args = argv.slice(1);
  sh.frames.push(call);
  return 'wait';
}

/** A script named by its path: a subshell that knows nothing of our variables but the exported ones. */
function runPath(shell: Shell, name: string, argv: readonly string[]): Outcome {
  const { net, sh } = shell;
  const path = resolvePath(sh.cwd, name);
  const kind = fileKind(net, path);
  if (kind === null) {
    complain(shell, `${name}: ${ENOENT}`);
    tellInstead(shell, name);
    return 127;
  }
  if (kind === 'dir' || !isExecutable(net, path)) {
    complain(shell, `${name}: ${kind === 'dir' ? EISDIR : 'Permission denied'}`);
    return 126;
  }
  const read = readFile(net, path);
  const text = 'text' in read ? read.text : '';
  if (text.startsWith('\x7fELF')) {
    complain(shell, `${name}: the lab does not have this program`);
    return 126;
  }
  const [, interpreter] = /^#!\s*(\S+)(?:[ \t]+(\S+))?/.exec(text) ?? [];
  const [, , option] = /^#!\s*(\S+)(?:[ \t]+(\S+))?/.exec(text) ?? [];
  const shellName = interpreter === undefined ? 'sh' : interpreter.endsWith('/env') ? option : interpreter.split('/').at(-1);
  if (shellName !== 'sh' && shellName !== 'bash' && shellName !== 'dash') {
    complain(shell, `${name}: ${interpreter}: bad interpreter: ${ENOENT}`);
    return 126;
  }
  const options = option !== undefined && option.startsWith('-') ? option : '';
  return runScriptText(shell, text, name, argv.slice(1), options);
}

// Programs of the table.

/** Programs that read what comes by a pipe as it comes. */
const READERS: ReadonlySet<string> = new Set(['nc', 'ncat', 'telnet']);

/** Words that a command's own parser refuses read nothing: its `run` says what is wrong with them. */
function readsStdin(command: Command, argv: readonly string[]): boolean {
  if (command.readsStdin === undefined) return command.name.endsWith('-restore');
  try {
    return command.readsStdin(argv);
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    return false;
  }
}

export function runCommand(shell: Shell, command: Command, argv: readonly string[]): Outcome {
  const { sh, proc } = shell;
  if (asksForHelp(argv)) return tellHelp(shell, argv[0] as string, command.man);
  // a process that was made for this command alone becomes it, and is listed as such
  if (!sh.interactive && sh.frames.length === 1 && sh.frames[0]?.kind === 'command') proc.argv = [...argv];
  const input = inputOf(shell);
  const reads = input !== null && readsStdin(command, argv);
  if (reads && !input.eof) {
    const early = sh.shown === 0 ? withoutInput(shell, command, argv) : null;
    if (early !== null) return early;
    if (input.source === 'pipe' && command.streams?.(argv) === true) return runStreaming(shell, command, argv, input);
    sh.waiting = { kind: 'input', id: inputId(shell) };
    return 'again';
  }
  const shown = sh.shown;
  sh.shown = 0;
  const result = call(shell, command, argv, input, false, shown);
  if (reads && input.source === 'tty') input.eof = false;
  if (typeof result === 'number') return result;
  return goOn(shell, argv, result, input);
}

/** Thrown where a command looks at an input that has not come yet. */
class InputAwaited extends Error {}

/** What a command that never gets to its input ends with, such as one with a wrong option; null when it looks at it. */
function withoutInput(shell: Shell, command: Command, argv: readonly string[]): number | null {
  try {
    const code = call(shell, command, argv, 'awaited', false, 0);
    return typeof code === 'number' ? code : null;
  } catch (error) {
    if (error instanceof InputAwaited) return null;
    throw error;
  }
}

function inputId({ sh }: Shell): number {
  const fd = sh.fds.get(0);
  return fd?.kind === 'input' ? fd.id : -1;
}

/**
 * A reader of lines that come one after another, such as `tcpdump | grep`: it runs anew on all that
 * has come so far, and only what it prints beyond the last time is shown.
 */
function runStreaming(shell: Shell, command: Command, argv: readonly string[], input: Input): Outcome {
  const { sh } = shell;
  const complete = input.text.slice(0, input.text.lastIndexOf('\n') + 1);
  const result = complete === '' ? WANTS_MORE : call(shell, command, argv, { ...input, text: complete }, true, sh.shown);
  if (typeof result === 'number' && result !== WANTS_MORE) {
    sh.shown = 0;
    return result;
  }
  sh.waiting = { kind: 'input', id: inputId(shell) };
  return 'again';
}

function call(
  shell: Shell,
  command: Command,
  argv: readonly string[],
  input: Input | 'awaited' | null,
  more: boolean,
  shown: number,
): number | GoOn {
  const { net, sh } = shell;
  const chunks: { fd: number; text: string }[] = [];
  const put = (fd: number, text: string): void => {
    const last = chunks.at(-1);
    if (last?.fd === fd) last.text += text;
    else chunks.push({ fd, text });
  };
  const context: CommandContext = {
    net,
    argv,
    get stdin(): string | null {
      if (input === 'awaited') throw new InputAwaited();
      if (input === null || (input.source === 'tty' && !input.eof)) return null;
      const { text } = input;
      if (!more) input.text = '';
      return text;
    },
    stdinIsFile: input !== null && input !== 'awaited' && input.source === 'file',
    env: environment(sh),
    cwd: sh.cwd,
    more,
    out: (text) => put(1, text),
    err: (text) => put(2, text),
  };
  const result = command.run(context);
  let skip = shown;
  let failed: string | null = null;
  for (const { fd, text } of chunks) {
    if (fd !== 1) {
      // what it complains of is said once: when it ends
      if (!more || result !== WANTS_MORE) emit(shell, 2, text);
      continue;
    }
    const rest = text.slice(Math.min(skip, text.length));
    skip -= text.length - rest.length;
    failed ??= emit(shell, 1, rest);
    if (more) sh.shown += rest.length;
  }
  if (failed === null) return result;
  emit(shell, 2, `${argv[0]}: write error: ${failed}\n`);
  return typeof result === 'number' ? Math.max(1, result) : result;
}

function goOn(shell: Shell, argv: readonly string[], { program, state, detach }: GoOn, input: Input | null): Outcome {
  const { net, proc, sh } = shell;
  const io = {
    ppid: detach === true ? 0 : proc.pid,
    tty: detach === true ? null : proc.tty,
    stdout: sinkOf(sh, 1),
    stderr: sinkOf(sh, 2),
  };
  const pid = net.spawn(program, argv, io, state);
  if (detach === true) return 0;
  if (READERS.has(argv[0] as string) && input !== null && input.source !== 'tty') {
    if (input.text !== '') net.wake(pid, { kind: 'stdin', text: input.text });
    input.text = '';
    if (input.eof) net.wake(pid, { kind: 'stdin', text: null });
  }
  sh.waiting = { kind: 'children', pids: [pid], codes: [-1], negate: false };
  return 'wait';
}
