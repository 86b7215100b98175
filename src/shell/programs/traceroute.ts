/**
 * `traceroute`: probes with growing TTL; whoever drops one says who it is.
 * Comes from: commands/traceroute.ts.  Goes to: host sockets (UDP with its errors, or ICMP echo).
 * Source: traceroute 2.1.2 traceroute.c, mod-udp.c, mod-icmp.c.
 * Differs: the probes of one hop leave together, those of the next hop when they are answered.
 */
import { NS_PER_US, type Nanos } from '../../engine/index.ts';
import {
  pingSend,
  rawOpen,
  rawRecv,
  rawRecvError,
  sockClose,
  strerror,
  udpConnect,
  udpOpen,
  udpRecvError,
  udpSend,
  type QueuedError,
} from '../../host/index.ts';
import { formatIpv4, ICMP_DEST_UNREACH, ICMP_ECHOREPLY, ICMP_TIME_EXCEEDED, type Ipv4 } from '../../wire/index.ts';
import type { NodeNet, Proc, Program } from '../../world/index.ts';
import { msText, signalCode } from './net-text.ts';

interface Probe {
  sock: number;
  sentAt: number;
  /** null while it waits */
  answer: { from: Ipv4; us: number; mark: string; final: boolean } | null;
}

export interface TracerouteState {
  readonly header: string;
  readonly dst: Ipv4;
  readonly icmp: boolean;
  readonly numeric: boolean;
  readonly maxTtl: number;
  readonly probesPerHop: number;
  readonly wait: Nanos;
  readonly port: number;
  readonly payload: number;
  readonly src: Ipv4 | null;
  ttl: number;
  sent: number;
  probes: Probe[];
}

const MARKS: Readonly<Record<number, string>> = {
  0: '!N',
  1: '!H',
  2: '!P',
  3: '',
  4: '!F',
  5: '!S',
  9: '!X',
  10: '!X',
  13: '!X',
  14: '!V',
  15: '!C',
};

function sendHop(net: NodeNet, proc: Proc, state: TracerouteState): void {
  state.probes = [];
  for (let i = 0; i < state.probesPerHop; i++) {
    const error = sendProbe(net, proc, state);
    if (error === null) continue;
    net.write(proc.stderr, `${state.ttl === 1 && i === 0 ? '' : '\n'}${error}\n`);
    return net.exit(proc.pid, 1);
  }
  net.sleep(proc.pid, `hop ${state.ttl}`, state.wait);
}

/** @returns what connect or send has against it */
function sendProbe(net: NodeNet, proc: Proc, state: TracerouteState): string | null {
  const src = state.src;
  const index = state.sent++;
  const opened = state.icmp
    ? rawOpen(net, proc.pid, { ttl: state.ttl, ...(src === null ? {} : { src }) })
    : udpOpen(net, proc.pid, {
        ttl: state.ttl,
        recvErr: true,
        pmtuDisc: 'dont',
        ...(src === null ? {} : { addr: src }),
      });
  if ('error' in opened) return `bind: ${strerror(opened.error)}`;
  const { sock } = opened;
  state.probes.push({ sock, sentAt: net.now, answer: null });
  if (state.icmp) {
    const error = pingSend(net, sock, state.dst, proc.pid & 0xffff, index + 1, new Uint8Array(state.payload));
    return error === null ? null : `send: ${strerror(error)}`;
  }
  const failed = udpConnect(net, sock, state.dst, state.port + index);
  if (failed !== null) return `connect: ${strerror(failed)}`;
  const error = udpSend(net, sock, new Uint8Array(state.payload).fill(0x40));
  return error === null ? null : `send: ${strerror(error)}`;
}

function answerOf(probe: Probe, error: QueuedError, at: number): NonNullable<Probe['answer']> {
  const us = Math.floor((at - probe.sentAt) / NS_PER_US);
  if (error.type === ICMP_TIME_EXCEEDED) return { from: error.from, us, mark: '', final: false };
  const mark = error.type === ICMP_DEST_UNREACH ? (MARKS[error.code] ?? `!<${error.code}>`) : `!<${error.type}-${error.code}>`;
  return { from: error.from, us, mark, final: true };
}

function collect(net: NodeNet, proc: Proc, state: TracerouteState, sock: number): void {
  const at = state.probes.findIndex((probe) => probe.sock === sock);
  const probe = state.probes[at];
  if (probe === undefined || probe.answer !== null) return;
  if (!state.icmp) {
    const error = udpRecvError(net, sock);
    if (error !== null) probe.answer = answerOf(probe, error, error.at);
    return;
  }
  const seq = state.sent - state.probesPerHop + at + 1;
  for (let error = rawRecvError(net, sock); error !== null; error = rawRecvError(net, sock)) {
    const quoted = error.about[1];
    if (quoted?.kind === 'icmp' && quoted.rest === (proc.pid & 0xffff) * 65536 + seq) probe.answer = answerOf(probe, error, error.at);
  }
  for (let message = rawRecv(net, sock); message !== null; message = rawRecv(net, sock)) {
    const ip = message.layers[0];
    const icmp = message.layers[1];
    if (ip?.kind !== 'ipv4' || icmp?.kind !== 'icmp' || icmp.type !== ICMP_ECHOREPLY || icmp.rest !== (proc.pid & 0xffff) * 65536 + seq)
      continue;
    probe.answer = {
      from: ip.src,
      us: Math.floor((message.at - probe.sentAt) / NS_PER_US),
      mark: '',
      final: true,
    };
  }
}

function printHop(net: NodeNet, proc: Proc, state: TracerouteState): void {
  let line = String(state.ttl).padStart(2);
  let last: Ipv4 | null = null;
  let first = true;
  for (const { answer } of state.probes) {
    if (answer === null) {
      line += first ? '  *' : ' *';
      first = false;
      continue;
    }
    first = false;
    if (answer.from !== last)
      line += state.numeric ? `  ${formatIpv4(answer.from)}` : `  ${formatIpv4(answer.from)} (${formatIpv4(answer.from)})`;
    last = answer.from;
    line += `  ${msText(answer.us)} ms${answer.mark === '' ? '' : ` ${answer.mark}`}`;
  }
  net.write(proc.stdout, `${line}\n`);
  for (const probe of state.probes) sockClose(net, probe.sock);
}

function hopOver(net: NodeNet, proc: Proc, state: TracerouteState): void {
  printHop(net, proc, state);
  if (state.probes.some((probe) => probe.answer?.final === true) || state.ttl >= state.maxTtl) return net.exit(proc.pid, 0);
  state.ttl++;
  sendHop(net, proc, state);
}

export const traceroute: Program = (net, proc, wake) => {
  const state = proc.state as TracerouteState;
  switch (wake.kind) {
    case 'start':
      net.write(proc.stdout, state.header);
      return sendHop(net, proc, state);
    case 'socket':
      collect(net, proc, state, wake.sock);
      if (state.probes.every((probe) => probe.answer !== null)) hopOver(net, proc, state);
      return;
    case 'timer':
      if (wake.key === `hop ${state.ttl}`) hopOver(net, proc, state);
      return;
    case 'signal':
      return net.exit(proc.pid, signalCode(wake));
    default:
  }
};
