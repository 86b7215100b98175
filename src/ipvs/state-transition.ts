/**
 * What a packet does to the state of its connection, and to ActiveConn and InActConn of its server.
 * Comes from: core.ts.  Goes to: conn.ts (timeouts), `ipvsadm -L -c`.
 * Source: Linux 6.1 net/netfilter/ipvs/ip_vs_proto_tcp.c, set_tcp_state(); ip_vs_proto_udp.c, udp_state_transition().
 * Differs: nothing known.
 */
import type { Skb } from '../host/index.ts';
import { TCP_ACK, TCP_FIN, TCP_RST, TCP_SYN, type TcpHdr } from '../wire/index.ts';
import { connArgs, controlAssure } from './conn.ts';
import type { IpvsNet } from './net.ts';
import { TCP_TABLE, TCP_TABLE_SECURE, tcpNextState, tcpStateActive, type TcpDirection } from './proto-tcp.ts';
import { timeoutMsOf } from './protos.ts';
import type { Conn } from './state.ts';
import { destOf } from './svc.ts';

export type Direction = 'input' | 'output';

/** The flags that matter here, for people: 'SYN,ACK'. */
function flagText(flags: number): string {
  let text = '';
  if ((flags & TCP_SYN) !== 0) text += 'SYN,';
  if ((flags & TCP_FIN) !== 0) text += 'FIN,';
  if ((flags & TCP_RST) !== 0) text += 'RST,';
  if ((flags & TCP_ACK) !== 0) text += 'ACK,';
  return text === '' ? '-' : text.slice(0, -1);
}

/** Moves the connection between ActiveConn and InActConn of its server when the state demands it. */
function recount(net: IpvsNet, conn: Conn, active: boolean): void {
  if (active !== conn.inactive) return;
  const dest = destOf(net.ipvs, conn);
  if (dest === null) return;
  conn.inactive = !active;
  const step = active ? 1 : -1;
  dest.activeConns += step;
  dest.inactConns -= step;
}

function tcpTransition(net: IpvsNet, conn: Conn, direction: Direction, tcp: TcpHdr, skb: Skb): void {
  let column: TcpDirection = direction;
  if (conn.noOutput) {
    // The server's packets pass here after all: from now on both halves are seen.
    if (direction === 'output') conn.noOutput = false;
    else column = 'inputOnly';
  }
  const secure = (net.ipvs.sysctl['secure_tcp'] as number) > 1;
  const from = conn.state;
  const to = tcpNextState(secure ? TCP_TABLE_SECURE : TCP_TABLE, column, from, tcp.flags);
  if (to !== from) {
    recount(net, conn, tcpStateActive(to));
    if (to === 'ESTABLISHED') controlAssure(net, conn);
    conn.state = to;
  }
  conn.timeoutMs = timeoutMsOf(net.ipvs, conn, to);
  if (to === from || !net.tracing) return;
  const half = column === 'inputOnly' && (to === 'FIN_WAIT' || to === 'CLOSE');
  net.trace('ipvs:conn', 'state', half ? 'ipvs.conn-state-half' : 'ipvs.conn-state', skb, {
    ...connArgs(conn),
    from,
    to,
    flags: flagText(tcp.flags),
    direction,
  });
}

/** @param tcp the packet's TCP header, or null for UDP */
export function setState(net: IpvsNet, conn: Conn, direction: Direction, tcp: TcpHdr | null, skb: Skb): void {
  if (tcp !== null) {
    tcpTransition(net, conn, direction, tcp, skb);
    return;
  }
  conn.timeoutMs = timeoutMsOf(net.ipvs, conn, conn.state);
  if (direction === 'output') controlAssure(net, conn);
}
