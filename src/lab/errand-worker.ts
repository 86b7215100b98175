/**
 * The thread in which runs go on. One errand at a time; a new one replaces the one under way.
 * Comes from: errands.ts.  Goes to: sim/, and back in stretches.
 */
import { Run, type Errand, type RunStretch } from '../sim/index.ts';
import { takeApart } from './errand-pieces.ts';
import type { ErrandAnswer, ErrandMessage } from './errands.ts';

/** How long one stretch is worked at: often enough for progress to be seen, seldom enough for its checkpoint to cost little. */
const STRETCH_MS = 40;
/** A stretch of more records than this would keep the page busy for too long when it is read. */
const STRETCH_RECORDS = 4_000;
/** Events between two looks at the clock. */
const CHUNK = 100;

let current = -1;
/** The errand whose nodes are still on their way. */
let coming: { readonly errand: Errand; readonly limit: number; readonly toCome: number; readonly nodes: Nodes } | null = null;

type Nodes = Errand['from']['state']['nodes'];

self.addEventListener('message', ({ data }: MessageEvent<ErrandMessage>) => {
  const { number, errand, limit, toCome = 0, nodes } = data;
  if (nodes !== undefined) {
    if (number === current) take(nodes);
    return;
  }
  current = number;
  coming = null;
  if (errand === null) return;
  if (toCome > 0) coming = { errand, limit, toCome, nodes: [] };
  else begin(errand, limit);
});

function take(nodes: Nodes): void {
  if (coming === null) return;
  const { errand, limit, toCome } = coming;
  coming.nodes.push(...nodes);
  if (coming.nodes.length < toCome) return;
  const { from } = errand;
  begin({ ...errand, from: { ...from, state: { ...from.state, nodes: coming.nodes } } }, limit);
  coming = null;
}

function begin(errand: Errand, limit: number): void {
  let run: Run | null = null;
  goOn(current, () => (run ??= Run.onErrand(errand)), limit);
}

const answer = (said: ErrandAnswer, buffers: ArrayBufferLike[] = []): void =>
  self.postMessage(said, { transfer: buffers as ArrayBuffer[] });

// The first word: the program is here.
answer({ number: -1, stretch: null, last: false, error: null });

/** @param runOf makes the run when it is first asked for */
function goOn(number: number, runOf: () => Run, limit: number): void {
  if (number !== current) return;
  try {
    const run = runOf();
    const begin = performance.now();
    const records = run.trace.length + STRETCH_RECORDS;
    let more = true;
    while (more && run.head < limit && run.trace.length < records && performance.now() - begin < STRETCH_MS)
      more = run.advance(Math.min(CHUNK, limit - run.head));
    const last = !more || run.head >= limit;
    const stretch = run.take(last);
    const { pieces, rest } = takeApart(stretch);
    for (const piece of pieces) answer({ number, stretch: null, piece, last: false, error: null });
    answer({ number, stretch: rest, last, error: null }, buffersOf(rest));
    // Messages get their turn in between: another errand may replace this one.
    if (!last) setTimeout(() => goOn(number, runOf, limit), 0);
  } catch (error) {
    answer({
      number,
      stretch: null,
      last: true,
      error: error instanceof Error ? { message: error.message, stack: error.stack ?? '' } : { message: String(error), stack: '' },
    });
  }
}

/** What is handed over instead of copied: nothing of it is kept here. */
function buffersOf({ trace: { rows, eventAt, eventNode, args, frames } }: RunStretch): ArrayBufferLike[] {
  return [rows, eventAt, eventNode, frames.places, ...frames.pages, ...args.pages].map((array) => array.buffer);
}
