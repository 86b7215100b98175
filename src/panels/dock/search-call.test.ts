import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { focusFilter, searchCall } from './search-call.ts';

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('document', new EventTarget());
  vi.stubGlobal('window', globalThis);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function press(key: string): void {
  document.dispatchEvent(Object.assign(new Event('keydown'), { key }));
}

it('the search that was called for before it is there waits for its field, also while somebody types ahead', () => {
  focusFilter();
  press('a');
  expect(searchCall.getState().open).toBe(true);
  vi.advanceTimersByTime(4_000);
  expect(searchCall.getState().open).toBe(false);
});

it.each(['Escape', 'Tab', 'a press'])('%s calls it off: the field does not take the keyboard later', (what) => {
  focusFilter();
  if (what === 'a press') document.dispatchEvent(new Event('pointerdown'));
  else press(what);
  expect(searchCall.getState().open).toBe(false);
});
