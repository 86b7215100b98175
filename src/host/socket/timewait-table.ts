/**
 * Connections that rest in TIME_WAIT, or in FIN_WAIT2 without a program: a host may have very many of them. Each
 * is a row of numbers, in pages that checkpoints share; the code gets a hand that reaches into the row.
 * Comes from: tcp/done.ts, table.ts.
 * Source: Linux 6.1 include/net/inet_timewait_sock.h; net/ipv4/inet_timewait_sock.c, inet_twsk_hashdance(), inet_twsk_kill().
 */
import {
  giveRow,
  indexAdd,
  indexFirst,
  indexNext,
  indexRemove,
  numberAt,
  ownPage,
  RowHand,
  rowFrom,
  rowPage,
  rowPlace,
  setNumber,
  takeRow,
  type HashAt,
  type Nanos,
} from '../../engine/index.ts';
import type { Ipv4 } from '../../wire/index.ts';
import type { SockId, TcpTimewait, TimewaitTable } from './state.ts';

/** Number of the socket; 0 in a row that is no longer one. */
const ID = 0;
const PORT_NEXT = 1;
const PORT_BEFORE = 2;
const LADDR = 3;
const RADDR = 4;
/** Local port, and in the lower half the peer's. */
const PORTS = 5;
/** Marks; above them the window's scale. */
const MARKS = 6;
const RCV_NXT = 7;
const SND_NXT = 8;
const RCV_WND = 9;
const TS_RECENT = 10;
const TS_OFFSET = 11;
// two words each
const TIMER = 12;
const EXPIRES = 14;
const LAST_OOW_ACK = 16;

const IN_TIME_WAIT = 1;
const TS_OK = 2;
const REUSE_ADDR = 4;
const WSCALE_SHIFT = 8;

function addressHash(laddr: number, lport: number, raddr: number, rport: number): number {
  const mixed = Math.imul(laddr ^ Math.imul(raddr, 0x9e3779b1), 0x85ebca6b);
  // ports are added, not mixed in: those of neighbouring connections follow each other, and so their rows share pages
  return ((mixed ^ (mixed >>> 15)) + lport + 3 * rport) & 0x3fffffff;
}

const hashAt: HashAt = (words, at) => {
  const ports = words[at + PORTS] as number;
  return addressHash(words[at + LADDR] as number, ports >>> 16, words[at + RADDR] as number, ports & 0xffff);
};

class TimewaitRow extends RowHand implements TcpTimewait {
  readonly kind = 'timewait';

  constructor(table: TimewaitTable, row: number) {
    super(table.rows, row, rowPage(table.rows, row) as Int32Array, false);
  }

  get id(): SockId {
    return this.words[this.at + ID] as number;
  }
  get laddr(): Ipv4 {
    return ((this.words[this.at + LADDR] as number) >>> 0) as Ipv4;
  }
  get lport(): number {
    return (this.words[this.at + PORTS] as number) >>> 16;
  }
  get raddr(): Ipv4 {
    return ((this.words[this.at + RADDR] as number) >>> 0) as Ipv4;
  }
  get rport(): number {
    return (this.words[this.at + PORTS] as number) & 0xffff;
  }
  get substate(): TcpTimewait['substate'] {
    return ((this.words[this.at + MARKS] as number) & IN_TIME_WAIT) === 0 ? 'FIN_WAIT2' : 'TIME_WAIT';
  }
  set substate(substate: TcpTimewait['substate']) {
    const marks = (this.words[this.at + MARKS] as number) & ~IN_TIME_WAIT;
    this.own()[this.at + MARKS] = substate === 'TIME_WAIT' ? marks | IN_TIME_WAIT : marks;
  }
  get rcvNxt(): number {
    return (this.words[this.at + RCV_NXT] as number) >>> 0;
  }
  set rcvNxt(seq: number) {
    this.own()[this.at + RCV_NXT] = seq;
  }
  get sndNxt(): number {
    return (this.words[this.at + SND_NXT] as number) >>> 0;
  }
  get rcvWnd(): number {
    return (this.words[this.at + RCV_WND] as number) >>> 0;
  }
  get rcvWscale(): number {
    return (this.words[this.at + MARKS] as number) >>> WSCALE_SHIFT;
  }
  get tsOk(): boolean {
    return ((this.words[this.at + MARKS] as number) & TS_OK) !== 0;
  }
  get tsRecent(): number {
    return (this.words[this.at + TS_RECENT] as number) >>> 0;
  }
  set tsRecent(value: number) {
    this.own()[this.at + TS_RECENT] = value;
  }
  get tsOffset(): number {
    return (this.words[this.at + TS_OFFSET] as number) >>> 0;
  }
  get reuseAddr(): boolean {
    return ((this.words[this.at + MARKS] as number) & REUSE_ADDR) !== 0;
  }
  get timer(): number | null {
    return this.longOrNull(TIMER);
  }
  set timer(number: number | null) {
    this.setLongOrNull(TIMER, number);
  }
  get expires(): Nanos {
    return this.long(EXPIRES) as Nanos;
  }
  set expires(at: Nanos) {
    this.setLong(EXPIRES, at);
  }
  get lastOowAck(): Nanos | null {
    return this.longOrNull(LAST_OOW_ACK) as Nanos | null;
  }
  set lastOowAck(at: Nanos | null) {
    this.setLongOrNull(LAST_OOW_ACK, at);
  }
}

/** What a connection leaves behind. */
export type TimewaitBirth = Omit<TcpTimewait, 'kind' | 'timer' | 'expires' | 'lastOowAck'>;

export function timewaitAdd(table: TimewaitTable, birth: TimewaitBirth): TcpTimewait {
  const row = table.next++;
  const words = takeRow(table.rows, row);
  const at = rowPlace(table.rows, row);
  words[at + ID] = birth.id;
  words[at + LADDR] = birth.laddr;
  words[at + RADDR] = birth.raddr;
  words[at + PORTS] = (birth.lport << 16) | birth.rport;
  words[at + MARKS] =
    (birth.substate === 'TIME_WAIT' ? IN_TIME_WAIT : 0) |
    (birth.tsOk ? TS_OK : 0) |
    (birth.reuseAddr ? REUSE_ADDR : 0) |
    (birth.rcvWscale << WSCALE_SHIFT);
  words[at + RCV_NXT] = birth.rcvNxt;
  words[at + SND_NXT] = birth.sndNxt;
  words[at + RCV_WND] = birth.rcvWnd;
  words[at + TS_RECENT] = birth.tsRecent;
  words[at + TS_OFFSET] = birth.tsOffset;
  table.count++;
  indexAdd(table.byAddresses, table.rows, hashAt, row);
  setNumber(table.byId, birth.id, row);
  const first = numberAt(table.byPort, birth.lport);
  words[at + PORT_NEXT] = first;
  if (first !== 0) ownPage(table.rows, first)[rowPlace(table.rows, first) + PORT_BEFORE] = row;
  setNumber(table.byPort, birth.lport, row);
  return new TimewaitRow(table, row);
}

/** It is gone. What it was can still be read by those that have it in hand. */
export function timewaitRemove(table: TimewaitTable, tw: TcpTimewait): void {
  const { rows } = table;
  const row = numberAt(table.byId, tw.id);
  if (row === 0) return;
  setNumber(table.byId, tw.id, 0);
  indexRemove(table.byAddresses, rows, hashAt, row);
  const words = ownPage(rows, row);
  const at = rowPlace(rows, row);
  const next = words[at + PORT_NEXT] as number;
  const before = words[at + PORT_BEFORE] as number;
  if (before === 0) setNumber(table.byPort, (words[at + PORTS] as number) >>> 16, next);
  else ownPage(rows, before)[rowPlace(rows, before) + PORT_NEXT] = next;
  if (next !== 0) ownPage(rows, next)[rowPlace(rows, next) + PORT_BEFORE] = before;
  giveRow(rows, row);
  table.count--;
}

/** The one with this number of a socket, or null. */
export function timewaitOf(table: TimewaitTable, id: SockId): TcpTimewait | null {
  const row = numberAt(table.byId, id);
  return row === 0 ? null : new TimewaitRow(table, row);
}

export function timewaitLookup(table: TimewaitTable, laddr: Ipv4, lport: number, raddr: Ipv4, rport: number): TcpTimewait | null {
  if (table.count === 0) return null;
  const { rows } = table;
  const ports = (lport << 16) | rport;
  for (let row = indexFirst(table.byAddresses, addressHash(laddr, lport, raddr, rport)); row !== 0;) {
    const words = rowPage(rows, row) as Int32Array;
    const at = rowPlace(rows, row);
    if (words[at + PORTS] === ports && words[at + RADDR] === (raddr | 0) && words[at + LADDR] === (laddr | 0))
      return new TimewaitRow(table, row);
    row = indexNext(table.byAddresses, row);
  }
  return null;
}

/** Whether one of those at a local port is in the way of a bind() to `addr` (0: to all) that shares, or does not. */
export function timewaitHolds(table: TimewaitTable, port: number, addr: Ipv4, shares: boolean): boolean {
  const { rows } = table;
  for (let row = numberAt(table.byPort, port); row !== 0;) {
    const words = rowPage(rows, row) as Int32Array;
    const at = rowPlace(rows, row);
    const laddr = words[at + LADDR] as number;
    const apart = laddr !== 0 && addr !== 0 && laddr !== (addr | 0);
    if (!apart && !(shares && ((words[at + MARKS] as number) & REUSE_ADDR) !== 0)) return true;
    row = words[at + PORT_NEXT] as number;
  }
  return false;
}

/** All of them in the order of their making, for reading. */
export function* timewaitsOf(table: TimewaitTable): Generator<TcpTimewait, void> {
  const { rows } = table;
  for (let row = rowFrom(rows, 1); row >= 0 && row < table.next; row = rowFrom(rows, row + 1)) {
    const id = (rowPage(rows, row) as Int32Array)[rowPlace(rows, row) + ID] as number;
    if (numberAt(table.byId, id) === row) yield new TimewaitRow(table, row);
  }
}
