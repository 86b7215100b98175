/** Lab at the left, map in the middle, inspector at the right, dock below; sizes are remembered. */
import { Group, Panel, Separator, type PanelImperativeHandle } from 'react-resizable-panels';
import type { Ref } from 'react';
import { choose, settings } from '../lab/index.ts';
import { useSay } from '../panels/index.ts';
import css from './app.module.css';
import type { Panes } from './panes.ts';

function remember(group: string): (layout: Record<string, number>) => void {
  return (layout) => choose({ layouts: { ...settings.getState().layouts, [group]: layout } });
}

function remembered(group: string): { defaultLayout?: Record<string, number> } {
  const layout = settings.getState().layouts[group];
  return layout === undefined ? {} : { defaultLayout: { ...layout } };
}

export interface WidePageProps extends Panes {
  readonly left: Ref<PanelImperativeHandle | null>;
  readonly right: Ref<PanelImperativeHandle | null>;
  readonly onSides: (side: 'left' | 'right', shown: boolean) => void;
}

export function WidePage({ picture, below, scenario, inspector, dock, left, right, onSides }: WidePageProps) {
  const say = useSay();
  return (
    <Group id="rows" orientation="vertical" className={css['group']} onLayoutChanged={remember('rows')} {...remembered('rows')}>
      <Panel id="upper" minSize={300}>
        <Group id="columns" orientation="horizontal" onLayoutChanged={remember('columns')} {...remembered('columns')}>
          <Panel
            id="scenario"
            panelRef={left}
            defaultSize={260}
            minSize={200}
            maxSize="36%"
            collapsible
            groupResizeBehavior="preserve-pixel-size"
            onResize={(size) => onSides('left', size.inPixels > 0)}
          >
            {scenario}
          </Panel>
          <Separator className={css['handle'] ?? ''} aria-label={say('app.resizeLeft')} />
          <Panel id="centre" minSize={360}>
            <div className={css['centre']}>
              {picture}
              {below}
            </div>
          </Panel>
          <Separator className={css['handle'] ?? ''} aria-label={say('app.resizeRight')} />
          <Panel
            id="inspector"
            panelRef={right}
            defaultSize={336}
            minSize={240}
            maxSize="45%"
            collapsible
            groupResizeBehavior="preserve-pixel-size"
            onResize={(size) => onSides('right', size.inPixels > 0)}
          >
            {inspector}
          </Panel>
        </Group>
      </Panel>
      <Separator className={css['handleRow'] ?? ''} aria-label={say('app.resizeDock')} />
      <Panel id="dock" defaultSize="22%" minSize={36} collapsible={false} groupResizeBehavior="preserve-pixel-size">
        {dock}
      </Panel>
    </Group>
  );
}
