/**
 * A field of a cable that somebody has asked for from the map: it takes the keys as soon as it is there.
 * Comes from: the menu of the map.  Goes to: the inspector, the form of the edit mode, the page that has to show them.
 */
import { useEffect, useRef, type RefObject } from 'react';
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { select, type CableFigure } from '../../lab/index.ts';

interface Wanted {
  readonly link: number;
  readonly figure: CableFigure | null;
}

const NONE: Wanted = { link: -1, figure: null };
const wantedField = createStore<Wanted>(() => NONE);
/** The menu that asked gives the keys back to where they were; the field takes them after that, and again if it was too soon. */
const AFTER_MENU_MS = [60, 160, 400] as const;

export function askForFigure(link: number, figure: CableFigure): void {
  select({ kind: 'link', link });
  wantedField.setState({ link, figure });
}

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
    const timers = AFTER_MENU_MS.map((ms) => setTimeout(() => input.current?.focus(), ms));
    timers.push(setTimeout(() => wantedField.setState(NONE), AFTER_MENU_MS[2]));
    return () => timers.forEach(clearTimeout);
  }, [wanted]);
  return input;
}
