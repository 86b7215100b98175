/** Builtins for output, places, flow of control and tests. */
import { fileKind, readFile, resolvePath } from '../../fs/files.ts';
import { testArguments, TestError } from '../../lang/test.ts';
import { formatText, unescapeText } from '../../text/format.ts';
import { complain, emit, getVar, setVar } from '../shell.ts';
import { endInteractive } from '../session.ts';
import { newFrame, newVariable } from '../state.ts';
import { canReturn, loopDepth } from '../unwind.ts';
import { manOf, type Builtin, type Call, type Outcome } from './call.ts';

/** Writes the output of a builtin. @returns the exit code */
export function put(call: Call, text: string, status = 0): number {
  const failed = emit(call, 1, text);
  if (failed === null) return status;
  complain(call, `${call.argv[0]}: write error: ${failed}`);
  return 1;
}

const colon: Builtin = {
  man: manOf('does nothing, with success', '什么都不做，返回成功', [':']),
  run: () => 0,
};
const yes: Builtin = { man: manOf('succeeds', '返回成功', ['true']), run: () => 0 };
const no: Builtin = { man: manOf('fails', '返回失败', ['false']), run: () => 1 };

const echo: Builtin = {
  man: manOf('prints its arguments', '输出参数', ['echo [-neE] [word ...]']),
  run(call) {
    let at = 1;
    let newline = true;
    let escapes = false;
    for (; /^-[neE]+$/.test(call.argv[at] ?? ''); at++) {
      const flags = call.argv[at] as string;
      if (flags.includes('n')) newline = false;
      if (flags.includes('e')) escapes = true;
      if (flags.includes('E')) escapes = false;
    }
    const text = call.argv.slice(at).join(' ');
    if (!escapes) return put(call, text + (newline ? '\n' : ''));
    const shown = unescapeText(text, true);
    return put(call, shown.text + (newline && !shown.stop ? '\n' : ''));
  },
};

const printf: Builtin = {
  man: manOf('prints arguments in a format', '按格式输出', ['printf [-v name] format [argument ...]']),
  run(call) {
    let args = call.argv.slice(1);
    let into: string | null = null;
    const usage = (what: string): number => {
      if (what !== '') complain(call, `printf: ${what}`);
      emit(call, 2, 'printf: usage: printf [-v var] format [arguments]\n');
      return 2;
    };
    if (args[0]?.startsWith('-v') === true) {
      into = args[0] === '-v' ? (args[1] ?? null) : args[0].slice(2);
      if (into === null) return usage('-v: option requires an argument');
      if (!/^[A-Za-z_]\w*(?:\[[^\]]+\])?$/.test(into)) {
        complain(call, `printf: \`${into}': not a valid identifier`);
        return 2;
      }
      args = args.slice(args[0] === '-v' ? 2 : 1);
    }
    if (args[0] === '--') args = args.slice(1);
    else if (args[0]?.startsWith('-') === true && args[0] !== '-') return usage(`${args[0].slice(0, 2)}: invalid option`);
    const [format, ...values] = args;
    if (format === undefined) return usage('');
    const result = formatText(format, values);
    for (const text of result.invalid) complain(call, `printf: ${text}`);
    if (result.broken !== null) {
      complain(call, `printf: ${result.broken}`);
      return put(call, result.text, 1);
    }
    const status = result.invalid.length > 0 ? 1 : 0;
    if (into === null) return put(call, result.text, status);
    setVar(call.sh, into, result.text);
    return status;
  },
};

const cd: Builtin = {
  man: manOf('changes the working directory', '切换工作目录', ['cd [directory | -]']),
  run(call) {
    const { net, sh } = call;
    const args = call.argv.slice(1).filter((arg) => !/^-[LP]$/.test(arg));
    if (args.length > 1) {
      complain(call, 'cd: too many arguments');
      return 1;
    }
    const target = args[0] === '-' ? getVar(sh, 'OLDPWD') : (args[0] ?? getVar(sh, 'HOME'));
    if (target === null) {
      complain(call, `cd: ${args[0] === '-' ? 'OLDPWD' : 'HOME'} not set`);
      return 1;
    }
    const path = target === '' ? sh.cwd : resolvePath(sh.cwd, target);
    const kind = fileKind(net, path);
    if (kind !== 'dir') {
      complain(call, `cd: ${target}: ${kind === null ? 'No such file or directory' : 'Not a directory'}`);
      return 1;
    }
    sh.vars.set('OLDPWD', newVariable(sh.cwd, true));
    sh.cwd = path;
    sh.vars.set('PWD', newVariable(path, true));
    return args[0] === '-' ? put(call, `${path}\n`) : 0;
  },
};

const pwd: Builtin = {
  man: manOf('prints the working directory', '显示当前目录', ['pwd']),
  run: (call) => put(call, `${call.sh.cwd}\n`),
};

function codeArgument(call: Call): number | null {
  const text = call.argv[1];
  if (text === undefined) return call.sh.status;
  if (!/^[-+]?\d{1,18}$/.test(text)) {
    complain(call, `${call.argv[0]}: ${text}: numeric argument required`);
    return null;
  }
  return Number(BigInt.asUintN(8, BigInt(text.replace(/^\+/, ''))));
}

const exit: Builtin = {
  man: manOf('ends the shell', '退出 shell', ['exit [code]', 'logout']),
  run(call) {
    const { sh } = call;
    if (call.argv.length > 2 && codeArgument(call) !== null) {
      complain(call, 'exit: too many arguments');
      return 1;
    }
    const code = codeArgument(call) ?? 2;
    sh.status = code;
    if (sh.interactive) {
      endInteractive(call);
      return code;
    }
    sh.unwind = { kind: 'exit' };
    return code;
  },
};

const logout: Builtin = {
  man: manOf('ends a login shell', '退出登录', ['logout [code]']),
  run(call) {
    if (call.sh.interactive) return exit.run(call);
    complain(call, "logout: not login shell: use `exit'");
    return 1;
  },
};

const returns: Builtin = {
  man: manOf('leaves a function or a sourced file', '从函数或 source 的文件返回', ['return [code]']),
  run(call) {
    if (!canReturn(call)) {
      complain(call, "return: can only `return' from a function or sourced script");
      return 2;
    }
    const code = codeArgument(call) ?? 2;
    call.sh.unwind = { kind: 'return' };
    return code;
  },
};

function loopBuiltin(kind: 'break' | 'continue'): Builtin {
  return {
    man:
      kind === 'break'
        ? manOf('leaves a loop', '跳出循环', ['break [n]'])
        : manOf('goes on with the next round of a loop', '继续下一次循环', ['continue [n]']),
    run(call) {
      const depth = loopDepth(call);
      if (depth === 0) {
        complain(call, `${kind}: only meaningful in a \`for', \`while', or \`until' loop`);
        return 0;
      }
      const text = call.argv[1] ?? '1';
      if (!/^\d+$/.test(text) || Number(text) === 0) {
        complain(call, /^-?\d+$/.test(text) ? `${kind}: ${text}: loop count out of range` : `${kind}: ${text}: numeric argument required`);
        call.sh.unwind = { kind: 'break', levels: depth };
        return 1;
      }
      call.sh.unwind = { kind, levels: Math.min(Number(text), depth) };
      return 0;
    },
  };
}

const shift: Builtin = {
  man: manOf('drops the first positional parameters', '移除前面的位置参数', ['shift [n]']),
  run(call) {
    const { sh } = call;
    const text = call.argv[1] ?? '1';
    if (!/^-?\d+$/.test(text)) {
      complain(call, `shift: ${text}: numeric argument required`);
      return 1;
    }
    const count = Number(text);
    if (count < 0) complain(call, `shift: ${text}: shift count out of range`);
    if (count < 0 || count > sh.args.length) return 1;
    sh.args = sh.args.slice(count);
    return 0;
  },
};

const evaluate: Builtin = {
  man: manOf('runs its arguments as a command', '把参数当作命令执行', ['eval [word ...]']),
  run(call) {
    const text = call.argv.slice(1).join(' ');
    if (text.trim() === '') return 0;
    call.sh.frames.push(newFrame('eval', text, 0));
    return 'wait';
  },
};

const source: Builtin = {
  man: manOf('runs a file in this shell', '在当前 shell 中执行文件', ['source file [argument ...]', '. file [argument ...]']),
  run(call): Outcome {
    const { net, sh } = call;
    const [name, file, ...args] = call.argv;
    if (file === undefined) {
      complain(call, `${name}: filename argument required`);
      emit(call, 2, `${name}: usage: ${name} filename [arguments]\n`);
      return 2;
    }
    const read = readFile(net, resolvePath(sh.cwd, file));
    if ('error' in read) {
      complain(call, read.error === 'Is a directory' ? `${name}: ${file}: is a directory` : `${file}: ${read.error}`);
      return 1;
    }
    const frame = newFrame('source', read.text, 0);
    frame.name = file;
    if (args.length > 0) {
      frame.savedArgs = sh.args;
      sh.args = args;
    }
    sh.frames.push(frame);
    return 'wait';
  },
};

function testWith(call: Call, args: readonly string[]): number {
  try {
    return testArguments(call, args) ? 0 : 1;
  } catch (error) {
    if (!(error instanceof TestError)) throw error;
    complain(call, `${call.argv[0]}: ${error.message}`);
    return 2;
  }
}

const test: Builtin = {
  man: manOf(
    'tests files, texts and numbers',
    '判断文件、字符串和数字',
    ['test expression', '[ expression ]'],
    ['times and owners of files'],
  ),
  run: (call) => testWith(call, call.argv.slice(1)),
};

const bracket: Builtin = {
  man: test.man,
  run(call) {
    if (call.argv.at(-1) === ']') return testWith(call, call.argv.slice(1, -1));
    complain(call, "[: missing `]'");
    return 2;
  },
};

export const basicBuiltins: Readonly<Record<string, Builtin>> = {
  ':': colon,
  true: yes,
  false: no,
  echo,
  printf,
  cd,
  pwd,
  exit,
  logout,
  return: returns,
  break: loopBuiltin('break'),
  continue: loopBuiltin('continue'),
  shift,
  eval: evaluate,
  source,
  '.': source,
  test,
  '[': bracket,
};
