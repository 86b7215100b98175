/** Builtins for jobs, signals and traps. */
import type { Proc } from '../../../world/index.ts';
import { killTree } from '../fork.ts';
import { jobWord } from '../session.ts';
import { complain, emit } from '../shell.ts';
import type { Job, ShellState } from '../state.ts';
import { put } from './basic.ts';
import { manOf, type Builtin, type Call } from './call.ts';
import { SIGNAL_NAMES, signalMeaning, signalTable } from './signals.ts';

/** Those that end a process, to TERM. */
const SIGNALS = SIGNAL_NAMES.slice(0, 15);

/** The name of a signal as `kill` takes it, or null. */
function signalName(text: string): string | null {
  if (/^\d+$/.test(text)) return text === '0' ? '0' : (SIGNALS[Number(text) - 1] ?? (Number(text) <= 64 ? 'USR1' : null));
  const name = text.toUpperCase().replace(/^SIG/, '');
  return SIGNALS.includes(name) || name === 'EXIT' || name === 'CONT' || name === 'STOP' || name === 'CHLD' || name === 'WINCH'
    ? name
    : null;
}

function jobOf(sh: ShellState, spec: string): Job | null {
  const text = spec.slice(1);
  if (text === '' || text === '+' || text === '%') return sh.jobs.at(-1) ?? null;
  if (text === '-') return sh.jobs.at(-2) ?? sh.jobs.at(-1) ?? null;
  if (/^\d+$/.test(text)) return sh.jobs.find((job) => job.id === Number(text)) ?? null;
  return sh.jobs.find((job) => (text.startsWith('?') ? job.text.includes(text.slice(1)) : job.text.startsWith(text))) ?? null;
}

/** Sends a signal to a process of this node. */
export function sendSignal(call: Call, target: Proc, signal: string): void {
  if (signal === '0' || signal === 'CONT' || signal === 'CHLD' || signal === 'WINCH') return;
  if (signal === 'KILL') {
    if (target.program === 'sh') killTree(call, target.pid, 137);
    else call.net.exit(target.pid, 137);
    return;
  }
  const known = signal === 'INT' || signal === 'HUP' ? signal : 'TERM';
  if (target.pid === call.proc.pid) {
    // A signal to the shell itself is there before the next command.
    if (call.sh.traps.has(known)) call.sh.signals.push(known);
    else if (!call.sh.interactive) {
      call.sh.status = known === 'INT' ? 130 : known === 'HUP' ? 129 : 143;
      call.sh.unwind = { kind: 'exit' };
    }
    return;
  }
  call.net.wake(target.pid, { kind: 'signal', signal: known });
}

function listSignals(call: Call, words: readonly string[]): number {
  if (words.length === 0) return put(call, signalTable());
  let status = 0;
  for (const word of words) {
    const meaning = signalMeaning(word);
    if (meaning !== null) put(call, `${meaning}\n`);
    else {
      complain(call, `kill: ${word}: invalid signal specification`);
      status = 1;
    }
  }
  return status;
}

const kill: Builtin = {
  man: manOf(
    'sends a signal to processes',
    '向进程发信号',
    ['kill [-s signal | -signal] pid | %job ...', 'kill -l'],
    ['signals other than HUP, INT, KILL and TERM act as TERM; STOP and CONT do nothing'],
  ),
  run(call) {
    let args = call.argv.slice(1);
    let signal = 'TERM';
    const first = args[0] ?? '';
    if (first === '-l') return listSignals(call, args.slice(1));
    if (first === '-s' || first === '-n') {
      signal = args[1] ?? '';
      args = args.slice(2);
    } else if (/^-[A-Za-z0-9]+$/.test(first)) {
      signal = first.slice(1);
      args = args.slice(1);
    }
    if (args[0] === '--') args = args.slice(1);
    const name = signalName(signal);
    if (name === null) {
      complain(call, `kill: ${signal}: invalid signal specification`);
      return 1;
    }
    if (args.length === 0) {
      emit(call, 2, 'kill: usage: kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]\n');
      return 2;
    }
    let status = 0;
    for (const arg of args) if (!killOne(call, arg, name)) status = 1;
    return status;
  },
};

function killOne(call: Call, arg: string, signal: string): boolean {
  const job = arg.startsWith('%') ? jobOf(call.sh, arg) : null;
  if (arg.startsWith('%') && job === null) {
    complain(call, `kill: ${arg}: no such job`);
    return false;
  }
  if (job === null && !/^-?\d+$/.test(arg)) {
    complain(call, `kill: ${arg}: arguments must be process or job IDs`);
    return false;
  }
  const pid = job?.pid ?? Math.abs(Number(arg));
  const target = call.net.user.procs.get(pid);
  if (target === undefined) {
    complain(call, `kill: (${arg}) - No such process`);
    return false;
  }
  sendSignal(call, target, signal);
  return true;
}

const jobs: Builtin = {
  man: manOf('lists background jobs', '列出后台任务', ['jobs [-lp]']),
  run(call) {
    const { sh } = call;
    const long = call.argv.includes('-l');
    const pids = call.argv.includes('-p');
    let out = '';
    for (const [i, job] of sh.jobs.entries()) {
      const mark = i === sh.jobs.length - 1 ? '+' : i === sh.jobs.length - 2 ? '-' : ' ';
      const text = `${job.text}${job.code === null ? ' &' : ''}`;
      out += pids ? `${job.pid}\n` : `[${job.id}]${mark}  ${long ? `${job.pid} ` : ''}${jobWord(job.code).padEnd(22)}  ${text}\n`;
      if (job.code !== null) job.told = true;
    }
    sh.jobs = sh.jobs.filter((job) => !job.told);
    return put(call, out);
  },
};

const wait: Builtin = {
  man: manOf('waits for background jobs', '等待后台任务结束', ['wait [pid | %job ...]'], ['-n']),
  run(call) {
    const { sh } = call;
    const args = call.argv.slice(1).filter((arg) => !arg.startsWith('-'));
    const jobsOnly = args.length === 0;
    const pids: number[] = [];
    let status = 0;
    for (const arg of args) {
      const job = arg.startsWith('%') ? jobOf(sh, arg) : (sh.jobs.find((one) => one.pid === Number(arg)) ?? null);
      if (job === null) {
        const ended = sh.ended.get(Number(arg));
        if (ended === undefined)
          complain(
            call,
            arg.startsWith('%')
              ? `wait: ${arg}: no such job`
              : /^\d+$/.test(arg)
                ? `wait: pid ${arg} is not a child of this shell`
                : `wait: \`${arg}': not a pid or valid job spec`,
          );
        status = ended ?? (/^[%\d]/.test(arg) ? 127 : 1);
      } else if (job.code === null) pids.push(job.pid);
      else {
        status = job.code;
        job.told = job.told || !sh.interactive;
      }
    }
    if (jobsOnly) pids.push(...sh.jobs.filter((job) => job.code === null).map((job) => job.pid));
    if (pids.length === 0) return status;
    call.frame.name = jobsOnly ? '' : 'codes';
    sh.waiting = { kind: 'jobs', pids: jobsOnly ? [...pids, -1].filter((pid) => pid > 0) : pids };
    // `wait` without arguments tells success, whatever the jobs did.
    if (jobsOnly) sh.waiting = { kind: 'jobs', pids: pids.length === 1 ? [...pids, pids[0] as number] : pids };
    return 'wait';
  },
};

const fg: Builtin = {
  man: manOf('brings a job to the foreground', '把后台任务调到前台', ['fg [%job]']),
  run(call) {
    const { sh } = call;
    if (!sh.interactive) {
      complain(call, 'fg: no job control');
      return 1;
    }
    const job = jobOf(sh, call.argv[1] === undefined ? '%+' : call.argv[1].startsWith('%') ? call.argv[1] : `%${call.argv[1]}`);
    if (job === null) {
      complain(call, `fg: ${call.argv[1] ?? 'current'}: no such job`);
      return 1;
    }
    put(call, `${job.text}\n`);
    sh.jobs = sh.jobs.filter((other) => other !== job);
    if (job.code !== null) return job.code;
    sh.waiting = { kind: 'children', pids: [job.pid], codes: [-1], negate: false };
    return 'wait';
  },
};

const bg: Builtin = {
  man: manOf('goes on with a stopped job: none is ever stopped here', '后台继续任务', ['bg [%job]'], ['Ctrl-Z']),
  run(call) {
    if (!call.sh.interactive) {
      complain(call, 'bg: no job control');
      return 1;
    }
    const job = jobOf(call.sh, call.argv[1] ?? '%+');
    complain(call, job === null ? `bg: ${call.argv[1] ?? 'current'}: no such job` : `bg: job ${job.id} already in background`);
    return job === null ? 1 : 0;
  },
};

const disown: Builtin = {
  man: manOf('forgets jobs, which go on', '让任务脱离 shell', ['disown [%job]']),
  run(call) {
    const { sh } = call;
    const job = jobOf(sh, call.argv[1] ?? '%+');
    sh.jobs = sh.jobs.filter((other) => other !== job);
    return 0;
  },
};

const trap: Builtin = {
  man: manOf(
    'runs a command at a signal or at the end',
    '捕获信号或退出时执行命令',
    ["trap 'command' EXIT|INT|TERM|HUP ...", 'trap - signal ...'],
    ['DEBUG, ERR, RETURN'],
  ),
  run(call) {
    const { sh } = call;
    const args = call.argv.slice(1).filter((arg) => arg !== '--');
    if (args.length === 0 || args[0] === '-p') {
      return put(
        call,
        [...sh.traps]
          .map(([name, text]) => `trap -- '${text.replaceAll("'", "'\\''")}' ${name === 'EXIT' ? name : `SIG${name}`}\n`)
          .join(''),
      );
    }
    if (args[0] === '-l') return put(call, signalTable());
    const resets = args[0] === '-' || args.length === 1;
    const names = args.length === 1 ? args : args.slice(1);
    let status = 0;
    for (const text of names) {
      const name = text === '0' ? 'EXIT' : /^(?:ERR|DEBUG|RETURN)$/.test(text) ? text : signalName(text);
      if (name === null) {
        complain(call, `trap: ${text}: invalid signal specification`);
        status = 1;
      } else if (resets) sh.traps.delete(name);
      else sh.traps.set(name, args[0] as string);
    }
    return status;
  },
};

/** Processes by the name they were called by. */
function named(call: Call, name: string, part: boolean): Proc[] {
  return [...call.net.user.procs.values()].filter((proc) => {
    if (proc.pid === call.proc.pid || proc.program === 'sh-buffer') return false;
    const own = (proc.argv[0] ?? proc.program).replace(/^.*\//, '').replace(/^-/, '');
    return part ? own.includes(name) : own === name;
  });
}

const killall: Builtin = {
  man: manOf('signals processes by name', '按名称终止进程', ['killall [-signal] name ...']),
  run(call) {
    const given = call.argv.slice(1).find((arg) => /^-[A-Z0-9]+$/.test(arg));
    const signal = signalName(given?.slice(1) ?? 'TERM') ?? 'TERM';
    let status = 0;
    for (const name of call.argv.slice(1).filter((arg) => !arg.startsWith('-'))) {
      const found = named(call, name, false);
      if (found.length === 0) {
        emit(call, 2, `${name}: no process found\n`);
        status = 1;
      }
      for (const proc of found) sendSignal(call, proc, signal);
    }
    return status;
  },
};

function pgrepLike(send: boolean): Builtin {
  return {
    man: send
      ? manOf('signals processes whose name matches', '按名称匹配终止进程', ['pkill [-signal] [-x] [-f] pattern'])
      : manOf('finds processes by name', '按名称查找进程', ['pgrep [-x] [-l] [-f] pattern']),
    run(call) {
      const args = call.argv.slice(1);
      const pattern = args.find((arg) => !arg.startsWith('-'));
      if (pattern === undefined) {
        emit(call, 2, `${call.argv[0]}: no matching criteria specified\n`);
        return 2;
      }
      const full = args.includes('-f');
      const found = full
        ? [...call.net.user.procs.values()].filter((proc) => proc.pid !== call.proc.pid && proc.argv.join(' ').includes(pattern))
        : named(call, pattern, !args.includes('-x'));
      const signal = signalName(args.find((arg) => /^-(?:[A-Z]+|\d+)$/.test(arg))?.slice(1) ?? 'TERM') ?? 'TERM';
      if (send) for (const proc of found) sendSignal(call, proc, signal);
      const text = send ? '' : found.map((proc) => `${proc.pid}${args.includes('-l') ? ` ${proc.argv[0]}` : ''}\n`).join('');
      return put(call, text, found.length === 0 ? 1 : 0);
    },
  };
}

const pidof: Builtin = {
  man: manOf('finds the pids of a program', '查找程序的 pid', ['pidof name ...']),
  run(call) {
    const found = call.argv
      .slice(1)
      .filter((arg) => !arg.startsWith('-'))
      .flatMap((name) => named(call, name, false));
    return found.length === 0
      ? 1
      : put(
          call,
          `${found
            .map((proc) => proc.pid)
            .sort((a, b) => b - a)
            .join(' ')}\n`,
        );
  },
};

export const jobBuiltins: Readonly<Record<string, Builtin>> = {
  kill,
  jobs,
  wait,
  fg,
  bg,
  disown,
  trap,
  killall,
  pkill: pgrepLike(true),
  pgrep: pgrepLike(false),
  pidof,
};
