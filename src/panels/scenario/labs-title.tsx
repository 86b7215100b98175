/** The open lab's name, behind which the others are. */
import { ChevronDown } from 'lucide-react';
import { lazy, Suspense, useRef, useState } from 'react';
import { useLab, useLang, useSay } from '../common/use-lab.ts';
import { FileChoice, type FileChooser } from './file-choice.tsx';
import css from './scenario.module.css';

const LabsMenu = lazy(() => import('./labs-menu.tsx'));

export function LabsTitle() {
  const say = useSay();
  const lang = useLang();
  const title = useLab((s) => s.lab?.title[lang]);
  const button = useRef<HTMLButtonElement>(null);
  const file = useRef<FileChooser>(null);
  const [open, setOpen] = useState(false);
  return (
    <>
      <button ref={button} type="button" className={css['title']} aria-haspopup="menu" aria-expanded={open} onClick={() => setOpen(!open)}>
        <span>{title ?? say('scenario.labs')}</span>
        <ChevronDown size={15} aria-hidden />
      </button>
      {open ? (
        <Suspense fallback={null}>
          <LabsMenu trigger={button} onClose={() => setOpen(false)} onFile={() => file.current?.choose()} />
        </Suspense>
      ) : null}
      <FileChoice ref={file} />
    </>
  );
}
