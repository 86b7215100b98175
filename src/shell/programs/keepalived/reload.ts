/**
 * SIGHUP: the file is read again, and what is named the same (instances by name, servers by address) goes on
 * in its state.
 * Comes from: keepalived.ts.  Goes to: start.ts.
 * Source: keepalived 2.2.7 vrrp/vrrp_daemon.c, reload_vrrp_thread(); vrrp/vrrp.c, clear_diff_vrrp(),
 *   reset_vrrp_state(); check/check_daemon.c, reload_check_thread(), clear_diff_services().
 * Differs: what an instance tracks is not counted anew.
 */
import { millis, type Nanos } from '../../../engine/index.ts';
import { sockClose } from '../../../host/index.ts';
import { stopCheck } from './checks.ts';
import { clockOf, spend } from './clock.ts';
import type { Config, VrrpConf } from './config.ts';
import { log, logCheck } from './log.ts';
import { clearServer, clearService, vsName } from './lvs.ts';
import { load, sayGoodbye, startCheckers, startVrrp } from './start.ts';
import type { Instance, Ka } from './state.ts';
import { addVip, announce, delVip } from './vips.ts';
import { releaseVips } from './vrrp.ts';
import { changeRoutes } from './vroutes.ts';
import { sourceOf } from './vrrp-track.ts';
import { downInterval, startTimer } from './vrrp-timer.ts';

/** So long it takes to read the file. */
const READING = millis(1);

/**
 * The instance goes on with its new settings; addresses that are no longer wanted are given up. A master
 * advertises before and after the change, so that no backup loses patience meanwhile.
 */
function changeInstance(ka: Ka, instance: Instance, conf: VrrpConf): void {
  for (const vip of instance.conf.vips) {
    if (instance.vipSet && !conf.vips.some((other) => other.addr === vip.addr && other.prefixLen === vip.prefixLen))
      delVip(ka, instance, vip);
  }
  const added = conf.vips.filter(
    (vip) => !instance.conf.vips.some((other) => other.addr === vip.addr && other.prefixLen === vip.prefixLen),
  );
  const before = instance.conf.routes;
  const step = instance.totalPriority - instance.basePriority;
  instance.conf = conf;
  instance.basePriority = conf.priority;
  instance.totalPriority = conf.priority + step;
  instance.priority = Math.min(Math.max(instance.totalPriority, 1), conf.priority === 255 ? 255 : 254);
  instance.masterAdvert = conf.advert;
  instance.downTimer = downInterval(instance);
  instance.src = sourceOf(ka, instance);
  // which master was heard is forgotten, too: its addresses are looked at again
  instance.master = null;
  if (instance.state === 'MASTER') {
    changeRoutes(ka, before, conf.routes);
    for (const vip of added) addVip(ka, instance, vip);
    if (added.length > 0) announce(ka, instance, conf.garp.repeat);
    instance.fireAt = clockOf(ka);
    // when the addresses were announced last is forgotten
    instance.garpRefreshAt = conf.garp.refresh > 0 ? (0 as Nanos) : null;
    return;
  }
  startTimer(ka, instance);
}

/** A master advertises before the file is read, so that no backup loses patience meanwhile. */
export function announceReload(ka: Ka): void {
  for (const { state, conf } of ka.st.instances)
    if (state === 'MASTER') ka.st.work.push({ kind: 'advert', name: conf.name, goodbye: false });
  ka.st.work.push({ kind: 'reread', name: '' });
}

export function reload(ka: Ka): void {
  const { net, st } = ka;
  log(ka, 'Keepalived', 'Reloading ...');
  const config = load(ka);
  if (config === null) return;
  if (config.badVrrp && st.options.vrrp) {
    log(ka, 'Keepalived', 'Keepalived_vrrp exited with permanent error CONFIG. Terminating');
    net.trace('keepalived', 'state', 'keepalived.gives-up', null, { file: st.options.file });
    return sayGoodbye(ka);
  }
  net.trace('keepalived', 'state', 'keepalived.reloaded', null, { file: st.options.file });
  spend(ka, READING);
  st.config = config;
  // what was still to be announced is forgotten
  st.lateGarps = [];
  if (st.options.vrrp) {
    for (const instance of st.instances.slice()) {
      const conf = config.instances.find((one) => one.name === instance.conf.name);
      const moved =
        conf !== undefined &&
        (conf.dev !== instance.conf.dev ||
          conf.peers.length > 0 !== instance.conf.peers.length > 0 ||
          conf.mcastGroup !== instance.conf.mcastGroup);
      if (conf !== undefined && !moved) {
        changeInstance(ka, instance, conf);
        continue;
      }
      releaseVips(ka, instance, false, instance.state === 'MASTER');
      if (instance.sockOut !== 0) sockClose(net, instance.sockOut);
      st.instances.splice(st.instances.indexOf(instance), 1);
    }
    startVrrp(ka, config);
  }
  if (st.options.checkers) reloadCheckers(ka, config);
}

function reloadCheckers(ka: Ka, config: Config): void {
  const { st } = ka;
  const before = st.virtualServers;
  const oldChecks = st.checks;
  for (const check of oldChecks) stopCheck(ka, check);
  for (const vs of before) {
    const conf = config.servers.find((one) => JSON.stringify([one.target, one.proto]) === JSON.stringify([vs.conf.target, vs.conf.proto]));
    if (conf === undefined) {
      logCheck(ka, `Removing Virtual Server ${vsName(vs)}`);
      clearService(ka, vs, false);
      continue;
    }
    for (const rs of vs.servers)
      if (!conf.servers.some((one) => one.addr === rs.conf.addr && one.port === rs.conf.port)) clearServer(ka, vs, rs, false);
  }
  startCheckers(ka, config, before, oldChecks);
}
