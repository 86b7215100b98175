/**
 * Shell arithmetic: 64-bit integers, C's operators, assignments to variables.
 * Source: bash 5.2 manual, "Shell Arithmetic"; errors as expr.c words them.
 */

export interface ArithVars {
  get(name: string): string;
  set(name: string, value: string): void;
}

/** A person's mistake inside an expression; the message is complete apart from bash's prefix. */
export class ArithError extends Error {}

const OPERATORS = /^(?:<<=|>>=|\*\*|<<|>>|<=|>=|==|!=|&&|\|\||\+\+|--|\+=|-=|\*=|\/=|%=|&=|\|=|\^=|[-+*/%<>=!~&|^?:,()])/;
const BINARY: Readonly<Record<string, number>> = {
  '||': 3,
  '&&': 4,
  '|': 5,
  '^': 6,
  '&': 7,
  '==': 8,
  '!=': 8,
  '<': 9,
  '>': 9,
  '<=': 9,
  '>=': 9,
  '<<': 10,
  '>>': 10,
  '+': 11,
  '-': 11,
  '*': 12,
  '/': 12,
  '%': 12,
  '**': 13,
};
const ASSIGN: ReadonlySet<string> = new Set(['=', '+=', '-=', '*=', '/=', '%=', '<<=', '>>=', '&=', '|=', '^=']);
const DEPTH_MAX = 64;

interface Value {
  readonly value: bigint;
  /** set when it is a variable that could be assigned to */
  readonly name: string | null;
}

const wrap = (value: bigint): bigint => BigInt.asIntN(64, value);

class Reader {
  private at = 0;
  private readonly text: string;
  private readonly vars: ArithVars;
  private readonly depth: number;
  /** > 0: a branch that is not taken; nothing is assigned and nothing divided */
  private idle = 0;

  constructor(text: string, vars: ArithVars, depth: number) {
    this.text = text;
    this.vars = vars;
    this.depth = depth;
  }

  all(): bigint {
    if (this.text.trim() === '') return 0n;
    const value = this.comma();
    this.blank();
    if (this.at < this.text.length) this.fail('syntax error in expression');
    return value;
  }

  private fail(what: string): never {
    const rest = this.text.slice(this.at).trim();
    throw new ArithError(`${this.text.trim()}: ${what} (error token is "${rest === '' ? this.text.trim().slice(-1) : rest}")`);
  }

  private blank(): void {
    while (/\s/.test(this.text[this.at] ?? '')) this.at++;
  }

  private peek(): string {
    this.blank();
    return OPERATORS.exec(this.text.slice(this.at, this.at + 3))?.[0] ?? '';
  }

  private take(operator: string): boolean {
    if (this.peek() !== operator) return false;
    this.at += operator.length;
    return true;
  }

  private comma(): bigint {
    let value = this.assignment().value;
    while (this.take(',')) value = this.assignment().value;
    return value;
  }

  private assignment(): Value {
    const left = this.ternary();
    const operator = this.peek();
    if (left.name === null || !ASSIGN.has(operator)) return left;
    this.at += operator.length;
    const right = this.assignment().value;
    const value = operator === '=' ? right : this.apply(operator.slice(0, -1), left.value, right);
    return this.store(left.name, value);
  }

  private store(name: string, value: bigint): Value {
    if (this.idle === 0) this.vars.set(name, String(wrap(value)));
    return { value: wrap(value), name: null };
  }

  private ternary(): Value {
    const test = this.binary(0);
    if (!this.take('?')) return test;
    if (test.value === 0n) this.idle++;
    const yes = this.assignment().value;
    if (test.value === 0n) this.idle--;
    if (!this.take(':')) this.fail("`:' expected for conditional expression");
    if (test.value !== 0n) this.idle++;
    const no = this.ternary().value;
    if (test.value !== 0n) this.idle--;
    return { value: test.value === 0n ? no : yes, name: null };
  }

  private binary(level: number): Value {
    let left = this.unary();
    for (;;) {
      const operator = this.peek();
      const rank = BINARY[operator];
      if (rank === undefined || rank < level) return left;
      this.at += operator.length;
      const skip = (operator === '&&' && left.value === 0n) || (operator === '||' && left.value !== 0n);
      if (skip) this.idle++;
      const right = this.binary(operator === '**' ? rank : rank + 1).value;
      if (skip) this.idle--;
      left = { value: this.apply(operator, left.value, right), name: null };
    }
  }

  private apply(operator: string, a: bigint, b: bigint): bigint {
    const truth = (yes: boolean): bigint => (yes ? 1n : 0n);
    switch (operator) {
      case '||':
        return truth(a !== 0n || b !== 0n);
      case '&&':
        return truth(a !== 0n && b !== 0n);
      case '|':
        return a | b;
      case '^':
        return a ^ b;
      case '&':
        return a & b;
      case '==':
        return truth(a === b);
      case '!=':
        return truth(a !== b);
      case '<':
        return truth(a < b);
      case '>':
        return truth(a > b);
      case '<=':
        return truth(a <= b);
      case '>=':
        return truth(a >= b);
      case '<<':
        return wrap(a << (b & 63n));
      case '>>':
        return a >> (b & 63n);
      case '+':
        return wrap(a + b);
      case '-':
        return wrap(a - b);
      case '*':
        return wrap(a * b);
      case '**':
        return this.power(a, b);
      default:
        return this.divide(operator, a, b);
    }
  }

  private power(base: bigint, exponent: bigint): bigint {
    if (exponent < 0n) throw new ArithError(`${this.text.trim()}: exponent less than 0 (error token is "${exponent}")`);
    let out = 1n;
    let square = base;
    for (let rest = exponent; rest > 0n; rest >>= 1n) {
      if (rest & 1n) out = wrap(out * square);
      square = wrap(square * square);
    }
    return out;
  }

  private divide(operator: string, a: bigint, b: bigint): bigint {
    if (b !== 0n) return wrap(operator === '/' ? a / b : a % b);
    if (this.idle > 0) return 0n;
    throw new ArithError(
      `${this.text.trim()}: division by 0 (error token is "${/(\S+)\s*$/.exec(this.text.slice(0, this.at))?.[1]?.replace(/^.*[/%=]/, '') ?? '0'}")`,
    );
  }

  private unary(): Value {
    const operator = this.peek();
    if (operator === '++' || operator === '--') {
      this.at += 2;
      const target = this.unary();
      if (target.name === null) return { value: operator === '--' || operator === '++' ? target.value : 0n, name: null };
      return this.store(target.name, target.value + (operator === '++' ? 1n : -1n));
    }
    if (operator === '-' || operator === '+' || operator === '!' || operator === '~') {
      this.at++;
      const { value } = this.unary();
      return {
        value: operator === '-' ? wrap(-value) : operator === '!' ? (value === 0n ? 1n : 0n) : operator === '~' ? ~value : value,
        name: null,
      };
    }
    return this.postfix();
  }

  private postfix(): Value {
    const value = this.primary();
    const operator = this.peek();
    if (value.name !== null && (operator === '++' || operator === '--')) {
      this.at += 2;
      this.store(value.name, value.value + (operator === '++' ? 1n : -1n));
      return { value: value.value, name: null };
    }
    return value;
  }

  private primary(): Value {
    if (this.take('(')) {
      const value = this.comma();
      if (!this.take(')')) this.fail("missing `)'");
      return { value, name: null };
    }
    const rest = this.text.slice(this.at);
    const number = /^(?:0[xX][0-9a-fA-F]*|\d+#[0-9a-zA-Z@_]+|\d[0-9a-zA-Z]*)/.exec(rest);
    if (number !== null) return { value: this.number(number[0]), name: null };
    const name = /^[A-Za-z_]\w*(?:\[[^\]]*\])?/.exec(rest);
    if (name === null) this.fail('syntax error: operand expected');
    this.at += name[0].length;
    return { value: this.variable(name[0]), name: name[0] };
  }

  private number(text: string): bigint {
    const based = /^(\d+)#(.+)$/.exec(text);
    const [base, digits] =
      based !== null
        ? [Number(based[1]), based[2] as string]
        : /^0[xX]/.test(text)
          ? [16, text.slice(2)]
          : /^0\d/.test(text)
            ? [8, text.slice(1)]
            : [10, text];
    if (base < 2 || base > 64) this.fail('invalid arithmetic base');
    let value = 0n;
    for (const digit of base <= 36 ? digits.toLowerCase() : digits) {
      const weight = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ@_'.indexOf(digit);
      if (weight < 0 || weight >= base) {
        throw new ArithError(`${this.text.trim()}: value too great for base (error token is "${text}")`);
      }
      value = wrap(value * BigInt(base) + BigInt(weight));
    }
    this.at += text.length;
    return value;
  }

  private variable(name: string): bigint {
    const text = this.vars.get(name).trim();
    if (text === '') return 0n;
    if (/^-?[1-9]\d{0,15}$|^0$/.test(text)) return BigInt(text);
    if (this.depth >= DEPTH_MAX) throw new ArithError(`${text}: expression recursion level exceeded (error token is "${text}")`);
    return new Reader(text, this.vars, this.depth + 1).all();
  }
}

/** @throws ArithError with bash's words */
export function arith(text: string, vars: ArithVars): bigint {
  return new Reader(text, vars, 0).all();
}
