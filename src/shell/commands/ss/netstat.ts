/**
 * `netstat`: sockets, routes, interfaces and groups in the older form.
 * Comes from: the shell.  Goes to: rows.ts, route.ts, ifconfig-print.ts.
 * Source: net-tools 2.10 netstat.c (tcp_do_one, udp_do_one, finish_this_one, igmp_info).
 * Differs: without -n, addresses are shown as names only where /etc/hosts has them.
 */
import { formatIpv4, type Ipv4 } from '../../../wire/index.ts';
import type { Command, CommandContext } from '../../command.ts';
import { hostNameOf } from '../../programs/net-text.ts';
import { listInterfaces } from '../ifconfig-print.ts';
import { serviceName } from '../iptables/names.ts';
import { longOptions, type LongNames } from '../net-args.ts';
import { netToolsVersion } from '../net-tools.ts';
import { NETSTAT_USAGE } from '../net-tools-usage.ts';
import { showRouteCache, showRoutes } from '../route.ts';
import { notModelled, runTool, ToolError } from '../tool-error.ts';
import { statisticsText } from './netstat-statistics.ts';
import { programOf, socketRows, type SocketRow } from './rows.ts';

const LONG: LongNames = {
  route: 'r',
  interfaces: 'i',
  groups: 'g',
  statistics: 's',
  masquerade: 'M',
  verbose: 'v',
  wide: 'W',
  numeric: 'n',
  'numeric-hosts': '!',
  'numeric-ports': '#',
  'numeric-users': '$',
  symbolic: 'N',
  extend: 'e',
  programs: 'p',
  timers: 'o',
  continuous: 'c',
  listening: 'l',
  all: 'a',
  fib: 'F',
  cache: 'C',
  context: 'Z',
  tcp: 't',
  udp: 'u',
  udplite: 'U',
  sctp: 'S',
  raw: 'w',
  unix: 'x',
  inet: '4',
  inet6: '6',
  protocol: 'A:',
  version: 'V',
  help: 'h',
};

function run(ctx: CommandContext): number {
  const options = longOptions('netstat', 'A:CFMacdeghilnNoprstuUSVvWwxZ46', LONG, ctx.argv.slice(1));
  if (options.error !== null) throw new ToolError(`${options.error}\n${NETSTAT_USAGE}`, 3);
  const letters = options.found.map(({ name }) => name);
  const flags = new Set(letters);
  if (flags.has('V')) ctx.out(netToolsVersion('netstat'));
  else if (flags.has('h')) ctx.out(NETSTAT_USAGE);
  else if (letters.filter((letter) => KINDS.has(letter)).length > 1) throw new ToolError(NETSTAT_USAGE, 3);
  else return show(ctx, flags, letters.filter((letter) => letter === 'e').length);
  return 0;
}

/** Of these only one may be asked for, and only once. */
const KINDS = new Set(['i', 'r', 'M', 's']);

function show(ctx: CommandContext, flags: ReadonlySet<string>, extended: number): number {
  if (flags.has('Z')) throw new ToolError('SELinux is not enabled on this machine.\n', 1);
  if (flags.has('M')) throw new ToolError("netstat: no support for `ip_masquerade' on this system.\n", 1);
  for (const letter of 'cSv') if (flags.has(letter) && (letter !== 'v' || !flags.has('t'))) throw notModelled('netstat', `-${letter}`);
  if (flags.has('r')) {
    const columns = extended === 0 ? 'mss' : extended === 1 ? 'metric' : 'all';
    return flags.has('C') ? showRouteCache(ctx, columns) : showRoutes(ctx, flags.has('n'), columns);
  }
  if (flags.has('i')) {
    const text = listInterfaces(ctx.net, flags.has('a'), extended === 0);
    ctx.out(`Kernel Interface table\n${text.replace('Iface      MTU', 'Iface             MTU')}`);
    return 0;
  }
  if (flags.has('g')) ctx.out(groupsText(ctx));
  else if (flags.has('s')) ctx.out(statisticsText(ctx.net, flags));
  else showSockets(ctx, flags, extended > 0);
  return 0;
}

function groupsText(ctx: CommandContext): string {
  const line = (dev: string, count: number, group: string): string => `${dev.padEnd(15)} ${String(count).padEnd(6)} ${group}\n`;
  let text = `IPv6/IPv4 Group Memberships\nInterface       RefCnt Group\n${'-'.repeat(15)} ${'-'.repeat(6)} ${'-'.repeat(21)}\n`;
  const devs = ctx.net.host.devs.filter((dev) => dev !== null);
  for (const dev of devs) {
    if (!dev.up) continue;
    for (const [group, users] of [...dev.mcGroups].toReversed()) text += line(dev.name, users, formatIpv4(group));
    text += line(dev.name, 1, '224.0.0.1');
  }
  for (const dev of devs) text += line(dev.name, 1, 'ff02::1') + line(dev.name, 1, 'ff01::1');
  return text;
}

function showSockets(ctx: CommandContext, flags: ReadonlySet<string>, extended: boolean): void {
  const what = flags.has('a') ? 'servers and established' : flags.has('l') ? 'only servers' : 'w/o servers';
  const some = ['t', 'u', 'w', 'x', 'U'].some((letter) => flags.has(letter));
  const wanted = (row: SocketRow): boolean => {
    if (flags.has('6') && !flags.has('4')) return false;
    const letter = { tcp: 't', udp: 'u', raw: 'w' }[row.netid];
    if (some && !flags.has(letter)) return false;
    const server = row.state === 'LISTEN' || row.state === 'CLOSE';
    return flags.has('a') || (flags.has('l') ? server : !server);
  };
  const order = ['tcp', 'udp', 'raw'];
  const rows = socketRows(ctx.net.host, ctx.net.now).filter(wanted);
  rows.sort((a, b) => order.indexOf(a.netid) - order.indexOf(b.netid));
  if (!some || ['t', 'u', 'w', 'U'].some((letter) => flags.has(letter))) {
    ctx.out(`Active Internet connections (${what})\n`);
    const extra = `${extended ? ' User       Inode     ' : ''}${flags.has('p') ? ' PID/Program name    ' : ''}${flags.has('o') ? ' Timer' : ''}`;
    ctx.out(`Proto Recv-Q Send-Q Local Address           Foreign Address         State      ${extra}\n`);
    for (const row of rows) ctx.out(lineOf(ctx, row, flags, extended));
  }
  if (some && !flags.has('x')) return;
  if (flags.has('4') || flags.has('6')) return;
  ctx.out(
    `Active UNIX domain sockets (${what})\nProto RefCnt Flags       Type       State         I-Node   ${flags.has('p') ? 'PID/Program name     ' : ''}Path\n`,
  );
}

function lineOf(ctx: CommandContext, row: SocketRow, flags: ReadonlySet<string>, extended: boolean): string {
  const end = (addr: Ipv4, port: number): string => `${hostText(ctx, addr, flags)}:${portText(row, port, flags)}`;
  const state = row.netid === 'tcp' ? row.state : row.netid === 'raw' ? '7' : row.state === 'ESTABLISHED' ? 'ESTABLISHED' : '';
  // /proc/net/tcp shows no backlog for listeners
  const sendQ = row.state === 'LISTEN' ? 0 : row.sendQ;
  const program = row.pid === 0 ? '-' : `${row.pid}/${programOf(ctx.net, row.pid)}`;
  const owner = extended ? ` ${'0'.padEnd(10)} ${'0'.padEnd(10)}` : '';
  const timer =
    row.timer === null
      ? 'off (0.00'
      : `${row.timer.kind} (${Math.floor(row.timer.leftMs / 1000)}.${String(Math.floor((row.timer.leftMs % 1000) / 10)).padStart(2, '0')}`;
  return (
    `${row.netid.padEnd(5)} ${String(row.recvQ).padStart(6)} ${String(sendQ).padStart(6)} ${end(row.laddr, row.lport).padEnd(23)} ${end(row.raddr, row.rport).padEnd(23)} ${state.padEnd(11)}` +
    `${owner}${flags.has('p') ? ` ${program.padEnd(20)}` : ''}${flags.has('o') ? ` ${timer}/${row.timer?.retransmits ?? 0}/0)` : ''}\n`
  );
}

function hostText(ctx: CommandContext, addr: Ipv4, flags: ReadonlySet<string>): string {
  if (addr === 0 || flags.has('n') || flags.has('!')) return formatIpv4(addr);
  return hostNameOf(ctx.net, addr) ?? formatIpv4(addr);
}

function portText(row: SocketRow, port: number, flags: ReadonlySet<string>): string {
  if (port === 0) return '*';
  if (flags.has('n') || flags.has('#') || row.netid === 'raw') return String(port);
  return serviceName(port, row.netid === 'udp' ? 17 : 6) ?? String(port);
}

export const netstat: Command = {
  name: 'netstat',
  man: {
    en: 'lists sockets, in the older form; routes, interfaces and multicast groups, too',
    zh: '列出套接字（旧式工具），也可显示路由、接口和组播组',
    synopsis: ['netstat [-tuwlanpoe]', 'netstat -r [-n] [-e]', 'netstat -i [-a] [-e]', 'netstat -g', 'netstat -s [-tuw]'],
    notModelled: ['-c', 'TcpExt among the statistics', 'sockets other than TCP, UDP and raw ones', 'inodes: -e shows 0'],
    source: 'net-tools 2.10',
  },
  run: (ctx) => runTool(ctx, () => run(ctx)),
};
