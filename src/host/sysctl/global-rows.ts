/**
 * Rows of settings that exist once for a host: kept in HostState.sysctl under their dotted names.
 * Source: Linux 6.1 net/ipv4/sysctl_net_ipv4.c, net/ipv4/route.c, net/ipv4/ip_fragment.c.
 */
import { parseInt32 } from './parse-value.ts';
import type { SysctlRow } from './row.ts';

interface Spec {
  readonly name: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly en: string;
  readonly zh: string;
}

const INT_MAX = 2147483647;

const specs: readonly Spec[] = [
  {
    name: 'net.ipv4.ip_default_ttl',
    value: 64,
    min: 1,
    max: 255,
    en: 'TTL of packets that start here.',
    zh: '本机发出的报文的初始 TTL。',
  },
  {
    name: 'net.ipv4.ip_no_pmtu_disc',
    value: 0,
    min: 0,
    max: 3,
    en: '1: packets of TCP and connected UDP leave without DF, so routers fragment them.',
    zh: '1：TCP 和已连接 UDP 的报文不带 DF，由路由器分片。',
  },
  {
    name: 'net.ipv4.ip_forward_use_pmtu',
    value: 0,
    min: 0,
    max: 255,
    en: 'Forward by the learnt path MTU instead of the MTU of the interface.',
    zh: '转发时使用学到的路径 MTU，而不是接口 MTU。',
  },
  {
    name: 'net.ipv4.ip_nonlocal_bind',
    value: 0,
    min: 0,
    max: 255,
    en: 'Programs may bind addresses that the host does not have (a VIP that is elsewhere now).',
    zh: '允许程序绑定本机没有的地址（例如当前在别处的 VIP）。',
  },
  {
    name: 'net.ipv4.ip_early_demux',
    value: 1,
    min: 0,
    max: 255,
    en: 'Kept and shown; a shortcut of the kernel without visible effect.',
    zh: '可读可写；内核的捷径，没有可见效果。',
  },
  {
    name: 'net.ipv4.fwmark_reflect',
    value: 0,
    min: 0,
    max: INT_MAX,
    en: 'Answers of the kernel itself (RST, ICMP) carry the mark of the packet they answer.',
    zh: '内核自己的应答（RST、ICMP）带上所应答报文的 mark。',
  },
  {
    name: 'net.ipv4.tcp_fwmark_accept',
    value: 0,
    min: 0,
    max: INT_MAX,
    en: 'An accepted connection keeps the mark of its SYN.',
    zh: '被接受的连接保留其 SYN 的 mark。',
  },
  {
    name: 'net.ipv4.icmp_echo_ignore_all',
    value: 0,
    min: 0,
    max: 1,
    en: 'Do not answer ping.',
    zh: '不应答 ping。',
  },
  {
    name: 'net.ipv4.icmp_echo_ignore_broadcasts',
    value: 1,
    min: 0,
    max: 1,
    en: 'Do not answer ping to broadcast and multicast addresses.',
    zh: '不应答发往广播和组播地址的 ping。',
  },
  {
    name: 'net.ipv4.icmp_ignore_bogus_error_responses',
    value: 1,
    min: 0,
    max: 1,
    en: 'Say nothing of ICMP errors about broadcasts.',
    zh: '不记录关于广播的 ICMP 差错。',
  },
  {
    name: 'net.ipv4.icmp_errors_use_inbound_ifaddr',
    value: 0,
    min: 0,
    max: 1,
    en: 'ICMP errors leave with the address of the interface the packet came in by.',
    zh: 'ICMP 差错使用收到报文的接口的地址作源。',
  },
  {
    name: 'net.ipv4.icmp_ratelimit',
    value: 1000,
    min: 0,
    max: INT_MAX,
    en: 'Milliseconds for one ICMP error to one destination (a burst of 6 is allowed); 0: no limit.',
    zh: '对同一目的地每个 ICMP 差错的间隔毫秒数（允许突发 6 个）；0 不限制。',
  },
  {
    name: 'net.ipv4.icmp_ratemask',
    value: 6168,
    min: 0,
    max: INT_MAX,
    en: 'Which ICMP types the limit is for, one bit each: 3, 4, 11, 12.',
    zh: '受限制的 ICMP 类型，按位：3、4、11、12。',
  },
  {
    name: 'net.ipv4.icmp_msgs_per_sec',
    value: 1000,
    min: 0,
    max: INT_MAX,
    en: 'ICMP errors per second to all destinations together.',
    zh: '对所有目的地合计每秒的 ICMP 差错数。',
  },
  {
    name: 'net.ipv4.icmp_msgs_burst',
    value: 50,
    min: 0,
    max: INT_MAX,
    en: 'Burst of ICMP errors to all destinations together.',
    zh: '对所有目的地合计的 ICMP 差错突发数。',
  },
  {
    name: 'net.ipv4.route.min_pmtu',
    value: 552,
    min: 68,
    max: INT_MAX,
    en: 'A learnt path MTU is never taken to be smaller.',
    zh: '学到的路径 MTU 不会小于此值。',
  },
  {
    name: 'net.ipv4.route.mtu_expires',
    value: 600,
    min: 0,
    max: INT_MAX,
    en: 'Seconds for which a learnt path MTU is kept.',
    zh: '学到的路径 MTU 的保留秒数。',
  },
  {
    name: 'net.ipv4.route.min_adv_mss',
    value: 256,
    min: 0,
    max: INT_MAX,
    en: 'The smallest MSS that is announced.',
    zh: '通告的最小 MSS。',
  },
  {
    name: 'net.ipv4.route.redirect_number',
    value: 9,
    min: 0,
    max: INT_MAX,
    en: 'Redirects to one host without a pause, before they are given up.',
    zh: '对同一主机连续发送重定向的次数上限。',
  },
  {
    name: 'net.ipv4.ipfrag_time',
    value: 30,
    min: 0,
    max: INT_MAX,
    en: 'Seconds to wait for the missing fragments of a packet.',
    zh: '等待报文其余分片的秒数。',
  },
  {
    name: 'net.ipv4.ipfrag_high_thresh',
    value: 4194304,
    min: 0,
    max: INT_MAX,
    en: 'Bytes of fragments that may wait; beyond it new ones are dropped.',
    zh: '等待重组的分片字节数上限，超出则丢弃新分片。',
  },
  {
    name: 'net.ipv4.ipfrag_low_thresh',
    value: 3145728,
    min: 0,
    max: INT_MAX,
    en: 'Kept and shown.',
    zh: '可读可写。',
  },
  {
    name: 'net.ipv4.ipfrag_max_dist',
    value: 64,
    min: 0,
    max: INT_MAX,
    en: 'Kept and shown.',
    zh: '可读可写。',
  },
  {
    name: 'net.ipv4.tcp_syn_retries',
    value: 6,
    min: 1,
    max: 127,
    en: 'How often a SYN without answer is sent again.',
    zh: 'SYN 无应答时的重传次数。',
  },
  {
    name: 'net.ipv4.tcp_synack_retries',
    value: 5,
    min: 0,
    max: 255,
    en: 'How often a SYN,ACK without answer is sent again.',
    zh: 'SYN,ACK 无应答时的重传次数。',
  },
  {
    name: 'net.ipv4.tcp_retries1',
    value: 3,
    min: 0,
    max: 255,
    en: 'Retransmissions after which the route is doubted.',
    zh: '重传多少次后怀疑路由有问题。',
  },
  {
    name: 'net.ipv4.tcp_retries2',
    value: 15,
    min: 0,
    max: 255,
    en: 'Retransmissions of data before the connection is given up.',
    zh: '放弃连接之前数据的重传次数。',
  },
  {
    name: 'net.ipv4.tcp_orphan_retries',
    value: 0,
    min: 0,
    max: 255,
    en: 'Retransmissions for a connection that its program has closed; 0 means 8.',
    zh: '程序已关闭的连接的重传次数；0 表示 8。',
  },
  {
    name: 'net.ipv4.tcp_fin_timeout',
    value: 60,
    min: 0,
    max: INT_MAX,
    en: 'Seconds to wait for the other side’s FIN.',
    zh: '等待对方 FIN 的秒数。',
  },
  {
    name: 'net.ipv4.tcp_tw_reuse',
    value: 2,
    min: 0,
    max: 2,
    en: 'Reuse a TIME_WAIT port for a new connection: 0 no, 1 yes, 2 on loopback only.',
    zh: '新连接复用 TIME_WAIT 端口：0 否，1 是，2 仅环回。',
  },
  {
    name: 'net.ipv4.tcp_timestamps',
    value: 1,
    min: 0,
    max: 2,
    en: 'TCP segments carry timestamps.',
    zh: 'TCP 报文带时间戳选项。',
  },
  {
    name: 'net.ipv4.tcp_ecn',
    value: 2,
    min: 0,
    max: 2,
    en: 'Explicit congestion notification: 1 asks for it, 2 only accepts it. The lab keeps the value; segments do not negotiate it.',
    zh: '显式拥塞通知：1 主动协商，2 只接受。实验环境只保存该值，报文段不协商 ECN。',
  },
  {
    name: 'net.ipv4.tcp_sack',
    value: 1,
    min: 0,
    max: 255,
    en: 'Offer selective acknowledgements.',
    zh: '支持选择确认（SACK）。',
  },
  {
    name: 'net.ipv4.tcp_window_scaling',
    value: 1,
    min: 0,
    max: 1,
    en: 'Offer window scaling.',
    zh: '支持窗口扩大选项。',
  },
  {
    name: 'net.ipv4.tcp_syncookies',
    value: 1,
    min: 0,
    max: 255,
    en: 'Kept and shown; the lab never runs out of room for SYNs.',
    zh: '可读可写；实验环境的 SYN 队列不会满。',
  },
  {
    name: 'net.ipv4.tcp_max_syn_backlog',
    value: 512,
    min: 0,
    max: INT_MAX,
    en: 'Half-open connections that may wait at a listening socket.',
    zh: '监听套接字允许的半连接数。',
  },
  {
    name: 'net.ipv4.tcp_keepalive_time',
    value: 7200,
    min: 0,
    max: INT_MAX,
    en: 'Seconds of silence before a keep-alive is sent.',
    zh: '发送 keep-alive 之前的空闲秒数。',
  },
  {
    name: 'net.ipv4.tcp_keepalive_probes',
    value: 9,
    min: 0,
    max: 255,
    en: 'Keep-alives without answer before the connection is given up.',
    zh: 'keep-alive 无应答多少次后放弃连接。',
  },
  {
    name: 'net.ipv4.tcp_keepalive_intvl',
    value: 75,
    min: 0,
    max: INT_MAX,
    en: 'Seconds between two keep-alives.',
    zh: '两次 keep-alive 的间隔秒数。',
  },
  {
    name: 'net.ipv4.tcp_max_tw_buckets',
    value: 16384,
    min: 0,
    max: INT_MAX,
    en: 'Connections that may be in TIME_WAIT.',
    zh: '允许处于 TIME_WAIT 的连接数。',
  },
  { name: 'net.ipv4.tcp_mtu_probing', value: 0, min: 0, max: 255, en: 'Kept and shown.', zh: '可读可写。' },
  {
    name: 'net.ipv4.tcp_abort_on_overflow',
    value: 0,
    min: 0,
    max: 1,
    en: 'Answer RST when nobody accepts connections fast enough.',
    zh: '连接来不及被接受时回 RST。',
  },
  {
    name: 'net.ipv4.tcp_challenge_ack_limit',
    value: INT_MAX,
    min: 0,
    max: INT_MAX,
    en: 'Challenge ACKs per second.',
    zh: '每秒的 challenge ACK 数。',
  },
  {
    name: 'net.ipv4.fib_multipath_hash_policy',
    value: 0,
    min: 0,
    max: 3,
    en: 'How one of several next hops is chosen: 0 by addresses, 1 by ports too.',
    zh: '多下一跳时如何选择：0 按地址，1 加上端口。',
  },
  {
    name: 'net.ipv4.fib_multipath_use_neigh',
    value: 0,
    min: 0,
    max: 1,
    en: 'Leave out next hops whose neighbour entry has failed.',
    zh: '跳过邻居表项已失败的下一跳。',
  },
  {
    name: 'net.core.somaxconn',
    value: 4096,
    min: 0,
    max: INT_MAX,
    en: 'The longest queue of connections that a program may ask for.',
    zh: '程序可请求的最大连接队列。',
  },
  {
    name: 'net.core.netdev_max_backlog',
    value: 1000,
    min: 0,
    max: INT_MAX,
    en: 'Kept and shown.',
    zh: '可读可写。',
  },
];

function globalRow(spec: Spec): SysctlRow {
  return {
    name: spec.name,
    en: spec.en,
    zh: spec.zh,
    source: 'Linux 6.1 Documentation/networking/ip-sysctl.rst',
    defaultText: String(spec.value),
    range: { min: spec.min, max: spec.max },
    writable: true,
    read: (net) => String(net.host.sysctl[spec.name] ?? spec.value),
    write(net, _place, written) {
      const value = parseInt32(written);
      if (value === null || value < spec.min || value > spec.max) return 'EINVAL';
      net.host.sysctl[spec.name] = value;
      return null;
    },
  };
}

const PORT_RANGE = '32768\t60999';

const portRange: SysctlRow = {
  name: 'net.ipv4.ip_local_port_range',
  en: 'First and last port that connections get which ask for none.',
  zh: '未指定端口的连接可用的端口范围。',
  source: 'Linux 6.1 net/ipv4/sysctl_net_ipv4.c, ipv4_local_port_range()',
  defaultText: PORT_RANGE,
  range: null,
  writable: true,
  read: (net) => String(net.host.sysctl['net.ipv4.ip_local_port_range'] ?? PORT_RANGE),
  write(net, _place, written) {
    const [low, high] = written.trim().split(/\s+/).map(Number);
    if (low === undefined || high === undefined || !(low >= 1 && low <= high && high <= 65535)) return 'EINVAL';
    net.host.sysctl['net.ipv4.ip_local_port_range'] = `${low}\t${high}`;
    return null;
  },
};

const hostname: SysctlRow = {
  name: 'kernel.hostname',
  en: 'The name of the host.',
  zh: '主机名。',
  source: 'Linux 6.1 kernel/utsname_sysctl.c',
  defaultText: '(none)',
  range: null,
  writable: true,
  read: (net) => net.host.hostname,
  write(net, _place, written) {
    net.host.hostname = written.trim().slice(0, 64);
    return null;
  },
};

export const globalRows: readonly SysctlRow[] = [...specs.map(globalRow), portRange, hostname];

/**
 * All settings at their defaults, as text. An object that is filled name by name becomes a hash table from the
 * thirteenth on; one that is read from text stays a record, which packets read without searching.
 */
const DEFAULTS = JSON.stringify({
  ...Object.fromEntries(specs.map(({ name, value }) => [name, value])),
  'net.ipv4.ip_local_port_range': PORT_RANGE,
});

/** The settings' values on a host that has just booted. */
export function createSysctls(): Record<string, number | string> {
  return JSON.parse(DEFAULTS) as Record<string, number | string>;
}
