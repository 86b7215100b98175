/**
 * A tracked connection as two rows of numbers, one for each direction, and the hand that reads and writes them: every
 * field is a place in a row. A hand is good for the event under way and is kept nowhere; one that only reads does not
 * see what another hand of the same entry writes for the first time after a checkpoint.
 * Comes from: ct-table.ts.
 *
 *   row 2n:      tuple, side, counters of the first packet's direction; then marks, mark, when it ends and began
 *   row 2n + 1:  tuple, side, counters of the answers; then what the last segment of TCP was
 */
import { placesOf, RowHand, type Nanos } from '../../engine/index.ts';
import type { Ipv4 } from '../../wire/index.ts';
import { CT_TCP_STATES } from './ct-tcp.ts';
import { CT_WORDS, type CtEntry, type CtSide, type CtTable, type CtTcp, type CtTcpKind, type CtTcpState, type CtTuple } from './state.ts';

const TWO_32 = 0x100000000;

// of either row
export const SRC = 0;
export const DST = 1;
/** Source port, and in the lower half the destination's. */
export const PORTS = 2;
/** Protocol; above it marks of the side. */
export const SIDE = 3;
const END = 4;
// two words each
const PACKETS = 5;
const BYTES = 7;

// of the first row
export const MARKS = 9;
const FWMARK = 10;
// two words each
export const EXPIRES = 11;
export const CREATED = 13;

// of the second row
const LAST_SEQ = 9;
const LAST_ACK = 10;
const LAST_END = 11;
export const LAST_WINDOW = 12;
const RETRANS = 13;

// marks of a side, above the protocol
const UNACKED = 0x100;
const CLOSE_INIT = 0x200;

// marks of an entry; below them the state of TCP (4 bits), the last segment's direction (1) and kind (3)
const STATE_MASK = 0xf;
const LAST_DIR_SHIFT = 4;
const LAST_KIND_SHIFT = 5;
const LAST_KIND_MASK = 7;
export const EXISTS = 0x100;
/** look-ups find it */
export const HANGS = 0x200;
export const CONFIRMED = 0x400;
export const SEEN_REPLY = 0x800;
const ASSURED = 0x1000;
export const SRC_NAT_DONE = 0x2000;
export const DST_NAT_DONE = 0x4000;
export const SRC_NAT = 0x8000;
export const DST_NAT = 0x10000;
export const COUNTED = 0x20000;
export const WATCHED = 0x40000;
export const CHANGED = 0x80000;
export const IS_TCP = 0x100000;
/** another entry's packets made it expected */
export const EXPECTED = 0x200000;

/** Every state has a number: one that is missing in the table of states is refused by the compiler. */
const STATE_NUMBERS: Readonly<Record<CtTcpState, number>> = placesOf<CtTcpState, (typeof CT_TCP_STATES)[number]>(CT_TCP_STATES);

const KINDS = ['', 'syn', 'synack', 'fin', 'ack', 'rst', 'none'] as const satisfies readonly (CtTcpKind | '')[];

const KIND_NUMBERS: Readonly<Record<CtTcpKind | '', number>> = placesOf<CtTcpKind | '', (typeof KINDS)[number]>(KINDS);

/** Adds less than 2³² to a number that takes two words. */
function addLong(words: Int32Array, at: number, more: number): void {
  const sum = ((words[at] as number) >>> 0) + more;
  words[at] = sum;
  if (sum >= TWO_32) words[at + 1] = (words[at + 1] as number) + 1;
}

/** One direction of an entry, as the code sees it. */
class CtSideRow extends RowHand implements CtSide {
  get end(): number {
    return (this.words[this.at + END] as number) >>> 0;
  }
  set end(seq: number) {
    this.own()[this.at + END] = seq;
  }
  get unacked(): boolean {
    return ((this.words[this.at + SIDE] as number) & UNACKED) !== 0;
  }
  set unacked(on: boolean) {
    const word = this.words[this.at + SIDE] as number;
    this.own()[this.at + SIDE] = on ? word | UNACKED : word & ~UNACKED;
  }
  get closeInit(): boolean {
    return ((this.words[this.at + SIDE] as number) & CLOSE_INIT) !== 0;
  }
  set closeInit(on: boolean) {
    const word = this.words[this.at + SIDE] as number;
    this.own()[this.at + SIDE] = on ? word | CLOSE_INIT : word & ~CLOSE_INIT;
  }
}

/** The tuple of the row that begins at `at`. */
export function tupleInRow(words: Int32Array, at: number): CtTuple {
  const ports = words[at + PORTS] as number;
  return {
    proto: (words[at + SIDE] as number) & 0xff,
    src: ((words[at + SRC] as number) >>> 0) as Ipv4,
    dst: ((words[at + DST] as number) >>> 0) as Ipv4,
    sport: ports >>> 16,
    dport: ports & 0xffff,
  };
}

export function putTuple(words: Int32Array, at: number, tuple: CtTuple): void {
  words[at + SRC] = tuple.src;
  words[at + DST] = tuple.dst;
  words[at + PORTS] = (tuple.sport << 16) | tuple.dport;
  words[at + SIDE] = ((words[at + SIDE] as number) & ~0xff) | tuple.proto;
}

/** An entry as the code sees it. */
export class CtRow extends RowHand implements CtEntry, CtTcp {
  declare private readonly table: CtTable;

  constructor(table: CtTable, id: number, words: Int32Array, owned: boolean) {
    super(table.rows, 2 * id, words, owned);
    this.table = table;
  }

  private marked(mark: number): boolean {
    return ((this.words[this.at + MARKS] as number) & mark) !== 0;
  }

  private setMarked(mark: number, on: boolean): void {
    const word = this.words[this.at + MARKS] as number;
    this.own()[this.at + MARKS] = on ? word | mark : word & ~mark;
  }

  get id(): number {
    return this.row >>> 1;
  }
  get proto(): number {
    return (this.words[this.at + SIDE] as number) & 0xff;
  }
  get orig(): CtTuple {
    return tupleInRow(this.words, this.at);
  }
  get reply(): CtTuple {
    return tupleInRow(this.words, this.at + CT_WORDS);
  }
  set reply(tuple: CtTuple) {
    putTuple(this.own(), this.at + CT_WORDS, tuple);
  }
  count(dir: 0 | 1, lenBytes: number): void {
    const words = this.own();
    const at = this.at + dir * CT_WORDS;
    addLong(words, at + PACKETS, 1);
    addLong(words, at + BYTES, lenBytes);
  }
  side(dir: 0 | 1): CtSide {
    return new CtSideRow(this.table.rows, this.row + dir, this.own(), true);
  }
  get packets(): readonly [number, number] {
    return [this.long(PACKETS), this.long(CT_WORDS + PACKETS)];
  }
  set packets([orig, reply]: readonly [number, number]) {
    this.setLong(PACKETS, orig);
    this.setLong(CT_WORDS + PACKETS, reply);
  }
  get bytes(): readonly [number, number] {
    return [this.long(BYTES), this.long(CT_WORDS + BYTES)];
  }
  set bytes([orig, reply]: readonly [number, number]) {
    this.setLong(BYTES, orig);
    this.setLong(CT_WORDS + BYTES, reply);
  }
  get hangs(): boolean {
    return this.marked(HANGS);
  }
  set hangs(on: boolean) {
    this.setMarked(HANGS, on);
  }
  get confirmed(): boolean {
    return this.marked(CONFIRMED);
  }
  set confirmed(on: boolean) {
    this.setMarked(CONFIRMED, on);
  }
  get seenReply(): boolean {
    return this.marked(SEEN_REPLY);
  }
  set seenReply(on: boolean) {
    this.setMarked(SEEN_REPLY, on);
  }
  get assured(): boolean {
    return this.marked(ASSURED);
  }
  set assured(on: boolean) {
    this.setMarked(ASSURED, on);
  }
  get srcNatDone(): boolean {
    return this.marked(SRC_NAT_DONE);
  }
  set srcNatDone(on: boolean) {
    this.setMarked(SRC_NAT_DONE, on);
  }
  get dstNatDone(): boolean {
    return this.marked(DST_NAT_DONE);
  }
  set dstNatDone(on: boolean) {
    this.setMarked(DST_NAT_DONE, on);
  }
  get srcNat(): boolean {
    return this.marked(SRC_NAT);
  }
  set srcNat(on: boolean) {
    this.setMarked(SRC_NAT, on);
  }
  get dstNat(): boolean {
    return this.marked(DST_NAT);
  }
  set dstNat(on: boolean) {
    this.setMarked(DST_NAT, on);
  }
  get counted(): boolean {
    return this.marked(COUNTED);
  }
  get watched(): boolean {
    return this.marked(WATCHED);
  }
  set watched(on: boolean) {
    this.setMarked(WATCHED, on);
  }
  get changed(): boolean {
    return this.marked(CHANGED);
  }
  set changed(on: boolean) {
    this.setMarked(CHANGED, on);
  }
  get mark(): number {
    return (this.words[this.at + FWMARK] as number) >>> 0;
  }
  set mark(mark: number) {
    this.own()[this.at + FWMARK] = mark;
  }
  get createdAt(): Nanos {
    return this.long(CREATED) as Nanos;
  }
  get expires(): Nanos {
    return this.long(EXPIRES) as Nanos;
  }
  set expires(at: Nanos) {
    this.setLong(EXPIRES, at);
    if (at < this.table.earliest) this.table.earliest = at;
  }
  get expected(): boolean {
    return this.marked(EXPECTED);
  }

  // what TCP knows
  get tcp(): CtTcp | null {
    return this.marked(IS_TCP) ? this : null;
  }
  get state(): CtTcpState {
    return CT_TCP_STATES[(this.words[this.at + MARKS] as number) & STATE_MASK] as CtTcpState;
  }
  set state(state: CtTcpState) {
    this.own()[this.at + MARKS] = ((this.words[this.at + MARKS] as number) & ~STATE_MASK) | STATE_NUMBERS[state];
  }
  get lastDir(): number {
    return ((this.words[this.at + MARKS] as number) >>> LAST_DIR_SHIFT) & 1;
  }
  set lastDir(dir: number) {
    this.own()[this.at + MARKS] = ((this.words[this.at + MARKS] as number) & ~(1 << LAST_DIR_SHIFT)) | (dir << LAST_DIR_SHIFT);
  }
  get lastKind(): CtTcpKind | '' {
    return KINDS[((this.words[this.at + MARKS] as number) >>> LAST_KIND_SHIFT) & LAST_KIND_MASK] as CtTcpKind | '';
  }
  set lastKind(kind: CtTcpKind | '') {
    const others = (this.words[this.at + MARKS] as number) & ~(LAST_KIND_MASK << LAST_KIND_SHIFT);
    this.own()[this.at + MARKS] = others | (KIND_NUMBERS[kind] << LAST_KIND_SHIFT);
  }
  get lastSeq(): number {
    return (this.words[this.at + CT_WORDS + LAST_SEQ] as number) >>> 0;
  }
  set lastSeq(seq: number) {
    this.own()[this.at + CT_WORDS + LAST_SEQ] = seq;
  }
  get lastAck(): number {
    return (this.words[this.at + CT_WORDS + LAST_ACK] as number) >>> 0;
  }
  set lastAck(seq: number) {
    this.own()[this.at + CT_WORDS + LAST_ACK] = seq;
  }
  get lastEnd(): number {
    return (this.words[this.at + CT_WORDS + LAST_END] as number) >>> 0;
  }
  set lastEnd(seq: number) {
    this.own()[this.at + CT_WORDS + LAST_END] = seq;
  }
  get lastWindow(): number {
    return this.words[this.at + CT_WORDS + LAST_WINDOW] as number;
  }
  set lastWindow(window: number) {
    this.own()[this.at + CT_WORDS + LAST_WINDOW] = window;
  }
  get retrans(): number {
    return this.words[this.at + CT_WORDS + RETRANS] as number;
  }
  set retrans(count: number) {
    this.own()[this.at + CT_WORDS + RETRANS] = count;
  }
}
