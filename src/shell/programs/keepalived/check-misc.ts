/**
 * MISC_CHECK: a command whose exit code tells of the server. With misc_dynamic codes from 2 on are good too,
 * and set the weight, two less than the code.
 * Comes from: checks.ts, keepalived.ts (the command has ended).  Goes to: notify.ts, check-verdict.ts, lvs.ts.
 * Source: keepalived 2.2.7 check/check_misc.c, misc_check_thread(), misc_check_child_thread().
 */
import { millis, seconds, type Nanos } from '../../../engine/index.ts';
import { judge, nameOf, rest, rsOf, vsOf } from './check-verdict.ts';
import { reweighAlone, vsName } from './lvs.ts';
import { runCommand } from './notify.ts';
import { arm, type Check, type Ka } from './state.ts';

/** A program takes so long to be started and to end. */
const PROGRAM = millis(4);
/** A command that does not heed SIGTERM gets SIGKILL after this. */
const GRACE = seconds(2);

export function runMisc(ka: Ka, check: Check): void {
  const { conf } = check;
  check.startedAt = ka.net.now;
  check.phase = 'command';
  check.pid = runCommand(ka, conf.command);
  check.timer = arm(ka, 'check', conf.commandTimeout ?? conf.delayLoop);
}

/** It takes too long. */
export function miscTimer(ka: Ka, check: Check): void {
  if (check.pid === null) return;
  ka.net.wake(check.pid, { kind: 'signal', signal: check.stopping ? 'KILL' : 'TERM' });
  check.stopping = true;
  check.timer = arm(ka, 'check', GRACE);
}

function nextRun(ka: Ka, check: Check, pause: Nanos): void {
  rest(ka, check, Math.max(check.startedAt + pause - ka.net.now, 1000) as Nanos);
}

export function miscEnds(ka: Ka, check: Check, code: number): void {
  check.pid = null;
  check.phase = 'ended';
  check.code = code;
  check.timer = arm(ka, 'check', PROGRAM);
}

export function miscEnded(ka: Ka, check: Check): void {
  const { conf, code } = check;
  const vs = vsOf(ka, check);
  const rs = rsOf(ka, check);
  const stopped = check.stopping;
  check.stopping = false;
  const good = !stopped && (code === 0 || (conf.dynamic && code >= 2));
  if (good && code !== check.lastCode) reweighAlone(ka, vs, rs, code >= 2 ? code - 2 : rs.initialWeight);
  if (good || check.tries >= conf.retry) check.lastCode = code;
  const who = `Misc check for [${nameOf(ka, check)} VS ${vsName(vs)}] by [${conf.command.split(' ', 1)[0] ?? ''}]`;
  const why = stopped ? 'the command took too long' : `exit code ${code}`;
  const words = {
    good: `${who} succeeded.`,
    bad: `${who} ${stopped ? 'timed out' : 'failed'}`,
    why: stopped ? '' : ` (exited with status ${code})`,
  };
  nextRun(ka, check, judge(ka, check, good, why, words));
}
