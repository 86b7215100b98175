/** What the forms of the edit mode read: the file as it stands, and its words. */
import { useMemo, useSyncExternalStore } from 'react';
import { useStore } from 'zustand';
import { editor, onPresent, presentLab, presentSelection, type EditorState, type Lab, type Selection } from '../../lab/index.ts';
import { readFigures, type Figures, type Scenario } from '../../scenario/index.ts';

export function useEditor<T>(selector: (state: EditorState) => T): T {
  return useStore(editor, selector);
}

export interface File {
  readonly open: Lab;
  readonly scenario: Scenario;
  readonly figures: Figures;
}

/** The lab as its file stands, also while it is still being built: what is written next is written into that. */
export function usePresent(): Lab | null {
  return useSyncExternalStore(onPresent, presentLab);
}

/** What is selected, by its place in that file. */
export function usePresentSelection(): Selection | null {
  return useSyncExternalStore(onPresent, presentSelection);
}

export function useFile(): File | null {
  const open = usePresent();
  return useMemo(() => (open === null ? null : { open, scenario: open.scenario, figures: readFigures(open.text) }), [open]);
}
