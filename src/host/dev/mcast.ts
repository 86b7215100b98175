/**
 * Multicast groups that an interface listens to.
 * Comes from: socket/ (IP_ADD_MEMBERSHIP), ipvs/sync.  Goes to: fib/input.ts.
 * Source: Linux 6.1 net/ipv4/igmp.c, ip_mc_join_group(), ip_check_mc_rcu().
 * Differs: no IGMP reports are sent; a switch of the lab floods every group anyway.
 */
import type { Ipv4 } from '../../wire/index.ts';
import type { Dev } from './state.ts';

/** 224.0.0.1: every interface is a member. */
const ALL_HOSTS = 0xe0000001;

export function mcJoin(dev: Dev, group: Ipv4): void {
  dev.mcGroups.set(group, (dev.mcGroups.get(group) ?? 0) + 1);
}

export function mcLeave(dev: Dev, group: Ipv4): void {
  const users = dev.mcGroups.get(group) ?? 0;
  if (users > 1) dev.mcGroups.set(group, users - 1);
  else dev.mcGroups.delete(group);
}

export function mcMember(dev: Dev, group: Ipv4): boolean {
  return group === ALL_HOSTS || dev.mcGroups.has(group);
}
