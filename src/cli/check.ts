/** `lab check`: are these scenarios valid, and do their setups work? */
import { seconds } from '../engine/index.ts';
import { createRun, fromScenario, setupFailures } from '../sim/index.ts';
import { parseArgs, UsageError } from './args.ts';
import { print, printError } from './print.ts';
import { loadOrTell } from './scenario-file.ts';

/** Long enough for every setup command that ends by itself. */
const SETUP_TIME = seconds(1);

export function check(words: readonly string[]): number {
  const args = parseArgs(words, { flags: [], values: [] });
  if (args.operands.length === 0) throw new UsageError('check needs a file');
  let failed = 0;
  for (const name of args.operands) if (!checkOne(name)) failed++;
  return failed === 0 ? 0 : 1;
}

function checkOne(name: string): boolean {
  const scenario = loadOrTell(name);
  if (scenario === null) return false;
  const run = createRun({ ...fromScenario({ ...scenario, timeline: [] }), until: SETUP_TIME });
  run.finish();
  const failures = setupFailures(scenario, run);
  for (const { line, node, command, code, output } of failures) {
    printError(
      `${name}:${line}:1: the command fails at ${node} with exit code ${code}: ${command}${output === '' ? '' : `: ${output.trim()}`}\n`,
    );
  }
  if (failures.length === 0) print(`${name}: ok, ${counted(scenario.nodes.length, 'node')}, ${counted(scenario.links.length, 'cable')}\n`);
  return failures.length === 0;
}

function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}
