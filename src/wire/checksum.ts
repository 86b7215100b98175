/**
 * The Internet checksum: ones' complement sum of 16-bit words.
 * Comes from: emit.ts, parse.ts.  Goes to: bytes.
 * Source: RFC 1071 (the sum), RFC 1624 (updating it), RFC 9293 §3.1 (pseudo header).
 * Differs: nothing known.
 */

/** Adds `length` bytes to a running sum; an odd last byte counts as the high half of a word. */
export function sumBytes(bytes: Uint8Array, offset: number, length: number, start = 0): number {
  let sum = start;
  const even = offset + (length & ~1);
  // 65,535 bytes hold 32,767 words of at most 0xffff: the sum stays below 2^31
  for (let i = offset; i < even; i += 2) sum += ((bytes[i] as number) << 8) | (bytes[i + 1] as number);
  if ((length & 1) === 1) sum += (bytes[even] as number) << 8;
  return sum;
}

/** Folds the carries back in: 16 bits, not yet complemented. */
export function foldSum(sum: number): number {
  let folded = (sum & 0xffff) + Math.floor(sum / 0x10000);
  while (folded > 0xffff) folded = (folded & 0xffff) + (folded >>> 16);
  return folded;
}

/** Checksum of a run of bytes. Over bytes that hold their own checksum it gives 0. */
export function checksum(bytes: Uint8Array, offset: number, length: number, start = 0): number {
  return foldSum(sumBytes(bytes, offset, length, start)) ^ 0xffff;
}

/** What TCP and UDP count besides their own bytes: both addresses, protocol and length. */
export function pseudoHeaderSum(src: number, dst: number, proto: number, length: number): number {
  return (src >>> 16) + (src & 0xffff) + (dst >>> 16) + (dst & 0xffff) + proto + length;
}

/**
 * The checksum after one 16-bit word changed, without adding up the rest again.
 * HC' = ~(~HC + ~m + m')
 */
export function updateChecksum(old: number, wordBefore: number, wordAfter: number): number {
  return foldSum((old ^ 0xffff) + (wordBefore ^ 0xffff) + wordAfter) ^ 0xffff;
}
