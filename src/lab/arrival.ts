/**
 * Where one stands when a lab has come: where its story opens, or in the edit mode before it. Where that is may not be
 * known before the lab has been run.
 * Comes from: edit.ts, history.ts.  Goes to: actions.ts.
 */
import type { Nanos } from '../engine/index.ts';
import type { Moment } from '../sim/index.ts';
import type { Branch } from './branch.ts';
import { editor } from './editor.ts';
import type { Lab } from './open.ts';
import { lab, setCursor, type Selection } from './store.ts';

/** Where one stands in a lab that was just built, and what is selected. */
export interface Arrival {
  readonly selection: Selection | null;
  /** what somebody has selected since in the lab shown, as it is in the one that comes */
  readonly selected: (since: Selection | null, shown: Lab) => Selection | null;
  readonly moment: (branch: Branch) => Moment;
}

export const AT_OPENING: Arrival = { selection: null, selected: () => null, moment: arrivingMoment };

/** Where nobody has gone to, and where to go from there when the lab has been run. */
let provisional: { readonly stands: Moment; readonly moment: Arrival['moment'] } | null = null;

export function standFor(moment: Arrival['moment']): void {
  provisional = { stands: lab.getState().cursor, moment };
}

/** The run is complete. Whoever has stepped on before is not thrown back. */
export function settleDown(branch: Branch): void {
  if (provisional !== null && lab.getState().cursor === provisional.stands) setCursor(provisional.moment(branch));
  provisional = null;
}

/** Stands where the story opens, also if that is not known before the lab has been run. */
export function goToOpening(branch: Branch): void {
  lab.setState({ cursor: openingMoment(branch), focus: null });
  if (lab.getState().phase === 'advancing') standFor(arrivingMoment);
}

/** While it is edited a lab stands where its file has set it up, before anything happens in it. */
export function beginning(branch: Branch): Moment {
  return { executed: branch.begin, at: 0 as Nanos };
}

export function arrivingMoment(branch: Branch): Moment {
  return editor.getState().on ? beginning(branch) : openingMoment(branch);
}

/** The first frame on a cable after the nodes were set up, or the first command. */
export function openingMoment(branch: Branch): Moment {
  const { steps, run } = branch;
  const first = steps.next(-1, 'hop', true);
  if (first >= 0) return { executed: (steps.event.get(first) as number) + 1, at: steps.at.get(first) as Nanos };
  return { executed: run.head, at: run.head === 0 ? (0 as Nanos) : run.trace.timeOf(run.head - 1) };
}
