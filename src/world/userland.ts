/** The programs of all nodes, handed in by sim/: the world itself knows none. */
import type { NodeNet, ProgramTable } from './user.ts';

export interface Userland {
  readonly programs: ProgramTable;
  /** Starts an interactive shell on a terminal. @returns its process id */
  readonly openTerminal: (net: NodeNet, tty: string) => number;
}
