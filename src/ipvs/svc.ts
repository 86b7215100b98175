/**
 * Looking up services and real servers.
 * Comes from: schedule.ts, ctl.ts, conn.ts.  Goes to: nothing further.
 * Source: Linux 6.1 net/netfilter/ipvs/ip_vs_ctl.c, ip_vs_service_find(), ip_vs_lookup_dest(), ip_vs_find_dest().
 * Differs: services are looked for one after the other; their hash only decides the order in which they are listed.
 */
import { IPPROTO_TCP, type Ipv4 } from '../wire/index.ts';
import { type Ipv6, ipv6Words } from './ipv6.ts';
import type { Conn, Dest, DestId, IpvsState, Svc, SvcId } from './state.ts';

export const FTP_PORT = 21;
export const FTP_DATA_PORT = 20;
/** Ports below are not for ordinary users' programs (PROT_SOCK). */
const UNPRIVILEGED_PORT = 1024;

/** Bits of the hash of services (IP_VS_SVC_TAB_BITS). */
const SVC_TAB_BITS = 8;
const SVC_TAB_MASK = (1 << SVC_TAB_BITS) - 1;

/**
 * The bucket that a service lies in. The kernel mixes in where the namespace lies in memory, which is
 * aligned to 4096 bytes: the lower four bits are as here, the upper four are those of one boot or another.
 */
function bucketOf(svc: Svc): number {
  if (svc.fwmark !== 0) return svc.fwmark & SVC_TAB_MASK;
  return (svc.proto ^ lowByteOf(svc) ^ (svc.port >>> SVC_TAB_BITS) ^ svc.port) & SVC_TAB_MASK;
}

/** Of an IPv6 address the four 32-bit words are folded first. */
function lowByteOf(svc: Svc): number {
  if (svc.addr6 === null) return svc.addr & SVC_TAB_MASK;
  return ipv6Words(svc.addr6).reduce((folded, word, i) => (i % 2 === 1 ? folded ^ word : folded), 0) & SVC_TAB_MASK;
}

/** Services as the kernel walks them: addresses, then firewall marks; by bucket, and the newest of a bucket first. */
export function servicesInOrder(ipvs: IpvsState): Svc[] {
  const newestFirst = ipvs.services.slice().reverse();
  return newestFirst.sort((a, b) => Number(a.fwmark !== 0) - Number(b.fwmark !== 0) || bucketOf(a) - bucketOf(b));
}

export function svcById(ipvs: IpvsState, id: SvcId | null): Svc | null {
  const list = ipvs.services;
  for (let i = 0; i < list.length; i++) {
    const svc = list[i] as Svc;
    if (svc.id === id) return svc;
  }
  return null;
}

/** The service with exactly these values, as the commands name it. */
export function svcLookup(ipvs: IpvsState, fwmark: number, proto: number, addr: Ipv4, port: number, addr6: Ipv6 | null = null): Svc | null {
  const list = ipvs.services;
  for (let i = 0; i < list.length; i++) {
    const svc = list[i] as Svc;
    if ((svc.addr6 === null) !== (addr6 === null) || svc.fwmark !== fwmark) continue;
    if (fwmark !== 0 || (svc.proto === proto && svc.addr === addr && svc.port === port && svc.addr6 === addr6)) return svc;
  }
  return null;
}

/** How a packet came to its service: for the explanation. */
export type SvcMatch = 'fwmark' | 'address' | 'ftp' | 'port-0';

/** The service of a packet: by mark, by address and port, FTP data, any port; in this order. */
export function svcFind(ipvs: IpvsState, mark: number, proto: number, addr: Ipv4, port: number): { svc: Svc; match: SvcMatch } | null {
  if (mark !== 0) {
    const svc = svcLookup(ipvs, mark, 0, 0 as Ipv4, 0);
    if (svc !== null) return { svc, match: 'fwmark' };
  }
  const exact = svcLookup(ipvs, 0, proto, addr, port);
  if (exact !== null) return { svc: exact, match: 'address' };
  if (proto === IPPROTO_TCP && (port === FTP_DATA_PORT || port >= UNPRIVILEGED_PORT)) {
    const ftp = svcLookup(ipvs, 0, proto, addr, FTP_PORT);
    if (ftp !== null) return { svc: ftp, match: 'ftp' };
  }
  const any = svcLookup(ipvs, 0, proto, addr, 0);
  return any === null ? null : { svc: any, match: 'port-0' };
}

/** From this many servers on, their places in the list are remembered instead of looked for. */
const MANY_DESTS = 32;

/**
 * Where each server of a long list stood when it was last looked for. Not part of the state: a place is only
 * believed when the server still stands there.
 */
const places = new WeakMap<readonly Dest[], Map<DestId, number>>();

function remembered(list: readonly Dest[], id: DestId): Dest | null {
  const at = places.get(list)?.get(id);
  const dest = at === undefined ? undefined : list[at];
  return dest !== undefined && dest.id === id ? dest : null;
}

export function destById(svc: Svc, id: DestId | null): Dest | null {
  if (id === null) return null;
  const list = svc.dests;
  const known = list.length < MANY_DESTS ? null : remembered(list, id);
  if (known !== null) return known;
  const found = scan(list, id);
  if (found !== null && list.length >= MANY_DESTS) places.set(list, new Map(list.map((dest, at) => [dest.id, at])));
  return found;
}

function scan(list: readonly Dest[], id: DestId): Dest | null {
  for (let i = 0; i < list.length; i++) {
    const dest = list[i] as Dest;
    if (dest.id === id) return dest;
  }
  return null;
}

export function destLookup(svc: Svc, addr: Ipv4, port: number, addr6: Ipv6 | null = null): Dest | null {
  const list = svc.dests;
  for (let i = 0; i < list.length; i++) {
    const dest = list[i] as Dest;
    if (dest.addr === addr && dest.port === port && dest.addr6 === addr6) return dest;
  }
  return null;
}

/** The real server of a connection, also one that has been deleted and lies in the trash. */
export function destOf(ipvs: IpvsState, conn: Conn): Dest | null {
  if (conn.dest === null) return null;
  const own = svcById(ipvs, conn.svc);
  if (own !== null) {
    const dest = destById(own, conn.dest);
    if (dest !== null) return dest;
  }
  // A server taken back from the trash may stand under a service that was made anew since.
  for (const svc of ipvs.services) {
    const dest = destById(svc, conn.dest);
    if (dest !== null) return dest;
  }
  for (const entry of ipvs.trash) {
    if (entry.dest.id === conn.dest) return entry.dest;
  }
  return null;
}

/** The service that an available real server belongs to; conn.svc may be one that was deleted since. */
export function svcOfDest(ipvs: IpvsState, conn: Conn, dest: Dest): Svc | null {
  const own = svcById(ipvs, conn.svc);
  if (own !== null && destById(own, dest.id) !== null) return own;
  for (const svc of ipvs.services) {
    if (destById(svc, dest.id) !== null) return svc;
  }
  return null;
}

/** For a connection told by another director: the real server it would be bound to here. */
export function findDestForSync(
  ipvs: IpvsState,
  fwmark: number,
  proto: number,
  vaddr: Ipv4,
  vport: number,
  daddr: Ipv4,
  dport: number,
  masq: boolean,
): { svc: Svc; dest: Dest } | null {
  const found = svcFind(ipvs, fwmark, proto, vaddr, vport);
  if (found === null) return null;
  const port = fwmark !== 0 && !masq ? 0 : dport;
  const dest = destLookup(found.svc, daddr, port) ?? destLookup(found.svc, daddr, port ^ dport);
  return dest === null ? null : { svc: found.svc, dest };
}

/** Active * 256 + inactive: the load that lc, wlc, lblc, lblcr and twos compare (ip_vs_dest_conn_overhead). */
export function overheadOf(dest: Dest): number {
  return dest.activeConns * 256 + dest.inactConns;
}
