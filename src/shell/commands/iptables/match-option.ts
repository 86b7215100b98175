/**
 * One option of a match as typed, what a match declares of its options, and how a match finds them.
 * Comes from: rule-parse.ts.  Goes to: match-parse.ts, match-parse-transport.ts, target.ts.
 * Source: iptables 1.8.9 extensions, as named in match-parse.ts and match-parse-transport.ts.
 */
import type { XtMatch } from '../../../host/index.ts';
import type { ToolError } from '../tool-error.ts';
import { badParameter, type Speaker } from './complain.ts';

/** One option of a match or target as typed. */
export interface ExtOption {
  readonly name: string;
  readonly values: readonly string[];
  readonly not: boolean;
}

export interface MatchExt {
  /** option name → number of words behind it; several names may mean one option */
  readonly options: Readonly<Record<string, number>>;
  /** names that mean another */
  readonly aliases?: Readonly<Record<string, string>>;
  /** options the real match has and the lab does not */
  readonly unmodelled?: readonly string[];
  /** what is refused as soon as an option has been read, before the words behind it */
  readonly check?: (who: Speaker, options: readonly ExtOption[]) => void;
  readonly build: (who: Speaker, options: readonly ExtOption[], proto: number | null) => XtMatch;
}

export function find(options: readonly ExtOption[], name: string): ExtOption | undefined {
  return options.find((option) => option.name === name);
}

export function first(option: ExtOption | undefined): string {
  return option?.values[0] ?? '';
}

export function required(who: Speaker, options: readonly ExtOption[], match: string, name: string): ExtOption {
  const option = find(options, name);
  if (option === undefined) throw badParameter(who, `${match}: option "--${name}" must be specified\n`);
  return option;
}

export function badValue(who: Speaker, match: string, option: string): ToolError {
  return badParameter(who, `${match}: bad integer value for option "--${option}", or out of range.\n`);
}
