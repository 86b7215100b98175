/**
 * keepalived: VRRP between routers, health checks of real servers, and the IPVS table that follows from them.
 * Comes from: commands/keepalived.ts, `systemctl start keepalived`.
 * Goes to: start.ts, rounds.ts and vrrp*.ts (who is master), lvs.ts and checks.ts (which servers are in the table).
 * Source: keepalived 2.2.7 core/main.c, vrrp/vrrp_daemon.c, check/check_daemon.c.
 */
import type { Wake } from '../../../host/index.ts';
import type { Program } from '../../../world/index.ts';
import { miscEnds } from './check-misc.ts';
import { checkSocket, checkTimer } from './checks.ts';
import { startClock, stopClock } from './clock.ts';
import { aim, round, runWork, tick, whenFree } from './rounds.ts';
import { announceReload } from './reload.ts';
import { beginVrrp, sayGoodbye, start } from './start.ts';
import type { Ka, KeepalivedState } from './state.ts';
import { readNetlink, scriptEnded, startScript } from './vrrp-track.ts';

function onTimer(ka: Ka, key: string): void {
  const space = key.indexOf(' ');
  const [kind, rest] = [key.slice(0, space), key.slice(space + 1)];
  const number = Number(rest);
  switch (kind) {
    case 'tick':
      return tick(ka, number);
    case 'round':
      return round(ka, number);
    case 'free':
      return whenFree(ka);
    case 'settled':
      ka.st.sentAt = null;
      return;
    case 'begin':
      return beginVrrp(ka);
    case 'check':
      // of several that are due, one asks when what the one before has sent has gone its whole way
      if (ka.st.checks.some(({ timer }) => timer === number)) ka.net.wake(ka.proc.pid, { kind: 'timer', key: `due ${number}` });
      return;
    case 'due': {
      const check = ka.st.checks.find(({ timer }) => timer === number);
      if (check !== undefined) checkTimer(ka, check);
      return;
    }
    case 'script': {
      const script = ka.st.scripts.find(({ timer }) => timer === number);
      if (script !== undefined) startScript(ka, script);
      return;
    }
    default:
  }
}

function onSocket(ka: Ka, sock: number): void {
  const { st } = ka;
  if (sock === st.netlink) return readNetlink(ka);
  if (st.listening.some((one) => one.sock === sock)) return whenFree(ka);
  const check = st.checks.find((one) => one.sock === sock);
  if (check !== undefined) checkSocket(ka, check);
}

function onWake(ka: Ka, wake: Wake): void {
  const { net, proc, st } = ka;
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
      const check = st.checks.find(({ pid }) => pid === wake.pid);
      if (check !== undefined) miscEnds(ka, check, wake.code);
      return;
    }
    case 'signal':
      if (wake.signal === 'HUP') return announceReload(ka);
      return sayGoodbye(ka);
    default:
  }
}

export const keepalived: Program = (net, proc, wake) => {
  const ka: Ka = { net, proc, st: proc.state as KeepalivedState };
  startClock(ka);
  onWake(ka, wake);
  if (!net.user.procs.has(proc.pid)) return;
  runWork(ka);
  if (!net.user.procs.has(proc.pid)) return;
  stopClock(ka);
  aim(ka);
};
