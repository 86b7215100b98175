/**
 * The texts of /proc/net/ip_vs, ip_vs_conn, ip_vs_conn_sync, ip_vs_app, ip_vs_stats, ip_vs_stats_percpu.
 * Comes from: the shell's file system (cat), ipvsadm -L -c.
 * Source: Linux 6.1 net/netfilter/ipvs/ip_vs_ctl.c, ip_vs_info_seq_show(), ip_vs_stats_show(); ip_vs_conn.c, ip_vs_conn_seq_show().
 * Differs: connections stand in the order in which they were made.
 */
import type { Ipv4 } from '../wire/index.ts';
import { connsOf } from './conn-table.ts';
import { formatIpv6Full, type Ipv6 } from './ipv6.ts';
import type { IpvsNet } from './net.ts';
import { protoName } from './protos.ts';
import type { Conn, Dest, FwdMethod, IpvsCounters, Svc } from './state.ts';
import { shownCounters, shownRates } from './stats.ts';
import { servicesInOrder } from './svc.ts';

/** Size of the connection table (conn_tab_bits 12). */
export const CONN_TAB_SIZE = 4096;
export const IPVS_VERSION = '1.2.1';
/** Jiffies in a second. */
const HZ = 250;

/** Words of the column Forward. */
export function fwdName(fwd: FwdMethod): string {
  switch (fwd) {
    case 'masq':
      return 'Masq';
    case 'local':
      return 'Local';
    case 'tunnel':
      return 'Tunnel';
    case 'droute':
      return 'Route';
    case 'fullnat':
      return 'FullNat';
    case 'bypass':
      return 'Bypass';
  }
}

function hex(value: number, width: number): string {
  return value.toString(16).toUpperCase().padStart(width, '0');
}

function hexAddr(addr: Ipv4): string {
  return hex(addr, 8);
}

function hexEnd(addr: Ipv4, addr6: Ipv6 | null, port: number): string {
  return `${addr6 === null ? hexAddr(addr) : `[${formatIpv6Full(addr6)}]`}:${hex(port, 4)}`;
}

/** A prefix length is shown like a mask: with the bytes of the network's order. */
function maskHex(svc: Svc): string {
  return svc.addr6 === null ? hexAddr(svc.persistMask) : `${hex(svc.persistMask, 2)}000000`;
}

function svcLine(svc: Svc): string {
  const name = svc.fwmark === 0 ? `${protoName(svc.proto)}  ${hexEnd(svc.addr, svc.addr6, svc.port)}` : `FWM  ${hex(svc.fwmark, 8)}`;
  const ops = svc.onePacket ? 'ops ' : '';
  const persist = svc.persistTimeout === null ? '' : `persistent ${svc.persistTimeout * HZ} ${maskHex(svc)}`;
  // Rows of IPv4 addresses have one blank more than the others.
  return `${name} ${svc.scheduler} ${ops}${svc.fwmark === 0 && svc.addr6 === null ? ' ' : ''}${persist}`;
}

function destLine(dest: Dest): string {
  const numbers = `${String(dest.weight).padEnd(6)} ${String(dest.activeConns).padEnd(10)} ${String(dest.inactConns).padEnd(10)}`;
  return `  -> ${hexEnd(dest.addr, dest.addr6, dest.port)}      ${fwdName(dest.fwd).padEnd(7)} ${numbers}`;
}

export function procIpVs(net: IpvsNet): string {
  const lines = [
    `IP Virtual Server version ${IPVS_VERSION} (size=${CONN_TAB_SIZE})`,
    'Prot LocalAddress:Port Scheduler Flags',
    '  -> RemoteAddress:Port Forward Weight ActiveConn InActConn',
  ];
  for (const svc of servicesInOrder(net.ipvs)) {
    lines.push(svcLine(svc));
    for (const dest of svc.dests) lines.push(destLine(dest));
  }
  return `${lines.join('\n')}\n`;
}

/** Whole seconds until a connection expires. */
export function expiresInS(net: IpvsNet, conn: Conn): number {
  return Math.max(0, Math.floor((conn.expires - net.now) / 1_000_000_000));
}

function connRows(net: IpvsNet, title: string, behind: (conn: Conn) => string): string {
  const lines = [`Pro FromIP   FPrt ToIP     TPrt DestIP   DPrt State       ${title}`];
  for (const c of connsOf(net.ipvs.conns)) {
    if (c.onePacket) continue;
    const ends = `${hexAddr(c.caddr)} ${hex(c.cport, 4)} ${hexAddr(c.vaddr)} ${hex(c.vport, 4)} ${hexAddr(c.daddr)} ${hex(c.dport, 4)}`;
    lines.push(`${protoName(c.proto).padEnd(3)} ${ends} ${c.state.padEnd(11)} ${behind(c)}${String(expiresInS(net, c)).padStart(7)}`);
  }
  return `${lines.join('\n')}\n`;
}

export function procIpVsConn(net: IpvsNet): string {
  return connRows(net, 'Expires PEName PEData', () => '');
}

/** The same with where an entry came from: a packet here, or another director's message. */
export function procIpVsConnSync(net: IpvsNet): string {
  return connRows(net, 'Origin Expires', (conn) => (conn.synced ? 'SYNC   ' : 'LOCAL  '));
}

/** Helpers for protocols like FTP: none is loaded. */
export function procIpVsApp(): string {
  return 'prot port    usecnt name\n';
}

function columns(values: readonly number[], widths: readonly number[]): string {
  return values
    .map((v, i) =>
      v
        .toString(16)
        .toUpperCase()
        .padStart(widths[i] as number),
    )
    .join(' ');
}

const STAT_WIDTHS = [8, 8, 8, 16, 16] as const;

function counterColumns(c: IpvsCounters): string {
  return columns([c.conns, c.inPkts, c.outPkts, c.inBytes, c.outBytes], STAT_WIDTHS);
}

function rateColumns(net: IpvsNet): string {
  const r = shownRates(net.ipvs.total);
  return columns([r.cps, r.inPps, r.outPps, r.inBps, r.outBps], STAT_WIDTHS);
}

export function procIpVsStats(net: IpvsNet): string {
  return [
    '   Total Incoming Outgoing         Incoming         Outgoing',
    '   Conns  Packets  Packets            Bytes            Bytes',
    counterColumns(shownCounters(net.ipvs.total)),
    '',
    ' Conns/s   Pkts/s   Pkts/s          Bytes/s          Bytes/s',
    rateColumns(net),
    '',
  ].join('\n');
}

/** A node has one processor, whose row is the counters as they stand this moment. */
export function procIpVsStatsPercpu(net: IpvsNet): string {
  return [
    '       Total Incoming Outgoing         Incoming         Outgoing',
    'CPU    Conns  Packets  Packets            Bytes            Bytes',
    `  0 ${counterColumns(net.ipvs.total.now)}`,
    `  ~ ${counterColumns(shownCounters(net.ipvs.total))}`,
    '',
    '     Conns/s   Pkts/s   Pkts/s          Bytes/s          Bytes/s',
    `    ${rateColumns(net)}`,
    '',
  ].join('\n');
}
