/**
 * What each port of a switch saw last: the entry of the sender and of the receiver of its last frame.
 * Comes from: receive.ts, for each frame.  Goes to: SwitchState.fdb, when the next frame is another one's.
 * Source: Linux 6.1 net/bridge/br_fdb.c asks its hash table for each frame; the answers are the same.
 *
 * Most frames of a port come from the host behind it and many go where the last one went. Asking the table
 * costs 17 ns for each of the two, and with a thousand hosts five reads from memory that is in no cache. A host sends
 * its packets to one neighbour with one and the same record for a header: of such a frame not even the addresses are
 * read. All this is no part of the state: it is forgotten with the table object that it belongs to, from which no entry
 * leaves.
 */
import type { EthHdr, Mac } from '../wire/index.ts';
import type { FdbEntry, SwitchState } from './state.ts';

export interface PortMemory {
  /** a header whose sender and receiver are those below; null: none is known yet */
  header: EthHdr | null;
  learned: FdbEntry | null;
  found: FdbEntry | null;
  /** addresses of the two */
  src: Mac;
  dst: Mac;
}

export interface SwitchMemory {
  fdb: Map<Mac, FdbEntry>;
  /** by port number */
  readonly ports: readonly PortMemory[];
}

export function createSwitchMemory(sw: SwitchState): SwitchMemory {
  const none = (): PortMemory => ({ header: null, learned: null, found: null, src: 0 as Mac, dst: 0 as Mac });
  return { fdb: sw.fdb, ports: Array.from({ length: sw.ports.length + 1 }, none) };
}

/** What a port remembers. All is forgotten when the table is another one: the power was off, or the run has gone to another moment. */
export function memoryOfPort(memory: SwitchMemory, sw: SwitchState, port: number): PortMemory {
  if (memory.fdb !== sw.fdb) {
    memory.fdb = sw.fdb;
    for (const each of memory.ports) {
      each.header = null;
      each.learned = null;
      each.found = null;
    }
  }
  return memory.ports[port] as PortMemory;
}

/** The entry of a frame's sender. */
export function fdbOfSource(memory: PortMemory, sw: SwitchState, mac: Mac): FdbEntry | undefined {
  const known = memory.learned;
  if (known !== null && memory.src === mac) return known;
  const entry = sw.fdb.get(mac);
  if (entry !== undefined) {
    memory.header = null;
    memory.src = mac;
    memory.learned = entry;
  }
  return entry;
}

/** The entry of its receiver. */
export function fdbOfTarget(memory: PortMemory, sw: SwitchState, mac: Mac): FdbEntry | undefined {
  const known = memory.found;
  if (known !== null && memory.dst === mac) return known;
  const entry = sw.fdb.get(mac);
  if (entry !== undefined) {
    memory.header = null;
    memory.dst = mac;
    memory.found = entry;
  }
  return entry;
}
