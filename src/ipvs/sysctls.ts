/**
 * net.ipv4.vs.*: the settings of IPVS.
 * Comes from: world/tables.ts (sysctl, /proc/sys).  Goes to: IpvsState.sysctl, read where each is used.
 * Source: Linux 6.1 net/netfilter/ipvs/ip_vs_ctl.c, vs_vars[]; Documentation/networking/ipvs-sysctl.rst.
 * Differs: rows whose sentence says so are kept and shown, but change nothing in the lab. est_cpulist and
 *   est_nice are not there: they came with Linux 6.2.
 */
import type { Net, SysctlRow } from '../host/index.ts';
import { defenceWritten } from './defence.ts';
import type { IpvsNet } from './net.ts';
import { vsDefaults } from './sysctl-defaults.ts';

const SOURCE = 'Linux 6.1 Documentation/networking/ipvs-sysctl.rst';
const INT_MIN = -2147483648;
const INT_MAX = 2147483647;
const NO_EFFECT_EN = ' In the lab it has no effect.';
const NO_EFFECT_ZH = '在本实验环境中不起作用。';

/** The node's own settings: every Net of the world has its ipvs part. */
function settings(net: Net): Record<string, number | string> {
  return (net as IpvsNet).ipvs.sysctl;
}

interface Text {
  readonly en: string;
  readonly zh: string;
}

function intRow(name: string, range: { min: number; max: number } | null, text: Text): SysctlRow {
  return {
    name: `net.ipv4.vs.${name}`,
    ...text,
    source: SOURCE,
    defaultText: String(vsDefaults()[name]),
    range,
    writable: true,
    read: (net) => String(settings(net)[name]),
    write: (net, _iface, written) => {
      const value = readInt(written);
      if (value === null || value < (range?.min ?? INT_MIN) || value > (range?.max ?? INT_MAX)) return 'EINVAL';
      settings(net)[name] = value;
      return null;
    },
  };
}

/** An integer as proc_dointvec() takes it: decimal, hexadecimal or octal. */
function readInt(text: string): number | null {
  const match = /^\s*(-?)(0[xX][0-9a-fA-F]+|\d+)\s*$/.exec(text);
  if (match === null) return null;
  const digits = match[2] as string;
  const isOctal = digits.length > 1 && /^0[0-7]+$/.test(digits);
  const value = isOctal ? Number.parseInt(digits, 8) : Number(digits);
  return match[1] === '-' ? -value : value;
}

/** drop_entry, drop_packet, secure_tcp: what was written is weighed at once against the memory that is free. */
function defenceRow(name: string, text: Text): SysctlRow {
  const row = intRow(name, { min: 0, max: 3 }, text);
  return {
    ...row,
    write: (net, iface, written) => {
      const refused = row.write(net, iface, written);
      if (refused === null) defenceWritten(net as IpvsNet);
      return refused;
    },
  };
}

/** sync_ports: a power of two. */
function portsRow(): SysctlRow {
  const row = intRow(
    'sync_ports',
    { min: 1, max: INT_MAX },
    {
      en: `Number of synchronisation threads, each with its own port; a power of two.${NO_EFFECT_EN}`,
      zh: `同步线程数（2 的幂），每个线程使用自己的端口。${NO_EFFECT_ZH}`,
    },
  );
  return {
    ...row,
    write: (net, iface, written) => {
      const value = readInt(written);
      return value !== null && (value & (value - 1)) !== 0 ? 'EINVAL' : row.write(net, iface, written);
    },
  };
}

/** sync_threshold: two numbers, the first smaller than the second unless that is 0. */
function thresholdRow(): SysctlRow {
  return {
    name: 'net.ipv4.vs.sync_threshold',
    en: 'Packets of a connection after which it is told to the backup, and the number of packets after which it is told again.',
    zh: '连接收到多少个报文后告诉备份节点；以及此后每隔多少个报文再告诉一次。',
    source: SOURCE,
    defaultText: '3\t50',
    range: null,
    writable: true,
    read: (net) => String(settings(net)['sync_threshold']),
    write: (net, _iface, written) => {
      const old = String(settings(net)['sync_threshold']).split('\t');
      const words = written.trim().split(/\s+/);
      // What stands behind the second number is not looked at.
      if (words[0] === '') return 'EINVAL';
      const first = readInt(words[0] as string);
      const second = readInt(words[1] ?? (old[1] as string));
      if (first === null || second === null || first < 0 || second < 0) return 'EINVAL';
      if (second !== 0 && first >= second) return 'EINVAL';
      settings(net)['sync_threshold'] = `${first}\t${second}`;
      return null;
    },
  };
}

export const ipvsSysctls: readonly SysctlRow[] = [
  intRow('am_droprate', null, {
    en: 'With drop_packet=3 one of every so many new connections is thrown away.',
    zh: 'drop_packet=3 时，每隔多少个新连接丢弃一个。',
  }),
  intRow('amemthresh', null, {
    en: 'Free memory, in pages, below which the automatic defences (1) begin. A host of the lab always has 196608 pages free.',
    zh: '空闲内存（页）低于该值时启动自动防御（值为 1 时）。本实验环境的主机始终有 196608 页空闲。',
  }),
  intRow('backup_only', null, {
    en: 'While the backup daemon runs here, IPVS leaves all packets alone. Stops loops between two directors that are real servers too.',
    zh: '本机运行备份守护进程期间，IPVS 不处理任何报文。用于避免互为 real server 的两台调度器之间成环。',
  }),
  intRow('cache_bypass', null, {
    en: 'When no server of a firewall-mark service can be had, the packet goes on to its original destination.',
    zh: '防火墙标记服务没有可用服务器时，把报文直接转发到原来的目的地址。',
  }),
  intRow('conn_reuse_mode', null, {
    en: 'A SYN on the port of an old connection: 0 keeps the old server; 1 schedules anew after TIME_WAIT or CLOSE; 2 also after FIN_WAIT of DR and TUN.',
    zh: '旧连接的端口上来了新的 SYN：0 仍用原来的服务器；1 在 TIME_WAIT、CLOSE 状态下重新调度；2 对 DR、TUN 的 FIN_WAIT 也重新调度。',
  }),
  intRow('conntrack', null, {
    en: 'Keep connection tracking entries of balanced connections, so that iptables can match and translate them.',
    zh: '为被调度的连接保留 conntrack 条目，使 iptables 能匹配和转换它们。',
  }),
  defenceRow('drop_entry', {
    en: 'Each second drop entries of half-open and of idle connections in some places of the table: 3 always; 1 while less memory is free than amemthresh says, and 2 is then shown.',
    zh: '每秒在表的若干位置丢弃半开连接和空闲连接的条目：3 总是丢弃；1 仅在空闲内存少于 amemthresh 时丢弃，此时显示为 2。',
  }),
  defenceRow('drop_packet', {
    en: 'Drop some new connections: 3 always, one of am_droprate; 1 while less memory is free than amemthresh says, and 2 is then shown.',
    zh: '丢弃一部分新连接：3 总是丢弃（每 am_droprate 个丢一个）；1 仅在空闲内存少于 amemthresh 时丢弃，此时显示为 2。',
  }),
  intRow('expire_nodest_conn', null, {
    en: 'End the connections of a deleted server at once; with 0 their packets are dropped silently until the entry expires.',
    zh: '服务器被删除后立即结束它的连接；为 0 时这些连接的报文被静默丢弃，直到条目超时。',
  }),
  intRow('expire_quiescent_template', null, {
    en: 'A persistence template whose server has weight 0 is given up, so that persistent clients leave that server.',
    zh: '服务器权重为 0 时放弃其持久性模板，让持久客户端离开该服务器。',
  }),
  intRow('ignore_tunneled', null, {
    en: 'Packets of protocols that IPVS does not balance are marked, so that what they carry is not balanced either.',
    zh: '对 IPVS 不调度的协议做标记，使其内层的报文也不再被调度。',
  }),
  intRow('lblc_expiration', null, {
    en: 'Seconds after which an idle entry of lblc is dropped.',
    zh: 'lblc 的空闲条目多少秒后删除。',
  }),
  intRow('lblcr_expiration', null, {
    en: 'Seconds after which an idle entry of lblcr is dropped, and after which a set of servers shrinks.',
    zh: 'lblcr 的空闲条目多少秒后删除，以及服务器集合多少秒后收缩。',
  }),
  intRow('nat_icmp_send', null, {
    en: 'A packet of a NAT server that belongs to no connection is answered with ICMP port unreachable.',
    zh: 'NAT 服务器发出的、不属于任何连接的报文，用 ICMP 端口不可达应答。',
  }),
  intRow('pmtu_disc', null, {
    en: 'With 1 the director tells clients that a packet is too long for the tunnel; with 0 it cuts the tunnel packet.',
    zh: '1：报文超过隧道 MTU 时通知客户端；0：直接对隧道报文分片。',
  }),
  intRow('run_estimation', null, {
    en: 'Refresh counters and rates every two seconds; with 0 --stats and --rate stand still.',
    zh: '每两秒更新一次计数与速率；为 0 时 --stats 与 --rate 不再变化。',
  }),
  intRow('schedule_icmp', null, {
    en: 'ICMP errors that belong to no connection are scheduled like new connections.',
    zh: '不属于任何连接的 ICMP 差错也像新连接一样调度。',
  }),
  defenceRow('secure_tcp', {
    en: 'Use stricter TCP states: 3 always; 1 while less memory is free than amemthresh says, and 2 is then shown.',
    zh: '使用更严格的 TCP 状态表：3 总是生效；1 仅在空闲内存少于 amemthresh 时生效，此时显示为 2。',
  }),
  intRow('sloppy_sctp', null, {
    en: `Any SCTP packet may begin a connection.${NO_EFFECT_EN}`,
    zh: `任何 SCTP 报文都可以开始一个连接。${NO_EFFECT_ZH}`,
  }),
  intRow('sloppy_tcp', null, {
    en: 'Any TCP packet but RST may begin a connection, not only a SYN. Lets a new director take over running connections.',
    zh: '除 RST 外任何 TCP 报文都可以开始一个连接，不限于 SYN。可让新的调度器接管已有连接。',
  }),
  intRow('snat_reroute', null, {
    en: 'Routes of NAT answers are looked up again with the virtual address as source.',
    zh: 'NAT 应答改写源地址后，以 VIP 为源重新查路由。',
  }),
  intRow('sync_persist_mode', null, {
    en: 'With 1 connections under a persistence template are not told to the backup, only the template is.',
    zh: '为 1 时只同步持久性模板，不同步其下的连接。',
  }),
  portsRow(),
  intRow('sync_qlen_max', null, {
    en: 'Longest queue of synchronisation messages; what does not fit is not told.',
    zh: '同步消息队列的最大长度；放不下的消息被丢弃。',
  }),
  intRow('sync_refresh_period', null, {
    en: 'Seconds by which a connection must have been prolonged before it is told again.',
    zh: '连接的超时延长多少秒之后才再次同步。',
  }),
  intRow(
    'sync_retries',
    { min: 0, max: 3 },
    {
      en: 'With sync_refresh_period: how often a connection is told again before the period is over, an eighth of it apart.',
      zh: '配合 sync_refresh_period：在周期结束之前最多重复同步几次，间隔为周期的八分之一。',
    },
  ),
  intRow('sync_sock_size', null, {
    en: `Buffer size of the synchronisation sockets.${NO_EFFECT_EN}`,
    zh: `同步套接字的缓冲区大小。${NO_EFFECT_ZH}`,
  }),
  thresholdRow(),
  intRow(
    'sync_version',
    { min: 0, max: 1 },
    {
      en: 'Version of the synchronisation messages that are sent; both are understood. Version 0 tells neither timeouts nor marks.',
      zh: '发送的同步消息版本；两个版本都能接收。版本 0 不携带超时和防火墙标记。',
    },
  ),
];
