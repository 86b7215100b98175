/** The open lab's name, behind which the others are. */
import { ChevronDown } from 'lucide-react';
import { useRef, useState } from 'react';
import { Dialog, Popover } from 'react-aria-components';
import failed from '../common/part.module.css';
import { part } from '../common/part.tsx';
import { useLab, useLang, useSay } from '../common/use-lab.ts';
import { FileChoice, type FileChooser } from './file-choice.tsx';
import type { LabsMenuProps } from './labs-menu.tsx';
import css from './scenario.module.css';

const LabsMenu = part<LabsMenuProps>(() => import('./labs-menu.tsx'), {
  leave: ({ onClose }) => onClose(),
  coming: null,
  around: (message, { trigger, onClose }) => (
    <Popover
      triggerRef={trigger}
      placement="bottom start"
      className={failed['popped'] ?? ''}
      isOpen
      onOpenChange={(open) => (open ? undefined : onClose())}
    >
      <Dialog aria-labelledby="labs-title">{message}</Dialog>
    </Popover>
  ),
});

export function LabsTitle() {
  const say = useSay();
  const lang = useLang();
  const title = useLab((s) => s.lab?.title[lang]);
  const button = useRef<HTMLButtonElement>(null);
  const file = useRef<FileChooser>(null);
  const [open, setOpen] = useState(false);
  return (
    <>
      <button
        ref={button}
        id="labs-title"
        type="button"
        className={css['title']}
        aria-haspopup="menu"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        <span>{title ?? say('scenario.labs')}</span>
        <ChevronDown size={15} aria-hidden />
      </button>
      {open ? <LabsMenu trigger={button} onClose={() => setOpen(false)} onFile={() => file.current?.choose()} /> : null}
      <FileChoice ref={file} />
    </>
  );
}
