/**
 * The trace: everything that happened, in order, with place, verdict, reason and cause.
 * Comes from: every room, through the step's context.  Goes to: the event list, the canvas,
 *   captions, golden traces, goal checks.
 *
 * A record is a row of seven words in typed pages, and a frame is packed likewise (frame-store.ts): both
 * as objects cost several times the memory and time. The trace is no part of the state: a run that is
 * replayed from a checkpoint writes the same records again, and those are not stored twice.
 */
import { ArgsStore, type ArgsMark, type ArgsStretch } from './args-store.ts';
import { FrameStore, type Frame, type FrameMark, type FrameStretch, type SentFrame } from './frame-store.ts';
import { NO_FRAME, type FrameId, type NodeId, type TraceId } from './ids.ts';
import { float64Page, int32Page, uint16Page } from './page-memory.ts';
import type { Nanos } from './time.ts';

/**
 * - pass: goes on unchanged          - mangle: goes on with a changed header (frameOut holds it)
 * - queue: waits                     - steal: leaves the usual path, a hook goes on with it
 * - deliver: reached its end         - drop: ends undelivered
 * - state: no packet decision, but a table, a process or a link changed
 */
export type Verdict = 'pass' | 'mangle' | 'queue' | 'steal' | 'deliver' | 'drop' | 'state';

/** Values for a reason's sentence. How each is shown is said in the sentence: `{addr:ip}`. */
export type TraceArgs = Readonly<Record<string, string | number>>;

export interface TraceRecord {
  readonly id: TraceId;
  readonly at: Nanos;
  /** number of the event (in order of execution, from 0) during which it was written */
  readonly event: number;
  readonly node: NodeId;
  /** interface index or switch port; 0 when none is concerned */
  readonly dev: number;
  readonly frame: FrameId;
  /** the frame after a rewrite, or a frame that was born here; NO_FRAME otherwise */
  readonly frameOut: FrameId;
  /** where: 'ip_rcv', 'nf:LOCAL_IN', 'ipvs:schedule', 'link:tx', … */
  readonly stage: string;
  readonly verdict: Verdict;
  /** why: id of a row of the reason table */
  readonly reason: string;
  readonly cause: TraceId;
  readonly args: TraceArgs | null;
}

/**
 * How much a run writes down. What the nodes do is the same at every level.
 * - lab: every decision of every node, with the values that decided
 * - full: every frame on every cable, every loss, and what programs print
 * - count: nothing but the number of frames put on cables
 */
export type TraceLevel = 'lab' | 'full' | 'count';

/** The other end of the cable in a port. Cables are never plugged elsewhere during a run. */
export interface Peer {
  readonly node: NodeId;
  readonly dev: number;
}

/** Ends of cables: index by node, then by interface or port. */
export type Cabling = readonly (readonly (Peer | null)[])[];

/** What a frame that was put on a cable is recorded as. */
export const HOP = { stage: 'link:tx', verdict: 'pass', reason: 'link.sent' } as const;

/** What a reader of a trace may do. */
export interface TraceReader {
  readonly length: number;
  /** events executed so far */
  readonly eventCount: number;
  readonly frameCount: number;
  get(id: TraceId): TraceRecord;
  /** stage, verdict and reason of a record alone: much less work than get() */
  kindOf(id: TraceId): Kind;
  /** the record that led to a record alone */
  causeOf(id: TraceId): TraceId;
  frame(id: FrameId): Frame;
  /** first record of an event; an event without records has the same value as the next one */
  firstOf(event: number): TraceId;
  /** time of an event */
  timeOf(event: number): Nanos;
  /** node of an event */
  nodeOf(event: number): NodeId;
}

const PAGE = 4096;
/** event · node and dev · kind (low 12 bits) and a hop's bytes · frame · cause · hops: wait, span; others: frameOut, place of args */
const ROW = 7;
const EVENT_PAGE = 8192;
/** A hop whose wait or span does not fit into a word: the two stand in `long`. */
const TOO_LONG = 0xffffffff;
const KIND_HOP = 0;
/** Stands for a page that has been given away. */
const NO_PAGE = new Int32Array(0);
const KIND_BITS = 12;
const KIND_MASK = (1 << KIND_BITS) - 1;

/** A combination of stage, verdict and reason that records share. */
export interface Kind {
  readonly stage: string;
  readonly verdict: Verdict;
  readonly reason: string;
}

/** Kinds by number. */
class Kinds {
  private readonly byReason = new Map<string, number[]>();
  private readonly all: Kind[] = [];

  constructor() {
    this.numberOf(HOP.stage, HOP.verdict, HOP.reason);
  }

  numberOf(stage: string, verdict: Verdict, reason: string): number {
    let numbers = this.byReason.get(reason);
    if (numbers === undefined) {
      numbers = [];
      this.byReason.set(reason, numbers);
    }
    for (let i = 0; i < numbers.length; i++) {
      const kind = this.all[numbers[i] as number] as Kind;
      if (kind.stage === stage && kind.verdict === verdict) return numbers[i] as number;
    }
    const number = this.all.push({ stage, verdict, reason }) - 1;
    numbers.push(number);
    return number;
  }

  kindOf(number: number): Kind {
    return this.all[number] as Kind;
  }

  get list(): readonly Kind[] {
    return this.all;
  }
}

/** How far a trace has come: where another one may go on in its place. Plain data. */
export interface TraceMark {
  readonly events: number;
  readonly records: number;
  readonly kinds: readonly Kind[];
  readonly args: ArgsMark;
  readonly frames: FrameMark;
}

/** Part of a trace that was written elsewhere; plain data that can be sent to another thread. */
export interface TraceStretch {
  readonly firstEvent: number;
  readonly firstRecord: number;
  readonly rows: Int32Array;
  readonly eventAt: Float64Array;
  readonly eventNode: Uint16Array;
  /** all kinds that rows name by number */
  readonly kinds: readonly Kind[];
  readonly args: ArgsStretch;
  readonly long: readonly (readonly [record: number, { readonly wait: number; readonly span: number }])[];
  readonly frames: FrameStretch;
}

export class Trace implements TraceReader {
  readonly level: TraceLevel;
  readonly cabling: Cabling;
  private pages: Int32Array[] = [];
  /** the page written to: the last of `pages` */
  private page: Int32Array = new Int32Array(0);
  private kinds = new Kinds();
  private args = new ArgsStore();
  private long = new Map<number, { readonly wait: number; readonly span: number }>();
  private frames = new FrameStore();
  private eventAt: Float64Array[] = [];
  private eventNode: Uint16Array[] = [];
  private events = 0;
  private stored = 0;
  /** events and records that have been given away by take() */
  private given = { events: 0, records: 0 };
  /** the last answer of firstOf() */
  private askedEvent = 0;
  private askedFirst = 0;

  constructor(level: TraceLevel = 'lab', cabling: Cabling = []) {
    this.level = level;
    this.cabling = cabling;
  }

  get length(): number {
    return this.stored;
  }

  get eventCount(): number {
    return this.events;
  }

  get frameCount(): number {
    return this.frames.length;
  }

  /** Bytes held, unused capacity included. */
  get bytes(): number {
    const records = 4 * ROW * PAGE * this.pages.length + this.args.bytes;
    return records + (this.eventAt.length * 8 + this.eventNode.length * 2) * EVENT_PAGE + this.frames.bytes;
  }

  /** Notes that an event begins. Called by the engine only. */
  beginEvent(event: number, at: Nanos, node: NodeId): void {
    if (event < this.events) return;
    this.events = event + 1;
    if (this.level === 'count') return;
    const slot = event % EVENT_PAGE;
    if (slot === 0) {
      this.eventAt.push(float64Page(EVENT_PAGE));
      this.eventNode.push(uint16Page(EVENT_PAGE));
    }
    const last = this.eventAt.length - 1;
    (this.eventAt[last] as Float64Array)[slot] = at;
    (this.eventNode[last] as Uint16Array)[slot] = node;
  }

  private newRow(id: TraceId): number {
    const slot = id % PAGE;
    if (slot === 0) {
      this.page = int32Page(PAGE * ROW);
      this.pages.push(this.page);
    }
    this.stored = id + 1;
    return slot * ROW;
  }

  /** Stores a record under its id unless a replay writes it again. Called by the engine only. */
  put(
    id: TraceId,
    event: number,
    node: NodeId,
    dev: number,
    frame: FrameId,
    frameOut: FrameId,
    stage: string,
    verdict: Verdict,
    reason: string,
    cause: TraceId,
    args: TraceArgs | null,
  ): void {
    if (id < this.stored) return;
    const at = this.newRow(id);
    const page = this.page;
    page[at] = event;
    page[at + 1] = (node << 16) | dev;
    const kind = this.kinds.numberOf(stage, verdict, reason);
    page[at + 2] = kind;
    page[at + 3] = frame;
    page[at + 4] = cause;
    page[at + 5] = frameOut;
    page[at + 6] = args === null ? -1 : this.args.put(kind, args);
  }

  /** Stores the record of a frame of `bytes` that begins to leave `wait` after now and has arrived `span` later. */
  putHop(
    id: TraceId,
    event: number,
    node: NodeId,
    dev: number,
    frame: FrameId,
    cause: TraceId,
    bytes: number,
    wait: number,
    span: number,
  ): void {
    if (id < this.stored) return;
    const at = this.newRow(id);
    const page = this.page;
    page[at] = event;
    page[at + 1] = (node << 16) | dev;
    page[at + 2] = (bytes << KIND_BITS) | KIND_HOP;
    page[at + 3] = frame;
    page[at + 4] = cause;
    const fits = wait < TOO_LONG && span < TOO_LONG;
    if (!fits) this.long.set(id, { wait, span });
    page[at + 5] = fits ? wait : TOO_LONG;
    page[at + 6] = fits ? span : TOO_LONG;
  }

  putFrame(frame: SentFrame): void {
    this.frames.put(frame);
  }

  get(id: TraceId): TraceRecord {
    if (!(id >= 0 && id < this.stored)) throw new RangeError(`no trace record ${id}: there are ${this.stored}`);
    const page = this.pages[Math.floor(id / PAGE)] as Int32Array;
    const row = (id % PAGE) * ROW;
    const event = page[row] as number;
    const place = page[row + 1] as number;
    const kind = (page[row + 2] as number) & KIND_MASK;
    const { stage, verdict, reason } = this.kinds.kindOf(kind);
    const isHop = kind === KIND_HOP;
    const number = isHop ? -1 : (page[row + 6] as number);
    const at = this.timeOf(event);
    const node = (place >>> 16) as NodeId;
    const dev = place & 0xffff;
    return {
      id,
      at,
      event,
      node,
      dev,
      frame: page[row + 3] as FrameId,
      frameOut: (isHop ? NO_FRAME : page[row + 5]) as FrameId,
      stage,
      verdict,
      reason,
      cause: page[row + 4] as TraceId,
      args: isHop ? this.hopArgs(id, at, node, dev, page, row) : number < 0 ? null : this.args.get(number),
    };
  }

  kindOf(id: TraceId): Kind {
    if (!(id >= 0 && id < this.stored)) throw new RangeError(`no trace record ${id}: there are ${this.stored}`);
    const word = (this.pages[Math.floor(id / PAGE)] as Int32Array)[(id % PAGE) * ROW + 2] as number;
    return this.kinds.kindOf(word & KIND_MASK);
  }

  causeOf(id: TraceId): TraceId {
    return (this.pages[Math.floor(id / PAGE)] as Int32Array)[(id % PAGE) * ROW + 4] as TraceId;
  }

  private hopArgs(id: TraceId, at: Nanos, node: NodeId, dev: number, page: Int32Array, row: number): TraceArgs {
    let wait = (page[row + 5] as number) >>> 0;
    let span = (page[row + 6] as number) >>> 0;
    if (span === TOO_LONG) ({ wait, span } = this.long.get(id) as { wait: number; span: number });
    const peer = this.cabling[node]?.[dev] ?? null;
    const start = at + wait;
    const bytes = (page[row + 2] as number) >>> KIND_BITS;
    return { toNode: peer?.node ?? -1, toDev: peer?.dev ?? 0, bytes, start, until: start + span };
  }

  frame(id: FrameId): Frame {
    return this.frames.get(id);
  }

  firstOf(event: number): TraceId {
    // who walks through the events asks for the next one after each
    let low = event >= this.askedEvent ? this.askedFirst : 0;
    let high = this.stored;
    let stride = 8;
    while (low + stride < high && this.eventOf(low + stride) < event) {
      low += stride;
      stride *= 2;
    }
    if (low + stride < high) high = low + stride;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.eventOf(middle) < event) low = middle + 1;
      else high = middle;
    }
    this.askedEvent = event;
    this.askedFirst = low;
    return low as TraceId;
  }

  private eventOf(id: number): number {
    return (this.pages[Math.floor(id / PAGE)] as Int32Array)[(id % PAGE) * ROW] as number;
  }

  timeOf(event: number): Nanos {
    return this.eventAt[Math.floor(event / EVENT_PAGE)]?.[event % EVENT_PAGE] as Nanos;
  }

  nodeOf(event: number): NodeId {
    return this.eventNode[Math.floor(event / EVENT_PAGE)]?.[event % EVENT_PAGE] as NodeId;
  }

  get mark(): TraceMark {
    return { events: this.events, records: this.stored, kinds: this.kinds.list.slice(), args: this.args.mark, frames: this.frames.mark };
  }

  /** A trace that goes on where another has come to; what lies before it cannot be read here. */
  static after(mark: TraceMark, level: TraceLevel, cabling: Cabling): Trace {
    const trace = new Trace(level, cabling);
    trace.events = mark.events;
    trace.stored = mark.records;
    for (const { stage, verdict, reason } of mark.kinds) trace.kinds.numberOf(stage, verdict, reason);
    trace.args = ArgsStore.after(mark.args);
    trace.frames = FrameStore.after(mark.frames);
    trace.given = { events: mark.events, records: mark.records };
    trace.forget();
    return trace;
  }

  /** Gives away what was written since the last call, and forgets it. */
  take(): TraceStretch {
    const { events, records } = this.given;
    const rows = new Int32Array((this.stored - records) * ROW);
    for (let id = records; id < this.stored;) {
      const end = Math.min(this.stored, (Math.floor(id / PAGE) + 1) * PAGE);
      const slot = id % PAGE;
      rows.set((this.pages[Math.floor(id / PAGE)] as Int32Array).subarray(slot * ROW, (slot + end - id) * ROW), (id - records) * ROW);
      id = end;
    }
    const eventAt = new Float64Array(this.events - events);
    const eventNode = new Uint16Array(this.events - events);
    for (let event = events; event < this.events; event++) {
      eventAt[event - events] = this.timeOf(event);
      eventNode[event - events] = this.nodeOf(event);
    }
    const stretch = {
      firstEvent: events,
      firstRecord: records,
      rows,
      eventAt,
      eventNode,
      kinds: this.kinds.list.slice(),
      args: this.args.take(),
      long: [...this.long],
      frames: this.frames.take(),
    };
    this.given = { events: this.events, records: this.stored };
    this.long = new Map();
    this.forget();
    return stretch;
  }

  /** Lets go of all pages but those that are written to. */
  private forget(): void {
    this.pages.fill(NO_PAGE);
    while (this.pages.length < Math.ceil(this.stored / PAGE)) this.pages.push(NO_PAGE);
    if (this.stored % PAGE !== 0) {
      this.page = int32Page(PAGE * ROW);
      this.pages[this.pages.length - 1] = this.page;
    }
    const eventPages = Math.ceil(this.events / EVENT_PAGE);
    this.eventAt = Array.from({ length: eventPages }, (_, i) => new Float64Array(i === eventPages - 1 ? EVENT_PAGE : 0));
    this.eventNode = Array.from({ length: eventPages }, (_, i) => new Uint16Array(i === eventPages - 1 ? EVENT_PAGE : 0));
  }

  /** Takes in what a trace gave that went on where this one had come to. */
  append(stretch: TraceStretch): void {
    const { firstEvent, firstRecord, rows, eventAt, eventNode } = stretch;
    if (firstEvent !== this.events || firstRecord !== this.stored)
      throw new RangeError(`a trace from event ${firstEvent} cannot follow event ${this.events}`);
    const kinds = stretch.kinds.map(({ stage, verdict, reason }) => this.kinds.numberOf(stage, verdict, reason));
    const args = this.args.append(stretch.args);
    for (let row = 0; row < rows.length; row += ROW) {
      const at = this.newRow(this.stored as TraceId);
      const { page } = this;
      for (let word = 0; word < ROW; word++) page[at + word] = rows[row + word] as number;
      const kind = (page[at + 2] as number) & KIND_MASK;
      if (kind === KIND_HOP) continue;
      page[at + 2] = kinds[kind] as number;
      if ((page[at + 6] as number) >= 0) page[at + 6] = args + (page[at + 6] as number);
    }
    for (const [record, spans] of stretch.long) this.long.set(record, spans);
    this.frames.append(stretch.frames);
    for (let i = 0; i < eventAt.length; i++) this.beginEvent(firstEvent + i, eventAt[i] as Nanos, eventNode[i] as NodeId);
  }

  /** A trace of its own that holds the first events of this one; a branch begins so. Full pages are shared. */
  branch(events: number, records: number, frames: number): Trace {
    const copy = new Trace(this.level, this.cabling);
    copy.pages = this.pages.slice(0, Math.ceil(records / PAGE));
    ownLast(copy.pages);
    copy.page = copy.pages[copy.pages.length - 1] ?? copy.page;
    // numbers of kinds and args are given as they come up: those of the future are only never named
    copy.kinds = this.kinds;
    copy.args = this.args.branch();
    copy.long = new Map(this.long);
    copy.frames = this.frames.branch(frames);
    copy.eventAt = this.eventAt.slice(0, Math.ceil(events / EVENT_PAGE));
    copy.eventNode = this.eventNode.slice(0, Math.ceil(events / EVENT_PAGE));
    ownLast(copy.eventAt);
    ownLast(copy.eventNode);
    copy.events = events;
    copy.stored = records;
    return copy;
  }
}

/** The last page is still written to, so each trace has its own. */
function ownLast<A extends Int32Array | Float64Array | Uint16Array>(pages: A[]): void {
  const last = pages[pages.length - 1];
  if (last !== undefined) pages[pages.length - 1] = last.slice() as A;
}
