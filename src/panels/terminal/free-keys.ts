/**
 * Whether a terminal that has just come may take the keyboard. Its code may have been long on the way: by then somebody
 * may be writing elsewhere, or go on along the tabs by the arrows.
 * Comes from: the tabs of the dock.  Goes to: terminal.tsx.
 */
let byArrows = false;

/** How the tab was chosen that is open now. */
export function tabChosen(how: 'by arrows' | 'by pointer'): void {
  byArrows = how === 'by arrows';
}

export function isFreeToTake(active: Pick<Element, 'closest' | 'matches'> | null, body: unknown): boolean {
  if (active === null || active === body) return true;
  if (active.closest('[role="tablist"]') !== null) return !byArrows;
  // What was pressed with the pointer shows no focus and takes no keys; a list from which it was chosen is about to go.
  return !active.matches(':focus-visible') || active.closest('[role="dialog"]') !== null;
}
