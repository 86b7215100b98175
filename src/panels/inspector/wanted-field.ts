/**
 * A field of a cable that somebody has asked for from the map: it takes the keys as soon as it is there.
 * Comes from: the menu of the map.  Goes to: the inspector, the form of the edit mode, the page that has to show them.
 */
import { useEffect, useRef, type RefObject } from 'react';
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { lab, select, type CableFigure } from '../../lab/index.ts';

interface Wanted {
  readonly link: number;
  readonly figure: CableFigure | null;
}

const NONE: Wanted = { link: -1, figure: null };
export const wantedField = createStore<Wanted>(() => NONE);
/** How often is looked whether the field has the keys. */
const LOOK_MS = 50;
/** So many looks in a row it must have kept them: the menu that asked gives them back to where they were, when it has gone. */
const KEPT_LOOKS = 4;
/** Then somebody wants something else. */
const LOOKS_MAX = 200;

export function askForFigure(link: number, figure: CableFigure): void {
  select({ kind: 'link', link });
  wantedField.setState({ link, figure });
}

// Whoever has selected something else wants no field of this cable any more, nor when it is selected again.
lab.subscribe(({ selection }) => {
  const { link } = wantedField.getState();
  if (link >= 0 && !(selection?.kind === 'link' && selection.link === link)) wantedField.setState(NONE);
});

/** @returns how to stop listening */
export function onFieldWanted(listener: () => void): () => void {
  return wantedField.subscribe(({ figure }) => (figure === null ? undefined : listener()));
}

/** For the field of a figure. */
export function useWantedField(link: number, figure: CableFigure): RefObject<HTMLInputElement | null> {
  const input = useRef<HTMLInputElement>(null);
  const wanted = useStore(wantedField, (s) => s.link === link && s.figure === figure);
  useEffect(() => {
    if (!wanted) return undefined;
    let looks = 0;
    let kept = 0;
    const done = (): void => wantedField.setState(NONE);
    const looking = setInterval(() => {
      const { current: field } = input;
      if (kept === KEPT_LOOKS || ++looks > LOOKS_MAX) done();
      else if (field !== null && document.activeElement === field) kept++;
      else if (document.querySelector('[role="menu"]') === null) {
        kept = 0;
        field?.focus();
      }
    }, LOOK_MS);
    // Who writes in it, or presses something else, has taken over.
    const typed = (event: KeyboardEvent): void => {
      if (event.target === input.current) done();
    };
    document.addEventListener('keydown', typed);
    document.addEventListener('pointerdown', done);
    return () => {
      clearInterval(looking);
      document.removeEventListener('keydown', typed);
      document.removeEventListener('pointerdown', done);
    };
  }, [wanted]);
  return input;
}
