/** The host room: a Linux-like network stack. What other rooms may use of it. */
export * from './calls.ts';
export * from './net.ts';
export * from './reason.ts';
export * from './skb.ts';
export * from './skb-new.ts';
export * from './state.ts';
export * from './timer-rows.ts';
export * from './timer-wheel.ts';

export * from './dev/state.ts';
export * from './dev/addr.ts';
export * from './dev/conf.ts';
export * from './dev/create.ts';
export * from './dev/get.ts';
export * from './dev/mcast.ts';
export { devLoopReceive, devReceive } from './dev/receive.ts';
export { addrOnlink, selectSource } from './dev/select-source.ts';
export * from './dev/updown.ts';
export { devXmit } from './dev/xmit.ts';

export * from './neigh/state.ts';
export * from './neigh/admin.ts';
export { neighConfirm, neighUpdate, idleTimes } from './neigh/nud.ts';
export { neighOutput } from './neigh/output.ts';
export { isValid, neighKey, neighList, neighLookup } from './neigh/table.ts';

export { arpSend } from './arp/send.ts';

export * from './fib/state.ts';
export * from './fib/config.ts';
export { exceptionFor, fibExceptions, fibForget, ipRtUpdatePmtu } from './fib/exception.ts';
export { fibComputeSpecDst, inputRoute, ipRouteInput, type InputFlow, type InputResult } from './fib/input.ts';
export { addrFlow, fibLookup, inetAddrType, type FibResult, type Flow } from './fib/lookup.ts';
export {
  ipRouteConnect,
  ipRouteOutput,
  ipRouteOutputTo,
  isRouteError,
  type OutputFlow,
  type RouteErrno,
  type RouteOutError,
} from './fib/output.ts';
export { makeDst, pathMtu, routeSource } from './fib/path.ts';
export * from './fib/rules.ts';
export { fibChanged, routeText } from './fib/table.ts';
export { fibValidateSource } from './fib/validate.ts';

export * from './sysctl/access.ts';
export * from './sysctl/row.ts';
export { hostSysctls } from './sysctl/rows.ts';

export { hostCalls } from './protocols.ts';
export { hostReasons } from './reasons.ts';
export { hostTimers } from './timers.ts';
export { createHost } from './init.ts';

export * from './ipv4/index.ts';
export * from './icmp/index.ts';
export * from './tunnel/index.ts';
export * from './netfilter/index.ts';
export { createUdpMemory, type UdpMemory } from './udp/memory.ts';
export * from './socket/api.ts';
export { socksOf } from './socket/table.ts';
export type * from './socket/state.ts';
