/**
 * Which options may stand with which command, and which tables there are.
 * Comes from: rule-parse.ts, when the whole line has been read.
 * Source: iptables 1.8.9 iptables/xshared.c, generic_opt_check(), set_option(); iptables/iptables.c, do_command4().
 */
import { isXtTableName, type XtTableName } from '../../../host/index.ts';
import { ToolError } from '../tool-error.ts';
import { badParameter, type Speaker } from './complain.ts';
import type { CommandLetter } from './rule-parse.ts';

/** The order in which options are looked at; 0 is --line-numbers. */
const ORDER = 'nsdpjvxio0cf';
const ONLY_VERBOSE = 'nsdpjxio0cf';

/** Options that a command refuses. */
const REFUSED: Readonly<Record<CommandLetter, string>> = {
  A: 'nx0',
  C: 'nx0c',
  D: 'nx0c',
  R: 'nx0',
  I: 'nx0',
  L: 'sdpjiocf',
  S: ONLY_VERBOSE,
  F: ONLY_VERBOSE,
  Z: ONLY_VERBOSE,
  N: ONLY_VERBOSE,
  X: ONLY_VERBOSE,
  E: ONLY_VERBOSE,
  P: 'nsdpjxio0f',
};

/** @param byNumber -D with a rule's number, which takes no more of the rule */
export function checkOptions(who: Speaker, command: CommandLetter, byNumber: boolean, given: ReadonlySet<string>): void {
  const refused = byNumber && command === 'D' ? ONLY_VERBOSE : REFUSED[command];
  for (const letter of ORDER)
    if (given.has(letter) && refused.includes(letter)) throw badParameter(who, `Illegal option \`-${letter}' with this command`);
}

export function tableNamed(who: Speaker, name: string): XtTableName {
  if (isXtTableName(name)) return name;
  throw new ToolError(
    `${who.name} ${who.version}: can't initialize iptables table \`${name}': Table does not exist (do you need to insmod?)\nPerhaps iptables or your kernel needs to be upgraded.\n`,
    3,
  );
}
