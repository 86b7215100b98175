/**
 * `ping`: echo requests at an interval, answers and errors as they come, statistics at the end.
 * Comes from: commands/ping.ts.  Goes to: host sockets (raw ICMP).
 * Source: iputils 20221126 ping/ping_common.c (main_loop, pinger, schedule_exit), ping/ping.c.
 */
import { nanos, NS_PER_MS, NS_PER_US, type Nanos } from '../../engine/index.ts';
import { pingSend, rawRecv, rawRecvError, strerror, type QueuedError, type RawMessage } from '../../host/index.ts';
import { formatIpv4, ICMP_ECHOREPLY, ICMP_REDIRECT, ICMP_SOURCE_QUENCH, type Ipv4, type Ipv4Hdr, type Layers } from '../../wire/index.ts';
import type { NodeNet, Proc, Program } from '../../world/index.ts';
import { signalCode } from './net-text.ts';
import { icmpWords, pingStatistics, timeWords, type PingCounts } from './ping-text.ts';

export interface PingState {
  readonly name: string;
  readonly dst: Ipv4;
  /** opened by the command; belongs to the process once it runs */
  sock: number;
  /** 0: without end */
  readonly count: number;
  readonly interval: Nanos;
  /** how long to wait for the last answers */
  readonly linger: Nanos;
  /** 0: none */
  readonly deadline: Nanos;
  readonly size: number;
  readonly quiet: boolean;
  readonly stamp: boolean;
  readonly header: string;
  counts: PingCounts;
  firstAt: number;
  lastAt: number;
  /** when each request was sent: by sequence number */
  sentAt: Map<number, number>;
  answered: Map<number, boolean>;
  exiting: boolean;
}

const MAX_SEQ = 0x10000;

function stampText(net: NodeNet, state: PingState): string {
  if (!state.stamp) return '';
  const us = Math.floor(net.now / NS_PER_US);
  return `[${Math.floor(us / 1e6)}.${String(us % 1e6).padStart(6, '0')}] `;
}

function end(net: NodeNet, proc: Proc, state: PingState): void {
  const elapsed = state.firstAt < 0 ? 0 : Math.floor((state.lastAt - state.firstAt + NS_PER_MS / 2) / NS_PER_MS);
  const { counts } = state;
  net.write(proc.stdout, pingStatistics(state.name, counts, elapsed, state.size >= 16));
  const failed = counts.received === 0 || (state.deadline > 0 && counts.received < state.count);
  net.exit(proc.pid, failed ? 1 : 0);
}

/** Sends one request and plans the next, or the wait for the last answers. */
function probe(net: NodeNet, proc: Proc, state: PingState): void {
  const { counts } = state;
  const seq = (counts.transmitted + 1) % MAX_SEQ;
  if (state.firstAt < 0) state.firstAt = net.now;
  state.lastAt = net.now;
  state.sentAt.set(seq, net.now);
  state.answered.delete(seq);
  // answers that come later than this many requests are not timed
  state.sentAt.delete((seq - 1024) & 0xffff);
  const error = pingSend(net, state.sock, state.dst, proc.pid & 0xffff, seq, payload(state.size));
  counts.transmitted++;
  if (error === 'EMSGSIZE') drainErrors(net, proc, state);
  else if (error !== null && !state.quiet) net.write(proc.stderr, `ping: sendmsg: ${strerror(error)}\n`);
  if (done(state)) return end(net, proc, state);
  if (state.count > 0 && counts.transmitted >= state.count) planExit(net, proc, state);
  else net.sleep(proc.pid, `probe ${counts.transmitted}`, state.interval);
}

/** Everything is sent: wait twice the longest round trip, but at least an interval, or as long as -W says. */
function planExit(net: NodeNet, proc: Proc, state: PingState): void {
  if (state.exiting || state.deadline > 0) return;
  state.exiting = true;
  const { counts } = state;
  const wait = counts.received > 0 ? Math.max(2 * counts.max * NS_PER_US, state.interval) : state.linger;
  net.sleep(proc.pid, 'linger', nanos(wait));
}

function payload(size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  // the first 16 bytes of a real ping hold the time; here they are zero
  for (let i = 16; i < size; i++) bytes[i] = i & 255;
  return bytes;
}

function done(state: PingState): boolean {
  const { counts } = state;
  return (state.count > 0 && counts.received + counts.errors >= state.count) || (state.deadline > 0 && counts.errors > 0);
}

function acknowledge(state: PingState, seq: number): void {
  const behind = (state.counts.transmitted - seq) & 0xffff;
  if (behind <= 0x7fff && behind + 1 > state.counts.pipe) state.counts.pipe = behind + 1;
}

function onReply(net: NodeNet, proc: Proc, state: PingState, message: RawMessage): void {
  const ip = message.layers[0] as Ipv4Hdr;
  const icmp = message.layers[1];
  if (icmp?.kind !== 'icmp') return;
  if (icmp.type === ICMP_REDIRECT || icmp.type === ICMP_SOURCE_QUENCH) return onAdvice(net, proc, state, ip, icmp, message.layers.slice(2));
  if (icmp.type !== ICMP_ECHOREPLY || icmp.rest >>> 16 !== (proc.pid & 0xffff)) return;
  const seq = icmp.rest & 0xffff;
  acknowledge(state, seq);
  const sent = state.sentAt.get(seq);
  const us = sent === undefined ? 0 : Math.floor((message.at - sent) / NS_PER_US);
  const repeated = state.answered.get(seq) === true;
  count(state.counts, us, repeated);
  state.answered.set(seq, true);
  if (state.quiet) return;
  const length = ip.totalLen - 20;
  const line = `${stampText(net, state)}${length} bytes from ${formatIpv4(ip.src)}: icmp_seq=${seq} ttl=${ip.ttl}${state.size >= 16 ? timeWords(us) : ''}`;
  net.write(proc.stdout, `${line}${repeated ? ' (DUP!)' : ''}\n`);
}

function count(counts: PingCounts, us: number, repeated: boolean): void {
  if (repeated) counts.repeats++;
  else counts.received++;
  counts.sum += us;
  counts.sum2 += us * us;
  if (counts.min < 0 || us < counts.min) counts.min = us;
  if (us > counts.max) counts.max = us;
}

/** A redirect is told, but is no error. */
function onAdvice(
  net: NodeNet,
  proc: Proc,
  state: PingState,
  ip: Ipv4Hdr,
  icmp: { type: number; code: number; rest: number },
  about: Layers,
): void {
  const seq = ourSeq(proc, state, about);
  if (seq === null || state.quiet) return;
  net.write(
    proc.stdout,
    `${stampText(net, state)}From ${formatIpv4(ip.src)}: icmp_seq=${seq} ${icmpWords(icmp.type, icmp.code, icmp.rest)}\n`,
  );
}

/** Sequence number of the request that an error quotes, if it is one of this process. */
function ourSeq(proc: Proc, state: PingState, about: Layers): number | null {
  const ip = about[0];
  const quoted = about[1];
  if (ip?.kind !== 'ipv4' || ip.dst !== state.dst || quoted?.kind !== 'icmp') return null;
  return quoted.rest >>> 16 === (proc.pid & 0xffff) ? quoted.rest & 0xffff : null;
}

function onError(net: NodeNet, proc: Proc, state: PingState, error: QueuedError): void {
  if (error.origin === 'local') {
    state.counts.errors++;
    if (!state.quiet) net.write(proc.stderr, `ping: local error: message too long, mtu=${error.info}\n`);
    return;
  }
  const seq = ourSeq(proc, state, error.about);
  if (seq === null) return;
  acknowledge(state, seq);
  state.counts.errors++;
  if (state.quiet) return;
  net.write(
    proc.stdout,
    `${stampText(net, state)}From ${formatIpv4(error.from)} icmp_seq=${seq} ${icmpWords(error.type, error.code, error.info)}\n`,
  );
}

function drainErrors(net: NodeNet, proc: Proc, state: PingState): void {
  for (let error = rawRecvError(net, state.sock); error !== null; error = rawRecvError(net, state.sock)) onError(net, proc, state, error);
}

function onSocket(net: NodeNet, proc: Proc, state: PingState): void {
  drainErrors(net, proc, state);
  for (let message = rawRecv(net, state.sock); message !== null; message = rawRecv(net, state.sock)) {
    onReply(net, proc, state, message);
    if (done(state)) break;
  }
  if (done(state)) end(net, proc, state);
}

export const ping: Program = (net, proc, wake) => {
  const state = proc.state as PingState;
  switch (wake.kind) {
    case 'start': {
      // the command opened the socket to see whether it can be had; from now on this process answers for it
      const sock = net.host.sockets.byId.get(state.sock);
      if (sock !== undefined && 'owner' in sock) sock.owner = proc.pid;
      net.write(proc.stdout, state.header);
      if (state.deadline > 0) net.sleep(proc.pid, 'deadline', state.deadline);
      return probe(net, proc, state);
    }
    case 'timer':
      if (wake.key === `probe ${state.counts.transmitted}`) probe(net, proc, state);
      else if (wake.key === 'linger' || wake.key === 'deadline') end(net, proc, state);
      return;
    case 'socket':
      return onSocket(net, proc, state);
    case 'signal':
      if (wake.signal === 'INT') end(net, proc, state);
      else net.exit(proc.pid, signalCode(wake));
      return;
    default:
  }
};

/** Statistics before anything has happened. */
export function newPingCounts(): PingCounts {
  return { transmitted: 0, received: 0, repeats: 0, errors: 0, min: -1, max: 0, sum: 0, sum2: 0, pipe: -1 };
}
