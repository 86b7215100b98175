/**
 * Runs a program in a process whose compiler and collector of garbage work in the program's own thread.
 * Comes from: bench.ts.  Goes to: the same program again, by V8's flags.
 *
 * What a simulated packet costs is told in processor time of all threads. With threads of its own the compiler
 * wakes them hundreds of times while the program goes on in slow code, and how much that costs depends on how many
 * cores are free. Flags can be given only to a process that begins. Measured in docs/performance.md.
 */
import { spawnSync } from 'node:child_process';

/** From here on V8 has another compiler between the first and the last, and no such number. */
const V8_WITH_MIDDLE_TIER = 12;

const FLAGS = [
  '--no-concurrent-recompilation',
  '--single-threaded-gc',
  // a function is compiled for good after the first look at what it is called with
  ...(Number.parseInt(process.versions.v8, 10) < V8_WITH_MIDDLE_TIER ? ['--ticks-before-optimization=1'] : []),
];

/** Runs `program` here if this process began with the flags, else in another one and with the same words. */
export function inOneThread(program: () => void): void {
  if (FLAGS.every((flag) => process.execArgv.includes(flag))) {
    program();
    return;
  }
  const { status } = spawnSync(process.execPath, [...FLAGS, ...process.execArgv, ...process.argv.slice(1)], { stdio: 'inherit' });
  process.exitCode = status ?? 1;
}
