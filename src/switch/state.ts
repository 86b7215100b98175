/** A switch's ports and its forwarding database. */
import type { Nanos } from '../engine/index.ts';
import type { Mac } from '../wire/index.ts';

export interface FdbEntry {
  port: number;
  /** last frame from this address; an entry ages out after `ageingNs` without one */
  seen: Nanos;
}

export interface SwitchPort {
  /** from 1, in the order of plugging in */
  readonly number: number;
  readonly name: string;
  txBusyUntil: Nanos;
  rxPackets: number;
  txPackets: number;
}

export interface SwitchState {
  ports: SwitchPort[];
  /** entries leave it only with the table: another one takes its place */
  fdb: Map<Mac, FdbEntry>;
  ageingNs: Nanos;
}

/**
 * A port has lost its link: what was learnt there is forgotten, so that frames for it are flooded.
 * @returns how many addresses that were
 */
export function switchPortDown(sw: SwitchState, number: number): number {
  const left = new Map([...sw.fdb].filter(([, entry]) => entry.port !== number));
  const forgotten = sw.fdb.size - left.size;
  // a new table, not a shorter one: see memory.ts
  if (forgotten > 0) sw.fdb = left;
  return forgotten;
}

/** What is left when the power goes: nothing that was learnt or counted. */
export function switchForget(sw: SwitchState): void {
  // a new table, not an empty one: what ports remember of the old one does not hold for it (memory.ts)
  sw.fdb = new Map();
  for (const port of sw.ports) {
    port.txBusyUntil = 0 as Nanos;
    port.rxPackets = 0;
    port.txPackets = 0;
  }
}

export function createSwitch(portNames: readonly string[]): SwitchState {
  return {
    ports: portNames.map((name, i) => ({
      number: i + 1,
      name,
      txBusyUntil: 0 as Nanos,
      rxPackets: 0,
      txPackets: 0,
    })),
    fdb: new Map(),
    ageingNs: 300_000_000_000 as Nanos,
  };
}
