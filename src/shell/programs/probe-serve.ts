/**
 * `tcp-serve` and `udp-serve`: small servers that answer with a name. One process, many connections.
 * Comes from: commands/probe.ts.  Goes to: host sockets.
 */
import { nanos, NS_PER_MS } from '../../engine/index.ts';
import { sockClose, tcpAccept, tcpListen, tcpRecv, tcpSend, udpOpen, udpRecv, udpSend, type Errno } from '../../host/index.ts';
import type { Ipv4 } from '../../wire/index.ts';
import type { NodeNet, Proc, Program } from '../../world/index.ts';
import { signalCode, toBytes } from './net-text.ts';

export interface ProbeServeState {
  readonly tcp: boolean;
  readonly port: number;
  readonly name: string;
  readonly bind: Ipv4 | null;
  /** set at the start when the port cannot be had */
  error: Errno | null;
  listener: number;
  conns: number[];
  /** connection that is closed after the pause, or 0 */
  closing: number;
}

/** So long the server waits before it closes, so that the reply is acknowledged before the FIN. */
const PAUSE = nanos(5 * NS_PER_MS);
const READ_MAX = 4096;
const NEWLINE = 10;

function open(net: NodeNet, proc: Proc, state: ProbeServeState): void {
  const addr = state.bind === null ? {} : { addr: state.bind };
  const opened = state.tcp
    ? tcpListen(net, proc.pid, { port: state.port, ...addr, reuseAddr: true, backlog: 128 })
    : udpOpen(net, proc.pid, { port: state.port, ...addr, reuseAddr: true });
  if ('error' in opened) {
    state.error = opened.error;
    net.exit(proc.pid, 1);
  } else state.listener = opened.sock;
}

/** One round over all connections, newest first, then one accept; again until nothing is left to do. */
function serveTcp(net: NodeNet, proc: Proc, state: ProbeServeState): void {
  while (state.closing === 0) {
    let busy = false;
    for (let i = state.conns.length - 1; i >= 0 && state.closing === 0; i--) {
      if (serveOne(net, proc, state, state.conns[i] as number)) busy = true;
    }
    if (state.closing !== 0) return;
    const sock = tcpAccept(net, state.listener);
    if (sock !== null) state.conns.push(sock);
    else if (!busy) return;
  }
}

/** @returns whether there was anything to read */
function serveOne(net: NodeNet, proc: Proc, state: ProbeServeState, sock: number): boolean {
  const received = tcpRecv(net, sock, READ_MAX);
  if (received.kind === 'again') return false;
  if (received.kind !== 'data') {
    drop(net, state, sock);
    return true;
  }
  if (!received.bytes.includes(NEWLINE)) return true;
  tcpSend(net, sock, toBytes(`${state.name}\n`));
  state.closing = sock;
  net.sleep(proc.pid, 'pause', PAUSE);
  return true;
}

function drop(net: NodeNet, state: ProbeServeState, sock: number): void {
  state.conns.splice(state.conns.indexOf(sock), 1);
  sockClose(net, sock);
}

function serveUdp(net: NodeNet, state: ProbeServeState): void {
  for (;;) {
    const received = udpRecv(net, state.listener);
    if (received.kind === 'again') return;
    if (received.kind === 'error') continue;
    const { src, sport, dst } = received.datagram;
    udpSend(net, state.listener, toBytes(`${state.name}\n`), { dst: src, dport: sport, src: dst });
  }
}

export const probeServe: Program = (net, proc, wake) => {
  const state = proc.state as ProbeServeState;
  switch (wake.kind) {
    case 'start':
      return open(net, proc, state);
    case 'socket':
      if (state.tcp) serveTcp(net, proc, state);
      else serveUdp(net, state);
      return;
    case 'timer':
      if (state.closing === 0) return;
      drop(net, state, state.closing);
      state.closing = 0;
      serveTcp(net, proc, state);
      return;
    case 'signal':
      return net.exit(proc.pid, signalCode(wake));
    default:
  }
};
