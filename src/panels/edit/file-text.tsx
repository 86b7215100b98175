/**
 * The text of the lab's file as a component: fetched when the file is first looked at.
 * Comes from: file-pane.tsx.
 */
import { useEffect, useLayoutEffect, useRef } from 'react';
import css from './edit.module.css';
import type { RoleOf } from './text-colours.ts';
import { TextEditor, type EditorWords } from './text-editor.ts';
import type { LineMarks } from './text-marks.ts';

/** A place in the text that somebody asks for; the number tells two equal ones apart. */
export interface Wanted {
  readonly line: number;
  readonly column: number;
  readonly number: number;
}

export interface FileTextProps {
  readonly text: string;
  /** the file as it is on the page, without what is being written */
  readonly file: string;
  /** the text was asked for as it is: nothing that is being written is to stay in it */
  readonly anew: boolean;
  readonly words: EditorWords;
  readonly marks: LineMarks;
  readonly roleOf: RoleOf;
  /** the line that was changed last */
  readonly show: number | null;
  readonly wanted: Wanted | null;
  readonly onWrite: (text: string) => void;
}

/** For whoever has the page but not its parts. */
export { textAround } from './text-editor.ts';

export default function FileText({ text, file, anew, words, marks, roleOf, show, wanted, onWrite }: FileTextProps) {
  const box = useRef<HTMLDivElement>(null);
  const editor = useRef<TextEditor>(null);
  const now = useRef({ text, words, onWrite });
  useLayoutEffect(() => {
    now.current = { text, words, onWrite };
  });

  useLayoutEffect(() => {
    if (box.current === null) return undefined;
    const { current } = now;
    const made = new TextEditor(box.current, {
      text: current.text,
      words: current.words,
      onWrite: (written) => now.current.onWrite(written),
    });
    editor.current = made;
    return () => {
      editor.current = null;
      made.destroy();
    };
  }, []);

  useLayoutEffect(() => editor.current?.show({ text, file, anew }, marks, show), [text, file, anew, marks, show]);
  useEffect(() => editor.current?.rename(words), [words]);
  useEffect(() => editor.current?.colour(roleOf), [roleOf]);
  useEffect(() => {
    if (wanted !== null) editor.current?.goTo(wanted.line, wanted.column);
  }, [wanted]);

  return <div ref={box} className={css['text']} />;
}
