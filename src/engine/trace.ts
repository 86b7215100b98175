/**
 * The trace: everything that happened, in order, with place, verdict, reason and cause.
 * Comes from: every room, through the step's context.  Goes to: the event list, the canvas,
 *   captions, golden traces, goal checks.
 *
 * A record is a row of seven words in typed pages, and a frame is packed likewise (frame-store.ts): both
 * as objects cost several times the memory and time. The trace is no part of the state: a run that is
 * replayed from a checkpoint writes the same records again, and those are not stored twice.
 */
import { FrameStore, type Frame } from './frame-store.ts';
import { NO_FRAME, type FrameId, type NodeId, type TraceId } from './ids.ts';
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
  frame(id: FrameId): Frame;
  /** first record of an event; an event without records has the same value as the next one */
  firstOf(event: number): TraceId;
  /** time of an event */
  timeOf(event: number): Nanos;
  /** node of an event */
  nodeOf(event: number): NodeId;
}

const PAGE = 4096;
/** event · node and dev · kind (low 12 bits) and a hop's bytes · frame · cause · hops: wait, span; others: frameOut, number of args */
const ROW = 7;
const EVENT_PAGE = 8192;
/** A hop whose wait or span does not fit into a word: the two stand in `long`. */
const TOO_LONG = 0xffffffff;
const KIND_HOP = 0;
const KIND_BITS = 12;
const KIND_MASK = (1 << KIND_BITS) - 1;

/** A combination of stage, verdict and reason that records share. */
interface Kind {
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
}

export class Trace implements TraceReader {
  readonly level: TraceLevel;
  readonly cabling: Cabling;
  private pages: Int32Array[] = [];
  /** the page written to: the last of `pages` */
  private page: Int32Array = new Int32Array(0);
  private kinds = new Kinds();
  private args: TraceArgs[] = [];
  private long = new Map<number, { readonly wait: number; readonly span: number }>();
  private frames = new FrameStore();
  private eventAt: Float64Array[] = [];
  private eventNode: Uint16Array[] = [];
  private events = 0;
  private stored = 0;
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

  /** Bytes held, unused capacity included; arguments of decision records are estimated. */
  get bytes(): number {
    const records = 4 * ROW * PAGE * this.pages.length + 100 * this.args.length;
    return records + (this.eventAt.length * 8 + this.eventNode.length * 2) * EVENT_PAGE + this.frames.bytes;
  }

  /** Notes that an event begins. Called by the engine only. */
  beginEvent(event: number, at: Nanos, node: NodeId): void {
    if (event < this.events) return;
    this.events = event + 1;
    if (this.level === 'count') return;
    const slot = event % EVENT_PAGE;
    if (slot === 0) {
      this.eventAt.push(new Float64Array(EVENT_PAGE));
      this.eventNode.push(new Uint16Array(EVENT_PAGE));
    }
    const last = this.eventAt.length - 1;
    (this.eventAt[last] as Float64Array)[slot] = at;
    (this.eventNode[last] as Uint16Array)[slot] = node;
  }

  private newRow(id: TraceId): number {
    const slot = id % PAGE;
    if (slot === 0) {
      this.page = new Int32Array(PAGE * ROW);
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
    page[at + 2] = this.kinds.numberOf(stage, verdict, reason);
    page[at + 3] = frame;
    page[at + 4] = cause;
    page[at + 5] = frameOut;
    page[at + 6] = args === null ? -1 : this.args.push(args) - 1;
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

  putFrame(frame: Frame): void {
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
      args: isHop ? this.hopArgs(id, at, node, dev, page, row) : number < 0 ? null : (this.args[number] as TraceArgs),
    };
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

  /** A trace of its own that holds the first events of this one; a branch begins so. Full pages are shared. */
  branch(events: number, records: number, frames: number): Trace {
    const copy = new Trace(this.level, this.cabling);
    copy.pages = this.pages.slice(0, Math.ceil(records / PAGE));
    ownLast(copy.pages);
    copy.page = copy.pages[copy.pages.length - 1] ?? copy.page;
    // numbers of kinds and args are given as they come up: those of the future are only never named
    copy.kinds = this.kinds;
    copy.args = this.args.slice();
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
