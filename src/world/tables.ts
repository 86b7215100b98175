/**
 * The rooms' tables, joined: hooks, settings, reasons, timers. Here IPVS' rows are bound to its part
 * of the node, so that the host can walk all hooks without knowing IPVS.
 */
import { hostHooks, hostReasons, hostSysctls, hostTimers, type HostTables, type Net, type NfHook, type NfHookRow, type ReasonTable } from '../host/index.ts';
import { ipvsHooks, ipvsReasons, ipvsSysctls, ipvsTimers, type IpvsNet } from '../ipvs/index.ts';
import { switchReasons } from '../switch/index.ts';
import { worldReasons } from './reasons.ts';

const HOOKS: readonly NfHook[] = ['PRE_ROUTING', 'LOCAL_IN', 'FORWARD', 'LOCAL_OUT', 'POST_ROUTING', 'ARP_IN', 'ARP_OUT'];

/** Every Net that the world makes has its ipvs part; this is the one place that says so. */
function withIpvs(net: Net): IpvsNet {
  return net as IpvsNet;
}

const allHooks: readonly NfHookRow[] = [
  ...hostHooks,
  ...ipvsHooks.map((row) => ({
    ...row,
    active: (net: Net) => row.active(withIpvs(net)),
    run: (net: Net, ...rest: Parameters<NfHookRow['run']> extends [Net, ...infer R] ? R : never) => row.run(withIpvs(net), ...rest),
  })),
];

function rowsOf(hook: NfHook): readonly NfHookRow[] {
  return allHooks.filter((row) => row.hook === hook).toSorted((a, b) => a.priority - b.priority);
}

export const hostTables: HostTables = {
  hooks: Object.fromEntries(HOOKS.map((hook) => [hook, rowsOf(hook)])) as Record<NfHook, readonly NfHookRow[]>,
  sysctls: [...hostSysctls, ...ipvsSysctls],
};

/** Timer functions by name. */
export const timers: Readonly<Record<string, (net: IpvsNet, key: number | string, seq: number) => void>> = { ...hostTimers, ...ipvsTimers };

/** Every reason a run can give. */
export const reasons: ReasonTable = { ...hostReasons, ...ipvsReasons, ...switchReasons, ...worldReasons };
