/**
 * A connection entry as a row of numbers, and the hand that reads and writes it: every field is a place in the
 * row. A hand is good for the event under way and is kept nowhere.
 * Comes from: conn-table.ts.
 *
 * The words of a row are named below; from TIMEOUT on each value takes two. A FullNAT entry's own end is rare
 * and stands in a Map beside the rows.
 */
import { placesOf, RowHand, type Nanos } from '../engine/index.ts';
import type { Ipv4 } from '../wire/index.ts';
import { TCP_STATES } from './proto-tcp.ts';
import type { Conn, ConnId, ConnState, ConnTable, DestId, FullnatEnd, FwdMethod, SvcId } from './state.ts';

export const CADDR = 0;
export const VADDR = 1;
export const DADDR = 2;
/** Port of the client, and in the lower half that of the service. */
export const CLIENT_PORTS = 3;
/** The server's port, above it the protocol and the way of forwarding, 8 bits each. */
export const DPORT = 4;
/** State, state told last, marks. */
export const STATE = 5;
export const FWMARK = 6;
export const DEST = 7;
export const SVC = 8;
export const CONTROL = 9;
export const N_CONTROL = 10;
export const IN_PKTS = 11;
export const TIMEOUT = 12;
export const EXPIRES = 14;
export const TIMER = 16;
export const FIRE_AT = 18;
export const TIMER_AT = 20;
export const SYNC_END = 22;
export const WIDTH = 24;
/** 32 entries to a page of 3 kB. */
export const PAGE_SHIFT = 5;

// marks, in the upper half of the word of the state
export const EXISTS = 0x10000;
export const INACTIVE = 0x20000;
export const NO_OUTPUT = 0x40000;
export const TEMPLATE = 0x80000;
export const ONE_PACKET = 0x100000;
export const SYNCED = 0x200000;
export const NFCT = 0x400000;
export const LOCAL = 0x800000;

const STATES = [
  ...TCP_STATES,
  'UDP',
  'ASSURED',
  'INIT1',
  'INIT',
  'C-SENT',
  'C-REPLIED',
  'C-WAIT',
  'COOKIE',
  'C-ECHOED',
  'S-SENT',
  'S-RECEIVED',
  'S-ACK-SENT',
  'REJECTED',
  'CLOSED',
] as const satisfies readonly ConnState[];
/** Every state must have a number: a new one that is missing above is refused by the compiler. */
export const stateCodes: Readonly<Record<ConnState, number>> = placesOf<ConnState, (typeof STATES)[number]>(STATES);

const FWDS = ['masq', 'local', 'tunnel', 'droute', 'bypass', 'fullnat'] as const satisfies readonly FwdMethod[];
export const fwdCodes: Readonly<Record<FwdMethod, number>> = placesOf<FwdMethod, (typeof FWDS)[number]>(FWDS);

/** An entry as the code sees it; every field is a place in its row. */
export class ConnRow extends RowHand implements Conn {
  declare readonly id: ConnId;
  declare private readonly table: ConnTable;

  constructor(table: ConnTable, id: ConnId, words: Int32Array, owned: boolean) {
    super(table.rows, id, words, owned);
    this.id = id;
    this.table = table;
  }

  get proto(): number {
    return ((this.words[this.at + DPORT] as number) >>> 16) & 0xff;
  }
  get caddr(): Ipv4 {
    return ((this.words[this.at + CADDR] as number) >>> 0) as Ipv4;
  }
  get cport(): number {
    return (this.words[this.at + CLIENT_PORTS] as number) >>> 16;
  }
  set cport(port: number) {
    this.own()[this.at + CLIENT_PORTS] = (port << 16) | ((this.words[this.at + CLIENT_PORTS] as number) & 0xffff);
  }
  get vaddr(): Ipv4 {
    return ((this.words[this.at + VADDR] as number) >>> 0) as Ipv4;
  }
  get vport(): number {
    return (this.words[this.at + CLIENT_PORTS] as number) & 0xffff;
  }
  set vport(port: number) {
    this.own()[this.at + CLIENT_PORTS] = ((this.words[this.at + CLIENT_PORTS] as number) & ~0xffff) | port;
  }
  get daddr(): Ipv4 {
    return ((this.words[this.at + DADDR] as number) >>> 0) as Ipv4;
  }
  get dport(): number {
    return (this.words[this.at + DPORT] as number) & 0xffff;
  }
  set dport(port: number) {
    this.own()[this.at + DPORT] = ((this.words[this.at + DPORT] as number) & ~0xffff) | port;
  }
  get local(): FullnatEnd | null {
    return ((this.words[this.at + STATE] as number) & LOCAL) !== 0 ? (this.table.locals.get(this.id) ?? null) : null;
  }
  get fwmark(): number {
    return (this.words[this.at + FWMARK] as number) >>> 0;
  }
  get state(): ConnState {
    return STATES[(this.words[this.at + STATE] as number) & 0xff] as ConnState;
  }
  set state(state: ConnState) {
    this.own()[this.at + STATE] = ((this.words[this.at + STATE] as number) & ~0xff) | stateCodes[state];
  }
  get oldState(): ConnState {
    return STATES[((this.words[this.at + STATE] as number) >>> 8) & 0xff] as ConnState;
  }
  set oldState(state: ConnState) {
    this.own()[this.at + STATE] = ((this.words[this.at + STATE] as number) & ~0xff00) | (stateCodes[state] << 8);
  }
  get fwd(): FwdMethod {
    return FWDS[(this.words[this.at + DPORT] as number) >>> 24] as FwdMethod;
  }
  set fwd(fwd: FwdMethod) {
    this.own()[this.at + DPORT] = ((this.words[this.at + DPORT] as number) & 0xffffff) | (fwdCodes[fwd] << 24);
  }
  get dest(): DestId | null {
    const id = this.words[this.at + DEST] as number;
    return id === 0 ? null : (id as DestId);
  }
  set dest(id: DestId | null) {
    this.own()[this.at + DEST] = id ?? 0;
  }
  get svc(): SvcId | null {
    const id = this.words[this.at + SVC] as number;
    return id === 0 ? null : (id as SvcId);
  }
  set svc(id: SvcId | null) {
    this.own()[this.at + SVC] = id ?? 0;
  }
  get inactive(): boolean {
    return ((this.words[this.at + STATE] as number) & INACTIVE) !== 0;
  }
  set inactive(on: boolean) {
    const word = this.words[this.at + STATE] as number;
    this.own()[this.at + STATE] = on ? word | INACTIVE : word & ~INACTIVE;
  }
  get noOutput(): boolean {
    return ((this.words[this.at + STATE] as number) & NO_OUTPUT) !== 0;
  }
  set noOutput(on: boolean) {
    const word = this.words[this.at + STATE] as number;
    this.own()[this.at + STATE] = on ? word | NO_OUTPUT : word & ~NO_OUTPUT;
  }
  get template(): boolean {
    return ((this.words[this.at + STATE] as number) & TEMPLATE) !== 0;
  }
  get onePacket(): boolean {
    return ((this.words[this.at + STATE] as number) & ONE_PACKET) !== 0;
  }
  get synced(): boolean {
    return ((this.words[this.at + STATE] as number) & SYNCED) !== 0;
  }
  set synced(on: boolean) {
    const word = this.words[this.at + STATE] as number;
    this.own()[this.at + STATE] = on ? word | SYNCED : word & ~SYNCED;
  }
  get nfct(): boolean {
    return ((this.words[this.at + STATE] as number) & NFCT) !== 0;
  }
  set nfct(on: boolean) {
    const word = this.words[this.at + STATE] as number;
    this.own()[this.at + STATE] = on ? word | NFCT : word & ~NFCT;
  }
  get control(): ConnId | null {
    const id = this.words[this.at + CONTROL] as number;
    return id === 0 ? null : (id as ConnId);
  }
  set control(id: ConnId | null) {
    this.own()[this.at + CONTROL] = id ?? 0;
  }
  get nControl(): number {
    return this.words[this.at + N_CONTROL] as number;
  }
  set nControl(count: number) {
    this.own()[this.at + N_CONTROL] = count;
  }
  get inPkts(): number {
    return this.words[this.at + IN_PKTS] as number;
  }
  set inPkts(count: number) {
    this.own()[this.at + IN_PKTS] = count;
  }
  get timeoutMs(): number {
    return this.long(TIMEOUT);
  }
  set timeoutMs(ms: number) {
    this.setLong(TIMEOUT, ms);
  }
  get expires(): Nanos {
    return this.long(EXPIRES) as Nanos;
  }
  set expires(at: Nanos) {
    this.setLong(EXPIRES, at);
  }
  get timer(): number | null {
    return this.longOrNull(TIMER);
  }
  set timer(number: number | null) {
    this.setLongOrNull(TIMER, number);
  }
  get fireAt(): Nanos {
    return this.long(FIRE_AT) as Nanos;
  }
  set fireAt(at: Nanos) {
    this.setLong(FIRE_AT, at);
  }
  get timerAt(): Nanos {
    return this.long(TIMER_AT) as Nanos;
  }
  set timerAt(at: Nanos) {
    this.setLong(TIMER_AT, at);
  }
  get syncEnd(): number {
    return this.long(SYNC_END);
  }
  set syncEnd(jiffies: number) {
    this.setLong(SYNC_END, jiffies);
  }
}
