/**
 * Clocks and memory around a workload, and a reference loop that tells how fast the machine is just now.
 * Comes from: bench.ts.  Goes to: bench-run.ts.
 */
import { readFileSync } from 'node:fs';
import { runUntil, type Bench } from './bench-run.ts';

/** What one part of a run has cost. */
export interface Phase {
  readonly wall_s: number;
  readonly cpu_s: number;
  readonly hops: number;
  readonly events: number;
}

export interface Measured {
  readonly build_s: number;
  readonly warm: Phase;
  readonly timed: Phase;
  /** requests or connections completed in the timed part */
  readonly completed: number;
  readonly trace_bytes_per_hop: number;
  readonly rss_before_kib: number;
  readonly rss_after_kib: number;
  readonly peak_rss_kib: number;
  /** CPU nanoseconds for each hop of each tenth of the timed part */
  readonly cpu_ns_per_hop_by_tenth: readonly number[];
}

function kib(field: 'VmRSS' | 'VmHWM'): number {
  try {
    return Number(new RegExp(`${field}:\\s+(\\d+)`).exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? 0);
  } catch {
    return Math.round(process.memoryUsage().rss / 1024);
  }
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** Every record of the warm-up and timed parts that is not a hop (a loss) would spoil the count, so hops are asked of the ports. */
function hopsOf(bench: Bench): number {
  let hops = 0;
  for (const node of bench.engine.state.nodes) {
    if (node.kind === 'switch') for (const port of node.sw.ports) hops += port.txPackets;
    else for (const dev of node.host.devs) if (dev?.kind === 'ethernet') hops += dev.txPackets;
  }
  return hops;
}

function phase(bench: Bench, until: number): Phase {
  const hops = hopsOf(bench);
  const wall = performance.now();
  const cpu = cpuSeconds();
  const events = runUntil(bench.engine, until);
  return {
    wall_s: (performance.now() - wall) / 1000,
    cpu_s: cpuSeconds() - cpu,
    hops: hopsOf(bench) - hops,
    events,
  };
}

function sum(phases: readonly Phase[]): Phase {
  const total = { wall_s: 0, cpu_s: 0, hops: 0, events: 0 };
  for (const part of phases) for (const key of ['wall_s', 'cpu_s', 'hops', 'events'] as const) total[key] += part[key];
  return total;
}

export function measure(make: () => Bench): Measured {
  const begun = performance.now();
  const bench = make();
  const build_s = (performance.now() - begun) / 1000;
  const warm = phase(bench, bench.timedFromNs);
  const rssBefore = kib('VmRSS');
  const tenths: Phase[] = [];
  for (let i = 1; i <= 10; i++) tenths.push(phase(bench, bench.timedFromNs + Math.round(((bench.endsNs - bench.timedFromNs) * i) / 10)));
  const timed = sum(tenths);
  const { trace } = bench.engine;
  return {
    build_s,
    warm,
    timed,
    completed: bench.done(),
    trace_bytes_per_hop: trace.level === 'count' ? 0 : trace.bytes / (warm.hops + timed.hops),
    rss_before_kib: rssBefore,
    rss_after_kib: kib('VmRSS'),
    peak_rss_kib: kib('VmHWM'),
    cpu_ns_per_hop_by_tenth: tenths.map((tenth) => Math.round((tenth.cpu_s * 1e9) / tenth.hops)),
  };
}

const TURNS = 20_000_000;

/** The same integer and memory work everywhere: nanoseconds for each turn. Results are quoted in turns of it. */
export function referenceLoop(): number {
  const table = new Int32Array(4096);
  let word = 1;
  const turn = (turns: number): void => {
    for (let i = 0; i < turns; i++) {
      word = (Math.imul(word, 1_664_525) + 1_013_904_223) | 0;
      const place = word >>> 20;
      table[place] = ((table[place] as number) + i) | 0;
    }
  };
  turn(1_000_000);
  const cpu = cpuSeconds();
  turn(TURNS);
  return ((cpuSeconds() - cpu) * 1e9) / TURNS;
}
