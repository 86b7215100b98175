/** One column for small screens: the map first, the rest in sheets. */
import { FlaskConical, ListTree, ScanSearch, X } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Dialog, Modal, ModalOverlay } from 'react-aria-components';
import { OVER_MAP } from '../canvas/index.ts';
import { whatIf } from '../lab/index.ts';
import { IconButton, onFieldWanted, useSay } from '../panels/index.ts';
import css from './app.module.css';
import type { Panes } from './panes.ts';

const SHEETS = ['scenario', 'inspector', 'dock'] as const;
type Sheet = (typeof SHEETS)[number];

export function NarrowPage(panes: Panes) {
  const say = useSay();
  const [sheet, setSheet] = useState<Sheet | null>(null);
  // What was pressed in a sheet is shown behind it.
  useEffect(() => whatIf.subscribe(({ phase }) => (phase === 'closed' ? undefined : setSheet(null))), []);
  useEffect(() => onFieldWanted(() => setSheet('inspector')), []);
  return (
    <div className={css['column']}>
      {panes.picture}
      <div className={css['sides']} {...OVER_MAP}>
        {panes.tools}
      </div>
      {panes.below}
      <nav className={css['sheetsBar']} aria-label={say('app.sheets')}>
        {SHEETS.map((name) => (
          <button key={name} type="button" onClick={() => setSheet(name)}>
            {name === 'scenario' ? (
              <FlaskConical size={18} aria-hidden />
            ) : name === 'inspector' ? (
              <ScanSearch size={18} aria-hidden />
            ) : (
              <ListTree size={18} aria-hidden />
            )}
            {say(`sheet.${name}`)}
          </button>
        ))}
      </nav>
      <ModalOverlay
        className={css['sheetOverlay'] ?? ''}
        isOpen={sheet !== null}
        isDismissable
        onOpenChange={(open) => (open ? undefined : setSheet(null))}
      >
        <Modal className={css['sheet'] ?? ''}>
          <Dialog className={css['sheetBody'] ?? ''} aria-label={sheet === null ? '' : say(`sheet.${sheet}`)}>
            <div className={css['sheetClose']}>
              <IconButton label={say('close')} onPress={() => setSheet(null)}>
                <X size={18} />
              </IconButton>
            </div>
            {sheet === null ? null : panes[sheet]}
          </Dialog>
        </Modal>
      </ModalOverlay>
    </div>
  );
}
