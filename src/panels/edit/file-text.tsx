/**
 * The text of the lab's file as a component: fetched when the file is first looked at.
 * Comes from: file-pane.tsx.
 */
import { useEffect, useLayoutEffect, useRef } from 'react';
import css from './edit.module.css';
import type { RoleOf } from './text-colours.ts';
import { TextEditor } from './text-editor.ts';
import type { LineMarks } from './text-marks.ts';

/** A place in the text that somebody asks for; the number tells two equal ones apart. */
export interface Wanted {
  readonly line: number;
  readonly column: number;
  readonly number: number;
}

export interface FileTextProps {
  readonly text: string;
  readonly label: string;
  readonly marks: LineMarks;
  readonly roleOf: RoleOf;
  /** the line that was changed last */
  readonly show: number | null;
  readonly wanted: Wanted | null;
  readonly onWrite: (text: string) => void;
}

export default function FileText({ text, label, marks, roleOf, show, wanted, onWrite }: FileTextProps) {
  const box = useRef<HTMLDivElement>(null);
  const editor = useRef<TextEditor>(null);
  const now = useRef({ text, label, onWrite });
  useLayoutEffect(() => {
    now.current = { text, label, onWrite };
  });

  useLayoutEffect(() => {
    if (box.current === null) return undefined;
    const { current } = now;
    const made = new TextEditor(box.current, {
      text: current.text,
      label: current.label,
      onWrite: (written) => now.current.onWrite(written),
    });
    editor.current = made;
    return () => {
      editor.current = null;
      made.destroy();
    };
  }, []);

  useLayoutEffect(() => editor.current?.show(text, marks, show), [text, marks, show]);
  useEffect(() => editor.current?.rename(label), [label]);
  useEffect(() => editor.current?.colour(roleOf), [roleOf]);
  useEffect(() => {
    if (wanted !== null) editor.current?.goTo(wanted.line, wanted.column);
  }, [wanted]);

  return <div ref={box} className={css['text']} />;
}
