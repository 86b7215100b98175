/** Notes pasted into a terminal: what was understood of them, line by line, before anything runs. */
import { Check, CircleAlert, Minus } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { TextKey } from '../../lab/index.ts';
import { readNotes, type DoubtKind, type NoteCommand } from '../../shell/index.ts';
import { mended } from './mend.ts';
import { useLab, useSay } from '../common/use-lab.ts';
import { Window } from '../common/window.tsx';
import css from './terminal.module.css';

const DOUBTS: Readonly<Record<DoubtKind, TextKey>> = {
  dash: 'doubt.dash',
  'full-width': 'doubt.fullWidth',
  quote: 'doubt.quote',
  wrapped: 'doubt.wrapped',
  'joined-remark': 'doubt.joinedRemark',
  'english-remark': 'doubt.englishRemark',
  'other-host': 'doubt.otherHost',
  placeholder: 'doubt.placeholder',
  'unknown-command': 'doubt.unknownCommand',
  'no-prompt': 'doubt.noPrompt',
};

/** Where the keyboard is when the dialog opens: at the text if there is none, or else at what runs it. */
function focus(element: HTMLElement | null): void {
  element?.focus();
}

export interface NotesPasteProps {
  readonly node: string;
  readonly initial: string;
  readonly onClose: () => void;
  readonly onRun: (script: string) => void;
}

export function NotesPaste({ node, initial, onClose, onRun }: NotesPasteProps) {
  const say = useSay();
  const [text, setText] = useState(initial);
  const names = useLab((s) => s.lab?.input.world.nodes) ?? [];
  const commands = useMemo(() => readNotes(text), [text]);
  const elsewhere = (command: NoteCommand): string | null => {
    const other = command.node ?? command.host;
    return other !== null && other !== node && names.some((n) => n.name === other) ? other : null;
  };
  const here = commands.filter((command) => elsewhere(command) === null);
  return (
    <Window title={say('terminal.notes')} width={48} onClose={onClose}>
      <form
        className={css['notesForm']}
        onSubmit={(event) => {
          event.preventDefault();
          if (here.length > 0) onRun(here.map(mended).join('\n'));
        }}
      >
        <p>{say('terminal.notesAbout', { node })}</p>
        <textarea
          ref={initial === '' ? focus : undefined}
          value={text}
          aria-label={say('terminal.notes')}
          placeholder={say('terminal.notesPlaceholder')}
          spellCheck={false}
          onChange={(event) => setText(event.target.value)}
        />
        {commands.length === 0 ? null : (
          <>
            <h3>{say('terminal.notesTitle')}</h3>
            <ol>
              {commands.map((command) => {
                const other = elsewhere(command);
                return (
                  <li key={`${command.line} ${command.command}`} data-ignored={other !== null || undefined}>
                    {other !== null ? (
                      <Minus size={14} aria-hidden />
                    ) : command.doubts.length > 0 ? (
                      <CircleAlert size={14} aria-hidden />
                    ) : (
                      <Check size={14} aria-hidden />
                    )}
                    <span>{mended(command)}</span>
                    {other === null ? null : <small>{say('notes.elsewhere', { node: other })}</small>}
                    {command.remark === '' ? null : <small>{command.remark}</small>}
                    {command.doubts.map((doubt) => (
                      <small key={`${doubt.kind} ${doubt.text}`}>{say(DOUBTS[doubt.kind], { text: doubt.text })}</small>
                    ))}
                  </li>
                );
              })}
            </ol>
          </>
        )}
        <div className={css['actions']}>
          <button type="button" onClick={onClose}>
            {say('terminal.cancel')}
          </button>
          <button ref={initial === '' ? undefined : focus} type="submit" disabled={here.length === 0}>
            {say('terminal.run', { count: here.length })}
          </button>
        </div>
      </form>
    </Window>
  );
}
