/**
 * What each port of a switch saw last: the entry of the sender and of the receiver of its last frame.
 * Comes from: receive.ts, for each frame.  Goes to: SwitchState.fdb, when the next frame is another one's.
 * Source: Linux 6.1 net/bridge/br_fdb.c asks its hash table for each frame; the answers are the same.
 *
 * Most frames of a port come from the host behind it and many go where the last one went. Asking the table
 * costs 17 ns for each of the two, and with a thousand hosts five reads from memory that is in no cache. It is
 * no part of the state: it is forgotten with the table object that it belongs to, from which no entry leaves.
 */
import type { Mac } from '../wire/index.ts';
import type { FdbEntry, SwitchState } from './state.ts';

export interface SwitchMemory {
  fdb: Map<Mac, FdbEntry>;
  /** by port number: address asked for last, and its entry */
  readonly src: Float64Array;
  readonly learned: (FdbEntry | null)[];
  readonly dst: Float64Array;
  readonly found: (FdbEntry | null)[];
}

export function createSwitchMemory(sw: SwitchState): SwitchMemory {
  const ports = sw.ports.length + 1;
  const none = (): (FdbEntry | null)[] => Array.from({ length: ports }, () => null);
  return { fdb: sw.fdb, src: new Float64Array(ports), learned: none(), dst: new Float64Array(ports), found: none() };
}

/** Forgets all when the table is another one: the power was off, or the run has gone to another moment. */
function belongsTo(memory: SwitchMemory, sw: SwitchState): void {
  if (memory.fdb === sw.fdb) return;
  memory.fdb = sw.fdb;
  memory.learned.fill(null);
  memory.found.fill(null);
}

/** The entry of a frame's sender. */
export function fdbOfSource(memory: SwitchMemory, sw: SwitchState, port: number, mac: Mac): FdbEntry | undefined {
  belongsTo(memory, sw);
  const known = memory.learned[port];
  if (known !== null && known !== undefined && memory.src[port] === mac) return known;
  const entry = sw.fdb.get(mac);
  if (entry !== undefined && port < memory.src.length) {
    memory.src[port] = mac;
    memory.learned[port] = entry;
  }
  return entry;
}

/** The entry of its receiver. */
export function fdbOfTarget(memory: SwitchMemory, sw: SwitchState, port: number, mac: Mac): FdbEntry | undefined {
  belongsTo(memory, sw);
  const known = memory.found[port];
  if (known !== null && known !== undefined && memory.dst[port] === mac) return known;
  const entry = sw.fdb.get(mac);
  if (entry !== undefined && port < memory.dst.length) {
    memory.dst[port] = mac;
    memory.found[port] = entry;
  }
  return entry;
}
