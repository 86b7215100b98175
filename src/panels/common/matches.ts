/**
 * Names that fit what somebody has typed.
 * Goes to: finder.tsx, and the lists of nodes.
 */

/** So many are shown: whoever does not see the one he wants types another letter. */
export const MATCHES_MAX = 40;
/** With more names than this, a list of all would take longer to draw than a frame, and nobody reads it. */
export const MANY = 60;

export interface Matches {
  /** places in the list of names */
  readonly shown: readonly number[];
  /** how many fit beside those */
  readonly more: number;
}

/** The name itself first, then those that begin with the word, then those that have it somewhere; else in the order of the list. */
export function matching(names: readonly string[], typed: string, most = MATCHES_MAX): Matches {
  const word = typed.trim().toLowerCase();
  const ranks: [number[], number[], number[]] = [[], [], []];
  names.forEach((name, i) => {
    const lower = name.toLowerCase();
    if (lower === word) ranks[0].push(i);
    else if (lower.startsWith(word)) ranks[1].push(i);
    else if (lower.includes(word)) ranks[2].push(i);
  });
  const all = ranks.flat();
  return { shown: all.slice(0, most), more: Math.max(0, all.length - most) };
}
