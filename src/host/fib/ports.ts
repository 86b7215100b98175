/**
 * Protocol and ports of a packet, for rules that ask for them.
 * Comes from: fib/input.ts, ipv4/send.ts, when such a rule exists.  Goes to: fib/lookup.ts.
 * Source: Linux 6.1 include/net/ip_fib.h, fib4_rules_early_flow_dissect(); net/core/flow_dissector.c.
 */
import type { Layers } from '../../wire/index.ts';

export interface AskedPorts {
  readonly proto: number;
  readonly sport: number;
  readonly dport: number;
}

/** @param transport the layer behind the IPv4 header @param whole false: a piece of a packet, whose ports are not looked at */
export function portsOf(proto: number, transport: Layers[number] | undefined, whole: boolean): AskedPorts {
  if (!whole || (transport?.kind !== 'tcp' && transport?.kind !== 'udp')) return { proto, sport: 0, dport: 0 };
  return { proto, sport: transport.sport, dport: transport.dport };
}

/** The way back of the same packet. */
export function swapped(ports: AskedPorts | undefined): AskedPorts | undefined {
  return ports === undefined ? undefined : { proto: ports.proto, sport: ports.dport, dport: ports.sport };
}
