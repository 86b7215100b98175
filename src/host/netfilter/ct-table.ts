/**
 * The table of tracked connections: where entries are kept, and how they are found by what a packet of either
 * direction looks like. Rows in pages that checkpoints share; `ctEntryOf()` gives an entry to read and write.
 * Comes from: conntrack.ts, nat.ts.  Goes to: ct-row.ts.
 * Source: Linux 6.1 net/netfilter/nf_conntrack_core.c: each entry hangs in the hash twice, by nf_ct_tuple_hash.
 * Differs: the hash is a fixed mixture, not one keyed by chance.
 */
import {
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
  type Nanos,
} from '../../engine/index.ts';
import {
  COUNTED,
  CREATED,
  CtRow,
  DST,
  EXISTS,
  EXPIRES,
  HANGS,
  IS_TCP,
  LAST_WINDOW,
  MARKS,
  PORTS,
  putTuple,
  SIDE,
  SRC,
  tupleInRow,
  WATCHED,
} from './ct-row.ts';
import { CT_WORDS, type CtEntry, type CtTable, type CtTuple } from './state.ts';

const TWO_32 = 0x100000000;

/**
 * The higher port is added, not mixed in: it is the client's as a rule, and those of its connections follow each
 * other, so that their places share pages, in both directions.
 */
function tupleHash(src: number, dst: number, ports: number, proto: number): number {
  const sport = ports >>> 16;
  const dport = ports & 0xffff;
  const lower = sport < dport ? sport : dport;
  const mixed = Math.imul(src ^ Math.imul(dst, 0x9e3779b1) ^ Math.imul((proto << 16) | lower, 0xc2b2ae35), 0x85ebca6b);
  return ((mixed ^ (mixed >>> 15)) + (sport < dport ? dport : sport)) & 0x3fffffff;
}

const hashAt: HashAt = (words, at) =>
  tupleHash(words[at + SRC] as number, words[at + DST] as number, words[at + PORTS] as number, (words[at + SIDE] as number) & 0xff);

/** What a new entry is made of and keeps. */
export interface CtBirth {
  readonly orig: CtTuple;
  readonly reply: CtTuple;
  readonly tcp: boolean;
  readonly counted: boolean;
  readonly watched: boolean;
  readonly now: Nanos;
  readonly expires: Nanos;
}

/** A new entry; what is not given is null, 0 or false. Nobody finds it yet. */
export function ctAdd(table: CtTable, { orig, reply, tcp, counted, watched, now, expires }: CtBirth): CtEntry {
  const id = table.next++;
  const words = takeRow(table.rows, 2 * id);
  const at = rowPlace(table.rows, 2 * id);
  putTuple(words, at, orig);
  putTuple(words, at + CT_WORDS, reply);
  words[at + MARKS] = EXISTS | (tcp ? IS_TCP : 0) | (counted ? COUNTED : 0) | (watched ? WATCHED : 0);
  words[at + CT_WORDS + LAST_WINDOW] = -1;
  words[at + CREATED] = now;
  words[at + CREATED + 1] = Math.floor(now / TWO_32);
  table.count++;
  const entry = new CtRow(table, id, words, true);
  entry.expires = expires;
  return entry;
}

/** The entry is gone. What it was can still be read by those that have it in hand. */
export function ctRemove(table: CtTable, id: number): void {
  if (ctMarksOf(table, id) === 0) return;
  const words = ownPage(table.rows, 2 * id);
  const at = rowPlace(table.rows, 2 * id) + MARKS;
  words[at] = (words[at] as number) & ~EXISTS;
  giveRow(table.rows, 2 * id);
  table.count--;
}

/** Marks of an entry as ct-row.ts names them, 0 when there is none: for what is asked of every packet. */
export function ctMarksOf({ rows }: CtTable, id: number): number {
  const words = rowPage(rows, 2 * id);
  if (words === null) return 0;
  const marks = words[rowPlace(rows, 2 * id) + MARKS] as number;
  return (marks & EXISTS) === 0 ? 0 : marks;
}

/** The tuple of one direction of an entry. */
export function ctTupleOf({ rows }: CtTable, id: number, dir: 0 | 1): CtTuple {
  const row = 2 * id + dir;
  return tupleInRow(rowPage(rows, row) as Int32Array, rowPlace(rows, row));
}

/** The entry with this number, or null when there is none. */
export function ctEntryOf(table: CtTable, id: number): CtEntry | null {
  return ctMarksOf(table, id) === 0 ? null : ctEntryAt(table, 2 * id);
}

/** Number of the first entry from `id` on, or 0. */
function idFrom(table: CtTable, id: number): number {
  const { rows, next } = table;
  for (let row = rowFrom(rows, 2 * id); row >= 0 && row < 2 * next; row = rowFrom(rows, row + 2))
    if (ctMarksOf(table, row >>> 1) !== 0) return row >>> 1;
  return 0;
}

/** All entries in the order of their making. They may go while one walks through them. */
export function* ctEntriesOf(table: CtTable): Generator<CtEntry, void> {
  for (let id = idFrom(table, 1); id !== 0; id = idFrom(table, id + 1)) yield ctEntryAt(table, 2 * id);
}

/** When an entry times out. */
function expiresAt({ rows }: CtTable, id: number): number {
  const words = rowPage(rows, 2 * id) as Int32Array;
  const at = rowPlace(rows, 2 * id) + EXPIRES;
  return (words[at + 1] as number) * TWO_32 + ((words[at] as number) >>> 0);
}

/** Gives all entries that have timed out to `end`, in the order of their making. Looks only if there may be some. */
export function ctTimedOut(table: CtTable, now: Nanos, end: (entry: CtEntry) => void): void {
  if (table.count === 0) table.earliest = Number.MAX_SAFE_INTEGER;
  if (now < table.earliest) return;
  let earliest = Number.MAX_SAFE_INTEGER;
  for (let id = idFrom(table, 1); id !== 0; id = idFrom(table, id + 1)) {
    const expires = expiresAt(table, id);
    if (expires <= now) end(ctEntryAt(table, 2 * id));
    else if (expires < earliest) earliest = expires;
  }
  table.earliest = earliest;
}

/** One direction of an entry as a number: 2 × its number, and 1 more for the answers. 0 is none. */
export type CtEnd = number;

/**
 * Where a tuple was found last, in whichever table, by the end of its hash: for packets of connections that are busy.
 * Only a hint, and no part of any state: what stands in the row decides, and no two entries that look-ups find have a
 * tuple in common.
 */
const hints = new Int32Array(4096);

/** The direction of an entry that looks like this, whether it has timed out or not. */
export function ctEndOf(table: CtTable, { proto, src, dst, sport, dport }: CtTuple): CtEnd {
  const { rows } = table;
  const ports = (sport << 16) | dport;
  const hash = tupleHash(src, dst, ports, proto);
  const hint = hints[hash & (hints.length - 1)] as number;
  const words = rowPage(rows, hint);
  if (words !== null) {
    const at = rowPlace(rows, hint);
    if (isTuple(words, at, src, dst, ports, proto) && ((words[at - (hint & 1) * CT_WORDS + MARKS] as number) & HANGS) !== 0)
      return isItsOwnAnswer(words, at, hint) ? hint - 1 : hint;
  }
  const end = searchEnd(table, hash, src, dst, ports, proto);
  hints[hash & (hints.length - 1)] = end;
  return end;
}

function isTuple(words: Int32Array, at: number, src: number, dst: number, ports: number, proto: number): boolean {
  return (
    words[at + PORTS] === ports &&
    words[at + SRC] === (src | 0) &&
    words[at + DST] === (dst | 0) &&
    ((words[at + SIDE] as number) & 0xff) === proto
  );
}

function searchEnd({ rows, byTuple }: CtTable, hash: number, src: number, dst: number, ports: number, proto: number): CtEnd {
  for (let row = indexFirst(byTuple, hash); row !== 0; row = indexNext(byTuple, row)) {
    const words = rowPage(rows, row) as Int32Array;
    const at = rowPlace(rows, row);
    if (isTuple(words, at, src, dst, ports, proto)) return isItsOwnAnswer(words, at, row) ? row - 1 : row;
  }
  return 0;
}

/** Answers that look like what they answer belong to the first direction. */
function isItsOwnAnswer(words: Int32Array, at: number, row: number): boolean {
  if ((row & 1) === 0) return false;
  const proto = (words[at + SIDE] as number) & 0xff;
  return isTuple(words, at - CT_WORDS, words[at + SRC] as number, words[at + DST] as number, words[at + PORTS] as number, proto);
}

/** Whether the entry of a direction has timed out. */
export function ctEndTimedOut(table: CtTable, end: CtEnd, now: Nanos): boolean {
  return expiresAt(table, end >>> 1) <= now;
}

/** The entry of a direction that was found. */
export function ctEntryAt(table: CtTable, end: CtEnd): CtEntry {
  return new CtRow(table, end >>> 1, rowPage(table.rows, end) as Int32Array, false);
}

/** Lets packets of both directions find an entry. */
export function ctHang(table: CtTable, entry: CtEntry): void {
  entry.hangs = true;
  for (let dir = 0; dir < 2; dir++) indexAdd(table.byTuple, table.rows, hashAt, 2 * entry.id + dir);
}

/** No packet finds the entry any more. One that hangs nowhere stays as it is. */
export function ctUnhang(table: CtTable, entry: CtEntry): void {
  if (!entry.hangs) return;
  entry.hangs = false;
  for (let dir = 0; dir < 2; dir++) indexRemove(table.byTuple, table.rows, hashAt, 2 * entry.id + dir);
}
