/**
 * FullNAT's pool of local addresses, its sequence numbers, and the client address that travels in the TCP
 * option TOA.
 * Comes from: schedule.ts, icmp.ts, xmit/fullnat.ts, xmit/fullnat-reply.ts.
 * Source: Alibaba LVS v3 (ip_vs_conn.c, ip_vs_hbind_laddr(); ip_vs_proto_tcp.c, tcp_opt_add_toa()); DPVS 1.8
 *   src/ipvs/ip_vs_proto_tcp.c, tcp_in_init_seq(), tcp_in_add_toa(), tcp_in_remove_ts(), tcp_out_adjust_seq().
 * Differs: NOT part of mainline Linux. No synproxy; no RST to both ends when an entry expires; a timestamp
 *   that is taken out of a SYN leaves no NOPs behind.
 */
import {
  TCP_ACK,
  TCP_RST,
  TCP_SYN,
  tcpHeaderLen,
  tcpOptionsLen,
  type IcmpHdr,
  type Ipv4,
  type Ipv4Hdr,
  type Layer,
  type Layers,
  type TcpHdr,
} from '../wire/index.ts';
import { connLocalGet, type ConnParams } from './conn.ts';
import type { IpvsNet } from './net.ts';
import type { Conn, FullnatEnd, Svc } from './state.ts';

/** fullnat_lport_min and _max, fullnat_lport_tries */
const LPORT_MIN = 5000;
const LPORT_COUNT = 60531;
const LPORT_TRIES = 10000;
const TOA_LEN = 8;
const TCP_MAX_HEADER = 60;
const SEQ_SPACE = 0x1_0000_0000;

/** The next address of the pool, with a port that no connection to the same server uses. */
export function pickLaddr(net: IpvsNet, svc: Svc, p: ConnParams): { addr: Ipv4; port: number } | null {
  if (svc.laddrs.length === 0) return null;
  const addr = svc.laddrs[svc.nextLaddr % svc.laddrs.length] as Ipv4;
  svc.nextLaddr++;
  for (let tries = 0; tries < LPORT_TRIES; tries++) {
    const port = LPORT_MIN + ((svc.nextLaddr + tries) % LPORT_COUNT);
    if (connLocalGet(net.ipvs, p.proto, addr, port, p.daddr, p.dport) === null) return { addr, port };
  }
  return null;
}

function sum(a: number, b: number): number {
  return (a + b) >>> 0;
}

/**
 * A client's segment in the director's numbers. To the server all clients are one host, whose next connection
 * from the same port must not fall into the numbers of the last one: so each SYN gets a number of the
 * director's, and goes without the client's clock.
 */
export function inSegment(net: IpvsNet, local: FullnatEnd, tcp: TcpHdr): TcpHdr {
  const isSyn = (tcp.flags & (TCP_SYN | TCP_ACK)) === TCP_SYN;
  if (isSyn && local.seqDelta === null) local.seqDelta = sum(net.randomBelow(SEQ_SPACE), -tcp.seq);
  const options = isSyn && tcp.options.timestamps !== null ? { ...tcp.options, timestamps: null } : tcp.options;
  return { ...tcp, seq: sum(tcp.seq, local.seqDelta ?? 0), options };
}

/** A server's segment in the numbers that the client knows; room for the option is taken off the MSS. */
export function outSegment(local: FullnatEnd, tcp: TcpHdr): TcpHdr {
  const delta = local.seqDelta ?? 0;
  const isSynAck = (tcp.flags & TCP_SYN) !== 0 && (tcp.flags & TCP_ACK) !== 0;
  if (isSynAck) local.dataSeq = sum(tcp.seq, 1);
  const { mss, sack } = tcp.options;
  let { options } = tcp;
  if (isSynAck && mss !== null) options = { ...options, mss: mss - TOA_LEN };
  if (sack !== null) {
    options = { ...options, sack: sack.map(({ left, right }) => ({ left: sum(left, -delta), right: sum(right, -delta) })) };
  }
  return { ...tcp, ack: (tcp.flags & TCP_ACK) === 0 ? tcp.ack : sum(tcp.ack, -delta), options };
}

/** The SYN carries the option, and so do the client's segments until one of them acknowledges data of the server. */
export function wantsToa(local: FullnatEnd, tcp: TcpHdr): boolean {
  if ((tcp.flags & TCP_SYN) !== 0) return (tcp.flags & TCP_ACK) === 0;
  return (tcp.flags & TCP_RST) === 0 && tcp.ack === local.dataSeq;
}

/** Room for the option in the TCP header, and for the packet on the way out. */
export function hasRoomForToa(ip: Ipv4Hdr, tcp: TcpHdr, mtu: number): boolean {
  return tcpHeaderLen(tcp) + TOA_LEN <= TCP_MAX_HEADER && ip.totalLen + TOA_LEN <= mtu;
}

/** The segment with the client's address in option 254. */
export function withToa(tcp: TcpHdr, addr: Ipv4, port: number): TcpHdr {
  return { ...tcp, options: { ...tcp.options, toa: { addr, port } } };
}

/** A quoted packet's ports, and its sequence number moved by `delta`: its sender must know it as its own. */
function quoted(transport: Layer | undefined, sport: number, dport: number, delta: number): Layer[] {
  if (transport?.kind === 'udp') return [{ ...transport, sport, dport }];
  return transport?.kind === 'tcp' ? [{ ...transport, sport, dport, seq: sum(transport.seq, delta) }] : [];
}

/** An ICMP error about an answer, on to the server; the server's own numbers are nowhere changed. */
export function errorForServer(layers: Layers, conn: Conn, local: FullnatEnd, outer: Ipv4Hdr): Layers {
  const [, icmp, about, transport, ...rest] = layers as [Ipv4Hdr, IcmpHdr, Ipv4Hdr, ...Layers];
  const head = { ...outer, src: local.addr, dst: conn.daddr };
  return [head, icmp, { ...about, src: conn.daddr, dst: local.addr }, ...quoted(transport, conn.dport, local.port, 0), ...rest];
}

/** An ICMP error about a request, on to the client. */
export function errorForClient(layers: Layers, conn: Conn, local: FullnatEnd): Layers {
  const [ip, icmp, about, transport, ...rest] = layers as [Ipv4Hdr, IcmpHdr, Ipv4Hdr, ...Layers];
  const head = { ...ip, src: conn.vaddr, dst: conn.caddr, ttl: ip.ttl - 1 };
  const delta = -(local.seqDelta ?? 0);
  return [head, icmp, { ...about, src: conn.caddr, dst: conn.vaddr }, ...quoted(transport, conn.cport, conn.vport, delta), ...rest];
}

/** The packet with another TCP header; options have no numbers, so only lengths change with them. */
export function withSegment(ip: Ipv4Hdr, old: TcpHdr, tcp: TcpHdr, rest: Layers): Layer[] {
  const grown = tcpOptionsLen(tcp.options) - tcpOptionsLen(old.options);
  return [grown === 0 ? ip : { ...ip, totalLen: ip.totalLen + grown }, tcp, ...rest];
}
