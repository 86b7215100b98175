/**
 * IP ids for packets whose sender has no counter of its own.
 * Comes from: ipv4/send.ts, tunnel/xmit.ts.  Goes to: the id field.
 * Source: Linux 6.1 include/net/ip.h, ip_select_ident(); net/ipv4/route.c, __ip_select_ident().
 * Differs: successive ids grow by one; the kernel also adds a random part that grows with the time between.
 */
import type { Ipv4 } from '../../wire/index.ts';
import type { Net } from '../net.ts';
import { IP_IDENTS_SLOTS } from './state.ts';

/** The next id towards an address: one counter for each hash of source, destination and protocol. */
export function ipSelectIdent(net: Net, src: Ipv4, dst: Ipv4, proto: number): number {
  const idents = net.host.ipv4.idents;
  const hash = Math.imul(src ^ Math.imul(dst, 0x9e3779b1) ^ proto, 0x85ebca6b) >>> 0;
  const slot = (hash >>> 13) % IP_IDENTS_SLOTS;
  let id = idents[slot] as number;
  if (id < 0) id = net.random() & 0xffff;
  idents[slot] = (id + 1) & 0xffff;
  return id;
}
