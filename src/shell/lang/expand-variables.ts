/**
 * Variables and parameters as one expansion sees them: what it has written itself comes before what
 * the shell holds, and nothing reaches the shell before the whole expansion has come through.
 * Comes from: expand.ts.  Goes to: arith.ts, ../sh/state.ts.
 * Source: bash 5.2 manual, "Shell Parameters", "Arrays".
 */
import type { NodeNet } from '../../world/index.ts';
import { newVariable, type Frame, type ShellState, type Variable } from '../sh/state.ts';
import { arith, ArithError } from './arith.ts';
import { ExpandError } from './fields.ts';
import { lineAt } from './parse.ts';

/** Characters that one value may hold. */
const VALUE_MAX = 1_000_000;

export class Variables {
  readonly writes = new Map<string, Variable>();
  protected readonly net: NodeNet;
  protected readonly sh: ShellState;
  protected readonly frame: Frame;

  constructor(net: NodeNet, sh: ShellState, frame: Frame) {
    this.net = net;
    this.sh = sh;
    this.frame = frame;
  }

  variable(name: string): Variable | null {
    return this.writes.get(name) ?? this.sh.vars.get(name) ?? null;
  }

  protected get ifs(): string {
    return this.variable('IFS')?.value ?? ' \t\n';
  }

  assign(name: string, value: string): void {
    const [, base, index] = /^([A-Za-z_]\w*)(?:\[(.*)\])?$/.exec(name) ?? [];
    if (base === undefined) throw new ExpandError(`\`${name}': not a valid identifier`, false);
    if (value.length > VALUE_MAX) throw new ExpandError('a value is longer than a million characters', true);
    const old = this.variable(base);
    if (old?.readonly === true) throw new ExpandError(`${base}: readonly variable`, false);
    const fresh: Variable = old === null ? newVariable('') : { ...old, array: old.array === null ? null : [...old.array] };
    if (index !== undefined || fresh.array !== null) {
      const at = index === undefined ? 0 : this.indexOf(index, fresh);
      fresh.array ??= old === null ? [] : [old.value];
      while (fresh.array.length < at) fresh.array.push(null);
      fresh.array[at] = value;
      fresh.value = fresh.array[0] ?? '';
    } else {
      fresh.value = fresh.integer ? String(this.arithmetic(value)) : value;
    }
    this.writes.set(base, fresh);
  }

  protected indexOf(text: string, variable: Variable | null): number {
    const value = Number(this.arithmetic(text));
    const index = value < 0 ? value + (variable?.array?.length ?? 0) : value;
    if (index < 0 || index > 10_000) throw new ExpandError(`[${text}]: bad array subscript`, false);
    return index;
  }

  assignArray(name: string, values: string[], append: boolean): void {
    const old = this.variable(name);
    if (old?.readonly === true) throw new ExpandError(`${name}: readonly variable`, false);
    const before = append && old !== null ? (old.array ?? [old.value]) : [];
    const array = [...before, ...values];
    this.writes.set(name, { ...(old ?? newVariable('')), value: array[0] ?? '', array });
  }

  /** Value of a parameter: null when unset. For `@` and `*` the positional parameters joined. */
  parameter(name: string): string | null {
    const { sh } = this;
    if (/^\d+$/.test(name)) return name === '0' ? sh.name : (sh.args[Number(name) - 1] ?? null);
    switch (name) {
      case '@':
      case '*':
        return sh.args.length === 0 ? null : sh.args.join(name === '*' ? (this.ifs[0] ?? '') : ' ');
      case '#':
        return String(sh.args.length);
      case '?':
        return String(sh.status);
      case '$':
        return String(sh.shellPid);
      case '!':
        return sh.lastBackground === 0 ? null : String(sh.lastBackground);
      case '-':
        return `${sh.options.errexit ? 'e' : ''}h${sh.interactive ? 'im' : ''}${sh.options.nounset ? 'u' : ''}${sh.options.xtrace ? 'x' : ''}B${sh.commandString ? 'c' : ''}`;
      case 'RANDOM':
        return this.random();
      case 'SECONDS':
        return String(Math.floor(this.net.now / 1_000_000_000));
      case 'EPOCHSECONDS':
        return String(Math.floor(this.net.now / 1_000_000_000));
      case 'LINENO':
        return String(lineAt(this.frame.text, 0));
      case 'UID':
      case 'EUID':
        return '0';
      case 'PPID':
        return '1';
      case 'FUNCNAME':
        return sh.frames.findLast((frame) => frame.kind === 'call')?.name ?? null;
      default: {
        const variable = this.variable(name);
        if (variable === null) return null;
        return variable.array === null ? variable.value : (variable.array[0] ?? null);
      }
    }
  }

  private random(): string {
    const seed = Number(this.variable('RANDOM')?.value ?? this.sh.randomSeed);
    const next = (Math.imul(seed, 1103515245) + 12345) >>> 0;
    this.writes.set('RANDOM', newVariable(String(next)));
    return String((next >>> 16) & 32767);
  }

  arithmetic(text: string): bigint {
    try {
      return arith(text, {
        get: (name) => this.indexed(name),
        set: (name, value) => this.assign(name, value),
      });
    } catch (error) {
      if (error instanceof ArithError) throw new ExpandError(error.message, false);
      throw error;
    }
  }

  protected indexed(name: string): string {
    const [, base, index] = /^([A-Za-z_]\w*)\[(.*)\]$/.exec(name) ?? [];
    if (base === undefined || index === undefined) return this.parameter(name) ?? '';
    const variable = this.variable(base);
    return variable?.array?.[this.indexOf(index, variable)] ?? '';
  }
}
