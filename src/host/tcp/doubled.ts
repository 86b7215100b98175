/**
 * Exponential back-off in whole numbers.
 * Comes from: every timer of TCP that waits longer each time.
 * Source: RFC 6298 §5.5.
 */

/** `span` doubled `times` times; times 0 to 40. */
export function doubled(span: number, times: number): number {
  let result = span;
  for (let i = 0; i < times; i++) result *= 2;
  return result;
}
