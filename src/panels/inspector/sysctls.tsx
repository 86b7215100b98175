/** The settings of a node that matter for load balancing, with switches and what they do. */
import { useState } from 'react';
import type { NodeId } from '../../engine/index.ts';
import { readSetting } from '../../lab/index.ts';
import { hostTables } from '../../world/index.ts';
import { useLang, useSay } from '../common/use-lab.ts';
import { useWorld } from '../common/use-world.ts';
import { SettingSwitch } from '../scenario/setting-switch.tsx';
import css from './inspector.module.css';

/** Shown without a search: what decides in the labs. */
const MAIN = [
  'ip_forward',
  'arp_ignore',
  'arp_announce',
  'rp_filter',
  'send_redirects',
  'accept_redirects',
  'accept_local',
  'arp_filter',
  'arp_notify',
  'proxy_arp',
];
const MAIN_VS = ['conntrack', 'expire_nodest_conn', 'expire_quiescent_template', 'conn_reuse_mode', 'sloppy_tcp', 'nat_icmp_send'];
const SHOWN = 40;

export function Sysctls({ node }: { readonly node: NodeId }) {
  const say = useSay();
  const lang = useLang();
  const [search, setSearch] = useState('');
  const rows = useWorld((world) => {
    const state = world.nodes[node];
    if (state?.kind !== 'linux') return [];
    const devs = state.host.devs.flatMap((dev) => (dev === null ? [] : [dev.name]));
    const names =
      search.trim() === '' ? mainNames(devs, state.host.modules.includes('ip_vs')) : searchNames(search.trim().toLowerCase(), devs);
    return names.flatMap((name) => {
      const value = readSetting(state, name);
      return value === null ? [] : [{ name, value }];
    });
  });
  if (rows === null) return null;
  return (
    <>
      <input
        type="search"
        value={search}
        placeholder={say('sysctl.search')}
        aria-label={say('sysctl.search')}
        onChange={(event) => setSearch(event.target.value)}
      />
      {rows.slice(0, SHOWN).map(({ name, value }) => (
        <div key={name} className={css['sysctl']}>
          <div>
            <code>{name}</code>
            {/^-?\d+$/.test(value) && rowOf(name)?.writable !== false ? (
              <SettingSwitch node={node} name={name} value={value} />
            ) : (
              <code>{value}</code>
            )}
          </div>
          <p>{rowOf(name)?.[lang] ?? ''}</p>
        </div>
      ))}
      {rows.length > SHOWN ? <p>{say('sysctl.more', { count: rows.length - SHOWN })}</p> : null}
      {rows.length === 0 ? <p>{say('sysctl.none')}</p> : null}
    </>
  );
}

function mainNames(devs: readonly string[], ipvs: boolean): string[] {
  const names = ['net.ipv4.ip_forward'];
  for (const setting of MAIN.slice(1))
    for (const iface of ['all', ...devs.filter((dev) => dev !== 'lo' && dev !== 'tunl0')]) names.push(`net.ipv4.conf.${iface}.${setting}`);
  return ipvs ? [...MAIN_VS.map((name) => `net.ipv4.vs.${name}`), ...names] : names;
}

function searchNames(text: string, devs: readonly string[]): string[] {
  return hostTables.sysctls
    .flatMap((row) => (row.name.includes('*') ? ['all', 'default', ...devs].map((iface) => row.name.replace('*', iface)) : [row.name]))
    .filter((name) => name.includes(text));
}

/** The row of the sysctl tables that a name belongs to. */
function rowOf(name: string) {
  const general = name.replace(/^(net\.ipv4\.(?:conf|neigh))\.[^.]+\./, '$1.*.');
  return hostTables.sysctls.find((row) => row.name === name || row.name === general);
}
