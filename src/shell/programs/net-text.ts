/**
 * What network programs share: bytes and text, host names, spans, exit codes of signals.
 * Comes from: programs/ and commands/ that use sockets.
 */
import { nanos, NS_PER_S, type Nanos } from '../../engine/index.ts';
import { parseIpv4, type Ipv4 } from '../../wire/index.ts';
import type { Wake } from '../../host/index.ts';
import type { NodeNet } from '../../world/index.ts';
import { inetAton } from '../commands/net-tools.ts';

export function toBytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export function fromBytes(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** Exit code of a process that a signal ended, as the shell shows it. */
export function signalCode(wake: Extract<Wake, { kind: 'signal' }>): number {
  return { INT: 130, TERM: 143, KILL: 137, HUP: 129 }[wake.signal];
}

/** An address, shortened or not, or a name from /etc/hosts; there is no DNS. */
export function resolveHost(net: NodeNet, name: string): Ipv4 | null {
  const addr = inetAton(name);
  if (addr !== null) return addr;
  for (const line of (net.user.files.get('/etc/hosts') ?? '').split('\n')) {
    const [text, ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
    if (text === undefined || !names.includes(name)) continue;
    const found = parseIpv4(text);
    if (found !== null) return found;
  }
  return name === 'localhost' ? (0x7f000001 as Ipv4) : null;
}

/** The first name that /etc/hosts has for an address, or null. */
export function hostNameOf(net: NodeNet, addr: Ipv4): string | null {
  for (const line of (net.user.files.get('/etc/hosts') ?? '').split('\n')) {
    const [text, name] = line.replace(/#.*/, '').trim().split(/\s+/);
    if (text !== undefined && name !== undefined && parseIpv4(text) === addr) return name;
  }
  return addr === 0x7f000001 ? 'localhost' : null;
}

/** Seconds as a number with a fraction; null when the text is none. */
export function parseSeconds(text: string): Nanos | null {
  if (!/^\d+(\.\d*)?$|^\.\d+$/.test(text)) return null;
  const value = Math.round(Number(text) * NS_PER_S);
  return Number.isSafeInteger(value) ? nanos(value) : null;
}

/** Milliseconds and three decimals: 0.118 */
export function msText(us: number): string {
  return `${Math.floor(us / 1000)}.${String(us % 1000).padStart(3, '0')}`;
}
