/** The IPVS room: services, real servers, connections, schedulers, forwarding, synchronisation. */
export * from './ctl.ts';
export { connInGet, connOutGet, svcName } from './conn.ts';
export { ipvsHooks, isIpvsIdle } from './hooks.ts';
export { createIpvs } from './init.ts';
export type { IpvsHookRow, IpvsNet, IpvsTimer, PacketFacts } from './net.ts';
export * from './proc.ts';
export { isBalanced, protoName } from './protos.ts';
export {
  TCP_STATES,
  TCP_TABLE,
  TCP_TABLE_SECURE,
  TCP_TIMEOUT_S,
  tcpNextState,
  tcpStateActive,
} from './proto-tcp.ts';
export type { TcpConnState, TcpDirection, TcpEvent, TcpTable } from './proto-tcp.ts';
export { ipvsReasons } from './reasons.ts';
export { schedulerOf, schedulers } from './schedulers/index.ts';
export type { ExplainRow, Fitness, Scheduler } from './schedulers/scheduler.ts';
export type * from './state.ts';
export { shownCounters, shownRates } from './stats.ts';
export { destOf, overheadOf, svcById } from './svc.ts';
export { startDaemon, stopDaemon, type DaemonError } from './sync/master.ts';
export { emitSync, parseSync, type SyncedConn, type SyncMessage } from './sync/wire.ts';
export { ipvsSysctls } from './sysctls.ts';
export { ipvsTimers } from './timers.ts';
