/**
 * Whether what was kept in the browser has the form it should have: it may be old, or from somebody else.
 * Goes to: saved.ts, saved-branch.ts, saved-history.ts.
 */
import type { Both } from './branch.ts';
import type { Bookmark } from './marks.ts';

export function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

export function isBoth(value: unknown): boolean {
  const { en, zh } = (value ?? {}) as Both;
  return typeof en === 'string' && typeof zh === 'string';
}

export function isBookmark(value: unknown): boolean {
  const { id, branch, moment, name } = (value ?? {}) as Bookmark;
  return [id, branch, moment?.executed, moment?.at].every(isCount) && (name === null || typeof name === 'string');
}
