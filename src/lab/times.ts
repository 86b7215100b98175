/**
 * Times for reading: since the start of the run, in one unit per size, always with the unit.
 * Goes to: timeline, event list, tables.
 */
import { NS_PER_MS, NS_PER_S, NS_PER_US } from '../engine/index.ts';

export function exact(span: number): string {
  if (span >= NS_PER_S) return `${(span / NS_PER_S).toFixed(6)} s`;
  if (span >= NS_PER_MS) return `${(span / NS_PER_MS).toFixed(3)} ms`;
  if (span >= NS_PER_US) return `${(span / NS_PER_US).toFixed(2)} µs`;
  return `${span} ns`;
}

const UNITS = [
  [60 * NS_PER_S, 'min'],
  [NS_PER_S, 's'],
  [NS_PER_MS, 'ms'],
  [NS_PER_US, 'µs'],
] as const;

/** `4.2 s`, `310 ms`: for waits and ages, where the first figures count. */
export function roughly(span: number): string {
  for (const [size, unit] of UNITS) {
    // 999.6 ms is a second: rounded first, then the unit.
    const value = Number((span / size).toPrecision(2));
    if (value >= 1) return `${value} ${unit}`;
  }
  return `${span} ns`;
}
