/** Below the map: the list of events, and a terminal for each host. */
import { lazy, Suspense, useEffect, useState } from 'react';
import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components';
import type { NodeId } from '../../engine/index.ts';
import { editor } from '../../lab/index.ts';
import { useLab, useSay } from '../common/use-lab.ts';
import { useSoon } from '../common/use-soon.ts';
import { FilePane } from '../edit/index.ts';
import { EventFilter } from './event-filter.tsx';
import { EventList } from './event-list.tsx';
import css from './dock.module.css';

const Terminal = lazy(async () => ({ default: (await import('../terminal/terminal.tsx')).Terminal }));

/** No node is called as one of the other tabs. */
function tabOf(host: string): string {
  return `# ${host}`;
}

export function Dock() {
  const [tab, setTab] = useState(editor.getState().on ? 'file' : 'events');
  // What is drawn is written into the file: there it is to be seen.
  useEffect(() => editor.subscribe((now, before) => (now.on && !before.on ? setTab('file') : undefined)), []);
  // Another lab's tabs come a moment after its map: all at once would take longer than a frame.
  const open = useLab((s) => s.lab?.id);
  const drawn = useSoon(open);
  return open === drawn ? <DockTabs key={open} tab={tab} onTab={setTab} /> : <div className={css['dock']} />;
}

function DockTabs({ tab, onTab }: { readonly tab: string; readonly onTab: (tab: string) => void }) {
  const say = useSay();
  const nodes = useLab((s) => s.lab?.input.world.nodes) ?? [];
  const hosts = nodes.flatMap((node, i) => (node.kind === 'linux' ? [{ name: node.name, id: i as NodeId }] : []));
  const present = tab === 'events' || tab === 'file' || hosts.some((host) => tabOf(host.name) === tab) ? tab : 'events';
  return (
    <Tabs className={css['dock'] ?? ''} selectedKey={present} onSelectionChange={(key) => onTab(String(key))}>
      <div className={css['head']}>
        <TabList className={css['tabs'] ?? ''} aria-label={say('dock.label')}>
          <Tab id="events" className={css['tab'] ?? ''}>
            {say('dock.events')}
          </Tab>
          <Tab id="file" className={css['tab'] ?? ''}>
            {say('file.tab')}
          </Tab>
          {hosts.map((host) => (
            <Tab key={host.name} id={tabOf(host.name)} className={css['tab'] ?? ''}>
              <span className={css['prompt']} aria-hidden="true">
                #
              </span>{' '}
              {host.name}
            </Tab>
          ))}
        </TabList>
        {present === 'events' ? <EventFilter /> : null}
      </div>
      <TabPanel id="events" className={css['panel'] ?? ''}>
        <EventList />
      </TabPanel>
      <TabPanel id="file" className={css['panel'] ?? ''}>
        <FilePane />
      </TabPanel>
      {hosts.map((host) => (
        <TabPanel key={host.name} id={tabOf(host.name)} className={css['panel'] ?? ''}>
          <Suspense fallback={<p className={css['loading']}>{say('terminal.loading')}</p>}>
            <Terminal key={host.id} node={host.id} name={host.name} />
          </Suspense>
        </TabPanel>
      ))}
    </Tabs>
  );
}
