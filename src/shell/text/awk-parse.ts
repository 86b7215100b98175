/**
 * awk's grammar as far as one-line programs need it. Pure: text to tree.
 * Comes from: commands/awk.ts, awk-run.ts (the types).  Goes to: awk-lex.ts.
 * Source: POSIX awk, "Grammar". Differs: no user functions, no getline, no pipes.
 */
import { AwkError, KEYWORDS, tokenize, type Token } from './awk-lex.ts';

export type Expr =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'regex'; readonly source: string }
  | { readonly kind: 'var'; readonly name: string }
  | { readonly kind: 'index'; readonly name: string; readonly keys: readonly Expr[] }
  | { readonly kind: 'field'; readonly of: Expr }
  | { readonly kind: 'unary'; readonly op: string; readonly of: Expr }
  | { readonly kind: 'step'; readonly by: number; readonly before: boolean; readonly of: Expr }
  | { readonly kind: 'binary'; readonly op: string; readonly left: Expr; readonly right: Expr }
  | { readonly kind: 'assign'; readonly op: string; readonly to: Expr; readonly value: Expr }
  | { readonly kind: 'cond'; readonly test: Expr; readonly yes: Expr; readonly no: Expr }
  | { readonly kind: 'in'; readonly keys: readonly Expr[]; readonly name: string }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expr[] };

export type Stmt =
  | { readonly kind: 'expr'; readonly of: Expr }
  | {
      readonly kind: 'print';
      readonly formatted: boolean;
      readonly args: readonly Expr[];
      readonly to: Expr | null;
      readonly append: boolean;
    }
  | { readonly kind: 'if'; readonly test: Expr; readonly yes: Stmt; readonly no: Stmt | null }
  | { readonly kind: 'while'; readonly test: Expr; readonly body: Stmt; readonly first: boolean }
  | {
      readonly kind: 'for';
      readonly init: Stmt | null;
      readonly test: Expr | null;
      readonly update: Stmt | null;
      readonly body: Stmt;
    }
  | { readonly kind: 'forin'; readonly name: string; readonly array: string; readonly body: Stmt }
  | { readonly kind: 'block'; readonly body: readonly Stmt[] }
  | { readonly kind: 'delete'; readonly name: string; readonly keys: readonly Expr[] | null }
  | { readonly kind: 'next' | 'break' | 'continue' }
  | { readonly kind: 'exit'; readonly code: Expr | null };

export interface Rule {
  readonly when: 'BEGIN' | 'END' | 'line' | 'range';
  readonly test: Expr | null;
  readonly until: Expr | null;
  /** null: print the line */
  readonly body: Stmt | null;
}

export interface Program {
  readonly rules: readonly Rule[];
  readonly needsInput: boolean;
}

class Parser {
  private at = 0;
  private readonly tokens: readonly Token[];
  private readonly source: string;
  private noGreater = 0;
  private noIn = 0;
  private depth = 0;
  private loops = 0;
  private where: Rule['when'] = 'line';

  constructor(source: string) {
    this.source = source;
    this.tokens = tokenize(source);
  }

  private get token(): Token {
    return this.tokens[this.at] as Token;
  }

  private fail(): never {
    throw new AwkError(`cmd. line:1: ${this.source.split('\n')[0]}\nawk: cmd. line:1: ${' '.repeat(Math.min(60, this.at))}^ syntax error`);
  }

  private is(text: string): boolean {
    return (this.token.kind === 'op' || this.token.kind === 'name') && this.token.text === text;
  }

  private take(text: string): boolean {
    if (!this.is(text)) return false;
    this.at++;
    return true;
  }

  private need(text: string): void {
    if (!this.take(text)) this.fail();
  }

  private newlines(): void {
    while (this.token.kind === 'newline' || this.is(';')) this.at++;
  }

  private onlyNewlines(): void {
    while (this.token.kind === 'newline') this.at++;
  }

  program(): Program {
    const rules: Rule[] = [];
    this.newlines();
    while (this.token.kind !== 'end') {
      rules.push(this.rule());
      this.newlines();
    }
    return { rules, needsInput: rules.some((rule) => rule.when !== 'BEGIN') };
  }

  private rule(): Rule {
    for (const when of ['BEGIN', 'END'] as const) {
      if (!this.take(when)) continue;
      this.where = when;
      const body = this.block();
      this.where = 'line';
      return { when, test: null, until: null, body };
    }
    if (this.is('{')) return { when: 'line', test: null, until: null, body: this.block() };
    const test = this.expr();
    let until: Expr | null = null;
    if (this.take(',')) {
      this.onlyNewlines();
      until = this.expr();
    }
    return { when: until === null ? 'line' : 'range', test, until, body: this.is('{') ? this.block() : null };
  }

  private block(): Stmt {
    this.onlyNewlines();
    this.need('{');
    const body: Stmt[] = [];
    this.newlines();
    while (!this.take('}')) {
      if (this.token.kind === 'end') this.fail();
      body.push(this.statement());
      this.newlines();
    }
    return { kind: 'block', body };
  }

  private statement(): Stmt {
    if (++this.depth > 100) this.fail();
    const made = this.statementInside();
    this.depth--;
    return made;
  }

  private body(): Stmt {
    this.onlyNewlines();
    if (this.take(';')) return { kind: 'block', body: [] };
    return this.statement();
  }

  private loopBody(): Stmt {
    this.loops++;
    const body = this.body();
    this.loops--;
    return body;
  }

  private statementInside(): Stmt {
    if (this.is('{')) return this.block();
    if (this.take('if')) {
      this.need('(');
      const test = this.expr();
      this.need(')');
      const yes = this.body();
      const back = this.at;
      this.newlines();
      if (this.take('else')) return { kind: 'if', test, yes, no: this.body() };
      this.at = back;
      return { kind: 'if', test, yes, no: null };
    }
    if (this.take('while')) {
      this.need('(');
      const test = this.expr();
      this.need(')');
      return { kind: 'while', test, body: this.loopBody(), first: false };
    }
    if (this.take('do')) {
      const body = this.loopBody();
      this.newlines();
      this.need('while');
      this.need('(');
      const test = this.expr();
      this.need(')');
      return { kind: 'while', test, body, first: true };
    }
    if (this.take('for')) return this.forLoop();
    return this.simple();
  }

  private forLoop(): Stmt {
    this.need('(');
    const [name, word, array, close] = this.tokens.slice(this.at, this.at + 4);
    if (name?.kind === 'name' && word?.text === 'in' && array?.kind === 'name' && close?.text === ')') {
      this.at += 4;
      return { kind: 'forin', name: name.text, array: array.text, body: this.loopBody() };
    }
    const init = this.is(';') ? null : this.simple();
    this.need(';');
    const test = this.is(';') ? null : this.expr();
    this.need(';');
    const update = this.is(')') ? null : this.simple();
    this.need(')');
    return { kind: 'for', init, test, update, body: this.loopBody() };
  }

  private ended(): boolean {
    return this.token.kind === 'end' || this.token.kind === 'newline' || this.is(';') || this.is('}') || this.is(')');
  }

  private simple(): Stmt {
    for (const word of ['next', 'break', 'continue'] as const) {
      if (!this.take(word)) continue;
      if (word === 'next' ? this.where !== 'line' : this.loops === 0) {
        throw new AwkError(
          `cmd. line:1: error: \`${word}' ${word === 'next' ? `used in ${this.where} action` : 'is not allowed outside a loop'}`,
        );
      }
      return { kind: word };
    }
    if (this.take('exit')) return { kind: 'exit', code: this.ended() ? null : this.expr() };
    if (this.take('delete')) {
      const name = this.token;
      if (name.kind !== 'name') this.fail();
      this.at++;
      return { kind: 'delete', name: name.text, keys: this.is('[') ? this.keys() : null };
    }
    if (this.is('print') || this.is('printf')) {
      const formatted = this.is('printf');
      this.at++;
      return this.print(formatted);
    }
    if (this.is('getline') || this.is('function')) throw new AwkError(`not modelled in this lab: ${this.token.text}`);
    return { kind: 'expr', of: this.expr() };
  }

  private print(formatted: boolean): Stmt {
    let args: Expr[] = [];
    this.noGreater++;
    if (!this.ended() && !this.is('>') && !this.is('>>')) {
      args = this.list();
      // `print (a, b)` is a list in parentheses.
      const only = args[0];
      if (args.length === 1 && only?.kind === 'call' && only.name === '(list)') args = [...only.args];
    }
    this.noGreater--;
    const append = this.is('>>');
    const to = this.take('>') || this.take('>>') ? this.concat() : null;
    if (this.is('|')) this.fail();
    return { kind: 'print', formatted, args, to, append };
  }

  private list(): Expr[] {
    const out = [this.expr()];
    while (this.take(',')) {
      this.onlyNewlines();
      out.push(this.expr());
    }
    return out;
  }

  private keys(): Expr[] {
    this.need('[');
    const keys = this.list();
    this.need(']');
    return keys;
  }

  private expr(): Expr {
    if (++this.depth > 200) this.fail();
    const made = this.assign();
    this.depth--;
    return made;
  }

  private assign(): Expr {
    const left = this.cond();
    const op = this.token.text;
    if (this.token.kind !== 'op' || !['=', '+=', '-=', '*=', '/=', '%=', '^='].includes(op)) return left;
    if (left.kind !== 'var' && left.kind !== 'index' && left.kind !== 'field') this.fail();
    this.at++;
    this.onlyNewlines();
    return { kind: 'assign', op: op.slice(0, -1), to: left, value: this.expr() };
  }

  private cond(): Expr {
    const test = this.or();
    if (!this.take('?')) return test;
    this.onlyNewlines();
    const yes = this.expr();
    this.onlyNewlines();
    this.need(':');
    this.onlyNewlines();
    return { kind: 'cond', test, yes, no: this.expr() };
  }

  private or(): Expr {
    let left = this.and();
    while (this.take('||')) {
      this.onlyNewlines();
      left = { kind: 'binary', op: '||', left, right: this.and() };
    }
    return left;
  }

  private and(): Expr {
    let left = this.member();
    while (this.take('&&')) {
      this.onlyNewlines();
      left = { kind: 'binary', op: '&&', left, right: this.member() };
    }
    return left;
  }

  private member(): Expr {
    let left = this.match();
    while (this.noIn === 0 && this.is('in')) {
      this.at++;
      const name = this.token;
      if (name.kind !== 'name') this.fail();
      this.at++;
      left = {
        kind: 'in',
        keys: left.kind === 'call' && left.name === '(list)' ? left.args : [left],
        name: name.text,
      };
    }
    return left;
  }

  private match(): Expr {
    let left = this.compare();
    while (this.is('~') || this.is('!~')) {
      const op = this.token.text;
      this.at++;
      left = { kind: 'binary', op, left, right: this.compare() };
    }
    return left;
  }

  private compare(): Expr {
    const left = this.concat();
    const op = this.token.text;
    if (this.token.kind !== 'op' || !['<', '<=', '==', '!=', '>', '>='].includes(op) || (op === '>' && this.noGreater > 0)) return left;
    this.at++;
    return { kind: 'binary', op, left, right: this.concat() };
  }

  private startsOperand(): boolean {
    const { kind, text } = this.token;
    if (kind === 'number' || kind === 'string' || kind === 'call') return true;
    if (kind === 'name') return !KEYWORDS.has(text);
    return (
      kind === 'op' && (text === '$' || text === '(' || text === '!' || text === '-' || text === '+' || text === '++' || text === '--')
    );
  }

  private concat(): Expr {
    let left = this.sum();
    while (this.startsOperand() && !this.is('-') && !this.is('+')) left = { kind: 'binary', op: ' ', left, right: this.sum() };
    return left;
  }

  private sum(): Expr {
    let left = this.product();
    while (this.is('+') || this.is('-')) {
      const op = this.token.text;
      this.at++;
      left = { kind: 'binary', op, left, right: this.product() };
    }
    return left;
  }

  private product(): Expr {
    let left = this.unary();
    while (this.is('*') || this.is('/') || this.is('%')) {
      const op = this.token.text;
      this.at++;
      left = { kind: 'binary', op, left, right: this.unary() };
    }
    return left;
  }

  private unary(): Expr {
    for (const op of ['!', '-', '+']) if (this.take(op)) return { kind: 'unary', op, of: this.unary() };
    return this.power();
  }

  private power(): Expr {
    const left = this.postfix();
    if (this.take('^') || this.take('**')) return { kind: 'binary', op: '^', left, right: this.unary() };
    return left;
  }

  private postfix(): Expr {
    for (const op of ['++', '--']) if (this.take(op)) return { kind: 'step', by: op === '++' ? 1 : -1, before: true, of: this.primary() };
    const of = this.primary();
    if (of.kind === 'var' || of.kind === 'index' || of.kind === 'field')
      for (const op of ['++', '--']) if (this.take(op)) return { kind: 'step', by: op === '++' ? 1 : -1, before: false, of };
    return of;
  }

  private primary(): Expr {
    const { kind, text } = this.token;
    this.at++;
    if (kind === 'number') return { kind: 'number', value: Number(text) };
    if (kind === 'string') return { kind: 'string', value: text };
    if (kind === 'regex') return { kind: 'regex', source: text };
    if (kind === 'op' && text === '$') {
      for (const op of ['++', '--', '-']) if (this.is(op)) return { kind: 'field', of: this.unaryField() };
      return { kind: 'field', of: this.primary() };
    }
    if (kind === 'op' && text === '(') return this.group();
    if (kind === 'call') {
      const args: Expr[] = [];
      if (this.take('(')) {
        this.onlyNewlines();
        if (!this.is(')')) {
          const greater = this.noGreater;
          this.noGreater = 0;
          args.push(...this.list());
          this.noGreater = greater;
        }
        this.need(')');
      } else if (text !== 'length') this.fail();
      return { kind: 'call', name: text, args };
    }
    if (kind === 'name' && !KEYWORDS.has(text))
      return this.is('[') ? { kind: 'index', name: text, keys: this.keys() } : { kind: 'var', name: text };
    return this.fail();
  }

  private unaryField(): Expr {
    return this.is('-') ? this.unary() : this.postfix();
  }

  private group(): Expr {
    const greater = this.noGreater;
    this.noGreater = 0;
    const inside = this.list();
    this.need(')');
    this.noGreater = greater;
    return inside.length === 1 ? (inside[0] as Expr) : { kind: 'call', name: '(list)', args: inside };
  }
}

export function parseAwk(source: string): Program {
  return new Parser(source).program();
}
