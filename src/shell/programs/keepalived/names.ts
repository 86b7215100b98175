/**
 * Servers as keepalived writes them in its log: [10.1.0.100]:tcp:80
 * Source: keepalived 2.2.7 lib/utils.c, inet_sockaddrtotrio(); check/check_data.c, format_vs(), format_rs().
 */
import { formatIpv4, IPPROTO_SCTP, IPPROTO_TCP, IPPROTO_UDP, type Ipv4 } from '../../../wire/index.ts';
import type { VsTarget } from './config.ts';

const WORDS: Readonly<Record<number, string>> = {
  [IPPROTO_TCP]: 'tcp',
  [IPPROTO_UDP]: 'udp',
  [IPPROTO_SCTP]: 'sctp',
  0: 'none',
};

function trio(addr: Ipv4, proto: number, port: number): string {
  return `[${formatIpv4(addr)}]:${WORDS[proto] ?? '?'}:${port}`;
}

export function targetName(target: VsTarget, proto: number): string {
  if (target.kind === 'group') return `[${target.name}]:0`;
  return target.kind === 'fwmark' ? `FWM ${target.fwmark}` : trio(target.addr, proto, target.port);
}

export function rsName(rs: { readonly addr: Ipv4; readonly port: number }, proto: number): string {
  return trio(rs.addr, proto, rs.port);
}
