/**
 * The web server behind `service httpd start` and its relatives: answers with /var/www/html/index.html,
 * or with the host's name.
 * Comes from: the service commands, commands/httpd.ts.  Goes to: host sockets.
 * Source: RFC 9112; the headers are those of Apache httpd and nginx, as far as a lab needs them.
 */
import { sockClose, tcpAccept, tcpListen, tcpRecv, tcpSend, type Errno } from '../../host/index.ts';
import type { NodeNet, Proc, Program } from '../../world/index.ts';
import { fromBytes, signalCode, toBytes } from './net-text.ts';

export interface HttpdState {
  readonly port: number;
  /** set at the start when the port cannot be had */
  error: Errno | null;
  listener: number;
  /** what each open connection has sent so far */
  requests: Map<number, string>;
}

export function createHttpdState(port = 80): HttpdState {
  return { port, error: null, listener: 0, requests: new Map() };
}

/** Where pages lie, the first folder that has one. */
const ROOTS = ['/var/www/html', '/usr/share/nginx/html'] as const;

function page(net: NodeNet, path: string): string | null {
  const file = path.replace(/[?#].*/, '');
  const name = file.endsWith('/') ? `${file}index.html` : file;
  for (const root of ROOTS) {
    const text = net.user.files.get(`${root}${name}`);
    if (text !== undefined) return text;
  }
  return name === '/index.html' ? `${net.host.hostname}\n` : null;
}

function serverName(proc: Proc): string {
  return proc.argv[0] === 'nginx' ? 'nginx' : 'Apache';
}

function answer(net: NodeNet, proc: Proc, head: string): { text: string; keep: boolean } {
  const line = /^(\S+) (\S+) HTTP\/1\.([01])\r\n/.exec(head);
  if (line === null) return { text: response(proc, '400 Bad Request', '<h1>Bad Request</h1>\n', true), keep: false };
  const [, method, path, minor] = line as unknown as [string, string, string, string];
  const keep = minor === '1' && !/\r\nconnection: *close/i.test(head);
  if (method !== 'GET' && method !== 'HEAD' && method !== 'POST') return { text: response(proc, '405 Method Not Allowed', '', true), keep };
  const body = page(net, path);
  if (body === null) return { text: response(proc, '404 Not Found', '<h1>Not Found</h1>\n', method !== 'HEAD'), keep };
  return { text: response(proc, '200 OK', body, method !== 'HEAD'), keep };
}

function response(proc: Proc, status: string, body: string, withBody: boolean): string {
  return `HTTP/1.1 ${status}\r\nServer: ${serverName(proc)}\r\nContent-Length: ${toBytes(body).length}\r\nContent-Type: text/html\r\n\r\n${withBody ? body : ''}`;
}

function serve(net: NodeNet, proc: Proc, state: HttpdState, sock: number): void {
  for (;;) {
    const received = tcpRecv(net, sock);
    if (received.kind === 'again') return;
    if (received.kind !== 'data') {
      state.requests.delete(sock);
      return sockClose(net, sock);
    }
    let text = (state.requests.get(sock) ?? '') + fromBytes(received.bytes);
    // a plain line without HTTP is answered as well, and ends the connection
    for (;;) {
      const end = /^\S+ \S+\n/.test(text) ? text.indexOf('\n') + 1 : text.indexOf('\r\n\r\n') + 4;
      if (end < 4) break;
      const { text: out, keep } = answer(net, proc, text.slice(0, end));
      tcpSend(net, sock, toBytes(out));
      text = text.slice(end);
      if (keep) continue;
      state.requests.delete(sock);
      return sockClose(net, sock);
    }
    state.requests.set(sock, text);
  }
}

export const httpd: Program = (net, proc, wake) => {
  const state = proc.state as HttpdState;
  switch (wake.kind) {
    case 'start': {
      const opened = tcpListen(net, proc.pid, { port: state.port, backlog: 511 });
      if ('error' in opened) {
        state.error = opened.error;
        net.exit(proc.pid, 1);
      } else state.listener = opened.sock;
      return;
    }
    case 'socket': {
      for (let sock = tcpAccept(net, state.listener); sock !== null; sock = tcpAccept(net, state.listener)) {
        state.requests.set(sock, '');
        serve(net, proc, state, sock);
      }
      if (state.requests.has(wake.sock)) serve(net, proc, state, wake.sock);
      return;
    }
    case 'signal':
      if (wake.signal !== 'HUP') net.exit(proc.pid, signalCode(wake));
      return;
    default:
  }
};
