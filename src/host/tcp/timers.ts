/**
 * What happens to a connection when time passes.
 * Comes from: timer events.  Goes to: output.ts, data.ts, syn.ts, done.ts.
 * Source: Linux 6.1 net/ipv4/tcp_timer.c, tcp_write_timer_handler(), tcp_delack_timer_handler(),
 *   tcp_probe_timer(); tcp_output.c, tcp_send_loss_probe().
 */
import { TCP_ACK } from '../../wire/index.ts';
import type { Net } from '../net.ts';
import type { TcpSock } from '../socket/state.ts';
import { sockOf, tcpSockOf } from '../socket/table.ts';
import { tcpEnterRecovery, tcpReduceCwnd } from './ack.ts';
import { timewaitKill } from './done.ts';
import { tcpMtuDeferred } from './error.ts';
import { tcpArmProbe, tcpArmRto, tcpRetransmit, tcpWriteWakeup, tcpWriteXmit, tcpXmitRetransmitQueue } from './output.ts';
import { tcpReleaseSock } from './input.ts';
import { tcpRetransmitTimer } from './retransmit.ts';
import { tcpRackDetect } from './rack.ts';
import { tcpSendAck, tcpTransmit } from './segment.ts';
import { seqAdd, seqDiff } from './seq.ts';
import { tcpSynAckTimer } from './syn.ts';

const ATO_MIN_MS = 40;
/** The one timer of the sending side. */
function tcpWriteTimer(net: Net, id: number, seq: number): void {
  const sock = tcpSockOf(net.host.sockets, id);
  if (sock === null || sock.timer === null || sock.timer.seq !== seq) return;
  const { kind } = sock.timer;
  sock.timer = null;
  switch (kind) {
    case 'rto':
      return tcpRetransmitTimer(net, sock);
    case 'tlp':
      return lossProbe(net, sock);
    case 'reo':
      if (tcpRackDetect(net, sock).lost) {
        const isNew = sock.highSeq === null;
        tcpEnterRecovery(sock);
        if (isNew) tcpReduceCwnd(sock, 1, false);
        tcpXmitRetransmitQueue(net, sock);
      }
      if (sock.timer === null) tcpArmRto(net, sock);
      return;
    case 'probe':
      return windowProbe(net, sock);
  }
}

/** No ACK for the last segment within two round trips: send it again to provoke one (RFC 8985 §7). */
function lossProbe(net: Net, sock: TcpSock): void {
  const last = sock.rtx[sock.rtx.length - 1];
  if (last === undefined) return;
  if (sock.tlpHigh !== null) {
    tcpArmRto(net, sock);
    return;
  }
  if (sock.unsent.length > 0 && tcpWriteXmit(net, sock, true)) {
    sock.tlpHigh = sock.sndNxt;
    tcpArmRto(net, sock);
    return;
  }
  tcpRetransmit(net, sock, last, 'tcp.retransmit-probe');
  sock.tlpHigh = sock.sndNxt;
  tcpArmRto(net, sock);
}

/** The peer's window is closed: ask from time to time whether it still is. */
function windowProbe(net: Net, sock: TcpSock): void {
  if (sock.rtx.length > 0 || sock.unsent.length === 0) return;
  if (tcpWriteWakeup(net, sock)) return;
  const next = sock.unsent[0];
  // with the window open it is something else that kept the segment from leaving
  if (next === undefined || seqDiff(seqAdd(sock.sndUna, sock.sndWnd), next.seq) <= 0) {
    if (net.tracing) net.trace('tcp_timer', 'state', 'tcp.window-probe', null, { raddr: sock.raddr, rport: sock.rport });
    tcpTransmit(net, sock, seqAdd(sock.sndUna, -1), TCP_ACK, null);
  }
  sock.backoff = Math.min(sock.backoff + 1, 10);
  tcpArmProbe(net, sock);
}

function tcpDelackTimer(net: Net, id: number, seq: number): void {
  const sock = tcpSockOf(net.host.sockets, id);
  if (sock === null || sock.delackTimer !== seq) return;
  sock.delackTimer = null;
  if (!sock.ackPending || sock.state === 'CLOSE') return;
  if (sock.pingpong) {
    // the answer did not come in time: acknowledge sooner from now on
    sock.pingpong = false;
    sock.atoMs = ATO_MIN_MS;
  } else sock.atoMs = Math.min(sock.atoMs * 2, sock.rtoMs);
  if (net.tracing)
    net.trace('tcp_timer', 'state', 'tcp.delayed-ack', null, {
      raddr: sock.raddr,
      rport: sock.rport,
      lport: sock.lport,
    });
  tcpSendAck(net, sock);
}

function tcpTimewaitTimer(net: Net, id: number, seq: number): void {
  const tw = sockOf(net.host.sockets, id);
  if (tw?.kind !== 'timewait' || tw.timer !== seq) return;
  timewaitKill(net, tw);
  if (net.tracing)
    net.trace('tcp_timer', 'state', 'tcp.time-wait-over', null, {
      raddr: tw.raddr,
      rport: tw.rport,
      lport: tw.lport,
    });
}

function synAckTimer(net: Net, id: number, seq: number): void {
  const req = sockOf(net.host.sockets, id);
  if (req?.kind === 'request' && req.timer === seq) tcpSynAckTimer(net, req);
}

/** A process goes on sending what it has handed over. */
function tcpPushTimer(net: Net, id: number): void {
  const sock = tcpSockOf(net.host.sockets, id);
  if (sock === null) return;
  if (sock.busy !== null) sock.busy.goesOn = false;
  if (sock.state === 'ESTABLISHED' || sock.state === 'CLOSE_WAIT') tcpWriteXmit(net, sock);
  tcpReleaseSock(net, sock);
}

function tcpMtuTimer(net: Net, id: number): void {
  const sock = tcpSockOf(net.host.sockets, id);
  if (sock !== null) tcpMtuDeferred(net, sock);
}

/** Joined with the others in host/timers.ts. */
export const tcpTimers = {
  'tcp-rto': (net: Net, key: number | string, seq: number): void => tcpWriteTimer(net, Number(key), seq),
  'tcp-delack': (net: Net, key: number | string, seq: number): void => tcpDelackTimer(net, Number(key), seq),
  'tcp-timewait': (net: Net, key: number | string, seq: number): void => tcpTimewaitTimer(net, Number(key), seq),
  'tcp-synack': (net: Net, key: number | string, seq: number): void => synAckTimer(net, Number(key), seq),
  'tcp-push': (net: Net, key: number | string): void => tcpPushTimer(net, Number(key)),
  'tcp-mtu': (net: Net, key: number | string): void => tcpMtuTimer(net, Number(key)),
} as const;
