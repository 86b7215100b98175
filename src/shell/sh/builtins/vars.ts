/** Builtins for variables, options, aliases, and reading. */
import { Expander } from '../../lang/expand.ts';
import { ExpandError } from '../../lang/fields.ts';
import { quoteWord } from '../../lang/parameter.ts';
import { complain, emit, inputOf, type Shell } from '../shell.ts';
import { newVariable, type Frame, type Variable } from '../state.ts';
import { put } from './basic.ts';
import { letters, manOf, type Builtin, type Call } from './call.ts';
import { entryOf } from '../../entry-of.ts';

const NAME = /^[A-Za-z_]\w*$/;

/** Assigns as an assignment would. @returns false after a complaint */
function assign(call: Call, name: string, value: string): boolean {
  const expander = new Expander(call.net, call.sh, call.frame);
  try {
    expander.assign(name, value);
  } catch (error) {
    if (!(error instanceof ExpandError)) throw error;
    complain(call, error.message);
    return false;
  }
  for (const [key, variable] of expander.writes) call.sh.vars.set(key, variable);
  return true;
}

/** `name`, `name=value`, `name+=value`. @returns the name, or null after a complaint */
function declare(call: Call, text: string, change: (variable: Variable) => void): boolean {
  const { sh } = call;
  const [, name, index, append, value] = /^([^=+[]*)(\[[^\]]*\])?(\+?)(?:=([\s\S]*))?$/.exec(text) ?? [];
  if (name === undefined || !NAME.test(name)) {
    complain(call, `${call.argv[0]}: \`${text}': not a valid identifier`);
    return false;
  }
  const given = text.includes('=') ? (value ?? '') : null;
  if (!sh.vars.has(name)) {
    if (given === null && call.argv[0] === 'export') return true;
    sh.vars.set(name, newVariable(''));
  }
  const variable = sh.vars.get(name) as Variable;
  change(variable);
  if (given === null) return true;
  const readonly = variable.readonly;
  if (call.argv[0] === 'readonly' || call.argv.some((arg) => /^-\w*r/.test(arg))) variable.readonly = false;
  const ok = assign(call, name + (index ?? ''), (append === '+' ? variable.value : '') + given);
  const now = sh.vars.get(name);
  if (now !== undefined) now.readonly = readonly;
  return ok;
}

function declareAll(call: Call, names: readonly string[], change: (variable: Variable) => void): number {
  let status = 0;
  for (const name of names) if (!declare(call, name, change)) status = 1;
  return status;
}

function listVars(call: Call, wanted: (variable: Variable) => boolean, start: string): number {
  const lines = [...call.sh.vars].filter(([, variable]) => wanted(variable)).sort(([a], [b]) => (a < b ? -1 : 1));
  return put(
    call,
    lines
      .map(
        ([name, variable]) =>
          `${start}${name}=${start === '' ? quoteWord(variable.value) : `"${variable.value.replace(/[\\"$`]/g, '\\$&')}"`}\n`,
      )
      .join(''),
  );
}

const exported: Builtin = {
  man: manOf('hands variables to programs', '导出环境变量', ['export [-n] [name[=value] ...]', 'export -p']),
  run(call) {
    const { flags, rest } = letters(call.argv.slice(1));
    if (rest.length === 0) return listVars(call, (variable) => variable.exported, 'declare -x ');
    return declareAll(call, rest, (variable) => {
      variable.exported = !flags.has('n');
    });
  },
};

const readonly: Builtin = {
  man: manOf('protects variables', '设置只读变量', ['readonly [name[=value] ...]']),
  run(call) {
    const { rest } = letters(call.argv.slice(1));
    if (rest.length === 0) return listVars(call, (variable) => variable.readonly, 'declare -r ');
    return declareAll(call, rest, (variable) => {
      variable.readonly = true;
    });
  },
};

function functionFrame({ sh }: Shell): Frame | null {
  return sh.frames.findLast((frame) => frame.kind === 'call') ?? null;
}

/** Remembers what a name was before the function, once. */
function makeLocal(call: Call, frame: Frame, text: string): void {
  const name = /^[A-Za-z_]\w*/.exec(text)?.[0];
  if (name === undefined || frame.savedVars.some(([known]) => known === name)) return;
  const old = call.sh.vars.get(name) ?? null;
  frame.savedVars.push([name, old]);
  if (text.includes('=') || old === null) call.sh.vars.set(name, newVariable('', old?.exported ?? false));
  else call.sh.vars.set(name, newVariable(''));
}

const local: Builtin = {
  man: manOf('makes variables that end with the function', '定义函数内的局部变量', ['local name[=value] ...']),
  run(call) {
    const frame = functionFrame(call);
    if (frame === null) {
      complain(call, 'local: can only be used in a function');
      return 1;
    }
    const { flags, rest } = letters(call.argv.slice(1));
    for (const text of rest) makeLocal(call, frame, text);
    return declareAll(call, rest, (variable) => {
      if (flags.has('i')) variable.integer = true;
      if (flags.has('a')) variable.array ??= [];
    });
  },
};

const declares: Builtin = {
  man: manOf(
    'declares variables and shows functions',
    '声明变量，显示函数',
    ['declare [-aixrpfF] [name[=value] ...]'],
    ['associative arrays'],
  ),
  run(call) {
    const { flags, rest } = letters(call.argv.slice(1));
    const { sh } = call;
    if (flags.has('A')) {
      complain(call, `${call.argv[0]}: -A: associative arrays are not part of the lab's shell`);
      return 2;
    }
    if (flags.has('f') || flags.has('F')) {
      const missing = rest.filter((name) => !sh.functions.has(name));
      const names = (rest.length === 0 ? [...sh.functions.keys()].sort() : rest).filter((name) => sh.functions.has(name));
      return put(
        call,
        names.map((name) => `${flags.has('F') && rest.length === 0 ? 'declare -f ' : ''}${name}\n`).join(''),
        missing.length > 0 ? 1 : 0,
      );
    }
    if (rest.length === 0) return listVars(call, () => true, flags.has('p') ? 'declare -- ' : '');
    if (flags.has('p')) {
      const known = rest.filter((name) => sh.vars.has(name));
      for (const name of rest) if (!sh.vars.has(name)) complain(call, `declare: ${name}: not found`);
      return put(
        call,
        known
          .map((name) => `declare ${sh.vars.get(name)?.exported === true ? '-x' : '--'} ${name}="${sh.vars.get(name)?.value}"\n`)
          .join(''),
        known.length < rest.length ? 1 : 0,
      );
    }
    const frame = flags.has('g') ? null : functionFrame(call);
    if (frame !== null) for (const text of rest) makeLocal(call, frame, text);
    return declareAll(call, rest, (variable) => {
      if (flags.has('x')) variable.exported = true;
      if (flags.has('i')) variable.integer = true;
      if (flags.has('r')) variable.readonly = true;
      if (flags.has('a')) variable.array ??= [];
    });
  },
};

const unset: Builtin = {
  man: manOf('forgets variables and functions', '删除变量或函数', ['unset [-fv] name ...']),
  run(call) {
    const { flags, rest } = letters(call.argv.slice(1));
    const { sh } = call;
    let status = 0;
    for (const text of rest) {
      const [, name, index] = /^([^[]*)(?:\[(\d+)\])?$/.exec(text) ?? [];
      const variable = sh.vars.get(name ?? text);
      if (variable?.readonly === true && !flags.has('f')) {
        complain(call, `unset: ${text}: cannot unset: readonly variable`);
        status = 1;
      } else if (index !== undefined && variable !== undefined && variable.array !== null) variable.array[Number(index)] = null;
      else if (flags.has('f') || (variable === undefined && !flags.has('v'))) sh.functions.delete(text);
      else sh.vars.delete(text);
    }
    return status;
  },
};

const OPTION_NAMES: Readonly<Record<string, keyof Call['sh']['options']>> = {
  e: 'errexit',
  u: 'nounset',
  x: 'xtrace',
  f: 'noglob',
  n: 'noexec',
};
const IGNORED = 'abhkmptvBCEHPT';

const set: Builtin = {
  man: manOf('sets options and positional parameters', '设置选项和位置参数', ['set [-eufx] [-o pipefail] [--] [argument ...]']),
  run(call) {
    const { sh } = call;
    const args = call.argv.slice(1);
    if (args.length === 0) return listVars(call, () => true, '');
    let at = 0;
    for (; at < args.length; at++) {
      const arg = args[at] as string;
      if (arg === '--' || arg === '-') {
        sh.args = args.slice(at + 1);
        return 0;
      }
      if (!/^[-+]./.test(arg)) break;
      const on = arg.startsWith('-');
      if (arg.slice(1) === 'o') {
        const name = args[++at];
        if (name === undefined)
          return put(
            call,
            Object.entries(sh.options)
              .map(([key, value]) => `${key.padEnd(15)}\t${value ? 'on' : 'off'}\n`)
              .join(''),
          );
        if (Object.hasOwn(sh.options, name)) sh.options[name as keyof typeof sh.options] = on;
        else if (
          !/^(?:vi|emacs|history|monitor|posix|verbose|allexport|hashall|notify|noclobber|errtrace|functrace|physical|braceexpand)$/.test(
            name,
          )
        ) {
          complain(call, `set: ${name}: invalid option name`);
          return 2;
        }
        continue;
      }
      for (const letter of arg.slice(1)) {
        const name = entryOf(OPTION_NAMES, letter);
        if (name !== undefined) sh.options[name] = on;
        else if (!IGNORED.includes(letter)) {
          complain(call, `set: ${arg[0]}${letter}: invalid option`);
          put(
            { ...call, sh: { ...sh, fds: new Map(sh.fds).set(1, sh.fds.get(2) ?? { kind: 'closed' }) } },
            'set: usage: set [-abefhkmnptuvxBCEHPT] [-o option-name] [--] [-] [arg ...]\n',
          );
          return 2;
        }
      }
    }
    if (at < args.length) sh.args = args.slice(at);
    return 0;
  },
};

const read: Builtin = {
  man: manOf(
    'reads a line into variables',
    '读取一行到变量',
    ['read [-r] [-p prompt] [-a array] [-n count] [name ...]'],
    ['-t waits for ever', '-s'],
  ),
  run(call) {
    const { sh } = call;
    const { flags, rest } = letters(call.argv.slice(1), 'pantdiNu');
    const names = rest.length === 0 ? ['REPLY'] : rest;
    const bad = names.find((name) => !NAME.test(name));
    if (bad !== undefined) {
      complain(call, `read: \`${bad}': not a valid identifier`);
      return 1;
    }
    const input = inputOf(call);
    if (input === null) {
      complain(call, 'read: read error: 0: Bad file descriptor');
      return 1;
    }
    const delimiter = flags.has('d') ? (flags.get('d') ?? '').slice(0, 1) || '\0' : '\n';
    let end = endOfLine(input.text, delimiter, flags.has('r'));
    const count = Number(flags.get('n') ?? flags.get('N') ?? Number.NaN);
    if (Number.isInteger(count) && input.text.length >= count && (end === -1 || end > count)) end = count - 1;
    if (end === -1 && !input.eof) {
      // The prompt is shown once: the frame knows that it has been.
      if (flags.has('p') && input.source === 'tty' && call.frame.at === 0)
        put({ ...call, sh: { ...sh, fds: new Map(sh.fds).set(1, sh.fds.get(2) ?? { kind: 'closed' }) } }, flags.get('p') ?? '');
      call.frame.at = 1;
      const fd = sh.fds.get(0);
      sh.waiting = { kind: 'input', id: fd?.kind === 'input' ? fd.id : -1 };
      return 'again';
    }
    const raw = end === -1 ? input.text : input.text.slice(0, end + 1);
    input.text = input.text.slice(raw.length);
    if (input.source === 'tty') input.eof = false;
    const line = raw.endsWith(delimiter) ? raw.slice(0, -1) : raw;
    const array = flags.get('a');
    const ifs = sh.vars.get('IFS')?.value ?? ' \t\n';
    const fields = splitFields(line, ifs, array === undefined ? names.length : Number.MAX_SAFE_INTEGER, flags.has('r'), rest.length === 0);
    if (array !== undefined) sh.vars.set(array, { ...newVariable(fields[0] ?? ''), array: fields });
    else for (const [i, name] of names.entries()) if (!assign(call, name, fields[i] ?? '')) return 1;
    return end === -1 ? 1 : 0;
  },
};

function endOfLine(text: string, delimiter: string, raw: boolean): number {
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '\\' && !raw) i++;
    else if (text[i] === delimiter) return i;
  }
  return -1;
}

/** Splits a line at IFS into at most `count` fields; the last one takes the rest. */
function splitFields(line: string, ifs: string, count: number, raw: boolean, whole: boolean): string[] {
  const chars: { char: string; quoted: boolean }[] = [];
  for (let i = 0; i < line.length; i++) {
    if (line[i] !== '\\' || raw) chars.push({ char: line[i] as string, quoted: false });
    else if (line[i + 1] === '\n') i++;
    else if (i + 1 < line.length) chars.push({ char: line[++i] as string, quoted: true });
  }
  const text = (from: number, to: number): string =>
    chars
      .slice(from, to)
      .map((one) => one.char)
      .join('');
  if (whole) return [text(0, chars.length)];
  const separator = (i: number): boolean => !(chars[i]?.quoted ?? true) && ifs.includes(chars[i]?.char as string);
  const space = (i: number): boolean => separator(i) && /\s/.test(chars[i]?.char as string);
  const fields: string[] = [];
  let at = 0;
  while (space(at)) at++;
  while (at < chars.length && fields.length < count - 1) {
    const from = at;
    while (at < chars.length && !separator(at)) at++;
    fields.push(text(from, at));
    while (space(at)) at++;
    if (separator(at)) {
      at++;
      while (space(at)) at++;
    }
  }
  if (at >= chars.length) return fields;
  let end = chars.length;
  while (end > at && space(end - 1)) end--;
  fields.push(text(at, end));
  return fields;
}

const lets: Builtin = {
  man: manOf('calculates', '算术运算', ['let expression ...']),
  run(call) {
    let value = 0n;
    for (const text of call.argv.slice(1)) {
      const expander = new Expander(call.net, call.sh, call.frame);
      try {
        value = expander.arithmetic(text);
      } catch (error) {
        if (!(error instanceof ExpandError)) throw error;
        complain(call, `let: ${error.message}`);
        return 1;
      }
      for (const [name, variable] of expander.writes) call.sh.vars.set(name, variable);
    }
    return value === 0n ? 1 : 0;
  },
};

const alias: Builtin = {
  man: manOf('gives a command another name', '命令别名', ['alias [name[=value] ...]']),
  run(call) {
    const { aliases } = call.sh;
    const show = (name: string): string => `alias ${name}='${(aliases.get(name) ?? '').replaceAll("'", "'\\''")}'\n`;
    const args = call.argv.slice(1).filter((arg) => arg !== '-p');
    if (args.length === 0) return put(call, [...aliases.keys()].sort().map(show).join(''));
    let status = 0;
    for (const arg of args) {
      const at = arg.indexOf('=');
      if (at > 0) aliases.set(arg.slice(0, at), arg.slice(at + 1));
      else if (aliases.has(arg)) put(call, show(arg));
      else {
        complain(call, `alias: ${arg}: not found`);
        status = 1;
      }
    }
    return status;
  },
};

const unalias: Builtin = {
  man: manOf('forgets aliases', '取消别名', ['unalias [-a] name ...']),
  run(call) {
    let status = 0;
    for (const name of call.argv.slice(1)) {
      if (name === '-a') call.sh.aliases.clear();
      else if (!call.sh.aliases.delete(name)) {
        complain(call, `unalias: ${name}: not found`);
        status = 1;
      }
    }
    return status;
  },
};

const getopts: Builtin = {
  man: manOf('reads options one by one', '逐个解析选项', ['getopts optstring name [argument ...]']),
  run(call) {
    const { sh } = call;
    const [, options, name, ...given] = call.argv;
    if (options === undefined || name === undefined) {
      emit(call, 2, 'getopts: usage: getopts optstring name [arg ...]\n');
      return 2;
    }
    const args = given.length > 0 ? given : sh.args;
    const [indexText, insideText] = (sh.vars.get('OPTIND')?.value ?? '1').split('.');
    let index = Math.max(1, Number(indexText) || 1);
    let inside = Number(insideText ?? 1) || 1;
    const arg = args[index - 1];
    if (arg === undefined || !/^-./.test(arg) || arg === '--') {
      sh.vars.set('OPTIND', newVariable(String(arg === '--' ? index + 1 : index)));
      sh.vars.set(name, newVariable('?'));
      return 1;
    }
    const letter = arg[inside] ?? '?';
    const place = options.indexOf(letter);
    inside++;
    let value: string | null = null;
    if (place !== -1 && letter !== ':' && options[place + 1] === ':') {
      value = inside < arg.length ? arg.slice(inside) : (args[index] ?? null);
      index += inside < arg.length ? 1 : 2;
      inside = 1;
    } else if (inside >= arg.length) {
      index++;
      inside = 1;
    }
    const wrong = place === -1 || letter === ':';
    const missing = !wrong && options[place + 1] === ':' && value === null;
    if ((wrong || missing) && !options.startsWith(':')) {
      complain(call, wrong ? `illegal option -- ${letter}` : `option requires an argument -- ${letter}`);
    }
    sh.vars.set(name, newVariable(wrong ? '?' : missing ? (options.startsWith(':') ? ':' : '?') : letter));
    sh.vars.set('OPTARG', newVariable(wrong || missing ? (options.startsWith(':') ? letter : '') : (value ?? '')));
    sh.vars.set('OPTIND', newVariable(inside > 1 ? `${index}.${inside}` : String(index)));
    return 0;
  },
};

const shopt: Builtin = {
  man: manOf('takes shell options and ignores them', '接受 shell 选项（不起作用）', ['shopt [-su] [name ...]'], ['all options']),
  run: () => 0,
};
const umask: Builtin = {
  man: manOf('shows the mask of permissions', '显示权限掩码', ['umask']),
  run: (call) => (call.argv.length > 1 ? 0 : put(call, '0022\n')),
};
const ulimit: Builtin = {
  man: manOf('shows limits', '显示资源限制', ['ulimit']),
  run: (call) => (call.argv.length > 2 ? 0 : put(call, 'unlimited\n')),
};
const hash: Builtin = {
  man: manOf('has no table to show: the lab finds programs anew', '命令路径缓存', ['hash']),
  run: (call) => (call.argv.length > 1 ? 0 : put(call, 'hash: hash table empty\n')),
};

export const varBuiltins: Readonly<Record<string, Builtin>> = {
  export: exported,
  readonly,
  local,
  declare: declares,
  typeset: declares,
  unset,
  set,
  read,
  let: lets,
  alias,
  unalias,
  getopts,
  shopt,
  umask,
  ulimit,
  hash,
};
