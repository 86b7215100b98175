/**
 * What ifconfig, route and arp have in common: reading addresses, and the messages of the C library.
 * Comes from: ifconfig.ts, route.ts, arp.ts, netstat.ts.
 * Source: net-tools 2.10 lib/inet.c (INET_resolve), glibc herror().
 * Differs: names are not looked up, apart from those the lab has none of; shortened addresses (10.1) are read
 *   as inet_aton() reads them.
 */
import type { Ipv4, Mac } from '../../wire/index.ts';
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

/**
 * What the resolver says of a word that is no address. Where a host is expected the hosts are asked first
 * and the networks last, and the answer of the last one asked is told.
 */
export function unknownHost(text: string, hostFirst = false): string {
  return `${text}: ${hostFirst ? 'Host name lookup failure' : 'Unknown host'}\n`;
}

/**
 * A prefix length as net-tools make a mask of it: only its lowest five bits count beyond 32, and what is no
 * number at all is null.
 */
export function lenAsTyped(text: string): number | null {
  if (text === '') return 0;
  if (!/^\s*[-+]?\d+$/.test(text)) return null;
  const len = Number(text);
  return len === 32 ? 32 : len & 31;
}

const FEATURES = '+NEW_ADDRT +RTF_IRTT +RTF_REJECT +I18N +SELINUX';
const FAMILIES = '+UNIX +INET +INET6 +IPX +AX25 +NETROM +X25 +ATALK +ECONET +ROSE -BLUETOOTH';
const HARDWARE = '+ETHER +ARC +SLIP +PPP +TUNNEL -TR +AX25 +NETROM +X25 +FR +ROSE +ASH +SIT +FDDI +HIPPI +HDLC/LAPB +EUI64 ';

/** What -V tells: the version and what it was built with. */
export function netToolsVersion(tool: 'ifconfig' | 'route' | 'arp' | 'netstat'): string {
  if (tool === 'ifconfig') return 'net-tools 2.10\n';
  const features = tool === 'arp' ? '+I18N +SELINUX' : FEATURES;
  return `net-tools 2.10\n${features}\nAF: (inet) ${FAMILIES}\nHW: ${tool === 'arp' ? '(ether) ' : ' '}${HARDWARE}\n`;
}

/** in_ether(): up to six pairs of hexadecimal digits, with colons or without; what is missing is zero. */
export function looseMac(text: string): Mac | null {
  const bytes: number[] = [];
  for (let at = 0; at < text.length && bytes.length < 6;) {
    const digits = /^[\da-f]{1,2}/i.exec(text.slice(at))?.[0];
    if (digits === undefined) return null;
    bytes.push(Number.parseInt(digits, 16));
    at += digits.length;
    if (text[at] === ':') at++;
  }
  while (bytes.length < 6) bytes.push(0);
  return bytes.reduce((all, byte) => all * 256 + byte, 0) as Mac;
}

/** Length of the mask that the address's class had (A, B, C); none for no address and for everybody. */
export function classLen(addr: Ipv4): number {
  const top = addr >>> 24;
  if (addr === 0 || addr === 0xffffffff) return 0;
  if (top < 128) return 8;
  if (top < 192) return 16;
  return top < 224 ? 24 : 32;
}
