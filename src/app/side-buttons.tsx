/** Folds the panels at the sides of the map away. */
import { PanelLeft, PanelRight } from 'lucide-react';
import type { RefObject } from 'react';
import type { PanelImperativeHandle } from 'react-resizable-panels';
import { IconButton, useSay } from '../panels/index.ts';
import css from './app.module.css';

export interface SideButtonsProps {
  readonly left: RefObject<PanelImperativeHandle | null>;
  readonly right: RefObject<PanelImperativeHandle | null>;
  readonly shown: { readonly left: boolean; readonly right: boolean };
}

export function SideButtons({ left, right, shown }: SideButtonsProps) {
  const say = useSay();
  const toggle = (panel: PanelImperativeHandle | null): void => {
    if (panel?.isCollapsed() === true) panel.expand();
    else panel?.collapse();
  };
  return (
    <div className={css['tools']}>
      <IconButton label={say(shown.left ? 'app.hideLeft' : 'app.showLeft')} pressed={shown.left} onPress={() => toggle(left.current)}>
        <PanelLeft size={17} />
      </IconButton>
      <IconButton label={say(shown.right ? 'app.hideRight' : 'app.showRight')} pressed={shown.right} onPress={() => toggle(right.current)}>
        <PanelRight size={17} />
      </IconButton>
    </div>
  );
}
