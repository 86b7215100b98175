/**
 * The neighbours that a host sent to last, with the Ethernet header that their packets get.
 * Comes from: neigh/output.ts; nud.ts and create.ts, which forget an entry that they remove or change.
 * Source: Linux 6.1 include/net/neighbour.h, struct hh_cache, neigh_hh_output().
 * Differs: sixteen places for each interface, by the last bits of the address. It is no part of the state:
 *   forgetting it changes nothing but the time it takes.
 */
import { ETH_P_IP, makeEth, type EthHdr, type Ipv4, type Mac } from '../../wire/index.ts';
import type { Dev } from '../dev/state.ts';
import type { Net } from '../net.ts';
import type { IfIndex } from '../skb.ts';
import type { Neigh, NeighTable } from './state.ts';
import { neighLookup } from './table.ts';

/** A neighbour as it was found. */
export interface Near {
  readonly neigh: Neigh;
  /** the table it is an entry of: that of another moment, or of another run, has other entries */
  readonly entries: NeighTable['entries'];
  /** made for the first packet to it */
  eth: EthHdr | null;
}

const PLACE_BITS = 4;
const PLACES = 1 << PLACE_BITS;

/** By node, then by place. */
const memories: (Near | undefined)[][] = [];

function placeOf(ifindex: IfIndex, addr: Ipv4): number {
  return (ifindex << PLACE_BITS) | (addr & (PLACES - 1));
}

function memoryOf(net: Net): (Near | undefined)[] {
  const known = memories[net.node];
  if (known !== undefined) return known;
  const memory: (Near | undefined)[] = [];
  memories[net.node] = memory;
  return memory;
}

/** The entry of a neighbour, or null when there is none. */
export function neighNear(net: Net, ifindex: IfIndex, addr: Ipv4): Near | null {
  const memory = memoryOf(net);
  const place = placeOf(ifindex, addr);
  const { entries } = net.host.neigh;
  const known = memory[place];
  if (known !== undefined && known.entries === entries && known.neigh.addr === addr) return known;
  const neigh = neighLookup(net.host, ifindex, addr);
  if (neigh === null) return null;
  const near: Near = { neigh, entries, eth: null };
  while (memory.length < place) memory.push(undefined);
  memory[place] = near;
  return near;
}

/** The header of IPv4 packets for a neighbour whose link-layer address is known. */
export function neighHeader(near: Near, dev: Dev): EthHdr {
  near.eth ??= makeEth(near.neigh.lladdr as Mac, dev.lladdr, ETH_P_IP);
  return near.eth;
}

/** An entry is no longer in the table, or has another link-layer address. */
export function neighForget(net: Net, { ifindex, addr }: Neigh): void {
  const memory = memoryOf(net);
  const place = placeOf(ifindex, addr);
  if (place < memory.length) memory[place] = undefined;
}
