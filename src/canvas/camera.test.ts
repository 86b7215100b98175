import { describe, expect, it } from 'vitest';
import { arrived, between, viewOn, WHOLE } from './camera.ts';

describe('viewOn', () => {
  it('puts the hop into the middle, larger', () => {
    const { k, x, y } = viewOn([{ x: 100, y: 100 }, { x: 200, y: 100 }], 1000, 600, 20); // prettier-ignore
    expect(k).toBeGreaterThan(1.5);
    expect(150 * k + x).toBeCloseTo(500);
    expect(100 * k + y).toBeCloseTo(300);
  });

  it('shows the whole map when the hop takes most of it, or when there is none', () => {
    expect(viewOn([{ x: 0, y: 0 }, { x: 900, y: 500 }], 1000, 600, 20)).toBe(WHOLE); // prettier-ignore
    expect(viewOn([], 1000, 600, 20)).toBe(WHOLE);
  });
});

it('between goes all the way, and stays there', () => {
  const to = { k: 2, x: -100, y: -50 };
  expect(between(WHOLE, to, 0)).toEqual(WHOLE);
  expect(between(WHOLE, to, 10_000)).toEqual(to);
  expect(between(WHOLE, to, 300).k).toBeGreaterThan(1);
  expect([arrived(10), arrived(10_000)]).toEqual([false, true]);
});
