/**
 * `telnet`: a connection by hand. What is typed goes out line by line, what comes is shown.
 * Comes from: commands/telnet.ts.  Goes to: host sockets.
 * Source: netkit telnet 0.17 telnet/commands.c (tn), RFC 854 for the ends of lines.
 * Differs: no options of the protocol are negotiated, as with any server that is no telnet server; the escape
 * character does nothing, Ctrl-C ends the program.
 */
import { sockClose, strerror, tcpConnect, tcpConnected, tcpRecv, tcpSend, type Errno } from '../../host/index.ts';
import { formatIpv4, type Ipv4 } from '../../wire/index.ts';
import type { NodeNet, Proc, Program } from '../../world/index.ts';
import { fromBytes, signalCode, toBytes } from './net-text.ts';

export interface TelnetState {
  readonly dst: Ipv4;
  /** as typed */
  readonly name: string;
  readonly port: number;
  /** typed or piped in before the connection was there */
  input: string;
  /** nothing more will be typed or piped */
  eof: boolean;
  sock: number;
  connected: boolean;
}

function fails(net: NodeNet, proc: Proc, state: TelnetState, error: Errno): void {
  net.write(proc.stderr, `telnet: connect to address ${formatIpv4(state.dst)}: ${strerror(error)}\n`);
  if (state.sock !== 0) sockClose(net, state.sock);
  net.exit(proc.pid, 1);
}

function start(net: NodeNet, proc: Proc, state: TelnetState): void {
  net.write(proc.stdout, `Trying ${formatIpv4(state.dst)}...\n`);
  const opened = tcpConnect(net, proc.pid, { dst: state.dst, dport: state.port, sport: 0 });
  if ('error' in opened) return fails(net, proc, state, opened.error);
  state.sock = opened.sock;
}

/** Lines end with CR LF on the way, whatever key ended them. */
function send(net: NodeNet, state: TelnetState, text: string): void {
  if (text !== '') tcpSend(net, state.sock, toBytes(text.replace(/\r?\n/g, '\r\n')));
}

function ends(net: NodeNet, proc: Proc, state: TelnetState): void {
  net.write(proc.stderr, 'Connection closed by foreign host.\n');
  sockClose(net, state.sock);
  net.exit(proc.pid, 1);
}

function onSocket(net: NodeNet, proc: Proc, state: TelnetState): void {
  if (!state.connected) {
    const answer = tcpConnected(net, state.sock);
    if (answer.kind === 'pending') return;
    if (answer.kind === 'no') return fails(net, proc, state, answer.error);
    state.connected = true;
    net.write(proc.stdout, `Connected to ${state.name}.\nEscape character is '^]'.\n`);
    send(net, state, state.input);
    state.input = '';
    if (state.eof) return ends(net, proc, state);
  }
  for (;;) {
    const received = tcpRecv(net, state.sock);
    if (received.kind === 'again') return;
    if (received.kind !== 'data') return ends(net, proc, state);
    net.write(proc.stdout, fromBytes(received.bytes));
  }
}

export const telnet: Program = (net, proc, wake) => {
  const state = proc.state as TelnetState;
  switch (wake.kind) {
    case 'start':
      return start(net, proc, state);
    case 'socket':
      return onSocket(net, proc, state);
    case 'stdin':
      state.eof ||= wake.text === null;
      if (!state.connected) state.input += wake.text ?? '';
      else if (wake.text === null) ends(net, proc, state);
      else send(net, state, wake.text);
      return;
    case 'signal':
      return net.exit(proc.pid, signalCode(wake));
    default:
  }
};
