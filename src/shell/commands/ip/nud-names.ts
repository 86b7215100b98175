/**
 * The states of a neighbour as `ip neigh` takes them: by name, or as the bit that stands for each.
 * Comes from: neigh.ts, neigh-show.ts.
 * Source: iproute2 6.1.0 ip/ipneigh.c, nud_state_a2n(); Linux 6.1 include/uapi/linux/neighbour.h (NUD_…).
 */
import type { Nud } from '../../../host/index.ts';
import { invArg, parseUnsigned } from './args.ts';
import { entryOf } from '../../entry-of.ts';

const STATES: Readonly<Record<string, Nud>> = {
  permanent: 'PERMANENT',
  reachable: 'REACHABLE',
  noarp: 'NOARP',
  none: 'NONE',
  stale: 'STALE',
  incomplete: 'INCOMPLETE',
  delay: 'DELAY',
  probe: 'PROBE',
  failed: 'FAILED',
};
/** Bits of the same states (include/uapi/linux/neighbour.h). */
const STATE_BITS: readonly (readonly [number, Nud])[] = [
  [0x01, 'INCOMPLETE'],
  [0x02, 'REACHABLE'],
  [0x04, 'STALE'],
  [0x08, 'DELAY'],
  [0x10, 'PROBE'],
  [0x20, 'FAILED'],
  [0x40, 'NOARP'],
  [0x80, 'PERMANENT'],
];

export function stateOf(text: string): Nud {
  const byName = entryOf(STATES, text);
  if (byName !== undefined) return byName;
  const bits = parseUnsigned(text);
  const byBit = STATE_BITS.find(([bit]) => bit === bits);
  if (byBit === undefined) throw invArg('nud state is bad', text);
  return byBit[1];
}
