/**
 * The lab's file: its text with the lines that were changed, to be read, saved, and written by hand. What is written gets
 * the line ends of the file.
 * Goes to: the dock.
 */
import { Download, Undo2 } from 'lucide-react';
import { useCallback, useDeferredValue, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { Button } from 'react-aria-components';
import { changedLines, editText, onTakeWriting, presentLab, text as textOf, withEndsOf, type Lab, type Language } from '../../lab/index.ts';
import { parseIpv4 } from '../../wire/index.ts';
import { part } from '../common/part.tsx';
import { useLab, useLang, useSay } from '../common/use-lab.ts';
import css from './edit.module.css';
import { EditProblem } from './edit-problem.tsx';
import type { FileTextProps, Wanted } from './file-text.tsx';
import type { EditorWords } from './text-editor.ts';
import { useEditor, usePresent } from './use-edit.ts';

const FileText = part<FileTextProps>(() => import('./file-text.tsx'));

/** How long nothing has to be typed before the text is taken. */
const QUIET_MS = 700;

/** What is being written: it holds as long as the file is what it began with, or what it was last taken as. */
interface Writing {
  readonly base: string;
  readonly text: string;
}

/** What was being written when the text was put away, with a mistake in it that has to be mended. */
let putAway: Writing | null = null;

export function FilePane() {
  const open = usePresent();
  return open === null ? null : <FileOf open={open} />;
}

function FileOf({ open }: { readonly open: Lab }) {
  const say = useSay();
  const lang = useLang();
  const problem = useEditor((s) => (s.asked === 'text' ? s.problem : null));
  const before = useEditor((s) => s.before);
  const roles = useLab((s) => s.branch?.cast.roles);
  const [writing, setWriting] = useState<Writing | null>(putAway);
  const [wanted, setWanted] = useState<Wanted | null>(null);
  const holds = writing !== null && writing.base === open.text;
  const text = holds ? writing.text : open.text;
  // Lines are compared when there is time: keys come first.
  const compared = useDeferredValue(text);
  const since = useMemo(() => changedLines(open.opened, compared), [open.opened, compared]);
  const last = useMemo(() => (before === null ? null : changedLines(before, open.text)), [before, open.text]);
  const lit = last === null || text !== open.text ? NONE : last.changed;
  const typed = holds ? writing.text : null;
  const mistaken = problem !== null;

  const waits = typed !== null && (typed !== open.text || mistaken) ? typed : null;
  const take = useCallback((written: string) => {
    const taken = editText(written);
    if (taken) setWriting((now) => (now === null ? null : { ...now, base: written }));
    return taken;
  }, []);
  useEffect(() => {
    if (waits === null) return undefined;
    const timer = setTimeout(() => take(waits), QUIET_MS);
    return () => clearTimeout(timer);
  }, [waits, take]);
  useTakenBefore(open, waits, take);

  const marks = useMemo(
    () => ({ ...since, lit, wrong: (problem?.lines ?? []).map((line) => ({ ...line, message: line.message[lang] })) }),
    [since, lit, problem, lang],
  );
  const roleOf = useCallback(
    (address: string) => {
      const parsed = parseIpv4(address);
      return parsed === null ? '' : (roles?.get(parsed)?.role ?? '');
    },
    [roles],
  );
  const words = useMemo(() => wordsOf(lang, open.file), [lang, open.file]);
  const count = since.changed.size + since.removedBefore.size;
  return (
    <div className={css['file']}>
      <header>
        <b>{open.file}</b>
        <span>{count === 0 ? say('file.unchanged') : say('file.changed', { count })}</span>
        <Button className={css['plain'] ?? ''} onPress={() => download(open.file, text)}>
          <Download size={15} aria-hidden /> {say('file.download')}
        </Button>
        {open.text === open.opened ? null : (
          <Button className={css['plain'] ?? ''} onPress={() => (setWriting(null), void editText(open.opened))}>
            <Undo2 size={15} aria-hidden /> {say('file.revert')}
          </Button>
        )}
      </header>
      <EditProblem at="text" onGo={(line, column) => setWanted({ line, column, number: (wanted?.number ?? 0) + 1 })} />
      <FileText
        key={open.id}
        text={text}
        file={open.text}
        anew={!holds && open.text === open.opened}
        words={words}
        marks={marks}
        roleOf={roleOf}
        show={last === null ? null : ([...last.changed][0] ?? [...last.removedBefore][0] ?? null)}
        wanted={wanted}
        onWrite={(written) => setWriting({ base: open.text, text: withEndsOf(open.text, written) })}
      />
    </div>
  );
}

/** What is being written is taken before anything else is done to the lab, and when the text is put away. */
function useTakenBefore(open: Lab, waits: string | null, take: (written: string) => boolean): void {
  const now = useRef<{ readonly of: Lab; readonly written: string } | null>(null);
  useLayoutEffect(() => {
    now.current = waits === null ? null : { of: open, written: waits };
  }, [open, waits]);
  useEffect(() => {
    const takeNow = (): boolean => {
      const { current } = now;
      now.current = null;
      // In another lab it would be nonsense.
      return current === null || current.of !== presentLab() || take(current.written);
    };
    onTakeWriting(takeNow);
    putAway = null;
    return () => {
      const { current } = now;
      onTakeWriting(() => true);
      if (!takeNow() && current !== null) putAway = { base: current.of.text, text: current.written };
    };
  }, [take]);
}

function wordsOf(lang: Language, file: string): EditorWords {
  return {
    label: textOf(lang, 'file.text', { file }),
    search: {
      find: textOf(lang, 'file.find'),
      replaceBy: textOf(lang, 'file.replaceBy'),
      next: textOf(lang, 'file.next'),
      previous: textOf(lang, 'file.previous'),
      matchCase: textOf(lang, 'file.matchCase'),
      replace: textOf(lang, 'file.replace'),
      replaceAll: textOf(lang, 'file.replaceAll'),
      close: textOf(lang, 'file.closeSearch'),
      none: textOf(lang, 'file.notFound'),
      place: textOf(lang, 'file.place'),
      found: textOf(lang, 'file.found'),
    },
  };
}

const NONE: ReadonlySet<number> = new Set();

function download(file: string, text: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/yaml' }));
  link.download = /\.(ya?ml|json)$/.test(file) ? file : `${file}.yaml`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
