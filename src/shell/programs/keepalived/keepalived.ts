/**
 * keepalived: VRRP between routers, health checks of real servers, and the IPVS table that follows from them.
 * Comes from: commands/keepalived.ts, `systemctl start keepalived`.
 * Goes to: start.ts, vrrp*.ts (who is master), lvs.ts and checks.ts (which servers are in the table).
 * Source: keepalived 2.2.7 core/main.c, vrrp/vrrp_daemon.c, check/check_daemon.c.
 */
import type { Program } from '../../../world/index.ts';
import { checkSocket, checkTimer } from './checks.ts';
import { beginVrrp, reload, start, stop } from './start.ts';
import type { Ka, KeepalivedState } from './state.ts';
import { announce } from './vips.ts';
import { becomeMaster, timerFired } from './vrrp.ts';
import { readAdverts } from './vrrp-receive.ts';
import { readNetlink, scriptEnded, startScript } from './vrrp-track.ts';

/** The second round of gratuitous ARP, garp_master_delay after the first, unless the file has been read again since. */
function lateGarp(ka: Ka, rest: string, afterLower: boolean): void {
  const space = rest.indexOf(' ');
  if (Number(rest.slice(0, space)) !== ka.st.reloads) return;
  const name = rest.slice(space + 1);
  const instance = ka.st.instances.find(({ conf }) => conf.name === name);
  if (instance === undefined) return;
  const { garp } = instance.conf;
  announce(ka, instance, afterLower ? (garp.lowerPrioRepeat ?? garp.repeat) : garp.repeat);
}

function onTimer(ka: Ka, key: string): void {
  const space = key.indexOf(' ');
  const [kind, rest] = [key.slice(0, space), key.slice(space + 1)];
  const number = Number(rest);
  switch (kind) {
    case 'vrrp': {
      // what comes at the same moment is read first, and may set the timer anew
      if (ka.st.instances.some(({ timer }) => timer === number)) ka.net.wake(ka.proc.pid, { kind: 'timer', key: `expired ${number}` });
      return;
    }
    case 'expired': {
      for (const listening of ka.st.listening) readAdverts(ka, listening);
      const instance = ka.st.instances.find(({ timer }) => timer === number);
      if (instance !== undefined) timerFired(ka, instance);
      return;
    }
    case 'begin':
      return beginVrrp(ka);
    case 'check': {
      const check = ka.st.checks.find(({ timer }) => timer === number);
      if (check !== undefined) checkTimer(ka, check);
      return;
    }
    case 'script': {
      const script = ka.st.scripts.find(({ timer }) => timer === number);
      if (script !== undefined) startScript(ka, script);
      return;
    }
    case 'master':
    case 'follow': {
      const instance = ka.st.instances.find(({ conf }) => conf.name === rest);
      if (instance !== undefined) becomeMaster(ka, instance, kind === 'follow');
      return;
    }
    default:
      lateGarp(ka, rest, kind === 'garplow');
  }
}

function onSocket(ka: Ka, sock: number): void {
  const { st } = ka;
  if (sock === st.netlink) return readNetlink(ka);
  const listening = st.listening.find((one) => one.sock === sock);
  if (listening !== undefined) return readAdverts(ka, listening);
  const check = st.checks.find((one) => one.sock === sock);
  if (check !== undefined) checkSocket(ka, check);
}

export const keepalived: Program = (net, proc, wake) => {
  const st = proc.state as KeepalivedState;
  const ka: Ka = { net, proc, st };
  switch (wake.kind) {
    case 'start':
      st.failed = start(ka);
      if (st.failed !== null) net.exit(proc.pid, st.failed);
      return;
    case 'timer':
      return onTimer(ka, wake.key);
    case 'socket':
      return onSocket(ka, wake.sock);
    case 'child': {
      const script = st.scripts.find(({ pid }) => pid === wake.pid);
      if (script !== undefined) scriptEnded(ka, script, wake.code);
      return;
    }
    case 'signal':
      if (wake.signal === 'HUP') return reload(ka);
      stop(ka);
      net.exit(proc.pid, 0);
      return;
    default:
  }
};
