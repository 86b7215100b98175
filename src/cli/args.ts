/**
 * Words of the command line, sorted into options and operands.
 * Comes from: process.argv.  Goes to: the commands.
 */

/** A mistake in how the program was called: told with the usage, exit code 2. */
export class UsageError extends Error {}

export interface OptionTable {
  /** options that stand alone */
  readonly flags: readonly string[];
  /** options that take the next word; each may be given several times */
  readonly values: readonly string[];
}

export interface Args {
  readonly operands: readonly string[];
  has(flag: string): boolean;
  /** the last value given, or null */
  value(option: string): string | null;
  values(option: string): readonly string[];
}

/** `--name value`, `--name=value`, and `--` after which everything is an operand. */
export function parseArgs(words: readonly string[], table: OptionTable): Args {
  const operands: string[] = [];
  const flags = new Set<string>();
  const values = new Map<string, string[]>();
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as string;
    if (word === '--') {
      operands.push(...words.slice(i + 1));
      break;
    }
    if (!word.startsWith('--')) {
      operands.push(word);
      continue;
    }
    const [name = '', inline] = word.slice(2).split(/=(.*)/s, 2);
    if (table.flags.includes(name) && inline === undefined) flags.add(name);
    else if (table.values.includes(name)) {
      const value = inline ?? words[++i];
      if (value === undefined) throw new UsageError(`--${name} needs a value`);
      values.set(name, [...(values.get(name) ?? []), value]);
    } else throw new UsageError(`unknown option ${word}`);
  }
  return {
    operands,
    has: (flag) => flags.has(flag),
    value: (option) => values.get(option)?.at(-1) ?? null,
    values: (option) => values.get(option) ?? [],
  };
}
