/**
 * Counters of services and servers, and the averages made from them every two seconds, and a bit.
 * Comes from: core.ts (packets, connections), the estimator's timer.  Goes to: `ipvsadm -L --stats`, `--rate`.
 * Source: Linux 6.1 net/netfilter/ipvs/ip_vs_est.c, estimation_timer(); ip_vs_core.c, ip_vs_in_stats();
 *   ip_vs_ctl.c, ip_vs_zero_stats().
 * Differs: the estimator rests while there has been no service; its beat counts from the start of the node,
 *   as if the module had been loaded then.
 */
import { later, nanos, seconds, type Nanos } from '../engine/index.ts';
import { wheelDelay } from '../host/index.ts';
import type { IpvsNet } from './net.ts';
import type { Conn, Dest, IpvsCounters, IpvsState, IpvsStats, Svc } from './state.ts';
import { destOf, svcOfDest } from './svc.ts';

/** Time between two estimations, as it is asked for: the timer wheel makes it 2.016 s. */
const ESTIMATION_PERIOD: Nanos = seconds(2);

function countIn(stats: IpvsStats, bytes: number): void {
  stats.now.inPkts++;
  stats.now.inBytes += bytes;
}

function countOut(stats: IpvsStats, bytes: number): void {
  stats.now.outPkts++;
  stats.now.outBytes += bytes;
}

/** A packet of a client. Nothing is counted for a server that has been deleted. */
export function ipVsInStats(ipvs: IpvsState, conn: Conn, dest: Dest | null, bytes: number): void {
  if (dest === null || !dest.available) return;
  const svc = svcOfDest(ipvs, conn, dest);
  countIn(dest.stats, bytes);
  if (svc !== null) countIn(svc.stats, bytes);
  countIn(ipvs.total, bytes);
}

/** A packet of a real server that passes the director. */
export function ipVsOutStats(ipvs: IpvsState, conn: Conn, bytes: number): void {
  const dest = destOf(ipvs, conn);
  if (dest === null || !dest.available) return;
  const svc = svcOfDest(ipvs, conn, dest);
  countOut(dest.stats, bytes);
  if (svc !== null) countOut(svc.stats, bytes);
  countOut(ipvs.total, bytes);
}

/** A connection was scheduled by a service; a template may have led it to a server of another one. */
export function ipVsConnStats(ipvs: IpvsState, conn: Conn, svc: Svc): void {
  const dest = destOf(ipvs, conn);
  if (dest !== null) dest.stats.now.conns++;
  svc.stats.now.conns++;
  ipvs.total.now.conns++;
}

/** Fixed-point average with a quarter of the new value in it; rates are over two seconds, hence one bit less. */
function smooth(average: number, delta: number, scale: number): number {
  return average + Math.floor((delta * scale - average) / 4);
}

const PACKET_SCALE = 512;
const BYTE_SCALE = 16;

function estimate(stats: IpvsStats): void {
  const { now, est } = stats;
  const was = est.shown;
  est.cps = smooth(est.cps, now.conns - was.conns, PACKET_SCALE);
  est.inPps = smooth(est.inPps, now.inPkts - was.inPkts, PACKET_SCALE);
  est.outPps = smooth(est.outPps, now.outPkts - was.outPkts, PACKET_SCALE);
  est.inBps = smooth(est.inBps, now.inBytes - was.inBytes, BYTE_SCALE);
  est.outBps = smooth(est.outBps, now.outBytes - was.outBytes, BYTE_SCALE);
  est.shown = { ...now };
}

/** Joins the beat, which has gone on since the host was started, with the first service. */
export function startEstimator(net: IpvsNet): void {
  if (net.ipvs.estimator !== null) return;
  const { bootedAt } = net.host;
  const first = later(bootedAt, wheelDelay(bootedAt, ESTIMATION_PERIOD));
  const beat = wheelDelay(first, ESTIMATION_PERIOD);
  const wait = net.now < first ? first - net.now : beat - ((net.now - first) % beat);
  net.ipvs.estimator = net.arm('ipvs-estimator', 0, nanos(wait));
}

export function estimatorTimer(net: IpvsNet, _key: number | string, seq: number): void {
  const { ipvs } = net;
  if (ipvs.estimator !== seq) return;
  if (ipvs.sysctl['run_estimation'] !== 0) {
    estimate(ipvs.total);
    for (const svc of ipvs.services) {
      estimate(svc.stats);
      for (const dest of svc.dests) estimate(dest.stats);
    }
  }
  ipvs.estimator = net.arm('ipvs-estimator', 0, wheelDelay(net.now, ESTIMATION_PERIOD));
}

/** `ipvsadm -Z`: what is shown now becomes the new zero; averages begin anew. */
export function zeroStats(stats: IpvsStats): void {
  stats.zeroed = { ...stats.est.shown };
  stats.est.cps = 0;
  stats.est.inPps = 0;
  stats.est.outPps = 0;
  stats.est.inBps = 0;
  stats.est.outBps = 0;
}

/** Counters as the tools show them: those of the last estimation, less those at the last zeroing. */
export function shownCounters(stats: IpvsStats): IpvsCounters {
  const { shown } = stats.est;
  const { zeroed } = stats;
  return {
    conns: shown.conns - zeroed.conns,
    inPkts: shown.inPkts - zeroed.inPkts,
    outPkts: shown.outPkts - zeroed.outPkts,
    inBytes: shown.inBytes - zeroed.inBytes,
    outBytes: shown.outBytes - zeroed.outBytes,
  };
}

export interface ShownRates {
  cps: number;
  inPps: number;
  outPps: number;
  inBps: number;
  outBps: number;
}

/** Averages per second, rounded as ip_vs_read_estimator() does. */
export function shownRates(stats: IpvsStats): ShownRates {
  const { est } = stats;
  return {
    cps: Math.floor((est.cps + 0x1ff) / 1024),
    inPps: Math.floor((est.inPps + 0x1ff) / 1024),
    outPps: Math.floor((est.outPps + 0x1ff) / 1024),
    inBps: Math.floor((est.inBps + 0xf) / 32),
    outBps: Math.floor((est.outBps + 0xf) / 32),
  };
}
