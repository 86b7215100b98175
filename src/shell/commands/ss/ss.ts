/**
 * `ss`: lists of sockets.
 * Comes from: the shell.  Goes to: rows.ts, filter.ts.
 * Source: iproute2 6.1.0 misc/ss.c (main, columns, print_ms_timer, print_summary).
 */
import { devByName } from '../../../host/index.ts';
import { formatIpv4 } from '../../../wire/index.ts';
import type { Command, CommandContext } from '../../command.ts';
import { serviceName } from '../iptables/names.ts';
import { longOptions, type LongNames } from '../net-args.ts';
import { SS_USAGE } from '../net-usage.ts';
import { notModelled, runTool, ToolError } from '../tool-error.ts';
import { ALL_STATES, CONNECTED_STATES, parseSsFilter, ssMatches, takeStates, type SsFilter } from './filter.ts';
import { programOf, socketRows, type SocketRow, type SocketState, type SocketTimer } from './rows.ts';

const SHOWN: Readonly<Record<SocketState, string>> = {
  LISTEN: 'LISTEN',
  SYN_SENT: 'SYN-SENT',
  SYN_RECV: 'SYN-RECV',
  ESTABLISHED: 'ESTAB',
  FIN_WAIT1: 'FIN-WAIT-1',
  FIN_WAIT2: 'FIN-WAIT-2',
  CLOSE_WAIT: 'CLOSE-WAIT',
  CLOSING: 'CLOSING',
  LAST_ACK: 'LAST-ACK',
  TIME_WAIT: 'TIME-WAIT',
  CLOSE: 'UNCONN',
};

const LONG: LongNames = {
  numeric: 'n',
  resolve: 'r',
  options: 'o',
  extended: 'e',
  memory: 'm',
  info: 'i',
  processes: 'p',
  threads: 'T',
  bpf: 'b',
  events: 'E',
  dccp: 'd',
  tcp: 't',
  sctp: 'S',
  udp: 'u',
  raw: 'w',
  unix: 'x',
  all: 'a',
  listening: 'l',
  ipv4: '4',
  ipv6: '6',
  packet: '0',
  family: 'f:',
  socket: 'A:',
  query: 'A:',
  summary: 's',
  diag: 'D:',
  filter: 'F:',
  version: 'V',
  help: 'h',
  context: 'Z',
  contexts: 'z',
  net: 'N:',
  kill: 'K',
  'no-header': 'H',
  mptcp: 'M',
  oneline: 'O',
};

/** Tables that the lab has rows of, and those that are always empty. */
const TABLES = ['tcp', 'udp', 'raw', 'unix', 'packet', 'dccp', 'sctp', 'mptcp', 'netlink', 'tipc', 'vsock', 'xdp'] as const;
type Table = (typeof TABLES)[number];
const TABLE_LETTERS: Readonly<Record<string, Table>> = {
  t: 'tcp',
  u: 'udp',
  w: 'raw',
  x: 'unix',
  '0': 'packet',
  d: 'dccp',
  S: 'sctp',
  M: 'mptcp',
};
const QUERIES: Readonly<Record<string, readonly Table[]>> = {
  all: TABLES,
  inet: ['tcp', 'udp', 'raw', 'dccp', 'sctp', 'mptcp'],
  unix_stream: ['unix'],
  unix_dgram: ['unix'],
  unix_seqpacket: ['unix'],
  packet_raw: ['packet'],
  packet_dgram: ['packet'],
  vsock_stream: ['vsock'],
  vsock_dgram: ['vsock'],
};

interface Wishes {
  readonly tables: readonly Table[];
  readonly states: readonly SocketState[];
  readonly filter: SsFilter | null;
  readonly flags: ReadonlySet<string>;
}

function usageError(text: string): ToolError {
  return new ToolError(text + SS_USAGE, 255);
}

/** What each table shows unasked: a datagram socket counts as open when it is connected. */
function usualStates(tables: readonly Table[], flags: ReadonlySet<string>): readonly SocketState[] {
  if (flags.has('a')) return ALL_STATES;
  if (flags.has('l')) return ['LISTEN', 'CLOSE'];
  const streams = tables.some((table) => table !== 'udp' && table !== 'raw' && table !== 'packet');
  return streams ? CONNECTED_STATES.filter((state) => state !== 'SYN_RECV' && state !== 'TIME_WAIT') : ['ESTABLISHED'];
}

function tablesOf(found: readonly { readonly name: string; readonly value: string }[]): readonly Table[] {
  const tables = new Set<Table>();
  for (const { name, value } of found) {
    const table = TABLE_LETTERS[name];
    if (table !== undefined) tables.add(table);
    if (name === 'T') tables.add('tcp');
    if (name === 'A')
      for (const word of value.split(',')) {
        const some = TABLES.includes(word as Table) ? [word as Table] : Object.hasOwn(QUERIES, word) ? QUERIES[word] : undefined;
        if (some === undefined) throw usageError(`ss: "${word}" is illegal socket table id\n`);
        for (const one of some) tables.add(one);
      }
  }
  return tables.size === 0 ? TABLES : [...tables];
}

function checkFamily(found: readonly { readonly name: string; readonly value: string }[]): boolean {
  let v4 = true;
  for (const { name, value } of found) {
    if (name === '4') v4 = true;
    else if (name === '6') v4 = false;
    else if (name === 'f') {
      if (!['inet', 'inet6', 'link', 'unix', 'netlink', 'vsock', 'tipc', 'xdp'].includes(value))
        throw usageError(`ss: "${value}" is invalid family\n`);
      v4 = value === 'inet';
    }
  }
  return v4;
}

function run(ctx: CommandContext): number {
  const options = longOptions('ss', 'dhalBetuwxnro460spTbEf:mMiA:D:F:vVzZN:KHSO', LONG, ctx.argv.slice(1));
  if (options.error !== null) throw usageError(`${options.error}\n`);
  const flags = new Set(options.found.map(({ name }) => name));
  if (flags.has('h')) {
    ctx.out(SS_USAGE);
    return 0;
  }
  if (flags.has('V') || flags.has('v')) {
    ctx.out('ss utility, iproute2-6.1.0\n');
    return 0;
  }
  if (flags.has('Z') || flags.has('z')) throw new ToolError('ss: SELinux is not enabled.\n', 1);
  for (const letter of 'emibEKDFN') if (flags.has(letter)) throw notModelled('ss', `-${letter}`);
  const tables = tablesOf(options.found);
  const v4 = checkFamily(options.found);
  const words = [...options.rest];
  const states = takeStates(words) ?? usualStates(tables, flags);
  const filter = readFilter(ctx, words);
  if (flags.has('s')) ctx.out(summary(ctx));
  if (flags.has('s') && tables === TABLES) return 0;
  ctx.out(
    `${flags.has('s') ? '\n' : ''}${listing(ctx, { tables: v4 ? tables : tables.filter((t) => t !== 'tcp'), states, filter, flags }, tables)}`,
  );
  return 0;
}

function readFilter(ctx: CommandContext, words: readonly string[]): SsFilter | null {
  try {
    return parseSsFilter(words, (name) => devByName(ctx.net.host, name)?.ifindex ?? null);
  } catch (error) {
    if (error instanceof SyntaxError) throw usageError(error.message);
    throw error;
  }
}

function summary(ctx: CommandContext): string {
  const rows = socketRows(ctx.net.host, ctx.net.now);
  const count = (test: (row: SocketRow) => boolean): number => rows.filter(test).length;
  const resting = count((row) => row.state === 'TIME_WAIT');
  const tcp = count((row) => row.netid === 'tcp') - resting;
  const udp = count((row) => row.netid === 'udp');
  const raw = count((row) => row.netid === 'raw');
  const estab = count((row) => row.netid === 'tcp' && (row.state === 'ESTABLISHED' || row.state === 'CLOSE_WAIT'));
  const line = (name: string, total: number): string =>
    `${name}\t  ${String(total).padEnd(9)} ${String(total).padEnd(9)} ${'0'.padEnd(9)}\n`;
  return (
    `Total: ${tcp + udp + raw}\nTCP:   ${tcp + resting} (estab ${estab}, closed ${resting}, orphaned 0, timewait ${resting})\n\n` +
    `Transport Total     IP        IPv6\n${line('RAW', raw)}${line('UDP', udp)}${line('TCP', tcp)}${line('INET', raw + udp + tcp)}${line('FRAG', 0)}`
  );
}

/** `400ms`, `27sec`, `1.764ms`, `2min`: as ss cuts what is too fine. */
function timeText(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  const seconds = minutes > 9 ? 0 : Math.floor(ms / 1000) % 60;
  const rest = minutes > 0 || seconds > 9 ? 0 : ms % 1000;
  const head = minutes > 0 ? `${minutes}min` : '';
  const middle = seconds > 0 ? `${seconds}${rest > 0 ? '.' : 'sec'}` : '';
  return `${head}${middle}${rest > 0 ? `${String(rest).padStart(3, '0')}ms` : ''}`;
}

function timerText(timer: SocketTimer): string {
  return ` timer:(${timer.kind},${timeText(timer.leftMs)},${timer.retransmits})`;
}

interface Column {
  readonly title: string;
  readonly right: boolean;
  readonly gap: string;
  cell(row: SocketRow): string;
}

function columnsOf(ctx: CommandContext, flags: ReadonlySet<string>, netid: boolean, state: boolean): Column[] {
  const numeric = flags.has('n');
  const port = (row: SocketRow, value: number): string =>
    value === 0 ? '*' : numeric ? String(value) : (serviceName(value, row.netid === 'udp' ? 17 : 6) ?? String(value));
  const users = (row: SocketRow): string => {
    if (!(flags.has('p') || flags.has('T')) || row.pid === 0) return '';
    const thread = flags.has('T') ? `,tid=${row.pid}` : '';
    return ` users:(("${programOf(ctx.net, row.pid)}",pid=${row.pid}${thread},fd=3))`;
  };
  const timer = (row: SocketRow): string => (flags.has('o') && row.timer !== null ? timerText(row.timer) : '');
  const left = (title: string, gap: string, cell: Column['cell']): Column => ({ title, right: false, gap, cell });
  const right = (title: string, gap: string, cell: Column['cell']): Column => ({ title, right: true, gap, cell });
  const columns = [
    ...(netid ? [left('Netid', '', (row) => row.netid)] : []),
    ...(state ? [left('State', netid ? ' ' : '', (row) => SHOWN[row.state])] : []),
    left('Recv-Q', netid || state ? ' ' : '', (row) => String(row.recvQ).padEnd(6)),
    left('Send-Q', ' ', (row) => String(row.sendQ).padEnd(6)),
    right('Local Address:', ' ', (row) => `${formatIpv4(row.laddr)}:`),
    left('Port', '', (row) => port(row, row.lport)),
    right('Peer Address:', ' ', (row) => `${formatIpv4(row.raddr)}:`),
    left('Port', '', (row) => port(row, row.rport)),
    left('Process', '', (row) => users(row) + timer(row)),
  ];
  return columns;
}

function listing(ctx: CommandContext, wishes: Wishes, tables: readonly Table[]): string {
  const { states, filter, flags } = wishes;
  const rows = socketRows(ctx.net.host, ctx.net.now).filter(
    (row) => wishes.tables.includes(row.netid) && states.includes(row.state) && (filter === null || ssMatches(filter, row)),
  );
  // unix and packet sockets are of several kinds each
  const kinds = tables.length + (tables.includes('unix') || tables.includes('packet') ? 1 : 0);
  const columns = columnsOf(ctx, flags, kinds > 1, states.length > 1);
  const cells = rows.map((row) => columns.map((column) => column.cell(row)));
  const head = columns.map((column) => column.title);
  const lines = flags.has('H') ? cells : [head, ...cells];
  // what stands last of all is not measured
  const measured = (i: number): readonly (readonly string[])[] => (i === columns.length - 1 ? lines.slice(0, -1) : lines);
  const widths = columns.map((_, i) => Math.max(0, ...measured(i).map((line) => (line[i] as string).length)));
  const text = lines.map((line) =>
    columns
      .map(
        ({ gap, right }, i) =>
          gap + (right ? (line[i] as string).padStart(widths[i] as number) : (line[i] as string).padEnd(widths[i] as number)),
      )
      .join(''),
  );
  return text.map((line) => `${line}\n`).join('');
}

export const ss: Command = {
  name: 'ss',
  man: {
    en: 'lists sockets',
    zh: '列出套接字',
    synopsis: [
      'ss [-tuwlanopsHO46] [state STATE] [FILTER]',
      'FILTER := {src|dst} ADDR[/LEN][:PORT] | {sport|dport} {=|!=|<|>|<=|>=} :PORT, with and, or, not, ( )',
    ],
    notModelled: ['-e, -i, -m, -K and rarer options', 'sockets other than TCP, UDP and raw ones', 'fwmark and cgroup in filters'],
    source: 'iproute2 6.1.0',
  },
  run: (ctx) => runTool(ctx, () => run(ctx)),
};
