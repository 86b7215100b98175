/**
 * Virtual time: whole nanoseconds since the run began.
 * Differs: nothing of the wall clock is in it; it ends after 2^53 ns, 104 days.
 */

/** Virtual time or a span of it, integer nanoseconds, 0 to 2^53 - 1. */
export type Nanos = number & { readonly __unit: 'ns' };

export const NS_PER_US = 1_000;
export const NS_PER_MS = 1_000_000;
export const NS_PER_S = 1_000_000_000;

export function nanos(value: number): Nanos {
  // what Number.isSafeInteger() says, in a form that stays fast for numbers beyond 2^31
  if (!(value >= 0 && value <= Number.MAX_SAFE_INTEGER && Math.floor(value) === value))
    throw new RangeError(`not a time in whole nanoseconds: ${value}`);
  return value as Nanos;
}

export function millis(value: number): Nanos {
  return nanos(value * NS_PER_MS);
}

export function seconds(value: number): Nanos {
  return nanos(Math.round(value * NS_PER_S));
}

/** The moment `span` after `at`; the end of time when that lies beyond it, which no run ever reaches. */
export function later(at: Nanos, span: Nanos): Nanos {
  const sum = at + span;
  return sum > Number.MAX_SAFE_INTEGER ? (Number.MAX_SAFE_INTEGER as Nanos) : nanos(sum);
}

/**
 * Reads a span as people write it: `50us`, `1.5ms`, `2s`, `10` (seconds), `3m`.
 * @returns null when the text is not a span.
 */
export function parseSpan(text: string): Nanos | null {
  const match = /^(\d+(?:\.\d+)?)\s*(ns|us|µs|ms|s|m|h)?$/.exec(text.trim());
  if (match === null) return null;
  const unit = {
    ns: 1,
    us: NS_PER_US,
    µs: NS_PER_US,
    ms: NS_PER_MS,
    s: NS_PER_S,
    m: 60 * NS_PER_S,
    h: 3600 * NS_PER_S,
  }[match[2] ?? 's'] as number;
  const value = Math.round(Number(match[1]) * unit);
  return Number.isSafeInteger(value) ? (value as Nanos) : null;
}

/** A span for reading: `0`, `850 ns`, `12.3 µs`, `4.05 ms`, `1.2 s`. */
export function formatSpan(span: Nanos): string {
  if (span === 0) return '0';
  const [unit, size] =
    span < NS_PER_US ? ['ns', 1] : span < NS_PER_MS ? ['µs', NS_PER_US] : span < NS_PER_S ? ['ms', NS_PER_MS] : ['s', NS_PER_S];
  const value = span / (size as number);
  return `${Number(value.toPrecision(6))} ${unit}`;
}

/** Seconds with six decimals, as tcpdump -ttt prints them: `12.000210`. */
export function formatSeconds(at: Nanos): string {
  const us = Math.round(at / NS_PER_US);
  return `${Math.floor(us / 1e6)}.${String(us % 1e6).padStart(6, '0')}`;
}
