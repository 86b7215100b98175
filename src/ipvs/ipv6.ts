/**
 * IPv6 addresses of services and real servers: they can be configured and listed, no packet ever has one.
 * Comes from: shell/commands/ipvsadm (reading and printing), ctl.ts, proc.ts.
 * Source: inet_pton(3), inet_ntop(3) of glibc 2.36; Linux 6.1 net/ipv6/addrconf_core.c, __ipv6_addr_type().
 * Differs: IPv6 packets are not modelled.
 */

/** As inet_ntop() writes it, so that equal addresses are equal texts; '::' also stands for "no address". */
export type Ipv6 = string & { readonly __unit: 'ipv6' };

export const IPV6_ANY = '::' as Ipv6;
const WORDS = 8;
/** Shortest run of zero words that becomes `::`. */
const LEAST_RUN = 2;

function readIpv4Tail(text: string): [number, number] | null {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((p) => /^(0|[1-9]\d{0,2})$/.test(p) && Number(p) < 256)) return null;
  const [a, b, c, d] = parts.map(Number) as [number, number, number, number];
  return [a * 256 + b, c * 256 + d];
}

/** One side of `::`, or all. */
function readWords(text: string): number[] | null {
  if (text === '') return [];
  const words: number[] = [];
  const parts = text.split(':');
  for (const [i, part] of parts.entries()) {
    if (i === parts.length - 1 && part.includes('.')) {
      const tail = readIpv4Tail(part);
      if (tail === null) return null;
      words.push(...tail);
    } else if (/^[0-9a-fA-F]{1,4}$/.test(part)) words.push(Number.parseInt(part, 16));
    else return null;
  }
  return words;
}

function splitWords(text: string): number[] | null {
  const sides = text.split('::');
  if (sides.length > 2) return null;
  const left = readWords(sides[0] as string);
  if (left === null) return null;
  if (sides.length === 1) return left.length === WORDS ? left : null;
  // Only the very end may be written in decimal.
  if ((sides[0] as string).includes('.')) return null;
  const right = readWords(sides[1] as string);
  if (right === null || left.length + right.length >= WORDS) return null;
  return [...left, ...Array.from({ length: WORDS - left.length - right.length }, () => 0), ...right];
}

/** The longest run of zero words, the first of equals. */
function longestRun(words: readonly number[]): { at: number; length: number } {
  let best = { at: -1, length: 0 };
  for (let at = 0; at < WORDS; at++) {
    let length = 0;
    while (words[at + length] === 0) length++;
    if (length > best.length) best = { at, length };
  }
  return best.length >= LEAST_RUN ? best : { at: -1, length: 0 };
}

function hexWords(words: readonly number[]): string {
  return words.map((w) => w.toString(16)).join(':');
}

function format(words: readonly number[]): Ipv6 {
  const run = longestRun(words);
  if (run.at === 0 && (run.length === 6 || (run.length === 5 && words[5] === 0xffff))) {
    const [high, low] = words.slice(6) as [number, number];
    return `::${run.length === 5 ? 'ffff:' : ''}${high >>> 8}.${high & 255}.${low >>> 8}.${low & 255}` as Ipv6;
  }
  if (run.at < 0) return hexWords(words) as Ipv6;
  return `${hexWords(words.slice(0, run.at))}::${hexWords(words.slice(run.at + run.length))}` as Ipv6;
}

export function parseIpv6(text: string): Ipv6 | null {
  const words = splitWords(text);
  return words === null ? null : format(words);
}

/** The eight 16-bit words. */
export function ipv6Words(addr: Ipv6): readonly number[] {
  return splitWords(addr) as number[];
}

/** All digits of all words, as /proc shows addresses. */
export function formatIpv6Full(addr: Ipv6): string {
  return ipv6Words(addr)
    .map((w) => w.toString(16).padStart(4, '0'))
    .join(':');
}

export function isIpv6Multicast(addr: Ipv6): boolean {
  return (ipv6Words(addr)[0] as number) >>> 8 === 0xff;
}

/** May a real server have it? Unicast, and good beyond one link. */
export function isIpv6Server(addr: Ipv6): boolean {
  const words = ipv6Words(addr);
  const first = words[0] as number;
  if (isIpv6Multicast(addr) || (first & 0xffc0) === 0xfe80) return false;
  const leading = words.findIndex((w) => w !== 0);
  // `::` is no address, and ::ffff:a.b.c.d stands for one of IPv4.
  return leading >= 0 && !(leading === 5 && words[5] === 0xffff);
}
