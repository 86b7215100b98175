/**
 * Timers of an instance, and what it tells of itself.
 * Comes from: vrrp.ts, vrrp-receive.ts, vrrp-track.ts.
 * Source: keepalived 2.2.7 vrrp/vrrp_scheduler.c, vrrp_init_instance_sands().
 */
import { later, type Nanos } from '../../../engine/index.ts';
import { devByName, type IfIndex } from '../../../host/index.ts';
import { formatIpv4 } from '../../../wire/index.ts';
import { clockOf } from './clock.ts';
import type { Group, Instance, Ka, Work } from './state.ts';
import { masterDownInterval, skewTime } from './vrrp-rules.ts';

export function devOf(ka: Ka, instance: Instance): IfIndex | undefined {
  return devByName(ka.net.host, instance.conf.dev)?.ifindex;
}

export function tell(ka: Ka, instance: Instance, reason: string, args: Readonly<Record<string, string | number>> = {}): void {
  const { conf } = instance;
  ka.net.trace(
    'keepalived',
    'state',
    `keepalived.${reason}`,
    null,
    { name: conf.name, vrid: conf.vrid, priority: instance.priority, ...args },
    devOf(ka, instance),
  );
}

export function vipsText(instance: Instance): string {
  return instance.conf.vips.map((vip) => formatIpv4(vip.addr)).join(', ');
}

export function downInterval({ conf, priority, masterAdvert }: Instance): Nanos {
  return masterDownInterval(conf.version, priority, masterAdvert, conf.downTimerAdverts);
}

export function skewOf({ conf, priority, masterAdvert }: Instance): Nanos {
  return skewTime(conf.version, priority, masterAdvert);
}

/** Sets the timer that belongs to the state: the next advertisement, or the end of patience. */
export function startTimer(ka: Ka, instance: Instance): void {
  const span = instance.state === 'MASTER' ? instance.conf.advert : instance.state === 'BACKUP' ? instance.downTimer : null;
  if (span === null) {
    instance.fireAt = null;
    return;
  }
  instance.fireAt = later(clockOf(ka), span);
}

/** What is to be done right after what is being done, before all that waits already. */
export function thenDo(ka: Ka, work: Work): void {
  ka.st.work.splice(ka.st.workAt++, 0, work);
}

export function groupOf(ka: Ka, instance: Instance): Group | null {
  return ka.st.groups.find((group) => group.members.includes(instance.conf.name)) ?? null;
}

export function membersOf(ka: Ka, group: Group): Instance[] {
  return ka.st.instances.filter((instance) => group.members.includes(instance.conf.name));
}
