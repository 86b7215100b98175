/**
 * Which lines of a text are new or changed against another.
 * Goes to: the pane that shows the lab's file.
 */

import { oneBreak } from './line-ends.ts';

/** Middles larger than this are not compared line by line. */
const CELLS_MAX = 1_000_000;

/** Lines of `after`, from 1, that are not in `before`, however they end; and those in front of which something was taken out. */
export function changedLines(
  before: string,
  after: string,
): { readonly changed: ReadonlySet<number>; readonly removedBefore: ReadonlySet<number> } {
  const old = oneBreak(before).split('\n');
  const now = oneBreak(after).split('\n');
  let head = 0;
  while (head < old.length && head < now.length && old[head] === now[head]) head++;
  let tail = 0;
  while (tail < old.length - head && tail < now.length - head && old[old.length - 1 - tail] === now[now.length - 1 - tail]) tail++;
  const changed = new Set<number>();
  const removedBefore = new Set<number>();
  const rows = old.length - head - tail;
  const columns = now.length - head - tail;
  if (rows * columns > CELLS_MAX) {
    for (let j = 0; j < columns; j++) changed.add(head + j + 1);
    return { changed, removedBefore };
  }
  const longest = common(old, now, head, rows, columns);
  const width = columns + 1;
  let gone = 0;
  for (let i = 0, j = 0; i < rows || j < columns;) {
    if (i < rows && j < columns && old[head + i] === now[head + j]) {
      if (gone > 0) removedBefore.add(head + j + 1);
      gone = 0;
      i++;
      j++;
    } else if (j < columns && (i >= rows || (longest[i * width + j + 1] as number) > (longest[(i + 1) * width + j] as number))) {
      changed.add(head + ++j);
      // What replaces a line says itself that the line is gone.
      if (gone > 0) gone--;
    } else {
      gone++;
      i++;
    }
  }
  if (gone > 0) removedBefore.add(head + columns + 1);
  return { changed, removedBefore };
}

/** Length of the longest common part of what follows each pair of lines. */
function common(old: readonly string[], now: readonly string[], head: number, rows: number, columns: number): Uint32Array {
  const width = columns + 1;
  const longest = new Uint32Array((rows + 1) * width);
  for (let i = rows - 1; i >= 0; i--) {
    for (let j = columns - 1; j >= 0; j--) {
      const below = longest[(i + 1) * width + j] as number;
      const beside = longest[i * width + j + 1] as number;
      longest[i * width + j] = old[head + i] === now[head + j] ? (longest[(i + 1) * width + j + 1] as number) + 1 : Math.max(below, beside);
    }
  }
  return longest;
}
