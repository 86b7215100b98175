/**
 * Where connection entries are kept: rows in pages that checkpoints share. The row's number is the entry's, so
 * rows stand in the order of their making. `connOf()` gives an entry to read and write.
 * Comes from: conn.ts.  Goes to: whoever looks at connections.
 * Source: Linux 6.1 net/netfilter/ipvs/ip_vs_conn.c, ip_vs_conn_in_get(), ip_vs_ct_in_get(), ip_vs_conn_out_get().
 * Differs: the hash is a fixed mixture, not one keyed by chance.
 */
import {
  createRowIndex,
  createRows,
  giveRow,
  indexAdd,
  indexFirst,
  indexNext,
  indexRemove,
  ownPage,
  rowFrom,
  rowPage,
  rowPlace,
  takeRow,
  type HashAt,
} from '../engine/index.ts';
import type { Ipv4 } from '../wire/index.ts';
import {
  CADDR,
  CLIENT_PORTS,
  ConnRow,
  DADDR,
  DPORT,
  EXISTS,
  fwdCodes,
  FWMARK,
  LOCAL,
  ONE_PACKET,
  STATE,
  SYNCED,
  TEMPLATE,
  VADDR,
  WIDTH,
  PAGE_SHIFT,
} from './conn-row.ts';
import type { Conn, ConnId, ConnTable, FullnatEnd } from './state.ts';

function clientHash(caddr: number, cport: number): number {
  const mixed = Math.imul(caddr, 0x9e3779b1);
  // ports are added, not mixed in: those of a client follow each other, and so their entries share pages
  return ((mixed ^ (mixed >>> 15)) + cport) & 0x3fffffff;
}

const hashAt: HashAt = (words, at) => clientHash(words[at + CADDR] as number, (words[at + CLIENT_PORTS] as number) >>> 16);

export function createConnTable(): ConnTable {
  return { rows: createRows(WIDTH, PAGE_SHIFT), byClient: createRowIndex(), locals: new Map(), byLocal: new Map(), count: 0, next: 1 };
}

/** What a new entry is made of and keeps. */
export type ConnBirth = Pick<
  Conn,
  'proto' | 'caddr' | 'cport' | 'vaddr' | 'vport' | 'daddr' | 'dport' | 'fwmark' | 'fwd' | 'template' | 'onePacket' | 'synced'
>;

/** A new entry; what is not given is null, 0 or false. It is not looked up yet. */
export function connAdd(table: ConnTable, birth: ConnBirth, local: FullnatEnd | null): Conn {
  const id = table.next++ as ConnId;
  const words = takeRow(table.rows, id);
  const at = rowPlace(table.rows, id);
  words[at + CADDR] = birth.caddr;
  words[at + VADDR] = birth.vaddr;
  words[at + DADDR] = birth.daddr;
  words[at + CLIENT_PORTS] = (birth.cport << 16) | birth.vport;
  words[at + DPORT] = birth.dport | (birth.proto << 16) | (fwdCodes[birth.fwd] << 24);
  words[at + STATE] =
    EXISTS |
    (birth.template ? TEMPLATE : 0) |
    (birth.onePacket ? ONE_PACKET : 0) |
    (birth.synced ? SYNCED : 0) |
    (local === null ? 0 : LOCAL);
  words[at + FWMARK] = birth.fwmark;
  if (local !== null) table.locals.set(id, local);
  table.count++;
  return new ConnRow(table, id, words, true);
}

/** The entry is gone. What it was can still be read by those that have it in hand. */
export function connRemove(table: ConnTable, conn: Conn): void {
  const words = ownPage(table.rows, conn.id);
  const at = rowPlace(table.rows, conn.id) + STATE;
  words[at] = (words[at] as number) & ~EXISTS;
  table.locals.delete(conn.id);
  giveRow(table.rows, conn.id);
  table.count--;
}

/** The entry with this number, to read and write, or null when there is none. */
export function connOf(table: ConnTable, id: ConnId | null): Conn | null {
  return id !== null && exists(table, id) ? inHand(table, id) : null;
}

function exists({ rows }: ConnTable, id: number): boolean {
  const words = rowPage(rows, id);
  return words !== null && ((words[rowPlace(rows, id) + STATE] as number) & EXISTS) !== 0;
}

function inHand(table: ConnTable, id: number): Conn {
  return new ConnRow(table, id as ConnId, ownPage(table.rows, id), true);
}

/** The entry made next after `id`, to read and write, or null: for walking through all of them while they change. */
export function connAfter(table: ConnTable, id: ConnId | 0): Conn | null {
  const next = nextId(table, id + 1);
  return next === 0 ? null : inHand(table, next);
}

function nextId(table: ConnTable, from: number): number {
  for (let id = rowFrom(table.rows, from); id >= 0 && id < table.next; id = rowFrom(table.rows, id + 1)) if (exists(table, id)) return id;
  return 0;
}

/** All entries in the order of their making, for reading. */
export function* connsOf(table: ConnTable): Generator<Conn, void> {
  for (let id = nextId(table, 1); id !== 0; id = nextId(table, id + 1)) {
    yield new ConnRow(table, id as ConnId, rowPage(table.rows, id) as Int32Array, false);
  }
}

/** Look-ups find it from now on. */
export function connIndex(table: ConnTable, id: ConnId): void {
  indexAdd(table.byClient, table.rows, hashAt, id);
}

export function connUnindex(table: ConnTable, id: ConnId): void {
  indexRemove(table.byClient, table.rows, hashAt, id);
}

/** The entry of a client's port with a service, or the template of a client (its port is 0 then); null when there is none. */
export function clientFind(
  table: ConnTable,
  proto: number,
  caddr: Ipv4,
  cport: number,
  vaddr: Ipv4,
  vport: number,
  isTemplate: boolean,
): Conn | null {
  const { rows } = table;
  const ports = (cport << 16) | vport;
  const kind = isTemplate ? TEMPLATE : 0;
  for (let id = indexFirst(table.byClient, clientHash(caddr, cport)); id !== 0;) {
    const words = rowPage(rows, id) as Int32Array;
    const at = rowPlace(rows, id);
    if (
      words[at + CLIENT_PORTS] === ports &&
      words[at + CADDR] === (caddr | 0) &&
      words[at + VADDR] === (vaddr | 0) &&
      (((words[at + DPORT] as number) >>> 16) & 0xff) === proto &&
      ((words[at + STATE] as number) & TEMPLATE) === kind
    )
      return inHand(table, id);
    id = indexNext(table.byClient, id);
  }
  return null;
}

/** The entry of a server's packet to a client: with NAT it comes from the server's address, else from the virtual one. */
export function serverFind(table: ConnTable, proto: number, saddr: Ipv4, sport: number, caddr: Ipv4, cport: number): Conn | null {
  const { rows } = table;
  for (let id = indexFirst(table.byClient, clientHash(caddr, cport)); id !== 0;) {
    const words = rowPage(rows, id) as Int32Array;
    const at = rowPlace(rows, id);
    const ports = words[at + CLIENT_PORTS] as number;
    const server = words[at + DPORT] as number;
    if (
      ports >>> 16 === cport &&
      words[at + CADDR] === (caddr | 0) &&
      ((server >>> 16) & 0xff) === proto &&
      ((words[at + STATE] as number) & (TEMPLATE | LOCAL)) === 0
    ) {
      const nat = server >>> 24 === fwdCodes.masq;
      if ((nat ? server : ports) << 16 === sport << 16 && words[at + (nat ? DADDR : VADDR)] === (saddr | 0)) return inHand(table, id);
    }
    id = indexNext(table.byClient, id);
  }
  return null;
}
