/**
 * `ss` and `netstat`: lists of sockets.
 * Comes from: the shell.  Goes to: the host's sockets (reading only).
 * Source: iproute2 6.1.0 misc/ss.c (columns, sock_state_print); net-tools 2.10 netstat.c (tcp_do_one).
 */
import type { HostState, Sock, TcpSock } from '../../host/index.ts';
import { formatIpv4 } from '../../wire/index.ts';
import type { NodeNet } from '../../world/index.ts';
import type { Command, CommandContext } from '../command.ts';
import { shortOptions } from './net-args.ts';
import { listInterfaces } from './ifconfig-print.ts';
import { showRoutes } from './route.ts';

interface SocketRow {
  readonly netid: 'tcp' | 'udp';
  /** as ss names it */
  readonly state: string;
  readonly recvQ: number;
  readonly sendQ: number;
  readonly laddr: string;
  readonly lport: number;
  readonly raddr: string;
  readonly rport: number;
  readonly pid: number;
}

const SS_STATES: Readonly<Record<string, string>> = {
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
};
const NETSTAT_STATES: Readonly<Record<string, string>> = {
  LISTEN: 'LISTEN',
  'SYN-SENT': 'SYN_SENT',
  'SYN-RECV': 'SYN_RECV',
  ESTAB: 'ESTABLISHED',
  'FIN-WAIT-1': 'FIN_WAIT1',
  'FIN-WAIT-2': 'FIN_WAIT2',
  'CLOSE-WAIT': 'CLOSE_WAIT',
  CLOSING: 'CLOSING',
  'LAST-ACK': 'LAST_ACK',
  'TIME-WAIT': 'TIME_WAIT',
};

function tcpQueues(sock: TcpSock): { recvQ: number; sendQ: number } {
  if (sock.state === 'LISTEN') return { recvQ: sock.accept.length, sendQ: sock.backlog };
  return { recvQ: sock.receivedBytes, sendQ: (sock.writeSeq - sock.sndUna) >>> 0 };
}

function rowOf(sock: Sock): SocketRow | null {
  switch (sock.kind) {
    case 'tcp': {
      const state = SS_STATES[sock.state];
      if (state === undefined) return null;
      return {
        netid: 'tcp',
        state,
        ...tcpQueues(sock),
        laddr: formatIpv4(sock.laddr),
        lport: sock.lport,
        raddr: formatIpv4(sock.raddr),
        rport: sock.rport,
        pid: sock.owner,
      };
    }
    case 'request':
      return {
        netid: 'tcp',
        state: 'SYN-RECV',
        recvQ: 0,
        sendQ: 0,
        laddr: formatIpv4(sock.laddr),
        lport: sock.lport,
        raddr: formatIpv4(sock.raddr),
        rport: sock.rport,
        pid: 0,
      };
    case 'timewait':
      return {
        netid: 'tcp',
        state: sock.substate === 'TIME_WAIT' ? 'TIME-WAIT' : 'FIN-WAIT-2',
        recvQ: 0,
        sendQ: 0,
        laddr: formatIpv4(sock.laddr),
        lport: sock.lport,
        raddr: formatIpv4(sock.raddr),
        rport: sock.rport,
        pid: 0,
      };
    case 'udp':
      if (sock.lport === 0) return null;
      return {
        netid: 'udp',
        state: sock.connected ? 'ESTAB' : 'UNCONN',
        recvQ: sock.queuedBytes,
        sendQ: 0,
        laddr: formatIpv4(sock.laddr),
        lport: sock.lport,
        raddr: formatIpv4(sock.raddr),
        rport: sock.rport,
        pid: sock.owner,
      };
    default:
      return null;
  }
}

/** UDP before TCP, listeners first, then in the order of their numbers. */
function socketRows(host: HostState): SocketRow[] {
  const rows: SocketRow[] = [];
  for (const sock of host.sockets.byId.values()) {
    const row = rowOf(sock);
    if (row !== null) rows.push(row);
  }
  const rank = (row: SocketRow): number => (row.netid === 'udp' ? 0 : row.state === 'LISTEN' ? 1 : 2);
  return rows.sort((a, b) => rank(a) - rank(b));
}

const SERVICES: Readonly<Record<number, string>> = {
  22: 'ssh',
  53: 'domain',
  80: 'http',
  443: 'https',
  3306: 'mysql',
  8080: 'http-alt',
};

function portText(port: number, numeric: boolean): string {
  return port === 0 ? '*' : numeric ? String(port) : (SERVICES[port] ?? String(port));
}

/** Groups of states that ss' filter knows by one word. */
const GROUPS: Readonly<Record<string, readonly string[]>> = {
  established: ['ESTAB'],
  'syn-sent': ['SYN-SENT'],
  'syn-recv': ['SYN-RECV'],
  'fin-wait-1': ['FIN-WAIT-1'],
  'fin-wait-2': ['FIN-WAIT-2'],
  'time-wait': ['TIME-WAIT'],
  'close-wait': ['CLOSE-WAIT'],
  'last-ack': ['LAST-ACK'],
  closing: ['CLOSING'],
  listening: ['LISTEN', 'UNCONN'],
  all: ['LISTEN', 'UNCONN', ...Object.values(SS_STATES)],
  connected: ['ESTAB', 'SYN-SENT', 'SYN-RECV', 'FIN-WAIT-1', 'FIN-WAIT-2', 'TIME-WAIT', 'CLOSE-WAIT', 'LAST-ACK', 'CLOSING'],
  synchronized: ['ESTAB', 'SYN-RECV', 'FIN-WAIT-1', 'FIN-WAIT-2', 'TIME-WAIT', 'CLOSE-WAIT', 'LAST-ACK', 'CLOSING'],
  bucket: ['SYN-RECV', 'TIME-WAIT'],
  big: ['ESTAB', 'SYN-SENT', 'FIN-WAIT-1', 'FIN-WAIT-2', 'CLOSE-WAIT', 'LAST-ACK', 'CLOSING', 'LISTEN'],
};
/** What ss shows unasked: open connections, without half-open and resting ones. */
const DEFAULT_STATES = ['ESTAB', 'SYN-SENT', 'FIN-WAIT-1', 'FIN-WAIT-2', 'CLOSE-WAIT', 'LAST-ACK', 'CLOSING'] as const;

function programOf(net: NodeNet, pid: number): string {
  return net.user.procs.get(pid)?.argv[0] ?? '';
}

type Align = 'left' | 'right';

/** Columns as wide as their widest entry; addresses to the right, ports to the left of the colon. */
function table(head: readonly string[], rows: readonly (readonly string[])[], aligns: readonly Align[], gaps: readonly string[]): string {
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => (row[i] as string).length)));
  const line = (cells: readonly string[]): string =>
    cells
      .map(
        (cell, i) => (gaps[i] as string) + (aligns[i] === 'right' ? cell.padStart(widths[i] as number) : cell.padEnd(widths[i] as number)),
      )
      .join('');
  return `${[head, ...rows].map((cells) => line(cells)).join('\n')}\n`;
}

function runSs(ctx: CommandContext): number {
  const args = ctx.argv.slice(1).map(
    (arg) =>
      ({
        '--tcp': '-t',
        '--udp': '-u',
        '--numeric': '-n',
        '--listening': '-l',
        '--all': '-a',
        '--processes': '-p',
        '--no-header': '-H',
        '--ipv4': '-4',
      })[arg] ?? arg,
  );
  const options = shortOptions('ss', 'tunlap4Hreo', args);
  if (options.error !== null) {
    ctx.err(`${options.error}\nUsage: ss [ -tunlapH4 ] [ state STATE ]\n`);
    return 255;
  }
  const flag = (name: string): boolean => options.found.some((option) => option.name === name);
  if (flag('e') || flag('o')) {
    ctx.err('ss: options -e and -o are not modelled by the lab\n');
    return 255;
  }
  let states: readonly string[] = flag('a')
    ? (GROUPS['all'] as readonly string[])
    : flag('l')
      ? (GROUPS['listening'] as readonly string[])
      : DEFAULT_STATES;
  const words = [...options.rest];
  if (words[0] === 'state') {
    const group = GROUPS[(words[1] ?? '').toLowerCase()];
    if (group === undefined) {
      ctx.err(`ss: wrong state name: ${words[1] ?? ''}\n`);
      return 255;
    }
    states = group;
    words.splice(0, 2);
  }
  if (words.length > 0) {
    ctx.err('ss: filters other than "state" are not modelled by the lab\n');
    return 255;
  }
  const both = flag('t') === flag('u');
  const rows = socketRows(ctx.net.host).filter((row) => (both || flag(row.netid === 'tcp' ? 't' : 'u')) && states.includes(row.state));
  const showState = states.length > 1;
  ctx.out(ssText(ctx.net, rows, both, showState, flag('n'), flag('p'), flag('H')));
  return 0;
}

function ssText(
  net: NodeNet,
  rows: readonly SocketRow[],
  netid: boolean,
  state: boolean,
  numeric: boolean,
  processes: boolean,
  noHeader: boolean,
): string {
  const columns: { title: string; align: Align; gap: string; cell: (row: SocketRow) => string }[] = [
    ...(netid ? [{ title: 'Netid', align: 'left' as const, gap: '', cell: (row: SocketRow): string => row.netid }] : []),
    ...(state
      ? [
          {
            title: 'State',
            align: 'left' as const,
            gap: netid ? ' ' : '',
            cell: (row: SocketRow): string => row.state,
          },
        ]
      : []),
    { title: 'Recv-Q', align: 'left', gap: netid || state ? ' ' : '', cell: (row) => String(row.recvQ) },
    { title: 'Send-Q', align: 'left', gap: ' ', cell: (row) => String(row.sendQ) },
    { title: 'Local Address:', align: 'right', gap: ' ', cell: (row) => `${row.laddr}:` },
    { title: 'Port', align: 'left', gap: '', cell: (row) => portText(row.lport, numeric) },
    { title: 'Peer Address:', align: 'right', gap: ' ', cell: (row) => `${row.raddr}:` },
    { title: 'Port', align: 'left', gap: '', cell: (row) => portText(row.rport, numeric) },
    {
      title: 'Process',
      align: 'left',
      gap: '',
      cell: (row) => (processes && row.pid !== 0 ? ` users:(("${programOf(net, row.pid)}",pid=${row.pid},fd=3))` : ''),
    },
  ];
  const text = table(
    columns.map((c) => c.title),
    rows.map((row) => columns.map((c) => c.cell(row))),
    columns.map((c) => c.align),
    columns.map((c) => c.gap),
  );
  return noHeader ? text.slice(text.indexOf('\n') + 1) : text;
}

function runNetstat(ctx: CommandContext): number {
  const args = ctx.argv.slice(1).map(
    (arg) =>
      ({
        '--tcp': '-t',
        '--udp': '-u',
        '--numeric': '-n',
        '--listening': '-l',
        '--all': '-a',
        '--programs': '-p',
        '--route': '-r',
        '--interfaces': '-i',
        '--statistics': '-s',
      })[arg] ?? arg,
  );
  const options = shortOptions('netstat', 'tunlap4rise', args);
  if (options.error !== null) {
    ctx.err(`${options.error}\nusage: netstat [-tunlap]\n`);
    return 3;
  }
  const flag = (name: string): boolean => options.found.some((option) => option.name === name);
  if (flag('r')) return showRoutes(ctx, flag('n'), true);
  if (flag('i')) {
    ctx.out(`Kernel Interface table\n${listInterfaces(ctx.net, flag('a'), true).replace('Iface      MTU', 'Iface             MTU')}`);
    return 0;
  }
  for (const [letter, other] of [
    ['s', 'ip -s link'],
    ['e', 'ss'],
  ] as const) {
    if (!flag(letter)) continue;
    ctx.err(`netstat: option -${letter} is not modelled by the lab; use ${other}\n`);
    return 3;
  }
  const wanted = (row: SocketRow): boolean => {
    const server = row.state === 'LISTEN' || row.state === 'UNCONN';
    return flag('a') || (flag('l') ? server : !server);
  };
  const both = flag('t') === flag('u');
  const rows = socketRows(ctx.net.host)
    .filter((row) => (both || flag(row.netid === 'tcp' ? 't' : 'u')) && wanted(row))
    .sort((a, b) => (a.netid === b.netid ? 0 : a.netid === 'tcp' ? -1 : 1));
  const what = flag('a') ? 'servers and established' : flag('l') ? 'only servers' : 'w/o servers';
  ctx.out(
    `Active Internet connections (${what})\nProto Recv-Q Send-Q Local Address           Foreign Address         State      ${flag('p') ? ' PID/Program name    ' : ''}\n`,
  );
  for (const row of rows) ctx.out(netstatLine(ctx.net, row, flag('n'), flag('p')));
  return 0;
}

function netstatLine(net: NodeNet, row: SocketRow, numeric: boolean, programs: boolean): string {
  const address = (addr: string, port: number): string => `${addr}:${portText(port, numeric)}`;
  const state = row.netid === 'udp' ? (row.state === 'ESTAB' ? 'ESTABLISHED' : '') : (NETSTAT_STATES[row.state] ?? row.state);
  // /proc/net/tcp shows no backlog for listeners
  const [recvQ, sendQ] = row.state === 'LISTEN' ? [row.recvQ, 0] : [row.recvQ, row.sendQ];
  const program = programs ? ` ${(row.pid === 0 ? '-' : `${row.pid}/${programOf(net, row.pid)}`).padEnd(20)}` : '';
  return `${row.netid.padEnd(5)} ${String(recvQ).padStart(6)} ${String(sendQ).padStart(6)} ${address(row.laddr, row.lport).padEnd(23)} ${address(row.raddr, row.rport).padEnd(23)} ${state.padEnd(11)}${program}\n`;
}

export const socketListCommands: readonly Command[] = [
  {
    name: 'ss',
    man: {
      en: 'lists sockets',
      zh: '列出套接字',
      synopsis: ['ss [-tunlapH] [state STATE]'],
      notModelled: ['-e, -i, -m, -o, -s', 'filters by address and port', 'sockets other than TCP and UDP'],
      source: 'iproute2 6.1.0',
    },
    run: runSs,
  },
  {
    name: 'netstat',
    man: {
      en: 'lists sockets, in the older form',
      zh: '列出套接字（旧式工具）',
      synopsis: ['netstat [-tunlap]', 'netstat -r [-n]', 'netstat -i [-a]'],
      notModelled: ['-s, -g, -M', 'sockets other than TCP and UDP'],
      source: 'net-tools 2.10',
    },
    run: runNetstat,
  },
];
