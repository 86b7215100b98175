/**
 * lvs_sync_daemon: the node that is master tells of its connections, the others listen.
 * Comes from: vrrp.ts, keepalived.ts.  Goes to: ipvs/sync.
 * Source: keepalived 2.2.7 check/ipvswrapper.c, ipvs_syncd_cmd(), ipvs_syncd_master(), ipvs_syncd_backup().
 */
import { devByName } from '../../../host/index.ts';
import { startDaemon, stopDaemon } from '../../../ipvs/index.ts';
import type { Ipv4 } from '../../../wire/index.ts';
import { logVrrp } from './log.ts';
import type { Instance, Ka } from './state.ts';

/** 224.0.0.81, port 8848 */
const SYNC_GROUP = 0xe0000051 as Ipv4;
const SYNC_PORT = 8848;

function change(ka: Ka, instance: Instance, role: 'master' | 'backup'): void {
  const { net, st } = ka;
  const conf = st.config?.global.syncDaemon ?? null;
  if (conf === null || devByName(net.host, conf.dev) === null) return;
  net.modprobe('ip_vs');
  stopDaemon(net, role === 'master' ? 'backup' : 'master');
  const error = startDaemon(net, {
    role,
    mcastInterface: conf.dev,
    syncId: conf.id ?? instance.conf.vrid,
    maxlen: null,
    group: SYNC_GROUP,
    port: SYNC_PORT,
    ttl: 1,
  });
  if (error !== null && error !== 'EEXIST') logVrrp(ka, `IPVS cmd IP_VS_SO_SET_STARTDAEMON error: ${error}`);
}

/** The daemon takes the role that the state of its instance asks for. */
export function syncDaemonFollows(ka: Ka, instance: Instance): void {
  if (ka.st.config?.global.syncDaemon?.instance === instance.conf.name)
    change(ka, instance, instance.state === 'MASTER' ? 'master' : 'backup');
}

export function stopSyncDaemon(ka: Ka): void {
  if (ka.st.config?.global.syncDaemon === null) return;
  stopDaemon(ka.net, 'master');
  stopDaemon(ka.net, 'backup');
}
