import { describe, expect, it } from 'vitest';
import { fitTo } from './layout.ts';
import { findSpot, inside, rectAround } from './place.ts';
import { overlap, type View } from './view.ts';

const view: View = {
  width: 800,
  height: 400,
  dpr: 1,
  fit: { sx: 1, sy: 1, ox: 0, oy: 0, spacing: 100 },
  k: 1,
  tx: 0,
  ty: 0,
};
const anchor = { x: 400, y: 200 };

describe('findSpot', () => {
  it('keeps a card off what must not be covered', () => {
    const taken = [{ x: 300, y: 100, w: 200, h: 80 }];
    const spot = findSpot(view, [anchor], 160, 50, taken, []);
    expect(spot.cost).toBe(0);
    expect(overlap(inside(view, rectAround(anchor, spot, 160, 50)), taken[0] ?? { x: 0, y: 0, w: 0, h: 0 })).toBe(0);
  });

  it('stays inside the picture in a corner', () => {
    const corner = { x: 2, y: 2 };
    const rect = inside(view, rectAround(corner, findSpot(view, [corner], 160, 50, [], []), 160, 50));
    expect(rect.x).toBeGreaterThanOrEqual(0);
    expect(rect.y).toBeGreaterThanOrEqual(0);
  });

  it('says what it covers when everything is taken', () => {
    expect(findSpot(view, [anchor], 160, 50, [{ x: 0, y: 0, w: 800, h: 400 }], []).cost).toBeGreaterThan(0);
  });
});

describe('fitTo', () => {
  it('puts all nodes between the margins', () => {
    const places = [
      { x: 0, y: 0 },
      { x: 700, y: 300 },
      { x: 300, y: 100 },
    ];
    const { sx, sy, ox, oy } = fitTo(places, 800, 400, { top: 50, right: 100, bottom: 60, left: 100 });
    for (const { x, y } of places) {
      expect(x * sx + ox).toBeGreaterThanOrEqual(99);
      expect(x * sx + ox).toBeLessThanOrEqual(701);
      expect(y * sy + oy).toBeGreaterThanOrEqual(49);
      expect(y * sy + oy).toBeLessThanOrEqual(341);
    }
  });
});
