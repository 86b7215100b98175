/**
 * One case from its texts to a verdict.
 * Comes from: the command line and tests, which read the files.  Goes to: reports.
 */
import type { Case, Truth } from './case.ts';
import { compareCase, type Difference } from './compare.ts';
import { KNOWN_DIFFERENCES } from './known-differences.ts';
import { playCase, type PlayedInLab } from './play.ts';

export interface CaseReport {
  readonly name: string;
  readonly passed: boolean;
  readonly differences: readonly Difference[];
  /** why it is known to differ, or null */
  readonly known: string | null;
  /** what went wrong in the lab itself: an exception, a step that did not end, a failing setup command */
  readonly notes: readonly string[];
  readonly events: number;
}

/**
 * A timer of a second fires up to 32 ms late and one of five seconds up to 256 ms late, as the slots of the
 * kernel's wheel lie (kernel/time/timer.c), and how long a neighbour counts as reachable is drawn between 15
 * and 45 seconds. What they were when a case was recorded is not known, so a case agrees if it does so with
 * the wheel in any of these places, in milliseconds, each with numbers of its own.
 */
const PHASES = [0, 73, 146, 219] as const;

export function runCase(item: Case, truth: Truth): CaseReport {
  const known = KNOWN_DIFFERENCES[item.name] ?? null;
  let played: PlayedInLab;
  let differences: Difference[];
  try {
    played = playCase(item, PHASES[0]);
    differences = compareCase(item, truth, played);
    for (let round = 1; round < PHASES.length && differences.length > 0; round++) {
      const other = playCase(item, PHASES[round], 1 + round);
      const found = compareCase(item, truth, other);
      if (found.length < differences.length) [played, differences] = [other, found];
    }
  } catch (error) {
    const message = error instanceof Error ? `${error.message}\n${stackOf(error)}` : String(error);
    const difference: Difference = {
      where: 'the whole case',
      expected: 'a run',
      got: `an error of the lab: ${message}`,
      what: 'the lab failed',
    };
    return { name: item.name, passed: false, differences: [difference], known, notes: [], events: 0 };
  }
  return {
    name: item.name,
    passed: differences.length === 0,
    differences,
    known,
    notes: [...setupNotes(truth, played), ...played.trouble],
    events: played.events,
  };
}

/** The nearest places of an error, without the paths of the machine. */
function stackOf(error: Error): string {
  return (error.stack ?? '')
    .split('\n')
    .filter((line) => line.trim().startsWith('at '))
    .slice(0, 4)
    .map((line) => line.replace(/\(.*\/(?=[\w.-]+\/[\w.-]+:\d+)/, '('))
    .join('\n');
}

/** Setup commands that failed here and not on Linux. */
function setupNotes(truth: Truth, played: PlayedInLab): string[] {
  return played.setup
    .filter(
      ({ at, run, rc }) =>
        rc !== 0 && !(truth.setup_output ?? []).some((known) => known.at === at && known.rc !== 0 && known.run.includes(run)),
    )
    .map(({ at, run, rc, out }) => `setup at ${at} failed (exit code ${rc}): ${run}: ${out.trim()}`);
}

/** A report for people. */
export function reportText(report: CaseReport, verbose: boolean): string {
  const lines = [`${report.passed ? 'ok  ' : 'FAIL'} ${report.name}`];
  if (report.known !== null)
    lines.push(
      report.passed ? `     passes, but is listed as a known difference: ${report.known}` : `     known difference: ${report.known}`,
    );
  if (!report.passed || verbose) for (const note of report.notes) lines.push(`     note: ${note}`);
  for (const { where, what, expected, got } of verbose ? report.differences : report.differences.slice(0, 1)) {
    lines.push(`     ${where}: ${what}`, `       Linux: ${expected}`, `       lab:   ${got}`);
  }
  const more = report.differences.length - 1;
  if (!verbose && more > 0) lines.push(`     and ${more} more ${more === 1 ? 'difference' : 'differences'}`);
  return lines.join('\n');
}
