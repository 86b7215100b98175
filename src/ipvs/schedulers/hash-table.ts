/**
 * A hash scheduler's table: which server each bucket belongs to.
 * Comes from: sh.ts, dh.ts, mh.ts.
 * Differs: tables are values that are replaced as a whole, so that checkpoints can share them.
 */
import { destById } from '../svc.ts';
import type { Dest, DestId, Svc } from '../state.ts';

export interface HashData {
  /** server ids by bucket; 0: nobody's */
  buckets: Int32Array;
}

export function bucketDest(svc: Svc, bucket: number): Dest | null {
  const id = (svc.schedData as HashData).buckets[bucket] ?? 0;
  return id === 0 ? null : destById(svc, id as DestId);
}

/** Buckets that a server holds. */
export function bucketCount(svc: Svc, dest: Dest): number {
  let n = 0;
  for (const id of (svc.schedData as HashData).buckets) if (id === dest.id) n++;
  return n;
}

/** Golden ratio as the kernel's hash_32() uses it. */
const GOLDEN_RATIO_32 = 0x61c88647;

/** The upper eight bits of the product: 0 to 255. */
export function hash8(value: number): number {
  return Math.imul(value, GOLDEN_RATIO_32) >>> 24;
}
