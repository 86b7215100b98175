/**
 * `curl` and `wget`: one HTTP request, its answer, and what each tool prints about it.
 * Comes from: commands/curl.ts, commands/wget.ts.  Goes to: host sockets.
 * Source: curl 7.88.1 lib/multi.c (multi_handle_timeout), lib/connect.c, lib/http.c; GNU Wget 1.21.3
 *   src/http.c; RFC 9112.
 * Differs: no TLS, no redirects followed, no progress meter, no chunked bodies.
 */
import { nanos, NS_PER_MS, NS_PER_S, type Nanos } from '../../engine/index.ts';
import { sockClose, sockNames, strerror, tcpConnect, tcpConnected, tcpRecv, tcpSend, type Errno, type IfIndex } from '../../host/index.ts';
import { formatIpv4, type Ipv4 } from '../../wire/index.ts';
import type { NodeNet, Proc, Program } from '../../world/index.ts';
import { formatDate } from '../commands/system-commands.ts';
import { fromBytes, signalCode, toBytes } from './net-text.ts';

export interface HttpGetState {
  readonly tool: 'curl' | 'wget';
  /** as typed: an address or a name */
  readonly host: string;
  readonly dst: Ipv4;
  readonly port: number;
  readonly path: string;
  readonly url: string;
  readonly method: string;
  readonly body: string;
  readonly headers: readonly string[];
  readonly src: Ipv4 | null;
  readonly oif: IfIndex;
  readonly sport: number;
  /** 0: none */
  readonly connectTimeout: Nanos;
  readonly maxTime: Nanos;
  /** no error messages */
  readonly silent: boolean;
  readonly verbose: boolean;
  readonly include: boolean;
  readonly failOnError: boolean;
  readonly http09: boolean;
  /** null: standard output */
  readonly output: string | null;
  readonly version: '1.0' | '1.1';
  /** wget: how much it tells */
  readonly report: 'full' | 'line';
  /** wget: only whether the page is there */
  readonly spider: boolean;
  /** wget: the answer's header as well */
  readonly showHead: boolean;
  /** curl: where the answer's header goes; null: nowhere */
  readonly dumpHead: string | null;
  readonly writeOut: string;
  /** wget: the file as it was named */
  readonly shownAs: string;
  /** attempts that wget makes, and those left */
  readonly maxTries: number;
  tries: number;
  phase: 'connect' | 'answer';
  sock: number;
  startedAt: number;
  connectedAt: number;
  got: string;
}

interface Answer {
  readonly head: string;
  readonly status: number;
  readonly body: string;
  readonly complete: boolean;
}

/** The answer as far as it has come; null while the header is not complete. */
function parseAnswer(state: HttpGetState, atEnd: boolean): Answer | null {
  const end = state.got.indexOf('\r\n\r\n');
  if (end < 0) return null;
  const head = state.got.slice(0, end + 4);
  const body = state.got.slice(end + 4);
  const status = Number(/^HTTP\/[\d.]+ (\d{3})/.exec(head)?.[1] ?? '0');
  const length = /\r\ncontent-length: *(\d+)/i.exec(head);
  const wanted = state.method === 'HEAD' || status === 304 ? 0 : length === null ? null : Number(length[1]);
  return { head, status, body, complete: wanted === null ? atEnd : toBytes(body).length >= wanted };
}

function elapsedMs(net: NodeNet, state: HttpGetState): number {
  return Math.floor((net.now - state.startedAt) / NS_PER_MS);
}

function start(net: NodeNet, proc: Proc, state: HttpGetState): void {
  state.startedAt = net.now;
  if (state.maxTime > 0) net.sleep(proc.pid, 'max', state.maxTime);
  if (state.connectTimeout > 0) net.sleep(proc.pid, `connect ${state.tries}`, state.connectTimeout);
  const opened = tcpConnect(net, proc.pid, {
    dst: state.dst,
    dport: state.port,
    ...(state.src === null ? {} : { src: state.src }),
    ...(state.sport === 0 ? {} : { sport: state.sport }),
    ...(state.oif === 0 ? {} : { oif: state.oif }),
  });
  if (state.verbose) net.write(proc.stderr, `*   Trying ${formatIpv4(state.dst)}:${state.port}...\n`);
  if (talks(state)) net.write(proc.stderr, `Connecting to ${where(state)}... `);
  if ('error' in opened) return connectFailed(net, proc, state, opened.error);
  state.sock = opened.sock;
  state.phase = 'connect';
}

/** wget tells each step. */
function talks(state: HttpGetState): boolean {
  return state.tool === 'wget' && !state.silent && state.report === 'full';
}

function where(state: HttpGetState): string {
  const addr = formatIpv4(state.dst);
  return state.host === addr ? `${addr}:${state.port}` : `${state.host} (${state.host})|${addr}|:${state.port}`;
}

function curlFails(net: NodeNet, proc: Proc, state: HttpGetState, code: number, text: string): void {
  if (state.sock !== 0) sockClose(net, state.sock);
  if (!state.silent) net.write(proc.stderr, `curl: (${code}) ${text}\n`);
  if (state.writeOut !== '') net.write(proc.stdout, writeOut(net, state, null));
  net.exit(proc.pid, code);
}

function connectFailed(net: NodeNet, proc: Proc, state: HttpGetState, error: Errno): void {
  if (state.tool === 'wget') {
    if (!state.silent) net.write(proc.stderr, `failed: ${strerror(error)}.\n`);
    return wgetAgain(net, proc, state, !FINAL_ERRORS.includes(error));
  }
  if (error === 'EADDRNOTAVAIL' || error === 'EADDRINUSE')
    return curlFails(net, proc, state, 45, `bind failed with errno ${error === 'EADDRINUSE' ? 98 : 99}: ${strerror(error)}`);
  curlFails(
    net,
    proc,
    state,
    7,
    `Failed to connect to ${state.host} port ${state.port} after ${elapsedMs(net, state)} ms: Couldn't connect to server`,
  );
}

/** What trying again would not change, in wget's opinion. */
const FINAL_ERRORS: readonly Errno[] = ['ECONNREFUSED', 'ENETUNREACH', 'EHOSTUNREACH'];
/** Longest pause between two attempts, in seconds: each is a second longer than the one before. */
const WGET_WAIT_S = 10;

/** wget tries again after what may pass: time-outs and broken answers. */
function wgetAgain(net: NodeNet, proc: Proc, state: HttpGetState, mayPass: boolean): void {
  if (state.sock !== 0) sockClose(net, state.sock);
  state.sock = 0;
  state.got = '';
  state.connectedAt = 0;
  state.tries--;
  if (!mayPass || state.tries <= 0) {
    if (mayPass && !state.silent) net.write(proc.stderr, 'Giving up.\n\n');
    return net.exit(proc.pid, 4);
  }
  if (!state.silent) net.write(proc.stderr, 'Retrying.\n\n');
  net.sleep(proc.pid, 'again', nanos(Math.min(state.maxTries - state.tries, WGET_WAIT_S) * NS_PER_S));
}

function startAgain(net: NodeNet, proc: Proc, state: HttpGetState): void {
  if (!state.silent) {
    const attempt = String(state.maxTries - state.tries + 1).padStart(2);
    net.write(proc.stderr, `--${stamp(net)}--  (try:${attempt})  ${state.url}\n`);
  }
  start(net, proc, state);
}

function connected(net: NodeNet, proc: Proc, state: HttpGetState): void {
  state.phase = 'answer';
  state.connectedAt = net.now;
  const hostHeader = state.port === 80 ? state.host : `${state.host}:${state.port}`;
  const own = new Map(state.headers.map((header) => [header.slice(0, header.indexOf(':')).toLowerCase(), header]));
  const lines = [`${state.method} ${state.path} HTTP/${state.version}`];
  const defaults: readonly (readonly [string, string | null])[] = [
    ['Host', hostHeader],
    ['Authorization', null],
    ['Range', null],
    ['User-Agent', state.tool === 'curl' ? 'curl/7.88.1' : 'Wget/1.21.3'],
    ['Accept', '*/*'],
    ['Accept-Encoding', state.tool === 'wget' ? 'identity' : null],
    ['Connection', state.tool === 'wget' ? 'Keep-Alive' : null],
    ['Referer', null],
    ['Cookie', null],
  ];
  for (const [name, value] of defaults) {
    const given = own.get(name.toLowerCase());
    own.delete(name.toLowerCase());
    if (given !== undefined || value !== null) lines.push(given ?? `${name}: ${value}`);
  }
  // a name with nothing behind it takes a header away
  for (let i = lines.length - 1; i > 0; i--) if (lines[i]?.endsWith(':') === true) lines.splice(i, 1);
  lines.push(...[...own.values()].filter((header) => !header.endsWith(':')));
  if (state.body !== '') lines.push(`Content-Length: ${toBytes(state.body).length}`, 'Content-Type: application/x-www-form-urlencoded');
  if (state.verbose) {
    net.write(
      proc.stderr,
      `* Connected to ${state.host} (${formatIpv4(state.dst)}) port ${state.port} (#0)\n${lines.map((line) => `> ${line}\r\n`).join('')}> \r\n`,
    );
  }
  if (talks(state)) net.write(proc.stderr, 'connected.\nHTTP request sent, awaiting response... ');
  tcpSend(net, state.sock, toBytes(`${lines.join('\r\n')}\r\n\r\n${state.body}`));
}

function read(net: NodeNet, proc: Proc, state: HttpGetState): void {
  for (;;) {
    const received = tcpRecv(net, state.sock);
    if (received.kind === 'again') return;
    if (received.kind === 'error') return broken(net, proc, state, received.error);
    if (received.kind === 'data') state.got += fromBytes(received.bytes);
    if (state.got.length >= 5 && !state.got.startsWith('HTTP/') && state.tool === 'curl' && !state.http09) {
      return curlFails(net, proc, state, 1, 'Received HTTP/0.9 when not allowed');
    }
    const answer = parseAnswer(state, received.kind === 'eof');
    if (answer?.complete === true) return finished(net, proc, state, answer);
    if (received.kind === 'eof') return ended(net, proc, state);
  }
}

function broken(net: NodeNet, proc: Proc, state: HttpGetState, error: Errno): void {
  if (state.tool === 'curl') return curlFails(net, proc, state, 56, `Recv failure: ${strerror(error)}`);
  if (!state.silent) net.write(proc.stderr, `Read error (${strerror(error)}) in headers.\n`);
  wgetAgain(net, proc, state, true);
}

/** The server closed before a whole answer had come. */
function ended(net: NodeNet, proc: Proc, state: HttpGetState): void {
  if (state.tool === 'wget') {
    if (!state.silent) net.write(proc.stderr, 'No data received.\n');
    return wgetAgain(net, proc, state, true);
  }
  if (state.got === '') return curlFails(net, proc, state, 52, 'Empty reply from server');
  if (!state.got.startsWith('HTTP/')) {
    if (state.http09) return finished(net, proc, state, { head: '', status: 0, body: state.got, complete: true });
    return curlFails(net, proc, state, 1, 'Received HTTP/0.9 when not allowed');
  }
  curlFails(net, proc, state, 18, 'transfer closed with outstanding read data remaining');
}

function finished(net: NodeNet, proc: Proc, state: HttpGetState, answer: Answer): void {
  if (state.tool === 'wget') return wgetFinished(net, proc, state, answer);
  if (state.verbose) {
    const head = answer.head.split('\r\n').slice(0, -1);
    net.write(proc.stderr, `${head.map((line) => `< ${line}\r\n`).join('')}* Connection #0 to host ${state.host} left intact\n`);
  }
  if (state.failOnError && answer.status >= 400)
    return curlFails(net, proc, state, 22, `The requested URL returned error: ${answer.status}`);
  if (state.dumpHead === '-') net.write(proc.stdout, answer.head);
  else if (state.dumpHead !== null) net.user.files.set(state.dumpHead, answer.head);
  const text = (state.include || state.method === 'HEAD' ? answer.head : '') + (state.method === 'HEAD' ? '' : answer.body);
  save(net, proc, state, text);
  const out = writeOut(net, state, answer);
  sockClose(net, state.sock);
  net.write(proc.stdout, out);
  net.exit(proc.pid, 0);
}

function save(net: NodeNet, proc: Proc, state: HttpGetState, text: string): void {
  if (state.output === null || state.output === '-') net.write(proc.stdout, text);
  else if (state.output !== '/dev/null') net.user.files.set(state.output, text);
}

function wgetFinished(net: NodeNet, proc: Proc, state: HttpGetState, answer: Answer): void {
  sockClose(net, state.sock);
  const words = /^HTTP\/[\d.]+ (\d{3} [^\r]*)/.exec(answer.head)?.[1] ?? '';
  const say = (text: string): void => {
    if (!state.silent) net.write(proc.stderr, text);
  };
  const head = answer.head.trimEnd().split('\r\n');
  if (state.report === 'full') say(state.showHead ? `\n${head.map((line) => `  ${line}\n`).join('')}` : `${words}\n`);
  if (answer.status >= 400) {
    if (state.spider && state.report === 'full') {
      say('Remote file does not exist -- broken link!!!\n\n');
      return net.exit(proc.pid, 8);
    }
    say(`${stamp(net)} ERROR ${words.replace(' ', ': ')}.\n\n`);
    return net.exit(proc.pid, 8);
  }
  const length = toBytes(answer.body).length;
  const type = /\r\ncontent-type: *([^;\r]+)/i.exec(answer.head)?.[1];
  const told = /\r\ncontent-length: *(\d+)/i.exec(answer.head)?.[1];
  const lengthText = `Length: ${told ?? 'unspecified'}${type === undefined ? '' : ` [${type}]`}\n`;
  if (state.spider) {
    if (state.report === 'full')
      say(`${lengthText}Remote file exists and could contain further links,\nbut recursion is disabled -- not retrieving.\n\n`);
    else say(`${stamp(net)} URL: ${state.url} 200 OK\n`);
    return net.exit(proc.pid, 0);
  }
  const name = state.output === '-' ? 'STDOUT' : state.shownAs;
  if (state.report === 'full') say(`${lengthText}Saving to: '${name}'\n${state.output === '-' ? '' : '\n'}`);
  save(net, proc, state, answer.body);
  const sizes = told === undefined ? `[${length}]` : `[${length}/${told}]`;
  if (state.report === 'line') say(`${stamp(net)} URL:${state.url} ${sizes} -> "${state.output === '-' ? '-' : name}" [1]\n`);
  else say(`${stamp(net)} (0.00 B/s) - ${state.output === '-' ? 'written to stdout' : `'${name}' saved`} ${sizes}\n\n`);
  net.exit(proc.pid, 0);
}

/** The time as wget tells it. */
export function stamp(net: NodeNet): string {
  return formatDate(net.now, '%F %T');
}

/** curl's -w: %{name} variables. */
function writeOut(net: NodeNet, state: HttpGetState, answer: Answer | null): string {
  const seconds = (from: number, to: number): string => (Math.floor(Math.max(0, to - from) / 1000) / 1e6).toFixed(6);
  const names = state.sock === 0 ? null : sockNames(net, state.sock);
  const values: Readonly<Record<string, string>> = {
    http_code: String(answer?.status ?? 0).padStart(3, '0'),
    response_code: String(answer?.status ?? 0).padStart(3, '0'),
    size_download: String(answer === null ? 0 : toBytes(answer.body).length),
    time_connect: seconds(state.startedAt, state.connectedAt),
    time_total: seconds(state.startedAt, net.now),
    remote_ip: state.connectedAt > 0 ? formatIpv4(state.dst) : '',
    remote_port: state.connectedAt > 0 ? String(state.port) : '0',
    local_ip: names === null ? '' : formatIpv4(names.laddr),
    local_port: names === null ? '0' : String(names.lport),
    url: state.url,
    url_effective: state.url,
    exitcode: '0',
    num_connects: state.connectedAt > 0 ? '1' : '0',
  };
  return state.writeOut.replace(/%\{(\w+)\}|%%|\\n|\\t|\\r/g, (match, name: string | undefined) => {
    if (name !== undefined) return values[name] ?? '';
    return { '%%': '%', '\\n': '\n', '\\t': '\t', '\\r': '\r' }[match] ?? match;
  });
}

function timedOut(net: NodeNet, proc: Proc, state: HttpGetState, overall: boolean): void {
  if (state.tool === 'wget') {
    if (!state.silent)
      net.write(
        proc.stderr,
        state.phase === 'connect' ? 'failed: Connection timed out.\n' : 'Read error (Connection timed out) in headers.\n',
      );
    return wgetAgain(net, proc, state, true);
  }
  const ms = elapsedMs(net, state) + 1;
  if (!overall)
    return curlFails(net, proc, state, 28, `Failed to connect to ${state.host} port ${state.port} after ${ms} ms: Timeout was reached`);
  if (state.phase === 'connect') return curlFails(net, proc, state, 28, `Connection timed out after ${ms} milliseconds`);
  curlFails(net, proc, state, 28, `Operation timed out after ${ms} milliseconds with ${toBytes(state.got).length} bytes received`);
}

function onSocket(net: NodeNet, proc: Proc, state: HttpGetState): void {
  if (state.phase === 'connect') {
    const answer = tcpConnected(net, state.sock);
    if (answer.kind === 'no') return connectFailed(net, proc, state, answer.error);
    if (answer.kind === 'pending') return;
    connected(net, proc, state);
  }
  read(net, proc, state);
}

export const httpGet: Program = (net, proc, wake) => {
  const state = proc.state as HttpGetState;
  switch (wake.kind) {
    case 'start':
      return start(net, proc, state);
    case 'socket':
      if (wake.sock === state.sock) onSocket(net, proc, state);
      return;
    case 'timer':
      if (wake.key === 'max') timedOut(net, proc, state, true);
      else if (wake.key === 'again') startAgain(net, proc, state);
      else if (wake.key === `connect ${state.tries}` && state.phase === 'connect' && state.connectedAt === 0)
        timedOut(net, proc, state, false);
      return;
    case 'signal':
      return net.exit(proc.pid, signalCode(wake));
    default:
  }
};
