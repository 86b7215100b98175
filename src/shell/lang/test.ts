/**
 * The tests of `[ ]`, `test` and `[[ ]]`.
 * Source: bash 5.2 manual, "Bash Conditional Expressions"; POSIX test (rules by number of arguments).
 */
import type { NodeNet } from '../../world/index.ts';
import { fileKind, isExecutable, readFile, resolvePath } from '../fs/files.ts';
import type { ShellState } from '../sh/state.ts';
import { matchPattern, toRegex } from './pattern.ts';

export class TestError extends Error {}

interface TestContext {
  readonly net: NodeNet;
  readonly sh: ShellState;
}

const UNARY: ReadonlySet<string> = new Set([
  '-a',
  '-b',
  '-c',
  '-d',
  '-e',
  '-f',
  '-g',
  '-h',
  '-k',
  '-n',
  '-p',
  '-r',
  '-s',
  '-t',
  '-u',
  '-v',
  '-w',
  '-x',
  '-z',
  '-L',
  '-O',
  '-G',
  '-S',
  '-N',
  '-o',
  '-R',
]);
const BINARY: ReadonlySet<string> = new Set([
  '=',
  '==',
  '!=',
  '<',
  '>',
  '-eq',
  '-ne',
  '-lt',
  '-le',
  '-gt',
  '-ge',
  '-nt',
  '-ot',
  '-ef',
  '=~',
]);

export function testUnary({ net, sh }: TestContext, operator: string, operand: string): boolean {
  const path = resolvePath(sh.cwd, operand);
  const kind = operand === '' ? null : fileKind(net, path);
  switch (operator) {
    case '-n':
      return operand !== '';
    case '-z':
      return operand === '';
    case '-a':
    case '-e':
      return kind !== null;
    case '-f':
      return kind === 'file' && !path.startsWith('/dev/');
    case '-d':
      return kind === 'dir';
    case '-c':
      return kind === 'file' && path.startsWith('/dev/');
    case '-r':
    case '-w':
    case '-O':
    case '-G':
    case '-N':
      return kind !== null;
    case '-x':
      return kind === 'dir' || isExecutable(net, path);
    case '-s': {
      if (kind !== 'file') return kind === 'dir';
      const read = readFile(net, path);
      return 'text' in read && read.text !== '' && !path.startsWith('/proc/');
    }
    case '-t':
      return sh.fds.get(Number(operand))?.kind === (operand === '0' ? 'input' : 'sink') && sh.interactive;
    case '-v':
      return sh.vars.has(operand);
    case '-o':
      return operand === 'errexit'
        ? sh.options.errexit
        : operand === 'nounset'
          ? sh.options.nounset
          : operand === 'xtrace' && sh.options.xtrace;
    default:
      return false;
  }
}

function integer(text: string): bigint {
  if (!/^\s*[-+]?\d{1,30}\s*$/.test(text)) throw new TestError(`${text}: integer expression expected`);
  const value = BigInt(text.trim().replace(/^\+/, ''));
  if (BigInt.asIntN(64, value) !== value) throw new TestError(`${text}: integer expression expected`);
  return value;
}

/** `extended`: as in [[ ]], where the right side of == is a pattern */
export function testBinary({ net, sh }: TestContext, left: string, operator: string, right: string, extended: boolean): boolean {
  switch (operator) {
    case '=':
    case '==':
      return extended ? matchPattern(right, left) : left === right;
    case '!=':
      return extended ? !matchPattern(right, left) : left !== right;
    case '<':
      return left < right;
    case '>':
      return left > right;
    case '=~':
      return matchRegex(sh, left, right);
    case '-eq':
      return integer(left) === integer(right);
    case '-ne':
      return integer(left) !== integer(right);
    case '-lt':
      return integer(left) < integer(right);
    case '-le':
      return integer(left) <= integer(right);
    case '-gt':
      return integer(left) > integer(right);
    case '-ge':
      return integer(left) >= integer(right);
    case '-ef':
      return resolvePath(sh.cwd, left) === resolvePath(sh.cwd, right) && fileKind(net, resolvePath(sh.cwd, left)) !== null;
    // Files have no times here: none is newer.
    default:
      return false;
  }
}

function matchRegex(sh: ShellState, text: string, source: string): boolean {
  const found = toRegex(source.replaceAll('[[:space:]]', '\\s').replaceAll('[[:digit:]]', '\\d')).exec(text);
  const groups = found === null ? [] : [...found].map((group) => group ?? '');
  sh.vars.set('BASH_REMATCH', {
    value: groups[0] ?? '',
    array: groups,
    exported: false,
    readonly: false,
    integer: false,
  });
  return found !== null;
}

/** Three and four arguments that POSIX reads as a shorter test, turned round or in parentheses; or null. */
function byCount(args: readonly string[]): { args: readonly string[]; negated: boolean } | null {
  if (args.length !== 3 && args.length !== 4) return null;
  if (args.length === 3 && (BINARY.has(args[1] as string) || args[1] === '-a' || args[1] === '-o')) return null;
  if (args[0] === '!') return { args: args.slice(1), negated: true };
  return args.length === 4 && args[0] === '(' && args[3] === ')' ? { args: args.slice(1, 3), negated: false } : null;
}

/** `[ … ]` and `test …`, by POSIX's rules for the number of arguments. */
export function testArguments(context: TestContext, args: readonly string[]): boolean {
  let at = 0;
  const peek = (): string | undefined => args[at];
  const primary = (): boolean => {
    const word = args[at] as string;
    const left = args.length - at;
    if (word === '!' && left > 1) {
      at++;
      return !primary();
    }
    if (word === '(' && left > 2) {
      at++;
      const value = either();
      if (args[at] !== ')') throw new TestError("`)' expected");
      at++;
      return value;
    }
    const operator = args[at + 1];
    if (left >= 3 && operator !== undefined && BINARY.has(operator)) {
      at += 3;
      return testBinary(context, word, operator, args[at - 1] as string, false);
    }
    if (UNARY.has(word) && left >= 2) {
      at += 2;
      return testUnary(context, word, args[at - 1] as string);
    }
    at++;
    return word !== '';
  };
  const both = (): boolean => {
    let value = primary();
    while (peek() === '-a') {
      at++;
      if (peek() === undefined) throw new TestError('argument expected');
      value = primary() && value;
    }
    return value;
  };
  const either = (): boolean => {
    let value = both();
    while (peek() === '-o') {
      at++;
      if (peek() === undefined) throw new TestError('argument expected');
      value = both() || value;
    }
    return value;
  };
  if (args.length === 0) return false;
  const inner = byCount(args);
  if (inner !== null) return testArguments(context, inner.args) !== inner.negated;
  if (args.length === 2 && args[0] !== '!' && !UNARY.has(args[0] as string)) throw new TestError(`${args[0]}: unary operator expected`);
  if (
    args.length === 3 &&
    args[0] !== '!' &&
    !(args[0] === '(' && args[2] === ')') &&
    !BINARY.has(args[1] as string) &&
    args[1] !== '-a' &&
    args[1] !== '-o'
  ) {
    throw new TestError(`${args[1]}: binary operator expected`);
  }
  const value = either();
  if (at < args.length) throw new TestError('too many arguments');
  return value;
}
