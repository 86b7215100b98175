/**
 * The lab's file: its text with the lines that were changed, to be read, saved, and written by hand.
 * Goes to: the dock.
 */
import { Download, Undo2 } from 'lucide-react';
import { useEffect, useMemo, useRef, useState, type RefObject } from 'react';
import { Button } from 'react-aria-components';
import { changedLines, editText, type Lab } from '../../lab/index.ts';
import { useLab, useSay } from '../common/use-lab.ts';
import css from './edit.module.css';
import { EditProblem } from './edit-problem.tsx';
import { useEditor } from './use-edit.ts';

/** How long nothing has to be typed before the text is taken. */
const QUIET_MS = 700;

/** What is being written: it holds as long as the file is what it began with, or what it was last taken as. */
interface Writing {
  readonly base: string;
  readonly taken: string | null;
  readonly text: string;
}

export function FilePane() {
  const open = useLab((s) => s.lab);
  return open === null ? null : <FileOf open={open} />;
}

function FileOf({ open }: { readonly open: Lab }) {
  const say = useSay();
  const problem = useEditor((s) => (s.asked === 'text' ? s.problem : null));
  const before = useEditor((s) => s.before);
  const [writing, setWriting] = useState<Writing | null>(null);
  const area = useRef<HTMLTextAreaElement>(null);
  const holds = writing !== null && (writing.base === open.text || writing.taken === open.text);
  const text = holds ? writing.text : open.text;
  const since = useMemo(() => changedLines(open.opened, text), [open.opened, text]);
  const last = useMemo(() => (before === null ? null : changedLines(before, open.text)), [before, open.text]);
  const typed = holds ? writing.text : null;

  useEffect(() => {
    if (typed === null || typed === open.text) return undefined;
    const timer = setTimeout(() => {
      if (editText(typed)) setWriting((now) => (now === null ? null : { ...now, taken: typed }));
    }, QUIET_MS);
    return () => clearTimeout(timer);
  }, [typed, open.text]);

  useScrollTo(area, last === null ? null : ([...last.changed][0] ?? [...last.removedBefore][0] ?? null), open.text);

  const lines = useMemo(() => text.split('\n'), [text]);
  const numbers = useMemo(() => lines.map((_, i) => i + 1).join('\n'), [lines]);
  const wrong = useMemo(() => new Set(problem?.lines.map((line) => line.line)), [problem]);
  return (
    <div className={css['file']}>
      <header>
        <b>{open.file}</b>
        <span>
          {since.changed.size + since.removedBefore.size === 0
            ? say('file.unchanged')
            : say('file.changed', { count: since.changed.size + since.removedBefore.size })}
        </span>
        <Button className={css['plain'] ?? ''} onPress={() => download(open)}>
          <Download size={15} aria-hidden /> {say('file.download')}
        </Button>
        {open.text === open.opened ? null : (
          <Button className={css['plain'] ?? ''} onPress={() => void editText(open.opened)}>
            <Undo2 size={15} aria-hidden /> {say('file.revert')}
          </Button>
        )}
      </header>
      <EditProblem at="text" />
      <div className={css['text']} tabIndex={-1}>
        <div className={css['gutter']} aria-hidden="true">
          <Marks of={since.changed} kind="changed" />
          <Marks of={since.removedBefore} kind="gone" />
          <Marks of={wrong} kind="wrong" />
          <pre>{numbers}</pre>
        </div>
        <div className={css['paper']}>
          {last === null || text !== open.text ? null : <Marks of={last.changed} kind="lit" />}
          <textarea
            ref={area}
            value={text}
            rows={lines.length}
            cols={Math.max(40, ...lines.map((line) => line.length + 2))}
            wrap="off"
            spellCheck={false}
            aria-label={say('file.text', { file: open.file })}
            onChange={(event) => setWriting({ base: open.text, taken: holds ? writing.taken : null, text: event.target.value })}
          />
        </div>
      </div>
    </div>
  );
}

/** Strips behind lines that follow each other. */
function Marks({ of: lines, kind }: { readonly of: ReadonlySet<number>; readonly kind: 'changed' | 'gone' | 'wrong' | 'lit' }) {
  return stretches(lines).map(({ first, count }) => (
    <i
      key={first}
      className={css['mark']}
      data-kind={kind}
      style={{ insetBlockStart: `calc(${first - 1} * var(--row))`, blockSize: `calc(${count} * var(--row))` }}
    />
  ));
}

function stretches(lines: ReadonlySet<number>): { readonly first: number; readonly count: number }[] {
  const found: { first: number; count: number }[] = [];
  for (const line of [...lines].toSorted((x, y) => x - y)) {
    const last = found.at(-1);
    if (last !== undefined && last.first + last.count === line) last.count++;
    else found.push({ first: line, count: 1 });
  }
  return found;
}

/** Brings the line that was changed last into sight, unless somebody writes here. */
function useScrollTo(area: RefObject<HTMLTextAreaElement | null>, line: number | null, text: string): void {
  useEffect(() => {
    const { current } = area;
    const box = current?.parentElement?.parentElement;
    if (line === null || current === null || box === null || box === undefined || document.activeElement === current) return;
    const row = Number.parseFloat(getComputedStyle(current).lineHeight);
    const top = (line - 1) * row;
    if (top < box.scrollTop || top > box.scrollTop + box.clientHeight - 3 * row) box.scrollTo({ top: Math.max(0, top - 2 * row) });
  }, [area, line, text]);
}

function download({ file, text }: Lab): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/yaml' }));
  link.download = /\.(ya?ml|json)$/.test(file) ? file : `${file}.yaml`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
