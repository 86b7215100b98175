/** A node's tables at the moment shown. */
import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components';
import type { NodeId } from '../../engine/index.ts';
import { choose, type LayerView } from '../../lab/index.ts';
import { Segments } from '../common/segments.tsx';
import { useSay, useSettings } from '../common/use-lab.ts';
import { useWorld } from '../common/use-world.ts';
import { ChangeCause } from './change-cause.tsx';
import { HalfView } from './half-view.tsx';
import { Connections, Services } from './ipvs-tables.tsx';
import { PowerSwitch, Timers } from './in-hand.tsx';
import { NodeCables } from './node-cables.tsx';
import { Fdb, Interfaces, Neighbours, Processes, Routes, Sockets } from './node-tables.tsx';
import { Sysctls } from './sysctls.tsx';
import css from './inspector.module.css';

const LINUX = ['addr', 'neigh', 'route', 'sysctl', 'ipvs', 'conns', 'socket', 'proc', 'timers'] as const;

/** The layers that a table belongs to; in all of them one can type a setting. */
const LAYERS_OF: Readonly<Record<(typeof LINUX)[number], readonly LayerView[]>> = {
  addr: ['l2', 'l3', 'l4'],
  neigh: ['l2'],
  route: ['l3'],
  sysctl: ['l2', 'l3', 'l4'],
  ipvs: ['l4'],
  conns: ['l4'],
  socket: ['l4'],
  proc: [],
  timers: ['l2', 'l4'],
};

export function NodeInspector({ node }: { readonly node: NodeId }) {
  const say = useSay();
  const showMacs = useSettings((s) => s.showMacs);
  const layer = useSettings((s) => s.layer);
  const kind = useWorld((world) => {
    const state = world.nodes[node];
    if (state === undefined) return null;
    return state.kind === 'switch' ? 'switch' : state.ipvs.services.length > 0 || state.role === 'director' ? 'director' : 'linux';
  });
  if (kind === null) return null;
  if (kind === 'switch')
    return (
      <>
        <PowerSwitch node={node} />
        <NodeCables node={node} />
        <ChangeCause node={node} tables={['fdb']} />
        <Fdb node={node} />
        <h3>{say('timers.title')}</h3>
        <Timers node={node} />
      </>
    );
  const tabs = LINUX.filter(
    (tab) => (kind === 'director' || (tab !== 'ipvs' && tab !== 'conns')) && (layer === 'all' || LAYERS_OF[tab].includes(layer)),
  );
  return (
    <>
      <PowerSwitch node={node} />
      <NodeCables node={node} />
      <Tabs key={layer} defaultSelectedKey={kind === 'director' && (layer === 'all' || layer === 'l4') ? 'ipvs' : 'addr'}>
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
          <ChangeCause node={node} tables={['neigh']} />
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
          <ChangeCause node={node} tables={['route']} />
          <Routes node={node} />
        </TabPanel>
        <TabPanel id="sysctl">
          <Sysctls node={node} />
        </TabPanel>
        {kind === 'director' ? (
          <>
            <TabPanel id="ipvs">
              <ChangeCause node={node} tables={['ipvs', 'conn']} />
              <Services node={node} />
            </TabPanel>
            <TabPanel id="conns">
              <ChangeCause node={node} tables={['conn']} />
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
        <TabPanel id="timers">
          <Timers node={node} />
        </TabPanel>
      </Tabs>
    </>
  );
}
