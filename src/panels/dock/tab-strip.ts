/**
 * Which terminals of a lab of many hosts have a tab in the page: those in sight of the strip, the one that is open with
 * those beside it, and the last one. The others are blank room, and come when the strip is moved to them.
 * Comes from: dock.tsx.
 */
import { useEffect, useState, type RefObject } from 'react';
import { useSettings } from '../common/use-lab.ts';

/** Tabs at each end of what is seen, so that a quick move does not show blank room. */
const OVERSCAN = 8;
/** What stands before the first terminal, in widths of a tab. */
const AHEAD = 1.5;

/** Where the strip stands. */
export interface StripView {
  readonly left: number;
  readonly width: number;
}

/** Places of the tabs that are there, in order; `open` is that of the terminal that is open, or -1. */
export function tabsInSight(count: number, { left, width }: StripView, tabWidth: number, open: number): number[] {
  const first = Math.max(0, Math.floor(left / tabWidth - AHEAD) - OVERSCAN);
  const end = Math.min(count, Math.ceil((left + width) / tabWidth - AHEAD) + OVERSCAN);
  const there = new Set<number>();
  for (let i = first; i < end; i++) there.add(i);
  // The arrows lead from the open one to those beside it, and End to the last one.
  for (const i of open < 0 ? [0, count - 1] : [open - 1, open, open + 1, count - 1]) if (i >= 0 && i < count) there.add(i);
  return [...there].toSorted((a, b) => a - b);
}

/** How far the strip has to stand for a tab to be seen; what is seen already stays. */
export function leftToSee(place: number, { left, width }: StripView, tabWidth: number): number {
  const begin = (place + AHEAD) * tabWidth;
  if (begin < left) return Math.max(0, begin - tabWidth);
  return begin + tabWidth > left + width ? begin + 2 * tabWidth - width : left;
}

/** Pixels; as wide in the stylesheet. */
export function useTabWidth(): number {
  return useSettings((s) => s.size) === 'large' ? 140 : 104;
}

/** Follows the strip as it is moved, and moves it to what was opened elsewhere. */
export function useStrip(strip: RefObject<HTMLElement | null>, many: boolean, open: number, tabWidth: number): StripView {
  const [view, setView] = useState<StripView>({ left: 0, width: 1400 });
  useEffect(() => {
    const element = strip.current;
    if (!many || element === null) return undefined;
    let width = 1400;
    const put = (): void => {
      const left = element.scrollLeft;
      // A step of half the overscan: not each pixel draws the tabs anew.
      setView((now) => (Math.abs(now.left - left) < (OVERSCAN / 2) * tabWidth && now.width === width ? now : { left, width }));
    };
    // The observer knows the width already: to ask the element for it would lay the page out.
    const observer = new ResizeObserver(([entry]) => {
      width = entry?.contentRect.width ?? width;
      put();
    });
    observer.observe(element);
    element.addEventListener('scroll', put, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', put);
    };
  }, [strip, many, tabWidth]);
  useEffect(() => {
    const element = strip.current;
    if (!many || element === null) return undefined;
    const frame = requestAnimationFrame(() => {
      const { scrollLeft: left, clientWidth: width } = element;
      // The events and the file stand before the terminals.
      const to = open < 0 ? 0 : leftToSee(open, { left, width }, tabWidth);
      if (to !== left) element.scrollTo({ left: to });
    });
    return () => cancelAnimationFrame(frame);
  }, [strip, many, open, tabWidth]);
  return view;
}
