/**
 * Measures the simulator: what a frame on a cable costs with the full trace on, and what a jump to
 * another moment costs. `npm run -s bench`, `npm run -s bench -- --json`.
 */
import { cpus } from 'node:os';
import { parseArgs, UsageError } from './args.ts';
import { endOfStar, hopsIn, runUntil, starEngine, TIMED_FROM_NS, type StarEngine } from './bench-star.ts';
import { print, printError } from './print.ts';

/** Exchanges of one round; each is four packet-hops. */
const EXCHANGES = 50_000;
const ROUNDS = 5;
const HOSTS = 10;
const SEEK_RECORDS = 100_000;
const SEEKS = 300;

interface HopResult {
  readonly hosts: number;
  readonly hops: number;
  readonly events: number;
  readonly records: number;
  readonly cpuNsPerHop: number;
  readonly wallNsPerHop: number;
  readonly hopsPerSecond: number;
  readonly bytesPerHop: number;
}

interface SeekResult {
  readonly records: number;
  readonly events: number;
  readonly seeks: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly maxMs: number;
}

function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}

function memory(): number {
  (globalThis as { gc?: () => void }).gc?.();
  return process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers;
}

function measureHops(exchanges: number, rounds: number): HopResult {
  const cpu: number[] = [];
  const wall: number[] = [];
  const bytes: number[] = [];
  let counts = { hops: 0, events: 0, records: 0 };
  for (let round = 0; round < rounds; round++) {
    const engine = starEngine(HOSTS, exchanges);
    runUntil(engine, TIMED_FROM_NS);
    const before = engine.trace.length;
    const heap = memory();
    const cpuStart = process.cpuUsage();
    const wallStart = performance.now();
    const events = runUntil(engine, endOfStar(HOSTS, exchanges));
    const wallMs = performance.now() - wallStart;
    const spent = process.cpuUsage(cpuStart);
    const hops = hopsIn(engine, before, engine.trace.length);
    if (hops !== 4 * exchanges)
      throw new Error(`${hops} packet-hops instead of ${4 * exchanges}: the run is void`);
    counts = { hops, events, records: engine.trace.length - before };
    cpu.push(((spent.user + spent.system) * 1000) / hops);
    wall.push((wallMs * 1e6) / hops);
    bytes.push((memory() - heap) / hops);
  }
  return {
    hosts: HOSTS,
    ...counts,
    cpuNsPerHop: median(cpu),
    wallNsPerHop: median(wall),
    hopsPerSecond: 1e9 / median(wall),
    bytesPerHop: median(bytes),
  };
}

function measureSeeks(): SeekResult {
  const engine = traceOf(SEEK_RECORDS);
  const head = engine.trace.eventCount;
  const times: number[] = [];
  // any fixed order without a pattern will do
  let place = 12_345;
  for (let i = 0; i < SEEKS; i++) {
    place = (place * 1_103_515_245 + 12_345) % 2_147_483_648;
    const start = performance.now();
    engine.seek(place % head);
    times.push(performance.now() - start);
  }
  return {
    records: engine.trace.length,
    events: head,
    seeks: SEEKS,
    p50Ms: percentile(times, 0.5),
    p95Ms: percentile(times, 0.95),
    maxMs: Math.max(...times),
  };
}

/** A star that has written so many records. */
function traceOf(records: number): StarEngine {
  const engine = starEngine(HOSTS, records);
  while (engine.trace.length < records && engine.advance());
  return engine;
}

function table(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${value}\n`).join('');
}

function main(words: readonly string[]): number {
  const args = parseArgs(words, { flags: ['json'], values: ['exchanges', 'rounds'] });
  const exchanges = Number(args.value('exchanges') ?? EXCHANGES);
  const rounds = Number(args.value('rounds') ?? ROUNDS);
  if (!(exchanges >= 5 && rounds >= 1)) throw new UsageError('--exchanges and --rounds want numbers');
  const hops = measureHops(exchanges, rounds);
  const seeks = measureSeeks();
  const machine = { node: process.version, cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length };
  if (args.has('json')) {
    print(`${JSON.stringify({ machine, hops, seeks }, null, 1)}\n`);
    return 0;
  }
  print(
    table([
      ['star of hosts on one switch, full trace', `${hops.hosts} hosts, median of ${rounds} rounds`],
      ['  packet-hops', String(hops.hops)],
      [
        '  records, events per packet-hop',
        `${(hops.records / hops.hops).toFixed(2)}, ${(hops.events / hops.hops).toFixed(2)}`,
      ],
      ['  packet-hops per second', String(Math.round(hops.hopsPerSecond))],
      ['  ns per packet-hop, wall', hops.wallNsPerHop.toFixed(0)],
      ['  ns per packet-hop, CPU', hops.cpuNsPerHop.toFixed(0)],
      ['  bytes per packet-hop', hops.bytesPerHop.toFixed(0)],
      [
        'jumps to any moment',
        `${seeks.seeks} in a trace of ${seeks.records} records, ${seeks.events} events`,
      ],
      ['  p50, ms', seeks.p50Ms.toFixed(3)],
      ['  p95, ms', seeks.p95Ms.toFixed(3)],
      ['  longest, ms', seeks.maxMs.toFixed(3)],
      ['machine', `${machine.cpu}, ${machine.cores} cores, Node ${machine.node}`],
    ]),
  );
  return 0;
}

try {
  process.exitCode = main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  printError(`bench: ${error.message}\n`);
  process.exitCode = 2;
}
