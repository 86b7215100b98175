/**
 * Addresses of a rule, with their lengths or masks, read and printed.
 * Comes from: rule-parse.ts, list.ts, arptables/.
 * Source: iptables 1.8.9 libxtables/xtables.c, xtables_ipparse_multiple(), xtables_ipmask_to_numeric().
 */
import { maskOf, parseIpv4, prefixLenOf, type Ipv4 } from '../../../wire/index.ts';
import type { AddrMask } from '../../../host/index.ts';
import { parseLooseIpv4 } from '../ip/args.ts';
import { inetAton } from '../net-tools.ts';
import { badParameter, type Speaker } from './complain.ts';

/** An address with a length or netmask; /0 is no condition. */
export function readAddress(who: Speaker, text: string, not: boolean): AddrMask | null {
  const slash = text.lastIndexOf('/');
  const host = slash < 0 ? text : text.slice(0, slash);
  let mask: Ipv4 = maskOf(32);
  if (slash >= 0) {
    const word = text.slice(slash + 1);
    const given = /^\d+$/.test(word) && Number(word) <= 32 ? maskOf(Number(word)) : parseIpv4(word);
    if (given === null) throw badParameter(who, `invalid mask \`${word}' specified`);
    mask = given;
  }
  // a bare host is looked up as a name, which takes shortened addresses in the old way: 10.1 is 10.0.0.1
  const addr = slash < 0 ? inetAton(host) : parseLooseIpv4(host);
  if (addr === null) throw badParameter(who, `host/network \`${host}' not found`);
  if (mask === 0 && !not) return null;
  return { addr: ((addr & mask) >>> 0) as Ipv4, mask, not };
}

/** As typed: the host's part is kept; a mask that is no prefix counts as full. */
export function hostAndMask(who: Speaker, text: string): { addr: Ipv4; mask: Ipv4 } {
  const [host = '', mask] = text.split('/', 2);
  const addr = inetAton(host);
  if (addr === null) throw badParameter(who, 'getaddrinfo: Name or service not known\n');
  const dotted = mask === undefined ? null : parseIpv4(mask);
  const len = mask !== undefined && /^\d+$/.test(mask) && Number(mask) <= 32 ? Number(mask) : dotted === null ? null : prefixLenOf(dotted);
  return { addr, mask: maskOf(len ?? 32) };
}

/** `10.0.0.0/8`, `10.0.0.1`, `10.0.0.0/255.0.255.0`. */
export function addressText(want: { readonly addr: Ipv4; readonly mask: Ipv4 }, format: (addr: Ipv4) => string): string {
  const len = prefixLenOf(want.mask);
  if (len === 32) return format(want.addr);
  return `${format(want.addr)}/${len ?? format(want.mask)}`;
}
