/**
 * What may be sent now: windows, Nagle, segments of the right length; what is sent again and how.
 * Comes from: send.ts (programs), ack.ts, timers.ts.  Goes to: segment.ts.
 * Source: Linux 6.1 net/ipv4/tcp_output.c, tcp_write_xmit(), tcp_nagle_test(), tcp_retransmit_skb(),
 *   tcp_retrans_try_collapse(), tcp_schedule_loss_probe(), tcp_xmit_retransmit_queue(); RFC 9293 §3.7.
 * Differs: pacing and segmentation by the device do not exist; a write is cut into segments when it leaves.
 */
import { nanos, NS_PER_MS, NS_PER_US, type Nanos } from '../../engine/index.ts';
import { TCP_ACK, TCP_FIN, TCP_PSH, TCP_SYN } from '../../wire/index.ts';
import type { Net } from '../net.ts';
import { wheelDelay } from '../timer-wheel.ts';
import type { TcpChunk, TcpSock } from '../socket/state.ts';
import { doubled } from './doubled.ts';
import { tcpAdviseAgain } from './mss.ts';
import { tcpTransmit } from './segment.ts';
import { TCP_RTO_MAX_MS } from './rtt.ts';
import { after, seqAdd, seqDiff } from './seq.ts';
import { chunkEnd, chunkLen, newChunk, NO_BYTES } from './sock-new.ts';
import { tcpTsoShouldDefer } from './tso.ts';

const TLP_MIN_US = 2_000;
const RTO_MIN_US = 200_000;
const RTO_MIN_MS = 200;

/** Where a piece stands among those that leave as one; alone, it is the first. */
type Place = 'first' | 'next' | 'last';

function flagsOf(sock: TcpSock, chunk: TcpChunk): number {
  // both sides opened at once: the SYN goes out again with an ACK
  if (chunk.syn) return sock.state === 'SYN_RECV' ? TCP_SYN | TCP_ACK : TCP_SYN;
  return TCP_ACK | (chunk.push ? TCP_PSH : 0) | (chunk.fin ? TCP_FIN : 0);
}

/** Segments that are believed to be under way. */
export function packetsInFlight(sock: TcpSock): number {
  let count = 0;
  for (const chunk of sock.rtx) if (!chunk.sacked && !chunk.lost) count++;
  return count;
}

/** Arms the one timer of the sending side for a time-out of the given kind. */
export function tcpArm(net: Net, sock: TcpSock, kind: 'rto' | 'tlp' | 'reo' | 'probe', span: Nanos): void {
  sock.timer = { kind, seq: net.arm('tcp-rto', sock.id, wheelDelay(net.now, span), true), expires: nanos(net.now + span) };
}

export function tcpArmRto(net: Net, sock: TcpSock): void {
  if (sock.rtx.length === 0) {
    sock.timer = null;
    return;
  }
  tcpArm(net, sock, 'rto', nanos(Math.min(doubled(sock.rtoMs, sock.backoff), TCP_RTO_MAX_MS) * NS_PER_MS));
}

/** The peer's window is closed, or something keeps the next piece from leaving: when to try again. */
export function tcpArmProbe(net: Net, sock: TcpSock): void {
  const ms = Math.min(doubled(Math.max(sock.rtoMs, RTO_MIN_MS), sock.backoff), TCP_RTO_MAX_MS);
  tcpArm(net, sock, 'probe', nanos(ms * NS_PER_MS));
}

/** After data has gone out or was acknowledged: a probe soon if all goes well, else the time-out. */
export function tcpSetXmitTimer(net: Net, sock: TcpSock): void {
  if (sock.rtx.length === 0) {
    sock.timer = null;
    return;
  }
  if (!sock.sackOk || sock.highSeq !== null || sock.lossState || sock.retransmits > 0 || sock.state === 'SYN_SENT') {
    tcpArmRto(net, sock);
    return;
  }
  let us = RTO_MIN_US * 5;
  if (sock.srtt8 > 0) us = (sock.srtt8 >> 2) + (sock.rtx.length === 1 ? RTO_MIN_US : TLP_MIN_US);
  us = Math.min(us, sock.rtoMs * 1000);
  tcpArm(net, sock, 'tlp', nanos(us * NS_PER_US));
}

/**
 * @param place among several pieces that leave as one; the last always asks to be handed on (PSH)
 * @returns whether it left: a route may be missing, or a rule of OUTPUT drop it
 */
function sendChunk(net: Net, sock: TcpSock, chunk: TcpChunk, place: Place): boolean {
  chunk.sentAt = net.now;
  const flags = flagsOf(sock, chunk) | (place === 'last' ? TCP_PSH : 0);
  const error = tcpTransmit(net, sock, chunk.seq, flags, chunk.bytes, place === 'next' || place === 'last');
  if (error !== null && net.tracing) net.trace('tcp_xmit', 'state', 'tcp.send-failed', null, { error, port: sock.lport });
  return error === null;
}

/** Cuts `bytes` off the front of a piece; PSH and FIN stay with the rest. */
function splitChunk(chunk: TcpChunk, bytes: number): TcpChunk {
  const head = newChunk(chunk.seq, chunk.bytes.subarray(0, bytes), false, false, false);
  head.sentAt = chunk.sentAt;
  head.retrans = chunk.retrans;
  head.lost = chunk.lost;
  chunk.seq = seqAdd(chunk.seq, bytes);
  chunk.bytes = chunk.bytes.subarray(bytes);
  return head;
}

/** Minshall: hold a short segment back while an earlier short one is not acknowledged. */
function nagleHolds(sock: TcpSock, length: number): boolean {
  if (length >= sock.mss || sock.rtx.length === 0) return false;
  return after(sock.sndSml, sock.sndUna) && !after(sock.sndSml, sock.sndNxt);
}

/** How much of the next piece may go now; 0 if nothing. */
function sendable(sock: TcpSock, chunk: TcpChunk, inFlight: number, probe: boolean): number {
  const finAlone = chunk.fin && chunk.bytes.length <= sock.mss;
  if (inFlight >= sock.cwnd && !finAlone && !probe) return -1;
  const room = seqDiff(seqAdd(sock.sndUna, sock.sndWnd), chunk.seq);
  const length = Math.min(chunk.bytes.length, sock.mss);
  if (length > room) return -1;
  if (length < sock.mss && !chunk.fin && !probe && nagleHolds(sock, length)) return -1;
  return length;
}

/**
 * What could not leave counts as unsent; a timer tries it again. Whatever was to go with it stays one piece with it.
 * @param rest what the piece was cut from, or the piece itself
 * @param burst how many segments were to go together
 */
function takeBack(sock: TcpSock, chunk: TcpChunk, rest: TcpChunk, burst: number): void {
  sock.rtx.pop();
  sock.sndNxt = chunk.seq;
  if (rest === chunk) {
    sock.unsent.unshift(chunk);
    return;
  }
  const bytes = new Uint8Array(chunk.bytes.length + rest.bytes.length);
  bytes.set(chunk.bytes);
  bytes.set(rest.bytes, chunk.bytes.length);
  rest.bytes = bytes;
  rest.seq = chunk.seq;
  if (bytes.length > burst * sock.mss) sock.unsent.unshift(splitChunk(rest, burst * sock.mss));
}

/** A process sees a burst through: what comes for the socket meanwhile waits. @returns false when no process is at work */
function goesOnLater(net: Net, sock: TcpSock): boolean {
  if (sock.busy?.goesOn === true) return true;
  if (!net.afterwards('tcp-push', sock.id)) return false;
  if (sock.busy === null) sock.busy = { waiting: [], goesOn: true };
  else sock.busy.goesOn = true;
  return true;
}

/**
 * Sends what windows allow, in bursts of at most half the congestion window; a process sees each through before
 * the next. @returns whether anything went out
 */
export function tcpWriteXmit(net: Net, sock: TcpSock, probe = false): boolean {
  let sent = false;
  let inFlight = packetsInFlight(sock);
  let burst = 0;
  const hadNone = sock.rtx.length === 0;
  while (sock.unsent.length > 0) {
    const next = sock.unsent[0] as TcpChunk;
    const length = sendable(sock, next, inFlight, probe);
    if (length < 0) break;
    if (burst === 0 && !probe && tcpTsoShouldDefer(net.now, sock, next.bytes.length, inFlight)) break;
    const chunk = length < next.bytes.length ? splitChunk(next, length) : next;
    if (chunk === next) sock.unsent.shift();
    sock.rtx.push(chunk);
    sock.sndNxt = chunkEnd(chunk);
    inFlight++;
    burst++;
    const more = chunk !== next && burst < Math.max(sock.cwnd >> 1, 1) && !probe && sendable(sock, next, inFlight, false) > 0;
    chunk.ends = !more;
    if (!sendChunk(net, sock, chunk, burst === 1 ? 'first' : more ? 'next' : 'last') && !chunk.syn) {
      takeBack(sock, chunk, next, Math.min(Math.max(sock.cwnd >> 1, 1), sock.cwnd - inFlight + 1));
      break;
    }
    sent = true;
    if (sock.prr !== null) sock.prr.out++;
    if (chunk.bytes.length < sock.mss) sock.sndSml = chunkEnd(chunk);
    if (probe) break;
    if (more) continue;
    burst = 0;
    if ((sock.unsent.length > 0 || sock.busy !== null) && goesOnLater(net, sock)) break;
  }
  if (sent && !probe && (hadNone || sock.timer === null || sock.timer.kind === 'tlp')) tcpSetXmitTimer(net, sock);
  if (!sent && sock.rtx.length === 0 && sock.unsent.length > 0 && sock.timer === null) {
    tcpArm(net, sock, 'probe', nanos(Math.max(sock.rtoMs, RTO_MIN_MS) * NS_PER_MS));
  }
  return sent;
}

/**
 * One segment, however full the network is, that asks to be handed on at once; as much of it as the window takes.
 * @returns whether it went out (tcp_write_wakeup)
 */
export function tcpWriteWakeup(net: Net, sock: TcpSock): boolean {
  const next = sock.unsent[0];
  if (next === undefined) return false;
  const room = seqDiff(seqAdd(sock.sndUna, sock.sndWnd), next.seq);
  if (room <= 0) return false;
  const size = Math.min(room, sock.mss);
  if (next.bytes.length > size) sock.unsent.unshift(splitChunk(next, size));
  (sock.unsent[0] as TcpChunk).push = true;
  if (!tcpWriteXmit(net, sock, true)) return false;
  // the doubling was that of the tries (tcp_send_probe0)
  sock.backoff = 0;
  tcpArmRto(net, sock);
  return true;
}

/** Asked for its element -1, an empty array is looked through as a record with that name would be. */
function lastUnsent({ unsent }: TcpSock): TcpChunk | null {
  return unsent.length === 0 ? null : (unsent[unsent.length - 1] as TcpChunk);
}

/** Puts bytes behind what is to be sent already. Does not send. */
export function tcpQueue(sock: TcpSock, bytes: Uint8Array): void {
  const tail = lastUnsent(sock);
  if (tail !== null && !tail.fin && !tail.syn && tail.bytes.length < 65536) {
    const joined = new Uint8Array(tail.bytes.length + bytes.length);
    joined.set(tail.bytes);
    joined.set(bytes, tail.bytes.length);
    tail.bytes = joined;
    tail.push = true;
  } else sock.unsent.push(newChunk(sock.writeSeq, bytes, true, false, false));
  sock.writeSeq = seqAdd(sock.writeSeq, bytes.length);
}

/** FIN goes with the last unsent piece, or alone. */
export function tcpSendFin(net: Net, sock: TcpSock): void {
  const tail = lastUnsent(sock);
  if (tail !== null) tail.fin = true;
  else sock.unsent.push(newChunk(sock.writeSeq, NO_BYTES, false, true, false));
  sock.writeSeq = seqAdd(sock.writeSeq, 1);
  tcpWriteXmit(net, sock);
}

/**
 * Fits a piece that goes out again to the present segment length: too long ones are joined with the
 * lost ones behind them and cut anew; short ones take up what follows as long as it fits.
 */
function refit(sock: TcpSock, index: number): void {
  const chunk = sock.rtx[index] as TcpChunk;
  if (chunk.syn) return;
  let end = index + 1;
  let length = chunk.bytes.length;
  if (length > sock.mss) {
    while (end < sock.rtx.length && joins(sock, end)) length += (sock.rtx[end++] as TcpChunk).bytes.length;
  } else {
    while (
      end < sock.rtx.length &&
      !chunk.fin &&
      !(sock.rtx[end] as TcpChunk).sacked &&
      length + (sock.rtx[end] as TcpChunk).bytes.length <= sock.mss
    ) {
      length += (sock.rtx[end++] as TcpChunk).bytes.length;
    }
    if (end === index + 1) return;
  }
  const parts = sock.rtx.slice(index, end);
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part.bytes, at);
    at += part.bytes.length;
  }
  const whole = newChunk(
    chunk.seq,
    bytes,
    parts.some((part) => part.push),
    parts.some((part) => part.fin),
    false,
  );
  whole.sentAt = chunk.sentAt;
  whole.retrans = chunk.retrans;
  whole.lost = chunk.lost;
  const pieces: TcpChunk[] = [];
  while (whole.bytes.length > sock.mss) pieces.push(splitChunk(whole, sock.mss));
  whole.ends = parts.at(-1)?.ends ?? false;
  pieces.push(whole);
  sock.rtx.splice(index, end - index, ...pieces);
}

/**
 * Its last copy has not left this host: it waits for a neighbour's address (skb_still_in_host_queue).
 * A second copy would only wait beside it.
 */
function stillQueued(net: Net, sock: TcpSock, chunk: TcpChunk): boolean {
  for (const neigh of net.host.neigh.entries.values()) {
    for (const skb of neigh.queue) {
      if (skb.sk !== sock.id) continue;
      const hdr = skb.layers[1];
      if (hdr?.kind === 'tcp' && hdr.seq === chunk.seq) return true;
    }
  }
  return false;
}

/** A lost piece is still one with the lost one before it. */
function joins(sock: TcpSock, at: number): boolean {
  const [last, next] = [sock.rtx[at - 1] as TcpChunk, sock.rtx[at] as TcpChunk];
  return !last.ends && !last.push && next.lost && !next.sacked;
}

/** Sends one piece again. */
export function tcpRetransmit(net: Net, sock: TcpSock, chunk: TcpChunk, why: string): void {
  if (stillQueued(net, sock, chunk)) {
    if (net.tracing) net.trace('tcp_xmit', 'state', 'tcp.still-queued', null, { dst: sock.raddr, dport: sock.rport });
    return;
  }
  const index = sock.rtx.indexOf(chunk);
  refit(sock, index);
  const piece = sock.rtx[index] as TcpChunk;
  if (piece.syn) tcpAdviseAgain(net, sock);
  piece.ends = true;
  sendAgain(net, sock, piece, why, 'first');
}

function sendAgain(net: Net, sock: TcpSock, piece: TcpChunk, why: string, place: Place): void {
  if (sock.retransStamp === 0) sock.retransStamp = piece.sentAt;
  piece.retrans++;
  piece.lost = false;
  const { mib } = net.host.sockets;
  mib.retransSegs++;
  // what is sent again is counted by itself
  mib.outSegs--;
  if (net.tracing) {
    net.trace('tcp_xmit', 'state', why, null, {
      n: piece.retrans,
      seq: piece.seq,
      len: chunkLen(piece),
      dst: sock.raddr,
      dport: sock.rport,
      after: Math.floor((net.now - piece.sentAt) / NS_PER_MS),
    });
  }
  if (sock.prr !== null) sock.prr.out++;
  sendChunk(net, sock, piece, place);
}

/** Sends again what is marked lost, as far as the congestion window allows. */
export function tcpXmitRetransmitQueue(net: Net, sock: TcpSock): void {
  let inFlight = packetsInFlight(sock);
  let sent = false;
  for (let i = 0; i < sock.rtx.length && inFlight < sock.cwnd; i++) {
    const chunk = sock.rtx[i] as TcpChunk;
    if (!chunk.lost || chunk.sacked) continue;
    sent = true;
    if (stillQueued(net, sock, chunk)) {
      tcpRetransmit(net, sock, chunk, 'tcp.retransmit-lost');
      inFlight++;
      continue;
    }
    refit(sock, i);
    let end = i + 1;
    while (end < sock.rtx.length && inFlight + (end - i) < sock.cwnd && joins(sock, end)) end++;
    const group = sock.rtx.slice(i, end);
    const last = group.at(-1);
    if (last !== undefined) last.ends = true;
    group.forEach((piece, n) => sendAgain(net, sock, piece, 'tcp.retransmit-lost', n === 0 ? 'first' : piece === last ? 'last' : 'next'));
    inFlight += group.length;
    i = end - 1;
  }
  if (sent) tcpArmRto(net, sock);
}

/** A path MTU became smaller: what is too long now is lost, whatever the network does. */
export function tcpSimpleRetransmit(net: Net, sock: TcpSock): void {
  let lost = false;
  // pieces that left as one are lost as one, the short last one too
  let withLast = false;
  for (const chunk of sock.rtx) {
    const tooLong: boolean = withLast || chunk.bytes.length > sock.mss;
    withLast = tooLong && !chunk.ends;
    if (!tooLong || chunk.sacked) continue;
    chunk.lost = true;
    lost = true;
  }
  if (!lost) return;
  sock.lossState = true;
  sock.highSeq = sock.sndNxt;
  tcpXmitRetransmitQueue(net, sock);
}
