/**
 * Runs an awk program on text: patterns and actions, fields, variables, arrays, the functions on strings.
 * Comes from: commands/awk.ts.  Goes to: format.ts (printf), regex.ts.
 * Source: POSIX awk, "Expressions", "Actions", "Functions"; GNU awk 5.2.1 where it says more.
 * Differs: arrays are walked in order of insertion; a program may take a million steps.
 */
import { AwkError } from './awk-lex.ts';
import type { Expr, Program, Stmt } from './awk-parse.ts';
import { formatText, general } from './format.ts';
import { posixRegex } from './regex.ts';

type Value = string | number | StrNum;
/** A field or an input that looks like a number: compares as one, prints as it stood. */
interface StrNum {
  readonly text: string;
}

export interface AwkInput {
  /** files in their order, each with the assignments that stand before it */
  readonly inputs: readonly { readonly name: string; readonly text: string; readonly assigns: readonly (readonly [string, string])[] }[];
  readonly separator: string | null;
  /** -v: known from the beginning */
  readonly assigns: readonly (readonly [string, string])[];
  /** assignments behind the last file */
  readonly lastAssigns: readonly (readonly [string, string])[];
  readonly environment: Readonly<Record<string, string>>;
  /** false: more input may come, and END is not due */
  readonly ended: boolean;
  readonly nowSeconds: number;
  readonly write: (name: string, text: string, append: boolean) => void;
}

class Next extends Error {}
class Exit extends Error {}
class Break extends Error {}
class Continue extends Error {}

const STEPS_MAX = 1_000_000;
const NUMERIC = /^\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?\s*$/;

const field = (text: string): Value => (NUMERIC.test(text) ? { text } : text);
const toText = (value: Value): string => (typeof value === 'string' ? value : typeof value === 'object' ? value.text : numberText(value));
const toNumber = (value: Value): number => {
  if (typeof value === 'number') return value;
  const text = typeof value === 'object' ? value.text : value;
  return Number.parseFloat(/^\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/.exec(text)?.[0] ?? '0');
};
const isTrue = (value: Value): boolean => (typeof value === 'string' ? value !== '' : toNumber(value) !== 0);

function numberText(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e16) return String(value);
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value < 0 ? '-inf' : 'inf';
  return Number.isInteger(value) ? String(BigInt(value)) : general(value, 6);
}

export function runAwk(program: Program, input: AwkInput): { out: string; exit: number | null } {
  const machine = new Machine(input);
  try {
    return machine.run(program);
  } catch (error) {
    // what was printed before stays printed
    if (error instanceof AwkError) error.printed = machine.printed;
    throw error;
  }
}

class Machine {
  private out = '';
  get printed(): string {
    return this.out;
  }
  private readonly vars = new Map<string, Value>();
  private readonly arrays = new Map<string, Map<string, Value>>();
  private fields: string[] = [''];
  private steps = 0;
  private exitCode = 0;
  private readonly opened = new Set<string>();
  private readonly inRange = new Set<number>();
  private readonly input: AwkInput;

  constructor(input: AwkInput) {
    this.input = input;
    for (const [name, value] of [
      ['FS', input.separator?.replaceAll('\\t', '\t') ?? ' '],
      ['OFS', ' '],
      ['ORS', '\n'],
      ['SUBSEP', '\x1c'],
      ['RS', '\n'],
      ['NR', 0],
      ['FNR', 0],
      ['RSTART', 0],
      ['RLENGTH', -1],
    ] as const)
      this.vars.set(name, value);
    this.assign(input.assigns);
    this.arrays.set('ENVIRON', new Map(Object.entries(input.environment)));
  }

  run(program: Program): { out: string; exit: number | null } {
    let left = false;
    try {
      for (const rule of program.rules) if (rule.when === 'BEGIN' && rule.body !== null) this.statement(rule.body);
      if (program.needsInput) this.lines(program);
    } catch (error) {
      if (!(error instanceof Exit)) throw error;
      left = true;
    }
    if (!this.input.ended && !left) return { out: this.out, exit: null };
    this.assign(this.input.lastAssigns);
    try {
      for (const rule of program.rules) if (rule.when === 'END' && rule.body !== null) this.statement(rule.body);
    } catch (error) {
      if (!(error instanceof Exit)) throw error;
    }
    return { out: this.out, exit: this.exitCode };
  }

  private lines(program: Program): void {
    for (const { name, text, assigns } of this.input.inputs) {
      this.assign(assigns);
      this.vars.set('FILENAME', name);
      this.vars.set('FNR', 0);
      const lines = text.split('\n');
      if (lines.at(-1) === '') lines.pop();
      for (const line of lines) {
        this.vars.set('NR', toNumber(this.get('NR')) + 1);
        this.vars.set('FNR', toNumber(this.get('FNR')) + 1);
        this.setLine(line);
        try {
          for (const [i, rule] of program.rules.entries()) if (this.applies(rule, i)) this.act(rule.body);
        } catch (error) {
          if (!(error instanceof Next)) throw error;
        }
      }
    }
  }

  private applies({ when, test, until }: Program['rules'][number], index: number): boolean {
    if (when === 'BEGIN' || when === 'END') return false;
    if (when === 'line') return test === null || this.condition(test);
    if (!this.inRange.has(index)) {
      if (!this.condition(test as Expr)) return false;
      this.inRange.add(index);
    }
    if (this.condition(until as Expr)) this.inRange.delete(index);
    return true;
  }

  private act(body: Stmt | null): void {
    if (body === null) this.print(`${this.fields[0]}${toText(this.get('ORS'))}`);
    else this.statement(body);
  }

  private print(text: string): void {
    if (this.out.length < 2_000_000) this.out += text;
  }

  private step(): void {
    if (++this.steps > STEPS_MAX) throw new AwkError(`the lab stops this program: more than ${STEPS_MAX} steps`);
  }

  private get(name: string): Value {
    if (name === 'NF') return this.fields.length - 1;
    return this.vars.get(name) ?? '';
  }

  private set(name: string, value: Value): void {
    if (name === 'NF') {
      const count = Math.max(0, Math.min(10_000, Math.trunc(toNumber(value))));
      while (this.fields.length - 1 < count) this.fields.push('');
      this.fields.length = count + 1;
      this.joinFields();
    } else this.vars.set(name, value);
  }

  private array(name: string): Map<string, Value> {
    let array = this.arrays.get(name);
    if (array === undefined) this.arrays.set(name, (array = new Map()));
    return array;
  }

  private split(line: string, separator: string): string[] {
    if (separator === ' ') return line.trim() === '' ? [] : line.trim().split(/[ \t\n]+/);
    if (line === '') return [];
    if (separator.length === 1 && separator !== '\\') return line.split(separator);
    return line.split(posixRegex(separator, true));
  }

  private setLine(line: string): void {
    this.fields = [line, ...this.split(line, toText(this.get('FS')))];
  }

  private joinFields(): void {
    this.fields[0] = this.fields.slice(1).join(toText(this.get('OFS')));
  }

  private key(keys: readonly Expr[]): string {
    return keys.map((key) => toText(this.value(key))).join(toText(this.get('SUBSEP')));
  }

  private store(to: Expr, value: Value): Value {
    if (to.kind === 'var') this.set(to.name, value);
    else if (to.kind === 'index') this.array(to.name).set(this.key(to.keys), value);
    else if (to.kind === 'field') {
      const index = Math.trunc(toNumber(this.value(to.of)));
      if (index === 0) this.setLine(toText(value));
      else if (index > 0 && index <= 10_000) {
        while (this.fields.length <= index) this.fields.push('');
        this.fields[index] = toText(value);
        this.joinFields();
      }
    }
    return value;
  }

  private condition(test: Expr): boolean {
    return isTrue(this.value(test));
  }

  private regexOf(expr: Expr, flags = ''): RegExp {
    return posixRegex(expr.kind === 'regex' ? expr.source : toText(this.value(expr)), true, flags);
  }

  private value(expr: Expr): Value {
    this.step();
    switch (expr.kind) {
      case 'number':
        return expr.value;
      case 'string':
        return expr.value;
      case 'regex':
        return posixRegex(expr.source, true).test(this.fields[0] ?? '') ? 1 : 0;
      case 'var':
        return this.get(expr.name);
      case 'index': {
        const array = this.array(expr.name);
        const key = this.key(expr.keys);
        if (!array.has(key)) array.set(key, '');
        return array.get(key) ?? '';
      }
      case 'field':
        return field(this.fields[Math.trunc(toNumber(this.value(expr.of)))] ?? '');
      case 'unary': {
        const value = this.value(expr.of);
        return expr.op === '!' ? (isTrue(value) ? 0 : 1) : expr.op === '-' ? -toNumber(value) : toNumber(value);
      }
      case 'step': {
        const before = toNumber(this.value(expr.of));
        this.store(expr.of, before + expr.by);
        return expr.before ? before + expr.by : before;
      }
      case 'assign': {
        const value = this.value(expr.value);
        return this.store(expr.to, expr.op === '' ? value : this.arithmetic(expr.op, toNumber(this.value(expr.to)), toNumber(value)));
      }
      case 'cond':
        return this.condition(expr.test) ? this.value(expr.yes) : this.value(expr.no);
      case 'in':
        return this.array(expr.name).has(this.key(expr.keys)) ? 1 : 0;
      case 'binary':
        return this.binary(expr.op, expr.left, expr.right);
      case 'call':
        return this.call(expr.name, expr.args);
    }
  }

  private arithmetic(op: string, a: number, b: number): number {
    switch (op) {
      case '+':
        return a + b;
      case '-':
        return a - b;
      case '*':
        return a * b;
      case '^': {
        let out = 1;
        for (let i = 0; i < Math.min(1_000, Math.abs(Math.trunc(b))); i++) out *= a;
        return b < 0 ? 1 / out : out;
      }
      default:
        if (b === 0) throw new AwkError('cmd. line:1: fatal: division by zero attempted');
        return op === '/' ? a / b : a % b;
    }
  }

  private binary(op: string, left: Expr, right: Expr): Value {
    if (op === '&&') return this.condition(left) && this.condition(right) ? 1 : 0;
    if (op === '||') return this.condition(left) || this.condition(right) ? 1 : 0;
    if (op === '~' || op === '!~') return this.regexOf(right).test(toText(this.value(left))) === (op === '~') ? 1 : 0;
    const [a, b] = [this.value(left), this.value(right)];
    if (op === ' ') {
      const text = toText(a) + toText(b);
      if (text.length > 1_000_000) throw new AwkError('a text is longer than a million characters');
      return text;
    }
    if ('+-*/%^'.includes(op)) return this.arithmetic(op, toNumber(a), toNumber(b));
    const numeric =
      (typeof a !== 'string' && typeof b !== 'string') || (typeof a !== 'string' && b === '') || (typeof b !== 'string' && a === '');
    const [x, y] = numeric ? [toNumber(a), toNumber(b)] : [toText(a), toText(b)];
    const yes = op === '<' ? x < y : op === '<=' ? x <= y : op === '==' ? x === y : op === '!=' ? x !== y : op === '>' ? x > y : x >= y;
    return yes ? 1 : 0;
  }

  private call(name: string, args: readonly Expr[]): Value {
    const text = (i: number): string => (args[i] === undefined ? '' : toText(this.value(args[i])));
    const number = (i: number): number => (args[i] === undefined ? 0 : toNumber(this.value(args[i])));
    switch (name) {
      case 'length': {
        const [of] = args;
        if (of === undefined) return (this.fields[0] ?? '').length;
        return of.kind === 'var' && this.arrays.has(of.name) ? this.array(of.name).size : text(0).length;
      }
      case 'substr': {
        const from = Math.round(number(1));
        const to = args[2] === undefined ? Number.MAX_SAFE_INTEGER : from + Math.round(number(2));
        return text(0).slice(Math.max(0, from - 1), Math.max(0, to - 1));
      }
      case 'index':
        return text(0).indexOf(text(1)) + 1;
      case 'split':
        return this.splitInto(args);
      case 'sub':
      case 'gsub':
        return this.substitute(name, args);
      case 'match': {
        const found = args[1] === undefined ? null : this.regexOf(args[1]).exec(text(0));
        this.vars.set('RSTART', found === null ? 0 : found.index + 1);
        this.vars.set('RLENGTH', found === null ? -1 : found[0].length);
        return found === null ? 0 : found.index + 1;
      }
      case 'sprintf':
        return this.format(args.map((arg) => this.value(arg)));
      case 'tolower':
        return text(0).toLowerCase();
      case 'toupper':
        return text(0).toUpperCase();
      case 'int':
        return Math.trunc(number(0));
      case 'strtonum':
        return Number(text(0)) || number(0);
      case 'systime':
        return this.input.nowSeconds;
      case '(list)':
        return args.map((arg) => toText(this.value(arg))).join(toText(this.get('SUBSEP')));
      default:
        throw new AwkError(`cmd. line:1: fatal: function \`${name}' not defined`);
    }
  }

  private splitInto(args: readonly Expr[]): number {
    const [of, into, by] = args;
    if (of === undefined || into?.kind !== 'var') throw new AwkError('cmd. line:1: fatal: split: second argument is not an array');
    const separator = by === undefined ? toText(this.get('FS')) : by.kind === 'regex' ? by.source : toText(this.value(by));
    const parts = this.split(toText(this.value(of)), by?.kind === 'regex' && separator.length === 1 ? `[${separator}]` : separator);
    this.arrays.set(into.name, new Map(parts.map((part, i) => [String(i + 1), field(part)])));
    return parts.length;
  }

  private substitute(name: string, args: readonly Expr[]): number {
    const [pattern, replacement, target] = args;
    if (pattern === undefined || replacement === undefined) throw new AwkError(`cmd. line:1: fatal: ${name}: not enough arguments`);
    const to: Expr = target ?? { kind: 'field', of: { kind: 'number', value: 0 } };
    const template = toText(this.value(replacement));
    let count = 0;
    const changed = toText(this.value(to)).replace(this.regexOf(pattern, name === 'gsub' ? 'g' : ''), (found) => {
      count++;
      return template.replace(/\\\\&|\\&|&/g, (mark) => (mark === '&' ? found : '&'));
    });
    if (count > 0) this.store(to, changed);
    return count;
  }

  private statement(stmt: Stmt): void {
    this.step();
    switch (stmt.kind) {
      case 'expr':
        this.value(stmt.of);
        return;
      case 'print':
        this.printStatement(stmt);
        return;
      case 'if':
        if (this.condition(stmt.test)) this.statement(stmt.yes);
        else if (stmt.no !== null) this.statement(stmt.no);
        return;
      case 'block':
        for (const one of stmt.body) this.statement(one);
        return;
      case 'while':
        this.loop(() => this.condition(stmt.test), stmt.body, null, stmt.first);
        return;
      case 'for':
        if (stmt.init !== null) this.statement(stmt.init);
        this.loop(() => stmt.test === null || this.condition(stmt.test), stmt.body, stmt.update, false);
        return;
      case 'forin': {
        const keys = [...this.array(stmt.array).keys()];
        let i = 0;
        this.loop(
          () => {
            const key = keys[i++];
            if (key === undefined) return false;
            this.set(stmt.name, field(key));
            return true;
          },
          stmt.body,
          null,
          false,
        );
        return;
      }
      case 'delete':
        if (stmt.keys === null) this.array(stmt.name).clear();
        else this.array(stmt.name).delete(this.key(stmt.keys));
        return;
      case 'next':
        throw new Next();
      case 'break':
        throw new Break();
      case 'continue':
        throw new Continue();
      case 'exit':
        if (stmt.code !== null) this.exitCode = Math.trunc(toNumber(this.value(stmt.code))) & 255;
        throw new Exit();
    }
  }

  private loop(test: () => boolean, body: Stmt, update: Stmt | null, first: boolean): void {
    let skip = first;
    while (skip || test()) {
      skip = false;
      try {
        this.statement(body);
      } catch (error) {
        if (error instanceof Break) return;
        if (!(error instanceof Continue)) throw error;
      }
      if (update !== null) this.statement(update);
    }
  }

  private assign(assigns: readonly (readonly [string, string])[]): void {
    for (const [name, value] of assigns) this.vars.set(name, field(value));
  }

  /** printf: a number for %c is the number of a character; %f and its like see all digits of a number. */
  private format(values: readonly Value[]): string {
    const format = toText(values[0] ?? '');
    let at = 0;
    const args = values.slice(1).map((value) => toText(value));
    for (const { 1: stars = '', 2: letter = '', index } of format.matchAll(/%[-+ #0]*((?:\*|\d+)?(?:\.(?:\*|\d+)?)?)([a-zA-Z%])/g)) {
      if (letter === '%') continue;
      at += stars.split('*').length;
      const value = values[at];
      if (value === undefined)
        throw new AwkError(
          `cmd. line:1: fatal: not enough arguments to satisfy format string\n\t\`${format}'\n\t${' '.repeat(index + 1)}^ ran out for this one`,
        );
      if (typeof value === 'number' && Number.isFinite(value)) {
        if ('eEfFgG'.includes(letter)) args[at - 1] = String(value);
        else if ('diouxX'.includes(letter)) args[at - 1] = String(BigInt(Math.trunc(value)));
      }
      if (letter === 'c' && typeof value === 'number')
        args[at - 1] = String.fromCodePoint(Math.min(Math.max(0, Math.trunc(value)), 0x10ffff));
    }
    return formatText(format, args, false).text;
  }

  private printStatement(stmt: Extract<Stmt, { kind: 'print' }>): void {
    const values = stmt.args.map((arg) => this.value(arg));
    const text = stmt.formatted
      ? this.format(values)
      : (stmt.args.length === 0 ? (this.fields[0] ?? '') : values.map((value) => toText(value)).join(toText(this.get('OFS')))) +
        toText(this.get('ORS'));
    if (stmt.to === null) this.print(text);
    else {
      const name = toText(this.value(stmt.to));
      this.input.write(name, text, stmt.append || this.opened.has(name));
      this.opened.add(name);
    }
  }
}
