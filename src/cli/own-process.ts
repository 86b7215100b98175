/**
 * Runs a measurement in a process of its own, by the flags of V8 that suit it: machine code that another run has
 * left behind makes none faster.
 * Comes from: bench.ts.  Goes to: the same program again.
 *
 * What a simulated packet costs is told in processor time of all threads. With threads of its own the compiler
 * wakes them hundreds of times while the program goes on in slow code, and how much that costs depends on how many
 * cores are free. So compiler and collector of garbage work in the program's own thread. Flags can be given only to
 * a process that begins. Measured in docs/performance.md.
 */
import { spawnSync } from 'node:child_process';

/** From here on V8 has another compiler between the first and the last, and no such number of looks. */
const V8_WITH_MIDDLE_TIER = 12;

const COMMON = [
  '--no-concurrent-recompilation',
  '--single-threaded-gc',
  // the warm-up of a thousand hosts holds so many frames at once that V8 would take all later ones for long-lived
  '--no-allocation-site-pretenuring',
  // a function is compiled for good after the first look at what it is called with
  ...(Number.parseInt(process.versions.v8, 10) < V8_WITH_MIDDLE_TIER ? ['--ticks-before-optimization=1'] : []),
];

/**
 * What suits the one and not the other.
 *
 * Bytecodes of other functions that may become part of one. Where few functions handle millions of packets twice the
 * usual room pays; where many are made for few packets, making the code takes longer than it saves.
 *
 * Datagrams leave nothing behind that lives on: a young generation that stays in the processor's own cache pays.
 */
const OF_WORKLOAD = {
  W1: ['--max-inlined-bytecode-size-cumulative=1800', '--max-semi-space-size=2'],
  W2: ['--max-inlined-bytecode-size-cumulative=450'],
} as const;

const LARGEST_ANSWER = 64 * 1024 * 1024;

/** Runs this program with these words where nothing else has run. @returns what it prints, or null when it failed and said so */
export function inOwnProcess(workload: 'W1' | 'W2', words: readonly string[]): string | null {
  const program = process.argv[1] as string;
  const options = [...COMMON, ...OF_WORKLOAD[workload], ...process.execArgv, program, ...words, OWN_PROCESS];
  const { status, stdout } = spawnSync(process.execPath, options, { stdio: ['ignore', 'pipe', 'inherit'], maxBuffer: LARGEST_ANSWER });
  if (status !== 0) process.exitCode = status ?? 1;
  return status === 0 ? stdout.toString() : null;
}

/** Among the words of a process that was begun so. */
export const OWN_PROCESS = '--own-process';
