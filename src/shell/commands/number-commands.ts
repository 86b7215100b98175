/**
 * Numbers at the command line: seq and expr.
 * Comes from: text-commands.ts.
 * Source: GNU coreutils 9.1.
 * Differs: expr has no parentheses; seq prints at most 100,000 numbers.
 */
import type { Command } from '../command.ts';
import { badOption, LEFT, man, options, seeHelp } from '../text/tool.ts';

const seq: Command = {
  name: 'seq',
  man: man('prints numbers', '输出数字序列', ['seq [-w] [-s text] [first [step]] last']),
  run(ctx) {
    // a negative number is no option
    const negative = ctx.argv.findIndex((arg, i) => i > 0 && /^-[\d.]/.test(arg));
    const args = negative === -1 ? ctx.argv.slice(1) : [...ctx.argv.slice(1, negative), '--', ...ctx.argv.slice(negative)];
    const long = { 'separator=': 's', 'equal-width': 'w', 'format=': LEFT };
    const { flags, rest, error } = options(args, 's:w!f', long, false);
    const numbers = rest.filter((arg) => arg !== '--');
    if (error !== null) return badOption(ctx, error);
    const separator = flags.get('s') ?? '\n';
    const wide = flags.has('w');
    if (numbers.length === 0) return seeHelp(ctx, 'missing operand');
    if (numbers.length > 3) return seeHelp(ctx, `extra operand ‘${numbers[3]}’`);
    const bad = numbers.find((text) => !/^[-+]?(?:\d{1,15}(?:\.\d{0,9})?|\.\d{1,9})$/.test(text));
    if (bad !== undefined)
      return seeHelp(
        ctx,
        /^[-+]?nan$/i.test(bad) ? `invalid ‘not-a-number’ argument: ‘${bad}’` : `invalid floating point argument: ‘${bad}’`,
      );
    const values = numbers.map(Number);
    const digits = Math.max(...numbers.map((text) => (text.split('.')[1] ?? '').length));
    const first = values.length > 1 ? (values[0] as number) : 1;
    const step = values.length === 3 ? (values[1] as number) : 1;
    const last = values.at(-1) as number;
    if (step === 0) return seeHelp(ctx, `invalid Zero increment value: ‘${numbers[1]}’`);
    const out: string[] = [];
    for (let i = 0; out.length < 100_000; i++) {
      const value = first + i * step;
      if (step > 0 ? value > last + 1e-9 : value < last - 1e-9) break;
      out.push(value.toFixed(digits));
    }
    const width = wide ? Math.max(...out.map((text) => text.length)) : 0;
    if (out.length > 0) ctx.out(`${out.map((text) => text.padStart(width, '0')).join(separator)}\n`);
    return 0;
  },
};

const expr: Command = {
  name: 'expr',
  man: man(
    'evaluates an expression of its arguments',
    '计算表达式',
    ['expr value + - * / % = != < > <= >= & | value', 'expr length text', 'expr text : pattern'],
    ['parentheses', 'index, substr'],
  ),
  run(ctx) {
    const args = ctx.argv.slice(1);
    const integer = (text: string): bigint | null => (/^-?\d{1,18}$/.test(text) ? BigInt(text) : null);
    const finish = (value: string): number => {
      ctx.out(`${value}\n`);
      return value === '' || value === '0' ? 1 : 0;
    };
    if (args.length === 0) {
      ctx.err("expr: missing operand\nTry 'expr --help' for more information.\n");
      return 2;
    }
    if (args[0] === 'length' && args.length === 2) return finish(String((args[1] as string).length));
    let value = args[0] as string;
    // Products before sums; a single pass each is enough for what scripts write.
    const parts = [...args];
    for (const group of [['*', '/', '%'], ['+', '-'], ['=', '==', '!=', '<', '>', '<=', '>=', ':'], ['&'], ['|']]) {
      for (let i = 1; i < parts.length - 1;) {
        const operator = parts[i] as string;
        if (!group.includes(operator)) {
          i += 1;
          continue;
        }
        const result = exprStep(parts[i - 1] as string, operator, parts[i + 1] as string, integer);
        if (typeof result !== 'string') {
          ctx.err(`expr: ${result.error}\n`);
          return 2;
        }
        parts.splice(i - 1, 3, result);
      }
    }
    if (parts.length !== 1) {
      ctx.err(`expr: syntax error: unexpected argument ‘${parts[1]}’\n`);
      return 2;
    }
    value = parts[0] as string;
    return finish(value);
  },
};

function exprStep(left: string, operator: string, right: string, integer: (text: string) => bigint | null): string | { error: string } {
  const [a, b] = [integer(left), integer(right)];
  const truth = (yes: boolean): string => (yes ? '1' : '0');
  if ('+-*/%'.includes(operator)) {
    if (a === null || b === null) return { error: 'non-integer argument' };
    if ((operator === '/' || operator === '%') && b === 0n) return { error: 'division by zero' };
    return String(operator === '+' ? a + b : operator === '-' ? a - b : operator === '*' ? a * b : operator === '/' ? a / b : a % b);
  }
  if (operator === '&') return left !== '' && left !== '0' && right !== '' && right !== '0' ? left : '0';
  if (operator === '|') return left !== '' && left !== '0' ? left : right === '' ? '0' : right;
  if (operator === ':') {
    try {
      const found = new RegExp(`^(?:${right.replaceAll('\\(', '(').replaceAll('\\)', ')')})`).exec(left);
      return right.includes('\\(') ? (found?.[1] ?? '') : String(found?.[0].length ?? 0);
    } catch {
      return { error: 'Invalid regular expression' };
    }
  }
  const order = a !== null && b !== null ? (a < b ? -1 : a > b ? 1 : 0) : left < right ? -1 : left > right ? 1 : 0;
  switch (operator) {
    case '=':
    case '==':
      return truth(order === 0);
    case '!=':
      return truth(order !== 0);
    case '<':
      return truth(order < 0);
    case '>':
      return truth(order > 0);
    case '<=':
      return truth(order <= 0);
    default:
      return truth(order >= 0);
  }
}

export const numberCommands: readonly Command[] = [seq, expr];
