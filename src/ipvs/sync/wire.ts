/**
 * The bytes of a synchronisation message, version 1, IPv4.
 * Comes from: sync/master.ts, sync/backup.ts, capture (via the room's index).
 * Source: Linux 6.1 net/netfilter/ipvs/ip_vs_sync.c, struct ip_vs_sync_mesg, struct ip_vs_sync_v4.
 * Differs: sequence options and data of persistence engines are not written; a reader skips them.
 *
 *   0        reserved, 0          each connection, 36 bytes:
 *   1        syncid                 0 type 0   1 protocol   2-3 length   4-7 flags   8-9 state
 *   2-3      size of all            10-11 cport   12-13 vport   14-15 dport   16-19 mark
 *   4        connections            20-23 timeout, s   24-27 caddr   28-31 vaddr   32-35 daddr
 *   5        version 1
 *   6-7      spare, 0
 */
import type { Ipv4 } from '../../wire/index.ts';
import { statesOf } from '../protos.ts';
import type { ConnState, FwdMethod } from '../state.ts';

export const SYNC_HEADER_LEN = 8;
export const SYNC_CONN_LEN = 36;
const SYNC_VERSION = 1;

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

export function emitSync(message: SyncMessage): Uint8Array {
  const size = SYNC_HEADER_LEN + SYNC_CONN_LEN * message.conns.length;
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  view.setUint8(1, message.syncId);
  view.setUint16(2, size);
  view.setUint8(4, message.conns.length);
  view.setInt8(5, SYNC_VERSION);
  let at = SYNC_HEADER_LEN;
  for (const conn of message.conns) {
    view.setUint8(at + 1, conn.proto);
    view.setUint16(at + 2, SYNC_CONN_LEN);
    view.setUint32(at + 4, flagsOf(conn));
    view.setUint16(at + 8, Math.max(0, statesOf(conn.proto, conn.template).indexOf(conn.state)));
    view.setUint16(at + 10, conn.cport);
    view.setUint16(at + 12, conn.vport);
    view.setUint16(at + 14, conn.dport);
    view.setUint32(at + 16, conn.fwmark);
    view.setUint32(at + 20, conn.timeoutS);
    view.setUint32(at + 24, conn.caddr);
    view.setUint32(at + 28, conn.vaddr);
    view.setUint32(at + 32, conn.daddr);
    at += SYNC_CONN_LEN;
  }
  return bytes;
}

function parseConn(view: DataView, at: number): SyncedConn | null {
  const proto = view.getUint8(at + 1);
  const flags = view.getUint32(at + 4);
  const template = (flags & F_TEMPLATE) !== 0;
  const state = statesOf(proto, template)[view.getUint16(at + 8)];
  const fwd = FWD_BITS[flags & F_FWD_MASK];
  if (state === undefined || fwd === undefined) return null;
  return {
    proto,
    state,
    caddr: view.getUint32(at + 24) as Ipv4,
    cport: view.getUint16(at + 10),
    vaddr: view.getUint32(at + 28) as Ipv4,
    vport: view.getUint16(at + 12),
    daddr: view.getUint32(at + 32) as Ipv4,
    dport: view.getUint16(at + 14),
    fwmark: view.getUint32(at + 16),
    timeoutS: view.getUint32(at + 20),
    fwd,
    noOutput: (flags & F_NOOUTPUT) !== 0,
    inactive: (flags & F_INACTIVE) !== 0,
    template,
    nfct: (flags & F_NFCT) !== 0,
  };
}

/** @returns null when the bytes are no message of version 1 */
export function parseSync(bytes: Uint8Array): SyncMessage | null {
  if (bytes.length < SYNC_HEADER_LEN) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isVersion1 = view.getUint8(0) === 0 && view.getInt8(5) === SYNC_VERSION && view.getUint16(6) === 0;
  if (!isVersion1 || view.getUint16(2) !== bytes.length) return null;
  const conns: SyncedConn[] = [];
  let at = SYNC_HEADER_LEN;
  for (let i = 0; i < view.getUint8(4); i++) {
    if (at + SYNC_CONN_LEN > bytes.length) return null;
    const len = view.getUint16(at + 2) & 0xfff;
    if (len < SYNC_CONN_LEN || at + len > bytes.length) return null;
    const conn = parseConn(view, at);
    if (conn === null) return null;
    conns.push(conn);
    at += (len + 3) & ~3;
  }
  return { syncId: view.getUint8(1), conns };
}
