/**
 * Names of hosts and services, as the resolver knows them without a name server.
 * Comes from: values.ts (reading), list.ts (printing without -n).
 * Source: hosts(5); services(5) as in Debian's netbase.
 */
import { formatIpv4, IPPROTO_SCTP, IPPROTO_TCP, IPPROTO_UDP, parseIpv4, type Ipv4 } from '../../../wire/index.ts';
import type { NodeNet } from '../../../world/index.ts';
import { SERVICE_NAMES, type ServiceName } from './services.ts';

const LETTERS: Readonly<Record<number, string>> = {
  [IPPROTO_TCP]: 't',
  [IPPROTO_UDP]: 'u',
  [IPPROTO_SCTP]: 's',
};

function knows(service: ServiceName, proto: number): boolean {
  const letter = LETTERS[proto];
  return letter !== undefined && service.protos.includes(letter);
}

/** A service by one of its names; none is known without a protocol, as with firewall marks. */
export function portByName(word: string, proto: number): number | null {
  const found = SERVICE_NAMES.find((s) => (s.name === word || s.aliases.includes(word)) && knows(s, proto));
  return found === undefined ? null : found.port;
}

export function portName(port: number, proto: number): string {
  const found = SERVICE_NAMES.find((s) => s.port === port && knows(s, proto));
  return found === undefined ? String(port) : found.name;
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
  for (const entry of entries(hosts)) if (entry.addr === addr && entry.names[0] !== undefined) return entry.names[0];
  return formatIpv4(addr);
}
