/**
 * Expanding words in a frame, which may take running other commands first; and ending a frame.
 * Comes from: step.ts, step-loops.ts, simple.ts.  Goes to: lang/expand.ts, fork.ts.
 */
import { Expander, NeedOutput } from '../lang/expand.ts';
import { ExpandError } from '../lang/fields.ts';
import { parseShell, type SyntaxTrouble } from '../lang/parse.ts';
import { nodeStatus } from './finish.ts';
import { fork } from './fork.ts';
import { applyRedirects, planRedirects } from './redirect.ts';
import { charge, complain, COMMANDS_MAX, emit, inputOf, popFrame, type Shell } from './shell.ts';
import { newFrame, type Frame } from './state.ts';

/** Ends the top frame with an exit code. */
export function done(shell: Shell, status: number): void {
  const quiet = shell.sh.frames.at(-1)?.quiet === true;
  popFrame(shell.sh);
  if (quiet) shell.sh.status = status;
  else nodeStatus(shell, status);
}

export function endQuietly({ sh }: Shell, status: number): void {
  popFrame(sh);
  sh.status = status;
}

/**
 * Expands words, which may take running other commands.
 * @returns null when the frame has to be stepped again later, or the shell gives up on it
 */
export function expanding<T>(shell: Shell, frame: Frame, make: (expander: Expander) => T): { readonly value: T } | null {
  const { sh } = shell;
  const expander = new Expander(shell.net, sh, frame);
  try {
    const value = make(expander);
    for (const [name, variable] of expander.writes) sh.vars.set(name, variable);
    frame.results = [];
    return { value };
  } catch (error) {
    if (error instanceof NeedOutput) {
      beginOutput(shell, error.script);
      return null;
    }
    if (!(error instanceof ExpandError)) throw error;
    complain(shell, error.message);
    sh.status = error.ends && !sh.interactive ? 127 : 1;
    sh.unwind = { kind: sh.interactive ? 'abort' : 'exit' };
    return null;
  }
}

/** `$(…)`: a subshell writes into a buffer process, whose text is taken when the subshell ends. */
export function beginOutput(shell: Shell, script: string): void {
  const { net, proc, sh } = shell;
  const parsed = parseShell(script);
  if (parsed.trouble !== null) {
    tellTrouble(shell, script, parsed.trouble, 'command substitution');
    sh.status = 2;
    sh.unwind = { kind: sh.interactive ? 'abort' : 'exit' };
    return;
  }
  const frame = sh.frames.at(-1) as Frame;
  if (!charge(shell)) {
    stopScript(shell);
    return;
  }
  const quick = fileText(shell, script);
  if (quick !== null) {
    frame.results.push(quick);
    frame.substStatus = 0;
    return;
  }
  const none = { kind: 'null' } as const;
  const buffer = net.spawn('sh-buffer', ['sh-buffer'], { ppid: proc.pid, tty: null, stdout: none, stderr: none }, { text: '' });
  const pid = fork(shell, 'script', script, 0, {
    stdout: { kind: 'pipe', pid: buffer },
    stderr: null,
    stdin: 'same',
  });
  if (pid === null) {
    net.exit(buffer, 0);
    frame.results.push('');
    frame.substStatus = 254;
    return;
  }
  sh.waiting = { kind: 'subst', pid, buffer };
}

/** `$(< file)` reads a file without any process. */
function fileText(shell: Shell, script: string): string | null {
  const command = parseShell(script).script.commands[0]?.command;
  if (command?.type !== 'Command' || command.name !== undefined || command.redirects.length !== 1 || command.redirects[0]?.operator !== '<')
    return null;
  const frame = newFrame('redirected', script, 0);
  const plan = expanding(shell, frame, (expander) => planRedirects(expander, command.redirects));
  if (plan === null) return '';
  shell.sh.frames.push(frame);
  const text = applyRedirects(shell, frame, plan.value) ? (inputOf(shell)?.text ?? '') : '';
  popFrame(shell.sh);
  return text;
}

export function tellTrouble(shell: Shell, text: string, trouble: SyntaxTrouble, where: string): void {
  const { sh } = shell;
  const name = where === '' ? sh.source : `${sh.source}: ${where}`;
  const start = !sh.numbersLines && where === '' ? `${name}: ` : `${name}: line ${trouble.line}: `;
  const line = trouble.showLine && sh.numbersLines ? `${start}\`${text.split('\n')[trouble.line - 1] ?? ''}'\n` : '';
  emit(shell, 2, `${start}${trouble.message}\n${line}`);
}

/** The script has run too many commands at one moment. */
export function stopScript(shell: Shell): void {
  const { net, sh } = shell;
  emit(shell, 2, `the lab stops this script: more than ${COMMANDS_MAX} commands without time passing\n`);
  net.trace('sh:limit', 'state', 'shell.limit', null, { limit: COMMANDS_MAX });
  sh.status = 130;
  sh.unwind = { kind: sh.interactive ? 'abort' : 'exit' };
}
