/**
 * Helpers with which schedulers show their working.
 * Comes from: schedulers/*.ts.  Goes to: the page's scheduler view.
 */
import { copyPlain } from '../../engine/index.ts';
import type { IpvsNet, PacketFacts } from '../net.ts';
import type { Dest, Svc } from '../state.ts';
import type { ExplainRow, Fitness, Scheduler } from './scheduler.ts';

export function fitnessOf(dest: Dest): Fitness {
  if (dest.weight <= 0) return 'weight-0';
  return dest.overload ? 'overload' : 'fit';
}

/** May take a new connection: weight above 0 and not over its upper threshold. */
export function isFit(dest: Dest): boolean {
  return dest.weight > 0 && !dest.overload;
}

/** The pick as it would be made, on a copy of the service. */
export function dryRun(scheduler: Pick<Scheduler, 'schedule'>, net: IpvsNet, svc: Svc, facts: PacketFacts): Dest | null {
  const picked = scheduler.schedule(net, copyPlain(svc), facts);
  return picked === null ? null : (svc.dests.find((d) => d.id === picked.id) ?? null);
}

export interface RowParts {
  readonly fitness?: Fitness;
  readonly numbers: ExplainRow['numbers'];
  readonly formula: string;
  readonly tied?: boolean;
}

/** Rows for all servers in list order. */
export function rows(svc: Svc, chosen: Dest | null, parts: (dest: Dest, index: number) => RowParts): ExplainRow[] {
  return svc.dests.map((dest, index) => {
    const part = parts(dest, index);
    return {
      dest: dest.id,
      addr: dest.addr,
      port: dest.port,
      weight: dest.weight,
      fitness: part.fitness ?? fitnessOf(dest),
      numbers: part.numbers,
      formula: part.formula,
      tied: part.tied ?? false,
      chosen: chosen !== null && chosen.id === dest.id,
    };
  });
}

/** Rows of a scheduler that compares load / weight: `load` and its text come from the caller. */
export function ratioRows(svc: Svc, chosen: Dest | null, load: (dest: Dest) => number, text: (dest: Dest) => string): ExplainRow[] {
  return rows(svc, chosen, (dest) => ({
    numbers: [
      { name: 'active', value: dest.activeConns },
      { name: 'inactive', value: dest.inactConns },
      { name: 'load', value: load(dest) },
      { name: 'weight', value: dest.weight },
    ],
    formula: text(dest),
    tied: chosen !== null && isFit(dest) && dest.id !== chosen.id && load(dest) * chosen.weight === load(chosen) * dest.weight,
  }));
}
