/**
 * Jenkins' hash of 32-bit words, by which address translation picks one of several addresses.
 * Comes from: nat.ts.
 * Source: Bob Jenkins, lookup3 (2006), hashword(); Linux 6.1 include/linux/jhash.h, jhash2(), __jhash_mix(),
 *   __jhash_final(); include/linux/kernel.h, reciprocal_scale().
 */

const INITIAL = 0xdeadbeef;

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

/** @returns 32 bits, unsigned */
export function jhash2(words: readonly number[], seed: number): number {
  let a = (INITIAL + (words.length << 2) + seed) | 0;
  let b = a;
  let c = a;
  let at = 0;
  for (; words.length - at > 3; at += 3) {
    a = (a + (words[at] as number)) | 0;
    b = (b + (words[at + 1] as number)) | 0;
    c = (c + (words[at + 2] as number)) | 0;
    a = (a - c) ^ rotate(c, 4);
    c = (c + b) | 0;
    b = (b - a) ^ rotate(a, 6);
    a = (a + c) | 0;
    c = (c - b) ^ rotate(b, 8);
    b = (b + a) | 0;
    a = (a - c) ^ rotate(c, 16);
    c = (c + b) | 0;
    b = (b - a) ^ rotate(a, 19);
    a = (a + c) | 0;
    c = (c - b) ^ rotate(b, 4);
    b = (b + a) | 0;
  }
  if (at === words.length) return c >>> 0;
  a = (a + (words[at] as number)) | 0;
  b = (b + (words[at + 1] ?? 0)) | 0;
  c = (c + (words[at + 2] ?? 0)) | 0;
  c = ((c ^ b) - rotate(b, 14)) | 0;
  a = ((a ^ c) - rotate(c, 11)) | 0;
  b = ((b ^ a) - rotate(a, 25)) | 0;
  c = ((c ^ b) - rotate(b, 16)) | 0;
  a = ((a ^ c) - rotate(c, 4)) | 0;
  b = ((b ^ a) - rotate(a, 14)) | 0;
  c = ((c ^ b) - rotate(b, 24)) | 0;
  return c >>> 0;
}

/** A 32-bit hash brought into 0 … count-1, evenly. */
export function scaled(hash: number, count: number): number {
  return Number((BigInt(hash) * BigInt(count)) >> 32n);
}

/** The word a little-endian machine reads where an address stands in network order. */
export function swapped(word: number): number {
  return ((word >>> 24) | ((word >>> 8) & 0xff00) | ((word << 8) & 0xff0000) | (word << 24)) >>> 0;
}
