/**
 * The protocols that IPVS balances: their states, timeouts and which states count as active.
 * Comes from: core.ts, conn.ts, sync/.
 * Source: Linux 6.1 net/netfilter/ipvs/ip_vs_proto.c, ip_vs_proto_udp.c, ip_vs_proto_sctp.c, ip_vs_proto_ah_esp.c.
 * Differs: SCTP services can be configured and listed, but the lab has no SCTP packets; AH and ESP are not balanced.
 */
import { IPPROTO_SCTP, IPPROTO_TCP, IPPROTO_UDP, IPPROTO_ICMP } from '../wire/index.ts';
import { TCP_STATES, TCP_TIMEOUT_S, type TcpConnState } from './proto-tcp.ts';
import type { Conn, ConnState, IpvsState } from './state.ts';

/** Template states (ip_vs_ctpl_state): not yet used by an established connection, and used. */
export const TEMPLATE_STATES = ['NONE', 'ASSURED'] as const satisfies readonly ConnState[];
const UDP_STATES = ['UDP'] as const satisfies readonly ConnState[];
const SCTP_STATES = [
  'NONE',
  'INIT1',
  'INIT',
  'COOKIE',
  'C-ECHOED',
  'ESTABLISHED',
  'S-SENT',
  'S-RECEIVED',
  'S-ACK-SENT',
  'REJECTED',
  'CLOSED',
] as const satisfies readonly ConnState[];

const SEC_MS = 1000;

/**
 * Timeouts of a FullNAT director, seconds: shorter than mainline's, since it holds a port of its own
 * for each connection. Outside the mainline kernel.
 */
const FULLNAT_TIMEOUT_S: Readonly<Record<TcpConnState, number>> = {
  NONE: 2,
  ESTABLISHED: 90,
  SYN_SENT: 3,
  SYN_RECV: 30,
  FIN_WAIT: 7,
  TIME_WAIT: 7,
  CLOSE: 3,
  CLOSE_WAIT: 7,
  LAST_ACK: 7,
  LISTEN: 120,
  SYNACK: 30,
};

export function isBalanced(proto: number): boolean {
  return proto === IPPROTO_TCP || proto === IPPROTO_UDP;
}

export function protoName(proto: number): string {
  if (proto === IPPROTO_TCP) return 'TCP';
  if (proto === IPPROTO_UDP) return 'UDP';
  if (proto === IPPROTO_SCTP) return 'SCTP';
  if (proto === IPPROTO_ICMP) return 'ICMP';
  return 'IP';
}

/** State of a connection that has seen no packet. */
export function firstState(proto: number, template: boolean): ConnState {
  return proto === IPPROTO_UDP && !template ? 'UDP' : 'NONE';
}

/** The numbers that stand for states in synchronisation messages, by position. */
export function statesOf(proto: number, template: boolean): readonly ConnState[] {
  if (template) return TEMPLATE_STATES;
  if (proto === IPPROTO_UDP) return UDP_STATES;
  return proto === IPPROTO_SCTP ? SCTP_STATES : TCP_STATES;
}

/** Timeout that a state brings with it, milliseconds. */
export function timeoutMsOf(ipvs: IpvsState, conn: Conn, state: ConnState): number {
  if (conn.proto === IPPROTO_UDP) return ipvs.timeouts.udp * SEC_MS;
  if (conn.fwd === 'fullnat') return FULLNAT_TIMEOUT_S[state as TcpConnState] * SEC_MS;
  if (state === 'ESTABLISHED') return ipvs.timeouts.tcp * SEC_MS;
  if (state === 'FIN_WAIT') return ipvs.timeouts.tcpFin * SEC_MS;
  return (TCP_TIMEOUT_S[state as TcpConnState] ?? 60) * SEC_MS;
}
