/**
 * `arping`: ARP requests by hand, gratuitous ARP, search for duplicate addresses.
 * Comes from: commands/arping.ts.  Goes to: host sockets (packet).
 * Source: iputils 20221126 arping.c (send_pack, recv_pack, event_loop, finish).
 */
import { NS_PER_US, type Nanos } from '../../engine/index.ts';
import { devGet, packetOpen, packetRecv, packetSend, strerror, type IfIndex, type TappedFrame } from '../../host/index.ts';
import { ARP_REPLY, ARP_REQUEST, formatIpv4, formatMac, MAC_BROADCAST, makeArp, type Ipv4, type Mac } from '../../wire/index.ts';
import type { NodeNet, Proc, Program } from '../../world/index.ts';
import { signalCode } from './net-text.ts';

export interface ArpingState {
  readonly dst: Ipv4;
  readonly src: Ipv4;
  readonly dev: IfIndex;
  readonly devName: string;
  /** 0: without end */
  readonly count: number;
  /** 0: none */
  readonly deadline: Nanos;
  readonly interval: Nanos;
  readonly unsolicited: boolean;
  readonly advert: boolean;
  readonly dad: boolean;
  readonly quitOnReply: boolean;
  readonly broadcastOnly: boolean;
  readonly quiet: boolean;
  sock: number;
  /** whom the next request goes to */
  target: Mac;
  unicasting: boolean;
  sent: number;
  broadcasts: number;
  received: number;
  broadcastReplies: number;
  requestsReceived: number;
  lastAt: number;
  ticks: number;
}

function send(net: NodeNet, proc: Proc, state: ArpingState): boolean {
  const me = devGet(net.host, state.dev)?.lladdr ?? (0 as Mac);
  const arp = makeArp(state.advert ? ARP_REPLY : ARP_REQUEST, me, state.src, state.advert ? me : state.target, state.dst);
  const error = packetSend(net, state.dev, state.target, [arp]);
  if (error !== null) {
    net.write(proc.stderr, `arping: sendto: ${strerror(error)}\n`);
    net.exit(proc.pid, 2);
    return false;
  }
  state.lastAt = net.now;
  state.sent++;
  if (!state.unicasting) state.broadcasts++;
  return true;
}

function finish(net: NodeNet, proc: Proc, state: ArpingState): void {
  if (!state.quiet) {
    let out = `Sent ${state.sent} probes (${state.broadcasts} broadcast(s))\nReceived ${state.received} response(s)`;
    const kinds: string[] = [];
    if (state.requestsReceived > 0) kinds.push(`${state.requestsReceived} request(s)`);
    if (state.broadcastReplies > 0) kinds.push(`${state.broadcastReplies} broadcast(s)`);
    if (kinds.length > 0) out += ` (${kinds.join(', ')})`;
    net.write(proc.stdout, `${out}\n`);
  }
  net.exit(proc.pid, state.dad ? (state.received > 0 ? 1 : 0) : state.unsolicited || state.received > 0 ? 0 : 1);
}

/** @returns whether the program is done */
function receive(net: NodeNet, proc: Proc, state: ArpingState, frame: TappedFrame): boolean {
  const arp = frame.layers[0];
  if (arp?.kind !== 'arp' || (arp.op !== ARP_REQUEST && arp.op !== ARP_REPLY)) return false;
  if (frame.pktType !== 'host' && frame.pktType !== 'broadcast' && frame.pktType !== 'multicast') return false;
  const me = devGet(net.host, state.dev)?.lladdr ?? (0 as Mac);
  if (arp.spa !== state.dst) return false;
  if (state.dad) {
    if (arp.sha === me || (state.src !== 0 && state.src !== arp.tpa)) return false;
  } else if (arp.tpa !== state.src || arp.tha !== me) return false;
  if (!state.quiet) {
    let line = `${frame.pktType === 'host' ? 'Unicast' : 'Broadcast'} ${arp.op === ARP_REPLY ? 'reply' : 'request'} from ${formatIpv4(arp.spa)} [${formatMac(arp.sha).toUpperCase()}] `;
    const other = arp.tpa !== state.src;
    if (other) line += `for ${formatIpv4(arp.tpa)} `;
    if (arp.tha !== me) line += `${other ? '' : 'for '}[${formatMac(arp.tha).toUpperCase()}]`;
    net.write(proc.stdout, `${line}${roundTrip(frame.at - state.lastAt)}\n`);
  }
  state.received++;
  // with a deadline, as many answers as requests were wanted are enough
  if (state.deadline > 0 && state.received === state.count) return true;
  if (frame.pktType !== 'host') state.broadcastReplies++;
  if (arp.op === ARP_REQUEST) state.requestsReceived++;
  if (state.quitOnReply) return true;
  if (!state.broadcastOnly && !state.unsolicited) {
    state.target = arp.sha;
    state.unicasting = true;
  }
  return false;
}

/** Milliseconds as arping counts them: rounded up by half a millisecond, which the fraction takes back. */
function roundTrip(span: number): string {
  const us = Math.floor(span / NS_PER_US);
  const ms = Math.floor((us + 500) / 1000);
  return ` ${ms}.${String(us - (ms * 1000 - 500)).padStart(3, '0')}ms`;
}

function start(net: NodeNet, proc: Proc, state: ArpingState): void {
  state.sock = packetOpen(net, proc.pid, state.dev, 'arp');
  if (!state.quiet) net.write(proc.stdout, `ARPING ${formatIpv4(state.dst)} from ${formatIpv4(state.src)} ${state.devName}\n`);
  if (!send(net, proc, state)) return;
  net.sleep(proc.pid, 'tick', state.interval);
  if (state.deadline > 0) net.sleep(proc.pid, 'deadline', state.deadline);
}

export const arping: Program = (net, proc, wake) => {
  const state = proc.state as ArpingState;
  switch (wake.kind) {
    case 'start':
      return start(net, proc, state);
    case 'timer':
      if (wake.key === 'deadline') return finish(net, proc, state);
      state.ticks++;
      if (state.count > 0 && state.count < state.ticks) return finish(net, proc, state);
      if (send(net, proc, state)) net.sleep(proc.pid, 'tick', state.interval);
      return;
    case 'socket':
      for (let frame = packetRecv(net, state.sock); frame !== null; frame = packetRecv(net, state.sock)) {
        if (receive(net, proc, state, frame)) return finish(net, proc, state);
      }
      return;
    case 'signal':
      if (wake.signal === 'INT') finish(net, proc, state);
      else net.exit(proc.pid, signalCode(wake));
      return;
    default:
  }
};

/** What arping remembers before its first request. */
export function newArpingMemory(): Pick<
  ArpingState,
  'sock' | 'target' | 'unicasting' | 'sent' | 'broadcasts' | 'received' | 'broadcastReplies' | 'requestsReceived' | 'lastAt' | 'ticks'
> {
  return {
    sock: 0,
    target: MAC_BROADCAST,
    unicasting: false,
    sent: 0,
    broadcasts: 0,
    received: 0,
    broadcastReplies: 0,
    requestsReceived: 0,
    lastAt: 0,
    ticks: 1,
  };
}
