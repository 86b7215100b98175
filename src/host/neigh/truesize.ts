/**
 * Memory that a packet counts for in the queue of an unresolved neighbour.
 * Comes from: neigh/nud.ts.
 * Source: Linux 6.1 include/linux/skbuff.h (SKB_TRUESIZE, SKB_DATA_ALIGN), net/core/skbuff.c, __alloc_skb().
 * Differs: every packet counts as if it had been allocated in one piece with 32 bytes of headroom; the
 *   kernel's TCP segments keep their payload in pages.
 */
import { layersLen, type Layers } from '../../wire/index.ts';

/** struct sk_buff and struct skb_shared_info, rounded up to cache lines. */
const SKB_BYTES = 256;
const SHARED_INFO_BYTES = 320;
const HEADROOM_BYTES = 32;

export function truesizeOf(layers: Layers): number {
  const wanted = Math.ceil((layersLen(layers) + HEADROOM_BYTES) / 64) * 64 + SHARED_INFO_BYTES;
  // the allocator hands out powers of two
  let bucket = 512;
  while (bucket < wanted) bucket *= 2;
  return bucket + SKB_BYTES;
}
