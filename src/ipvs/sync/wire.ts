/**
 * The bytes of a synchronisation message, IPv4, versions 1 and 0.
 * Comes from: sync/master.ts, sync/backup.ts, capture (via the room's index).
 * Source: Linux 6.1 net/netfilter/ipvs/ip_vs_sync.c, struct ip_vs_sync_mesg, struct ip_vs_sync_v4,
 *   struct ip_vs_sync_conn_v0.
 * Differs: sequence options and data of persistence engines are not written; a reader skips them.
 *
 *   0        reserved, 0          each connection, 36 bytes:
 *   1        syncid                 0 type 0   1 protocol   2-3 length   4-7 flags   8-9 state
 *   2-3      size of all            10-11 cport   12-13 vport   14-15 dport   16-19 mark
 *   4        connections            20-23 timeout, s   24-27 caddr   28-31 vaddr   32-35 daddr
 *   5        version 1
 *   6-7      spare, 0
 *
 * Version 0 has 4 bytes in front (connections, syncid, size of all) and 24 for each connection, which has
 * neither mark nor timeout: 1 protocol   2-7 cport, vport, dport   8-19 caddr, vaddr, daddr   20-21 flags   22-23 state
 */
import type { Ipv4 } from '../../wire/index.ts';
import { statesOf } from '../protos.ts';
import type { ConnState, FwdMethod } from '../state.ts';

export type SyncVersion = 0 | 1;

const HEADER_LEN_V1 = 8;
const CONN_LEN_V1 = 36;
const HEADER_LEN_V0 = 4;
const CONN_LEN_V0 = 24;
/** Version 0 ends a message while there would be room for a connection with sequence numbers. */
const FULL_CONN_LEN_V0 = 48;

/** IP_VS_CONN_F_… bits that travel. */
const F_NOOUTPUT = 0x80;
const F_INACTIVE = 0x100;
const F_TEMPLATE = 0x1000;
const F_NFCT = 0x10000;
const F_FWD_MASK = 7;
const FWD_BITS: readonly FwdMethod[] = ['masq', 'local', 'tunnel', 'droute', 'bypass'];

export interface SyncedConn {
  readonly proto: number;
  readonly state: ConnState;
  readonly caddr: Ipv4;
  readonly cport: number;
  readonly vaddr: Ipv4;
  readonly vport: number;
  readonly daddr: Ipv4;
  readonly dport: number;
  readonly fwmark: number;
  readonly timeoutS: number;
  readonly fwd: FwdMethod;
  readonly noOutput: boolean;
  readonly inactive: boolean;
  readonly template: boolean;
  readonly nfct: boolean;
}

export interface SyncMessage {
  readonly version: SyncVersion;
  readonly syncId: number;
  readonly conns: readonly SyncedConn[];
}

function flagsOf(conn: SyncedConn): number {
  const fwd = FWD_BITS.indexOf(conn.fwd);
  return (
    (fwd < 0 ? 0 : fwd) |
    (conn.noOutput ? F_NOOUTPUT : 0) |
    (conn.inactive ? F_INACTIVE : 0) |
    (conn.template ? F_TEMPLATE : 0) |
    (conn.nfct ? F_NFCT : 0)
  );
}

/** Length of a message of so many connections. */
export function syncLen(version: SyncVersion, conns: number): number {
  return version === 1 ? HEADER_LEN_V1 + CONN_LEN_V1 * conns : HEADER_LEN_V0 + CONN_LEN_V0 * conns;
}

/** Is there room for one more connection behind so many? The first one always has room. */
export function syncHasRoom(version: SyncVersion, conns: number, maxlen: number): boolean {
  if (conns === 0) return true;
  return version === 1 ? syncLen(1, conns + 1) <= maxlen : syncLen(0, conns) + FULL_CONN_LEN_V0 <= maxlen;
}

function stateNumber(conn: SyncedConn): number {
  return Math.max(0, statesOf(conn.proto, conn.template).indexOf(conn.state));
}

export function emitSync(message: SyncMessage): Uint8Array {
  const { version, syncId, conns } = message;
  const size = syncLen(version, conns.length);
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  view.setUint8(1, syncId);
  view.setUint16(2, size);
  if (version === 0) {
    view.setUint8(0, conns.length);
    for (const [i, conn] of conns.entries()) emitConnV0(view, syncLen(0, i), conn);
    return bytes;
  }
  view.setUint8(4, conns.length);
  view.setInt8(5, version);
  for (const [i, conn] of conns.entries()) emitConn(view, syncLen(1, i), conn);
  return bytes;
}

function emitConn(view: DataView, at: number, conn: SyncedConn): void {
  view.setUint8(at + 1, conn.proto);
  view.setUint16(at + 2, CONN_LEN_V1);
  view.setUint32(at + 4, flagsOf(conn));
  view.setUint16(at + 8, stateNumber(conn));
  view.setUint16(at + 10, conn.cport);
  view.setUint16(at + 12, conn.vport);
  view.setUint16(at + 14, conn.dport);
  view.setUint32(at + 16, conn.fwmark);
  view.setUint32(at + 20, conn.timeoutS);
  view.setUint32(at + 24, conn.caddr);
  view.setUint32(at + 28, conn.vaddr);
  view.setUint32(at + 32, conn.daddr);
}

function emitConnV0(view: DataView, at: number, conn: SyncedConn): void {
  view.setUint8(at + 1, conn.proto);
  view.setUint16(at + 2, conn.cport);
  view.setUint16(at + 4, conn.vport);
  view.setUint16(at + 6, conn.dport);
  view.setUint32(at + 8, conn.caddr);
  view.setUint32(at + 12, conn.vaddr);
  view.setUint32(at + 16, conn.daddr);
  view.setUint16(at + 20, flagsOf(conn) & 0xffff);
  view.setUint16(at + 22, stateNumber(conn));
}

/** What flags and a state's number say; null if there is no such state. */
function readFlags(
  flags: number,
  proto: number,
  stateAt: number,
): Pick<SyncedConn, 'state' | 'fwd' | 'noOutput' | 'inactive' | 'template' | 'nfct'> | null {
  const template = (flags & F_TEMPLATE) !== 0;
  const state = statesOf(proto, template)[stateAt];
  const fwd = FWD_BITS[flags & F_FWD_MASK];
  if (state === undefined || fwd === undefined) return null;
  return {
    state,
    fwd,
    noOutput: (flags & F_NOOUTPUT) !== 0,
    inactive: (flags & F_INACTIVE) !== 0,
    template,
    nfct: (flags & F_NFCT) !== 0,
  };
}

function parseConn(view: DataView, at: number): SyncedConn | null {
  const proto = view.getUint8(at + 1);
  const said = readFlags(view.getUint32(at + 4), proto, view.getUint16(at + 8));
  if (said === null) return null;
  return {
    ...said,
    proto,
    caddr: view.getUint32(at + 24) as Ipv4,
    cport: view.getUint16(at + 10),
    vaddr: view.getUint32(at + 28) as Ipv4,
    vport: view.getUint16(at + 12),
    daddr: view.getUint32(at + 32) as Ipv4,
    dport: view.getUint16(at + 14),
    fwmark: view.getUint32(at + 16),
    timeoutS: view.getUint32(at + 20),
  };
}

function parseConnV0(view: DataView, at: number): SyncedConn | null {
  const proto = view.getUint8(at + 1);
  const said = readFlags(view.getUint16(at + 20), proto, view.getUint16(at + 22));
  if (said === null) return null;
  return {
    ...said,
    proto,
    caddr: view.getUint32(at + 8) as Ipv4,
    cport: view.getUint16(at + 2),
    vaddr: view.getUint32(at + 12) as Ipv4,
    vport: view.getUint16(at + 4),
    daddr: view.getUint32(at + 16) as Ipv4,
    dport: view.getUint16(at + 6),
    fwmark: 0,
    timeoutS: 0,
  };
}

/** @returns null when the bytes are no message */
export function parseSync(bytes: Uint8Array): SyncMessage | null {
  if (bytes.length < HEADER_LEN_V0) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint16(2) !== bytes.length) return null;
  const isVersion1 = bytes.length >= HEADER_LEN_V1 && view.getUint8(0) === 0 && view.getInt8(5) === 1 && view.getUint16(6) === 0;
  return isVersion1 ? parseV1(view) : parseV0(view);
}

function parseV1(view: DataView): SyncMessage | null {
  const conns: SyncedConn[] = [];
  let at = HEADER_LEN_V1;
  for (let i = 0; i < view.getUint8(4); i++) {
    if (at + CONN_LEN_V1 > view.byteLength) return null;
    const len = view.getUint16(at + 2) & 0xfff;
    if (len < CONN_LEN_V1 || at + len > view.byteLength) return null;
    const conn = parseConn(view, at);
    if (conn === null) return null;
    conns.push(conn);
    at += (len + 3) & ~3;
  }
  return { version: 1, syncId: view.getUint8(1), conns };
}

function parseV0(view: DataView): SyncMessage | null {
  const conns: SyncedConn[] = [];
  for (let i = 0; i < view.getUint8(0); i++) {
    if (syncLen(0, i + 1) > view.byteLength) return null;
    const conn = parseConnV0(view, syncLen(0, i));
    if (conn !== null) conns.push(conn);
  }
  return { version: 0, syncId: view.getUint8(1), conns };
}
