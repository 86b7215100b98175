/**
 * Configuration: what ipvsadm and keepalived may ask of IPVS, with the kernel's refusals.
 * Comes from: shell/commands/ipvsadm, keepalived.  Goes to: services, servers, schedulers, the trash.
 * Source: Linux 6.1 net/netfilter/ipvs/ip_vs_ctl.c, ip_vs_add_service(), ip_vs_edit_service(),
 *   ip_vs_add_dest(), __ip_vs_update_dest(), ip_vs_edit_dest(), ip_vs_del_dest(), ip_vs_flush().
 * Differs: nothing known.
 */
import { inetAddrType, nfNeedHooks } from '../host/index.ts';
import type { Ipv4 } from '../wire/index.ts';
import { endText, svcName, updateOverload } from './conn.ts';
import { makeStats } from './init.ts';
import { isIpv6Server, type Ipv6 } from './ipv6.ts';
import type { IpvsNet } from './net.ts';
import { schedulerOf } from './schedulers/index.ts';
import type { Scheduler } from './schedulers/scheduler.ts';
import type { Dest, DestId, FwdMethod, Svc, SvcId } from './state.ts';
import { startEstimator, zeroStats } from './stats.ts';
import { destLookup, svcLookup } from './svc.ts';
import { takeFromTrash, toTrash } from './trash.ts';

/** errno names, as the kernel returns them. */
export type CtlError = 'EEXIST' | 'ENOENT' | 'ESRCH' | 'EINVAL' | 'ERANGE';

/** What names a service. */
export interface SvcKey {
  /** IPPROTO_…; 0 with a firewall mark */
  readonly proto: number;
  readonly addr: Ipv4;
  /** an IPv6 service's address ('::' with a firewall mark); `addr` is 0 then */
  readonly addr6?: Ipv6 | null;
  readonly port: number;
  readonly fwmark: number;
}

export interface SvcSpec extends SvcKey {
  readonly scheduler: string;
  readonly schedFlags: number;
  /** seconds, or null */
  readonly persistTimeout: number | null;
  readonly persistMask: Ipv4;
  readonly onePacket: boolean;
  readonly pe: string | null;
}

export interface DestSpec {
  readonly addr: Ipv4;
  /** an IPv6 server's address; `addr` is 0 then */
  readonly addr6?: Ipv6 | null;
  readonly port: number;
  readonly fwd: FwdMethod;
  readonly weight: number;
  readonly uThreshold: number;
  readonly lThreshold: number;
  readonly tunType: Dest['tunType'];
  readonly tunPort: number;
  readonly tunFlags: Dest['tunFlags'];
}

export function findService(net: IpvsNet, key: SvcKey): Svc | null {
  return svcLookup(net.ipvs, key.fwmark, key.proto, key.addr, key.port, key.addr6 ?? null);
}

/** A service without scheduler: all of its requests are refused. */
const NO_SCHEDULER = 'none';

/** Schedulers are modules: those outside Debian's kernel must have been loaded by name. @returns 'none' for none */
function loadScheduler(net: IpvsNet, name: string): Scheduler | typeof NO_SCHEDULER | null {
  if (name === NO_SCHEDULER) return NO_SCHEDULER;
  const scheduler = schedulerOf(name);
  if (scheduler === null) return null;
  const module = `ip_vs_${name}`;
  if (!scheduler.inDebian && !net.host.modules.includes(module)) return null;
  if (!net.host.modules.includes(module)) net.host.modules.push(module);
  return scheduler;
}

function traceSvc(net: IpvsNet, reason: string, svc: Svc): void {
  net.trace('ipvs:ctl', 'state', reason, null, {
    svc: svcName(svc),
    scheduler: svc.scheduler,
    servers: svc.dests.length,
    persist: svc.persistTimeout ?? 0,
  });
}

export function addService(net: IpvsNet, spec: SvcSpec): CtlError | null {
  const { ipvs } = net;
  if (findService(net, spec) !== null) return 'EEXIST';
  if (spec.pe !== null && spec.pe !== 'sip') return 'ENOENT';
  const scheduler = loadScheduler(net, spec.scheduler);
  if (scheduler === null) return 'ENOENT';
  const svc: Svc = {
    id: ipvs.nextSvc++ as SvcId,
    proto: spec.proto,
    addr: spec.addr,
    addr6: spec.addr6 ?? null,
    port: spec.port,
    fwmark: spec.fwmark,
    scheduler: spec.scheduler,
    schedData: null,
    schedFlags: spec.schedFlags,
    persistTimeout: spec.persistTimeout,
    persistMask: spec.persistMask,
    onePacket: spec.onePacket,
    pe: spec.pe,
    dests: [],
    stats: makeStats(),
    laddrs: [],
    nextLaddr: 0,
  };
  ipvs.services.push(svc);
  nfNeedHooks(net, 1);
  if (scheduler !== NO_SCHEDULER) scheduler.initService(net, svc);
  startEstimator(net);
  traceSvc(net, svc.addr6 === null ? 'ipvs.service-added' : 'ipvs.service-added-ipv6', svc);
  return null;
}

export function editService(net: IpvsNet, spec: SvcSpec): CtlError | null {
  const svc = findService(net, spec);
  if (svc === null) return 'ESRCH';
  if (spec.pe !== null && spec.pe !== 'sip') return 'ENOENT';
  const scheduler = loadScheduler(net, spec.scheduler);
  if (scheduler === null) return 'ENOENT';
  svc.schedFlags = spec.schedFlags;
  svc.persistTimeout = spec.persistTimeout;
  svc.persistMask = spec.persistMask;
  svc.onePacket = spec.onePacket;
  svc.pe = spec.pe;
  // The same scheduler keeps its memory; a new one begins with all servers at hand.
  if (svc.scheduler !== spec.scheduler) {
    svc.scheduler = spec.scheduler;
    svc.schedData = null;
    if (scheduler !== NO_SCHEDULER) scheduler.initService(net, svc);
  }
  traceSvc(net, 'ipvs.service-edited', svc);
  return null;
}

function unlinkService(net: IpvsNet, svc: Svc): void {
  const { services } = net.ipvs;
  services.splice(services.indexOf(svc), 1);
  nfNeedHooks(net, -1);
  for (const dest of svc.dests.slice()) {
    dest.available = false;
    svc.dests.splice(svc.dests.indexOf(dest), 1);
    toTrash(net, svc, dest);
  }
  traceSvc(net, 'ipvs.service-deleted', svc);
}

export function delService(net: IpvsNet, key: SvcKey): CtlError | null {
  const svc = findService(net, key);
  if (svc === null) return 'ESRCH';
  unlinkService(net, svc);
  return null;
}

/** `ipvsadm -C` */
export function flushServices(net: IpvsNet): void {
  for (const svc of net.ipvs.services.slice()) unlinkService(net, svc);
}

function checkSpec(net: IpvsNet, svc: Svc, spec: DestSpec): CtlError | null {
  const otherFamily = (spec.addr6 ?? null) === null ? svc.addr6 !== null : svc.addr6 === null;
  // Messages to a backup cannot tell of a server of the other family, and only a tunnel can reach it.
  if (otherFamily && (net.ipvs.daemons.length > 0 || spec.fwd !== 'tunnel')) return 'EINVAL';
  if (spec.weight < 0 || spec.lThreshold > spec.uThreshold) return 'ERANGE';
  return spec.tunType === 'gue' && spec.tunPort === 0 ? 'EINVAL' : null;
}

function makeDest(net: IpvsNet, spec: DestSpec): Dest {
  return {
    id: net.ipvs.nextDest++ as DestId,
    addr: spec.addr,
    addr6: spec.addr6 ?? null,
    port: spec.port,
    fwd: spec.fwd,
    weight: spec.weight,
    lastWeight: spec.weight,
    uThreshold: 0,
    lThreshold: 0,
    activeConns: 0,
    inactConns: 0,
    persistConns: 0,
    overload: false,
    available: true,
    tunType: spec.tunType,
    tunPort: spec.tunPort,
    tunFlags: spec.tunFlags,
    stats: makeStats(),
    routeMtu: 0,
    routeLearnt: false,
    idleSince: null,
  };
}

/** __ip_vs_update_dest(): a server gets its values, and the scheduler is told. */
function updateDest(net: IpvsNet, svc: Svc, dest: Dest, spec: DestSpec, add: boolean): void {
  if (add || spec.weight !== 0) dest.lastWeight = spec.weight;
  dest.weight = spec.weight;
  dest.fwd = spec.fwd;
  dest.tunType = spec.tunType;
  dest.tunPort = spec.tunPort;
  dest.tunFlags = spec.tunFlags;
  dest.available = true;
  dest.uThreshold = spec.uThreshold;
  dest.lThreshold = spec.lThreshold;
  updateOverload(net, dest);
  const scheduler = schedulerOf(svc.scheduler);
  if (add) {
    // New servers stand at the head of the list.
    svc.dests.unshift(dest);
    scheduler?.addDest(svc, dest);
  } else {
    scheduler?.updDest(svc, dest);
  }
  net.trace('ipvs:ctl', 'state', add ? 'ipvs.dest-added' : 'ipvs.dest-edited', null, {
    svc: svcName(svc),
    server: endText(dest),
    rip: dest.addr,
    rport: dest.port,
    fwd: dest.fwd,
    weight: dest.weight,
  });
}

/** A unicast address, or one of this host. */
function mayBeServer(net: IpvsNet, addr: Ipv4, addr6: Ipv6 | null): boolean {
  if (addr6 !== null) return isIpv6Server(addr6);
  const type = inetAddrType(net.host, addr);
  return type === 'local' || type === 'unicast';
}

export function addDest(net: IpvsNet, key: SvcKey, spec: DestSpec): CtlError | null {
  const svc = findService(net, key);
  if (svc === null) return 'ESRCH';
  const bad = checkSpec(net, svc, spec);
  if (bad !== null) return bad;
  const addr6 = spec.addr6 ?? null;
  if (destLookup(svc, spec.addr, spec.port, addr6) !== null) return 'EEXIST';
  const old = takeFromTrash(net, svc, spec.addr, spec.port, addr6);
  if (old !== null) {
    net.trace('ipvs:ctl', 'state', 'ipvs.dest-from-trash', null, {
      server: endText(old),
      rip: old.addr,
      rport: old.port,
      active: old.activeConns,
      inactive: old.inactConns,
    });
    updateDest(net, svc, old, spec, true);
    return null;
  }
  if (!mayBeServer(net, spec.addr, addr6)) return 'EINVAL';
  updateDest(net, svc, makeDest(net, spec), spec, true);
  return null;
}

export function editDest(net: IpvsNet, key: SvcKey, spec: DestSpec): CtlError | null {
  const svc = findService(net, key);
  if (svc === null) return 'ESRCH';
  const bad = checkSpec(net, svc, spec);
  if (bad !== null) return bad;
  const dest = destLookup(svc, spec.addr, spec.port, spec.addr6 ?? null);
  if (dest === null) return 'ENOENT';
  updateDest(net, svc, dest, spec, false);
  return null;
}

export function delDest(net: IpvsNet, key: SvcKey, addr: Ipv4, port: number, addr6: Ipv6 | null = null): CtlError | null {
  const svc = findService(net, key);
  if (svc === null) return 'ESRCH';
  const dest = destLookup(svc, addr, port, addr6);
  if (dest === null) return 'ENOENT';
  const index = svc.dests.indexOf(dest);
  dest.available = false;
  svc.dests.splice(index, 1);
  schedulerOf(svc.scheduler)?.delDest(svc, dest, index);
  toTrash(net, svc, dest);
  net.trace('ipvs:ctl', 'state', 'ipvs.dest-deleted', null, {
    svc: svcName(svc),
    server: endText(dest),
    rip: dest.addr,
    rport: dest.port,
    conns: dest.activeConns + dest.inactConns,
  });
  return null;
}

/** `ipvsadm -Z`, of one service or of all. */
export function zeroService(net: IpvsNet, key: SvcKey | null): CtlError | null {
  if (key === null) {
    for (const svc of net.ipvs.services) zeroOne(svc);
    zeroStats(net.ipvs.total);
    return null;
  }
  const svc = findService(net, key);
  if (svc === null) return 'ESRCH';
  zeroOne(svc);
  return null;
}

function zeroOne(svc: Svc): void {
  for (const dest of svc.dests) zeroStats(dest.stats);
  zeroStats(svc.stats);
}

/** `ipvsadm --set`: seconds, 0 keeps the value. */
export function setTimeouts(net: IpvsNet, tcp: number, tcpFin: number, udp: number): void {
  const { timeouts } = net.ipvs;
  if (tcp !== 0) timeouts.tcp = tcp;
  if (tcpFin !== 0) timeouts.tcpFin = tcpFin;
  if (udp !== 0) timeouts.udp = udp;
  net.trace('ipvs:ctl', 'state', 'ipvs.timeouts-set', null, {
    tcp: timeouts.tcp,
    tcpfin: timeouts.tcpFin,
    udp: timeouts.udp,
  });
}

/** FullNAT: puts an address into a service's pool. Outside the mainline kernel. */
export function addLaddr(net: IpvsNet, key: SvcKey, addr: Ipv4): CtlError | null {
  const svc = findService(net, key);
  if (svc === null) return 'ESRCH';
  if (svc.laddrs.includes(addr)) return 'EEXIST';
  svc.laddrs.push(addr);
  net.trace('ipvs:ctl', 'state', 'ipvs.laddr-added', null, {
    svc: svcName(svc),
    lip: addr,
    pool: svc.laddrs.length,
  });
  return null;
}

/** FullNAT: takes an address out of a service's pool. Outside the mainline kernel. */
export function delLaddr(net: IpvsNet, key: SvcKey, addr: Ipv4): CtlError | null {
  const svc = findService(net, key);
  if (svc === null) return 'ESRCH';
  const at = svc.laddrs.indexOf(addr);
  if (at < 0) return 'ENOENT';
  svc.laddrs.splice(at, 1);
  return null;
}
