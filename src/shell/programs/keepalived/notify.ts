/**
 * Commands that the configuration wants to be run: notify_master and its relatives, track scripts.
 * Comes from: vrrp.ts, vrrp-track.ts, lvs.ts.  Goes to: a shell of its own.
 * Source: keepalived 2.2.7 vrrp/vrrp_notify.c, lib/notify.c, system_call_script().
 */
import { newFrame, createShell } from '../../sh/state.ts';
import { COST, spend } from './clock.ts';
import type { GroupConf } from './config.ts';
import type { Instance, Group, Ka, VrrpState } from './state.ts';

/** @returns the process that runs it */
export function runCommand(ka: Ka, text: string): number {
  const { net, proc } = ka;
  spend(ka, COST.command);
  const shell = createShell({
    interactive: false,
    name: 'sh',
    commandString: true,
    hostname: net.host.hostname,
  });
  shell.frames.push(newFrame('script', text, 0));
  const nowhere = { kind: 'null' } as const;
  return net.spawn('sh', ['sh', '-c', text], { ppid: proc.pid, tty: null, stdout: nowhere, stderr: nowhere }, shell);
}

function commandFor(notify: Instance['conf']['notify'], state: VrrpState): string | null {
  if (state === 'MASTER') return notify.master;
  return state === 'BACKUP' ? notify.backup : state === 'FAULT' ? notify.fault : null;
}

/** @returns whether a command was started */
export function notifyState(ka: Ka, { conf, state, priority }: Instance): boolean {
  const own = commandFor(conf.notify, state);
  if (own !== null) runCommand(ka, own);
  if (conf.notify.any !== null) runCommand(ka, `${conf.notify.any} INSTANCE "${conf.name}" ${state} ${priority}`);
  return own !== null || conf.notify.any !== null;
}

function notifyOf(ka: Ka, group: Group): GroupConf | undefined {
  return ka.st.config?.groups.find((one) => one.name === group.name);
}

export function notifyGroupStop(ka: Ka, group: Group): void {
  const notify = notifyOf(ka, group)?.notify;
  if (notify === undefined) return;
  if (notify.stop !== null) runCommand(ka, notify.stop);
  if (notify.any !== null) runCommand(ka, `${notify.any} GROUP "${group.name}" STOP 0`);
}

export function notifyGroup(ka: Ka, group: Group): void {
  const conf = notifyOf(ka, group);
  if (conf === undefined) return;
  const own = commandFor(conf.notify, group.state);
  if (own !== null) runCommand(ka, own);
  if (conf.notify.any !== null) runCommand(ka, `${conf.notify.any} GROUP "${group.name}" ${group.state} 0`);
}

export function notifyStop(ka: Ka, { conf, priority }: Instance): void {
  if (conf.notify.stop !== null) runCommand(ka, conf.notify.stop);
  if (conf.notify.any !== null) runCommand(ka, `${conf.notify.any} INSTANCE "${conf.name}" STOP ${priority}`);
}
