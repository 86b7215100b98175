/**
 * Keys that work everywhere on the page, unless something that takes text has them.
 * Goes to: playback/, the help, the search of the event list.
 */
import type { NodeId } from '../engine/index.ts';
import { choose, editKey, editor, lab, otherGrain, redo, select, settings, undo, whatIf } from '../lab/index.ts';
import { focusFilter, markMoment, nextBookmark } from '../panels/index.ts';
import { playback } from '../playback/index.ts';

export interface Keys {
  help(): void;
  fit(): void;
  present(): void;
}

/** The number of a layer shows it alone, 0 shows all. */
const LAYER_OF_KEY = { '0': 'all', '2': 'l2', '3': 'l3', '4': 'l4' } as const;

function takesText(target: EventTarget | null): boolean {
  return (
    target instanceof Element &&
    target.closest(
      'input, textarea, select, [contenteditable], .xterm, [role="dialog"], [role="radiogroup"], [role="tablist"], [role="separator"]',
    ) !== null
  );
}

/** @returns how to stop listening */
export function listenToKeys(keys: Keys): () => void {
  const press = (event: KeyboardEvent): void => {
    if (walks(event)) event.preventDefault();
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || takesText(event.target)) return;
    if (edits(event) || act(event, keys)) event.preventDefault();
  };
  document.addEventListener('keydown', press);
  return () => document.removeEventListener('keydown', press);
}

/** Ctrl-Z and Ctrl-Shift-Z walk the branches; where text is written they are the text's own. */
function walks(event: KeyboardEvent): boolean {
  const { ctrlKey, metaKey, altKey, shiftKey, key, defaultPrevented } = event;
  if (defaultPrevented || altKey || !(ctrlKey || metaKey) || takesText(event.target)) return false;
  const letter = key.toLowerCase();
  if (letter !== 'z' && letter !== 'y') return false;
  if (letter === 'y' || shiftKey) redo();
  else undo();
  return true;
}

/** Keys of the edit mode come first: Esc gives up a cable before it gives up the selection. */
function edits(event: KeyboardEvent): boolean {
  // On a button, space presses it.
  if (event.key === ' ' && event.target instanceof Element && event.target.closest('button, summary, [role="button"]') !== null)
    return false;
  // Nor is anything edited behind two futures that stand beside each other.
  if (whatIf.getState().phase === 'open' || whatIf.getState().phase === 'working') return false;
  if (event.key === 'e' && !editor.getState().on) playback.send({ type: 'PAUSE' });
  return editKey(event.key, nodeAt(event.target));
}

/** The node of the map whose button has the keyboard. */
function nodeAt(target: EventTarget | null): NodeId | null {
  const number = target instanceof HTMLElement ? target.dataset['node'] : undefined;
  return number === undefined ? null : (Number(number) as NodeId);
}

function act(event: KeyboardEvent, keys: Keys): boolean {
  const { grain } = lab.getState();
  const step = (forward: boolean): true => {
    playback.send({ type: 'STEP', forward, grain: event.shiftKey ? otherGrain(grain) : grain });
    return true;
  };
  switch (event.key) {
    case 'ArrowRight':
      return step(true);
    case 'ArrowLeft':
      return step(false);
    case 'Home':
      playback.send({ type: 'START' });
      return true;
    case 'End':
      playback.send({ type: 'FINISH' });
      return true;
    case ' ':
      // On a button, space presses it.
      if (event.target instanceof Element && event.target.closest('button, summary, [role="button"]') !== null) return false;
      playback.send({ type: 'TOGGLE' });
      return true;
    case '?':
      keys.help();
      return true;
    case '/':
      focusFilter();
      return true;
    case 'b':
      markMoment();
      return true;
    case 'n':
    case 'N':
      nextBookmark(!event.shiftKey);
      return true;
    case 't':
      choose({ trail: !settings.getState().trail });
      return true;
    case '0':
    case '2':
    case '3':
    case '4':
      choose({ layer: LAYER_OF_KEY[event.key] });
      return true;
    case 'p':
      keys.present();
      return true;
    case 'f':
      keys.fit();
      return true;
    case 'Escape':
      select(null);
      return true;
    default:
      return false;
  }
}

/** What keeps the arrows to itself once it has been pressed; a list that is open is not over yet. */
const CHOICE = '[role="tab"], input[type="radio"], input[type="range"]';

/**
 * A choice made with the pointer gives the keyboard back to the page: the next arrow steps, and does
 * not change the choice again. @returns how to stop
 */
export function returnFocusAfterPointer(): () => void {
  let byPointer = false;
  const pointer = (): void => {
    byPointer = true;
  };
  const key = (): void => {
    byPointer = false;
  };
  const change = (event: Event): void => {
    const { target } = event;
    const isChoice = target instanceof HTMLSelectElement || (target instanceof HTMLInputElement && target.type === 'radio');
    if (byPointer && isChoice) setTimeout(() => target.blur(), 0);
  };
  const release = (): void => {
    // At once: a key may come before a timer. What a press on a tab brings has to be drawn first.
    const { activeElement: pressed } = document;
    if (byPointer && pressed instanceof HTMLInputElement && pressed.type === 'range') pressed.blur();
    setTimeout(() => {
      const { activeElement } = document;
      if (!byPointer || !(activeElement instanceof HTMLElement) || !activeElement.matches(CHOICE)) return;
      // the tab of a terminal hands over to it
      const panel = document.getElementById(activeElement.getAttribute('aria-controls') ?? '');
      const line = panel?.querySelector<HTMLElement>('.xterm-helper-textarea');
      if (line !== null && line !== undefined) line.focus();
      // One that is still on its way takes the keyboard when it comes: until then what is typed is no key of the page.
      else if (!activeElement.matches('[data-terminal]')) activeElement.blur();
    }, 0);
  };
  document.addEventListener('pointerdown', pointer, true);
  document.addEventListener('keydown', key, true);
  document.addEventListener('change', change, true);
  document.addEventListener('click', release, true);
  return () => {
    document.removeEventListener('pointerdown', pointer, true);
    document.removeEventListener('keydown', key, true);
    document.removeEventListener('change', change, true);
    document.removeEventListener('click', release, true);
  };
}
