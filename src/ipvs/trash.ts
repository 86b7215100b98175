/**
 * Deleted real servers that connections still refer to. They keep their counters, and come back with
 * them when the same server is added to the same service again.
 * Comes from: ctl.ts, timers.  Goes to: conn.ts (expire_nodest_conn).
 * Source: Linux 6.1 net/netfilter/ipvs/ip_vs_ctl.c, __ip_vs_del_dest(), ip_vs_trash_get_dest(),
 *   ip_vs_dest_trash_expire(); ip_vs_conn.c, ip_vs_expire_nodest_conn_flush().
 * Differs: entries of lblc and lblcr do not keep a server in the trash.
 */
import { millis, seconds, type Nanos } from '../engine/index.ts';
import { wheelDelay } from '../host/index.ts';
import type { Ipv4 } from '../wire/index.ts';
import { connDelete } from './conn.ts';
import { connAfter, connOf } from './conn-table.ts';
import type { Ipv6 } from './ipv6.ts';
import type { IpvsNet } from './net.ts';
import type { Dest, Svc } from './state.ts';
import { zeroStats } from './stats.ts';
import { destOf } from './svc.ts';

/** Idle servers are freed after this time. */
const TRASH_PERIOD: Nanos = seconds(120);
/** The trash is looked through this often. */
const TRASH_CHECK: Nanos = seconds(60);
/** The work that ends connections of deleted servers begins one tick later. */
const NODEST_DELAY: Nanos = millis(4);

export function toTrash(net: IpvsNet, svc: Svc, dest: Dest): void {
  const { ipvs } = net;
  if (ipvs.trash.length === 0) ipvs.trashTimer = net.arm('ipvs-trash', 0, wheelDelay(net.now, TRASH_CHECK));
  dest.idleSince = null;
  ipvs.trash.unshift({
    svc: { proto: svc.proto, addr: svc.addr, addr6: svc.addr6, port: svc.port, fwmark: svc.fwmark },
    dest,
    svcId: svc.id,
  });
  if (ipvs.sysctl['expire_nodest_conn'] !== 0) net.arm('ipvs-nodest', 0, wheelDelay(net.now, NODEST_DELAY));
}

/** The server, if it was deleted from such a service before. Statistics survive only in the very same service. */
export function takeFromTrash(net: IpvsNet, svc: Svc, addr: Ipv4, port: number, addr6: Ipv6 | null): Dest | null {
  const { trash } = net.ipvs;
  const at = trash.findIndex(
    (t) =>
      t.dest.addr === addr &&
      t.dest.addr6 === addr6 &&
      t.dest.port === port &&
      t.svc.fwmark === svc.fwmark &&
      t.svc.proto === svc.proto &&
      (t.svc.addr6 === null) === (svc.addr6 === null) &&
      (svc.fwmark !== 0 || (t.svc.addr === svc.addr && t.svc.addr6 === svc.addr6 && t.svc.port === svc.port)),
  );
  const found = trash[at];
  if (found === undefined) return null;
  trash.splice(at, 1);
  found.dest.idleSince = null;
  if (found.svcId !== svc.id) zeroStats(found.dest.stats);
  return found.dest;
}

function isReferred(dest: Dest): boolean {
  return dest.activeConns + dest.inactConns + dest.persistConns > 0;
}

export function trashTimer(net: IpvsNet, _key: number | string, seq: number): void {
  const { ipvs } = net;
  if (ipvs.trashTimer !== seq) return;
  ipvs.trashTimer = null;
  ipvs.trash = ipvs.trash.filter(({ dest }) => {
    if (isReferred(dest)) return true;
    if (dest.idleSince === null) {
      dest.idleSince = net.now;
      return true;
    }
    return net.now < dest.idleSince + TRASH_PERIOD;
  });
  if (ipvs.trash.length > 0) ipvs.trashTimer = net.arm('ipvs-trash', 0, wheelDelay(net.now, TRASH_CHECK));
}

/** expire_nodest_conn=1: ends all connections whose server has been deleted. */
export function nodestTimer(net: IpvsNet): void {
  const { conns } = net.ipvs;
  for (let conn = connAfter(conns, 0); conn !== null; conn = connAfter(conns, conn.id)) {
    const dest = destOf(net.ipvs, conn);
    if (dest === null || dest.available || conn.nControl !== 0) continue;
    const template = connOf(conns, conn.control);
    connDelete(net, conn);
    // The template goes with the last of its connections, however well it was proven.
    if (template !== null && template.nControl === 0 && connOf(conns, template.id) !== null) connDelete(net, template);
  }
}
