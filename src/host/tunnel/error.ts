/**
 * ICMP errors about packets that a tunnel of this host sent.
 * Comes from: icmp/error.ts.  Goes to: icmp/pmtu.ts (by the result), tunnel/xmit.ts.
 * Source: Linux 6.1 net/ipv4/ipip.c, ipip_err().
 * Differs: the tunnel's own memory of errors (err_count: for 30 s each error turns one inner packet
 *   into a host unreachable) is not kept.
 */
import { ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED, ICMP_REDIRECT, type Ipv4Hdr } from '../../wire/index.ts';
import type { Net } from '../net.ts';
import { tunnelLookup } from './lookup.ts';

/** @param about the outer header that the error quotes @returns true when the route to the remote end may learn from it */
export function tunnelErr(net: Net, type: number, code: number, about: Ipv4Hdr): boolean {
  if (!net.host.modules.includes('ipip')) return false;
  // seen from the sender: its own address is "local", the far end is "remote"
  if (tunnelLookup(net.host, about.dst, about.src) === null) return false;
  return (type === ICMP_DEST_UNREACH && code === ICMP_FRAG_NEEDED) || type === ICMP_REDIRECT;
}
