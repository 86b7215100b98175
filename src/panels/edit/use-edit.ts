/** What the forms of the edit mode read: the file as it stands, and its words. */
import { useMemo } from 'react';
import { useStore } from 'zustand';
import { editor, type EditorState, type Lab } from '../../lab/index.ts';
import { readFigures, type Figures, type Scenario } from '../../scenario/index.ts';
import { useLab } from '../common/use-lab.ts';

export function useEditor<T>(selector: (state: EditorState) => T): T {
  return useStore(editor, selector);
}

export interface File {
  readonly open: Lab;
  readonly scenario: Scenario;
  readonly figures: Figures;
}

export function useFile(): File | null {
  const open = useLab((s) => s.lab);
  return useMemo(() => (open === null ? null : { open, scenario: open.scenario, figures: readFigures(open.text) }), [open]);
}
