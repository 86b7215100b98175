/** A choice of one among few, all visible: language, theme, value of a setting. */
import { Label, Radio, RadioGroup } from 'react-aria-components';
import css from './common.module.css';

export interface Segment<T extends string> {
  readonly value: T;
  readonly label: string;
}

export interface SegmentsProps<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly options: readonly Segment<T>[];
  readonly onChange: (value: T) => void;
  readonly showLabel?: boolean;
  readonly mono?: boolean;
}

export function Segments<T extends string>({ label, value, options, onChange, showLabel = false, mono = false }: SegmentsProps<T>) {
  return (
    <RadioGroup
      className={css['segmentsGroup'] ?? ''}
      value={value}
      orientation="horizontal"
      onChange={(next) => onChange(next as T)}
      {...(showLabel ? {} : { 'aria-label': label })}
    >
      {showLabel ? <Label className={css['segmentsLabel'] ?? ''}>{label}</Label> : null}
      <div className={css['segments']} data-mono={mono || undefined}>
        {options.map((option) => (
          <Radio key={option.value} value={option.value} className={css['segment'] ?? ''}>
            {option.label}
          </Radio>
        ))}
      </div>
    </RadioGroup>
  );
}
