/**
 * Which branch a map shows, and at which moment: the lab's own, or one of the two of what-if.
 * Goes to: live-map.ts.
 */
import { lab, type Branch } from '../lab/index.ts';
import { onPlayhead, playhead } from '../playback/index.ts';
import type { Moment } from '../sim/index.ts';

export interface MapSource {
  branch(): Branch | null;
  /** to the fraction of a step: read at every frame */
  moment(): Moment;
  /** @returns how to stop listening to the moment */
  readonly watch: (listener: () => void) => () => void;
}

/** The branch and the moment of the lab. */
export const labSource: MapSource = {
  branch: () => lab.getState().branch,
  moment: () => playhead().moment,
  watch: onPlayhead,
};
