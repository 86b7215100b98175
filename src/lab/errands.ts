/**
 * Sends runs on errands to a thread of their own, and takes in what comes back.
 * Comes from: grow.ts.  Goes to: errand-worker.ts.
 *
 * The thread gets the state at the end of a run and gives back stretches of trace with checkpoints; all that
 * has come back can be looked at and wound back to here, without asking the thread again.
 */
import type { Errand, Run, RunStretch } from '../sim/index.ts';

/** What comes back from the thread. */
export interface ErrandAnswer {
  readonly number: number;
  readonly stretch: RunStretch | null;
  /** the errand is done, or has failed */
  readonly last: boolean;
  readonly error: { readonly message: string; readonly stack: string } | null;
}

/** Threads at most: two futures beside each other grow at the same time. */
const WORKERS_MAX = 2;

/** Where there are none (tests without a browser, or a page that may not start any), the run goes on where it is. */
let possible = typeof Worker === 'function';
const idle: Worker[] = [];
let made = 0;
let numbers = 0;

function newWorker(): Worker | null {
  if (!possible || made >= WORKERS_MAX) return null;
  try {
    const worker = new Worker(new URL('./errand-worker.ts', import.meta.url), { type: 'module' });
    made++;
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
  private readonly worker: Worker;
  private readonly number = numbers++;
  private readonly inbox: ErrandAnswer[] = [];
  private over = false;
  private broken = false;

  private constructor(worker: Worker, errand: Errand, limit: number) {
    this.worker = worker;
    worker.onmessage = ({ data }: MessageEvent<ErrandAnswer>) => {
      if (data.number === this.number) this.inbox.push(data);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      this.broken = true;
      this.inbox.push({ number: this.number, stretch: null, last: true, error: { message: event.message, stack: '' } });
    };
    worker.postMessage({ number: this.number, errand, limit });
  }

  /** Whether there are threads to be had at all. */
  static isPossible(): boolean {
    return possible;
  }

  /** @returns null if no thread is free just now */
  static send(run: Run, limit: number): Away | null {
    const worker = idle.pop() ?? newWorker();
    return worker === null ? null : new Away(worker, run.errand(), limit);
  }

  /**
   * Takes in the next stretch that has come back, if there is one.
   * @returns 'waiting' if none is there, 'more' after one, 'done' after the last
   */
  absorbInto(run: Run): 'waiting' | 'more' | 'done' {
    const answer = this.inbox.shift();
    if (answer === undefined) return 'waiting';
    if (answer.last) this.end();
    if (answer.error !== null) throw Object.assign(new Error(answer.error.message), { stack: answer.error.stack });
    if (answer.stretch !== null) run.absorb(answer.stretch);
    return answer.last ? 'done' : 'more';
  }

  /** Gives up what has not come back yet. */
  end(): void {
    if (this.over) return;
    this.over = true;
    this.worker.onmessage = null;
    if (this.broken) {
      this.worker.terminate();
      made--;
      return;
    }
    this.worker.postMessage({ number: -1, errand: null, limit: 0 });
    idle.push(this.worker);
  }
}
