/**
 * The entries of a forwarding database as deadlines: when each is forgotten, and moving that by hand.
 * Comes from: world/timers.ts.  Goes to: SwitchState.fdb.
 */
import type { Nanos } from '../engine/index.ts';
import { formatMac, type Mac } from '../wire/index.ts';
import type { SwitchState } from './state.ts';

export interface FdbDeadline {
  readonly mac: Mac;
  /** the address, for reading */
  readonly of: string;
  readonly due: Nanos;
}

export function fdbDeadlines(sw: Readonly<SwitchState>, now: Nanos): FdbDeadline[] {
  return [...sw.fdb]
    .map(([mac, { seen }]) => ({ mac, of: formatMac(mac), due: (seen + sw.ageingNs) as Nanos }))
    .filter(({ due }) => due > now);
}

export function fdbMove(sw: SwitchState, mac: Mac, to: Nanos): void {
  const entry = sw.fdb.get(mac);
  if (entry !== undefined) entry.seen = (to - sw.ageingNs) as Nanos;
}

export const switchTimerNames = {
  'switch.fdb': { en: 'forget behind which port the address is', zh: '忘记该地址在哪个端口之后' },
} as const;
