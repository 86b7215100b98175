/**
 * What two runs of one world have in common, and what was done in only one of them.
 * Comes from: two runs' journals.  Goes to: divergence.ts, tally.ts.
 *
 * A run is its input and its journal: two runs are the same up to the first entry in which the journals
 * differ, and nothing of their traces has to be looked at to know it.
 */
import type { JournalEntry, NodeId, TraceRecord } from '../../engine/index.ts';
import { BOOT_TTY, type What } from '../../world/index.ts';
import type { Run } from '../run.ts';
import { isDoing } from '../story.ts';

/** What was done in one of the runs only. */
export interface Change {
  readonly entry: JournalEntry<What>;
}

export interface Past {
  /** events that both have lived through */
  readonly events: number;
  /** done in the first run only, and in the second only: the change itself */
  readonly onlyA: readonly Change[];
  readonly onlyB: readonly Change[];
}

/** @throws when the runs are not runs of one world */
export function pastOf(a: Run, b: Run): Past {
  if (a.input.world !== b.input.world && JSON.stringify(a.input.world) !== JSON.stringify(b.input.world)) {
    throw new RangeError('these are runs of two different labs');
  }
  const ja = a.journal;
  const jb = b.journal;
  let same = 0;
  while (same < ja.length && same < jb.length && equal(ja[same], jb[same])) same++;
  const from = Math.min(ja[same]?.after ?? Infinity, jb[same]?.after ?? Infinity);
  const restA = ja.slice(same);
  const restB = jb.slice(same);
  return {
    events: Math.min(from, a.head, b.head),
    onlyA: without(restA, restB),
    onlyB: without(restB, restA),
  };
}

function equal(a: JournalEntry<What> | undefined, b: JournalEntry<What> | undefined): boolean {
  if (a === b) return true;
  return a !== undefined && b !== undefined && a.after === b.after && doing(a) === doing(b);
}

/** What is done, when and where, however many events came before it. */
function doing({ at, node, what }: JournalEntry<What>): string {
  return what.kind === 'stimulus' ? `${at} ${node} ${JSON.stringify(what.stimulus)}` : `${at} ${node} ${what.kind}`;
}

/** The entries of `from` that `others` does not have too. */
function without(from: readonly JournalEntry<What>[], others: readonly JournalEntry<What>[]): Change[] {
  const left = new Map<string, number>();
  for (const entry of others) left.set(doing(entry), (left.get(doing(entry)) ?? 0) + 1);
  return from.flatMap((entry) => {
    const count = left.get(doing(entry)) ?? 0;
    if (count === 0) return [{ entry }];
    left.set(doing(entry), count - 1);
    return [];
  });
}

/** Up to when it is known what happens in a run. */
export function ranTo(run: Run): number {
  switch (run.end) {
    case 'quiet':
      return Infinity;
    case 'until':
      return run.endsAt;
    default:
      return run.head === 0 ? 0 : run.trace.timeOf(run.head - 1) - 1;
  }
}

/**
 * Tells the records of the change itself from those of its consequences: what was typed, printed and set
 * by it is the change; a frame that leaves because of it is not.
 */
export class TypedRecords {
  private readonly waiting: {
    readonly node: NodeId;
    readonly at: number;
    readonly tty: string;
    readonly lines: Set<string>;
  }[] = [];
  /** when a hand was at a cable, a frame, a power switch or a timer */
  private readonly handled: number[] = [];
  private readonly booted = new Set<NodeId>();
  private readonly open = new Set<string>();
  private event = -1;

  constructor(changes: readonly Change[]) {
    for (const { entry } of changes) {
      if (entry.what.kind !== 'stimulus') continue;
      const { stimulus } = entry.what;
      if (stimulus.kind === 'exec') {
        const lines = new Set([stimulus.text, ...stimulus.text.split('\n')].map((line) => line.trim()));
        this.waiting.push({ node: entry.node, at: entry.at, tty: stimulus.tty, lines });
      } else if (stimulus.kind !== 'signal' && stimulus.kind !== 'eof') {
        this.handled.push(entry.at);
        if (stimulus.kind === 'power') this.booted.add(entry.node);
      }
    }
  }

  /** Records must be given in their order. */
  has(record: TraceRecord): boolean {
    if (this.waiting.length === 0 && this.handled.length === 0) return false;
    const { stage, node, args, event, at, frame } = record;
    const key = `${node} ${String(args?.['tty'] ?? '')}`;
    if (stage === 'sh:start') {
      const line = String(args?.['line'] ?? '').trim();
      if (this.waiting.some((w) => w.node === node && w.tty === args?.['tty'] && at >= w.at && w.lines.has(line))) {
        this.open.add(key);
        this.event = event;
        return true;
      }
    }
    if (stage !== 'sh:start' && isDoing(record) && this.handled.includes(at)) {
      this.event = event;
      return true;
    }
    if (args?.['tty'] === BOOT_TTY && this.booted.has(node)) return true;
    if ((stage === 'tty' || stage === 'sh:more' || stage === 'sh:done') && this.open.has(key)) {
      if (stage === 'sh:done') this.open.delete(key);
      return true;
    }
    return event === this.event && frame < 0 && record.verdict === 'state';
  }
}
