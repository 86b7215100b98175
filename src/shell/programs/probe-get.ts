/**
 * `tcp-get` and `udp-get`: small clients that say in one word what became of each attempt.
 * Comes from: commands/probe.ts.  Goes to: host sockets.
 */
import { nanos, NS_PER_US, type Nanos } from '../../engine/index.ts';
import {
  sockClose,
  tcpAbort,
  tcpConnect,
  tcpConnected,
  tcpRecv,
  tcpSend,
  udpConnect,
  udpOpen,
  udpRecv,
  udpSend,
  type Errno,
} from '../../host/index.ts';
import type { Ipv4 } from '../../wire/index.ts';
import type { NodeNet, Proc, Program } from '../../world/index.ts';
import { fromBytes, signalCode, toBytes } from './net-text.ts';

export interface ProbeGetState {
  readonly tcp: boolean;
  readonly dst: Ipv4;
  readonly dport: number;
  /** 0: any */
  readonly sport: number;
  readonly bind: Ipv4 | null;
  readonly hold: Nanos;
  readonly timeout: Nanos;
  readonly requests: number;
  readonly size: number;
  readonly abort: boolean;
  /** attempts begun */
  attempt: number;
  phase: 'connect' | 'hold' | 'read' | 'between';
  sock: number;
  got: string;
  failed: boolean;
}

/** The time a program takes between the end of one attempt and the next. */
const BETWEEN = nanos(500 * NS_PER_US);

const WORDS: Readonly<Partial<Record<Errno, string>>> = {
  ECONNREFUSED: 'refused',
  ETIMEDOUT: 'timeout',
  EAGAIN: 'timeout',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  ENOPROTOOPT: 'unreachable',
  EHOSTDOWN: 'unreachable',
  EACCES: 'unreachable',
  EPROTO: 'unreachable',
  EMSGSIZE: 'unreachable',
};

/** The word for an error. */
export function probeWord(error: Errno): string {
  return WORDS[error] ?? `error ${error}`;
}

function request(state: ProbeGetState): Uint8Array {
  const length = Math.max(state.size, 6);
  return toBytes(`GET /${'x'.repeat(length - 6)}\n`);
}

function finish(net: NodeNet, proc: Proc, state: ProbeGetState, line: string, failed: boolean): void {
  if (state.sock !== 0) sockClose(net, state.sock);
  state.sock = 0;
  state.failed ||= failed;
  net.write(proc.stdout, `${line}\n`);
  if (state.attempt >= state.requests) {
    net.exit(proc.pid, state.failed ? 1 : 0);
    return;
  }
  state.phase = 'between';
  net.sleep(proc.pid, `between ${state.attempt}`, BETWEEN);
}

function fail(net: NodeNet, proc: Proc, state: ProbeGetState, error: Errno): void {
  finish(net, proc, state, probeWord(error), true);
}

function attempt(net: NodeNet, proc: Proc, state: ProbeGetState): void {
  const index = state.attempt++;
  state.got = '';
  const sport = state.sport === 0 ? 0 : state.sport + index;
  if (state.tcp) {
    const opened = tcpConnect(net, proc.pid, {
      dst: state.dst,
      dport: state.dport,
      sport,
      ...(state.bind === null ? {} : { src: state.bind }),
    });
    if ('error' in opened) return fail(net, proc, state, opened.error);
    state.sock = opened.sock;
    state.phase = 'connect';
    net.sleep(proc.pid, `timeout connect ${state.attempt}`, state.timeout);
    return;
  }
  const opened = udpOpen(net, proc.pid, {
    port: sport,
    reuseAddr: true,
    ...(state.bind === null ? {} : { addr: state.bind }),
  });
  if ('error' in opened) return fail(net, proc, state, opened.error);
  state.sock = opened.sock;
  const error = udpConnect(net, state.sock, state.dst, state.dport);
  if (error !== null) return fail(net, proc, state, error);
  afterOpen(net, proc, state);
}

/** Connected: hold the connection first, if asked to. */
function afterOpen(net: NodeNet, proc: Proc, state: ProbeGetState): void {
  if (state.hold === 0) return act(net, proc, state);
  state.phase = 'hold';
  net.sleep(proc.pid, `hold ${state.attempt}`, state.hold);
}

function act(net: NodeNet, proc: Proc, state: ProbeGetState): void {
  if (state.abort) {
    if (state.tcp) {
      tcpAbort(net, state.sock);
      state.sock = 0;
    }
    return finish(net, proc, state, 'aborted', false);
  }
  const error = state.tcp ? tcpSend(net, state.sock, request(state)) : udpSend(net, state.sock, request(state));
  if (error !== null) return fail(net, proc, state, error);
  state.phase = 'read';
  net.sleep(proc.pid, `timeout read ${state.attempt}`, state.timeout);
  read(net, proc, state);
}

function read(net: NodeNet, proc: Proc, state: ProbeGetState): void {
  for (;;) {
    const received = state.tcp ? tcpRecv(net, state.sock) : udpRecv(net, state.sock);
    switch (received.kind) {
      case 'again':
        return;
      case 'error':
        return fail(net, proc, state, received.error);
      case 'eof':
        return finish(net, proc, state, `ok ${firstLine(state.got)}`, false);
      case 'data':
        if ('datagram' in received) return finish(net, proc, state, `ok ${firstLine(fromBytes(received.datagram.bytes))}`, false);
        state.got += fromBytes(received.bytes);
    }
  }
}

function firstLine(text: string): string {
  const end = text.indexOf('\n');
  return end < 0 ? text : text.slice(0, end);
}

function onSocket(net: NodeNet, proc: Proc, state: ProbeGetState): void {
  if (state.phase === 'read') return read(net, proc, state);
  if (state.phase !== 'connect') return;
  const connected = tcpConnected(net, state.sock);
  if (connected.kind === 'no') fail(net, proc, state, connected.error);
  else if (connected.kind === 'yes') afterOpen(net, proc, state);
}

export const probeGet: Program = (net, proc, wake) => {
  const state = proc.state as ProbeGetState;
  switch (wake.kind) {
    case 'start':
      return attempt(net, proc, state);
    case 'socket':
      if (wake.sock === state.sock) onSocket(net, proc, state);
      return;
    case 'timer':
      if (wake.key === `between ${state.attempt}`) attempt(net, proc, state);
      else if (wake.key === `hold ${state.attempt}` && state.phase === 'hold') act(net, proc, state);
      else if (wake.key === `timeout ${state.phase} ${state.attempt}`) fail(net, proc, state, 'ETIMEDOUT');
      return;
    case 'signal':
      return net.exit(proc.pid, signalCode(wake));
    default:
  }
};
