/** What the start of the page has found of the last session, in one plain line. */
import { X } from 'lucide-react';
import { useEffect } from 'react';
import { Button } from 'react-aria-components';
import { useStore } from 'zustand';
import { firstLab, lab, openLab, session, startAfresh } from '../../lab/index.ts';
import { IconButton } from '../common/icon-button.tsx';
import { useSay } from '../common/use-lab.ts';
import css from './restored-line.module.css';

export function RestoredLine() {
  const say = useSay();
  const found = useStore(session, (s) => s.found);
  const why = useStore(session, (s) => s.why);
  // Another lab is another session: the line has said what it had to say.
  useEffect(
    () =>
      lab.subscribe((now, before) =>
        before.lab !== null && now.lab !== before.lab && session.getState().found === 'restored' ? close() : undefined,
      ),
    [],
  );
  if (found === 'nothing') return null;
  return (
    <div className={css['line']} role={found === 'broken' ? 'alert' : 'status'} data-broken={found === 'broken' || undefined}>
      <span>{found === 'restored' ? say('session.restored') : say('session.broken', { why })}</span>
      {found === 'restored' ? <Button onPress={afresh}>{say('session.afresh')}</Button> : null}
      <IconButton label={say('close')} onPress={close}>
        <X size={14} />
      </IconButton>
    </div>
  );
}

function close(): void {
  session.setState({ found: 'nothing', why: '' });
}

function afresh(): void {
  startAfresh(() => {
    const first = firstLab();
    if (first !== null) openLab(first.file, first.text, first.id);
  });
}
