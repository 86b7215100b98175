/** The presenter is fetched when it is first needed. */
import { part } from '../common/part.tsx';
import css from '../common/part.module.css';
import type { PresenterProps } from './presenter.tsx';

export const Presenter = part<PresenterProps>(() => import('./presenter.tsx'), {
  leave: ({ onLeave }) => {
    if (document.fullscreenElement !== null) void document.exitFullscreen().catch(() => {});
    onLeave();
  },
  around: (message) => <div className={css['screen']}>{message}</div>,
});
