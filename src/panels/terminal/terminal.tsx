/** The terminal of a host: shows the moment, takes commands, begins a branch when typed at in the past. */
import '@xterm/xterm/css/xterm.css';
import { ClipboardPaste } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { Button } from 'react-aria-components';
import type { NodeId } from '../../engine/index.ts';
import { isBusy, isPast, settings, text, transcript } from '../../lab/index.ts';
import { MAIN_TTY } from '../../sim/index.ts';
import { useLab, useSay, useSettings } from '../common/use-lab.ts';
import { completions } from './completions.ts';
import { isFreeToTake } from './free-keys.ts';
import { NotesPaste } from './notes-paste.tsx';
import { createTerminal, type TerminalView } from './terminal-view.ts';
import { pressKey, send } from './type-at.ts';
import css from './terminal.module.css';

export interface TerminalProps {
  readonly node: NodeId;
  readonly name: string;
}

export default function Terminal({ node, name }: TerminalProps) {
  const say = useSay();
  const box = useRef<HTMLDivElement>(null);
  const view = useRef<TerminalView>(null);
  const [pasted, setPasted] = useState<string | null>(null);
  const branch = useLab((s) => s.branch);
  const cursor = useLab((s) => s.cursor);
  const { executed } = cursor;
  const version = useLab((s) => s.version);
  const theme = useSettings((s) => s.theme);
  const size = useSettings((s) => s.size);

  useEffect(() => {
    if (box.current === null) return undefined;
    const made = createTerminal(
      box.current,
      {
        prompt: `[root@${name} ~]# `,
        enter: (line) => send(node, MAIN_TTY, line, { en: `${line} on ${name}`, zh: `${name} 上 ${line}` }),
        interrupt: () => pressKey(node, MAIN_TTY, 'interrupt', { en: `Ctrl-C on ${name}`, zh: `${name} 上 Ctrl-C` }),
        eof: () => pressKey(node, MAIN_TTY, 'eof', { en: `end of input on ${name}`, zh: `${name} 上输入结束` }),
        complete: (before) => completions(node, before),
        paste: setPasted,
      },
      text(settings.getState().lang, 'terminal.label', { node: name }),
    );
    view.current = made;
    if (isFreeToTake(document.activeElement, document.body)) made.focus();
    return () => {
      view.current = null;
      made.destroy();
    };
  }, [node, name]);

  const end = branch === null ? 0 : branch.run.trace.firstOf(executed);
  const busy = branch !== null && isBusy(branch, node, MAIN_TTY, end);
  const pieces = useMemo(() => (branch === null || version < 0 ? [] : transcript(branch, node, end)), [branch, version, node, end]);
  useEffect(() => view.current?.show(pieces, busy), [pieces, busy]);
  useEffect(() => {
    // The stylesheet changes with an attribute that is set in the same tick.
    const frame = requestAnimationFrame(() => view.current?.restyle());
    return () => cancelAnimationFrame(frame);
  }, [theme, size]);

  const past = branch !== null && isPast(branch, cursor);
  return (
    <div className={css['terminal']}>
      <div className={css['bar']}>
        <output>{busy ? say('terminal.busy') : past ? say('terminal.past') : ''}</output>
        <Button className={css['paste'] ?? ''} onPress={() => setPasted('')}>
          <ClipboardPaste size={14} aria-hidden /> {say('terminal.notes')}
        </Button>
      </div>
      <div ref={box} className={css['screen']} />
      {pasted === null ? null : (
        <NotesPaste
          node={name}
          initial={pasted}
          onClose={() => {
            setPasted(null);
            view.current?.focus();
          }}
          onRun={(script) => {
            setPasted(null);
            view.current?.focus();
            send(node, MAIN_TTY, script, { en: `notes on ${name}`, zh: `${name} 上执行笔记` });
          }}
        />
      )}
    </div>
  );
}
