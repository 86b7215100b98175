/** Tools that tell about the node: date, hostname, uname, id, ps, uptime … Time is the run's virtual time. */
import type { Proc } from '../../world/index.ts';
import type { Command, CommandContext } from '../command.ts';
import { writeFile } from '../fs/files.ts';
import { badOption, LEFT, man, options, seeHelp } from '../text/tool.ts';

/** The moment at which every run begins: Monday, 1 January 2024, 00:00:00 UTC. */
const EPOCH_DAYS = 19_723;
const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const FULL_DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const FULL_MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
const LENGTHS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

interface Calendar {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly weekday: number;
  readonly seconds: number;
  readonly nanos: number;
}

/** The date of a moment of the run; a run is never longer than its first year. */
function calendarOf(now: number): Calendar {
  const all = Math.floor(now / 1_000_000_000);
  const days = Math.floor(all / 86_400);
  let day = days;
  let month = 0;
  while (month < 11 && day >= (LENGTHS[month] as number)) day -= LENGTHS[month++] as number;
  return {
    year: 2024,
    month,
    day: day + 1,
    weekday: days % 7,
    seconds: all % 86_400,
    nanos: now % 1_000_000_000,
  };
}

const two = (value: number): string => String(value).padStart(2, '0');

export function formatDate(now: number, format: string): string {
  const c = calendarOf(now);
  const [h, m, s] = [Math.floor(c.seconds / 3600), Math.floor((c.seconds % 3600) / 60), c.seconds % 60];
  const table: Readonly<Record<string, string>> = {
    Y: String(c.year),
    m: two(c.month + 1),
    d: two(c.day),
    e: String(c.day).padStart(2),
    H: two(h),
    M: two(m),
    S: two(s),
    N: String(c.nanos).padStart(9, '0'),
    s: String(EPOCH_DAYS * 86_400 + Math.floor(now / 1_000_000_000)),
    F: `${c.year}-${two(c.month + 1)}-${two(c.day)}`,
    T: `${two(h)}:${two(m)}:${two(s)}`,
    R: `${two(h)}:${two(m)}`,
    a: DAYS[c.weekday] ?? '',
    A: FULL_DAYS[c.weekday] ?? '',
    b: MONTHS[c.month] ?? '',
    h: MONTHS[c.month] ?? '',
    B: FULL_MONTHS[c.month] ?? '',
    y: two(c.year % 100),
    Z: 'UTC',
    z: '+0000',
    n: '\n',
    t: '\t',
    '%': '%',
    D: `${two(c.month + 1)}/${two(c.day)}/${two(c.year % 100)}`,
    I: two(h % 12 === 0 ? 12 : h % 12),
    p: h < 12 ? 'AM' : 'PM',
    u: String(c.weekday + 1),
    w: String((c.weekday + 1) % 7),
    j: String(LENGTHS.slice(0, c.month).reduce((sum, n) => sum + n, 0) + c.day).padStart(3, '0'),
    c: `${DAYS[c.weekday]} ${MONTHS[c.month]} ${String(c.day).padStart(2)} ${two(h)}:${two(m)}:${two(s)} ${c.year}`,
  };
  return format.replace(/%([a-zA-Z%])/g, (whole, letter: string) => table[letter] ?? whole);
}

/** A command that says one thing. Words behind it other than those of `accepted`, which change nothing here, are refused by name. */
function simple(name: string, en: string, zh: string, text: (ctx: CommandContext) => string, accepted: readonly string[] = []): Command {
  return {
    name,
    man: man(en, zh, [accepted.length === 0 ? name : `${name} [${accepted.join(' | ')}]`], ['other options']),
    run(ctx) {
      const unknown = ctx.argv.slice(1).find((word) => !accepted.includes(word));
      if (unknown !== undefined) return refuse(ctx, name, unknown);
      ctx.out(text(ctx));
      return 0;
    },
  };
}

function refuse(ctx: CommandContext, name: string, word: string): number {
  ctx.err(`${name}: not modelled in this lab: ${word}\n`);
  return 1;
}

const ISO_PARTS = ['hours', 'minutes', 'date', 'seconds', 'ns'];
const DATE_LONG = {
  utc: 'u',
  universal: 'u',
  'rfc-email': 'R',
  'iso-8601': 'I',
  'iso-8601=': 'I',
  'date=': LEFT,
  'file=': LEFT,
  'reference=': LEFT,
  'set=': LEFT,
  'rfc-3339=': LEFT,
  debug: LEFT,
};

const date: Command = {
  name: 'date',
  man: man(
    'shows the virtual time: every run begins on 2024-01-01 at 00:00:00 UTC',
    '显示虚拟时间（从 2024-01-01 00:00:00 UTC 开始）',
    ['date [+format]'],
    ['-d', 'setting the time'],
  ),
  run(ctx) {
    // -I takes its value only in the same word
    const words = ctx.argv.slice(1).map((arg) => (/^-I./.test(arg) ? `--iso-8601=${arg.slice(2)}` : arg === '-I' ? '--iso-8601' : arg));
    const { flags, rest, error } = options(words, 'uR!dfrs', DATE_LONG);
    if (error !== null) return badOption(ctx, error);
    const iso = flags.get('I') ?? '';
    if (iso !== '' && !ISO_PARTS.includes(iso))
      return seeHelp(
        ctx,
        `invalid argument ‘${iso}’ for ‘--iso-8601’\nValid arguments are:\n${ISO_PARTS.map((one) => `  - ‘${one}’`).join('\n')}`,
      );
    const format = rest.find((arg) => arg.startsWith('+'));
    const extra = rest[1];
    if (extra !== undefined) return seeHelp(ctx, `extra operand ‘${extra}’`);
    const wrong =
      format === undefined && rest.length > 0
        ? `invalid date ‘${rest[0]}’`
        : Number(format !== undefined) + Number(flags.has('I')) + Number(flags.has('R')) > 1
          ? 'multiple output formats specified'
          : iso !== '' && iso !== 'date'
            ? `not modelled in this lab: -I${iso}`
            : null;
    if (wrong !== null) {
      ctx.err(`date: ${wrong}\n`);
      return 1;
    }
    const given = flags.has('I') ? '%F' : flags.has('R') ? '%a, %d %b %Y %T %z' : '%a %b %e %T %Z %Y';
    ctx.out(`${formatDate(ctx.net.now, format?.slice(1) ?? given)}\n`);
    return 0;
  },
};

const HOSTNAME_USAGE =
  'Usage: hostname [-b] {hostname|-F file}         set host name (from file)\n       hostname [-a|-A|-d|-f|-i|-I|-s|-y]       display formatted name\n       hostname                                 display host name\n';

const hostname: Command = {
  name: 'hostname',
  man: man('shows or sets the name of the node', '显示或设置主机名', ['hostname [-s] [-I] [name]'], [], 'hostname 3.23'),
  run(ctx) {
    const name = ctx.argv.slice(1).find((arg) => !arg.startsWith('-'));
    const wrong = ctx.argv.slice(1).find((arg) => /^-[^-]/.test(arg) && !/^-[aAdfFisIbvyV]+$/.test(arg));
    if (wrong !== undefined) {
      ctx.err(`hostname: invalid option -- '${/[^-aAdfFisIbvyV]/.exec(wrong)?.[0] ?? ''}'\n${HOSTNAME_USAGE}`);
      return 255;
    }
    if (name !== undefined) {
      if (!/^[\w.-]{1,63}$/.test(name)) {
        ctx.err('hostname: the specified hostname is invalid\n');
        return 1;
      }
      ctx.net.host.hostname = name;
      return 0;
    }
    if (ctx.argv.some((arg) => arg === '-I' || arg === '-i')) {
      const addrs = ctx.net.host.devs.flatMap((dev) =>
        dev === null || dev.kind === 'loopback' ? [] : dev.addrs.map((addr) => addr.local),
      );
      ctx.out(`${addrs.map((addr) => [24, 16, 8, 0].map((shift) => (addr >>> shift) & 255).join('.')).join(' ')} \n`);
    } else ctx.out(`${ctx.net.host.hostname}\n`);
    return 0;
  },
};

const uname: Command = {
  name: 'uname',
  man: man('tells the system', '显示系统信息', ['uname [-asnrvmpo]']),
  run(ctx) {
    const letters = ctx.argv.slice(1).join('').replaceAll('-', '') || 's';
    const parts: [string, string][] = [
      ['s', 'Linux'],
      ['n', ctx.net.host.hostname],
      ['r', '6.1.0'],
      ['v', '#1 SMP'],
      ['m', 'x86_64'],
      ['o', 'GNU/Linux'],
    ];
    ctx.out(
      `${parts
        .filter(([letter]) => letters.includes('a') || letters.includes(letter) || (letter === 'm' && /[pi]/.test(letters)))
        .map(([, text]) => text)
        .join(' ')}\n`,
    );
    return 0;
  },
};

const id: Command = {
  name: 'id',
  man: man('tells who you are: root', '显示用户身份', ['id [-u] [-n]']),
  run(ctx) {
    const unknown = ctx.argv.slice(1).find((word) => !/^-[ugn]+$|^root$/.test(word));
    if (unknown !== undefined) return refuse(ctx, 'id', unknown);
    const letters = ctx.argv
      .slice(1)
      .filter((word) => word.startsWith('-'))
      .join('');
    ctx.out(letters.includes('n') ? 'root\n' : /[ug]/.test(letters) ? '0\n' : 'uid=0(root) gid=0(root) groups=0(root)\n');
    return 0;
  },
};

const ps: Command = {
  name: 'ps',
  man: man('lists processes', '列出进程', ['ps [aux | -ef]'], ['selection and columns other than these'], 'procps 4.0'),
  run(ctx) {
    const words = ctx.argv.slice(1);
    const unknown = words.find((word) => !/^-?[aAexfluwh]+$/.test(word));
    if (unknown !== undefined) return refuse(ctx, 'ps', unknown);
    const letters = words.join('').replaceAll('-', '');
    const full = letters.includes('f') && !letters.includes('u');
    const everyone = /[aAex]/.test(letters);
    const procs: Pick<Proc, 'pid' | 'ppid' | 'tty' | 'argv'>[] = [...ctx.net.user.procs.values()]
      .filter((proc) => proc.program !== 'sh-buffer' && (everyone || proc.tty !== null))
      .sort((a, b) => a.pid - b.pid);
    // it sees itself, though the shell has no process for it when it stands alone
    const shell = procs.find((proc) => proc.tty !== null && proc.argv[0]?.endsWith('bash') === true);
    if (shell !== undefined && !procs.some((proc) => proc.argv[0] === 'ps'))
      procs.push({ pid: ctx.net.user.nextPid, ppid: shell.pid, tty: shell.tty, argv: ctx.argv });
    const terminal = (tty: string | null): string => (tty === null ? '?' : 'pts/0');
    const pad = (value: number | string, width: number): string => String(value).padStart(width);
    if (letters.includes('u')) {
      ctx.out('USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND\n');
      for (const proc of procs)
        ctx.out(
          `root     ${pad(proc.pid, 7)}  0.0  0.1   4608  3200 ${terminal(proc.tty).padEnd(8)} S    00:00   0:00 ${proc.argv.join(' ')}\n`,
        );
    } else if (full) {
      ctx.out('UID          PID    PPID  C STIME TTY          TIME CMD\n');
      for (const proc of procs)
        ctx.out(
          `root     ${pad(proc.pid, 7)} ${pad(proc.ppid, 7)}  0 00:00 ${terminal(proc.tty).padEnd(8)} 00:00:00 ${proc.argv.join(' ')}\n`,
        );
    } else {
      ctx.out('    PID TTY          TIME CMD\n');
      for (const proc of procs)
        ctx.out(`${pad(proc.pid, 7)} ${terminal(proc.tty).padEnd(8)} 00:00:00 ${(proc.argv[0] ?? '').replace(/^-/, '')}\n`);
    }
    return 0;
  },
};

const logger: Command = {
  name: 'logger',
  man: man('writes a line to /var/log/messages', '写系统日志', ['logger [-t tag] text ...'], ['facilities']),
  run(ctx) {
    const args = ctx.argv.slice(1);
    const tag = args[0] === '-t' ? (args[1] ?? 'root') : 'root';
    const text = (args[0] === '-t' || args[0] === '-p' ? args.slice(2) : args).join(' ');
    writeFile(ctx.net, '/var/log/messages', `${formatDate(ctx.net.now, '%b %e %T')} ${ctx.net.host.hostname} ${tag}: ${text}\n`, true);
    return 0;
  },
};

const setenforce: Command = {
  name: 'setenforce',
  man: man('has no SELinux to set', '设置 SELinux（这里没有启用）', ['setenforce [0 | 1 | Permissive | Enforcing]'], ['all of it']),
  run(ctx) {
    ctx.err(ctx.argv.length === 2 ? 'setenforce: SELinux is disabled\n' : 'usage:  setenforce [ Enforcing | Permissive | 1 | 0 ]\n');
    return 1;
  },
};

/** The memory of every node, KiB: the same at all times. */
const MEMORY = [1_014_876, 120_000, 786_432, 8_000, 108_444, 870_000];
const UNITS = ['Ki', 'Mi', 'Gi'];

/** As `free -h` writes a number of KiB: three characters and a unit. */
function human(kib: number): string {
  let value = kib;
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  if (kib === 0) return '0B';
  return `${value < 9.95 ? value.toFixed(1) : value.toFixed(0)}${UNITS[unit] as string}`;
}

const AS: Readonly<Record<string, (kib: number) => string>> = {
  '': String,
  '-b': (kib) => String(kib * 1024),
  '-k': String,
  '-m': (kib) => String(Math.floor(kib / 1024)),
  '-g': (kib) => String(Math.floor(kib / 1_048_576)),
  '-h': human,
};

const free: Command = {
  name: 'free',
  man: man(
    'shows a memory that is always the same',
    '显示内存（固定值）',
    ['free [-b | -k | -m | -g | -h]'],
    ['other options'],
    'procps 4.0',
  ),
  run(ctx) {
    const words = ctx.argv.slice(1);
    const unknown = words.find((word) => !Object.hasOwn(AS, word));
    const as = AS[words[0] ?? ''];
    if (unknown !== undefined || as === undefined || words.length > 1) return refuse(ctx, 'free', unknown ?? words.slice(1).join(' '));
    const cells = (values: readonly number[]): string => values.map((value) => ` ${as(value).padStart(11)}`).join('');
    ctx.out('               total        used        free      shared  buff/cache   available\n');
    ctx.out(`Mem:    ${cells(MEMORY)}\nSwap:   ${cells([0, 0, 0])}\n`);
    return 0;
  },
};

const unmodelled = (name: string, en: string, zh: string): Command => ({
  name,
  man: man(en, zh, [name], ['all of it']),
  run(ctx) {
    ctx.err(`${name}: ${en}\n`);
    return 1;
  },
});

export const systemCommands: readonly Command[] = [
  date,
  hostname,
  uname,
  id,
  ps,
  logger,
  simple('whoami', 'tells who you are: root', '显示当前用户', () => 'root\n'),
  simple('clear', 'clears the terminal', '清屏', () => '\x1b[H\x1b[2J\x1b[3J'),
  simple('tty', 'names the terminal', '显示终端名', () => '/dev/pts/0\n'),
  simple('nproc', 'tells the number of processors', '显示处理器数', () => '1\n', ['--all']),
  simple('sync', 'has nothing to write back', '同步磁盘（不起作用）', () => ''),
  simple('arch', 'tells the machine', '显示机器架构', () => 'x86_64\n'),
  simple('dmesg', 'shows no kernel messages: decisions are in the trace', '内核消息（见事件记录）', () => '', ['-T', '-H', '-x']),
  simple('who', 'tells who is logged in', '显示登录用户', () => 'root     pts/0        2024-01-01 00:00\n'),
  simple('getenforce', 'tells that SELinux is off', '显示 SELinux 状态', () => 'Disabled\n'),
  setenforce,
  simple('uptime', 'tells how long the node has been up', '显示运行时间', (ctx) => {
    const minutes = Math.floor((ctx.net.now - ctx.net.host.bootedAt) / 60_000_000_000);
    const up = minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)}:${two(minutes % 60)}`;
    return ` ${formatDate(ctx.net.now, '%T')} up ${up},  1 user,  load average: 0.00, 0.00, 0.00\n`;
  }),
  free,
  unmodelled('nmcli', 'NetworkManager is not part of the lab: use ip or ifconfig', '实验环境没有 NetworkManager，请用 ip 或 ifconfig'),
  unmodelled('reboot', 'the lab does not restart a node: use the power switch of the page', '请用页面上的电源开关重启节点'),
];
