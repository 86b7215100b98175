/**
 * ICMP messages about segments of ours.
 * Comes from: icmp/ (which changes routes when told that a full socket is concerned).
 * Goes to: the socket's errors, its segment length.
 * Source: Linux 6.1 net/ipv4/tcp_ipv4.c, tcp_v4_err(), tcp_v4_mtu_reduced(), tcp_req_err(); RFC 1122 §4.2.3.9.
 */
import { nanos, NS_PER_US } from '../../engine/index.ts';
import {
  ICMP_DEST_UNREACH,
  ICMP_FRAG_NEEDED,
  ICMP_HOST_UNREACH,
  ICMP_REDIRECT,
  type Ipv4,
  type Ipv4Hdr,
  type Layers,
} from '../../wire/index.ts';
import { ipv4UpdatePmtu } from '../icmp/pmtu.ts';
import type { Net } from '../net.ts';
import { icmpErrno } from '../socket/errno.ts';
import type { TcpRequest, TcpSock } from '../socket/state.ts';
import { connectionLookup } from '../socket/table.ts';
import { tcpDone, tcpWake } from './done.ts';
import { tcpSyncMss } from './mss.ts';
import { tcpSimpleRetransmit } from './output.ts';
import { tcpRevertBackoff } from './retransmit.ts';
import { between } from './seq.ts';
import { requestDrop } from './syn.ts';

/** Ports and sequence number as far as the message quotes them: eight bytes are enough. */
function quoted(embedded: Layers): { sport: number; dport: number; seq: number } | null {
  const layer = embedded[1];
  if (layer === undefined) return null;
  if (layer.kind === 'tcp') return { sport: layer.sport, dport: layer.dport, seq: layer.seq };
  if (layer.kind !== 'payload' || layer.bytes.length < 8) return null;
  const view = new DataView(layer.bytes.buffer, layer.bytes.byteOffset, layer.bytes.byteLength);
  return { sport: view.getUint16(0), dport: view.getUint16(2), seq: view.getUint32(4) };
}

/** @returns whether a full connection is concerned, so that a redirect or a path MTU may be learnt */
export function tcpError(net: Net, type: number, code: number, rest: number, embedded: Layers, from: Ipv4): boolean {
  const ip = embedded[0] as Ipv4Hdr;
  const about = quoted(embedded);
  if (about === null) return false;
  const sock = connectionLookup(net.host.sockets, ip.src, about.sport, ip.dst, about.dport);
  const args = { type, code, from, raddr: ip.dst, rport: about.dport, lport: about.sport };
  if (sock === null) {
    net.host.ipv4.mib.icmpInErrors++;
    if (net.tracing) net.trace('tcp_err', 'state', 'tcp.icmp-for-nobody', null, args);
    return false;
  }
  if (sock.kind === 'timewait') return type === ICMP_REDIRECT;
  if (sock.kind === 'request') {
    if (net.tracing) net.trace('tcp_err', 'state', 'tcp.icmp-for-request', null, args);
    requestError(net, sock, type, code, about.seq);
    return false;
  }
  if (!between(about.seq, sock.sndUna, sock.sndNxt)) {
    if (net.tracing) net.trace('tcp_err', 'state', 'tcp.icmp-out-of-window', null, args);
    return false;
  }
  if (type === ICMP_REDIRECT) {
    // a call holds its socket until all that its packet set off is over, and advice is not kept for later
    const held = sock.heldAt === net.now;
    if (held && net.tracing) net.trace('tcp_err', 'state', 'tcp.redirect-while-held', null, args);
    return !held;
  }
  if (type === ICMP_DEST_UNREACH && code === ICMP_FRAG_NEEDED) {
    return fragNeeded(net, sock, rest & 0xffff);
  }
  if (type === ICMP_DEST_UNREACH && code <= ICMP_HOST_UNREACH) tcpRevertBackoff(net, sock, about.seq);
  hardOrSoft(net, sock, type, code, args);
  return true;
}

/** A half-open connection ends by "unreachable", but takes no advice about routes. */
function requestError(net: Net, req: TcpRequest, type: number, code: number, seq: number): void {
  if (seq !== req.iss) return;
  if (type !== ICMP_REDIRECT && (type !== ICMP_DEST_UNREACH || code <= 1)) requestDrop(net, req);
}

function hardOrSoft(net: Net, sock: TcpSock, type: number, code: number, args: Record<string, number>): void {
  const error = icmpErrno(type, code);
  if (error === null) return;
  if (sock.state === 'SYN_SENT' || sock.state === 'SYN_RECV') {
    if (net.tracing) net.trace('tcp_err', 'state', 'tcp.icmp-ends-connecting', null, { ...args, errno: error.errno });
    tcpDone(net, sock, error.errno);
    return;
  }
  if (net.tracing) net.trace('tcp_err', 'state', 'tcp.icmp-remembered', null, { ...args, errno: error.errno });
  sock.softError = error.errno;
}

/**
 * The path takes less. A sender that is still at work with the very segments learns it when it leaves
 * the socket, after whatever else has come back by then; its route learns it as late.
 * @returns whether the route may learn it now
 */
function fragNeeded(net: Net, sock: TcpSock, mtu: number): boolean {
  sock.mtuInfo = mtu;
  const isBusy = sock.lastSendAt === net.now;
  if (isBusy) net.arm('tcp-mtu', sock.id, nanos(NS_PER_US));
  else tcpMtuReduced(net, sock);
  return !isBusy;
}

/** The sender has left the socket. */
export function tcpMtuDeferred(net: Net, sock: TcpSock): void {
  const isMin = net.host.sysctl['net.ipv4.ip_no_pmtu_disc'] === 1;
  if (sock.mtuInfo !== 0) ipv4UpdatePmtu(net, { dst: sock.raddr, src: sock.laddr }, isMin ? 0 : sock.mtuInfo);
  tcpMtuReduced(net, sock);
}

function tcpMtuReduced(net: Net, sock: TcpSock): void {
  const mtu = Math.max(sock.mtuInfo, 552);
  if (sock.mtuInfo === 0 || sock.state === 'CLOSE' || mtu >= sock.pmtu) return;
  sock.mtuInfo = 0;
  const before = sock.mss;
  tcpSyncMss(sock, mtu);
  if (net.tracing)
    net.trace('tcp_err', 'state', 'tcp.mss-lowered', null, {
      mtu,
      mss: sock.mss,
      before,
      raddr: sock.raddr,
      rport: sock.rport,
    });
  tcpSimpleRetransmit(net, sock);
  tcpWake(net, sock);
}
