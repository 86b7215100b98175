/**
 * The words of `watch`: how often, and what.
 * Comes from: run.ts.
 * Source: procps 4.0.2 src/watch.c, main() and usage().
 */
import { spanOf } from './span.ts';

/** Seconds alone, without a unit. */
const SECONDS = /^[\d.]+$/;

export type WatchWords =
  | { readonly spanNs: number; readonly title: boolean; readonly command: readonly string[] }
  /** what is said instead, on standard error unless it was asked for */
  | { readonly said: string; readonly code: number };

const USAGE = `
Usage:
 watch [options] command

Options:
  -b, --beep             beep if command has a non-zero exit
  -c, --color            interpret ANSI color and style sequences
  -d, --differences[=<permanent>]
                         highlight changes between updates
  -e, --errexit          exit if command has a non-zero exit
  -g, --chgexit          exit when output from command changes
  -q, --equexit <cycles>
                         exit when output from command does not change
  -n, --interval <secs>  seconds to wait between updates
  -p, --precise          attempt run command in precise intervals
  -t, --no-title         turn off header
  -w, --no-wrap          turn off line wrapping
  -x, --exec             pass command to exec instead of "sh -c"

 -h, --help     display this help and exit
 -v, --version  output version information and exit

For more details see watch(1).
`;

const LONG: Readonly<Record<string, string>> = {
  beep: 'b',
  color: 'c',
  differences: 'd',
  errexit: 'e',
  chgexit: 'g',
  equexit: 'q',
  interval: 'n',
  precise: 'p',
  'no-title': 't',
  'no-wrap': 'w',
  exec: 'x',
  help: 'h',
  version: 'v',
};
const DEFAULT_NS = 2_000_000_000;
/** Shortest pause that it takes. */
const LEAST_NS = 100_000_000;

interface Reading {
  spanNs: number;
  title: boolean;
}

/** @returns what ends it, or null */
function take(letter: string, value: string | undefined, into: Reading): WatchWords | null {
  if (letter === 't') into.title = false;
  else if (letter === 'h') return { said: USAGE, code: 0 };
  else if (letter === 'v') return { said: 'watch from procps-ng 4.0.2\n', code: 0 };
  else if (letter === 'e' || letter === 'g' || letter === 'q') return { said: `watch: not modelled in this lab: -${letter}\n`, code: 1 };
  else if (letter === 'n') {
    if (value === undefined) return { said: `watch: option requires an argument -- 'n'\n${USAGE}`, code: 1 };
    const span = SECONDS.test(value) ? spanOf(value) : null;
    if (span === null) return { said: `watch: failed to parse argument: '${value}': Invalid argument\n`, code: 1 };
    into.spanNs = Math.max(LEAST_NS, span);
  }
  return null;
}

export function watchWords(args: readonly string[]): WatchWords {
  const reading: Reading = { spanNs: DEFAULT_NS, title: true };
  let at = 0;
  for (; at < args.length; at++) {
    const arg = args[at] as string;
    if (!arg.startsWith('-') || arg === '-') break;
    if (arg === '--') {
      at++;
      break;
    }
    let ended: WatchWords | null = null;
    if (arg.startsWith('--')) {
      const [typed = '', value] = arg.slice(2).split('=', 2);
      const name = Object.keys(LONG).find((one) => one.startsWith(typed));
      if (name === undefined) return { said: `watch: unrecognized option '${arg}'\n${USAGE}`, code: 1 };
      const letter = LONG[name] as string;
      ended = take(letter, value ?? (letter === 'n' ? args[++at] : undefined), reading);
    } else {
      for (let i = 1; i < arg.length && ended === null; i++) {
        const letter = arg[i] as string;
        if (!'bcdegnpqtwxhv'.includes(letter)) return { said: `watch: invalid option -- '${letter}'\n${USAGE}`, code: 1 };
        const rest = arg.slice(i + 1);
        ended = take(letter, rest === '' ? (letter === 'n' ? args[++at] : undefined) : rest, reading);
        // what follows -d in its word says whether marks stay
        if (letter === 'n' || letter === 'd') break;
      }
    }
    if (ended !== null) return ended;
  }
  if (at >= args.length) return { said: USAGE, code: 1 };
  return { ...reading, command: args.slice(at) };
}
