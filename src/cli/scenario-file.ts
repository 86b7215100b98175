/**
 * Scenario files on disk.
 * Comes from: names on the command line.  Goes to: scenario/.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { loadScenario, SCENARIO_LIMITS, type Problem, type Scenario } from '../scenario/index.ts';
import { UsageError } from './args.ts';
import { printError } from './print.ts';

/** The text of a file, or of a lab that comes with the program. Of far too large files only a beginning. */
function readScenarioText(name: string): { readonly path: string; readonly text: string } {
  const path = findScenario(name);
  const { size } = statSync(path);
  // A character has four bytes at most: what is larger than that is too large in any case.
  if (size > 4 * SCENARIO_LIMITS.text) return { path, text: ' '.repeat(size < MEASURED_MAX ? size : MEASURED_MAX) };
  return { path, text: readFileSync(path, 'utf8') };
}

/** The size told for a file is right up to here. */
const MEASURED_MAX = 400_000_000;

function findScenario(name: string): string {
  if (existsSync(name) && statSync(name).isFile()) return name;
  if (/^[\w-]+$/.test(name)) {
    const shipped = new URL(`../scenarios/${name}.yaml`, import.meta.url);
    if (existsSync(shipped)) return shipped.pathname;
  }
  throw new UsageError(`no such file: ${name}`);
}

/** Loads a scenario or prints what is wrong with it. */
export function loadOrTell(name: string): Scenario | null {
  const { path, text } = readScenarioText(name);
  const loaded = loadScenario(text);
  if (loaded.ok) return loaded.scenario;
  for (const problem of loaded.problems) printError(`${problemText(path, problem)}\n`);
  return null;
}

export function problemText(path: string, { line, column, message }: Problem): string {
  return `${path}:${line}:${column}: ${message.en} / ${message.zh}`;
}
