/** One of the nodes, or of other things with names: a list of the browser's own where they are few, and a field to find it where they are many. */
import { ChevronDown } from 'lucide-react';
import { Finder } from './finder.tsx';
import css from './finder.module.css';
import { MANY } from './matches.ts';

export interface NodeChoiceProps {
  readonly label: string;
  readonly names: readonly string[];
  /** -1: none of them */
  readonly value: number;
  /** the words for none of them; left out where there has to be one */
  readonly none?: string;
  /** where a label stands beside it */
  readonly id?: string;
  readonly disabled?: boolean;
  readonly onChange: (index: number) => void;
}

export function NodeChoice({ label, names, value, none, id, disabled = false, onChange }: NodeChoiceProps) {
  const shown = value < 0 ? (none ?? '') : (names[value] ?? '');
  if (names.length > MANY)
    return (
      <Finder
        className={css['choice']}
        label={`${label}: ${shown}`}
        names={names}
        chosen={value}
        onFind={onChange}
        {...(none === undefined ? {} : { none })}
        {...(id === undefined ? {} : { id })}
      >
        <span>{shown}</span>
        <ChevronDown size={14} aria-hidden />
      </Finder>
    );
  return (
    <select
      {...(id === undefined ? { 'aria-label': label } : { id })}
      value={value}
      disabled={disabled}
      onChange={(event) => onChange(Number(event.target.value))}
    >
      {none === undefined ? null : <option value={-1}>{none}</option>}
      {names.map((name, i) => (
        <option key={`${i} ${name}`} value={i}>
          {name}
        </option>
      ))}
    </select>
  );
}
