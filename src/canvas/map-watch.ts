/** Small questions of the map: has anything changed, which frame has a person picked, are the letters there. Goes to: live-map.ts. */
import type { FrameId, TraceId } from '../engine/index.ts';
import { lab } from '../lab/index.ts';

export function isSame(now: readonly unknown[], before: readonly unknown[]): boolean {
  return now.length === before.length && now.every((value, i) => value === before[i]);
}

/** The frame that a person has picked. */
export function chosenFrame(): FrameId | null {
  const { selection } = lab.getState();
  return selection?.kind === 'frame' && (selection.record as TraceId) >= 0 ? selection.frame : null;
}

/** Calls when the page's letters are there: now, and again once the faces that only the canvas uses have come. */
export function whenFontsCome(then: () => void): void {
  const { fonts } = document;
  void fonts.ready.then(then);
  // Faces load when they are first used: the canvas uses them without the page knowing.
  void Promise.all([fonts.load('500 12px "Inter Variable"'), fonts.load('500 12px "JetBrains Mono Variable"')]).then(then);
}
