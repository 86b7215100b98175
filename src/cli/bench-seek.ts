/**
 * What a jump to another moment costs, in a trace as a lab has it: every decision recorded.
 * Comes from: bench.ts.  Goes to: the engine.
 */
import { starBench } from './bench-star.ts';

const SEEK_RECORDS = 100_000;
const SEEKS = 300;
const HOSTS = 10;

export interface SeekResult {
  readonly records: number;
  readonly events: number;
  readonly seeks: number;
  readonly p50_ms: number;
  readonly p95_ms: number;
  readonly max_ms: number;
  /** processor time, which a busy machine does not stretch */
  readonly p95_cpu_ms: number;
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}

export function measureSeeks(): SeekResult {
  const { engine } = starBench(HOSTS, SEEK_RECORDS, 'lab');
  while (engine.trace.length < SEEK_RECORDS && engine.advance());
  const head = engine.trace.eventCount;
  const times: number[] = [];
  const cpuTimes: number[] = [];
  // any fixed order without a pattern will do
  let place = 12_345;
  for (let i = 0; i < SEEKS; i++) {
    place = (place * 1_103_515_245 + 12_345) % 2_147_483_648;
    const cpu = process.cpuUsage();
    const start = performance.now();
    engine.seek(place % head);
    times.push(performance.now() - start);
    const { user, system } = process.cpuUsage(cpu);
    cpuTimes.push((user + system) / 1000);
  }
  return {
    records: engine.trace.length,
    events: head,
    seeks: SEEKS,
    p50_ms: percentile(times, 0.5),
    p95_ms: percentile(times, 0.95),
    max_ms: Math.max(...times),
    p95_cpu_ms: percentile(cpuTimes, 0.95),
  };
}
