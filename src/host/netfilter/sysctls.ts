/**
 * net.netfilter.*: the table of tracked connections and its timeouts.
 * Comes from: sysctl/rows.ts (joins them).  Goes to: conntrack.ts reads the values.
 * Source: Linux 6.1 Documentation/networking/nf_conntrack-sysctl.rst, net/netfilter/nf_conntrack_standalone.c.
 */
import { parseInt32 } from '../sysctl/parse-value.ts';
import type { SysctlRow } from '../sysctl/row.ts';
import type { Net } from '../net.ts';
import { ctEntries } from './ct-list.ts';

interface Spec {
  readonly name: string;
  readonly value: number;
  readonly en: string;
  readonly zh: string;
}

const timeout = (name: string, value: number, en: string, zh: string): Spec => ({
  name: `net.netfilter.nf_conntrack_${name}`,
  value,
  en: `Seconds: ${en}.`,
  zh: `秒数：${zh}。`,
});

const specs: readonly Spec[] = [
  {
    name: 'net.netfilter.nf_conntrack_max',
    value: 262144,
    en: 'How many connections may be tracked.',
    zh: '最多跟踪多少个连接。',
  },
  {
    name: 'net.netfilter.nf_conntrack_tcp_loose',
    value: 1,
    en: 'Connections that were open before tracking began are taken up in the middle.',
    zh: '允许从中途开始跟踪已建立的连接。',
  },
  {
    name: 'net.netfilter.nf_conntrack_acct',
    value: 0,
    en: 'Packets and bytes of connections that begin from now on are listed.',
    zh: '对此后开始的连接列出报文数和字节数。',
  },
  timeout('generic_timeout', 600, 'connections of other protocols', '其他协议的连接'),
  timeout('icmp_timeout', 30, 'ping and its like', 'ping 等 ICMP 查询'),
  timeout('udp_timeout', 30, 'UDP', 'UDP'),
  timeout('udp_timeout_stream', 120, 'UDP that both sides have used for two seconds', '双方通信超过两秒的 UDP'),
  timeout('tcp_timeout_syn_sent', 120, 'TCP, only the SYN was seen', 'TCP，只看到 SYN'),
  timeout('tcp_timeout_syn_recv', 60, 'TCP, SYN and SYN,ACK were seen', 'TCP，看到 SYN 和 SYN,ACK'),
  timeout('tcp_timeout_established', 432000, 'TCP, open', 'TCP，已建立'),
  timeout('tcp_timeout_fin_wait', 120, 'TCP, one side has closed', 'TCP，一方已关闭'),
  timeout('tcp_timeout_close_wait', 60, 'TCP, the FIN was acknowledged', 'TCP，FIN 已确认'),
  timeout('tcp_timeout_last_ack', 30, 'TCP, both sides have closed', 'TCP，双方均已关闭'),
  timeout('tcp_timeout_time_wait', 120, 'TCP, closed in order', 'TCP，正常关闭'),
  timeout('tcp_timeout_close', 10, 'TCP, reset', 'TCP，已重置'),
];

const SOURCE = 'Linux 6.1 Documentation/networking/nf_conntrack-sysctl.rst';

const settable = specs.map((spec): SysctlRow => ({
  name: spec.name,
  en: spec.en,
  zh: spec.zh,
  source: SOURCE,
  defaultText: String(spec.value),
  range: { min: 0, max: 2147483647 },
  writable: true,
  read: (net) => String(net.host.sysctl[spec.name] ?? spec.value),
  write(net, _place, written) {
    const value = parseInt32(written);
    if (value === null || value < 0) return 'EINVAL';
    net.host.sysctl[spec.name] = value;
    return null;
  },
}));

const count: SysctlRow = {
  name: 'net.netfilter.nf_conntrack_count',
  en: 'How many connections are tracked now.',
  zh: '当前跟踪的连接数。',
  source: SOURCE,
  defaultText: '0',
  range: null,
  writable: false,
  read: (net: Net) => String(ctEntries(net).length),
  write: () => 'EACCES',
};

export const netfilterSysctls: readonly SysctlRow[] = [...settable, count];
