/**
 * Sockets of a host as `ss`, `netstat` and /proc/net list them.
 * Comes from: ss.ts, netstat.ts, fs/proc-sockets.ts.  Goes to: the host's sockets (reading only).
 * Source: Linux 6.1 net/ipv4/tcp_ipv4.c, get_tcp4_sock(), get_timewait4_sock(), get_openreq4();
 *   net/ipv4/udp.c, udp4_format_sock(); net/ipv4/raw.c, raw_sock_seq_show().
 * Differs: sockets of one kind stand in the order of their making, those that listen first.
 */
import { socksOf, type HostState, type Sock, type TcpSock } from '../../../host/index.ts';
import type { Ipv4 } from '../../../wire/index.ts';
import type { NodeNet } from '../../../world/index.ts';

/** States as /proc/net numbers them, from 1. */
export const STATE_NUMBERS = [
  'ESTABLISHED',
  'SYN_SENT',
  'SYN_RECV',
  'FIN_WAIT1',
  'FIN_WAIT2',
  'TIME_WAIT',
  'CLOSE',
  'CLOSE_WAIT',
  'LAST_ACK',
  'LISTEN',
  'CLOSING',
] as const;
export type SocketState = (typeof STATE_NUMBERS)[number];

/** What a socket waits for: retransmission, end of TIME_WAIT, an open window. */
export interface SocketTimer {
  readonly kind: 'on' | 'timewait' | 'persist';
  readonly leftMs: number;
  readonly retransmits: number;
}

export interface SocketRow {
  readonly netid: 'tcp' | 'udp' | 'raw';
  readonly state: SocketState;
  readonly recvQ: number;
  readonly sendQ: number;
  readonly laddr: Ipv4;
  readonly lport: number;
  readonly raddr: Ipv4;
  readonly rport: number;
  readonly pid: number;
  readonly timer: SocketTimer | null;
  /** interface that it is bound to, or 0 */
  readonly oif: number;
}

const MS = 1_000_000;

function tcpTimer(sock: TcpSock, now: number): SocketTimer | null {
  const { timer } = sock;
  if (timer === null) return null;
  return { kind: timer.kind === 'probe' ? 'persist' : 'on', leftMs: timeLeft(timer.expires, now), retransmits: sock.retransmits };
}

function timeLeft(expires: number, now: number): number {
  return Math.max(0, Math.floor((expires - now) / MS));
}

function rowOf(sock: Sock, now: number): SocketRow | null {
  const ends = 'laddr' in sock ? { laddr: sock.laddr, lport: sock.lport, raddr: sock.raddr, rport: sock.rport } : null;
  switch (sock.kind) {
    case 'tcp': {
      if (ends === null || sock.state === 'CLOSE') return null;
      const listens = sock.state === 'LISTEN';
      return {
        netid: 'tcp',
        state: sock.state,
        recvQ: listens ? sock.accept.length : sock.receivedBytes,
        sendQ: listens ? sock.backlog : (sock.writeSeq - sock.sndUna) >>> 0,
        ...ends,
        pid: sock.owner,
        timer: listens ? null : tcpTimer(sock, now),
        oif: sock.oif,
      };
    }
    case 'request': {
      const timer: SocketTimer = { kind: 'on', leftMs: timeLeft(sock.expires, now), retransmits: sock.timeouts };
      return ends === null ? null : { netid: 'tcp', state: 'SYN_RECV', recvQ: 0, sendQ: 0, ...ends, pid: 0, timer, oif: 0 };
    }
    case 'timewait': {
      // the kernel's wheel ends it up to two seconds late, and does not tell that
      const timer: SocketTimer = { kind: 'timewait', leftMs: Math.min(timeLeft(sock.expires, now), 59_990), retransmits: 0 };
      return ends === null ? null : { netid: 'tcp', state: sock.substate, recvQ: 0, sendQ: 0, ...ends, pid: 0, timer, oif: 0 };
    }
    case 'udp': {
      if (ends === null || sock.lport === 0) return null;
      const state = sock.connected ? 'ESTABLISHED' : 'CLOSE';
      return { netid: 'udp', state, recvQ: sock.queuedBytes, sendQ: 0, ...ends, pid: sock.owner, timer: null, oif: sock.oif };
    }
    case 'raw': {
      const nobody = { raddr: 0 as Ipv4, rport: 0 };
      const { bound: laddr, proto: lport, oif, owner: pid } = sock;
      return { netid: 'raw', state: 'CLOSE', recvQ: 0, sendQ: 0, laddr, lport, ...nobody, pid, timer: null, oif };
    }
    default:
      return null;
  }
}

/** Raw sockets and UDP before TCP, listeners before connections. */
export function socketRows(host: HostState, now: number): SocketRow[] {
  const rows: SocketRow[] = [];
  for (const sock of socksOf(host.sockets)) {
    const row = rowOf(sock, now);
    if (row !== null) rows.push(row);
  }
  const rank = (row: SocketRow): number => (row.netid === 'raw' ? 0 : row.netid === 'udp' ? 1 : row.state === 'LISTEN' ? 2 : 3);
  return rows.sort((a, b) => rank(a) - rank(b));
}

/** Name of a process as tools show it: without the folder that its file lies in. */
export function programOf(net: NodeNet, pid: number): string {
  return net.user.procs.get(pid)?.argv[0]?.replace(/^.*\//, '') ?? '';
}
