/**
 * `tcp-get`, `tcp-serve`, `udp-get`, `udp-serve`: the lab's own traffic commands.
 * Comes from: the shell.  Goes to: programs/probe-get.ts, programs/probe-serve.ts.
 */
import { nanos, NS_PER_S } from '../../engine/index.ts';
import { parseIpv4, type Ipv4 } from '../../wire/index.ts';
import type { Command, CommandContext, GoOn } from '../command.ts';
import type { ProbeGetState } from '../programs/probe-get.ts';
import { probeWord } from '../programs/probe-get.ts';
import type { ProbeServeState } from '../programs/probe-serve.ts';
import { leadingInt, parseAddrPort } from './net-args.ts';

interface ProbeWords {
  readonly values: ReadonlyMap<string, string>;
  readonly words: readonly string[];
  readonly abort: boolean;
}

const VALUED = ['--bind', '--sport', '--hold', '--size', '--requests', '--timeout'];

/** @returns null when the usage is to be shown */
function readWords(args: readonly string[]): ProbeWords | null {
  const values = new Map<string, string>();
  const words: string[] = [];
  let abort = false;
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as string;
    const value = args[i + 1];
    if (VALUED.includes(arg) && value !== undefined) {
      values.set(arg, value);
      i++;
    } else if (arg === '--abort') abort = true;
    else if (arg.startsWith('-') || words.length === 2) return null;
    else words.push(arg);
  }
  return { values, words, abort };
}

function usage(ctx: CommandContext): number {
  const name = ctx.argv[0] as string;
  ctx.err(
    `usage: ${name} ADDR:PORT [--sport P] [--bind A] [--hold S] [--requests N] [--timeout S] [--size N] [--abort]\n       ${name} PORT NAME [--bind A]\n`,
  );
  return 2;
}

function bindOf(words: ProbeWords): Ipv4 | null {
  const text = words.values.get('--bind');
  return text === undefined ? null : parseIpv4(text);
}

/** About a month: nobody waits longer. */
const LONGEST_S = 2_500_000;

function seconds(text: string | undefined, fallback: number): number {
  const value = Number.parseFloat(text ?? '');
  const span = Number.isFinite(value) && value >= 0 ? value : text === undefined ? fallback : 0;
  return Math.round(Math.min(span, LONGEST_S) * NS_PER_S);
}

function get(ctx: CommandContext, tcp: boolean): number | GoOn {
  const words = readWords(ctx.argv.slice(1));
  if (words === null || words.words.length !== 1) return usage(ctx);
  const target = parseAddrPort(words.words[0] as string);
  if (target === null) return usage(ctx);
  const requests = leadingInt(words.values.get('--requests') ?? '1');
  if (requests <= 0) return 0;
  const state: ProbeGetState = {
    tcp,
    dst: target.addr,
    dport: target.port,
    sport: leadingInt(words.values.get('--sport') ?? '0') & 0xffff,
    bind: bindOf(words),
    hold: nanos(seconds(words.values.get('--hold'), 0)),
    timeout: nanos(seconds(words.values.get('--timeout'), 2.5)),
    requests,
    size: Math.min(leadingInt(words.values.get('--size') ?? '6'), 65000),
    abort: words.abort,
    attempt: 0,
    phase: 'between',
    sock: 0,
    got: '',
    failed: false,
  };
  return { program: 'probe-get', state };
}

/** Returns as soon as the port is open; the server goes on by itself. */
function serve(ctx: CommandContext, tcp: boolean): number {
  const words = readWords(ctx.argv.slice(1));
  if (words === null || words.words.length !== 2) return usage(ctx);
  const [port, name] = words.words as [string, string];
  const state: ProbeServeState = {
    tcp,
    port: leadingInt(port) & 0xffff,
    name: name.slice(0, 254),
    bind: bindOf(words),
    error: null,
    listener: 0,
    conns: [],
    closing: 0,
  };
  const nowhere = { kind: 'null' } as const;
  ctx.net.spawn('probe-serve', ctx.argv, { ppid: 1, tty: null, stdout: nowhere, stderr: nowhere }, state);
  if (state.error === null) return 0;
  ctx.out(`${probeWord(state.error)}\n`);
  return 1;
}

const SOURCE = 'LVS Lab';

export const probeCommands: readonly Command[] = [
  {
    name: 'tcp-get',
    man: {
      en: 'connects by TCP, sends a request, prints what came of it in one word',
      zh: '用 TCP 连接并发送请求，用一个词打印结果',
      synopsis: ['tcp-get ADDR:PORT [--sport P] [--bind ADDR] [--hold S] [--requests N] [--timeout S] [--size N] [--abort]'],
      notModelled: [],
      source: SOURCE,
    },
    run: (ctx) => get(ctx, true),
  },
  {
    name: 'udp-get',
    man: {
      en: 'sends a datagram and waits for the answer, prints what came of it in one word',
      zh: '发送一个 UDP 数据报并等待应答，用一个词打印结果',
      synopsis: ['udp-get ADDR:PORT [--sport P] [--bind ADDR] [--hold S] [--requests N] [--timeout S] [--size N]'],
      notModelled: [],
      source: SOURCE,
    },
    run: (ctx) => get(ctx, false),
  },
  {
    name: 'tcp-serve',
    man: {
      en: 'a TCP server in the background that answers each request with its name',
      zh: '后台 TCP 服务器，用自己的名字应答每个请求',
      synopsis: ['tcp-serve PORT NAME [--bind ADDR]'],
      notModelled: [],
      source: SOURCE,
    },
    run: (ctx) => serve(ctx, true),
  },
  {
    name: 'udp-serve',
    man: {
      en: 'a UDP server in the background that answers each datagram with its name',
      zh: '后台 UDP 服务器，用自己的名字应答每个数据报',
      synopsis: ['udp-serve PORT NAME [--bind ADDR]'],
      notModelled: [],
      source: SOURCE,
    },
    run: (ctx) => serve(ctx, false),
  },
];
