/** A field of a form: what is written in it counts when it is left, or with Enter; Esc takes it back. */
import { useId, useState, type RefObject } from 'react';
import css from './edit.module.css';

export interface FieldProps {
  readonly label: string;
  readonly value: string;
  /** @returns whether it was taken */
  readonly onCommit: (value: string) => boolean;
  readonly placeholder?: string;
  readonly mono?: boolean;
  /** the label is for those who do not see what stands beside the field */
  readonly quiet?: boolean;
  readonly rows?: number;
  /** what is expected, said when something else was written */
  readonly wants?: string;
  /** to take the keys */
  readonly input?: RefObject<HTMLInputElement | null>;
}

export function Field({ label, value, onCommit, placeholder = '', mono = false, quiet = false, rows = 0, wants, input }: FieldProps) {
  const id = useId();
  const [text, setText] = useState<string | null>(null);
  const [refused, setRefused] = useState(false);
  const commit = (): void => {
    if (text === null) return;
    const taken = text === value || onCommit(text);
    setRefused(!taken);
    // What was refused stays to be mended.
    if (taken) setText(null);
  };
  const shared = {
    id,
    value: text ?? value,
    placeholder,
    spellCheck: false,
    autoComplete: 'off',
    'aria-invalid': refused || undefined,
    'data-mono': mono || undefined,
    onBlur: commit,
  };
  const takeBack = (): void => {
    setText(null);
    setRefused(false);
  };
  return (
    <div className={css['field']} data-quiet={quiet || undefined}>
      <label htmlFor={id}>{label}</label>
      {rows > 0 ? (
        <textarea
          {...shared}
          rows={rows}
          wrap="off"
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) commit();
            if (event.key === 'Escape' && text !== null) takeBack();
            else return;
            event.stopPropagation();
          }}
        />
      ) : (
        <input
          {...shared}
          ref={input}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter') commit();
            if (event.key === 'Escape' && text !== null) {
              takeBack();
              event.stopPropagation();
            }
          }}
        />
      )}
      {refused && wants !== undefined ? <small role="alert">{wants}</small> : null}
    </div>
  );
}
