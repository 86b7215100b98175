/** Below the map: the list of events, and a terminal for each host. */
import { Search } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components';
import type { NodeId } from '../../engine/index.ts';
import { editor } from '../../lab/index.ts';
import failed from '../common/part.module.css';
import { Finder } from '../common/finder.tsx';
import { MANY } from '../common/matches.ts';
import { part } from '../common/part.tsx';
import { useLab, useSay } from '../common/use-lab.ts';
import { useSoon } from '../common/use-soon.ts';
import { FilePane } from '../edit/index.ts';
import { EventFilter } from './event-filter.tsx';
import { EventList } from './event-list.tsx';
import { tabChosen } from '../terminal/free-keys.ts';
import { searchCall } from './search-call.ts';
import { tabsInSight, useStrip, useTabWidth } from './tab-strip.ts';
import type { TerminalProps } from '../terminal/terminal.tsx';
import css from './dock.module.css';

const Terminal = part<TerminalProps>(() => import('../terminal/terminal.tsx'), {
  around: (message) => <div className={failed['inDock']}>{message}</div>,
});

/** What leads from tab to tab. */
const ARROWS: readonly string[] = ['ArrowLeft', 'ArrowRight', 'Home', 'End'];

/** No node is called as one of the other tabs. */
function tabOf(host: string): string {
  return `# ${host}`;
}

export function Dock() {
  const [tab, setTab] = useState(editor.getState().on ? 'file' : 'events');
  // What is drawn is written into the file: there it is to be seen.
  useEffect(() => editor.subscribe((now, before) => (now.on && !before.on ? setTab('file') : undefined)), []);
  // While the lab is edited the file stays in sight.
  useEffect(() => searchCall.subscribe(({ open: called }) => (called && !editor.getState().on ? setTab('events') : undefined)), []);
  // Another lab's tabs come a moment after its map: all at once would take longer than a frame.
  const open = useLab((s) => s.lab?.id);
  const drawn = useSoon(open);
  return open === drawn ? <DockTabs key={open} tab={tab} onTab={setTab} /> : <div className={css['dock']} />;
}

function DockTabs({ tab, onTab }: { readonly tab: string; readonly onTab: (tab: string) => void }) {
  const say = useSay();
  const nodes = useLab((s) => s.lab?.input.world.nodes);
  const hosts = useMemo(
    () => (nodes ?? []).flatMap((node, i) => (node.kind === 'linux' ? [{ name: node.name, id: i as NodeId }] : [])),
    [nodes],
  );
  const names = useMemo(() => hosts.map(({ name }) => name), [hosts]);
  const strip = useRef<HTMLDivElement>(null);
  const tabWidth = useTabWidth();
  const opened = hosts.findIndex((host) => tabOf(host.name) === tab);
  const present = tab === 'file' || opened >= 0 ? tab : 'events';
  const many = hosts.length > MANY;
  const view = useStrip(strip, many, opened, tabWidth);
  const there = many ? tabsInSight(hosts.length, view, tabWidth, opened) : hosts.map((_, i) => i);
  const host = hosts[opened];
  return (
    <Tabs className={css['dock'] ?? ''} selectedKey={present} onSelectionChange={(key) => onTab(String(key))}>
      <div
        className={css['head']}
        onPointerDownCapture={() => tabChosen('by pointer')}
        onKeyDownCapture={({ key }) => (ARROWS.includes(key) ? tabChosen('by arrows') : undefined)}
      >
        <TabList ref={strip} className={css['tabs'] ?? ''} aria-label={say('dock.label')}>
          <Tab id="events" className={css['tab'] ?? ''}>
            {say('dock.events')}
          </Tab>
          <Tab id="file" className={css['tab'] ?? ''}>
            {say('file.tab')}
          </Tab>
          {there.map((place, i) => (
            <Tab
              key={names[place]}
              id={tabOf(names[place] ?? '')}
              className={css['tab'] ?? ''}
              data-terminal
              data-many={many || undefined}
              style={many ? { inlineSize: tabWidth, marginInlineStart: (place - (there[i - 1] ?? -1) - 1) * tabWidth } : {}}
            >
              <span className={css['prompt']} aria-hidden="true">
                #
              </span>{' '}
              {names[place]}
            </Tab>
          ))}
        </TabList>
        {many ? (
          <Finder
            className={css['find']}
            label={say('dock.find')}
            names={names}
            chosen={opened}
            onFind={(place) => onTab(tabOf(names[place] ?? ''))}
          >
            <Search size={14} aria-hidden /> <span>{say('dock.find')}</span>
          </Finder>
        ) : null}
        {present === 'events' ? <EventFilter /> : null}
      </div>
      <TabPanel id="events" className={css['panel'] ?? ''}>
        <EventList />
      </TabPanel>
      <TabPanel id="file" className={css['panel'] ?? ''}>
        <FilePane />
      </TabPanel>
      {host === undefined ? null : (
        <TabPanel key={host.name} id={present} className={css['panel'] ?? ''}>
          <Terminal key={host.id} node={host.id} name={host.name} />
        </TabPanel>
      )}
    </Tabs>
  );
}
