/** A window over the page, with a title and a way out: the close button, Escape, a press beside it. */
import { X } from 'lucide-react';
import type { CSSProperties, ReactNode } from 'react';
import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { IconButton } from './icon-button.tsx';
import { useSay } from './use-lab.ts';
import css from './window.module.css';

export interface WindowProps {
  readonly title: string;
  /** widest, rem */
  readonly width: number;
  readonly open?: boolean;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

export function Window({ title, width, open = true, onClose, children }: WindowProps) {
  const say = useSay();
  return (
    <ModalOverlay className={css['overlay'] ?? ''} isOpen={open} isDismissable onOpenChange={(isOpen) => (isOpen ? undefined : onClose())}>
      <Modal className={css['modal'] ?? ''} style={{ '--window-width': `${width}rem` } as CSSProperties}>
        <Dialog className={css['dialog'] ?? ''}>
          <header>
            <Heading slot="title">{title}</Heading>
            <IconButton label={say('close')} keys="Esc" onPress={onClose}>
              <X size={18} />
            </IconButton>
          </header>
          {children}
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
