/**
 * The interpreter: the top frame says where in the syntax tree the shell stands; one step moves it on.
 * It stops when the shell waits for a process or for text, and goes on from the same frames later.
 * Comes from: sh/program.ts (a wake).  Goes to: step-loops.ts for branches and loops, simple.ts for commands,
 * fork.ts for subshells.
 * Read state.ts first.
 */
import type { AndOr, CompoundList, Pipeline, Statement, SyntaxNode, TestExpression } from 'unbash';
import { Expander, NeedOutput } from '../lang/expand.ts';
import { ExpandError } from '../lang/fields.ts';
import { nodeOf, numberOf, parseShell, type SyntaxTrouble } from '../lang/parse.ts';
import { testBinary, testUnary, TestError } from '../lang/test.ts';
import { beginOutput, done, endQuietly, expanding, tellTrouble } from './expanding.ts';
import { nodeStatus, afterChildren } from './finish.ts';
import { fork, killTree } from './fork.ts';
import { applyRedirects, planRedirects } from './redirect.ts';
import { complain, emit, popFrame, type Shell } from './shell.ts';
import { stepArgv, stepCommand } from './simple.ts';
import { newFrame, type Frame } from './state.ts';
import { stepArithmeticFor, stepCase, stepFor, stepIf, stepWhile } from './step-loops.ts';
import { KINDS, pushNode } from './step-node.ts';
import { unwind } from './unwind.ts';

/** Runs until the shell waits, or has nothing left to do. */
export function run(shell: Shell): void {
  const { sh } = shell;
  while (sh.waiting === null) {
    if (sh.unwind !== null) {
      unwind(shell);
      continue;
    }
    const frame = sh.frames.at(-1);
    if (frame === undefined) return;
    if (sh.signals.length > 0 && runTrap(shell)) continue;
    step(shell, frame);
  }
}

/** Begins the handler of a signal that came meanwhile. */
function runTrap({ sh }: Shell): boolean {
  const signal = sh.signals.shift() as string;
  const handler = sh.traps.get(signal);
  if (handler === undefined || handler === '') return false;
  const frame = newFrame('trap', handler, 0);
  frame.name = String(sh.status);
  sh.frames.push(frame);
  return true;
}

function step(shell: Shell, frame: Frame): void {
  switch (frame.kind) {
    case 'syntax':
      return stepSyntax(shell, frame);
    case 'argv':
      return stepArgv(shell, frame);
    case 'call':
      return stepCall(shell, frame);
    case 'script':
    case 'source':
    case 'eval':
    case 'trap':
      return stepScript(shell, frame);
    case 'command':
      return stepCommand(shell, frame);
    default:
      return stepNode(shell, frame, nodeOf(frame.text, frame.node));
  }
}

function stepNode(shell: Shell, frame: Frame, node: SyntaxNode): void {
  switch (node.type) {
    case 'Script':
    case 'CompoundList':
      return stepList(shell, frame, node.commands);
    case 'BraceGroup':
      return stepList(shell, frame, node.body.commands);
    case 'Statement':
      return stepStatement(shell, frame, node);
    case 'AndOr':
      return stepAndOr(shell, frame, node);
    case 'Pipeline':
      return stepPipeline(shell, frame, node);
    case 'Redirected':
      return stepRedirected(shell, frame, node);
    case 'If':
      return stepIf(shell, frame, node);
    case 'While':
      return stepWhile(shell, frame, node);
    case 'For':
      return stepFor(shell, frame, node);
    case 'ArithmeticFor':
      return stepArithmeticFor(shell, frame, node);
    case 'Case':
      return stepCase(shell, frame, node);
    case 'Subshell':
      return stepSubshell(shell, frame, node.body);
    case 'Function':
      shell.sh.functions.set(node.name.value, { text: frame.text, node: numberOf(node.body) });
      return done(shell, 0);
    case 'TestCommand':
      return stepTest(shell, frame, node.expression);
    case 'ArithmeticCommand':
      return stepArithmetic(shell, frame, node.body);
    default:
      complain(shell, `${node.type.toLowerCase()}: not part of the lab's shell`);
      return done(shell, 2);
  }
}

/** The lines before a syntax error run all the same: bash reads line by line. */
function readablePart(text: string, trouble: SyntaxTrouble): string {
  const lines = text.split('\n');
  for (let end = Math.min(trouble.line - 1, lines.length - 1); end > 0; end--) {
    const part = lines.slice(0, end).join('\n');
    if (parseShell(part).trouble === null) return part;
  }
  return '';
}

function stepScript(shell: Shell, frame: Frame): void {
  const { sh } = shell;
  if (frame.pc === 1) {
    const before = frame.kind === 'trap' ? Number(frame.name) : sh.status;
    popFrame(sh);
    sh.status = before;
    if (frame.kind !== 'trap' && frame.kind !== 'script') nodeStatus(shell, sh.status);
    return;
  }
  frame.pc = 1;
  if (frame.kind === 'eval' || frame.kind === 'source') sh.status = 0;
  const parsed = parseShell(frame.text);
  if (parsed.trouble === null) {
    sh.frames.push(newFrame('list', frame.text, 0));
    return;
  }
  const part = readablePart(frame.text, parsed.trouble);
  sh.frames.push(newFrame('syntax', frame.text, 0));
  if (part !== '') sh.frames.push(newFrame('list', part, 0));
}

function stepSyntax(shell: Shell, frame: Frame): void {
  const { sh } = shell;
  const { trouble } = parseShell(frame.text);
  const above = sh.frames.at(-2);
  const where =
    above?.kind === 'eval'
      ? 'eval'
      : above?.kind === 'source' || above?.kind === 'trap'
        ? ''
        : sh.commandString && sh.frames.length <= 2
          ? '-c'
          : '';
  if (trouble !== null) tellTrouble(shell, frame.text, trouble, where);
  endQuietly(shell, 2);
}

function stepCall(shell: Shell, frame: Frame): void {
  const { sh } = shell;
  if (frame.pc === 1) {
    popFrame(sh);
    return;
  }
  frame.pc = 1;
  pushNode(shell, frame.text, nodeOf(frame.text, frame.node));
}

// Lists and pipelines.

function stepList(shell: Shell, frame: Frame, statements: readonly Statement[]): void {
  const statement = statements[frame.pc];
  if (statement === undefined || shell.sh.options.noexec) {
    popFrame(shell.sh);
    if (statements.length === 0) shell.sh.status = 0;
    return;
  }
  frame.pc++;
  pushNode(shell, frame.text, statement);
}

function stepStatement(shell: Shell, frame: Frame, node: Statement): void {
  const { sh } = shell;
  if (frame.pc === 1) {
    popFrame(sh);
    return;
  }
  frame.pc = 1;
  if (node.background !== true) {
    pushNode(shell, frame.text, node.command);
    return;
  }
  popFrame(sh);
  const kind = KINDS[node.command.type] ?? 'other';
  const pid = fork(shell, kind, frame.text, numberOf(node.command), {
    stdout: null,
    stderr: null,
    stdin: 'null',
  });
  if (pid === null) {
    nodeStatus(shell, 254);
    return;
  }
  const id = sh.jobs.reduce((most, job) => Math.max(most, job.id), 0) + 1;
  const text = frame.text.slice(node.command.pos, node.command.end);
  sh.jobs.push({ id, pid, text, code: null, told: false });
  sh.lastBackground = pid;
  if (sh.interactive) emit(shell, 2, `[${id}] ${pid}\n`);
  sh.status = 0;
}

function stepAndOr(shell: Shell, frame: Frame, node: AndOr): void {
  const { sh } = shell;
  while (frame.pc > 0 && frame.pc < node.commands.length) {
    const operator = node.operators[frame.pc - 1];
    if ((operator === '&&') === (sh.status === 0)) break;
    frame.pc++;
  }
  const next = node.commands[frame.pc];
  if (next === undefined) {
    popFrame(sh);
    return;
  }
  const quiet = frame.pc < node.commands.length - 1;
  frame.pc++;
  pushNode(shell, frame.text, next, quiet);
}

function stepPipeline(shell: Shell, frame: Frame, node: Pipeline): void {
  const { net, sh } = shell;
  const negated = node.prefixes.filter((one) => one.type === 'Negation').length % 2 === 1;
  const timed = node.prefixes.find((one) => one.type === 'Time');
  if (frame.pc === 0) {
    frame.pc = 1;
    frame.at = net.now;
    const only = node.commands[0];
    if (only === undefined) return done(shell, negated ? 1 : 0);
    if (node.commands.length === 1) pushNode(shell, frame.text, only, negated);
    else beginPipeline(shell, frame, node);
    return;
  }
  if (timed !== undefined) tellTime(shell, net.now - frame.at, timed.posix !== undefined);
  const status = negated ? (sh.status === 0 ? 1 : 0) : sh.status;
  if (negated || node.commands.length === 1) endQuietly(shell, status);
  else done(shell, status);
}

/** Each part of a pipeline is a process; readers are started before those who write to them. */
function beginPipeline(shell: Shell, frame: Frame, node: Pipeline): void {
  const { sh } = shell;
  const pids: number[] = [];
  for (let i = node.commands.length - 1; i >= 0; i--) {
    const command = node.commands[i] as SyntaxNode;
    const reader = pids[0];
    const stdout = reader === undefined ? null : ({ kind: 'pipe', pid: reader } as const);
    const both = stdout !== null && node.operators[i] === '|&';
    const io = { stdout, stderr: both ? stdout : null, stdin: i > 0 ? ('pipe' as const) : ('same' as const) };
    const pid = fork(shell, KINDS[command.type] ?? 'other', frame.text, numberOf(command), io);
    if (pid === null) {
      for (const started of pids) killTree(shell, started, 254);
      sh.status = 254;
      return;
    }
    pids.unshift(pid);
  }
  sh.waiting = { kind: 'children', pids, codes: pids.map(() => -1), negate: false };
  afterChildren(shell);
}

function tellTime(shell: Shell, span: number, posix: boolean): void {
  const ms = Math.floor(span / 1_000_000);
  const text = (m: number): string => `${Math.floor(m / 60_000)}m${Math.floor((m % 60_000) / 1000)}.${String(m % 1000).padStart(3, '0')}s`;
  const plain = (m: number): string => `${Math.floor(m / 1000)}.${String(Math.floor((m % 1000) / 10)).padStart(2, '0')}`;
  emit(shell, 2, posix ? `real ${plain(ms)}\nuser 0.00\nsys 0.00\n` : `\nreal\t${text(ms)}\nuser\t0m0.000s\nsys\t0m0.000s\n`);
}

function stepSubshell(shell: Shell, frame: Frame, body: CompoundList): void {
  const { sh } = shell;
  if (frame.pc === 1) return done(shell, sh.status);
  frame.pc = 1;
  // A subshell at the bottom of a process that was made for it needs no further one.
  if (sh.frames.length === 1 && !sh.interactive) {
    pushNode(shell, frame.text, body);
    return;
  }
  const pid = fork(shell, 'list', frame.text, numberOf(body), { stdout: null, stderr: null, stdin: 'same' });
  if (pid === null) return done(shell, 254);
  sh.waiting = { kind: 'children', pids: [pid], codes: [-1], negate: false };
}

function stepRedirected(shell: Shell, frame: Frame, node: Extract<SyntaxNode, { type: 'Redirected' }>): void {
  if (frame.pc === 1) {
    popFrame(shell.sh);
    return;
  }
  const plan = expanding(shell, frame, (expander) => planRedirects(expander, node.redirects));
  if (plan === null) return;
  frame.pc = 1;
  if (!applyRedirects(shell, frame, plan.value)) return done(shell, 1);
  pushNode(shell, frame.text, node.command);
}

// [[ … ]] and (( … )).

function stepTest(shell: Shell, frame: Frame, expression: TestExpression): void {
  const { net, sh } = shell;
  const test = (node: TestExpression, expander: Expander): boolean => {
    switch (node.type) {
      case 'TestGroup':
        return test(node.expression, expander);
      case 'TestNot':
        return test(node.operand, expander) !== (node.negations.length % 2 === 1);
      case 'TestLogical':
        return node.operator === '&&'
          ? node.operands.every((one) => test(one, expander))
          : node.operands.some((one) => test(one, expander));
      case 'TestUnary':
        return testUnary({ net, sh }, node.operator, expander.single(node.operand));
      case 'TestBinary': {
        const pattern = node.operator === '==' || node.operator === '=' || node.operator === '!=';
        const right = pattern ? expander.pattern(node.right) : expander.single(node.right);
        const left = expander.single(node.left);
        if (/^-(?:eq|ne|lt|le|gt|ge)$/.test(node.operator)) {
          return testBinary({ net, sh }, String(expander.arithmetic(left)), node.operator, String(expander.arithmetic(right)), true);
        }
        return testBinary({ net, sh }, left, node.operator, right, true);
      }
    }
  };
  try {
    const result = expanding(shell, frame, (expander) => test(expression, expander));
    if (result !== null) done(shell, result.value ? 0 : 1);
  } catch (error) {
    if (!(error instanceof TestError)) throw error;
    complain(shell, error.message);
    done(shell, 2);
  }
}

function stepArithmetic(shell: Shell, frame: Frame, body: string): void {
  const { sh } = shell;
  const expander = new Expander(shell.net, sh, frame);
  try {
    const value = expander.arithmetic(expander.insideQuotes(body));
    for (const [name, variable] of expander.writes) sh.vars.set(name, variable);
    frame.results = [];
    done(shell, value === 0n ? 1 : 0);
  } catch (error) {
    if (error instanceof NeedOutput) beginOutput(shell, error.script);
    else if (error instanceof ExpandError) {
      complain(shell, `((: ${error.message}`);
      done(shell, 1);
    } else throw error;
  }
}
