/**
 * What ifconfig, route and arp have in common: reading addresses, and the messages of the C library.
 * Comes from: ifconfig.ts, route.ts, arp.ts.
 * Source: net-tools 2.10 lib/inet.c (INET_resolve), glibc herror().
 * Differs: names are not looked up, apart from those the lab has none of; shortened addresses (10.1) are read
 *   as inet_aton() reads them.
 */
import type { Ipv4 } from '../../wire/index.ts';
import { parseUnsigned } from './ip/args.ts';

/** How many values fit into so many bytes. */
const ROOM: readonly number[] = [1, 0x100, 0x10000, 0x1000000, 0x100000000];

/** inet_aton(): one to four numbers, the last of which fills what is left; null if it is no address. */
export function inetAton(text: string): Ipv4 | null {
  const parts = text.split('.');
  if (parts.length > 4) return null;
  let value = 0;
  for (let i = 0; i < parts.length; i++) {
    const number = parseUnsigned(parts[i] ?? '');
    const bytes = i === parts.length - 1 ? 4 - i : 1;
    const room = ROOM[bytes] ?? 0;
    if (number === null || number >= room) return null;
    value = value * room + number;
  }
  return value as Ipv4;
}

/** What the resolver says of a word that is no address: digits and dots cannot be a name. */
export function unknownHost(text: string): string {
  return /^[A-Za-z][-\w.]*$/.test(text) ? `${text}: Host name lookup failure\n` : `${text}: Unknown host\n`;
}

/** Length of the mask that the address's class had (A, B, C). */
export function classLen(addr: Ipv4): number {
  const top = addr >>> 24;
  if (addr === 0) return 0;
  if (top < 128) return 8;
  if (top < 192) return 16;
  return top < 224 ? 24 : 32;
}
