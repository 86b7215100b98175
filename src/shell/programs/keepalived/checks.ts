/**
 * Checks of real servers: real connections from this host to the server's own address.
 * TCP_CHECK and HTTP_GET are here, the others beside.
 * Comes from: keepalived.ts (timers, sockets).  Goes to: check-datagram.ts, check-misc.ts, lvs.ts.
 * Source: keepalived 2.2.7 check/check_tcp.c, check/check_http.c, check/check_api.c, register_checkers_thread().
 */
import { seconds, type Nanos } from '../../../engine/index.ts';
import { inetAddrType, strerror, tcpConnect, tcpConnected, tcpRecv, tcpSend } from '../../../host/index.ts';
import { formatIpv4 } from '../../../wire/index.ts';
import { fromBytes, toBytes } from '../net-text.ts';
import { askByDatagram, datagramSilence, datagramSocket } from './check-datagram.ts';
import { miscEnded, miscTimer, runMisc } from './check-misc.ts';
import { closeSocket, nameOf, rest, rsOf, target, tell, vsOf } from './check-verdict.ts';
import { logCheck } from './log.ts';
import { checkerSays, serverName, vsName } from './lvs.ts';
import { arm, type Check, type Ka } from './state.ts';

/** Before the first check of each server. */
const BOOTSTRAP_DELAY = seconds(1);
/** So much of an answer is kept. */
const ANSWER_MAX = 200_000;

/** Checkers do not all begin at once: each waits a second and a random part of its period. */
export function startCheck(ka: Ka, check: Check): void {
  const { warmup } = check.conf;
  const chance = warmup === 0 ? 0 : ka.net.randomBelow(Math.floor(warmup / 1000)) * 1000;
  logCheck(ka, `Activating healthchecker for service ${serverName(vsOf(ka, check), rsOf(ka, check))} for VS ${vsName(vsOf(ka, check))}`);
  check.phase = 'idle';
  check.timer = arm(ka, 'check', (BOOTSTRAP_DELAY + chance) as Nanos);
}

/** With ha_suspend only the host that holds the virtual address checks. */
function suspended(ka: Ka, check: Check): boolean {
  const { conf } = vsOf(ka, check);
  return conf.haSuspend && conf.target.kind === 'addr' && inetAddrType(ka.net.host, conf.target.addr) !== 'local';
}

export function stopCheck(ka: Ka, check: Check): void {
  closeSocket(ka, check);
  if (check.pid !== null) ka.net.wake(check.pid, { kind: 'signal', signal: 'TERM' });
  check.pid = null;
  check.timer = 0;
}

function begin(ka: Ka, check: Check): void {
  if (suspended(ka, check)) return rest(ka, check, check.conf.delayLoop);
  const { kind } = check.conf;
  if (kind === 'misc') return runMisc(ka, check);
  return kind === 'udp' || kind === 'ping' ? askByDatagram(ka, check) : connect(ka, check);
}

function connect(ka: Ka, check: Check): void {
  const { net, proc } = ka;
  const { addr, port } = target(ka, check);
  const opened = tcpConnect(net, proc.pid, {
    dst: addr,
    dport: port,
    ...(check.conf.bindTo === null ? {} : { src: check.conf.bindTo }),
  });
  if ('error' in opened) return failed(ka, check, strerror(opened.error));
  check.sock = opened.sock;
  check.phase = 'connect';
  check.timer = arm(ka, 'check', check.conf.connectTimeout);
}

/** Its timer fired: time for a check, or a check takes too long. */
export function checkTimer(ka: Ka, check: Check): void {
  if (check.phase === 'idle') return begin(ka, check);
  if (check.phase === 'reply') return datagramSilence(ka, check);
  if (check.phase === 'command') return miscTimer(ka, check);
  if (check.phase === 'ended') return miscEnded(ka, check);
  failed(ka, check, check.phase === 'connect' ? 'no answer within connect_timeout' : 'no page within connect_timeout');
}

export function checkSocket(ka: Ka, check: Check): void {
  if (check.phase === 'reply') return datagramSocket(ka, check);
  if (check.phase === 'connect') {
    const state = tcpConnected(ka.net, check.sock);
    if (state.kind === 'pending') return;
    if (state.kind === 'no') return failed(ka, check, strerror(state.error));
    if (check.conf.kind === 'tcp') return tcpSucceeded(ka, check);
    return request(ka, check);
  }
  if (check.phase === 'read') readAnswer(ka, check);
}

function tcpSucceeded(ka: Ka, check: Check): void {
  const news = !check.up || !check.hasRun;
  check.tries = 0;
  closeSocket(ka, check);
  if (news) logCheck(ka, `TCP connection to ${nameOf(ka, check)} success.`);
  tell(ka, check, news ? 'check-succeeds' : 'check-still-good');
  if (news) checkerSays(ka, check, true);
  rest(ka, check, check.conf.delayLoop);
}

function request(ka: Ka, check: Check): void {
  const { conf } = check;
  const url = conf.urls[check.url];
  if (url === undefined) return;
  const { addr, port } = target(ka, check);
  const host = url.virtualhost ?? conf.virtualhost;
  const connection = conf.httpProtocol === '1.0' ? '' : 'Connection: close\r\n';
  const hostLine = host ?? `${formatIpv4(addr)}:${port}`;
  const text = `GET ${url.path} HTTP/1.${conf.httpProtocol === '1.1' ? 1 : 0}\r\nUser-Agent: KeepAliveClient\r\n${connection}Host: ${hostLine}\r\n\r\n`;
  const error = tcpSend(ka.net, check.sock, toBytes(text));
  if (error !== null) return failed(ka, check, strerror(error));
  check.phase = 'read';
  check.timer = arm(ka, 'check', conf.connectTimeout);
}

function readAnswer(ka: Ka, check: Check): void {
  for (;;) {
    const received = tcpRecv(ka.net, check.sock);
    if (received.kind === 'again') return;
    if (received.kind === 'error') return failed(ka, check, strerror(received.error));
    if (received.kind === 'eof') return judgePage(ka, check);
    if (check.got.length < ANSWER_MAX) check.got += fromBytes(received.bytes);
    check.timer = arm(ka, 'check', check.conf.connectTimeout);
  }
}

function judgePage(ka: Ka, check: Check): void {
  const url = check.conf.urls[check.url];
  if (check.got === '') return failed(ka, check, 'no data received');
  const status = Number(/^HTTP\/\d\.\d (\d{3})/.exec(check.got)?.[1] ?? 0);
  if (url === undefined || !url.statusCodes.some(([min, max]) => status >= min && status <= max))
    return failed(ka, check, `status code ${status}`);
  if (!check.up) logCheck(ka, `HTTP status code success to ${nameOf(ka, check)} url(${url.path}).`);
  check.tries = 0;
  check.url++;
  if (check.url < check.conf.urls.length && !check.failedUrl) {
    if (!check.hasRun) check.tries = check.conf.retry;
    return rest(ka, check, check.conf.delayLoop);
  }
  if (check.failedUrl) {
    // the page that failed is there again: now all of them
    check.failedUrl = false;
    check.url = 0;
    return rest(ka, check, check.conf.delayLoop);
  }
  check.url = 0;
  const news = !check.up || !check.hasRun;
  if (news) logCheck(ka, `Remote Web server ${nameOf(ka, check)} succeed on service.`);
  tell(ka, check, news ? 'check-succeeds' : 'check-still-good');
  if (news) checkerSays(ka, check, true);
  rest(ka, check, check.conf.delayLoop);
}

/** Once is not enough, unless nothing is known of the server yet: it is tried again first. */
function failed(ka: Ka, check: Check, why: string): void {
  const { conf } = check;
  const http = conf.kind === 'http';
  closeSocket(ka, check);
  if (check.tries < conf.retry) {
    check.tries++;
    if (!http) check.hasRun = true;
    tell(ka, check, 'check-fails-once', {
      why,
      attempt: check.tries,
      retry: conf.retry,
      span: conf.delayBeforeRetry,
    });
    return rest(ka, check, conf.delayBeforeRetry);
  }
  const news = check.up || !check.hasRun;
  if (news) {
    const retries = conf.retry > 0 && check.hasRun ? ` after ${conf.retry} retries` : '';
    logCheck(ka, `${http ? 'HTTP' : 'TCP'}_CHECK on service ${nameOf(ka, check)} failed${retries}.`);
    tell(ka, check, 'check-fails', { why, retry: conf.retry });
    checkerSays(ka, check, false);
  } else tell(ka, check, 'check-still-bad', { why });
  if (http) {
    check.failedUrl = true;
    return rest(ka, check, Math.max(conf.delayBeforeRetry, conf.delayLoop) as Nanos);
  }
  check.tries = 0;
  rest(ka, check, conf.delayLoop);
}
