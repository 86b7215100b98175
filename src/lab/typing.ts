/**
 * What a terminal shows at a moment, and whether it waits for a command to end.
 * Comes from: terminal-index.ts.  Goes to: panels/terminal.
 */
import type { NodeId, TraceId } from '../engine/index.ts';
import { SETUP_TTY } from '../sim/index.ts';
import type { Branch } from './branch.ts';
import { lowerBound } from './step-index.ts';
import { POWER_OFF, TTY_DONE, TTY_MORE, TTY_OUTPUT, TTY_START, TTY_TYPED } from './terminal-index.ts';

/** A piece of a terminal's text: commands, lines for the program that reads, what is printed, where a command ends. */
export interface Piece {
  readonly record: TraceId;
  readonly kind: 'typed' | 'input' | 'printed' | 'ended';
  readonly text: string;
  readonly tty: string;
}

/** Everything typed and printed at a node's terminals before a record, in order. */
export function transcript(branch: Branch, node: NodeId, end: number): Piece[] {
  const { trace } = branch.run;
  const ids = branch.terminals.namesOf(node).flatMap((tty) => {
    const records = branch.terminals.records(node, tty);
    return records.slice(0, lowerBound(records, end));
  });
  const pieces: Piece[] = [];
  for (const id of [...new Set(ids)].toSorted((a, b) => a - b)) {
    const { stage, reason, args } = trace.get(id as TraceId);
    const tty = String(args?.['tty'] ?? '');
    if (stage === TTY_START) pieces.push({ record: id as TraceId, kind: 'typed', text: String(args?.['line'] ?? ''), tty });
    else if (stage === TTY_TYPED) pieces.push({ record: id as TraceId, kind: 'input', text: `${String(args?.['line'] ?? '')}\n`, tty });
    else if (stage === TTY_OUTPUT) pieces.push({ record: id as TraceId, kind: 'printed', text: String(args?.['text'] ?? ''), tty });
    else if (stage === TTY_DONE || reason === POWER_OFF) pieces.push({ record: id as TraceId, kind: 'ended', text: '', tty });
  }
  return pieces;
}

/** Whether a command runs in the foreground of a terminal before a record. */
export function isBusy(branch: Branch, node: NodeId, tty: string, end: number): boolean {
  const records = branch.terminals.records(node, tty);
  for (let i = lowerBound(records, end) - 1; i >= 0; i--) {
    const { stage, reason } = branch.run.trace.get(records[i] as TraceId);
    if (stage === TTY_DONE || reason === POWER_OFF) return false;
    if (stage === TTY_START) return true;
    if (stage === TTY_MORE) return false;
  }
  return false;
}

/** A terminal of a node at which nothing runs: where the page types by itself. */
export function idleTerminal(branch: Branch, node: NodeId, end: number): string {
  for (let number = 1; ; number++) {
    const tty = `tty${number}`;
    if (tty !== SETUP_TTY && !isBusy(branch, node, tty, end)) return tty;
  }
}
