/**
 * Keys of the presenter, heard before all others: what clickers send, and a few letters.
 * Comes from: the keyboard.  Goes to: presenter.tsx.
 */
export type PresenterKey =
  | 'next'
  | 'back'
  | 'play'
  | 'blank'
  | 'leave'
  | 'fit'
  | 'follow'
  | 'tour'
  | 'trail'
  | 'start'
  | 'end'
  | 'all'
  | 'l2'
  | 'l3'
  | 'l4';

const KEYS: Readonly<Record<string, PresenterKey>> = {
  PageDown: 'next',
  ArrowRight: 'next',
  ArrowDown: 'next',
  Enter: 'next',
  PageUp: 'back',
  ArrowLeft: 'back',
  ArrowUp: 'back',
  ' ': 'play',
  b: 'blank',
  B: 'blank',
  '.': 'blank',
  Escape: 'leave',
  f: 'fit',
  c: 'follow',
  m: 'tour',
  t: 'trail',
  Home: 'start',
  End: 'end',
  '0': 'all',
  '2': 'l2',
  '3': 'l3',
  '4': 'l4',
};

/** On a button these press it. */
const PRESS = new Set(['Enter', ' ']);

/** What a key asks for, or null. */
export function presenterKey(key: string, onButton: boolean): PresenterKey | null {
  return onButton && PRESS.has(key) ? null : (KEYS[key] ?? null);
}

/** @returns how to stop listening */
export function listenToPresenter(act: (key: PresenterKey) => void, isBlank: () => boolean, wake: () => void): () => void {
  const press = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    // Whatever is pressed on a blank screen brings the picture back and does nothing else.
    if (isBlank()) {
      wake();
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    const onButton = event.target instanceof Element && event.target.closest('button') !== null;
    const key = presenterKey(event.key, onButton);
    if (key === null) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    act(key);
  };
  document.addEventListener('keydown', press, true);
  return () => document.removeEventListener('keydown', press, true);
}
