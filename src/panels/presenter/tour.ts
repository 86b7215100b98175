/**
 * The moments of a tour, in the order of time: those that the lab's author marked and those that the
 * presenter did.
 * Comes from: the scenario and the bookmarks.  Goes to: presenter.tsx.
 */
import { standsIn, type Bookmark, type Branch, type Language } from '../../lab/index.ts';
import type { Moment } from '../../sim/index.ts';
import type { Remark } from '../../scenario/index.ts';
import { titleOf } from '../transport/bookmark-words.ts';

export interface TourStop {
  readonly moment: Moment;
  readonly note: string;
}

export function tourOf(
  branch: Branch,
  branches: readonly Branch[],
  written: readonly Remark[],
  own: readonly Bookmark[],
  lang: Language,
): TourStop[] {
  const stops: TourStop[] = written
    .filter(({ at }) => at <= branch.run.endsAt)
    .map(({ at, text }) => ({ moment: { executed: branch.run.executedAt(at), at }, note: text[lang] }));
  for (const mark of own) if (standsIn(mark, branch, branches)) stops.push({ moment: mark.moment, note: titleOf(mark, branches, lang) });
  return stops.toSorted((a, b) => a.moment.executed - b.moment.executed || a.moment.at - b.moment.at);
}

/** The stop at a moment, or the last one before it; -1: the tour has not begun. */
export function stopAt(stops: readonly TourStop[], { executed, at }: Moment): number {
  return stops.findLastIndex(({ moment }) => moment.executed < executed || (moment.executed === executed && moment.at <= at));
}

/** The stop to go to from a moment; null: there is none in that direction. */
export function nextStop(stops: readonly TourStop[], from: Moment, forward: boolean): TourStop | null {
  const here = stopAt(stops, from);
  if (forward) return stops[here + 1] ?? null;
  const stop = stops[here];
  // From between two stops one goes back to the one before; from a stop, to the one before that.
  const onIt = stop !== undefined && stop.moment.executed === from.executed && stop.moment.at === from.at;
  return (onIt ? stops[here - 1] : stop) ?? null;
}
