/** Lab at the left, map in the middle, inspector at the right, dock below; sizes are remembered. */
import { useEffect, type RefObject } from 'react';
import { Group, Panel, Separator, usePanelRef, type PanelImperativeHandle } from 'react-resizable-panels';
import { choose, settings } from '../lab/index.ts';
import { useSay, useSettings } from '../panels/index.ts';
import css from './app.module.css';
import type { Panes } from './panes.ts';

function remember(group: string): (layout: Record<string, number>) => void {
  return (layout) => choose({ layouts: { ...settings.getState().layouts, [group]: layout } });
}

function remembered(group: string): { defaultLayout?: Record<string, number> } {
  const layout = settings.getState().layouts[group];
  return layout === undefined ? {} : { defaultLayout: { ...layout } };
}

const DOCK_SIZE = '22%';
/** Only its tabs are left. */
const DOCK_FOLDED = '2.6rem';

export interface WidePageProps extends Panes {
  readonly left: RefObject<PanelImperativeHandle | null>;
  readonly right: RefObject<PanelImperativeHandle | null>;
  readonly onSides: (side: 'left' | 'right', shown: boolean) => void;
}

export function WidePage({ picture, below, scenario, inspector, dock: events, left, right, onSides }: WidePageProps) {
  const say = useSay();
  const size = useSettings((s) => s.size);
  const lower = usePanelRef();

  useEffect(() => {
    // Large text is for showing one thing to many: the map takes the room of the panels.
    if (size === 'normal') return undefined;
    const sides = [left.current, right.current];
    const dock = lower.current;
    for (const side of sides) side?.collapse();
    dock?.resize(DOCK_FOLDED);
    return () => {
      for (const side of sides) side?.expand();
      dock?.resize(DOCK_SIZE);
    };
  }, [size, left, right, lower]);

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
      <Panel
        id="dock"
        panelRef={lower}
        defaultSize={DOCK_SIZE}
        minSize={DOCK_FOLDED}
        collapsible={false}
        groupResizeBehavior="preserve-pixel-size"
      >
        {events}
      </Panel>
    </Group>
  );
}
