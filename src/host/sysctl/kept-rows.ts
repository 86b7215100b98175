/**
 * Rows of settings that Linux has and the lab does without: they are kept and shown, as scripts that tune a host
 * write them and expect to read them back.
 * Comes from: rows.ts joins them.
 * Source: Linux 6.1 net/ipv4/sysctl_net_ipv4.c, net/netfilter/nf_conntrack_standalone.c.
 * Differs: they have no effect.
 */
import { parseInt32 } from './parse-value.ts';
import type { SysctlRow } from './row.ts';

const INT_MAX = 2147483647;

/** Name, value at first, least and greatest. */
type Whole = readonly [name: string, value: number, min: number, max: number];

const wholes: readonly Whole[] = [
  ['net.ipv4.fib_multipath_hash_fields', 7, 1, 4095],
  ['net.ipv4.fib_notify_on_flag_change', 0, 0, 2],
  ['net.ipv4.icmp_echo_enable_probe', 0, 0, 1],
  ['net.ipv4.igmp_link_local_mcast_reports', 1, 0, 255],
  ['net.ipv4.igmp_max_memberships', 20, -INT_MAX, INT_MAX],
  ['net.ipv4.igmp_max_msf', 10, -INT_MAX, INT_MAX],
  ['net.ipv4.igmp_qrv', 2, 1, INT_MAX],
  ['net.ipv4.ip_autobind_reuse', 0, 0, 1],
  ['net.ipv4.ip_dynaddr', 0, 0, 255],
  ['net.ipv4.ip_forward_update_priority', 1, 0, 1],
  ['net.ipv4.ip_unprivileged_port_start', 1024, 0, 65535],
  ['net.ipv4.nexthop_compat_mode', 1, 0, 1],
  ['net.ipv4.raw_l3mdev_accept', 1, 0, 1],
  ['net.ipv4.tcp_adv_win_scale', 1, -31, 31],
  ['net.ipv4.tcp_app_win', 31, 0, 31],
  ['net.ipv4.tcp_autocorking', 1, 0, 1],
  ['net.ipv4.tcp_base_mss', 1024, -INT_MAX, INT_MAX],
  ['net.ipv4.tcp_child_ehash_entries', 0, 0, 16777216],
  ['net.ipv4.tcp_comp_sack_delay_ns', 1000000, 0, INT_MAX],
  ['net.ipv4.tcp_comp_sack_nr', 44, 0, 255],
  ['net.ipv4.tcp_comp_sack_slack_ns', 100000, 0, INT_MAX],
  ['net.ipv4.tcp_dsack', 1, 0, 255],
  ['net.ipv4.tcp_early_demux', 1, 0, 255],
  ['net.ipv4.tcp_early_retrans', 3, 0, 4],
  ['net.ipv4.tcp_ecn_fallback', 1, 0, 1],
  ['net.ipv4.tcp_fack', 0, 0, 255],
  ['net.ipv4.tcp_fastopen', 1, -INT_MAX, INT_MAX],
  ['net.ipv4.tcp_fastopen_blackhole_timeout_sec', 0, 0, INT_MAX],
  ['net.ipv4.tcp_frto', 2, 0, 255],
  ['net.ipv4.tcp_invalid_ratelimit', 500, -INT_MAX, INT_MAX],
  ['net.ipv4.tcp_l3mdev_accept', 0, 0, 1],
  ['net.ipv4.tcp_limit_output_bytes', 1048576, -INT_MAX, INT_MAX],
  ['net.ipv4.tcp_max_reordering', 300, -INT_MAX, INT_MAX],
  ['net.ipv4.tcp_migrate_req', 0, 0, 1],
  ['net.ipv4.tcp_min_rtt_wlen', 300, 0, 86400],
  ['net.ipv4.tcp_min_snd_mss', 48, 48, 65535],
  ['net.ipv4.tcp_min_tso_segs', 2, 1, 255],
  ['net.ipv4.tcp_moderate_rcvbuf', 1, 0, 255],
  ['net.ipv4.tcp_mtu_probe_floor', 48, 48, 65535],
  ['net.ipv4.tcp_no_metrics_save', 0, 0, 255],
  ['net.ipv4.tcp_no_ssthresh_metrics_save', 1, 0, 1],
  ['net.ipv4.tcp_notsent_lowat', 4294967295, 0, 4294967295],
  ['net.ipv4.tcp_pacing_ca_ratio', 120, 0, 1000],
  ['net.ipv4.tcp_pacing_ss_ratio', 200, 0, 1000],
  ['net.ipv4.tcp_probe_interval', 600, 0, INT_MAX],
  ['net.ipv4.tcp_probe_threshold', 8, -INT_MAX, INT_MAX],
  ['net.ipv4.tcp_recovery', 1, 0, 255],
  ['net.ipv4.tcp_reflect_tos', 0, 0, 1],
  ['net.ipv4.tcp_reordering', 3, -INT_MAX, INT_MAX],
  ['net.ipv4.tcp_retrans_collapse', 1, 0, 255],
  ['net.ipv4.tcp_rfc1337', 0, 0, 255],
  ['net.ipv4.tcp_shrink_window', 0, 0, 1],
  ['net.ipv4.tcp_slow_start_after_idle', 1, 0, 255],
  ['net.ipv4.tcp_stdurg', 0, 0, 255],
  ['net.ipv4.tcp_thin_linear_timeouts', 0, 0, 1],
  ['net.ipv4.tcp_tso_rtt_log', 9, 0, 255],
  ['net.ipv4.tcp_tso_win_divisor', 3, 0, 255],
  ['net.ipv4.tcp_workaround_signed_windows', 0, 0, 255],
  ['net.ipv4.udp_early_demux', 1, 0, 255],
  ['net.ipv4.udp_l3mdev_accept', 0, 0, 1],
  ['net.ipv4.udp_rmem_min', 4096, 1, INT_MAX],
  ['net.ipv4.udp_wmem_min', 4096, 1, INT_MAX],
  ['net.netfilter.nf_conntrack_checksum', 1, 0, 1],
  ['net.netfilter.nf_conntrack_events', 2, 0, 2],
  ['net.netfilter.nf_conntrack_expect_max', 112, 1, INT_MAX],
  ['net.netfilter.nf_conntrack_log_invalid', 0, 0, 255],
  ['net.netfilter.nf_conntrack_tcp_be_liberal', 0, 0, 1],
  ['net.netfilter.nf_conntrack_tcp_ignore_invalid_rst', 0, 0, 1],
  ['net.netfilter.nf_conntrack_tcp_max_retrans', 3, 0, 255],
  ['net.netfilter.nf_conntrack_tcp_timeout_max_retrans', 300, 0, INT_MAX],
  ['net.netfilter.nf_conntrack_tcp_timeout_unacknowledged', 300, 0, INT_MAX],
  ['net.netfilter.nf_conntrack_timestamp', 0, 0, 1],
];

function base(name: string): Pick<SysctlRow, 'name' | 'en' | 'zh' | 'source' | 'writable'> {
  const whose = name.includes('.tcp_') ? (['the lab’s TCP does', '实验环境的 TCP '] as const) : (['the lab does', '实验环境'] as const);
  return {
    name,
    en: `Kept and shown; ${whose[0]} without it.`,
    zh: `可读可写；${whose[1]}不使用它。`,
    source: name.startsWith('net.netfilter')
      ? 'Linux 6.1 Documentation/networking/nf_conntrack-sysctl.rst'
      : 'Linux 6.1 Documentation/networking/ip-sysctl.rst',
    writable: true,
  };
}

function wholeRow([name, value, min, max]: Whole): SysctlRow {
  return {
    ...base(name),
    defaultText: String(value),
    range: { min, max },
    read: (net) => String(net.host.sysctl[name] ?? value),
    write(net, _place, written) {
      const given = parseInt32(written);
      if (given === null || given < min || given > max) return 'EINVAL';
      net.host.sysctl[name] = given;
      return null;
    },
  };
}

/** Least, usual and greatest size of a buffer. */
function sizesRow(name: string, value: string): SysctlRow {
  return {
    ...base(name),
    defaultText: value,
    range: null,
    read: (net) => String(net.host.sysctl[name] ?? value),
    write(net, _place, written) {
      const old = String(net.host.sysctl[name] ?? value).split('\t');
      const given = written.trim().split(/\s+/);
      const sizes = given.map(parseInt32);
      if (given.length > old.length || sizes.some((size) => size === null || size < 1)) return 'EINVAL';
      net.host.sysctl[name] = old.map((size, i) => sizes[i] ?? size).join('\t');
      return null;
    },
  };
}

const CONGESTION = ['reno', 'cubic'];

const congestion: SysctlRow = {
  ...base('net.ipv4.tcp_congestion_control'),
  defaultText: 'cubic',
  range: null,
  read: (net) => String(net.host.sysctl['net.ipv4.tcp_congestion_control'] ?? 'cubic'),
  write(net, _place, written) {
    const name = written.trim();
    if (!CONGESTION.includes(name)) return 'ENOENT';
    net.host.sysctl['net.ipv4.tcp_congestion_control'] = name;
    return null;
  },
};

const congestions: SysctlRow = {
  ...base('net.ipv4.tcp_available_congestion_control'),
  defaultText: CONGESTION.join(' '),
  range: null,
  writable: false,
  read: () => CONGESTION.join(' '),
  write: () => 'EACCES',
};

export const keptRows: readonly SysctlRow[] = [
  ...wholes.map(wholeRow),
  sizesRow('net.ipv4.tcp_rmem', '4096\t131072\t6291456'),
  sizesRow('net.ipv4.tcp_wmem', '4096\t16384\t4194304'),
  congestion,
  congestions,
];
