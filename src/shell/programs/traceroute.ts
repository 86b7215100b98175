/**
 * `traceroute`: probes with growing TTL; whoever drops one says who it is.
 * Comes from: commands/traceroute.ts.  Goes to: host sockets (UDP with its errors, or ICMP echo).
 * Source: traceroute 2.1.2 traceroute.c, mod-udp.c, mod-icmp.c.
 * Differs: nothing known of what it covers.
 */
import { nanos, NS_PER_US, type Nanos } from '../../engine/index.ts';
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
  NO_IF,
  type IfIndex,
  type QueuedError,
} from '../../host/index.ts';
import { formatIpv4, ICMP_DEST_UNREACH, ICMP_ECHOREPLY, ICMP_TIME_EXCEEDED, type Ipv4 } from '../../wire/index.ts';
import type { NodeNet, Proc, Program } from '../../world/index.ts';
import { hostNameOf, msText, signalCode } from './net-text.ts';

interface Probe {
  sock: number;
  sentAt: number;
  /** it waits no longer, answered or not */
  done: boolean;
  answer: { from: Ipv4; us: number; mark: string; final: boolean } | null;
}

export interface TracerouteState {
  readonly header: string;
  readonly dst: Ipv4;
  readonly icmp: boolean;
  readonly numeric: boolean;
  readonly dontFragment: boolean;
  readonly maxTtl: number;
  readonly probesPerHop: number;
  /** probes that may be under way at once, over all hops */
  readonly together: number;
  readonly wait: Nanos;
  readonly port: number;
  readonly tos: number;
  readonly oif: IfIndex;
  readonly payload: number;
  readonly src: Ipv4 | null;
  /** of the first hop */
  readonly ttl: number;
  /** number of probes that count: fewer once the destination has answered */
  end: number;
  /** probes that stand on the screen */
  shown: number;
  beat: number;
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

/** A probe waits three times as long as another of its hop took, ten times as long as one behind it, or -w. */
const HERE_FACTOR = 3;
const NEAR_FACTOR = 10;
const WAIT_MORE_NS = 1_000_000;

function patience(state: TracerouteState, index: number): number {
  const base = index - (index % state.probesPerHop);
  const took = (at: number): number | null => {
    const probe = state.probes[at];
    return probe === undefined || probe.answer === null ? null : probe.answer.us * NS_PER_US + WAIT_MORE_NS;
  };
  for (let i = base; i < base + state.probesPerHop; i++) {
    const here = took(i);
    if (here !== null) return Math.min(here * HERE_FACTOR, state.wait);
  }
  for (let i = index + 1; i < state.probes.length; i++) {
    const near = took(i);
    if (near !== null) return Math.min(near * NEAR_FACTOR, state.wait);
  }
  return state.wait;
}

/** Gives up what has waited long enough, shows what is ready, sends what may be sent, and sleeps. */
function goOn(net: NodeNet, proc: Proc, state: TracerouteState): void {
  for (let i = 0; i < state.probes.length; i++) {
    const probe = state.probes[i] as Probe;
    if (!probe.done && net.now - probe.sentAt >= patience(state, i)) finish(net, state, i);
  }
  while (state.shown < state.end && state.probes[state.shown]?.done === true) show(net, proc, state);
  if (state.shown >= state.end) return net.exit(proc.pid, 0);
  let waiting = state.probes.filter((probe) => !probe.done).length;
  while (waiting < state.together && state.probes.length < state.end) {
    const error = sendProbe(net, proc, state);
    waiting++;
    if (error === null) continue;
    net.write(proc.stderr, `${state.shown === 0 ? '' : '\n'}${error}\n`);
    return net.exit(proc.pid, 1);
  }
  const ends = state.probes.flatMap((probe, i) => (probe.done ? [] : [probe.sentAt + patience(state, i)]));
  state.beat++;
  net.sleep(proc.pid, `beat ${state.beat}`, nanos(Math.max(1, Math.min(...ends) - net.now)));
}

function finish(net: NodeNet, state: TracerouteState, index: number): void {
  const probe = state.probes[index] as Probe;
  probe.done = true;
  sockClose(net, probe.sock);
  if (probe.answer?.final === true) state.end = Math.min(state.end, (Math.floor(index / state.probesPerHop) + 1) * state.probesPerHop);
}

/** @returns what connect or send has against it */
function sendProbe(net: NodeNet, proc: Proc, state: TracerouteState): string | null {
  const index = state.probes.length;
  const ttl = state.ttl + Math.floor(index / state.probesPerHop);
  const place = { ttl, tos: state.tos, ...(state.oif === NO_IF ? {} : { oif: state.oif }) };
  const opened = state.icmp
    ? rawOpen(net, proc.pid, { ...place, ...(state.src === null ? {} : { src: state.src }) })
    : udpOpen(net, proc.pid, {
        ...place,
        recvErr: true,
        pmtuDisc: state.dontFragment ? 'do' : 'dont',
        ...(state.src === null ? {} : { addr: state.src }),
      });
  if ('error' in opened) return `bind: ${strerror(opened.error)}`;
  const { sock } = opened;
  state.probes.push({ sock, sentAt: net.now, done: false, answer: null });
  if (state.icmp) {
    const error = pingSend(net, sock, state.dst, proc.pid & 0xffff, index + 1, new Uint8Array(state.payload));
    return error === null ? null : `send: ${strerror(error)}`;
  }
  const failed = udpConnect(net, sock, state.dst, (state.port + index) & 0xffff);
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
  if (probe === undefined || probe.done) return;
  probe.answer = state.icmp ? echoAnswer(net, proc, probe, at + 1) : udpAnswer(net, probe);
  if (probe.answer !== null) finish(net, state, at);
}

function udpAnswer(net: NodeNet, probe: Probe): Probe['answer'] {
  const error = udpRecvError(net, probe.sock);
  return error === null ? null : answerOf(probe, error, error.at);
}

function echoAnswer(net: NodeNet, proc: Proc, probe: Probe, seq: number): Probe['answer'] {
  const ours = (proc.pid & 0xffff) * 65536 + seq;
  let answer: Probe['answer'] = null;
  for (let error = rawRecvError(net, probe.sock); error !== null; error = rawRecvError(net, probe.sock)) {
    const quoted = error.about[1];
    if (quoted?.kind === 'icmp' && quoted.rest === ours) answer = answerOf(probe, error, error.at);
  }
  for (let message = rawRecv(net, probe.sock); message !== null; message = rawRecv(net, probe.sock)) {
    const [ip, icmp] = message.layers;
    if (ip?.kind !== 'ipv4' || icmp?.kind !== 'icmp' || icmp.type !== ICMP_ECHOREPLY || icmp.rest !== ours) continue;
    answer = { from: ip.src, us: Math.floor((message.at - probe.sentAt) / NS_PER_US), mark: '', final: true };
  }
  return answer;
}

/** One probe on the screen: the number of its hop first, a new line behind its last. */
function show(net: NodeNet, proc: Proc, state: TracerouteState): void {
  const index = state.shown++;
  const place = index % state.probesPerHop;
  const { answer } = state.probes[index] as Probe;
  let text = place === 0 ? `${String(state.ttl + Math.floor(index / state.probesPerHop)).padStart(2)} ` : '';
  if (answer === null) text += ' *';
  else {
    const before = state.probes.slice(index - place, index).findLast((probe) => probe.answer !== null)?.answer;
    if (before?.from !== answer.from)
      text += state.numeric ? ` ${formatIpv4(answer.from)}` : ` ${nameOf(net, answer.from)} (${formatIpv4(answer.from)})`;
    text += `  ${msText(answer.us)} ms${answer.mark === '' ? '' : ` ${answer.mark}`}`;
  }
  net.write(proc.stdout, `${text}${place === state.probesPerHop - 1 ? '\n' : ''}`);
}

function nameOf(net: NodeNet, addr: Ipv4): string {
  return hostNameOf(net, addr) ?? formatIpv4(addr);
}

export const traceroute: Program = (net, proc, wake) => {
  const state = proc.state as TracerouteState;
  switch (wake.kind) {
    case 'start':
      net.write(proc.stdout, state.header);
      return goOn(net, proc, state);
    case 'socket':
      collect(net, proc, state, wake.sock);
      goOn(net, proc, state);
      return;
    case 'timer':
      if (wake.key === `beat ${state.beat}`) goOn(net, proc, state);
      return;
    case 'signal':
      return net.exit(proc.pid, signalCode(wake));
    default:
  }
};
