/**
 * Comparing sequence numbers, which wrap at 2^32.
 * Source: RFC 9293 §3.4; Linux 6.1 include/net/tcp.h, before(), after(), between().
 */

export function seqAdd(seq: number, count: number): number {
  return (seq + count) >>> 0;
}

/** How far b lies behind a, negative if in front of it. */
export function seqDiff(a: number, b: number): number {
  return (a - b) | 0;
}

export function before(a: number, b: number): boolean {
  return ((a - b) | 0) < 0;
}

export function after(a: number, b: number): boolean {
  return ((b - a) | 0) < 0;
}

/** low ≤ seq ≤ high */
export function between(seq: number, low: number, high: number): boolean {
  return (high - low) >>> 0 >= (seq - low) >>> 0;
}
