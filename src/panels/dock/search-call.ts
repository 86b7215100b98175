/**
 * The key that asks for the search of the event list: the field may stand behind another tab, or not be drawn yet.
 * Comes from: app/keyboard.ts.  Goes to: dock.tsx, event-filter.tsx.
 */
import { createStore } from 'zustand/vanilla';

/** Where nothing answers for so long, as in the presenter's view, there is no such field. */
const WAITS_MS = 3000;

export const searchCall = createStore<{ readonly open: boolean }>(() => ({ open: false }));

let forgetting = 0;

/** Whoever presses something else meanwhile does not want to write there any more. */
function elsewhere(event: Event): void {
  if (event.type === 'pointerdown' || ['Escape', 'Tab'].includes((event as KeyboardEvent).key)) answered();
}

/** Puts the cursor into the search field of the list, when it is there. */
export function focusFilter(): void {
  clearTimeout(forgetting);
  forgetting = window.setTimeout(answered, WAITS_MS);
  document.addEventListener('pointerdown', elsewhere, true);
  document.addEventListener('keydown', elsewhere, true);
  searchCall.setState({ open: true });
}

export function answered(): void {
  clearTimeout(forgetting);
  document.removeEventListener('pointerdown', elsewhere, true);
  document.removeEventListener('keydown', elsewhere, true);
  searchCall.setState({ open: false });
}
