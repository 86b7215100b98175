/**
 * IPv4 and Ethernet addresses as numbers, and their text forms.
 * Comes from: everywhere.  Goes to: everywhere.
 * Source: RFC 791 (addresses), RFC 4632 (prefixes), RFC 1112 §6.4 (multicast MACs), IEEE 802 (MACs).
 * Differs: nothing known.
 */

/** An IPv4 address as an unsigned 32-bit integer in host order: 10.0.0.1 is 0x0a000001. */
export type Ipv4 = number & { readonly __unit: 'ipv4' };
/** A MAC address as an unsigned 48-bit integer: 02:00:00:00:00:01 is 0x020000000001. */
export type Mac = number & { readonly __unit: 'mac' };
/** Length of a network prefix in bits, 0 to 32. */
export type PrefixLen = number;

export const IPV4_ANY = 0 as Ipv4;
export const IPV4_BROADCAST = 0xffffffff as Ipv4;
export const IPV4_LOOPBACK = 0x7f000001 as Ipv4;
export const MAC_ZERO = 0 as Mac;
export const MAC_BROADCAST = 0xffffffffffff as Mac;

/** The four bytes of an address as one number. */
export function ipv4(a: number, b: number, c: number, d: number): Ipv4 {
  return (((a << 24) | (b << 16) | (c << 8) | d) >>> 0) as Ipv4;
}

/**
 * Reads a dotted quad. Only four decimal numbers of 0 to 255 are taken (no octal, no short forms,
 * which are the business of the command that allows them).
 * @returns null when the text is not an address.
 */
export function parseIpv4(text: string): Ipv4 | null {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (match === null) return null;
  let value = 0;
  for (let i = 1; i <= 4; i++) {
    const byte = Number(match[i]);
    if (byte > 255) return null;
    value = value * 256 + byte;
  }
  return value as Ipv4;
}

export function formatIpv4(addr: Ipv4): string {
  return `${addr >>> 24}.${(addr >>> 16) & 255}.${(addr >>> 8) & 255}.${addr & 255}`;
}

/** Netmask of a prefix length: 24 is 255.255.255.0. */
export function maskOf(len: PrefixLen): Ipv4 {
  return (len === 0 ? 0 : (0xffffffff << (32 - len)) >>> 0) as Ipv4;
}

/** Prefix length of a netmask, or null if its one bits are not contiguous. */
export function prefixLenOf(mask: Ipv4): PrefixLen | null {
  const len = mask === 0 ? 0 : 32 - ctz32(mask);
  return maskOf(len) === mask ? len : null;
}

function ctz32(value: number): number {
  return 31 - Math.clz32(value & -value);
}

/** The network part of an address. */
export function networkOf(addr: Ipv4, len: PrefixLen): Ipv4 {
  return ((addr & maskOf(len)) >>> 0) as Ipv4;
}

/** All host bits set. */
export function broadcastOf(addr: Ipv4, len: PrefixLen): Ipv4 {
  return ((addr | ~maskOf(len)) >>> 0) as Ipv4;
}

export function inPrefix(addr: Ipv4, network: Ipv4, len: PrefixLen): boolean {
  return ((addr ^ network) & maskOf(len)) === 0;
}

/** 224.0.0.0/4 */
export function isMulticast(addr: Ipv4): boolean {
  return addr >>> 28 === 0xe;
}

/** 127.0.0.0/8 */
export function isLoopback(addr: Ipv4): boolean {
  return addr >>> 24 === 127;
}

/** 0.0.0.0/8: "this network", never a valid peer on the wire. */
export function isZeroNet(addr: Ipv4): boolean {
  return addr >>> 24 === 0;
}

/** Reads six two-digit hex bytes separated by colons or dashes. */
export function parseMac(text: string): Mac | null {
  const match =
    /^([0-9a-fA-F]{1,2})[:-]([0-9a-fA-F]{1,2})[:-]([0-9a-fA-F]{1,2})[:-]([0-9a-fA-F]{1,2})[:-]([0-9a-fA-F]{1,2})[:-]([0-9a-fA-F]{1,2})$/.exec(
      text,
    );
  if (match === null) return null;
  let value = 0;
  for (let i = 1; i <= 6; i++) value = value * 256 + Number.parseInt(match[i] ?? '0', 16);
  return value as Mac;
}

export function formatMac(mac: Mac): string {
  const hex = mac.toString(16).padStart(12, '0');
  return `${hex.slice(0, 2)}:${hex.slice(2, 4)}:${hex.slice(4, 6)}:${hex.slice(6, 8)}:${hex.slice(8, 10)}:${hex.slice(10)}`;
}

/** Group bit of the first byte: broadcast counts as multicast too. */
export function isGroupMac(mac: Mac): boolean {
  return Math.floor(mac / 0x10000000000) % 2 === 1;
}

/** 01:00:5e followed by the low 23 bits of the group (RFC 1112 §6.4). */
export function multicastMac(group: Ipv4): Mac {
  return (0x01005e000000 + (group & 0x7fffff)) as Mac;
}
