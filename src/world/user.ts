/**
 * What lives above the kernel of a node: processes, files, terminals. The world only keeps it and
 * wakes processes; the programs themselves are handed in by sim/ (they live in shell/).
 */
import type { Nanos } from '../engine/index.ts';
import type { Net, Wake } from '../host/index.ts';
import type { IpvsState } from '../ipvs/index.ts';

/** Where a process writes. */
export type Sink =
  | { readonly kind: 'tty'; readonly tty: string }
  | { readonly kind: 'file'; readonly path: string }
  /** into the standard input of another process */
  | { readonly kind: 'pipe'; readonly pid: number }
  | { readonly kind: 'null' };

export interface Proc {
  readonly pid: number;
  readonly ppid: number;
  /** name in the program table */
  readonly program: string;
  /** another when a shell that was started for one command becomes that command */
  argv: readonly string[];
  /** terminal it belongs to (for signals and listings); null for daemons */
  tty: string | null;
  stdout: Sink;
  stderr: Sink;
  startedAt: Nanos;
  /** the program's own memory: plain data that only it reads */
  state: unknown;
}

export interface UserState {
  nextPid: number;
  procs: Map<number, Proc>;
  /** ordinary files by absolute path; /proc and /sys are made up on reading */
  files: Map<string, string>;
  /** permission bits that were set by chmod, by absolute path; others are 0644 */
  modes: Map<string, number>;
  /** interactive shells by terminal name */
  ttys: Map<string, number>;
  /** services known to `service` and `systemctl`, by unit name */
  services: Map<string, { running: boolean; enabled: boolean; pid: number | null }>;
}

export function createUser(): UserState {
  return {
    nextPid: 1,
    procs: new Map(),
    files: new Map(),
    modes: new Map(),
    ttys: new Map(),
    services: new Map(),
  };
}

/** What a program may do: all of the node, and its process. */
export interface NodeNet extends Net {
  readonly ipvs: IpvsState;
  readonly user: UserState;
  /** Starts a process; its program is woken with `start` at once (within the same event). */
  spawn(
    program: string,
    argv: readonly string[],
    io: { ppid: number; tty: string | null; stdout: Sink; stderr: Sink },
    state: unknown,
  ): number;
  /** Ends a process: closes its sockets, wakes its parent with `child`. */
  exit(pid: number, code: number): void;
  /** Writes text where the sink leads. Terminal text becomes a record with stage 'tty'. */
  write(sink: Sink, text: string): void;
  /** Wakes a process after a delay with { kind: 'timer', key }. */
  sleep(pid: number, key: string, delay: Nanos): void;
  /**
   * When the processor is free for a program: nodes of one kernel wait for each other's work.
   * @param until the program has it until then
   */
  processor(until?: Nanos): Nanos;
  /** Loads a module here, or on every node when they share a kernel. */
  modprobe(name: string): 'loaded' | 'unknown';
}

/** A program: called whenever one of its processes wakes. It must not keep anything but proc.state. */
export type Program = (net: NodeNet, proc: Proc, wake: Wake) => void;
export type ProgramTable = Readonly<Record<string, Program>>;
