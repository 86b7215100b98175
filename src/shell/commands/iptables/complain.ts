/**
 * How the packet filter's tools complain.
 * Comes from: every file of iptables/ and arptables/.
 * Source: iptables 1.8.9 iptables/xshared.c, xtables_exit_error(), libiptc/libiptc.c, iptc_strerror().
 */
import { ToolError } from '../tool-error.ts';

/** The tool that speaks: it names itself in every complaint. */
export interface Speaker {
  /** iptables, iptables-restore, arptables */
  readonly name: string;
  /** v1.8.9 (legacy), v1.8.9 (nf_tables) */
  readonly version: string;
}

export const IPTABLES: Speaker = { name: 'iptables', version: 'v1.8.9 (legacy)' };
export const ARPTABLES: Speaker = { name: 'arptables', version: 'v1.8.9 (nf_tables)' };

/** A line that the tool cannot read (PARAMETER_PROBLEM), exit code 2. */
export function badParameter(who: Speaker, text: string): ToolError {
  return new ToolError(`${who.name} ${who.version}: ${text}\n${tryHelp(who)}`, 2);
}

export function tryHelp(who: Speaker): string {
  return `Try \`${who.name} -h' or '${who.name} --help' for more information.\n`;
}

/** The kernel or the chain's state says no, exit code 1. */
export function refused(who: Speaker, text: string): ToolError {
  return new ToolError(`${who.name}: ${text}.\n`, 1);
}

export const NO_CHAIN = 'No chain/target/match by that name';
export const NO_RULE = 'Bad rule (does a matching rule exist in that chain?)';

/** What the kernel's check of a rule refuses; the reason stands in its log. */
export function invalidArgument(who: Speaker): ToolError {
  return new ToolError(`${who.name}: Invalid argument. Run \`dmesg' for more information.\n`, 1);
}
