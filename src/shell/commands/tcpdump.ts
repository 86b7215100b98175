/**
 * `tcpdump`: reads options and filter; the program goes on.
 * Comes from: the shell.  Goes to: programs/tcpdump.ts.
 * Source: tcpdump 4.99.3 tcpdump.c (main).
 */
import { createTcpdumpState, type HexForm, parseFilter, TCPDUMP_DEFAULTS, type TcpdumpOptions } from '../../capture/index.ts';
import { devByName, type Dev, type IfIndex } from '../../host/index.ts';
import type { Command, CommandContext, GoOn } from '../command.ts';
import { resolveHost } from '../programs/net-text.ts';
import type { TcpdumpMemory } from '../programs/tcpdump.ts';
import { longOptions, wholeNumber, type LongNames } from './net-args.ts';
import { TCPDUMP_USAGE } from './net-usage.ts';

const VERSION = 'tcpdump version 4.99.3\nlibpcap version 1.10.3 (with TPACKET_V3)\n';
const NOT_MODELLED = 'CdEFGIJjLMrTVwWyYzZ';

const LONG: LongNames = {
  interface: 'i:',
  direction: 'Q:',
  'buffer-size': 'B:',
  'snapshot-length': 's:',
  'absolute-tcp-sequence-numbers': 'S',
  'no-promiscuous-mode': 'p',
  'packet-buffered': 'U',
  'dont-verify-checksums': 'K',
  'list-interfaces': 'D',
  'immediate-mode': 'l',
  micro: 'l',
  number: '#',
  version: 'V',
  help: 'h',
  nano: 'J',
  'time-stamp-precision': 'J:',
  'time-stamp-type': 'J:',
  linktype: 'y:',
  'monitor-mode': 'I',
  count: 'J',
  print: 'J',
};

/** How the bytes are to be printed, by the letters x, X and A; the last kind named wins over -x. */
function hexForm(letters: readonly string[]): HexForm | null {
  const times = (letter: string): number => letters.filter((one) => one === letter).length;
  if (times('A') > 0) return { style: 'ascii', link: times('A') > 1 };
  if (times('X') > 0) return { style: 'both', link: times('X') > 1 };
  return times('x') > 0 ? { style: 'hex', link: times('x') > 1 } : null;
}

function fail(ctx: CommandContext, text: string): number {
  ctx.err(`tcpdump: ${text}\n`);
  return 1;
}

/** Verbosity and time by how often -v and -t stand there. */
function textOptions(letters: readonly string[]): TcpdumpOptions {
  const times = letters.filter((letter) => letter === 't').length;
  const time = (['clock', 'none', 'unix', 'delta', 'date', 'since'] as const)[Math.min(times, 5)] ?? 'clock';
  return {
    ...TCPDUMP_DEFAULTS,
    ether: letters.includes('e'),
    numeric: letters.includes('n'),
    verbose: Math.min(letters.filter((letter) => letter === 'v').length, 3),
    quiet: letters.includes('q'),
    absoluteSeq: letters.includes('S'),
    time,
  };
}

function listInterfaces(ctx: CommandContext): number {
  const devs = ctx.net.host.devs.filter((dev): dev is Dev => dev !== null);
  const rows = [...devs.filter((dev) => dev.name !== 'lo'), null, ...devs.filter((dev) => dev.name === 'lo')];
  rows.forEach((dev, index) => {
    if (dev === null) ctx.out(`${index + 1}.any (Pseudo-device that captures on all interfaces) [Up, Running]\n`);
    else
      ctx.out(
        `${index + 1}.${dev.name} [${dev.up ? 'Up, Running' : 'none'}${dev.name === 'lo' ? ', Loopback' : dev.up ? ', Connected' : ''}]\n`,
      );
  });
  return 0;
}

/** Link type as the second line of the banner names it. */
function linkType(dev: Dev | null): string {
  if (dev === null) return 'LINUX_SLL2 (Linux cooked v2)';
  return dev.kind === 'ipip' ? 'RAW (Raw IP)' : 'EN10MB (Ethernet)';
}

function run(ctx: CommandContext): number | GoOn {
  const options = longOptions('tcpdump', 'aAbB:c:C:dDeE:fF:G:hHi:IjJKlLm:M:nNOpqQ:r:s:StT:uUvV:w:W:xXy:Yz:Z:#', LONG, ctx.argv.slice(1));
  if (options.error !== null) {
    ctx.err(`${options.error}\n${VERSION}${TCPDUMP_USAGE}`);
    return 1;
  }
  const letters = options.found.map(({ name }) => name);
  const value = (name: string): string | undefined => options.found.filter((option) => option.name === name).at(-1)?.value;
  if (letters.includes('h') || (letters.includes('V') && ctx.argv.includes('--version'))) {
    if (letters.includes('h')) ctx.err(VERSION + TCPDUMP_USAGE);
    else ctx.out(VERSION);
    return 0;
  }
  const left = letters.find((letter) => NOT_MODELLED.includes(letter));
  if (left !== undefined)
    return fail(ctx, `not modelled in this lab: -${left}${left === 'w' ? ' (tcpdump -l > FILE keeps the text)' : ''}`);
  if (letters.includes('D')) return listInterfaces(ctx);
  const name = value('i') ?? ctx.net.host.devs.find((dev) => dev !== null && dev.up && dev.name !== 'lo')?.name ?? 'lo';
  const dev = name === 'any' ? null : devByName(ctx.net.host, name);
  if (name !== 'any' && dev === null) return fail(ctx, `${name}: No such device exists\n(No such device exists)`);
  if (dev !== null && !dev.up) return fail(ctx, `${name}: That device is not up`);
  const count = value('c') === undefined ? 0 : wholeNumber(value('c') as string, 1, 0x7fffffff);
  if (count === null) return fail(ctx, `invalid packet count ${value('c') ?? ''}`);
  const direction = value('Q') ?? 'inout';
  if (direction !== 'in' && direction !== 'out' && direction !== 'inout') return fail(ctx, `unknown capture direction \`${direction}'`);
  const filter = parseFilter(options.rest.join(' '), (host) => resolveHost(ctx.net, host));
  if (!filter.ok) return fail(ctx, filter.error.message);
  const text = textOptions(letters);
  const first = text.verbose > 0 ? 'tcpdump: ' : 'tcpdump: verbose output suppressed, use -v[v]... for full protocol decode\n';
  const snap = value('s') === undefined ? 0 : wholeNumber(value('s') as string, 0, 262144);
  if (snap === null) return fail(ctx, `invalid snaplen ${value('s') ?? ''} (must be >= 0 and <= 262144)`);
  const memory: TcpdumpMemory = {
    dev: dev?.ifindex ?? (0 as IfIndex),
    banner: `${first}listening on ${name}, link-type ${linkType(dev)}, snapshot length ${snap === 0 ? 262144 : snap} bytes\n`,
    hex: hexForm(letters),
    numbered: letters.includes('#'),
    snap,
    options: text,
    filter: filter.expr,
    direction,
    count,
    text: createTcpdumpState(),
    sock: 0,
    captured: 0,
  };
  return { program: 'tcpdump', state: memory };
}

export const tcpdumpCommand: Command = {
  name: 'tcpdump',
  man: {
    en: 'prints the frames that an interface receives and sends',
    zh: '显示接口收发的帧',
    synopsis: ['tcpdump [-AeDlnpqStvxX#] [-i DEV|any] [-c COUNT] [-Q in|out|inout] [-s SNAPLEN] [EXPRESSION]'],
    notModelled: [
      '-w, -r: files (captures are exported by the page and the CLI)',
      '-d, -F, -G, -E and rarer options',
      'a snapshot length cuts only the bytes of -x, -X and -A',
    ],
    source: 'tcpdump 4.99.3, libpcap 1.10.3',
  },
  run,
};
