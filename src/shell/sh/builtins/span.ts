/**
 * Spans of time as sleep, timeout and watch read them.
 * Source: coreutils 9.1 sleep.c, timeout.c.
 */

/** Seconds in nanoseconds, or null: 2, 0.5, 3m */
export function spanOf(text: string): number | null {
  const match = /^(\d{1,9}(?:\.\d{0,9})?|\.\d{1,9})([smhd]?)$/.exec(text);
  if (match === null) return null;
  const unit = { '': 1, s: 1, m: 60, h: 3600, d: 86_400 }[match[2] ?? ''] ?? 1;
  return Math.min(Math.round(Number(match[1]) * 1e9) * unit, 4_000_000_000_000_000);
}
