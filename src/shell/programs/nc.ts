/**
 * `nc`: standard input to a connection and back; listens, or looks whether a port is open.
 * Comes from: commands/nc.ts.  Goes to: host sockets.
 * Source: OpenBSD netcat 1.219 netcat.c (readwrite, build_ports).
 */
import type { Nanos } from '../../engine/index.ts';
import {
  sockClose,
  strerror,
  tcpAccept,
  tcpConnect,
  tcpConnected,
  tcpListen,
  tcpRecv,
  tcpSend,
  tcpShutdown,
  udpConnect,
  udpOpen,
  udpRecv,
  udpSend,
  type Errno,
} from '../../host/index.ts';
import { formatIpv4, type Ipv4 } from '../../wire/index.ts';
import type { NodeNet, Proc, Program } from '../../world/index.ts';
import { fromBytes, signalCode, toBytes } from './net-text.ts';

export interface NcState {
  readonly dst: Ipv4 | null;
  readonly port: number;
  readonly listen: boolean;
  readonly keep: boolean;
  readonly udp: boolean;
  readonly scan: boolean;
  readonly verbose: boolean;
  readonly shutdownAtEof: boolean;
  readonly src: Ipv4 | null;
  readonly sport: number;
  /** 0: none */
  readonly wait: Nanos;
  /** what was piped in before the start; null at a terminal */
  input: string | null;
  listener: number;
  sock: number;
  connecting: boolean;
  /** grows with everything that happens, so that an old time-out is recognised */
  activity: number;
}

function say(net: NodeNet, proc: Proc, state: NcState, text: string): void {
  if (state.verbose) net.write(proc.stderr, text);
}

function target(state: NcState): string {
  return `${state.dst === null ? '' : formatIpv4(state.dst)} port ${state.port} (${state.udp ? 'udp' : 'tcp'})`;
}

function fails(net: NodeNet, proc: Proc, state: NcState, error: Errno): void {
  say(net, proc, state, `nc: connect to ${target(state)} failed: ${strerror(error)}\n`);
  net.exit(proc.pid, 1);
}

function armWait(net: NodeNet, proc: Proc, state: NcState): void {
  state.activity++;
  if (state.wait > 0) net.sleep(proc.pid, `idle ${state.activity}`, state.wait);
}

function start(net: NodeNet, proc: Proc, state: NcState): void {
  const local = state.src === null ? {} : { addr: state.src };
  if (state.listen) {
    const opened = state.udp
      ? udpOpen(net, proc.pid, { port: state.port, ...local })
      : tcpListen(net, proc.pid, { port: state.port, backlog: 1, ...local });
    if ('error' in opened) {
      net.write(proc.stderr, `nc: ${strerror(opened.error)}\n`);
      return net.exit(proc.pid, 1);
    }
    say(net, proc, state, `Listening on ${formatIpv4(state.src ?? (0 as Ipv4))} ${state.port}\n`);
    if (state.udp) state.sock = opened.sock;
    else state.listener = opened.sock;
    return;
  }
  if (state.dst === null) return;
  armWait(net, proc, state);
  if (state.udp) return startUdp(net, proc, state, state.dst, local);
  const opened = tcpConnect(net, proc.pid, {
    dst: state.dst,
    dport: state.port,
    sport: state.sport,
    ...(state.src === null ? {} : { src: state.src }),
  });
  if ('error' in opened) return fails(net, proc, state, opened.error);
  state.sock = opened.sock;
  state.connecting = true;
}

function startUdp(net: NodeNet, proc: Proc, state: NcState, dst: Ipv4, local: { addr?: Ipv4 }): void {
  const opened = udpOpen(net, proc.pid, { port: state.sport, ...local });
  if ('error' in opened) return fails(net, proc, state, opened.error);
  state.sock = opened.sock;
  const error = udpConnect(net, state.sock, dst, state.port);
  if (error !== null) return fails(net, proc, state, error);
  open(net, proc, state);
}

/** The way is open: what was typed already goes first. */
function open(net: NodeNet, proc: Proc, state: NcState): void {
  state.connecting = false;
  if (state.scan || !state.listen)
    say(
      net,
      proc,
      state,
      `Connection to ${target(state).replace(/ \(.*/, '').replace(' port', '')} port [${state.udp ? 'udp' : 'tcp'}/*] succeeded!\n`,
    );
  if (state.scan) return net.exit(proc.pid, 0);
  armWait(net, proc, state);
  const { input } = state;
  state.input = null;
  if (input === null) return;
  send(net, state, input);
  endOfInput(net, state);
}

function send(net: NodeNet, state: NcState, text: string): void {
  if (text === '' || state.sock === 0) return;
  if (state.udp) udpSend(net, state.sock, toBytes(text));
  else tcpSend(net, state.sock, toBytes(text));
}

function endOfInput(net: NodeNet, state: NcState): void {
  if (state.shutdownAtEof && !state.udp && state.sock !== 0) tcpShutdown(net, state.sock);
}

function read(net: NodeNet, proc: Proc, state: NcState): void {
  for (;;) {
    const received = state.udp ? udpRecv(net, state.sock) : tcpRecv(net, state.sock);
    if (received.kind === 'again') return;
    armWait(net, proc, state);
    if (received.kind === 'data') {
      if ('datagram' in received) {
        const { src, sport, bytes } = received.datagram;
        if (state.listen && state.dst === null) udpConnect(net, state.sock, src, sport);
        net.write(proc.stdout, fromBytes(bytes));
      } else net.write(proc.stdout, fromBytes(received.bytes));
      continue;
    }
    if (received.kind === 'error' && !state.udp) say(net, proc, state, `nc: read failed: ${strerror(received.error)}\n`);
    if (state.udp) return net.exit(proc.pid, 1);
    sockClose(net, state.sock);
    state.sock = 0;
    if (state.listen && state.keep) return;
    return net.exit(proc.pid, received.kind === 'error' ? 1 : 0);
  }
}

function onSocket(net: NodeNet, proc: Proc, state: NcState): void {
  if (state.connecting) {
    const answer = tcpConnected(net, state.sock);
    if (answer.kind === 'pending') return;
    if (answer.kind === 'no') return fails(net, proc, state, answer.error);
    open(net, proc, state);
    if (state.scan) return;
  }
  if (state.listener !== 0 && state.sock === 0) {
    const sock = tcpAccept(net, state.listener);
    if (sock === null) return;
    state.sock = sock;
    if (!state.keep) {
      sockClose(net, state.listener);
      state.listener = 0;
    }
    open(net, proc, state);
  }
  if (state.sock !== 0) read(net, proc, state);
}

export const nc: Program = (net, proc, wake) => {
  const state = proc.state as NcState;
  switch (wake.kind) {
    case 'start':
      return start(net, proc, state);
    case 'socket':
      return onSocket(net, proc, state);
    case 'stdin':
      if (state.connecting || state.sock === 0) {
        if (wake.text !== null) state.input = (state.input ?? '') + wake.text;
      } else if (wake.text === null) endOfInput(net, state);
      else send(net, state, wake.text);
      return;
    case 'timer':
      if (wake.key !== `idle ${state.activity}`) return;
      if (state.connecting) fails(net, proc, state, 'ETIMEDOUT');
      else net.exit(proc.pid, 0);
      return;
    case 'signal':
      return net.exit(proc.pid, signalCode(wake));
    default:
  }
};
