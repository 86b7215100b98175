/**
 * UDP_CHECK and PING_CHECK: one datagram, and what comes back within connect_timeout. For UDP silence is
 * good unless require_reply asks for an answer: a server without the port says so by ICMP.
 * Comes from: checks.ts.  Goes to: check-verdict.ts, sockets.
 * Source: keepalived 2.2.7 check/check_udp.c, udp_connect_thread(), udp_check_thread(); check/check_ping.c,
 *   icmp_connect_thread(), icmp_check_thread(); core/layer4.c, udp_bind_connect(), udp_socket_state().
 */
import { pingSend, rawOpen, rawRecv, strerror, udpConnect, udpOpen, udpRecv, udpSend } from '../../../host/index.ts';
import { ICMP_ECHOREPLY } from '../../../wire/index.ts';
import { judge, nameOf, rest, target } from './check-verdict.ts';
import { arm, type Check, type Ka } from './state.ts';

/** What is sent when nothing is configured: so many octets for UDP, and for an echo request. */
const UDP_LENGTH = 32;
const PING_LENGTH = 128;
const FIRST_OCTET = 33;

function filling(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => FIRST_OCTET + (index % 94));
}

function payloadOf({ conf }: Check): Uint8Array {
  if (conf.payload === '') return filling(UDP_LENGTH);
  return Uint8Array.from({ length: conf.payload.length / 2 }, (_, index) =>
    Number.parseInt(conf.payload.slice(2 * index, 2 * index + 2), 16),
  );
}

function verdict(ka: Ka, check: Check, ok: boolean, why: string): void {
  const name = nameOf(ka, check);
  const words =
    check.conf.kind === 'udp'
      ? { good: `UDP connection to ${name} success.`, bad: `UDP_CHECK on service ${name} failed`, why: '' }
      : { good: `ICMP connection to ${name} success.`, bad: `ICMP CHECK on service ${name} failed`, why: '' };
  rest(ka, check, judge(ka, check, ok, why, words));
}

/** keepalived leaves its counter in the order of a PC's memory. */
function swapped(count: number): number {
  return ((count & 0xff) << 8) | ((count >> 8) & 0xff);
}

function identOf(check: Check): number {
  return check.sock & 0xffff;
}

/** @returns what is wrong */
function open(ka: Ka, check: Check): string | null {
  const { net, proc, st } = ka;
  const { addr, port } = target(ka, check);
  if (check.conf.kind === 'udp') {
    const opened = udpOpen(net, proc.pid, check.conf.bindTo === null ? {} : { addr: check.conf.bindTo });
    if ('error' in opened) return strerror(opened.error);
    check.sock = opened.sock;
    const error = udpConnect(net, opened.sock, addr, port) ?? udpSend(net, opened.sock, payloadOf(check));
    return error === null ? null : strerror(error);
  }
  const opened = rawOpen(net, proc.pid, { recvErr: false });
  if ('error' in opened) return strerror(opened.error);
  check.sock = opened.sock;
  const error = pingSend(net, opened.sock, addr, identOf(check), swapped(st.pings++), filling(PING_LENGTH));
  return error === null ? null : strerror(error);
}

export function askByDatagram(ka: Ka, check: Check): void {
  const trouble = open(ka, check);
  if (trouble !== null) return verdict(ka, check, false, trouble);
  check.phase = 'reply';
  check.timer = arm(ka, 'check', check.conf.connectTimeout);
}

/** Nothing came within connect_timeout. */
export function datagramSilence(ka: Ka, check: Check): void {
  const good = check.conf.kind === 'udp' && !check.conf.requireReply;
  verdict(ka, check, good, 'no answer within connect_timeout');
}

export function datagramSocket(ka: Ka, check: Check): void {
  const { net } = ka;
  if (check.conf.kind === 'udp') {
    const received = udpRecv(net, check.sock);
    if (received.kind === 'again') return;
    return verdict(ka, check, received.kind === 'data', received.kind === 'error' ? strerror(received.error) : '');
  }
  for (let message = rawRecv(net, check.sock); message !== null; message = rawRecv(net, check.sock)) {
    const icmp = message.layers[1];
    if (icmp?.kind !== 'icmp' || icmp.type !== ICMP_ECHOREPLY || Math.floor(icmp.rest / 65_536) !== identOf(check)) continue;
    return verdict(ka, check, true, '');
  }
}
