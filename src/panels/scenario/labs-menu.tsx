/**
 * The other labs, and a file of one's own, from the title at the top.
 * Goes to: labs-title.tsx, which fetches it when it is first opened.
 */
import { Check } from 'lucide-react';
import type { RefObject } from 'react';
import { Menu, MenuItem, Popover, Separator } from 'react-aria-components';
import { emptyLab, library, openLab, openToEdit, restartLab } from '../../lab/index.ts';
import menu from '../common/menu.module.css';
import { useLab, useLang, useSay } from '../common/use-lab.ts';

export interface LabsMenuProps {
  readonly trigger: RefObject<HTMLElement | null>;
  readonly onClose: () => void;
  /** lets somebody choose a file */
  readonly onFile: () => void;
}

export default function LabsMenu({ trigger, onClose, onFile }: LabsMenuProps) {
  const say = useSay();
  const lang = useLang();
  const current = useLab((s) => s.lab?.id);
  const row = (id: string, label: string, run: () => void) => (
    <MenuItem key={id} id={id} textValue={label} className={menu['item'] ?? ''} data-now={id === current || undefined} onAction={run}>
      <Check size={14} aria-hidden />
      {label}
    </MenuItem>
  );
  return (
    <Popover
      triggerRef={trigger}
      placement="bottom start"
      className={menu['menu'] ?? ''}
      isOpen
      onOpenChange={(open) => (open ? undefined : onClose())}
    >
      <Menu autoFocus="first" aria-label={say('scenario.labs')} onClose={onClose}>
        {library.map(({ id, file, text, title }) => row(id, title[lang], () => openLab(file, text, id)))}
        <Separator key="own" className={menu['line'] ?? ''} />
        {row(emptyLab.id, say('lab.empty'), () => openToEdit(emptyLab.file, emptyLab.text, emptyLab.id))}
        {row('file', say('scenario.open'), onFile)}
        {row('again', say('scenario.restart'), restartLab)}
      </Menu>
    </Popover>
  );
}
