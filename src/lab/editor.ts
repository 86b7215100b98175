/**
 * The edit mode: whether it is on, and what it says.
 * Comes from: edit.ts.  Goes to: the map and the panels, actions.ts.
 */
import { createStore } from 'zustand/vanilla';
import type { Problem } from './problem.ts';

/** Where a change is asked for. */
export type Asked = 'map' | 'form' | 'text';

export interface EditorState {
  readonly on: boolean;
  /** why the last change was not made */
  readonly problem: Problem | null;
  /** where it was asked for: there the answer is shown */
  readonly asked: Asked;
  /** the file before the last change, for showing what changed */
  readonly before: string | null;
  /** the node from which a cable is being laid: the next node picked is its other end */
  readonly from: string | null;
}

export const OFF: EditorState = { on: false, problem: null, asked: 'map', before: null, from: null };

export const editor = createStore<EditorState>(() => OFF);
