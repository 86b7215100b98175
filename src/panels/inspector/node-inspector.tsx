/** A node's tables at the moment shown. */
import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components';
import type { NodeId } from '../../engine/index.ts';
import { choose } from '../../lab/index.ts';
import { Segments } from '../common/segments.tsx';
import { useSay, useSettings } from '../common/use-lab.ts';
import { useWorld } from '../common/use-world.ts';
import { HalfView } from './half-view.tsx';
import { Connections, Services } from './ipvs-tables.tsx';
import { Fdb, Interfaces, Neighbours, Processes, Routes, Sockets } from './node-tables.tsx';
import { Sysctls } from './sysctls.tsx';
import css from './inspector.module.css';

const LINUX = ['addr', 'neigh', 'route', 'sysctl', 'ipvs', 'conns', 'socket', 'proc'] as const;

export function NodeInspector({ node }: { readonly node: NodeId }) {
  const say = useSay();
  const showMacs = useSettings((s) => s.showMacs);
  const kind = useWorld((world) => {
    const state = world.nodes[node];
    if (state === undefined) return null;
    return state.kind === 'switch' ? 'switch' : state.ipvs.services.length > 0 || state.role === 'director' ? 'director' : 'linux';
  });
  if (kind === null) return null;
  if (kind === 'switch') return <Fdb node={node} />;
  const tabs = LINUX.filter((tab) => kind === 'director' || (tab !== 'ipvs' && tab !== 'conns'));
  return (
    <Tabs defaultSelectedKey={kind === 'director' ? 'ipvs' : 'addr'}>
      <TabList className={css['tabs'] ?? ''} aria-label={say('node.tabs')}>
        {tabs.map((tab) => (
          <Tab key={tab} id={tab} className={css['tab'] ?? ''}>
            {say(`node.${tab}`)}
          </Tab>
        ))}
      </TabList>
      <TabPanel id="addr">
        <Interfaces node={node} />
      </TabPanel>
      <TabPanel id="neigh">
        <Neighbours node={node} />
        <div className={css['macSwitch']}>
          <Segments
            label={say('node.macs')}
            showLabel
            value={showMacs ? 'full' : 'names'}
            options={[
              { value: 'names', label: say('node.macNames') },
              { value: 'full', label: say('node.macFull') },
            ]}
            onChange={(value) => choose({ showMacs: value === 'full' })}
          />
        </div>
      </TabPanel>
      <TabPanel id="route">
        <Routes node={node} />
      </TabPanel>
      <TabPanel id="sysctl">
        <Sysctls node={node} />
      </TabPanel>
      {kind === 'director' ? (
        <>
          <TabPanel id="ipvs">
            <Services node={node} />
          </TabPanel>
          <TabPanel id="conns">
            <Connections node={node} />
            <HalfView node={node} />
          </TabPanel>
        </>
      ) : null}
      <TabPanel id="socket">
        <Sockets node={node} />
      </TabPanel>
      <TabPanel id="proc">
        <Processes node={node} />
      </TabPanel>
    </Tabs>
  );
}
