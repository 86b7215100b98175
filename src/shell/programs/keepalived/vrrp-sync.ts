/**
 * Sync groups: instances that become master, backup or faulty together.
 * Comes from: vrrp.ts, vrrp-receive.ts, vrrp-track.ts.
 * Source: keepalived 2.2.7 vrrp/vrrp_sync.c.
 */
import { logVrrp } from './log.ts';
import { notifyGroup } from './notify.ts';
import type { Group, Instance, Ka } from './state.ts';
import { downInterval, goMaster, leaveFault, leaveMaster, startTimer, tell } from './vrrp.ts';

export function groupOf(ka: Ka, instance: Instance): Group | null {
  return ka.st.groups.find((group) => group.members.includes(instance.conf.name)) ?? null;
}

export function membersOf(ka: Ka, group: Group): Instance[] {
  return ka.st.instances.filter((instance) => group.members.includes(instance.conf.name));
}

function changeGroup(ka: Ka, group: Group, state: Group['state']): void {
  group.state = state;
  ka.net.trace('keepalived', 'state', 'keepalived.group-follows', null, { group: group.name, state, members: group.members.join(', ') });
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
    member.want = 'MASTER';
    goMaster(ka, member);
  }
  changeGroup(ka, group, 'MASTER');
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
