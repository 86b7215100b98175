/**
 * `nc`: standard input to a connection and back; listens, or looks whether a port is open.
 * Comes from: commands/nc.ts.  Goes to: host sockets.
 * Source: OpenBSD netcat 1.219 netcat.c (readwrite, build_ports).
 */
import type { Nanos } from '../../engine/index.ts';
import {
  sockClose,
  sockNames,
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
import { serviceName } from '../commands/iptables/names.ts';
import { fromBytes, hostNameOf, signalCode, toBytes } from './net-text.ts';

export interface NcState {
  readonly dst: Ipv4 | null;
  /** as typed */
  readonly name: string;
  /** to connect to, one after the other; to listen at: one */
  readonly ports: readonly number[];
  readonly listen: boolean;
  readonly keep: boolean;
  readonly udp: boolean;
  readonly scan: boolean;
  readonly verbose: boolean;
  /** no names of services */
  readonly numeric: boolean;
  readonly shutdownAtEof: boolean;
  readonly src: Ipv4 | null;
  readonly sport: number;
  /** 0: none */
  readonly wait: Nanos;
  /** -q: how long to stay when the input has ended; null: until the peer ends */
  readonly linger: Nanos | null;
  /** what was piped in before the start; null at a terminal */
  input: string | null;
  /** nothing more will be typed or piped */
  eof: boolean;
  listener: number;
  sock: number;
  connecting: boolean;
  /** grows with everything that happens, so that an old time-out is recognised */
  activity: number;
  /** place in `ports`, and whether one of them could be reached */
  at: number;
  reached: boolean;
}

function say(net: NodeNet, proc: Proc, state: NcState, text: string): void {
  if (state.verbose) net.write(proc.stderr, text);
}

function peerText(net: NodeNet, state: NcState, addr: Ipv4): string {
  return (state.numeric ? null : hostNameOf(net, addr)) ?? formatIpv4(addr);
}

function portOf(state: NcState): number {
  return state.ports[state.at] ?? 0;
}

/** The host as typed, and its address where that was a name. */
function hostText(state: NcState): string {
  const addr = state.dst === null ? '' : formatIpv4(state.dst);
  return state.name === addr ? addr : `${state.name} (${addr})`;
}

function target(state: NcState): string {
  return `${hostText(state)} port ${portOf(state)} (${state.udp ? 'udp' : 'tcp'})`;
}

/** This port is done with: the next one, or the end. */
function next(net: NodeNet, proc: Proc, state: NcState): void {
  if (state.sock !== 0) sockClose(net, state.sock);
  state.sock = 0;
  state.connecting = false;
  state.at++;
  if (state.at >= state.ports.length) return net.exit(proc.pid, state.reached ? 0 : 1);
  start(net, proc, state);
}

function fails(net: NodeNet, proc: Proc, state: NcState, error: Errno): void {
  if (error === 'EADDRNOTAVAIL' || error === 'EADDRINUSE') {
    net.write(proc.stderr, `nc: bind failed: ${strerror(error)}\n`);
    return net.exit(proc.pid, 1);
  }
  say(net, proc, state, `nc: connect to ${target(state)} failed: ${strerror(error)}\n`);
  next(net, proc, state);
}

function armWait(net: NodeNet, proc: Proc, state: NcState): void {
  state.activity++;
  if (state.wait > 0) net.sleep(proc.pid, `idle ${state.activity}`, state.wait);
}

function start(net: NodeNet, proc: Proc, state: NcState): void {
  const local = state.src === null ? {} : { addr: state.src };
  if (state.listen) {
    const opened = state.udp
      ? udpOpen(net, proc.pid, { port: portOf(state), ...local })
      : tcpListen(net, proc.pid, { port: portOf(state), backlog: 1, ...local });
    if ('error' in opened) {
      net.write(proc.stderr, `nc: ${strerror(opened.error)}\n`);
      return net.exit(proc.pid, 1);
    }
    const { lport } = sockNames(net, opened.sock) ?? { lport: portOf(state) };
    say(net, proc, state, `${state.udp ? 'Bound' : 'Listening'} on ${formatIpv4(state.src ?? (0 as Ipv4))} ${lport}\n`);
    if (state.udp) state.sock = opened.sock;
    else state.listener = opened.sock;
    return;
  }
  if (state.dst === null) return;
  armWait(net, proc, state);
  if (state.udp) return startUdp(net, proc, state, state.dst, local);
  const opened = tcpConnect(net, proc.pid, {
    dst: state.dst,
    dport: portOf(state),
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
  const error = udpConnect(net, state.sock, dst, portOf(state));
  if (error !== null) return fails(net, proc, state, error);
  open(net, proc, state);
}

/** The way is open: what was typed already goes first. */
function open(net: NodeNet, proc: Proc, state: NcState): void {
  state.connecting = false;
  state.reached = true;
  if (!state.listen) {
    const proto = state.udp ? 'udp' : 'tcp';
    const service = state.numeric ? null : serviceName(portOf(state), state.udp ? 17 : 6);
    say(net, proc, state, `Connection to ${hostText(state)} ${portOf(state)} port [${proto}/${service ?? '*'}] succeeded!\n`);
  } else if (!state.udp) {
    const names = sockNames(net, state.sock);
    if (names !== null) say(net, proc, state, `Connection received on ${peerText(net, state, names.raddr)} ${names.rport}\n`);
  }
  if (state.scan) return next(net, proc, state);
  armWait(net, proc, state);
  const { input } = state;
  state.input = null;
  if (input !== null) send(net, state, input);
  if (state.eof) endOfInput(net, proc, state);
}

function send(net: NodeNet, state: NcState, text: string): void {
  if (text === '' || state.sock === 0) return;
  if (state.udp) udpSend(net, state.sock, toBytes(text));
  else tcpSend(net, state.sock, toBytes(text));
}

function endOfInput(net: NodeNet, proc: Proc, state: NcState): void {
  if (state.shutdownAtEof && !state.udp && state.sock !== 0) tcpShutdown(net, state.sock);
  if (state.linger !== null) net.sleep(proc.pid, 'linger', state.linger);
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
    if (state.scan || state.connecting) return;
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
      state.eof ||= wake.text === null;
      if (state.connecting || state.sock === 0) {
        if (wake.text !== null) state.input = (state.input ?? '') + wake.text;
      } else if (wake.text === null) endOfInput(net, proc, state);
      else send(net, state, wake.text);
      return;
    case 'timer':
      if (wake.key === 'linger') return net.exit(proc.pid, 0);
      if (wake.key !== `idle ${state.activity}`) return;
      if (!state.connecting) return net.exit(proc.pid, 0);
      say(net, proc, state, `nc: connect to ${target(state)} timed out: Operation now in progress\n`);
      return next(net, proc, state);
    case 'signal':
      return net.exit(proc.pid, signalCode(wake));
    default:
  }
};
