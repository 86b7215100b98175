/**
 * Futures on the way to their end that were left for something else: they go on when they are shown again, also after
 * a reload.
 * Comes from: actions.ts.  Goes to: the same, saved-branch.ts.
 */
import type { Branch } from './branch.ts';

const unfinished = new WeakSet<Branch>();

export function isUnfinished(branch: Branch): boolean {
  return unfinished.has(branch);
}

export function setUnfinished(branch: Branch, on: boolean): void {
  if (on) unfinished.add(branch);
  else unfinished.delete(branch);
}
