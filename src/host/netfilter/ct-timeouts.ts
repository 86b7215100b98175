/**
 * How long an entry is kept without a packet, in seconds, as an administrator has set it.
 * Comes from: conntrack.ts.
 * Source: Linux 6.1 Documentation/networking/nf_conntrack-sysctl.rst; net/netfilter/nf_conntrack_proto_udp.c,
 *   _icmp.c, _generic.c, _tcp.c.
 */
import type { Net } from '../net.ts';
import { CT_TCP_TIMEOUT } from './ct-tcp.ts';
import type { CtTcpState } from './state.ts';

/** Seconds: net.netfilter.nf_conntrack_udp_timeout, _udp_timeout_stream, _icmp_timeout, _generic_timeout. */
export const CT_TIMEOUT = { udp: 30, udpStream: 120, icmp: 30, generic: 600 } as const;

export function ctUdpTimeoutS({ host: { sysctl } }: Net, isStream: boolean): number {
  return isStream
    ? Number(sysctl['net.netfilter.nf_conntrack_udp_timeout_stream'] ?? CT_TIMEOUT.udpStream)
    : Number(sysctl['net.netfilter.nf_conntrack_udp_timeout'] ?? CT_TIMEOUT.udp);
}

export function ctIcmpTimeoutS({ host: { sysctl } }: Net): number {
  return Number(sysctl['net.netfilter.nf_conntrack_icmp_timeout'] ?? CT_TIMEOUT.icmp);
}

export function ctGenericTimeoutS({ host: { sysctl } }: Net): number {
  return Number(sysctl['net.netfilter.nf_conntrack_generic_timeout'] ?? CT_TIMEOUT.generic);
}

/** A setting that is looked up by a name made of words takes as long as the rest of a packet: each state has its line. */
export function ctTcpTimeoutS({ host: { sysctl } }: Net, state: CtTcpState): number {
  return Number(tcpSetting(sysctl, state) ?? CT_TCP_TIMEOUT[state]);
}

function tcpSetting(sysctl: Net['host']['sysctl'], state: CtTcpState): Net['host']['sysctl'][string] | undefined {
  switch (state) {
    case 'NONE':
      return sysctl['net.netfilter.nf_conntrack_tcp_timeout_none'];
    case 'SYN_SENT':
      return sysctl['net.netfilter.nf_conntrack_tcp_timeout_syn_sent'];
    case 'SYN_RECV':
      return sysctl['net.netfilter.nf_conntrack_tcp_timeout_syn_recv'];
    case 'ESTABLISHED':
      return sysctl['net.netfilter.nf_conntrack_tcp_timeout_established'];
    case 'FIN_WAIT':
      return sysctl['net.netfilter.nf_conntrack_tcp_timeout_fin_wait'];
    case 'CLOSE_WAIT':
      return sysctl['net.netfilter.nf_conntrack_tcp_timeout_close_wait'];
    case 'LAST_ACK':
      return sysctl['net.netfilter.nf_conntrack_tcp_timeout_last_ack'];
    case 'TIME_WAIT':
      return sysctl['net.netfilter.nf_conntrack_tcp_timeout_time_wait'];
    case 'CLOSE':
      return sysctl['net.netfilter.nf_conntrack_tcp_timeout_close'];
    case 'SYN_SENT2':
      return sysctl['net.netfilter.nf_conntrack_tcp_timeout_syn_sent2'];
  }
}
