/**
 * The page's keys while two futures are shown: the same keys step both.
 * Comes from: the keyboard, before the single map's keys hear it.
 */
import { lab } from '../../lab/index.ts';
import { pairJump } from '../../playback/index.ts';
import { whatIf } from '../../lab/index.ts';

export interface PairKeys {
  /** `other`: by the other measure, as Shift asks for */
  step(forward: boolean, other: boolean): void;
  toggle(): void;
  close(): void;
}

const TAKES_TEXT = 'input:not([type="range"]), textarea, select, [contenteditable], [role="dialog"], [role="radiogroup"]';

/** @returns how to stop listening */
export function listenToPairKeys(keys: PairKeys): () => void {
  const press = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target instanceof Element && event.target.closest(TAKES_TEXT) !== null) return;
    if (act(event, keys)) event.preventDefault();
  };
  document.addEventListener('keydown', press, true);
  return () => document.removeEventListener('keydown', press, true);
}

const STEPS: readonly string[] = ['ArrowRight', 'ArrowLeft', 'Home', 'End'];

/** The two are being worked out: there is nothing to step yet, and the single map behind stays where it is. */
function waiting({ key }: KeyboardEvent, keys: PairKeys): boolean {
  if (key === 'Escape') keys.close();
  return key === 'Escape' || STEPS.includes(key);
}

function act(event: KeyboardEvent, keys: PairKeys): boolean {
  const { pair, phase } = whatIf.getState();
  // The single map is back as soon as it was asked for.
  if (phase === 'closing') return false;
  if (pair === null) return waiting(event, keys);
  switch (event.key) {
    case 'ArrowRight':
    case 'ArrowLeft':
      keys.step(event.key === 'ArrowRight', event.shiftKey);
      return true;
    case 'Home':
      pairJump(0);
      return true;
    case 'End':
      pairJump(pair.axis.width);
      return true;
    case ' ':
      if (event.target instanceof Element && event.target.closest('button, summary, [role="button"]') !== null) return false;
      keys.toggle();
      return true;
    case 'Escape':
      if (lab.getState().selection !== null) return false;
      keys.close();
      return true;
    default:
      return false;
  }
}
