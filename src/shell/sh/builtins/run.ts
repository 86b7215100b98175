/** Builtins that run other commands: in this shell, in another one, later, repeatedly. */
import { readFile, resolvePath } from '../../fs/files.ts';
import { LEFT, options } from '../../text/tool.ts';
import { forkState } from '../fork.ts';
import { runScriptText } from '../launch.ts';
import { emit, inputOf, popFrame, sinkOf } from '../shell.ts';
import { createShell, newFrame, newVariable, type Frame } from '../state.ts';
import { spanOf } from './span.ts';
import { watchWords } from './watch-words.ts';
import { put } from './basic.ts';
import { manOf, type Builtin, type Call, type Outcome } from './call.ts';

/** Runs argument lists one after the other in this shell. */
function runLists(call: Call, argvs: readonly (readonly string[])[], plain = false, name = ''): Outcome {
  const frame: Frame = newFrame('argv', '', 0);
  frame.argvs = argvs.filter((argv) => argv.length > 0).map((argv) => [...argv]);
  if (plain) frame.words = ['plain'];
  frame.name = name;
  if (frame.argvs.length === 0) return 0;
  call.sh.frames.push(frame);
  return 'wait';
}

const command: Builtin = {
  man: manOf('runs a command past functions and aliases; tells where it is', '跳过函数和别名执行命令；查询命令', [
    'command [-vV] name [argument ...]',
  ]),
  run(call) {
    const [, first, ...rest] = call.argv;
    if (first === '-v' || first === '-V') {
      call.sh.frames.push(
        Object.assign(newFrame('argv', '', 0), {
          argvs: [['type', first === '-v' ? '--v' : '--V', ...rest]],
          words: ['plain'],
        }),
      );
      return 'wait';
    }
    return runLists(call, [first === '-p' || first === '--' ? rest : call.argv.slice(1)], true);
  },
};

const builtin: Builtin = {
  man: manOf('runs a builtin', '执行内建命令', ['builtin name [argument ...]']),
  run: (call) => runLists(call, [call.argv.slice(1)], true),
};

const exec: Builtin = {
  man: manOf('replaces the shell by a command; changes its descriptors', '用命令替换 shell；修改文件描述符', [
    'exec [command [argument ...]]',
    'exec > file',
  ]),
  run(call) {
    const { sh } = call;
    if (call.argv.length === 1) return 0;
    const frame = newFrame('eval', 'exit', 0);
    sh.frames.push(frame);
    return runLists(call, [call.argv.slice(1)], true);
  },
};

const env: Builtin = {
  man: manOf('shows or changes the environment of a command', '显示或设置环境变量执行命令', [
    'env [-i] [-u name] [name=value ...] [command ...]',
  ]),
  run(call) {
    const { sh } = call;
    let args = call.argv.slice(1);
    const frame: Frame = newFrame('argv', '', 0);
    const change = (name: string, value: string | null): void => {
      frame.savedVars.push([name, sh.vars.get(name) ?? null]);
      if (value === null) sh.vars.delete(name);
      else sh.vars.set(name, newVariable(value, true));
    };
    for (; args.length > 0; args = args.slice(1)) {
      const arg = args[0] as string;
      const at = arg.indexOf('=');
      if (arg === '-i' || arg === '-') {
        for (const [name, variable] of sh.vars) if (variable.exported) change(name, null);
      } else if (arg === '-u') {
        change(args[1] ?? '', null);
        args = args.slice(1);
      } else if (at > 0) change(arg.slice(0, at), arg.slice(at + 1));
      else break;
    }
    frame.words = ['plain'];
    frame.name = 'env';
    sh.frames.push(frame);
    if (args.length > 0) {
      frame.argvs = [args];
      return 'wait';
    }
    const text = [...sh.vars]
      .filter(([, variable]) => variable.exported)
      .map(([name, variable]) => `${name}=${variable.value}\n`)
      .join('');
    popFrame(sh);
    return put(call, text);
  },
};

/** sudo, nohup and their kin run the command as it is: everybody is root here. */
function through(valued: string, man: Builtin['man'], alone: (call: Call) => Outcome): Builtin {
  return {
    man,
    run(call) {
      let args = call.argv.slice(1);
      while (args[0]?.startsWith('-') === true) args = args.slice(valued.includes(args[0][1] ?? ' ') && args[0].length === 2 ? 2 : 1);
      const assigned = args.findIndex((arg) => !/^[A-Za-z_]\w*=/.test(arg));
      if (assigned > 0) return runLists(call, [['env', ...args]], true);
      return args.length === 0 ? alone(call) : runLists(call, [args], true, call.argv[0]);
    },
  };
}

const usage =
  (text: string) =>
  (call: Call): Outcome => {
    emit(call, 2, `${text}\n`);
    return 1;
  };

function nested(call: Call, argv0: string): Outcome {
  const { net, proc, sh } = call;
  const state = createShell({ interactive: true, hostname: net.host.hostname });
  state.recordTty = sh.recordTty ?? proc.tty;
  for (const [name, variable] of sh.vars) if (variable.exported) state.vars.set(name, { ...variable, array: null });
  state.cwd = sh.cwd;
  const io = { ppid: proc.pid, tty: proc.tty, stdout: sinkOf(sh, 1), stderr: sinkOf(sh, 2) };
  const pid = net.spawn('sh', [argv0], io, state);
  sh.waiting = { kind: 'children', pids: [pid], codes: [-1], negate: false };
  return 'wait';
}

const su: Builtin = {
  man: manOf('opens a shell as another user: everybody is root here', '切换用户（这里都是 root）', ['su [-] [user] [-c command]']),
  run(call) {
    const at = call.argv.indexOf('-c');
    if (at !== -1) return runScriptText(call, call.argv[at + 1] ?? '', 'bash', [], '', true);
    return nested(call, '-bash');
  },
};

const bash: Builtin = {
  man: manOf(
    'runs a script, a text, or a shell in the shell',
    '执行脚本、命令文本或子 shell',
    ['sh [-xeun] file [argument ...]', 'sh -c text [name [argument ...]]', 'sh'],
    ['-i, -l and startup files'],
  ),
  run(call) {
    const { net, sh } = call;
    const [name, ...args] = call.argv as [string, ...string[]];
    let options = '';
    let text: string | null = null;
    let at = 0;
    for (; /^[-+]\w/.test(args[at] ?? '') || args[at] === '--'; at++) {
      const arg = args[at] as string;
      if (arg.startsWith('--')) continue;
      options += arg.slice(1);
    }
    if (options.includes('c')) {
      text = args[at++] ?? null;
      if (text === null) {
        emit(call, 2, `${name}: -c: option requires an argument\n`);
        return 2;
      }
      const zero = args[at] ?? name;
      return runScriptText(call, text, zero, args.slice(at + 1), options, true);
    }
    const file = args[at];
    if (file !== undefined && !options.includes('s')) {
      const read = readFile(net, resolvePath(sh.cwd, file));
      if ('error' in read) {
        emit(call, 2, `${name}: ${file}: ${read.error}\n`);
        return read.error === 'Is a directory' ? 126 : 127;
      }
      return runScriptText(call, read.text, file, args.slice(at + 1), options);
    }
    const input = inputOf(call);
    if (input !== null && input.source !== 'tty') {
      if (!input.eof) {
        const fd = sh.fds.get(0);
        sh.waiting = { kind: 'input', id: fd?.kind === 'input' ? fd.id : -1 };
        return 'again';
      }
      const script = input.text;
      input.text = '';
      return runScriptText(call, script, name, args.slice(at), options);
    }
    return call.proc.tty === null ? 0 : nested(call, name);
  },
};

const XARGS_LONG = {
  'max-args=': 'n',
  'max-lines=': 'L',
  'replace=': 'I',
  'max-procs=': 'P',
  'max-chars=': 's',
  'no-run-if-empty': 'r',
  verbose: 't',
  exit: 'x',
  null: '0',
  'arg-file=': LEFT,
  'delimiter=': LEFT,
  interactive: LEFT,
  'show-limits': LEFT,
};

/** A number of words or lines that is given up for a replacement named behind it. */
function givenUp(all: readonly (readonly [string, string])[]): string | null {
  const last = all.findLast(([name]) => name === 'n' || name === 'L' || name === 'I' || name === 'i')?.[0];
  if (last !== 'I' && last !== 'i') return null;
  if (all.some(([name]) => name === 'n')) return '--max-args';
  return all.some(([name]) => name === 'L') ? '--max-lines' : null;
}

/** What xargs says of the numbers of its options, or null. */
function numbersTrouble(flags: ReadonlyMap<string, string>): string | null {
  for (const [letter, least] of [
    ['n', 1],
    ['L', 1],
    ['P', 0],
    ['s', 1],
  ] as const) {
    const value = flags.get(letter);
    if (value === undefined) continue;
    if (!/^[-+]?\d+$/.test(value)) return `invalid number "${value}" for -${letter} option`;
    if (Number(value) < least) return `value ${value} for -${letter} option should be >= ${least}`;
  }
  return null;
}

const xargs: Builtin = {
  man: manOf(
    'makes commands from its input',
    '用输入构造命令',
    ['xargs [-n count] [-I text] [-t] [command [argument ...]]'],
    ['-P runs one after another', '-0 with names that have blanks'],
  ),
  run(call) {
    const { sh } = call;
    const input = inputOf(call);
    if (input !== null && !input.eof) {
      const fd = sh.fds.get(0);
      sh.waiting = { kind: 'input', id: fd?.kind === 'input' ? fd.id : -1 };
      return 'again';
    }
    const { flags, all, rest: args, error } = options(call.argv.slice(1), 'n:L:I:P:s:rtx0i!adEelop', XARGS_LONG, false);
    const trouble = error ?? numbersTrouble(flags);
    if (trouble !== null) {
      emit(call, 2, `xargs: ${trouble}\n${trouble.startsWith('not modelled') ? '' : "Try 'xargs --help' for more information.\n"}`);
      return 1;
    }
    const count = Number(flags.get('n') ?? flags.get('L') ?? 1000);
    const replace = flags.get('I') ?? (flags.has('i') ? '{}' : null);
    const dropped = givenUp(all);
    if (dropped !== null)
      emit(call, 2, `xargs: warning: options ${dropped} and --replace/-I/-i are mutually exclusive, ignoring previous ${dropped} value\n`);
    const runEmpty = !flags.has('r');
    const base = args.length === 0 ? ['echo'] : args;
    const text = input?.text ?? '';
    if (input !== null) input.text = '';
    const lines = text
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '');
    const marker = replace;
    if (marker !== null)
      return runLists(
        call,
        lines.map((line) => base.map((word) => word.replaceAll(marker, line))),
        true,
        'xargs',
      );
    const quote = flags.has('0') ? undefined : /^(?:[^"']|"[^"\n]*"|'[^'\n]*')*(["'])/.exec(text.replace(/"[^"\n]*"|'[^'\n]*'/g, ''))?.[1];
    if (quote !== undefined) {
      const kind = quote === '"' ? 'double' : 'single';
      emit(call, 2, `xargs: unmatched ${kind} quote; by default quotes are special to xargs unless you use the -0 option\n`);
      return 1;
    }
    const words = [...text.matchAll(/"([^"\n]*)"|'([^'\n]*)'|([^\s"']+)/g)].map((found) => found[1] ?? found[2] ?? found[3] ?? '');
    if (words.length === 0 && !runEmpty) return 0;
    const lists: string[][] = [];
    for (let i = 0; i < Math.max(1, words.length); i += count) lists.push([...base, ...words.slice(i, i + count)]);
    return runLists(call, lists, true, 'xargs');
  },
};

const timeout: Builtin = {
  man: {
    ...manOf('ends a command after a time', '限时执行命令', ['timeout [-s signal] [-k time] seconds command [argument ...]']),
    source: 'coreutils 9.1',
  },
  run(call) {
    let args = call.argv.slice(1);
    let signal = 'TERM';
    while (args[0]?.startsWith('-') === true) {
      const valued = args[0] === '-s' || args[0] === '-k';
      if (args[0] === '-s') signal = (args[1] ?? 'TERM').replace(/^SIG/, '');
      args = args.slice(valued ? 2 : 1);
    }
    const [time, ...rest] = args;
    if (time === undefined || rest.length === 0) {
      emit(call, 2, "Try 'timeout --help' for more information.\n");
      return 125;
    }
    const span = spanOf(time);
    if (span === null) {
      emit(call, 2, `timeout: invalid time interval ‘${time}’\nTry 'timeout --help' for more information.\n`);
      return 125;
    }
    return repeated(call, 'timeout', rest, {
      span,
      signal: signal === 'KILL' || signal === '9' ? 'KILL' : signal === 'INT' || signal === '2' ? 'INT' : 'TERM',
      pid: 0,
    });
  },
};

const watch: Builtin = {
  man: {
    ...manOf(
      'repeats a command',
      '周期性执行命令',
      ['watch [-n seconds] [-d] [-t] command'],
      ['-e, -g, -q', 'the screen: each round is printed below the one before', 'stops after 1000 rounds'],
    ),
    source: 'procps 4.0',
  },
  run(call) {
    const words = watchWords(call.argv.slice(1));
    if ('said' in words) {
      emit(call, words.code === 0 ? 1 : 2, words.said);
      return words.code;
    }
    const text = words.command.join(' ');
    return repeated(call, 'watch', ['sh', '-c', text], {
      span: words.spanNs,
      title: words.title,
      text,
      pid: 0,
      rounds: 0,
    });
  },
};

/** Hands a subshell that is ready to run to a program that starts it when it sees fit. */
function repeated(call: Call, program: string, argv: readonly string[], state: Readonly<Record<string, unknown>>): Outcome {
  const { net, proc, sh } = call;
  const child = forkState(call, { stdout: null, stderr: null, stdin: program === 'watch' ? 'null' : 'same' });
  const frame = newFrame('argv', '', 0);
  frame.argvs = [[...argv]];
  child.frames.push(frame);
  const io = { ppid: proc.pid, tty: proc.tty, stdout: sinkOf(sh, 1), stderr: sinkOf(sh, 2) };
  const pid = net.spawn(program, call.argv, io, { ...state, shell: child });
  sh.waiting = { kind: 'children', pids: [pid], codes: [-1], negate: false };
  return 'wait';
}

const sleep: Builtin = {
  man: { ...manOf('waits', '等待一段时间', ['sleep seconds[smhd] ...']), source: 'coreutils 9.1' },
  run(call) {
    const { net, proc, sh } = call;
    const args = call.argv.slice(1);
    if (args.length === 0) {
      emit(call, 2, "sleep: missing operand\nTry 'sleep --help' for more information.\n");
      return 1;
    }
    const option = args.find((arg) => /^-./.test(arg));
    if (option !== undefined && option !== '--') {
      const what = option.startsWith('--') ? `unrecognized option '${option}'` : `invalid option -- '${option.charAt(1)}'`;
      emit(call, 2, `sleep: ${what}\nTry 'sleep --help' for more information.\n`);
      return 1;
    }
    let span = 0;
    let wrong = '';
    for (const arg of args) {
      if (arg === '--') continue;
      const one = /^inf(?:inity)?$/.test(arg) ? 4_000_000_000_000_000 : spanOf(arg);
      if (one === null) {
        wrong += `sleep: invalid time interval ‘${arg}’\n`;
        continue;
      }
      span = Math.min(span + one, 4_000_000_000_000_000);
    }
    if (wrong !== '') {
      emit(call, 2, `${wrong}Try 'sleep --help' for more information.\n`);
      return 1;
    }
    const pid = net.spawn('sleep', call.argv, { ppid: proc.pid, tty: proc.tty, stdout: sinkOf(sh, 1), stderr: sinkOf(sh, 2) }, { span });
    sh.waiting = { kind: 'children', pids: [pid], codes: [-1], negate: false };
    return 'wait';
  },
};

const times: Builtin = {
  man: manOf('shows used time: none', '显示累计时间', ['times']),
  run: (call) => put(call, '0m0.000s 0m0.000s\n0m0.000s 0m0.000s\n'),
};

export const runBuiltins: Readonly<Record<string, Builtin>> = {
  command,
  builtin,
  exec,
  env,
  su,
  bash,
  sh: bash,
  xargs,
  timeout,
  watch,
  sleep,
  times,
  sudo: through(
    'ugCp',
    manOf('runs a command as root, which everybody is here', '以 root 执行命令（这里都是 root）', [
      'sudo command [argument ...]',
      'sudo -i',
    ]),
    (call) =>
      call.argv.some((arg) => arg === '-i' || arg === '-s') ? nested(call, '-bash') : usage('usage: sudo [-u user] command')(call),
  ),
  nohup: through(
    '',
    manOf('runs a command that goes on after logout', '不挂断地执行命令', ['nohup command [argument ...]'], ['nohup.out']),
    usage("nohup: missing operand\nTry 'nohup --help' for more information."),
  ),
  nice: through(
    'n',
    manOf('runs a command with another priority: there is none here', '调整优先级执行命令', ['nice [-n n] command']),
    (call) => put(call, '0\n'),
  ),
  setsid: through(
    '',
    manOf('runs a command in a session of its own', '在新会话中执行命令', ['setsid command']),
    usage('Usage:\n setsid [options] <program> [arguments ...]'),
  ),
  stdbuf: through(
    'ioe',
    manOf('runs a command with other buffering', '调整缓冲执行命令', ['stdbuf -oL command']),
    usage("stdbuf: missing operand\nTry 'stdbuf --help' for more information."),
  ),
};
