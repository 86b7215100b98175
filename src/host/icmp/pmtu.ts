/**
 * Learning a path MTU from "fragmentation needed".
 * Comes from: icmp/error.ts, tunnel/, ipvs/.  Goes to: fib/exception.ts.
 * Source: Linux 6.1 net/ipv4/route.c, __ip_rt_update_pmtu(); RFC 1191.
 */
import { ipRtUpdatePmtu, type PathFlow } from '../fib/exception.ts';
import { ipRouteOutput } from '../fib/output.ts';
import type { Net } from '../net.ts';

export type PmtuFlow = PathFlow;

/** From now on packets to `flow.dst` are no longer than `mtu` bytes, for net.ipv4.route.mtu_expires. */
export function ipv4UpdatePmtu(net: Net, flow: PmtuFlow, mtu: number): void {
  const route = ipRouteOutput(net, flow);
  if ('error' in route) return;
  ipRtUpdatePmtu(net, flow, mtu, route.mtu);
}
