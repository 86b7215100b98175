/**
 * What follows from one answer of a checker: whether it is news, and when it asks again.
 * Comes from: checks.ts, check-datagram.ts, check-misc.ts.  Goes to: lvs.ts.
 * Source: keepalived 2.2.7 check/check_udp.c, udp_epilog(); check/check_ping.c, icmp_epilog();
 *   check/check_misc.c, misc_check_child_thread().
 */
import type { Nanos } from '../../../engine/index.ts';
import { sockClose } from '../../../host/index.ts';
import { formatIpv4, type Ipv4 } from '../../../wire/index.ts';
import { logCheck } from './log.ts';
import { checkerSays, serverName, vsName } from './lvs.ts';
import { arm, type Check, type Ka, type RealServer, type VirtualServer } from './state.ts';

export const vsOf = (ka: Ka, check: Check): VirtualServer => ka.st.virtualServers[check.vs] as VirtualServer;
export const rsOf = (ka: Ka, check: Check): RealServer => vsOf(ka, check).servers[check.rs] as RealServer;

export function target(ka: Ka, check: Check): { readonly addr: Ipv4; readonly port: number } {
  const rs = rsOf(ka, check);
  return { addr: check.conf.connectIp ?? rs.conf.addr, port: check.conf.connectPort ?? rs.conf.port };
}

export function nameOf(ka: Ka, check: Check): string {
  if (check.conf.kind === 'misc') return serverName(vsOf(ka, check), rsOf(ka, check));
  const { addr, port } = target(ka, check);
  return `[${formatIpv4(addr)}]:${check.conf.kind === 'udp' ? 'udp' : 'tcp'}:${port}`;
}

export function tell(ka: Ka, check: Check, reason: string, args: Readonly<Record<string, string | number>> = {}): void {
  ka.net.trace('keepalived', 'state', `keepalived.${reason}`, null, {
    rs: nameOf(ka, check),
    vs: vsName(vsOf(ka, check)),
    ...args,
  });
}

export function closeSocket(ka: Ka, check: Check): void {
  if (check.sock !== 0) sockClose(ka.net, check.sock);
  check.sock = 0;
}

/** The next round, after the pause that the result asks for. */
export function rest(ka: Ka, check: Check, pause: Nanos): void {
  closeSocket(ka, check);
  check.phase = 'idle';
  check.got = '';
  check.timer = arm(ka, 'check', pause);
}

/** Words of a checker for its log lines. */
export interface Words {
  /** at the first success, and after failures */
  readonly good: string;
  /** without the retries */
  readonly bad: string;
  /** behind the retries */
  readonly why: string;
}

/**
 * A server that is up is asked again at once before it counts as failed; of one that is down each failure is
 * as before.
 * @returns the pause before the next check
 */
export function judge(ka: Ka, check: Check, ok: boolean, why: string, words: Words): Nanos {
  const { conf } = check;
  const undecided = check.up || !check.hasRun;
  if (ok) {
    check.tries = 0;
    if (!check.up || !check.hasRun) logCheck(ka, words.good);
    tell(ka, check, undecided && check.hasRun ? 'check-still-good' : 'check-succeeds');
    checkerSays(ka, check, true);
    return conf.delayLoop;
  }
  if (undecided && check.tries < conf.retry) {
    check.tries++;
    check.hasRun = true;
    tell(ka, check, 'check-fails-once', { why, attempt: check.tries, retry: conf.retry, span: conf.delayBeforeRetry });
    return conf.delayBeforeRetry;
  }
  if (undecided) {
    const retries = conf.retry > 0 && (check.hasRun || conf.kind === 'misc') ? ` after ${conf.retry} retries` : '';
    logCheck(ka, `${words.bad}${retries}${words.why}.`);
    tell(ka, check, 'check-fails', { why, retry: conf.retry });
  } else tell(ka, check, 'check-still-bad', { why });
  check.tries = 0;
  checkerSays(ka, check, false);
  return conf.delayLoop;
}
