/**
 * The parts of the page at its start, one after the other. To draw all of them at once takes several frames,
 * in which the browser could neither paint what is there already nor hear a key.
 * Goes to: app.tsx.
 */
import { startTransition, useEffect, useState } from 'react';

/** In the order of what is looked at first. The map comes after what stands below it, whose height decides its own. */
export const TURNS = ['frame', 'below', 'picture', 'inspector', 'dock', 'scenario'] as const;
export type Turn = (typeof TURNS)[number];

/** Where the machine is so busy that nothing is drawn in pieces, a part comes in one. */
const LATEST_MS = 400;

/** @returns whether a part has had its turn; then it stays */
export function useTurns(): (part: Turn) => boolean {
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    if (turn === TURNS.length - 1) return undefined;
    // A task of its own, after what was drawn now has been painted.
    const soon = setTimeout(() => startTransition(() => setTurn(turn + 1)), 0);
    const latest = setTimeout(() => setTurn(turn + 1), LATEST_MS);
    return () => {
      clearTimeout(soon);
      clearTimeout(latest);
    };
  }, [turn]);
  return (part) => TURNS.indexOf(part) <= turn;
}
