/** Hooks by which components read the lab and the settings. */
import { useCallback } from 'react';
import { useStore } from 'zustand';
import { lab, settings, text, type LabState, type Language, type Settings, type TextKey } from '../../lab/index.ts';

export function useLab<T>(selector: (state: LabState) => T): T {
  return useStore(lab, selector);
}

export function useSettings<T>(selector: (state: Settings) => T): T {
  return useStore(settings, selector);
}

export type Say = (key: TextKey, values?: Readonly<Record<string, string | number>>) => string;

export function useSay(): Say {
  const lang = useSettings((s) => s.lang);
  return useCallback<Say>((key, values) => text(lang, key, values), [lang]);
}

export function useLang(): Language {
  return useSettings((s) => s.lang);
}
