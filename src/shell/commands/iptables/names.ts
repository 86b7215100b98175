/**
 * Names behind numbers as iptables prints and reads them: protocols, services, ICMP types, TCP flags.
 * Source: Debian 12 netbase 6.4 (/etc/protocols, /etc/services), iptables 1.8.9 extensions/libxt_icmp.h,
 *   libxt_tcp.c.
 * Differs: only the services that labs use are named; others print as numbers.
 */
import { entryOf } from '../../entry-of.ts';

const PROTOCOLS: readonly (readonly [string, number])[] = [
  ['ip', 0],
  ['icmp', 1],
  ['igmp', 2],
  ['ipencap', 4],
  ['tcp', 6],
  ['egp', 8],
  ['igp', 9],
  ['udp', 17],
  ['dccp', 33],
  ['gre', 47],
  ['esp', 50],
  ['ah', 51],
  ['ospf', 89],
  ['pim', 103],
  ['vrrp', 112],
  ['l2tp', 115],
  ['sctp', 132],
  ['udplite', 136],
];

/** Other names of the same protocols, which are read but not printed. */
const PROTOCOL_ALIASES: Readonly<Record<string, number>> = { all: 0, ipip: 4, 'ip-encap': 4 };

export function protocolName(proto: number): string {
  if (proto === 0) return 'all';
  return PROTOCOLS.find(([, number]) => number === proto)?.[0] ?? String(proto);
}

/** null: no such protocol. */
export function protocolNumber(text: string): number | null {
  const lower = text.toLowerCase();
  if (/^\d+$/.test(lower)) return Number(lower) <= 255 ? Number(lower) : null;
  return entryOf(PROTOCOL_ALIASES, lower) ?? PROTOCOLS.find(([name]) => name === lower)?.[1] ?? null;
}

/** name, port, which of tcp and udp know it */
const SERVICES: readonly (readonly [string, number, 't' | 'u' | 'tu'])[] = [
  ['tcpmux', 1, 't'],
  ['echo', 7, 'tu'],
  ['discard', 9, 'tu'],
  ['systat', 11, 't'],
  ['daytime', 13, 'tu'],
  ['netstat', 15, 't'],
  ['qotd', 17, 't'],
  ['chargen', 19, 'tu'],
  ['ftp-data', 20, 't'],
  ['ftp', 21, 't'],
  ['ssh', 22, 't'],
  ['telnet', 23, 't'],
  ['smtp', 25, 't'],
  ['time', 37, 'tu'],
  ['whois', 43, 't'],
  ['tacacs', 49, 'tu'],
  ['domain', 53, 'tu'],
  ['bootps', 67, 'u'],
  ['bootpc', 68, 'u'],
  ['tftp', 69, 'u'],
  ['gopher', 70, 't'],
  ['finger', 79, 't'],
  ['http', 80, 't'],
  ['kerberos', 88, 'tu'],
  ['pop3', 110, 't'],
  ['sunrpc', 111, 'tu'],
  ['auth', 113, 't'],
  ['nntp', 119, 't'],
  ['ntp', 123, 'u'],
  ['epmap', 135, 't'],
  ['netbios-ns', 137, 'u'],
  ['netbios-dgm', 138, 'u'],
  ['netbios-ssn', 139, 't'],
  ['imap2', 143, 't'],
  ['snmp', 161, 'tu'],
  ['snmp-trap', 162, 'tu'],
  ['bgp', 179, 't'],
  ['irc', 194, 'tu'],
  ['ldap', 389, 'tu'],
  ['https', 443, 'tu'],
  ['microsoft-ds', 445, 'tu'],
  ['submissions', 465, 't'],
  ['isakmp', 500, 'u'],
  ['exec', 512, 't'],
  ['login', 513, 't'],
  ['shell', 514, 't'],
  ['syslog', 514, 'u'],
  ['printer', 515, 't'],
  ['submission', 587, 't'],
  ['ipp', 631, 't'],
  ['ldaps', 636, 'tu'],
  ['rsync', 873, 't'],
  ['imaps', 993, 't'],
  ['pop3s', 995, 't'],
  ['socks', 1080, 't'],
  ['openvpn', 1194, 'tu'],
  ['ms-sql-s', 1433, 't'],
  ['radius', 1812, 'tu'],
  ['cisco-sccp', 2000, 't'],
  ['nfs', 2049, 'tu'],
  ['iscsi-target', 3260, 't'],
  ['mysql', 3306, 't'],
  ['ms-wbt-server', 3389, 't'],
  ['svn', 3690, 't'],
  ['sip', 5060, 'tu'],
  ['sip-tls', 5061, 'tu'],
  ['xmpp-client', 5222, 't'],
  ['postgresql', 5432, 't'],
  ['amqp', 5672, 'tu'],
  ['x11', 6000, 't'],
  ['redis', 6379, 't'],
  ['ircd', 6667, 't'],
  ['http-alt', 8080, 'tu'],
];

/** The name of a port, or null. */
export function serviceName(port: number, proto: number): string | null {
  const letter = proto === 17 ? 'u' : 't';
  return SERVICES.find(([, number, protos]) => number === port && protos.includes(letter))?.[0] ?? null;
}

const SERVICE_ALIASES: Readonly<Record<string, number>> = {
  www: 80,
  dns: 53,
  pop: 110,
  imap: 143,
  rpcbind: 111,
  portmapper: 111,
  webcache: 8080,
};

/** null: neither a number nor a known service. */
export function servicePort(text: string): number | null {
  if (/^\d+$/.test(text)) return Number(text) <= 65535 ? Number(text) : null;
  return entryOf(SERVICE_ALIASES, text) ?? SERVICES.find(([name]) => name === text)?.[1] ?? null;
}

export interface IcmpName {
  readonly name: string;
  readonly type: number;
  readonly first: number;
  readonly last: number;
}

const icmp = (name: string, type: number, first: number, last: number): IcmpName => ({
  name,
  type,
  first,
  last,
});

export const ICMP_NAMES: readonly IcmpName[] = [
  icmp('any', 0xff, 0, 0xff),
  icmp('echo-reply', 0, 0, 0xff),
  icmp('pong', 0, 0, 0xff),
  icmp('destination-unreachable', 3, 0, 0xff),
  icmp('network-unreachable', 3, 0, 0),
  icmp('host-unreachable', 3, 1, 1),
  icmp('protocol-unreachable', 3, 2, 2),
  icmp('port-unreachable', 3, 3, 3),
  icmp('fragmentation-needed', 3, 4, 4),
  icmp('source-route-failed', 3, 5, 5),
  icmp('network-unknown', 3, 6, 6),
  icmp('host-unknown', 3, 7, 7),
  icmp('network-prohibited', 3, 9, 9),
  icmp('host-prohibited', 3, 10, 10),
  icmp('TOS-network-unreachable', 3, 11, 11),
  icmp('TOS-host-unreachable', 3, 12, 12),
  icmp('communication-prohibited', 3, 13, 13),
  icmp('host-precedence-violation', 3, 14, 14),
  icmp('precedence-cutoff', 3, 15, 15),
  icmp('source-quench', 4, 0, 0xff),
  icmp('redirect', 5, 0, 0xff),
  icmp('network-redirect', 5, 0, 0),
  icmp('host-redirect', 5, 1, 1),
  icmp('TOS-network-redirect', 5, 2, 2),
  icmp('TOS-host-redirect', 5, 3, 3),
  icmp('echo-request', 8, 0, 0xff),
  icmp('ping', 8, 0, 0xff),
  icmp('router-advertisement', 9, 0, 0xff),
  icmp('router-solicitation', 10, 0, 0xff),
  icmp('time-exceeded', 11, 0, 0xff),
  icmp('ttl-exceeded', 11, 0, 0xff),
  icmp('ttl-zero-during-transit', 11, 0, 0),
  icmp('ttl-zero-during-reassembly', 11, 1, 1),
  icmp('parameter-problem', 12, 0, 0xff),
  icmp('ip-header-bad', 12, 0, 0),
  icmp('required-option-missing', 12, 1, 1),
  icmp('timestamp-request', 13, 0, 0xff),
  icmp('timestamp-reply', 14, 0, 0xff),
  icmp('address-mask-request', 17, 0, 0xff),
  icmp('address-mask-reply', 18, 0, 0xff),
];

/** In the order in which iptables names them. */
export const TCP_FLAG_NAMES: readonly (readonly [string, number])[] = [
  ['FIN', 0x01],
  ['SYN', 0x02],
  ['RST', 0x04],
  ['PSH', 0x08],
  ['ACK', 0x10],
  ['URG', 0x20],
];

export function tcpFlagsText(flags: number): string {
  const names = TCP_FLAG_NAMES.filter(([, bit]) => (flags & bit) !== 0).map(([name]) => name);
  return names.length === 0 ? 'NONE' : names.join(',');
}
