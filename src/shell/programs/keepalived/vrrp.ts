/**
 * The state machine of VRRP instances and their sync groups: what is done when a state changes.
 *
 *            timer, with all of its group        higher or equal advertisement
 *   BACKUP ───────────────────────────► MASTER ─────────────────────────────► BACKUP
 *      ▲ interface up again                │ interface or script fails
 *      └────────────── FAULT ◄─────────────┘ (from BACKUP too)
 *
 * Comes from: rounds.ts (timers), vrrp-receive.ts, vrrp-track.ts.  Goes to: vips.ts, vrrp-packet.ts.
 * Source: keepalived 2.2.7 vrrp/vrrp_scheduler.c, vrrp_init_state(), vrrp_dispatcher_read_timeout();
 *   vrrp/vrrp.c, vrrp_state_goto_master(), vrrp_state_become_master(), vrrp_state_master_tx(),
 *   vrrp_state_leave_master(), vrrp_state_leave_fault(), vrrp_restore_interface(); vrrp/vrrp_sync.c.
 */
import { later, type Nanos } from '../../../engine/index.ts';
import { clockOf, COST, spend } from './clock.ts';
import { PRIO_OWNER } from './config.ts';
import { logDetail, logVrrp } from './log.ts';
import { notifyGroup, notifyState } from './notify.ts';
import type { Group, Instance, Ka } from './state.ts';
import { syncDaemonFollows } from './sync-daemon.ts';
import { addVips, announce, delVips } from './vips.ts';
import { addRoutes, delRoutes } from './vroutes.ts';
import { sendAdvert } from './vrrp-packet.ts';
import { skewTime } from './vrrp-rules.ts';
import { downInterval, groupOf, membersOf, skewOf, startTimer, tell, thenDo, vipsText } from './vrrp-timer.ts';

/** The first state. `state MASTER` counts only for the owner of the addresses. */
export function enterFirstState(ka: Ka, instance: Instance): void {
  const { conf } = instance;
  const group = groupOf(ka, instance);
  const up = instance.faults === 0 && !scriptsPending(ka, instance);
  if (!up) instance.want = 'FAULT';
  const next = group === null ? instance.want : group.state;
  const soon = up && next === 'MASTER' && instance.basePriority === PRIO_OWNER && instance.want === 'MASTER';
  if (soon) {
    instance.state = 'BACKUP';
    instance.downTimer = 1000 as Nanos;
    tell(ka, instance, 'owner-starts', { vips: vipsText(instance) });
    return startTimer(ka, instance);
  }
  instance.downTimer =
    next === 'BACKUP' && instance.want === 'MASTER'
      ? ((instance.masterAdvert + skewTime(conf.version, 255, instance.masterAdvert)) as Nanos)
      : downInterval(instance);
  releaseVips(ka, instance, true);
  if (up && next !== 'FAULT') {
    logVrrp(ka, `(${conf.name}) Entering BACKUP STATE (init)`);
    instance.state = 'BACKUP';
    tell(ka, instance, conf.state === 'MASTER' ? 'starts-as-backup-although' : 'starts-as-backup', {
      span: instance.downTimer,
    });
    notifyState(ka, instance);
  } else {
    logVrrp(ka, `(${conf.name}) Entering FAULT STATE (init)`);
    instance.state = 'FAULT';
    tell(ka, instance, 'starts-in-fault');
    if (instance.faults > 0) notifyState(ka, instance);
  }
  startTimer(ka, instance);
}

/** A script has not told yet, of the instance itself or of another of its group. */
export function scriptsPending(ka: Ka, instance: Instance): boolean {
  const group = groupOf(ka, instance);
  return (group === null ? [instance] : membersOf(ka, group)).some((member) => member.scriptsPending > 0);
}

/** Nobody advertised for long enough, or it is time to advertise. */
export function expire(ka: Ka, instance: Instance): void {
  if (instance.state === 'BACKUP') {
    logDetail(ka, `(${instance.conf.name}) Receive advertisement timeout`);
    tell(ka, instance, 'master-silent', {
      span: instance.downTimer,
      adverts: instance.conf.downTimerAdverts,
    });
    instance.want = 'MASTER';
    goMaster(ka, instance);
  } else if (instance.state === 'MASTER') masterSends(ka, instance);
  thenDo(ka, { kind: 'lead', name: instance.conf.name });
  thenDo(ka, { kind: 'rest', name: instance.conf.name });
}

/** The interval is counted from here; for whoever leads, once more when all is done. */
export function goMaster(ka: Ka, instance: Instance): void {
  if (!groupAllowsMaster(ka, instance)) {
    instance.want = 'MASTER';
    return;
  }
  instance.state = 'MASTER';
  startTimer(ka, instance);
  masterSends(ka, instance);
}

/** The advertisement goes first: the old master has to give up the addresses before others learn of the new one. */
function masterSends(ka: Ka, instance: Instance): void {
  const { conf } = instance;
  sendAdvert(ka, instance, instance.priority);
  if (!instance.vipSet) return thenDo(ka, { kind: 'become', name: conf.name });
  if (instance.garpRefreshAt === null || clockOf(ka) < instance.garpRefreshAt) return;
  thenDo(ka, { kind: 'garp', name: conf.name, times: conf.garp.refreshRepeat });
  instance.garpRefreshAt = later(ka.net.now, conf.garp.refresh);
}

export function becomeMaster(ka: Ka, instance: Instance): void {
  const { conf } = instance;
  if (instance.state !== 'MASTER' || instance.vipSet) return;
  logVrrp(ka, `(${conf.name}) Entering MASTER STATE`);
  tell(ka, instance, 'becomes-master', { vips: vipsText(instance) });
  if (conf.version === 3) instance.masterAdvert = conf.advert;
  spend(ka, COST.role);
  addVips(ka, instance);
  addRoutes(ka, instance);
  instance.vipSet = true;
  if (conf.garp.refresh > 0) instance.garpRefreshAt = later(clockOf(ka), conf.garp.refresh);
  announce(ka, instance, conf.garp.repeat);
  thenDo(ka, { kind: 'became', name: conf.name });
}

/** It has the addresses and has announced them. */
export function isMaster(ka: Ka, instance: Instance): void {
  const { conf } = instance;
  if (instance.state !== 'MASTER') return;
  const told = notifyState(ka, instance);
  syncDaemonFollows(ka, instance);
  if (conf.garp.delay > 0) ka.st.lateGarps.push({ at: later(clockOf(ka), conf.garp.delay), name: conf.name, lower: false });
  if (told) spend(ka, COST.child);
}

/** Gives up the addresses, with or without a goodbye. */
export function releaseVips(ka: Ka, instance: Instance, force: boolean, goodbye = false): void {
  if (goodbye) {
    sendAdvert(ka, instance, 0);
    logDetail(ka, `(${instance.conf.name}) sent 0 priority`);
  }
  if (!force && !instance.vipSet) return;
  delRoutes(ka, instance);
  delVips(ka, instance);
  instance.vipSet = false;
}

/** From MASTER to what it wants to be now. */
export function leaveMaster(ka: Ka, instance: Instance, goodbye: boolean): void {
  const { conf } = instance;
  if (instance.want === 'BACKUP') {
    logVrrp(ka, `(${conf.name}) Entering BACKUP STATE`);
    instance.preemptAt = null;
  } else {
    logVrrp(ka, `(${conf.name}) Entering FAULT STATE`);
    sendAdvert(ka, instance, 0);
  }
  releaseVips(ka, instance, false, goodbye);
  instance.state = instance.want;
  notifyState(ka, instance);
  syncDaemonFollows(ka, instance);
  instance.downTimer = downInterval(instance);
  startTimer(ka, instance);
}

/** From FAULT, or from BACKUP into FAULT, to what it wants to be now. */
export function leaveFault(ka: Ka, instance: Instance): void {
  const { conf } = instance;
  if (instance.want === 'MASTER') goMaster(ka, instance);
  else {
    if (instance.state !== instance.want) logVrrp(ka, `(${conf.name}) Entering ${instance.want} STATE`);
    if (instance.want === 'FAULT' && instance.state === 'MASTER') {
      sendAdvert(ka, instance, 0);
      releaseVips(ka, instance, false);
    }
    instance.state = instance.want;
    notifyState(ka, instance);
    if (instance.state === 'BACKUP') instance.preemptAt = null;
  }
  instance.masterAdvert = conf.advert;
  instance.downTimer = downInterval(instance);
  startTimer(ka, instance);
}

/** Somebody took an address of a master away: it gives up all, and comes back soon. */
export function vipWasRemoved(ka: Ka, instance: Instance): void {
  instance.want = 'BACKUP';
  leaveMaster(ka, instance, true);
  const group = groupOf(ka, instance);
  for (const member of group === null ? [] : membersOf(ka, group)) {
    if (member.state !== 'MASTER') continue;
    member.want = 'BACKUP';
    leaveMaster(ka, member, true);
    member.downTimer = skewOf(member);
    startTimer(ka, member);
  }
  if (group !== null) group.state = 'BACKUP';
  instance.downTimer = skewOf(instance);
  startTimer(ka, instance);
}

export function changeGroup(ka: Ka, group: Group, state: Group['state']): void {
  group.state = state;
  ka.net.trace('keepalived', 'state', 'keepalived.group-follows', null, {
    group: group.name,
    state,
    members: group.members.join(', '),
  });
  notifyGroup(ka, group);
}

/** A group becomes master only when all its members want to: else this one waits on. */
export function groupAllowsMaster(ka: Ka, instance: Instance): boolean {
  const group = groupOf(ka, instance);
  if (group === null || group.state === 'MASTER') return true;
  const other = membersOf(ka, group).find((member) => member !== instance && member.want !== 'MASTER');
  if (other === undefined) return true;
  tell(ka, instance, 'group-holds-back', { group: group.name, other: other.conf.name });
  instance.downTimer = downInterval(instance);
  startTimer(ka, instance);
  return false;
}

export function groupFollowsMaster(ka: Ka, instance: Instance): void {
  const group = groupOf(ka, instance);
  if (group === null || group.state === 'MASTER' || !groupAllowsMaster(ka, instance)) return;
  logVrrp(ka, `VRRP_Group(${group.name}) Syncing instances to MASTER state`);
  for (const member of membersOf(ka, group)) {
    if (member === instance || member.state === 'MASTER') continue;
    thenDo(ka, { kind: 'follow', name: member.conf.name });
  }
  thenDo(ka, { kind: 'group', name: group.name, state: 'MASTER' });
}

export function followMaster(ka: Ka, instance: Instance): void {
  if (instance.state === 'MASTER') return;
  instance.want = 'MASTER';
  goMaster(ka, instance);
}

export function groupFollowsBackup(ka: Ka, instance: Instance): void {
  const group = groupOf(ka, instance);
  if (group === null || group.state === 'BACKUP') return;
  logVrrp(ka, `VRRP_Group(${group.name}) Syncing instances to BACKUP state`);
  for (const member of membersOf(ka, group)) {
    if (member === instance || member.state === 'BACKUP') continue;
    member.want = 'BACKUP';
    if (member.state === 'FAULT' || member.state === 'INIT') leaveFault(ka, member);
    else leaveMaster(ka, member, false);
  }
  changeGroup(ka, group, 'BACKUP');
}

export function groupFollowsFault(ka: Ka, instance: Instance): void {
  const group = groupOf(ka, instance);
  if (group === null || group.state === 'FAULT') return;
  logVrrp(ka, `VRRP_Group(${group.name}) Syncing instances to FAULT state`);
  for (const member of membersOf(ka, group)) {
    if (member === instance || member.state === 'FAULT') continue;
    member.want = 'FAULT';
    if (member.state === 'MASTER') leaveMaster(ka, member, false);
    else {
      member.state = 'FAULT';
      leaveFault(ka, member);
    }
  }
  changeGroup(ka, group, 'FAULT');
}
