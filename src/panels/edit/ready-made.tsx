/** Commands that a role needs, at one press. */
import { Wand2 } from 'lucide-react';
import { useId, useState } from 'react';
import { parseIpv4 } from '../../wire/index.ts';
import { useSay } from '../common/use-lab.ts';
import css from './edit.module.css';

export interface ReadyMadeProps {
  readonly label: string;
  readonly how: string;
  /** the virtual address that the lab has already, or '' */
  readonly vip: string;
  readonly onAdd: (vip: string) => void;
}

export function ReadyMade({ label, how, vip, onAdd }: ReadyMadeProps) {
  const say = useSay();
  const id = useId();
  const [text, setText] = useState<string | null>(null);
  const wanted = (text ?? vip).trim();
  return (
    <form
      className={css['ready']}
      onSubmit={(event) => {
        event.preventDefault();
        if (parseIpv4(wanted) !== null) onAdd(wanted);
      }}
    >
      <h3>{say('build.ready')}</h3>
      <p className={css['how']}>{how}</p>
      <div>
        <label htmlFor={id}>{say('build.vip')}</label>
        <input
          id={id}
          data-mono=""
          value={text ?? vip}
          placeholder="10.0.0.100"
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => setText(event.target.value)}
        />
        <button type="submit" disabled={parseIpv4(wanted) === null}>
          <Wand2 size={15} aria-hidden /> {label}
        </button>
      </div>
    </form>
  );
}
