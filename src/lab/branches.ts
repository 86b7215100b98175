/**
 * Puts a future into the list of branches.
 * Comes from: actions.ts, what-if.ts, cures.ts, history.ts.
 */
import type { Nanos } from '../engine/index.ts';
import type { Run } from '../sim/index.ts';
import { createBranch, type Both, type Branch } from './branch.ts';
import { history } from './deeds.ts';
import { lab } from './store.ts';

/** A number that no branch has had: not one that is there, nor one that undo can bring back. */
export function freeId(): number {
  let last = 0;
  for (const { id } of lab.getState().branches) last = Math.max(last, id);
  for (const { standing, branches } of history.getState().entries) {
    last = Math.max(last, standing?.branch.id ?? 0);
    for (const { id } of branches ?? []) last = Math.max(last, id);
  }
  return last + 1;
}

/** A branch that leaves `parent` with a run of its own. */
export function addBranch(parent: Branch, run: Run, began: Nanos, label: Both): Branch {
  const branch = createBranch(freeId(), label, parent.id, began, run, parent);
  lab.setState({ branches: [...lab.getState().branches, branch] });
  return branch;
}
