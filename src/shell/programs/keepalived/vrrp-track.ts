/**
 * What an instance depends on: its interface, other interfaces, scripts; and its address.
 * Comes from: keepalived.ts (netlink, ends of scripts).  Goes to: vrrp.ts.
 * Source: keepalived 2.2.7 core/keepalived_netlink.c, update_interface_flags(), process_if_status_change(),
 *   netlink_if_address_filter(); vrrp/vrrp_track.c, down_instance(), vrrp_set_effective_priority(),
 *   process_script_update_priority(); vrrp/vrrp_scheduler.c, try_up_instance(), vrrp_script_child_thread().
 */
import { later, type Nanos } from '../../../engine/index.ts';
import { devByName, devGet, netlinkRecv, type Dev, type NetlinkEvent } from '../../../host/index.ts';
import { formatIpv4, type Ipv4 } from '../../../wire/index.ts';
import { PRIO_OWNER, type TrackConf } from './config.ts';
import { log, logDetail, logVrrp } from './log.ts';
import { runCommand } from './notify.ts';
import { arm, type Instance, type Ka, type ScriptRun } from './state.ts';
import { sendGarp, vipDev } from './vips.ts';
import {
  groupFollowsBackup,
  groupFollowsFault,
  groupFollowsMaster,
  leaveFault,
  leaveMaster,
  scriptsPending,
  vipWasRemoved,
} from './vrrp.ts';
import { effectivePriority } from './vrrp-rules.ts';
import { downInterval, groupOf, membersOf, tell } from './vrrp-timer.ts';

/** IFF_UP and IFF_RUNNING */
export function isUp(dev: Dev | null): boolean {
  return dev !== null && dev.up && dev.carrier;
}

/** Whether an address of an interface is one of the virtual ones. */
function isVirtual(ka: Ka, addr: Ipv4, dev: Dev): boolean {
  return ka.st.instances.some((instance) =>
    instance.conf.vips.some((vip) => vip.addr === addr && vipDev(ka, instance, vip)?.ifindex === dev.ifindex),
  );
}

/** Reads which addresses the interfaces have, as a start or a reload does. */
export function readAddrs(ka: Ka): void {
  ka.st.ifAddrs.clear();
  for (const { conf } of ka.st.instances) {
    const dev = devByName(ka.net.host, conf.dev);
    if (dev === null || ka.st.ifAddrs.has(conf.dev)) continue;
    const own = dev.addrs.map((ifa) => ifa.local).filter((addr) => !isVirtual(ka, addr, dev));
    ka.st.ifAddrs.set(conf.dev, own);
  }
}

/** The address that advertisements come from, unless one is configured: the first of the interface. */
export function sourceOf(ka: Ka, { conf }: Instance): Ipv4 | null {
  return conf.src ?? ka.st.ifAddrs.get(conf.dev)?.[0] ?? null;
}

export function downInstance(ka: Ka, instance: Instance): void {
  if (instance.faults++ > 0 && instance.state !== 'INIT') return;
  instance.want = 'FAULT';
  const group = groupOf(ka, instance);
  if (instance.state === 'MASTER') leaveMaster(ka, instance, true);
  // a member that has failed with its group has said so
  else if (instance.state !== 'FAULT' || group?.state !== 'FAULT') leaveFault(ka, instance);
  if (group !== null && group.faults++ === 0) groupFollowsFault(ka, instance);
}

export function tryUpInstance(ka: Ka, instance: Instance, leavingInit: boolean): void {
  const group = groupOf(ka, instance);
  if (leavingInit) {
    if (instance.faults > 0 || scriptsPending(ka, instance)) return;
  } else {
    instance.faults = Math.max(instance.faults - 1, 0);
    if (instance.faults > 0 || scriptsPending(ka, instance)) return;
  }
  if (instance.want !== 'MASTER' || instance.basePriority !== PRIO_OWNER) instance.want = 'BACKUP';
  instance.masterAdvert = instance.conf.advert;
  instance.downTimer = downInterval(instance);
  if (group !== null) {
    if (!leavingInit) group.faults = Math.max(group.faults - 1, 0);
    if (group.faults > 0) {
      tell(ka, instance, 'group-still-faulty', { group: group.name });
      return;
    }
  }
  const want = instance.want;
  if (group !== null && want === 'MASTER' && membersOf(ka, group).some((member) => member !== instance && member.want !== 'MASTER'))
    instance.want = 'BACKUP';
  tell(ka, instance, 'leaves-fault', { span: instance.downTimer });
  leaveFault(ka, instance);
  // peers that have forgotten the hardware address could not advertise to this host at once
  if (instance.conf.peers.length > 0 && instance.src !== null) sendGarp(ka, devByName(ka.net.host, instance.conf.dev), instance.src);
  instance.want = want;
  if (group === null) return;
  if (instance.state === 'MASTER') groupFollowsMaster(ka, instance);
  else groupFollowsBackup(ka, instance);
}

/** The weights of what it tracks have changed. A backup's patience changes with its priority. */
export function setPriority(ka: Ka, instance: Instance, cause: string): void {
  const priority = effectivePriority(instance.basePriority, instance.totalPriority);
  if (priority === instance.priority) return;
  logVrrp(ka, `(${instance.conf.name}) Changing effective priority from ${instance.priority} to ${priority}`);
  tell(ka, instance, 'priority-changed', { before: instance.priority, after: priority, cause });
  const before = instance.downTimer;
  instance.priority = priority;
  instance.downTimer = downInterval(instance);
  if (instance.state === 'BACKUP' && instance.fireAt !== null)
    instance.fireAt = later(instance.fireAt, (instance.downTimer - before) as Nanos);
}

/** How an instance tracks an interface: its own counts without weight. */
function tracks(instance: Instance, devName: string): TrackConf[] {
  const found = instance.conf.trackInterfaces.filter((track) => track.name === devName);
  if (instance.conf.trackPrimary && instance.conf.dev === devName) found.unshift({ name: devName, weight: 0, reverse: false });
  return found;
}

/** A message tells how the interface was when it was written. */
function interfaceChanged(ka: Ka, dev: Dev, now: boolean): void {
  const { st } = ka;
  if (!st.ifUp.has(dev.name) || st.ifUp.get(dev.name) === now) return;
  st.ifUp.set(dev.name, now);
  logVrrp(ka, `Netlink reports ${dev.name} ${now ? 'up' : 'down'}`);
  for (const instance of st.instances) {
    for (const track of tracks(instance, dev.name)) {
      if (track.weight !== 0) {
        const step = Math.abs(track.weight) * (track.reverse ? -1 : 1);
        instance.totalPriority += now ? step : -step;
        setPriority(ka, instance, dev.name);
      } else if (now !== track.reverse) tryUpInstance(ka, instance, false);
      else {
        tell(ka, instance, 'interface-failed', { failed: dev.name });
        downInstance(ka, instance);
      }
    }
  }
}

/**
 * The interface lost the address that advertisements come from, or got one. The address that came last takes
 * the place of one that is lost; without another the instance fails, and says so from the address that is gone.
 */
function sourceChanged(ka: Ka, addr: Ipv4, added: boolean, dev: Dev): void {
  const own = ka.st.ifAddrs.get(dev.name);
  if (own === undefined || isVirtual(ka, addr, dev)) return;
  if (added) {
    if (!own.includes(addr)) own.push(addr);
  } else if (own[0] === addr) {
    own.shift();
    const last = own.pop();
    if (last !== undefined) own.unshift(last);
  } else if (own.includes(addr)) own.splice(own.indexOf(addr), 1);
  for (const instance of ka.st.instances) {
    if (instance.conf.dev !== dev.name || instance.conf.src !== null) continue;
    const src = sourceOf(ka, instance);
    const before = instance.src;
    if (src === before) continue;
    if (src !== null) instance.src = src;
    else {
      tell(ka, instance, 'address-lost', { addr: formatIpv4(before ?? (0 as Ipv4)) });
      downInstance(ka, instance);
      instance.src = null;
    }
    if (before === null) tryUpInstance(ka, instance, false);
  }
}

function addressChanged(ka: Ka, event: Extract<NetlinkEvent, { kind: 'addr' }>, dev: Dev): void {
  const { st } = ka;
  const addr = formatIpv4(event.addr);
  if (st.options.addressMonitoring)
    log(ka, 'Keepalived_vrrp', `Netlink reflector reports IP ${addr} ${event.added ? 'added to' : 'removed from'} ${dev.name}`);
  if (!event.added) {
    for (const instance of st.instances) {
      const vip = instance.conf.vips.find((one) => one.addr === event.addr && vipDev(ka, instance, one)?.ifindex === dev.ifindex);
      if (vip === undefined || instance.state !== 'MASTER') continue;
      // what keepalived itself took away, or somebody has put back, is no loss
      if (!instance.vipSet || dev.addrs.some((ifa) => ifa.local === event.addr)) continue;
      if (!st.options.addressMonitoring) logDetail(ka, `Netlink reflector reports IP ${addr} removed from ${dev.name}`);
      tell(ka, instance, 'vip-taken-away', { vip: addr });
      vipWasRemoved(ka, instance);
    }
  }
  sourceChanged(ka, event.addr, event.added, dev);
}

/** Reads what the kernel reports of interfaces and addresses. */
export function readNetlink(ka: Ka): void {
  const { net, st } = ka;
  for (let event = netlinkRecv(net, st.netlink); event !== null; event = netlinkRecv(net, st.netlink)) {
    const dev = devGet(net.host, event.dev);
    if (dev === null) continue;
    if (event.kind === 'link') interfaceChanged(ka, dev, event.up);
    else addressChanged(ka, event, dev);
  }
}

/** The state of interfaces when an instance starts. */
export function trackFromStart(ka: Ka, instance: Instance): void {
  const { conf } = instance;
  const names = new Set([...(conf.trackPrimary ? [conf.dev] : []), ...conf.trackInterfaces.map((track) => track.name)]);
  if (conf.dev !== '') names.add(conf.dev);
  for (const name of names) {
    const up = isUp(devByName(ka.net.host, name));
    ka.st.ifUp.set(name, up);
    for (const track of tracks(instance, name)) {
      if (track.weight === 0) {
        if (up !== track.reverse) continue;
        logVrrp(ka, `(${conf.name}): entering FAULT state (interface ${name} down)`);
        instance.faults++;
      } else if (up === track.weight > 0) instance.totalPriority += track.weight * (track.reverse ? -1 : 1);
    }
  }
  if (instance.src === null && conf.dev !== '') {
    logVrrp(ka, `(${conf.name}) entering FAULT state (no IPv4 address for interface)`);
    instance.faults++;
  }
  for (const track of conf.trackScripts) {
    const script = ka.st.scripts.find((one) => one.conf.name === track.name);
    if (script === undefined || weightOf(script, track) !== 0) continue;
    if (script.conf.initFail) instance.faults++;
    else if (script.fresh) instance.scriptsPending++;
  }
  instance.priority = effectivePriority(instance.basePriority, instance.totalPriority);
}

function weightOf(script: ScriptRun, track: TrackConf): number {
  return track.weight === 0 ? script.conf.weight : track.weight;
}

export function startScript(ka: Ka, script: ScriptRun): void {
  script.timer = arm(ka, 'script', script.conf.interval);
  if (script.pid !== null && ka.net.user.procs.has(script.pid)) return;
  script.pid = runCommand(ka, script.conf.command);
}

function scriptTold(ka: Ka, script: ScriptRun, ok: boolean, first: boolean): void {
  for (const instance of ka.st.instances) {
    const track = instance.conf.trackScripts.find((one) => one.name === script.conf.name);
    if (track === undefined) continue;
    const weight = weightOf(script, track);
    const good = ok !== (track.reverse || script.conf.reverse);
    if (weight === 0) {
      const leavesInit = first && !script.conf.initFail && instance.scriptsPending > 0 && --instance.scriptsPending === 0;
      if (!good) {
        tell(ka, instance, 'script-failed', { script: script.conf.name });
        downInstance(ka, instance);
      } else if (instance.scriptsPending === 0) tryUpInstance(ka, instance, leavesInit || (first && !script.conf.initFail));
      continue;
    }
    const step = Math.abs(weight) * (track.reverse || script.conf.reverse ? -1 : 1);
    if (first && ok === weight < 0) continue;
    instance.totalPriority += ok ? step : -step;
    setPriority(ka, instance, script.conf.name);
  }
}

/** A script has ended: rise and fall decide whether that changes anything. */
export function scriptEnded(ka: Ka, script: ScriptRun, code: number): void {
  const { conf } = script;
  const first = script.fresh;
  script.pid = null;
  script.fresh = false;
  const was = script.result >= conf.rise;
  const best = conf.rise + conf.fall - 1;
  if (code === 0) {
    if (was) script.result = best;
    else if (++script.result >= conf.rise) script.result = best;
  } else if (was) {
    if (--script.result < conf.rise) script.result = 0;
  } else script.result = 0;
  const now = script.result >= conf.rise;
  if (now === was && !first) return;
  logVrrp(ka, `VRRP_Script(${conf.name}) ${now ? 'succeeded' : `failed (exited with status ${code})`}`);
  ka.net.trace('keepalived', 'state', now ? 'keepalived.script-succeeds' : 'keepalived.script-fails', null, {
    script: conf.name,
    code,
    rise: conf.rise,
    fall: conf.fall,
  });
  scriptTold(ka, script, now, first);
}
