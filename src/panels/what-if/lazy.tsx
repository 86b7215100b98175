/** The view of two futures is fetched when it is first needed. */
import { closeWhatIf } from '../../lab/index.ts';
import { part } from '../common/part.tsx';
import css from '../common/part.module.css';

export const WhatIfPage = part(() => import('./what-if-page.tsx'), {
  leave: () => closeWhatIf(),
  around: (message) => <div className={css['middle']}>{message}</div>,
});
