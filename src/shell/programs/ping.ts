/**
 * `ping`: echo requests at an interval, answers and errors as they come, statistics at the end.
 * Comes from: commands/ping.ts.  Goes to: host sockets (raw ICMP).
 * Source: iputils 20221126 ping/ping_common.c (main_loop, pinger, schedule_exit), ping/ping.c.
 */
import { intGet, type Nanos, nanos, NS_PER_MS, NS_PER_US } from '../../engine/index.ts';
import { pingSend, rawRecv, rawRecvError, wheelDelay, type QueuedError, type RawMessage } from '../../host/index.ts';
import {
  formatIpv4,
  ICMP_ECHOREPLY,
  ICMP_REDIRECT,
  ICMP_SOURCE_QUENCH,
  isMulticast,
  type Ipv4,
  type Ipv4Hdr,
  type Layers,
} from '../../wire/index.ts';
import type { NodeNet, Proc, Program } from '../../world/index.ts';
import { formatDate } from '../commands/system-commands.ts';
import { hostNameOf, signalCode } from './net-text.ts';
import { icmpWords, pingStatistics, timeWords, type PingCounts } from './ping-text.ts';

/** Intervals below this are never left to recvmsg() (MININTERVAL). */
const RECV_LEAST_MS = 10;
/** SO_RCVTIMEO is the interval, but not more than this. */
const RECV_LIMIT_MS = 1000;

export interface PingState {
  readonly name: string;
  readonly dst: Ipv4;
  /** opened by the command; belongs to the process once it runs */
  sock: number;
  /** 0: without end */
  readonly count: number;
  /** how long to wait for the last answers; 0: without end */
  readonly linger: Nanos;
  /** 0: none */
  readonly deadline: Nanos;
  readonly size: number;
  readonly quiet: boolean;
  /** -b: anybody may answer */
  readonly broadcast: boolean;
  readonly stamp: boolean;
  /** addresses are shown with their names */
  readonly named: boolean;
  readonly verbose: boolean;
  readonly audible: boolean;
  /** say it when a request goes out and the last one has no answer */
  readonly outstanding: boolean;
  /** the next request follows the answer */
  readonly adaptive: boolean;
  /** a dot for each request, taken back by its answer */
  readonly flood: boolean;
  /** requests that may be under way without waiting */
  readonly preload: number;
  readonly pattern: readonly number[];
  /** null: the number of the process */
  readonly ident: number | null;
  readonly header: string;
  counts: PingCounts;
  /** milliseconds between requests; changed by -A */
  intervalMs: number;
  /** what has been saved up for the next request, and since when */
  tokensMs: number;
  paceAt: number;
  /** grows with every plan, so that an old timer is recognised */
  beat: number;
  firstAt: number;
  lastAt: number;
  /** when each request was sent: by sequence number */
  sentAt: Map<number, number>;
  /** which requests were answered: a bit for each sequence number, 32 in a word */
  answered: number[];
  exiting: boolean;
}

const MAX_SEQ = 0x10000;

/** Unlimited floods still leave so much between two requests when no answer comes. */
const FLOOD_GAP_MS = 10;
/** What a machine needs between an answer and the next request, when nothing else is to be waited for. */
const TURN_NS = 20_000;

function isAnswered(state: PingState, seq: number): boolean {
  return (((state.answered[seq >>> 5] ?? 0) >>> (seq & 31)) & 1) === 1;
}

function noteAnswered(state: PingState, seq: number, answered: boolean): void {
  const word = seq >>> 5;
  while (state.answered.length <= word) state.answered.push(0);
  const bit = 1 << (seq & 31);
  state.answered[word] = answered ? (state.answered[word] as number) | bit : (state.answered[word] as number) & ~bit;
}

function identOf(proc: Proc, state: PingState): number {
  return state.ident ?? proc.pid & 0xffff;
}

function stampText(net: NodeNet, state: PingState): string {
  if (!state.stamp) return '';
  const us = String(Math.floor(net.now / NS_PER_US) % 1e6).padStart(6, '0');
  return `[${formatDate(net.now, '%s')}.${us}] `;
}

function end(net: NodeNet, proc: Proc, state: PingState): void {
  const elapsedUs = state.firstAt < 0 ? 0 : Math.floor((state.lastAt - state.firstAt) / NS_PER_US);
  const { counts } = state;
  const paced = state.intervalMs === 0 || state.flood || state.adaptive;
  net.write(proc.stdout, pingStatistics(state.name, counts, elapsedUs, state.size >= 16, paced));
  const failed = counts.received === 0 || (state.deadline > 0 && counts.received < state.count);
  net.exit(proc.pid, failed ? 1 : 0);
}

function inFlight(state: PingState): number {
  const { transmitted, received, errors } = state.counts;
  return Math.max(0, transmitted - received - errors);
}

/** Whether all is sent that was asked for; with a deadline requests go on until it. */
function sentAll(state: PingState): boolean {
  return state.count > 0 && state.counts.transmitted >= state.count && state.deadline === 0;
}

/**
 * Sends a request if one is due: an interval after the last one, as many at once as -l allows.
 * @returns milliseconds until the next one is due
 */
function pinger(net: NodeNet, proc: Proc, state: PingState): number {
  if (state.paceAt < 0) {
    state.paceAt = net.now;
    state.tokensMs = state.intervalMs * (state.preload - 1);
  } else {
    let saved = Math.floor((net.now - state.paceAt) / NS_PER_MS);
    if (state.intervalMs === 0 && saved < FLOOD_GAP_MS && inFlight(state) >= state.preload) return FLOOD_GAP_MS - saved;
    saved = Math.min(saved + state.tokensMs, state.intervalMs * state.preload);
    if (saved < state.intervalMs) return state.intervalMs - saved;
    state.paceAt = net.now;
    state.tokensMs = saved - state.intervalMs;
  }
  send(net, proc, state);
  return state.intervalMs - state.tokensMs;
}

function send(net: NodeNet, proc: Proc, state: PingState): void {
  const { counts } = state;
  if (state.outstanding && counts.transmitted > 0 && !isAnswered(state, counts.transmitted % MAX_SEQ))
    net.write(proc.stdout, `${stampText(net, state)}no answer yet for icmp_seq=${counts.transmitted % MAX_SEQ}\n`);
  const seq = (counts.transmitted + 1) % MAX_SEQ;
  if (state.firstAt < 0) state.firstAt = net.now;
  state.lastAt = net.now;
  state.sentAt.set(seq, net.now);
  noteAnswered(state, seq, false);
  // answers that come later than this many requests are not timed
  state.sentAt.delete((seq - 1024) & 0xffff);
  // a length that no header can hold is refused before anybody can be told why
  const error = state.size + 8 > 0xffff ? 'EMSGSIZE' : pingSend(net, state.sock, state.dst, identOf(proc, state), seq, payload(state));
  counts.transmitted++;
  if (state.flood && !state.quiet) net.write(proc.stdout, '.');
  // nothing is said of a request that could not leave for another reason: it counts as sent
  if (error === 'EMSGSIZE') drainErrors(net, proc, state);
}

/** Sends what is due and plans what follows: the next request, or the wait for the last answers. */
function probe(net: NodeNet, proc: Proc, state: PingState): void {
  let next = 0;
  while (next <= 0) {
    if (done(state)) return end(net, proc, state);
    if (sentAll(state)) return planExit(net, proc, state);
    const before = state.counts.transmitted;
    next = pinger(net, proc, state);
    if (next <= 0 && (state.counts.transmitted === before || state.counts.transmitted % state.preload === 0)) break;
  }
  if (done(state)) return end(net, proc, state);
  if (sentAll(state)) return planExit(net, proc, state);
  state.beat++;
  net.sleep(proc.pid, `probe ${state.beat}`, pauseOf(net, state, next));
}

/**
 * A whole interval is waited for in recvmsg(), whose limit is a timer of the kernel's wheel; a part of one in
 * poll(), which is exact.
 */
function pauseOf(net: NodeNet, state: PingState, next: number): Nanos {
  if (next <= 0) return nanos(inFlight(state) > 0 ? FLOOD_GAP_MS * NS_PER_MS : TURN_NS);
  const whole = next === state.intervalMs && next >= RECV_LEAST_MS && next <= RECV_LIMIT_MS && !state.adaptive;
  return whole ? wheelDelay(net.now, nanos(next * NS_PER_MS)) : nanos(next * NS_PER_MS);
}

/** Something came, and part of the interval has passed: the rest is waited for in poll(). */
function waitOn(net: NodeNet, proc: Proc, state: PingState): void {
  const passed = Math.floor((net.now - state.paceAt) / NS_PER_MS);
  // printing the first answer takes a while
  if (passed < 1 && state.counts.transmitted > 1) return;
  const rest = state.paceAt + (state.intervalMs - state.tokensMs) * NS_PER_MS - net.now;
  if (rest <= 0) return;
  state.beat++;
  net.sleep(proc.pid, `probe ${state.beat}`, nanos(rest));
}

/** Everything is sent: wait twice the longest round trip, but at least an interval, or as long as -W says. */
function planExit(net: NodeNet, proc: Proc, state: PingState): void {
  if (state.exiting || state.deadline > 0) return;
  state.exiting = true;
  const { counts } = state;
  const wait = counts.received > 0 ? Math.max(2 * counts.max * NS_PER_US, state.intervalMs * NS_PER_MS) : state.linger;
  if (wait > 0) net.sleep(proc.pid, 'linger', nanos(wait));
}

function payload(state: PingState): Uint8Array {
  const { size, pattern } = state;
  const bytes = new Uint8Array(size);
  // the first 16 bytes of a real ping hold the time; here they are zero
  for (let i = 16; i < size; i++) bytes[i] = pattern.length === 0 ? i & 255 : (pattern[i % pattern.length] as number);
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
  if (icmp.type !== ICMP_ECHOREPLY || icmp.rest >>> 16 !== identOf(proc, state)) return;
  const seq = icmp.rest & 0xffff;
  acknowledge(state, seq);
  const sent = state.sentAt.get(seq);
  const us = sent === undefined ? 0 : Math.floor((message.at - sent) / NS_PER_US);
  const repeated = isAnswered(state, seq);
  count(state.counts, us, repeated);
  noteAnswered(state, seq, true);
  if (state.adaptive) state.intervalMs = Math.floor((state.counts.ewma8 / 8 + 500) / 1000);
  if (state.quiet) return;
  if (state.flood) {
    net.write(proc.stdout, '\b \b');
    return;
  }
  const length = ip.totalLen - 20;
  const ident = state.verbose ? ` ident=${identOf(proc, state)}` : '';
  const line = `${stampText(net, state)}${length} bytes from ${addrText(net, state, ip.src)}: icmp_seq=${seq}${ident} ttl=${ip.ttl}${state.size >= 16 ? timeWords(us) : ''}`;
  const other = ip.src !== state.dst && !state.broadcast && !isMulticast(state.dst);
  net.write(proc.stdout, `${line}${repeated ? ' (DUP!)' : ''}${other ? ' (DIFFERENT ADDRESS!)' : ''}${state.audible ? '\x07' : ''}\n`);
}

/** An address, behind its name when the destination was given by name. */
function addrText(net: NodeNet, state: PingState, addr: Ipv4): string {
  const name = state.named ? hostNameOf(net, addr) : null;
  return name === null ? formatIpv4(addr) : `${name} (${formatIpv4(addr)})`;
}

function count(counts: PingCounts, us: number, repeated: boolean): void {
  if (repeated) counts.repeats++;
  else counts.received++;
  counts.ewma8 = counts.ewma8 === 0 ? us * 8 : counts.ewma8 + us - Math.floor(counts.ewma8 / 8);
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
    `${stampText(net, state)}From ${addrText(net, state, ip.src)}: icmp_seq=${seq} ${icmpWords(icmp.type, icmp.code, icmp.rest)}\n`,
  );
}

/** Sequence number of the request that an error quotes, if it is one of this process. */
function ourSeq(proc: Proc, state: PingState, about: Layers): number | null {
  const ip = about[0];
  const quoted = about[1];
  if (ip?.kind !== 'ipv4' || ip.dst !== state.dst || quoted?.kind !== 'icmp') return null;
  return quoted.rest >>> 16 === identOf(proc, state) ? quoted.rest & 0xffff : null;
}

function onError(net: NodeNet, proc: Proc, state: PingState, error: QueuedError): void {
  if (error.origin === 'local') {
    // unseen, it does not count
    if (state.quiet) return;
    state.counts.errors++;
    net.write(proc.stderr, state.flood ? '\bE' : `ping: local error: message too long, mtu=${error.info}\n`);
    return;
  }
  const seq = ourSeq(proc, state, error.about);
  if (seq === null) return;
  acknowledge(state, seq);
  state.counts.errors++;
  if (state.quiet) return;
  if (state.flood) {
    net.write(proc.stdout, '\bE');
    return;
  }
  net.write(
    proc.stdout,
    `${stampText(net, state)}From ${addrText(net, state, error.from)} icmp_seq=${seq} ${icmpWords(error.type, error.code, error.info)}\n`,
  );
}

function drainErrors(net: NodeNet, proc: Proc, state: PingState): void {
  for (let error = rawRecvError(net, state.sock); error !== null; error = rawRecvError(net, state.sock)) onError(net, proc, state, error);
}

function onSocket(net: NodeNet, proc: Proc, state: PingState): void {
  drainErrors(net, proc, state);
  if (done(state)) return end(net, proc, state);
  for (let message = rawRecv(net, state.sock); message !== null; message = rawRecv(net, state.sock)) {
    onReply(net, proc, state, message);
    if (done(state)) break;
  }
  if (done(state)) return end(net, proc, state);
  // a request may follow its answer at once
  if ((state.adaptive || state.intervalMs === 0) && !state.exiting && inFlight(state) === 0) {
    state.beat++;
    net.sleep(proc.pid, `probe ${state.beat}`, nanos(TURN_NS));
  } else if (state.intervalMs > 0 && state.intervalMs <= RECV_LIMIT_MS && !state.exiting) waitOn(net, proc, state);
}

export const ping: Program = (net, proc, wake) => {
  const state = proc.state as PingState;
  switch (wake.kind) {
    case 'start': {
      // the command opened the socket to see whether it can be had; from now on this process answers for it
      const sock = intGet(net.host.sockets.byId, state.sock);
      if (sock !== null && 'owner' in sock) sock.owner = proc.pid;
      net.write(proc.stdout, state.header);
      if (state.deadline > 0) net.sleep(proc.pid, 'deadline', state.deadline);
      return probe(net, proc, state);
    }
    case 'timer':
      if (wake.key === `probe ${state.beat}`) probe(net, proc, state);
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
  return { transmitted: 0, received: 0, repeats: 0, errors: 0, min: -1, max: 0, sum: 0, sum2: 0, ewma8: 0, pipe: -1 };
}
