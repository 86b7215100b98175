/**
 * Settings of the synchronisation that stand in net.ipv4.vs.*.
 * Comes from: ipvs/conn.ts, core.ts, sync/.
 * Source: Linux 6.1 include/net/ip_vs.h, sysctl_sync_threshold(), sysctl_sync_period().
 */
import type { IpvsState } from '../state.ts';

/** Packets after which a connection is told to the backup. */
export function syncThreshold(ipvs: IpvsState): number {
  return Number(String(ipvs.sysctl['sync_threshold']).split('\t')[0]);
}

/** After so many further packets it is told again; 0: never again by count. */
export function syncPeriod(ipvs: IpvsState): number {
  return Number(String(ipvs.sysctl['sync_threshold']).split('\t')[1]);
}

export function isMaster(ipvs: IpvsState): boolean {
  for (const daemon of ipvs.daemons) if (daemon.role === 'master') return true;
  return false;
}
