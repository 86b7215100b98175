/**
 * The lab without a screen.
 * Comes from: a terminal, CI.  Goes to: one command each in this folder.
 */
import { UsageError } from './args.ts';
import { check } from './check.ts';
import { conform } from './conform.ts';
import { docs } from './docs.ts';
import { fuzz } from './fuzz.ts';
import { HELP } from './help.ts';
import { print, printError } from './print.ts';
import { run } from './run.ts';

/** Each takes the words behind its name and returns the exit code. */
const COMMANDS: Readonly<Record<string, (words: readonly string[]) => number>> = {
  run,
  check,
  conform,
  fuzz,
  docs,
};

function main(words: readonly string[]): number {
  const [name, ...rest] = words;
  if (name === undefined || name === 'help' || name === '--help' || name === '-h' || rest.includes('--help')) {
    print(HELP);
    return 0;
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  try {
    if (command === undefined) throw new UsageError(`unknown command ${name}`);
    return command(rest);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    printError(`lab: ${error.message}\n`);
    printError("Try 'lab help'.\n");
    return 2;
  }
}

process.exitCode = main(process.argv.slice(2));
