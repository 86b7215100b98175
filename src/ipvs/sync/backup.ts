/**
 * The backup's side of connection synchronisation: enters what the master tells into its own table.
 * Comes from: hooks.ts (datagrams to the group and port).  Goes to: conn.ts.
 * Source: Linux 6.1 net/netfilter/ipvs/ip_vs_sync.c, ip_vs_process_message(), ip_vs_proc_conn().
 * Differs: datagrams are taken at LOCAL_IN instead of by a socket of a kernel thread.
 */
import type { HookVerdict, IfIndex, Skb } from '../../host/index.ts';
import type { Ipv4Hdr, Payload, UdpHdr } from '../../wire/index.ts';
import { connBindLate, connExpireNow, connInGet, connNew, connPut, ctInGet } from '../conn.ts';
import type { IpvsNet } from '../net.ts';
import { timeoutMsOf } from '../protos.ts';
import type { Conn, SyncDaemon } from '../state.ts';
import { destOf, findDestForSync } from '../svc.ts';
import { syncMemory } from './master.ts';
import { syncThreshold } from './settings.ts';
import { parseSync, type SyncedConn } from './wire.ts';

/** Timeout of a template whose message names none. */
const TEMPLATE_TIMEOUT_MS = 180_000;

export function hasBackup(net: IpvsNet): boolean {
  for (const daemon of net.ipvs.daemons) if (daemon.role === 'backup') return true;
  return false;
}

/** LOCAL_IN: takes the datagrams that are for the backup daemon. */
export function syncRcv(net: IpvsNet, skb: Skb, indev: IfIndex): HookVerdict {
  const ip = skb.layers[0] as Ipv4Hdr;
  const udp = skb.layers[1];
  if (udp === undefined || udp.kind !== 'udp') return 'accept';
  for (const daemon of net.ipvs.daemons) {
    if (daemon.role !== 'backup' || daemon.group6 !== null || daemon.group !== ip.dst || daemon.port !== (udp as UdpHdr).dport) continue;
    processMessage(net, skb, daemon, indev);
    return 'stolen';
  }
  return 'accept';
}

function processMessage(net: IpvsNet, skb: Skb, daemon: SyncDaemon, indev: IfIndex): void {
  const body = skb.layers[2] as Payload | undefined;
  const message = body === undefined ? null : parseSync(body.bytes);
  if (message === null) {
    net.trace('ipvs:sync', 'drop', 'ipvs.sync-malformed', skb, null, indev);
    return;
  }
  if (daemon.syncId !== 0 && daemon.syncId !== message.syncId) {
    net.trace('ipvs:sync', 'drop', 'ipvs.sync-other-id', skb, { syncid: message.syncId, own: daemon.syncId }, indev);
    return;
  }
  syncMemory(net.ipvs).received++;
  net.trace('ipvs:sync', 'deliver', 'ipvs.sync-received', skb, { conns: message.conns.length, syncid: message.syncId }, indev);
  for (const told of message.conns) processConn(net, told);
}

/** A connection under the same key that goes to another server: the newer news wins. */
function findOld(net: IpvsNet, told: SyncedConn): Conn | null | 'ignore' {
  const { ipvs } = net;
  if (told.template) return ctInGet(ipvs, told.proto, told.caddr, told.vaddr, told.vport);
  const conn = connInGet(ipvs, told.proto, told.caddr, told.cport, told.vaddr, told.vport);
  if (conn === null || (conn.daddr === told.daddr && conn.dport === told.dport)) return conn;
  // The end of a connection that has been replaced here already.
  if (told.inactive) return 'ignore';
  connExpireNow(net, conn);
  return null;
}

function moveActivity(net: IpvsNet, conn: Conn, inactive: boolean): void {
  if (conn.inactive === inactive || conn.template) return;
  conn.inactive = inactive;
  const dest = destOf(net.ipvs, conn);
  if (dest === null) return;
  const step = inactive ? -1 : 1;
  dest.activeConns += step;
  dest.inactConns -= step;
}

function processConn(net: IpvsNet, told: SyncedConn): void {
  const { ipvs } = net;
  const old = findOld(net, told);
  if (old === 'ignore') return;
  const home = findDestForSync(ipvs, told.fwmark, told.proto, told.vaddr, told.vport, told.daddr, told.dport, told.fwd === 'masq');
  let conn = old;
  if (conn !== null) {
    moveActivity(net, conn, told.inactive);
    if (conn.dest === null && home !== null) connBindLate(net, conn, home.dest, home.svc);
  } else {
    conn = connNew(net, { ...told, onePacket: false, synced: true }, home === null ? null : home.dest, home === null ? null : home.svc);
  }
  conn.inPkts = syncThreshold(ipvs);
  conn.state = told.state;
  conn.oldState = told.state;
  conn.timeoutMs = told.timeoutS > 0 ? told.timeoutS * 1000 : told.template ? TEMPLATE_TIMEOUT_MS : timeoutMsOf(ipvs, conn, told.state);
  connPut(net, conn);
  if (!net.tracing) return;
  net.trace('ipvs:sync', 'state', old === null ? 'ipvs.sync-conn-new' : 'ipvs.sync-conn-updated', null, {
    client: told.caddr,
    cport: told.cport,
    vip: told.vaddr,
    vport: told.vport,
    dest: told.daddr,
    dport: told.dport,
    state: told.state,
  });
}
