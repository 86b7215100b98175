/**
 * TCP states as a director keeps them: what a flag in a packet does to the connection's entry.
 * Comes from: state-transition.ts.  Goes to: timeouts, ActiveConn and InActConn, the synchronisation.
 * Source: Linux 6.1 net/netfilter/ipvs/ip_vs_proto_tcp.c (tcp_states, tcp_states_dos, tcp_timeouts,
 *   tcp_state_active_table, tcp_state_idx()).
 * Differs: nothing known.
 *
 * The director is no end of the connection. It guesses the state from the packets that it sees: both
 * directions with NAT, only the client's with DR and TUN. That is why there are three tables.
 */
import { TCP_ACK, TCP_FIN, TCP_RST, TCP_SYN } from '../wire/index.ts';
import type { ConnState } from './state.ts';

export const TCP_STATES = [
  'NONE',
  'ESTABLISHED',
  'SYN_SENT',
  'SYN_RECV',
  'FIN_WAIT',
  'TIME_WAIT',
  'CLOSE',
  'CLOSE_WAIT',
  'LAST_ACK',
  'LISTEN',
  'SYNACK',
] as const satisfies readonly ConnState[];
export type TcpConnState = (typeof TCP_STATES)[number];

/** Which packets are seen: from the client, from the server, from the client where only the client is seen. */
export type TcpDirection = 'input' | 'output' | 'inputOnly';
export type TcpEvent = 'syn' | 'fin' | 'ack' | 'rst';

/** Seconds; `ipvsadm --set` changes ESTABLISHED and FIN_WAIT. */
export const TCP_TIMEOUT_S: Readonly<Record<TcpConnState, number>> = {
  NONE: 2,
  ESTABLISHED: 900,
  SYN_SENT: 120,
  SYN_RECV: 60,
  FIN_WAIT: 120,
  TIME_WAIT: 120,
  CLOSE: 10,
  CLOSE_WAIT: 60,
  LAST_ACK: 30,
  LISTEN: 120,
  SYNACK: 120,
};

/** The states in which a connection counts in ActiveConn. */
export function tcpStateActive(state: ConnState): boolean {
  return state === 'ESTABLISHED' || state === 'SYN_SENT' || state === 'SYN_RECV' || state === 'SYNACK';
}

type Row = Readonly<Record<TcpConnState, TcpConnState>>;
export type TcpTable = Readonly<Record<TcpDirection, Readonly<Record<TcpEvent, Row>>>>;

const SHORT: Readonly<Record<string, TcpConnState>> = {
  NO: 'NONE',
  ES: 'ESTABLISHED',
  SS: 'SYN_SENT',
  SR: 'SYN_RECV',
  FW: 'FIN_WAIT',
  TW: 'TIME_WAIT',
  CL: 'CLOSE',
  CW: 'CLOSE_WAIT',
  LA: 'LAST_ACK',
  LI: 'LISTEN',
  SA: 'SYNACK',
};

/** Reads a row written as eleven short names, in the order of TCP_STATES. */
function row(text: string): Row {
  const names = text.split(' ');
  const out = {} as Record<TcpConnState, TcpConnState>;
  TCP_STATES.forEach((from, i) => {
    out[from] = SHORT[names[i] as string] as TcpConnState;
  });
  return out;
}

export const TCP_TABLE: TcpTable = {
  //             NO ES SS SR FW TW CL CW LA LI SA
  input: {
    syn: row('SR ES ES SR SR SR SR SR SR SR SR'),
    fin: row('CL CW SS TW TW TW CL CW LA LI TW'),
    ack: row('ES ES SS ES FW TW CL CW CL LI ES'),
    rst: row('CL CL CL SR CL CL CL CL LA LI SR'),
  },
  output: {
    syn: row('SS ES SS SR SS SS SS SS SS LI SR'),
    fin: row('TW FW SS TW FW TW CL TW LA LI TW'),
    ack: row('ES ES SS ES FW TW CL CW LA ES ES'),
    rst: row('CL CL SS CL CL TW CL CL CL CL CL'),
  },
  inputOnly: {
    syn: row('SR ES ES SR SR SR SR SR SR SR SR'),
    fin: row('CL FW SS TW FW TW CL CW LA LI TW'),
    ack: row('ES ES SS ES FW TW CL CW CL LI ES'),
    rst: row('CL CL CL SR CL CL CL CL LA LI CL'),
  },
};

/** The table while secure_tcp is in force: a client's ACK alone does not make a connection established. */
export const TCP_TABLE_SECURE: TcpTable = {
  //             NO ES SS SR FW TW CL CW LA LI SA
  input: {
    syn: row('SR ES ES SR SR SR SR SR SR SR SA'),
    fin: row('CL CW SS TW TW TW CL CW LA LI SA'),
    ack: row('ES ES SS SR FW TW CL CW CL LI SA'),
    rst: row('CL CL CL SR CL CL CL CL LA LI CL'),
  },
  output: {
    syn: row('SS ES SS SA SS SS SS SS SS LI SA'),
    fin: row('TW FW SS TW FW TW CL TW LA LI TW'),
    ack: row('ES ES SS ES FW TW CL CW LA ES ES'),
    rst: row('CL CL SS CL CL TW CL CL CL CL CL'),
  },
  inputOnly: {
    syn: row('SA ES ES SR SA SA SA SA SA SA SA'),
    fin: row('CL FW SS TW FW TW CL CW LA LI TW'),
    ack: row('ES ES SS ES FW TW CL CW CL LI ES'),
    rst: row('CL CL CL SR CL CL CL CL LA LI CL'),
  },
};

/** The row of the flag that decides; null: none of the four is set, which moves any connection to CLOSE. */
function rowOf(rows: TcpTable[TcpDirection], flags: number): Row | null {
  if ((flags & TCP_RST) !== 0) return rows.rst;
  if ((flags & TCP_SYN) !== 0) return rows.syn;
  if ((flags & TCP_FIN) !== 0) return rows.fin;
  if ((flags & TCP_ACK) !== 0) return rows.ack;
  return null;
}

export function tcpNextState(table: TcpTable, direction: TcpDirection, from: ConnState, flags: number): TcpConnState {
  const half = direction === 'inputOnly' ? table.inputOnly : direction === 'input' ? table.input : table.output;
  return rowOf(half, flags)?.[from as TcpConnState] ?? 'CLOSE';
}
