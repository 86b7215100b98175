/**
 * A mistake of ours, with everything needed to see it again.
 * Goes to: the notice with its copy button.
 */
import type { JournalEntry } from '../engine/index.ts';
import type { What } from '../world/index.ts';
import type { Lab } from './open.ts';
import { lab, type Crash } from './store.ts';

export function crashReport(error: unknown, open: Lab, journal: readonly JournalEntry<What>[]): Crash {
  const message = error instanceof Error ? error.message : String(error);
  const report = {
    message,
    stack: error instanceof Error ? (error.stack ?? '') : '',
    seed: open.input.world.seed,
    // Frames in a journal carry bytes; what people do never does.
    journal: journal.filter((entry) => entry.what.kind === 'stimulus'),
    scenario: open.text,
  };
  return { message, report: JSON.stringify(report, null, 2) };
}

/** Takes a mistake that was made outside of a run, while something was shown. Only the first is kept. */
export function noteCrash(error: unknown): void {
  const { lab: open, branch, crash } = lab.getState();
  if (crash !== null || open === null) return;
  lab.setState({ crash: crashReport(error, open, branch?.run.journal ?? []) });
}
