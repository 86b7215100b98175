/**
 * What a switch does with a frame: learn the sender, send it on or flood it.
 * Comes from: world/dispatch.ts.  Goes to: world/link.ts.
 * Source: IEEE 802.1D-2004 §7.7 (forwarding), §7.8 (learning), §7.9.2 (ageing, 300 s); Linux 6.1
 *   net/bridge/br_forward.c, br_flood() for the order of flooding.
 * Differs: no spanning tree, no VLANs, no IGMP snooping.
 */
import type { Nanos, SentFrame, TraceArgs, Verdict } from '../engine/index.ts';
import { isGroupMac, type EthHdr } from '../wire/index.ts';
import { fdbOfSource, fdbOfTarget, memoryOfPort, type PortMemory, type SwitchMemory } from './memory.ts';
import type { switchReasons } from './reasons.ts';
import type { FdbEntry, SwitchState } from './state.ts';

/** What a switch reads of a frame. */
interface SwitchedFrame extends SentFrame {
  readonly eth: EthHdr;
}

/** The hands that the world lends a switch for one frame, of which it knows more than the switch reads. */
export interface SwitchNet<F extends SwitchedFrame> {
  readonly now: Nanos;
  readonly tracing: boolean;
  readonly memory: SwitchMemory;
  /** a cable is in the port: the others are not flooded to */
  plugged(port: number): boolean;
  send(port: number, frame: F): void;
  trace(verdict: Verdict, reason: keyof typeof switchReasons, frame: F, port: number, args: TraceArgs | null): void;
}

export function switchReceive<F extends SwitchedFrame>(net: SwitchNet<F>, sw: SwitchState, inPort: number, frame: F): void {
  const { eth } = frame;
  const port = sw.ports[inPort - 1];
  if (port !== undefined) port.rxPackets++;
  const last = memoryOfPort(net.memory, sw, inPort);
  if (last.header === eth) {
    seen(net, last.learned as FdbEntry, inPort, frame);
    forward(net, sw, inPort, frame, last.found as FdbEntry);
    return;
  }
  const isLearned = learn(net, sw, last, inPort, frame);
  if (isGroupMac(eth.dst)) {
    flood(net, sw, inPort, frame, eth, 'switch.flood-group');
    return;
  }
  const entry = fdbOfTarget(last, sw, eth.dst);
  if (entry === undefined) {
    flood(net, sw, inPort, frame, eth, 'switch.flood-unknown');
    return;
  }
  if (isLearned) last.header = eth;
  forward(net, sw, inPort, frame, entry);
}

function forward<F extends SwitchedFrame>(net: SwitchNet<F>, sw: SwitchState, inPort: number, frame: F, entry: FdbEntry): void {
  if (net.now - entry.seen >= sw.ageingNs) {
    flood(net, sw, inPort, frame, frame.eth, 'switch.flood-unknown');
  } else if (entry.port === inPort) {
    net.trace('drop', 'switch.same-port', frame, inPort, { mac: frame.eth.dst });
  } else {
    net.trace('pass', 'switch.forward', frame, inPort, net.tracing ? { mac: frame.eth.dst, port: entry.port } : null);
    send(net, sw, entry.port, frame);
  }
}

/** @returns whether the port now remembers the sender's entry */
function learn<F extends SwitchedFrame>(net: SwitchNet<F>, sw: SwitchState, last: PortMemory, inPort: number, frame: F): boolean {
  const { src } = frame.eth;
  if (isGroupMac(src)) return false;
  const entry = fdbOfSource(last, sw, src);
  if (entry !== undefined) {
    seen(net, entry, inPort, frame);
    return true;
  }
  sw.fdb.set(src, { port: inPort, seen: net.now });
  net.trace('state', 'switch.learned', frame, inPort, { mac: src, port: inPort });
  return false;
}

function seen<F extends SwitchedFrame>(net: SwitchNet<F>, entry: FdbEntry, inPort: number, frame: F): void {
  if (entry.port !== inPort) {
    net.trace('state', 'switch.moved', frame, inPort, { mac: frame.eth.src, port: inPort, old: entry.port });
    entry.port = inPort;
  }
  entry.seen = net.now;
}

/** Ports are served in reverse order of plugging in, as a Linux bridge walks its list of ports. */
function flood<F extends SwitchedFrame>(
  net: SwitchNet<F>,
  sw: SwitchState,
  inPort: number,
  frame: F,
  eth: EthHdr,
  reason: 'switch.flood-group' | 'switch.flood-unknown',
): void {
  if (!hasOther(net, sw, inPort)) {
    net.trace('drop', 'switch.no-other-port', frame, inPort, net.tracing ? { mac: eth.dst } : null);
    return;
  }
  net.trace('pass', reason, frame, inPort, net.tracing ? { mac: eth.dst } : null);
  for (let number = sw.ports.length; number >= 1; number--) {
    if (number !== inPort && net.plugged(number)) send(net, sw, number, frame);
  }
}

function hasOther<F extends SwitchedFrame>(net: SwitchNet<F>, sw: SwitchState, inPort: number): boolean {
  for (let number = sw.ports.length; number >= 1; number--) if (number !== inPort && net.plugged(number)) return true;
  return false;
}

function send<F extends SwitchedFrame>(net: SwitchNet<F>, sw: SwitchState, number: number, frame: F): void {
  const port = sw.ports[number - 1];
  if (port !== undefined) port.txPackets++;
  net.send(number, frame);
}
