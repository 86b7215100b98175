/** Counts what copying for checkpoints costs. Goes to: engine.ts, which spaces checkpoints by it. */

/** What words of a page count for, in values of records: those take six times the memory. */
export function valuesOf(words: number): number {
  return Math.ceil(words / 6);
}

/** Values copied since the program began. */
let work = 0;

/** A running count of values copied; the difference of two is the size of what was copied between. */
export function copyWork(): number {
  return work;
}

export function countCopied(values: number): void {
  work += values;
}
