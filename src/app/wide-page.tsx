/** Lab at the left, map in the middle, inspector at the right, dock below; sizes are remembered. */
import { Group, Panel, Separator, usePanelRef } from 'react-resizable-panels';
import { PanelLeft, PanelRight } from 'lucide-react';
import { useState } from 'react';
import { choose, settings } from '../lab/index.ts';
import { IconButton, useSay } from '../panels/index.ts';
import css from './app.module.css';
import type { Panes } from './panes.ts';

function remember(group: string): (layout: Record<string, number>) => void {
  return (layout) => choose({ layouts: { ...settings.getState().layouts, [group]: layout } });
}

function remembered(group: string): { defaultLayout?: Record<string, number> } {
  const layout = settings.getState().layouts[group];
  return layout === undefined ? {} : { defaultLayout: { ...layout } };
}

export function WidePage({ picture, below, tools, scenario, inspector, dock }: Panes) {
  const say = useSay();
  const left = usePanelRef();
  const right = usePanelRef();
  const [shown, setShown] = useState({ left: true, right: true });
  const toggle = (side: 'left' | 'right'): void => {
    const panel = side === 'left' ? left.current : right.current;
    if (panel?.isCollapsed() === true) panel.expand();
    else panel?.collapse();
  };
  return (
    <Group id="rows" orientation="vertical" className={css['group']} onLayoutChanged={remember('rows')} {...remembered('rows')}>
      <Panel id="upper" minSize={300}>
        <Group id="columns" orientation="horizontal" onLayoutChanged={remember('columns')} {...remembered('columns')}>
          <Panel
            id="scenario"
            panelRef={left}
            defaultSize={264}
            minSize={200}
            maxSize="36%"
            collapsible
            groupResizeBehavior="preserve-pixel-size"
            onResize={(size) => setShown((s) => ({ ...s, left: size.inPixels > 0 }))}
          >
            {scenario}
          </Panel>
          <Separator className={css['handle'] ?? ''} aria-label={say('app.resizeLeft')} />
          <Panel id="centre" minSize={360}>
            <div className={css['centre']}>
              {picture}
              <div className={css['sides']}>
                <IconButton label={say(shown.left ? 'app.hideLeft' : 'app.showLeft')} pressed={shown.left} onPress={() => toggle('left')}>
                  <PanelLeft size={17} />
                </IconButton>
              </div>
              <div className={css['sides']} data-side="right">
                {tools}
                <IconButton label={say(shown.right ? 'app.hideRight' : 'app.showRight')} pressed={shown.right} onPress={() => toggle('right')}>
                  <PanelRight size={17} />
                </IconButton>
              </div>
              {below}
            </div>
          </Panel>
          <Separator className={css['handle'] ?? ''} aria-label={say('app.resizeRight')} />
          <Panel
            id="inspector"
            panelRef={right}
            defaultSize={318}
            minSize={240}
            maxSize="45%"
            collapsible
            groupResizeBehavior="preserve-pixel-size"
            onResize={(size) => setShown((s) => ({ ...s, right: size.inPixels > 0 }))}
          >
            {inspector}
          </Panel>
        </Group>
      </Panel>
      <Separator className={css['handleRow'] ?? ''} aria-label={say('app.resizeDock')} />
      <Panel id="dock" defaultSize="24%" minSize={36} collapsible={false} groupResizeBehavior="preserve-pixel-size">
        {dock}
      </Panel>
    </Group>
  );
}
