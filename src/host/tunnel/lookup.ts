/**
 * Which tunnel device a packet of protocol 4 belongs to.
 * Comes from: tunnel/input.ts, tunnel/error.ts.
 * Source: Linux 6.1 net/ipv4/ip_tunnel.c, ip_tunnel_lookup().
 *
 *   1. local and remote both as configured    2. only remote configured
 *   3. only local configured                  4. tunl0, which takes the rest
 * A tunnel bound to another interface than the packet's is as good as one that is bound to none.
 */
import { isMulticast, type Ipv4 } from '../../wire/index.ts';
import type { Dev } from '../dev/state.ts';
import type { IfIndex } from '../skb.ts';
import type { HostState } from '../state.ts';

/** Tunnels bound to the interface the packet came in by go before all others. */
const OTHER_LINK = 10;

/**
 * Only devices that are up match.
 * @param link the packet came in by it @param remote source of the packet @param local its destination
 */
export function tunnelLookup(host: HostState, link: IfIndex, remote: Ipv4, local: Ipv4): Dev | null {
  let best: Dev | null = null;
  let bestRank = NO_MATCH;
  for (const dev of host.devs) {
    if (dev === null || dev.tunnel === null || !dev.up) continue;
    const rank = rankOf(dev, remote, local) + (dev.tunnel.link === link ? 0 : OTHER_LINK);
    if (rank >= bestRank) continue;
    best = dev;
    bestRank = rank;
  }
  return best;
}

const NO_MATCH = 30;

function rankOf(dev: Dev, remote: Ipv4, local: Ipv4): number {
  const t = dev.tunnel;
  if (t === null) return NO_MATCH;
  if (t.fallback) return 4 + OTHER_LINK;
  if (t.remote !== null) {
    if (t.remote === remote && t.local === local) return 1;
    if (t.remote === remote && t.local === null) return 2;
    return t.remote === local && isMulticast(local) ? 3 : NO_MATCH;
  }
  return t.local === local ? 3 : NO_MATCH;
}
