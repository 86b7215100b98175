/**
 * A node that is being dragged. It is held by its name: another lab may come before it is let go, in which it has
 * another number.
 * Goes to: live-map.ts.
 */
import { lab } from '../lab/index.ts';
import type { Place } from './layout.ts';

export interface Hold {
  /** its number when it was taken hold of */
  readonly grabbed: number;
  /** its number now; -1: it is gone */
  readonly node: number;
  readonly name: string;
  readonly place: Place;
}

function names(): readonly string[] {
  return (lab.getState().lab?.input.world.nodes ?? []).map(({ name }) => name);
}

/** @param grabbed the number by which the hand knows it */
export function heldAt(hold: Hold | null, grabbed: number, place: Place): Hold {
  return hold?.grabbed === grabbed ? { ...hold, place } : { grabbed, node: grabbed, name: names()[grabbed] ?? '', place };
}

/** What is held still, when another lab has come. */
export function stillHeld(hold: Hold | null): Hold | null {
  return hold === null ? null : { ...hold, node: names().indexOf(hold.name) };
}
