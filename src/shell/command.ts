/**
 * What a command is: one file each under commands/, one line in commands/index.ts.
 * Commands change a node only by the configuration calls of the rooms below. A command that cannot
 * finish at once (ping, curl, sleep) returns a program to go on with; programs/ has those.
 */
import type { NodeNet } from '../world/index.ts';

export interface CommandContext {
  readonly net: NodeNet;
  /** argv[0] is the name it was called by */
  readonly argv: readonly string[];
  /** all of standard input, when it comes from a pipe, a file or a here-document; null at a terminal */
  readonly stdin: string | null;
  /** it comes from a file (`< FILE`), whose size can be asked for */
  readonly stdinIsFile?: boolean;
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** more input may come: the command may answer WANTS_MORE, and is then run again on all of it */
  readonly more?: boolean;
  /** standard output and standard error */
  out(text: string): void;
  err(text: string): void;
}

/** Answer of a reader that has not seen the end of its input yet. */
export const WANTS_MORE = -1;

/** Go on as a process: the shell spawns it and waits for its end (or does not, behind `&`). */
export interface GoOn {
  readonly program: string;
  /** the program's first memory: plain data */
  readonly state: unknown;
  /** the shell goes on at once, as with a server that puts itself into the background */
  readonly detach?: boolean;
}

export interface ManPage {
  /** one line: what it does */
  readonly en: string;
  readonly zh: string;
  /** forms that the lab understands, as in a synopsis */
  readonly synopsis: readonly string[];
  /** what the real tool has and the lab does not; goes into docs/fidelity.md */
  readonly notModelled: readonly string[];
  /** package and version whose behaviour it follows: 'iproute2 6.1.0' */
  readonly source: string;
}

export interface Command {
  readonly name: string;
  readonly man: ManPage;
  /** @returns the exit code, or how to go on */
  run(ctx: CommandContext): number | GoOn;
  /** whether it reads its standard input when called so: then the shell waits for the end of it */
  readsStdin?(argv: readonly string[]): boolean;
  /** whether its output for the first lines of its input is the beginning of its output for all of them */
  streams?(argv: readonly string[]): boolean;
  /** What could come next at the end of `words` (the last one is the word being typed). */
  complete?(net: NodeNet, words: readonly string[]): readonly string[];
}
