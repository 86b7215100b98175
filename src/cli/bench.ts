/**
 * Measures the simulator: what a frame on a cable costs, what keeping the trace adds, what a jump to
 * another moment costs.
 *
 *   npm run -s bench                       W1 and W2, counting and with the full trace, as a table
 *   npm run -s bench -- --json             the same for programs
 *   npm run -s bench -- --workload W2 --servers 1000 --connections 100000 --trace full
 *   npm run -s bench -- --ipvs             picks per second of each scheduler; a full connection table
 *   npm run -s bench -- w1 --hosts=10 --requests=250000 --trace=full      one line of JSON
 */
import { cpus } from 'node:os';
import { parseArgs, UsageError, type Args } from './args.ts';
import { ipvsBench } from './bench-ipvs.ts';
import { lvsBench } from './bench-lvs.ts';
import { measure, referenceLoop, type Measured, type Phase } from './bench-measure.ts';
import { measureSeeks, percentile, type SeekResult } from './bench-seek.ts';
import { starBench } from './bench-star.ts';
import { inOwnProcess } from './own-process.ts';
import { print, printError } from './print.ts';

type Level = 'count' | 'full' | 'lab';

interface Config {
  readonly workload: 'W1' | 'W2';
  /** hosts or servers */
  readonly size: number;
  /** requests or connections */
  readonly work: number;
  readonly clients: number;
  readonly trace: Level;
}

const DEFAULTS: readonly Config[] = [
  { workload: 'W1', size: 10, work: 250_000, clients: 0, trace: 'count' },
  { workload: 'W1', size: 10, work: 250_000, clients: 0, trace: 'full' },
  { workload: 'W2', size: 10, work: 10_000, clients: 10, trace: 'count' },
  { workload: 'W2', size: 10, work: 10_000, clients: 10, trace: 'full' },
];
const ROUNDS = 5;

/** One run, as the process prints it that has done nothing else. */
interface Line extends Measured {
  readonly workload: string;
  /** nanoseconds of one turn of the reference loop, in the same process, just before */
  readonly reference_ns: number;
}

interface Result {
  readonly config: Config;
  readonly line: Line;
}

function measured({ workload, size, work, clients, trace }: Config): Measured {
  const result = measure(() => (workload === 'W1' ? starBench(size, work, trace) : lvsBench(size, work, clients, trace)));
  if (result.completed !== work) throw new Error(`${result.completed} of ${work} completed: the run is void`);
  return result;
}

function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

function cpuNs({ cpu_s, hops }: Phase): number {
  return (cpu_s * 1e9) / hops;
}

const COLUMNS = ['workload', 'size', 'work', 'trace', 'hops', 'hops/CPU s', 'CPU ns/hop', 'wall ns/hop', 'reference turns/hop', 'events/hop', 'CPU us/conn', 'trace B/hop', 'peak RSS MiB', 'build ms'] as const; // prettier-ignore

function row(results: readonly Result[]): readonly string[] {
  const { config, line: first } = results[0] as Result;
  const { timed } = first;
  const all = results.map(({ line }) => line);
  return [
    config.workload,
    String(config.size),
    String(config.work),
    config.trace,
    String(timed.hops),
    (1e9 / median(all.map((m) => cpuNs(m.timed)))).toFixed(0),
    median(all.map((m) => cpuNs(m.timed))).toFixed(0),
    median(all.map((m) => (m.timed.wall_s * 1e9) / m.timed.hops)).toFixed(0),
    median(all.map((m) => cpuNs(m.timed) / m.reference_ns)).toFixed(0),
    (timed.events / timed.hops).toFixed(2),
    config.workload === 'W2' ? median(all.map((m) => (m.timed.cpu_s * 1e6) / config.work)).toFixed(1) : '',
    config.trace === 'count' ? '' : first.trace_bytes_per_hop.toFixed(1),
    (Math.max(...all.map((m) => m.peak_rss_kib)) / 1024).toFixed(0),
    median(all.map((m) => m.build_s * 1000)).toFixed(0),
  ];
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = COLUMNS.map((name, i) => Math.max(name.length, ...rows.map((cells) => (cells[i] ?? '').length)));
  return [COLUMNS, ...rows].map((cells) => `${cells.map((cell, i) => cell.padStart(widths[i] ?? 0)).join('  ')}\n`).join('');
}

function seekText({ seeks, records, events, p50_ms, p95_ms, p95_cpu_ms, max_ms }: SeekResult): string {
  const times = `p50 ${p50_ms.toFixed(2)} ms, p95 ${p95_ms.toFixed(2)} ms (CPU ${p95_cpu_ms.toFixed(2)} ms), longest ${max_ms.toFixed(2)} ms`;
  return `${seeks} jumps in a trace of ${records} records and ${events} events: ${times}\n`;
}

/** Runs a configuration in this process. @returns one line of JSON with the names that a driver of several simulators asks for */
function lineOf(config: Config): string {
  const reference_ns = referenceLoop();
  const result = measured(config);
  const { timed, completed } = result;
  const own =
    config.workload === 'W1'
      ? { hosts: config.size, requests: config.work }
      : {
          servers: config.size,
          connections: config.work,
          left: config.work - completed,
          hops_per_conn: timed.hops / config.work,
        };
  return `${JSON.stringify({ peer: 'lvs-lab', workload: config.workload, trace: config.trace, reference_ns, ...result, ...own })}\n`;
}

function wordsOf({ workload, size, work, clients, trace }: Config): string[] {
  return workload === 'W1'
    ? ['w1', `--hosts=${size}`, `--requests=${work}`, `--trace=${trace}`]
    : ['w2', `--servers=${size}`, `--connections=${work}`, `--clients=${clients}`, `--trace=${trace}`];
}

function number(args: Args, option: string, otherwise: number): number {
  const value = Number(args.value(option) ?? otherwise);
  if (!(Number.isInteger(value) && value > 0)) throw new UsageError(`--${option} wants a whole number`);
  return value;
}

function levelOf(args: Args): Level {
  const level = args.value('trace') ?? 'full';
  if (level !== 'count' && level !== 'full' && level !== 'lab') throw new UsageError('--trace wants count, full or lab');
  return level;
}

function configOf(args: Args, workload: string): Config {
  const trace = levelOf(args);
  if (workload === 'W1')
    return {
      workload,
      size: number(args, 'hosts', 10),
      work: number(args, 'requests', 250_000),
      clients: 0,
      trace,
    };
  if (workload !== 'W2') throw new UsageError(`no workload ${workload}: W1, W2`);
  return {
    workload,
    size: number(args, 'servers', 10),
    work: number(args, 'connections', 10_000),
    clients: number(args, 'clients', 10),
    trace,
  };
}

function main(words: readonly string[]): void {
  const args = parseArgs(words, {
    flags: ['json', 'ipvs', 'own-process'],
    values: ['workload', 'hosts', 'requests', 'servers', 'connections', 'clients', 'trace', 'rounds'],
  });
  if (args.has('ipvs')) {
    print(ipvsBench(number(args, 'connections', 1_000_000), args.has('json')));
    return;
  }
  const [short] = args.operands;
  if (short !== undefined) {
    const config = configOf(args, short.toUpperCase());
    print(args.has('own-process') ? lineOf(config) : (inOwnProcess(config.workload, wordsOf(config)) ?? ''));
    return;
  }
  const asked = args.value('workload');
  const configs = asked === null ? DEFAULTS : [configOf(args, asked)];
  const rounds = number(args, 'rounds', asked === null ? ROUNDS : 1);
  const results = configs.map((): Result[] => []);
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < configs.length; i++) {
      const place = (i + round) % configs.length;
      const config = configs[place] as Config;
      const line = inOwnProcess(config.workload, wordsOf(config));
      if (line === null) return;
      results[place]?.push({ config, line: JSON.parse(line) as Line });
    }
  }
  const seeks = asked === null ? measureSeeks() : null;
  const machine = { node: process.version, cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length };
  if (args.has('json')) {
    print(`${JSON.stringify({ machine, rounds, results: results.flat(), seeks }, null, 1)}\n`);
    return;
  }
  print(`${machine.cpu}, ${machine.cores} cores, Node ${machine.node}; medians of ${rounds}, each in a process of its own\n`);
  print(table(results.map(row)));
  if (seeks !== null) print(seekText(seeks));
}

try {
  main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  printError(`bench: ${error.message}\n`);
  process.exitCode = 2;
}
