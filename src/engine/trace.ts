/**
 * The trace: everything that happened, in order, with place, verdict, reason and cause.
 * Comes from: every room, through the step's context.  Goes to: the event list, the canvas,
 *   captions, golden traces, goal checks.
 *
 * Records are kept in typed columns, because a record as an object costs several times the memory
 * and time. Frames are kept beside them by their number. The trace is no part of the state: a run
 * that is replayed from a checkpoint writes the same records again, and those are not stored twice.
 */
import type { Layers } from '../wire/index.ts';
import type { FrameId, NodeId, TraceId } from './ids.ts';
import type { Nanos } from './time.ts';

/** What travels on a cable. Immutable: who changes a header makes a new frame. */
export interface Frame {
  readonly id: FrameId;
  /** the frame this one was made from by forwarding, rewriting, wrapping or answering an error */
  readonly bornFrom: FrameId;
  readonly layers: Layers;
}

/**
 * - pass: goes on unchanged          - mangle: goes on with a changed header (frameOut holds it)
 * - queue: waits                     - steal: leaves the usual path, a hook goes on with it
 * - deliver: reached its end         - drop: ends undelivered
 * - state: no packet decision, but a table, a process or a link changed
 */
export type Verdict = 'pass' | 'mangle' | 'queue' | 'steal' | 'deliver' | 'drop' | 'state';
export const VERDICTS = ['pass', 'mangle', 'queue', 'steal', 'deliver', 'drop', 'state'] as const satisfies readonly Verdict[];

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

const PAGE = 4096;

interface Page {
  at: Float64Array;
  event: Int32Array;
  node: Int16Array;
  dev: Int16Array;
  frame: Int32Array;
  frameOut: Int32Array;
  stage: Int16Array;
  verdict: Uint8Array;
  reason: Int16Array;
  cause: Int32Array;
}

function newPage(): Page {
  return {
    at: new Float64Array(PAGE),
    event: new Int32Array(PAGE),
    node: new Int16Array(PAGE),
    dev: new Int16Array(PAGE),
    frame: new Int32Array(PAGE),
    frameOut: new Int32Array(PAGE),
    stage: new Int16Array(PAGE),
    verdict: new Uint8Array(PAGE),
    reason: new Int16Array(PAGE),
    cause: new Int32Array(PAGE),
  };
}

/** Words that recur in records, by number. */
class Words {
  private readonly byWord = new Map<string, number>();
  private readonly words: string[] = [];

  numberOf(word: string): number {
    const known = this.byWord.get(word);
    if (known !== undefined) return known;
    this.byWord.set(word, this.words.length);
    this.words.push(word);
    return this.words.length - 1;
  }

  wordOf(number: number): string {
    return this.words[number] as string;
  }
}

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

export class Trace implements TraceReader {
  private pages: Page[] = [];
  private args = new Map<number, TraceArgs>();
  private readonly stages = new Words();
  private readonly reasons = new Words();
  private frames: Frame[] = [];
  private eventFirst: number[] = [];
  private eventAt: number[] = [];
  private eventNode: number[] = [];
  private stored = 0;

  get length(): number {
    return this.stored;
  }

  get eventCount(): number {
    return this.eventFirst.length;
  }

  get frameCount(): number {
    return this.frames.length;
  }

  /** Notes that an event begins. Called by the engine only. */
  beginEvent(event: number, at: Nanos, node: NodeId, nextId: number): void {
    if (event < this.eventFirst.length) return;
    this.eventFirst.push(nextId);
    this.eventAt.push(at);
    this.eventNode.push(node);
  }

  /** Stores a record under its id unless a replay writes it again. Called by the engine only. */
  put(
    id: TraceId,
    at: Nanos,
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
    const slot = id % PAGE;
    if (slot === 0) this.pages.push(newPage());
    const page = this.pages[this.pages.length - 1] as Page;
    page.at[slot] = at;
    page.event[slot] = event;
    page.node[slot] = node;
    page.dev[slot] = dev;
    page.frame[slot] = frame;
    page.frameOut[slot] = frameOut;
    page.stage[slot] = this.stages.numberOf(stage);
    page.verdict[slot] = VERDICTS.indexOf(verdict);
    page.reason[slot] = this.reasons.numberOf(reason);
    page.cause[slot] = cause;
    if (args !== null) this.args.set(id, args);
    this.stored = id + 1;
  }

  putFrame(frame: Frame): void {
    if (frame.id === this.frames.length) this.frames.push(frame);
  }

  get(id: TraceId): TraceRecord {
    if (id < 0 || id >= this.stored) throw new RangeError(`no trace record ${id}: there are ${this.stored}`);
    const page = this.pages[Math.floor(id / PAGE)] as Page;
    const slot = id % PAGE;
    return {
      id,
      at: page.at[slot] as Nanos,
      event: page.event[slot] as number,
      node: page.node[slot] as NodeId,
      dev: page.dev[slot] as number,
      frame: page.frame[slot] as FrameId,
      frameOut: page.frameOut[slot] as FrameId,
      stage: this.stages.wordOf(page.stage[slot] as number),
      verdict: VERDICTS[page.verdict[slot] as number] as Verdict,
      reason: this.reasons.wordOf(page.reason[slot] as number),
      cause: page.cause[slot] as TraceId,
      args: this.args.get(id) ?? null,
    };
  }

  frame(id: FrameId): Frame {
    const frame = this.frames[id];
    if (frame === undefined) throw new RangeError(`no frame ${id}: there are ${this.frames.length}`);
    return frame;
  }

  firstOf(event: number): TraceId {
    return (event < this.eventFirst.length ? this.eventFirst[event] : this.stored) as TraceId;
  }

  timeOf(event: number): Nanos {
    return this.eventAt[event] as Nanos;
  }

  nodeOf(event: number): NodeId {
    return this.eventNode[event] as NodeId;
  }

  /** A trace of its own that holds the first events of this one; a branch begins so. */
  branch(events: number, records: number, frames: number): Trace {
    const copy = new Trace();
    for (let id = 0; id < records; id++) {
      const r = this.get(id as TraceId);
      copy.put(r.id, r.at, r.event, r.node, r.dev, r.frame, r.frameOut, r.stage, r.verdict, r.reason, r.cause, r.args);
    }
    copy.frames = this.frames.slice(0, frames);
    copy.eventFirst = this.eventFirst.slice(0, events);
    copy.eventAt = this.eventAt.slice(0, events);
    copy.eventNode = this.eventNode.slice(0, events);
    return copy;
  }
}
