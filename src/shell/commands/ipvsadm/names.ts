/**
 * Names of hosts and services, as the resolver knows them without a name server.
 * Comes from: values.ts (reading), list.ts (printing without -n).
 * Source: hosts(5); services(5) as in Debian's netbase.
 */
import { formatIpv4, IPPROTO_TCP, IPPROTO_UDP, parseIpv4, type Ipv4 } from '../../../wire/index.ts';
import type { NodeNet } from '../../../world/index.ts';

/** The best known entries of /etc/services. */
const SERVICES: readonly (readonly [string, number])[] = [
  ['echo', 7],
  ['discard', 9],
  ['daytime', 13],
  ['chargen', 19],
  ['ftp-data', 20],
  ['ftp', 21],
  ['ssh', 22],
  ['telnet', 23],
  ['smtp', 25],
  ['time', 37],
  ['domain', 53],
  ['tftp', 69],
  ['gopher', 70],
  ['finger', 79],
  ['http', 80],
  ['kerberos', 88],
  ['pop3', 110],
  ['sunrpc', 111],
  ['nntp', 119],
  ['ntp', 123],
  ['imap2', 143],
  ['snmp', 161],
  ['snmp-trap', 162],
  ['bgp', 179],
  ['ldap', 389],
  ['https', 443],
  ['submissions', 465],
  ['syslog', 514],
  ['submission', 587],
  ['ldaps', 636],
  ['rsync', 873],
  ['imaps', 993],
  ['pop3s', 995],
  ['socks', 1080],
  ['openvpn', 1194],
  ['ms-sql-s', 1433],
  ['mysql', 3306],
  ['sip', 5060],
  ['sip-tls', 5061],
  ['postgresql', 5432],
  ['redis', 6379],
  ['http-alt', 8080],
];
const UDP_ONLY = new Set(['tftp', 'ntp', 'snmp-trap', 'syslog']);
const TCP_ONLY = new Set([
  'ftp-data',
  'ftp',
  'ssh',
  'telnet',
  'smtp',
  'gopher',
  'finger',
  'http',
  'pop3',
  'nntp',
  'imap2',
  'bgp',
  'submissions',
  'submission',
  'rsync',
  'imaps',
  'pop3s',
  'socks',
  'ms-sql-s',
  'mysql',
  'postgresql',
  'redis',
]);
const ALIASES: Readonly<Record<string, string>> = {
  www: 'http',
  dns: 'domain',
  imap: 'imap2',
  mail: 'smtp',
  sntp: 'ntp',
};

function knows(name: string, proto: number): boolean {
  if (proto === IPPROTO_UDP) return !TCP_ONLY.has(name);
  return proto === IPPROTO_TCP && !UDP_ONLY.has(name);
}

export function portByName(word: string, proto: number): number | null {
  const name = ALIASES[word] ?? word;
  const found = SERVICES.find(([n]) => n === name);
  return found !== undefined && knows(name, proto) ? found[1] : null;
}

export function portName(port: number, proto: number): string {
  const found = SERVICES.find(([n, p]) => p === port && knows(n, proto));
  return found === undefined ? String(port) : found[0];
}

/** The text of /etc/hosts, '' if there is none. */
export function hostsOf(net: NodeNet): string {
  return net.user.files.get('/etc/hosts') ?? '';
}

function entries(hosts: string): { addr: Ipv4; names: string[] }[] {
  const out: { addr: Ipv4; names: string[] }[] = [];
  for (const line of hosts.split('\n')) {
    const [first, ...names] = (line.split('#')[0] as string).trim().split(/\s+/);
    const addr = parseIpv4(first ?? '');
    if (addr !== null) out.push({ addr, names });
  }
  return out;
}

export function hostByName(hosts: string, name: string): Ipv4 | null {
  for (const entry of entries(hosts)) if (entry.names.includes(name)) return entry.addr;
  return null;
}

export function hostName(hosts: string, addr: Ipv4): string {
  for (const entry of entries(hosts))
    if (entry.addr === addr && entry.names[0] !== undefined) return entry.names[0];
  return formatIpv4(addr);
}
