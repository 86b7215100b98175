/**
 * FullNAT's pool of local addresses, and the client address that travels in the TCP option TOA.
 * Comes from: schedule.ts, xmit/fullnat.ts, ctl.ts.
 * Source: Alibaba LVS v3 (ip_vs_conn.c, ip_vs_hbind_laddr(); ip_vs_proto_tcp.c, tcp_opt_add_toa()) and DPVS.
 * Differs: NOT part of mainline Linux; no synproxy, and sequence numbers are not translated.
 */
import { tcpHeaderLen, tcpOptionsLen, type Ipv4, type Ipv4Hdr, type Layer, type Layers, type TcpHdr } from '../wire/index.ts';
import { connKey, type ConnParams } from './conn.ts';
import type { IpvsNet } from './net.ts';
import type { Conn, ConnId, Svc } from './state.ts';

/** fullnat_lport_min and _max, fullnat_lport_tries */
const LPORT_MIN = 5000;
const LPORT_COUNT = 60531;
const LPORT_TRIES = 10000;
const TOA_LEN = 8;
const TCP_MAX_HEADER = 60;

function isTaken(net: IpvsNet, laddr: Ipv4, lport: number, p: ConnParams): boolean {
  const list = net.ipvs.connOut.get(connKey(laddr, lport));
  if (list === undefined) return false;
  return list.some((id) => {
    const conn = net.ipvs.conns.get(id as ConnId) as Conn;
    return conn.proto === p.proto && conn.daddr === p.daddr && conn.dport === p.dport;
  });
}

/** The next address of the pool, with a port that no connection to the same server uses. */
export function pickLaddr(net: IpvsNet, svc: Svc, p: ConnParams): { addr: Ipv4; port: number } | null {
  if (svc.laddrs.length === 0) return null;
  const addr = svc.laddrs[svc.nextLaddr % svc.laddrs.length] as Ipv4;
  svc.nextLaddr++;
  for (let tries = 0; tries < LPORT_TRIES; tries++) {
    const port = LPORT_MIN + ((svc.nextLaddr + tries) % LPORT_COUNT);
    if (!isTaken(net, addr, port, p)) return { addr, port };
  }
  return null;
}

/** Room for the option in the TCP header, and for the packet on the way out. */
export function hasRoomForToa(ip: Ipv4Hdr, tcp: TcpHdr, mtu: number): boolean {
  return tcpHeaderLen(tcp) + TOA_LEN <= TCP_MAX_HEADER && ip.totalLen + TOA_LEN <= mtu;
}

/** The segment with the client's address in option 254. */
export function withToa(ip: Ipv4Hdr, tcp: TcpHdr, rest: Layers, addr: Ipv4, port: number): Layer[] {
  const options = { ...tcp.options, toa: { addr, port } };
  const grown = tcpOptionsLen(options) - tcpOptionsLen(tcp.options);
  return [{ ...ip, totalLen: ip.totalLen + grown }, { ...tcp, options }, ...rest];
}
