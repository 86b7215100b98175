/**
 * The rooms' tables, joined: hooks, settings, reasons, timers. Here IPVS' rows are bound to its part
 * of the node, so that the host can walk all hooks without knowing IPVS.
 */
import {
  hostCalls,
  hostHooks,
  hostReasons,
  hostSysctls,
  hostTimerNames,
  hostTimers,
  type HostTables,
  type Net,
  type NfHook,
  type NfHookRow,
  type ReasonTable,
  type SysctlRow,
  type TimerNames,
} from '../host/index.ts';
import { ipvsHooks, ipvsMatch, ipvsReasons, ipvsSysctls, ipvsTimerNames, ipvsTimers, type IpvsNet } from '../ipvs/index.ts';
import { switchReasons, switchTimerNames } from '../switch/index.ts';
import { worldReasons } from './reasons.ts';

const HOOKS: readonly NfHook[] = ['PRE_ROUTING', 'LOCAL_IN', 'FORWARD', 'LOCAL_OUT', 'POST_ROUTING', 'ARP_IN', 'ARP_OUT'];

/** Every Net that the world makes has its ipvs part; only this file says so. */
function withIpvs(net: Net): IpvsNet {
  return net as IpvsNet;
}

const allHooks: readonly NfHookRow[] = [
  ...hostHooks,
  ...ipvsHooks.map((row): NfHookRow => ({
    ...row,
    active: row.active as NfHookRow['active'],
    run: row.run as NfHookRow['run'],
  })),
];

const ipvsRows: readonly SysctlRow[] = ipvsSysctls.map((row): SysctlRow => ({
  ...row,
  read: (net, iface) => row.read(withIpvs(net), iface),
  write: (net, iface, text) => row.write(withIpvs(net), iface, text),
}));

function rowsOf(hook: NfHook): readonly NfHookRow[] {
  return allHooks.filter((row) => row.hook === hook).toSorted((a, b) => a.priority - b.priority);
}

export const hostTables: HostTables = {
  hooks: Object.fromEntries(HOOKS.map((hook) => [hook, rowsOf(hook)])) as Record<NfHook, readonly NfHookRow[]>,
  sysctls: [...hostSysctls, ...ipvsRows],
  calls: hostCalls,
  ipvsMatch: (net, skb, match) => ipvsMatch(withIpvs(net), skb, match),
};

/** Timer functions by name. */
export const timers: Readonly<Record<string, (net: IpvsNet, key: number | string, seq: number) => void>> = {
  ...hostTimers,
  ...ipvsTimers,
};

/** What each timer does when it fires, by the name that a TimerView gives. */
export const timerNames: TimerNames = {
  ...hostTimerNames,
  ...ipvsTimerNames,
  ...switchTimerNames,
  process: { en: 'wake the program', zh: '唤醒程序' },
};

/** Every reason that kernels, switches and cables can give. */
export const reasons: ReasonTable = { ...hostReasons, ...ipvsReasons, ...switchReasons, ...worldReasons };
