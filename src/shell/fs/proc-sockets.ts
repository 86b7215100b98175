/**
 * Files of /proc/net that list sockets, groups, tracked connections and tables of rules.
 * Comes from: files.ts.  Goes to: commands/ss/rows.ts, the host's tables (reading only).
 * Source: Linux 6.1 net/ipv4/tcp_ipv4.c, tcp4_seq_show(); net/ipv4/udp.c, udp4_seq_show(); net/ipv4/raw.c,
 *   raw_seq_show(); net/ipv4/proc.c, sockstat_seq_show(); net/ipv4/igmp.c, igmp_mc_seq_show();
 *   net/netfilter/nf_conntrack_standalone.c, ct_seq_show(); net/netfilter/x_tables.c, xt_table_seq_show().
 * Differs: numbers of inodes and pointers to sockets are 0; the line of a UDP socket is numbered by its port.
 */
import { ctEntries, ctLine, type Dev } from '../../host/index.ts';
import type { NodeNet } from '../../world/index.ts';
import { socketRows, STATE_NUMBERS, type SocketRow, type SocketTimer } from '../commands/ss/rows.ts';

const hex = (value: number, width: number): string => (value >>> 0).toString(16).toUpperCase().padStart(width, '0');
/** an address as a little-endian machine prints it */
const hexSwapped = (addr: number): string =>
  hex(((addr >>> 24) | ((addr >>> 8) & 0xff00) | ((addr << 8) & 0xff0000) | (addr << 24)) >>> 0, 8);

const TIMERS: Readonly<Record<SocketTimer['kind'], string>> = { on: '01', timewait: '03', persist: '04' };

/** The columns that all protocols have, up to the inode. */
function columns(row: SocketRow, number: string): string {
  const ends = `${hexSwapped(row.laddr)}:${hex(row.lport, 4)} ${hexSwapped(row.raddr)}:${hex(row.rport, 4)}`;
  const sendQ = row.state === 'LISTEN' ? 0 : row.sendQ;
  // timers run in ticks of four milliseconds
  const timer = row.timer === null ? '00:00000000' : `${TIMERS[row.timer.kind]}:${hex(Math.ceil(row.timer.leftMs / 4), 8)}`;
  const tries = row.timer?.kind === 'on' ? row.timer.retransmits : 0;
  return `${number}: ${ends} ${hex(STATE_NUMBERS.indexOf(row.state) + 1, 2)} ${hex(sendQ, 8)}:${hex(row.recvQ, 8)} ${timer} ${hex(tries, 8)}     0        0 0`;
}

const POINTER = '0'.repeat(16);

export function procNetTcp(net: NodeNet): string {
  const rows = socketRows(net.host, net.now).filter((row) => row.netid === 'tcp');
  const tail = (row: SocketRow): string => {
    if (row.state === 'TIME_WAIT') return ` 3 ${POINTER}`;
    return ` 1 ${POINTER} ${row.state === 'LISTEN' ? '100 0 0 10 0' : '20 0 0 10 -1'}`;
  };
  const lines = rows.map((row, i) => columns(row, String(i).padStart(4)) + tail(row));
  const head = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode';
  return [head, ...lines].map((line) => `${line.padEnd(149)}\n`).join('');
}

const DATAGRAM_HEAD = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops';

export function procNetUdp(net: NodeNet): string {
  const rows = socketRows(net.host, net.now).filter((row) => row.netid === 'udp');
  const lines = rows.map((row) => `${columns(row, String(row.lport & 0xff).padStart(5))} 2 ${POINTER} 0`);
  return [` ${DATAGRAM_HEAD}`, ...lines].map((line) => `${line.padEnd(127)}\n`).join('');
}

export function procNetRaw(net: NodeNet): string {
  const rows = socketRows(net.host, net.now).filter((row) => row.netid === 'raw');
  return `${DATAGRAM_HEAD}\n${rows.map((row) => `${columns(row, String(row.lport).padStart(4))} 2 ${POINTER} 0\n`).join('')}`;
}

export function procNetSockstat(net: NodeNet): string {
  const rows = socketRows(net.host, net.now);
  const count = (test: (row: SocketRow) => boolean): number => rows.filter(test).length;
  const resting = count((row) => row.state === 'TIME_WAIT');
  const tcp = count((row) => row.netid === 'tcp') - resting;
  const udp = count((row) => row.netid === 'udp');
  const raw = count((row) => row.netid === 'raw');
  return (
    `sockets: used ${tcp + udp + raw}\nTCP: inuse ${tcp} orphan 0 tw ${resting} alloc ${tcp} mem 0\nUDP: inuse ${udp} mem 0\n` +
    `UDPLITE: inuse 0\nRAW: inuse ${raw}\nFRAG: inuse 0 memory 0\n`
  );
}

export function procNetIgmp(net: NodeNet): string {
  const block = (dev: Dev): string => {
    const groups = [...[...dev.mcGroups].toReversed(), [0xe0000001, 1] as const];
    const lines = groups.map(([group, users]) => `\t\t\t\t${hexSwapped(group)} ${String(users).padStart(5)} 0:00000000\t\t0\n`);
    return `${dev.ifindex}\t${dev.name.padEnd(10)}: ${String(groups.length).padStart(5)}      V3\n${lines.join('')}`;
  };
  const devs = net.host.devs.filter((dev): dev is Dev => dev !== null && dev.up);
  return `Idx\tDevice    : Count Querier\tGroup    Users Timer\tReporter\n${devs.map(block).join('')}`;
}

export function procNetConntrack(net: NodeNet): string {
  return ctEntries(net)
    .map((entry) => `ipv4     2 ${ctLine(net, entry).replace(/ use=(\d+)$/, (_, uses: string) => ` zone=0 use=${Number(uses) + 1}`)}\n`)
    .join('');
}

/** Tables in the order in which the kernel made them, the last one first. */
export function procNetIpTables(net: NodeNet): string {
  return net.host.nf.tables.map((table) => `${table.name}\n`).join('');
}

/** Files about what no host of the lab has: their heads alone. */
export const EMPTY_PROC_NET: Readonly<Record<string, string>> = {
  icmp: `${DATAGRAM_HEAD.padEnd(127)}\n`,
  udplite: `${` ${DATAGRAM_HEAD}`.padEnd(127)}\n`,
  tcp6: '  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n',
  udp6: '  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops\n',
  raw6: '  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops\n',
  unix: 'Num       RefCount Protocol Flags    Type St Inode Path\n',
  packet: 'sk               RefCnt Type Proto  Iface R Rmem   User   Inode\n',
  sockstat6: 'TCP6: inuse 0\nUDP6: inuse 0\nUDPLITE6: inuse 0\nRAW6: inuse 0\nFRAG6: inuse 0 memory 0\n',
  if_inet6: '',
  ip_mr_vif: 'Interface      BytesIn  PktsIn  BytesOut PktsOut Flags Local    Remote\n',
  ip_mr_cache: 'Group    Origin   Iif     Pkts    Bytes    Wrong Oifs\n',
  mcfilter: 'Idx Device        MCA        SRC    INC    EXC\n',
  wireless:
    'Inter-| sta-|   Quality        |   Discarded packets               | Missed | WE\n face | tus | link level noise |  nwid  crypt   frag  retry   misc | beacon | 22\n',
};
