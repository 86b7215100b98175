/**
 * A director's IPVS as it is when the module has just been loaded.
 * Comes from: world/ (a node is made).  Goes to: everything in this room.
 * Source: Linux 6.1 net/netfilter/ipvs/ip_vs_ctl.c, ip_vs_control_net_init_sysctl().
 * Differs: nothing known.
 */
import { createConnTable } from './conn-table.ts';
import { makeDefence } from './defence.ts';
import { vsDefaults } from './sysctl-defaults.ts';
import type { IpvsCounters, IpvsState, IpvsStats } from './state.ts';

export function makeCounters(): IpvsCounters {
  return { conns: 0, inPkts: 0, outPkts: 0, inBytes: 0, outBytes: 0 };
}

export function makeStats(): IpvsStats {
  return {
    now: makeCounters(),
    est: { shown: makeCounters(), cps: 0, inPps: 0, outPps: 0, inBps: 0, outBps: 0 },
    zeroed: makeCounters(),
  };
}

export function createIpvs(): IpvsState {
  return {
    services: [],
    daemons: [],
    trash: [],
    conns: createConnTable(),
    nextSvc: 1,
    nextDest: 1,
    timeouts: { tcp: 900, tcpFin: 120, udp: 300 },
    sysctl: vsDefaults(),
    total: makeStats(),
    estimator: null,
    trashTimer: null,
    defence: makeDefence(),
    sync: null,
  };
}
