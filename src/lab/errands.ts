/**
 * Sends runs on errands to a thread of their own, and takes in what comes back.
 * Comes from: grow.ts.  Goes to: errand-worker.ts.
 *
 * The thread gets the state at the end of a run and gives back stretches of trace with checkpoints; all that
 * has come back can be looked at and wound back to here, without asking the thread again.
 */
import type { Errand, ErrandInPieces, Run, RunStretch } from '../sim/index.ts';
import { PIECE, putTogether, type StretchPiece } from './errand-pieces.ts';

/** What goes to the thread: an errand, then its nodes where they are many; an errand that is null ends the one under way. */
export interface ErrandMessage {
  readonly number: number;
  readonly errand: Errand | null;
  readonly limit: number;
  /** nodes that come in messages of their own; left out: none */
  readonly toCome?: number;
  /** some of those */
  readonly nodes?: Errand['from']['state']['nodes'];
}

/** What comes back from the thread. */
export interface ErrandAnswer {
  readonly number: number;
  readonly stretch: RunStretch | null;
  /** part of the next stretch, which is without it; left out: none */
  readonly piece?: StretchPiece;
  /** the errand is done, or has failed */
  readonly last: boolean;
  readonly error: { readonly message: string; readonly stack: string } | null;
}

/** Threads at most: two futures beside each other grow at the same time. */
const WORKERS_MAX = 2;
/** A thread that says nothing for so long is taken for lost: it gives a sign of life each 40 ms if the machine is free. */
const SILENT_MAX_MS = 10_000;

/** Where there are none (tests without a browser, or a page that may not start any), the run goes on where it is. */
let possible = typeof Worker === 'function';
/** Some thread has its program. Before that it is not waited for: the network may be slower than the run. */
let ready = false;
const idle: Worker[] = [];
let made = 0;
let numbers = 0;

function newWorker(): Worker | null {
  if (!possible || made >= WORKERS_MAX) return null;
  try {
    const worker = new Worker(new URL('./errand-worker.ts', import.meta.url), { type: 'module' });
    made++;
    // Its first word.
    worker.addEventListener('message', () => (ready = true), { once: true });
    return worker;
  } catch {
    possible = false;
    return null;
  }
}

/** Starts a thread before it is needed: it has a program to fetch first. */
export function warmUp(): void {
  if (made > 0) return;
  const worker = newWorker();
  if (worker !== null) idle.push(worker);
}

/** An errand under way. */
export class Away {
  /** Two who want the same run to go on must not both send it away: what comes back would be there twice. */
  private static readonly out = new Map<Run, Away>();

  private readonly worker: Worker;
  private readonly run: Run;
  private readonly number = numbers++;
  private readonly inbox: ErrandAnswer[] = [];
  private pieces: StretchPiece[] = [];
  /** what has not been sent yet */
  private unsent: ErrandInPieces | null = null;
  private sent = 0;
  private heardAt = performance.now();
  private over = false;
  private lost = false;

  private constructor(worker: Worker, run: Run, limit: number) {
    this.worker = worker;
    this.run = run;
    worker.onmessage = ({ data }: MessageEvent<ErrandAnswer>) => {
      this.heardAt = performance.now();
      if (data.number !== this.number) return;
      if (data.piece !== undefined) {
        this.pieces.push(data.piece);
        return;
      }
      this.inbox.push(data.stretch === null ? data : { ...data, stretch: putTogether(this.pieces, data.stretch) });
      this.pieces = [];
    };
    // Its program could not be fetched, its memory is exhausted: a mistake of the simulator comes as an answer.
    worker.onerror = (event) => {
      event.preventDefault();
      this.lost = true;
    };
    worker.onmessageerror = () => (this.lost = true);
    if (run.input.world.nodes.length > PIECE) {
      this.unsent = run.errandInPieces();
      this.tell({ number: this.number, errand: this.unsent.first, limit, toCome: this.unsent.count });
    } else this.tell({ number: this.number, errand: run.errand(), limit });
    Away.out.set(run, this);
  }

  private tell(message: ErrandMessage): void {
    this.worker.postMessage(message);
  }

  /** Sends the next nodes. */
  private sendOn({ count, some }: ErrandInPieces): void {
    const end = Math.min(count, this.sent + PIECE);
    this.tell({ number: this.number, errand: null, limit: 0, nodes: [...some(this.sent, end)] });
    this.sent = end;
    if (end === count) this.unsent = null;
    this.heardAt = performance.now();
  }

  /** Whether a run may be sent away and come back. */
  static isReady(): boolean {
    return possible && ready;
  }

  /** Whether a run is away: it must not go on here at the same time. */
  static has(run: Run): boolean {
    return Away.out.has(run);
  }

  /** Gives up what has not come back of a run, because something is about to be done at its end. */
  static recall(run: Run): void {
    Away.out.get(run)?.end();
  }

  /** @returns null if no thread is free just now */
  static send(run: Run, limit: number): Away | null {
    if (!Away.isReady() || Away.has(run)) return null;
    const worker = idle.pop() ?? newWorker();
    return worker === null ? null : new Away(worker, run, limit);
  }

  /**
   * Takes in the next stretch that has come back, if there is one.
   * @returns 'waiting' if none is there, 'more' after one, 'done' after the last; 'lost' if no more will come
   */
  absorb(): 'waiting' | 'more' | 'done' | 'lost' {
    if (this.over) return 'lost';
    if (this.unsent !== null && !this.lost) {
      this.sendOn(this.unsent);
      return 'waiting';
    }
    const answer = this.inbox.shift();
    if (answer === undefined) {
      if (performance.now() - this.heardAt > SILENT_MAX_MS) this.lost = true;
      if (this.lost) this.end();
      return this.lost ? 'lost' : 'waiting';
    }
    if (answer.last) this.end();
    if (answer.error !== null) throw Object.assign(new Error(answer.error.message), { stack: answer.error.stack });
    if (answer.stretch !== null) this.run.absorb(answer.stretch);
    return answer.last ? 'done' : 'more';
  }

  /** Gives up what has not come back yet. */
  end(): void {
    if (this.over) return;
    this.over = true;
    Away.out.delete(this.run);
    this.worker.onmessage = null;
    if (this.lost) {
      // Whatever it was would befall the next one too: from now on runs go on where they are.
      possible = false;
      this.worker.terminate();
      made--;
      return;
    }
    this.tell({ number: -1, errand: null, limit: 0 });
    idle.push(this.worker);
  }
}
