/**
 * Routing decisions kept for the next packet of the same kind.
 * Comes from: fib/table.ts (owns it, forgets it), fib/input.ts, fib/output.ts.
 * Source: Linux 6.1 net/ipv4/route.c, rt_cache_route() (the kernel keeps them at next hops and for sockets).
 * Differs: the first decision and 256 places by a hash of the addresses; a newer decision takes the place of an
 *   older one. It is no part of the state: forgetting it changes nothing but the time it takes.
 *
 * Many hosts talk to one other: their first decision stands in the memory itself, and the places are made when a
 * second one comes. A thousand hosts' places would fill the processor's cache.
 */
import type { Dst } from '../skb.ts';

const PLACES = 256;

interface Place {
  readonly dst: number;
  readonly src: number;
  /** interface it came in by, or must leave by */
  readonly dev: number;
  readonly tos: number;
  readonly mark: number;
  readonly route: Dst;
}

/** The first decision, of which `route` is null until there is one, and the places of the others. */
export interface RouteMemory {
  dst: number;
  src: number;
  dev: number;
  tos: number;
  mark: number;
  route: Dst | null;
  others: (Place | null)[] | null;
}

export function createRouteMemory(): RouteMemory {
  return { dst: 0, src: 0, dev: 0, tos: 0, mark: 0, route: null, others: null };
}

function placeOf(dst: number, src: number): number {
  const mixed = Math.imul(dst ^ Math.imul(src, 0x9e3779b1), 0x85ebca6b);
  return (mixed >>> 24) & (PLACES - 1);
}

export function recall(memory: RouteMemory, dst: number, src: number, dev: number, tos: number, mark: number): Dst | null {
  if (memory.dst === dst && memory.src === src && memory.dev === dev && memory.tos === tos && memory.mark === mark) return memory.route;
  if (memory.others === null) return null;
  const place = memory.others[placeOf(dst, src)];
  if (place === null || place === undefined) return null;
  if (place.dst !== dst || place.src !== src || place.dev !== dev || place.tos !== tos || place.mark !== mark) return null;
  return place.route;
}

export function remember(memory: RouteMemory, dst: number, src: number, dev: number, tos: number, mark: number, route: Dst): void {
  if (memory.route === null) {
    memory.dst = dst;
    memory.src = src;
    memory.dev = dev;
    memory.tos = tos;
    memory.mark = mark;
    memory.route = route;
    return;
  }
  memory.others ??= Array.from({ length: PLACES }, () => null);
  memory.others[placeOf(dst, src)] = { dst, src, dev, tos, mark, route };
}
