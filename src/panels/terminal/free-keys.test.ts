import { expect, it } from 'vitest';
import { isFreeToTake, tabChosen } from './free-keys.ts';

const body = {};

function at(...selectors: readonly string[]): Parameters<typeof isFreeToTake>[0] {
  const fits = (selector: string): boolean => selectors.includes(selector);
  return { matches: fits as Element['matches'], closest: (selector: string) => (fits(selector) ? {} : null) as never };
}

it('a terminal takes the keyboard where nobody has it, and where it was asked for by the pointer or from a list', () => {
  expect(isFreeToTake(null, body)).toBe(true);
  expect(isFreeToTake(body as never, body)).toBe(true);
  expect(isFreeToTake(at(), body)).toBe(true);
  expect(isFreeToTake(at(':focus-visible', '[role="dialog"]'), body)).toBe(true);
});

it('who writes elsewhere by now, or goes along the tabs by the arrows, keeps it', () => {
  expect(isFreeToTake(at(':focus-visible'), body)).toBe(false);
  const tab = at(':focus-visible', '[role="tablist"]');
  tabChosen('by arrows');
  expect(isFreeToTake(tab, body)).toBe(false);
  tabChosen('by pointer');
  expect(isFreeToTake(tab, body)).toBe(true);
});
