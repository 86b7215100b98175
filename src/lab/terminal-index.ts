/**
 * What was typed and printed at each terminal, as numbers of records, so that a terminal can show
 * its lines up to any moment.
 * Comes from: a trace.  Goes to: panels/terminals.
 */
import type { NodeId, TraceId, TraceReader } from '../engine/index.ts';
import { lowerBound } from './step-index.ts';

export const TTY_OUTPUT = 'tty';
/** A typed line came to its end. */
export const TTY_DONE = 'sh:done';
/** A typed line begins to run. */
export const TTY_START = 'sh:start';
/** A typed line is no whole command yet. */
export const TTY_MORE = 'sh:more';
/** A line was typed for the program that reads there. */
export const TTY_TYPED = 'sh:typed';
/** The machine was switched off, and what ran at its terminals is gone. */
export const POWER_OFF = 'power.off';
const STAGES: ReadonlySet<string> = new Set([TTY_OUTPUT, TTY_DONE, TTY_START, TTY_MORE, TTY_TYPED]);

export class TerminalIndex {
  private readonly byTerminal = new Map<string, number[]>();
  private scanned = 0;

  extend(trace: TraceReader): void {
    for (; this.scanned < trace.length; this.scanned++) {
      const kind = trace.kindOf(this.scanned as TraceId);
      if (kind.reason !== POWER_OFF && !STAGES.has(kind.stage)) continue;
      const { node, args } = trace.get(this.scanned as TraceId);
      if (kind.reason === POWER_OFF) {
        for (const tty of this.namesOf(node)) this.byTerminal.get(keyOf(node, tty))?.push(this.scanned);
        continue;
      }
      const key = keyOf(node, String(args?.['tty'] ?? ''));
      const known = this.byTerminal.get(key);
      if (known === undefined) this.byTerminal.set(key, [this.scanned]);
      else known.push(this.scanned);
    }
  }

  /** The index of the first records alone, to be read on from in another trace that begins with them. */
  upTo(records: number): TerminalIndex {
    const past = new TerminalIndex();
    past.scanned = Math.min(this.scanned, records);
    for (const [key, numbers] of this.byTerminal) {
      const count = lowerBound(numbers, records);
      if (count > 0) past.byTerminal.set(key, numbers.slice(0, count));
    }
    return past;
  }

  /** Records of a terminal, in order. */
  records(node: NodeId, tty: string): readonly number[] {
    return this.byTerminal.get(keyOf(node, tty)) ?? [];
  }

  /** Names of a node's terminals at which something happened. */
  namesOf(node: NodeId): string[] {
    const prefix = `${node} `;
    return [...this.byTerminal.keys()].filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length));
  }
}

function keyOf(node: NodeId, tty: string): string {
  return `${node} ${tty}`;
}
