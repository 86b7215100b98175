/**
 * What a builtin is: a command that needs the shell's own memory.
 */
import type { ManPage } from '../../command.ts';
import type { Shell } from '../shell.ts';
import type { Frame } from '../state.ts';

/**
 * An exit code; or 'again': input is missing, try once more when it has come; or 'wait': frames were
 * pushed or children started, and $? is what they leave.
 */
export type Outcome = number | 'again' | 'wait';

export interface Call extends Shell {
  readonly frame: Frame;
  /** argv[0] is the name */
  readonly argv: readonly string[];
}

export interface Builtin {
  readonly man: ManPage;
  run(call: Call): Outcome;
}

export function manOf(en: string, zh: string, synopsis: readonly string[], notModelled: readonly string[] = []): ManPage {
  return { en, zh, synopsis, notModelled, source: 'bash 5.2' };
}

/** Splits `-abc value --` into single letters and the rest. Letters in `valued` take a value. */
export function letters(args: readonly string[], valued = ''): { flags: Map<string, string>; rest: string[] } {
  const flags = new Map<string, string>();
  let at = 0;
  for (; at < args.length; at++) {
    const arg = args[at] as string;
    if (arg === '--') {
      at++;
      break;
    }
    if (!/^-[^-]/.test(arg)) break;
    for (let i = 1; i < arg.length; i++) {
      const letter = arg[i] as string;
      if (!valued.includes(letter)) flags.set(letter, '');
      else {
        flags.set(letter, i + 1 < arg.length ? arg.slice(i + 1) : (args[++at] ?? ''));
        break;
      }
    }
  }
  return { flags, rest: args.slice(at) };
}
