/**
 * Everything that one shell knows, as plain data: a run can be saved in the middle of a script.
 * What the syntax tree would say is not kept: a frame has the source text and the number of a node.
 * Read lang/parse.ts first.  Goes to: every file of this folder.
 */
import type { Nanos } from '../../engine/index.ts';
import type { Sink } from '../../world/index.ts';

export interface Variable {
  value: string;
  /** indexed array; null for a plain variable. An unset element is null. */
  array: (string | null)[] | null;
  exported: boolean;
  readonly: boolean;
  integer: boolean;
}

/** Where a file descriptor leads. */
export type Fd =
  | { readonly kind: 'sink'; readonly sink: Sink }
  | { readonly kind: 'input'; readonly id: number }
  | { readonly kind: 'closed' };

/** A source of text for reading. */
export interface Input {
  /** tty: typed lines; pipe: wakes bring it; text: all is here */
  readonly source: 'tty' | 'pipe' | 'text' | 'file';
  text: string;
  eof: boolean;
}

export type FrameKind =
  | 'script'
  | 'list'
  | 'statement'
  | 'andor'
  | 'pipeline'
  | 'command'
  | 'redirected'
  | 'if'
  | 'for'
  | 'cfor'
  | 'while'
  | 'case'
  | 'test'
  | 'arith'
  | 'subshell'
  | 'function'
  | 'other'
  /** a function's body, a sourced file, an eval, a trap: borders for return and break */
  | 'call'
  | 'source'
  | 'eval'
  | 'trap'
  /** commands given as argument lists, one after the other: xargs, sudo, env, find -exec */
  | 'argv'
  /** tells of a syntax error after the commands before it have run */
  | 'syntax';

export interface Frame {
  readonly kind: FrameKind;
  readonly text: string;
  /** number of the node in text */
  readonly node: number;
  /** where in the node */
  pc: number;
  /** outputs of the command substitutions of the words being expanded, in order */
  results: string[];
  /** exit code of the last of them, -1 when there was none */
  substStatus: number;
  /** for: its words; argv: nothing; test and others: free */
  words: string[];
  /** for argv: the commands that are still to run */
  argvs: string[][];
  /** a failure here does not end a shell with `set -e` */
  quiet: boolean;
  /** what to put back when the frame goes */
  savedFds: [number, Fd | null][];
  savedVars: [string, Variable | null][];
  savedArgs: string[] | null;
  /** a function's or a sourced file's name; a time for `time` */
  name: string;
  at: number;
}

export type Unwind =
  | { readonly kind: 'break' | 'continue'; readonly levels: number }
  | { readonly kind: 'return' }
  | { readonly kind: 'exit' }
  /** back to the prompt: an expansion failed, Ctrl-C */
  | { readonly kind: 'abort' };

export type Waiting =
  /** the processes of a pipeline or of one command; codes -1 while they run */
  | { readonly kind: 'children'; readonly pids: number[]; readonly codes: number[]; readonly negate: boolean }
  /** a command substitution; buffer collects what it writes */
  | { readonly kind: 'subst'; readonly pid: number; readonly buffer: number }
  /** wait: background jobs */
  | { readonly kind: 'jobs'; readonly pids: number[] }
  /** a command that reads what has not come yet; it is tried again whenever text arrives */
  | { readonly kind: 'input'; readonly id: number };

export interface Job {
  readonly id: number;
  readonly pid: number;
  readonly text: string;
  /** null while it runs */
  code: number | null;
  told: boolean;
}

export interface ShellState {
  readonly interactive: boolean;
  /** error messages name the line: in scripts, not at a terminal nor in subshells that one made */
  readonly numbersLines: boolean;
  /** $0 */
  name: string;
  /** stands before error messages: 'bash', './realserver.sh' */
  source: string;
  /** text from `bash -c` */
  readonly commandString: boolean;
  args: string[];
  vars: Map<string, Variable>;
  functions: Map<string, { text: string; node: number }>;
  aliases: Map<string, string>;
  options: {
    errexit: boolean;
    nounset: boolean;
    xtrace: boolean;
    noglob: boolean;
    pipefail: boolean;
    noexec: boolean;
  };
  cwd: string;
  /** $? */
  status: number;
  /** $! */
  lastBackground: number;
  /** $$ */
  readonly shellPid: number;
  /** the shell whose budget counts for this one too */
  leader: number;
  /** commands run at one moment */
  budgetAt: Nanos;
  budget: number;
  frames: Frame[];
  unwind: Unwind | null;
  waiting: Waiting | null;
  fds: Map<number, Fd>;
  inputs: Map<number, Input>;
  nextInput: number;
  jobs: Job[];
  /** children that ended before anybody waited for them */
  ended: Map<number, number>;
  history: string[];
  /** lines typed ahead; null is Ctrl-D */
  typed: (string | null)[];
  /** lines of a command that is not complete yet */
  partial: string;
  traps: Map<string, string>;
  /** signals that came while a command ran */
  signals: string[];
  interrupted: boolean;
  /** terminal of the records 'sh:start' and 'sh:done'; null for shells inside others */
  recordTty: string | null;
  /** whether a line is under way, and so a 'sh:done' due */
  lineUnderWay: boolean;
  /** $RANDOM */
  randomSeed: number;
  /** output of a command that is tried again while its input grows: how much has been shown */
  shown: number;
}

export function newFrame(kind: FrameKind, text: string, node: number, quiet = false): Frame {
  return {
    kind,
    text,
    node,
    pc: 0,
    results: [],
    substStatus: -1,
    words: [],
    argvs: [],
    quiet,
    savedFds: [],
    savedVars: [],
    savedArgs: null,
    name: '',
    at: 0,
  };
}

export function newVariable(value: string, exported = false): Variable {
  return { value, array: null, exported, readonly: false, integer: false };
}

export interface ShellOptions {
  readonly interactive?: boolean;
  readonly name?: string;
  readonly commandString?: boolean;
  readonly args?: readonly string[];
  readonly hostname?: string;
}

/** First memory of a shell. The process fills in its descriptors when it starts. */
export function createShell(options: ShellOptions = {}): ShellState {
  const vars = new Map<string, Variable>();
  const environment: readonly (readonly [string, string])[] = [
    ['HOME', '/root'],
    ['USER', 'root'],
    ['LOGNAME', 'root'],
    ['SHELL', '/bin/bash'],
    ['LANG', 'en_US.UTF-8'],
    ['TERM', 'xterm-256color'],
    ['PATH', '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
    ['PWD', '/root'],
    ['SHLVL', '1'],
  ];
  for (const [name, value] of environment) vars.set(name, newVariable(value, true));
  vars.set('IFS', newVariable(' \t\n'));
  vars.set('PS4', newVariable('+ '));
  vars.set('BASH_VERSION', newVariable('5.2.15(1)-release'));
  vars.set('HOSTNAME', newVariable(options.hostname ?? 'localhost'));
  vars.set('OPTIND', newVariable('1'));
  return {
    interactive: options.interactive ?? true,
    numbersLines: options.interactive === false,
    name: options.name ?? (options.interactive === false ? 'bash' : '-bash'),
    source: options.name ?? 'bash',
    commandString: options.commandString ?? false,
    args: [...(options.args ?? [])],
    vars,
    functions: new Map(),
    aliases: new Map(),
    options: { errexit: false, nounset: false, xtrace: false, noglob: false, pipefail: false, noexec: false },
    cwd: '/root',
    status: 0,
    lastBackground: 0,
    shellPid: 0,
    leader: 0,
    budgetAt: 0 as Nanos,
    budget: 0,
    frames: [],
    unwind: null,
    waiting: null,
    fds: new Map(),
    inputs: new Map(),
    nextInput: 0,
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
    randomSeed: 12345,
    shown: 0,
  };
}
