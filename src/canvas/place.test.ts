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

  it('among many nodes finds the place that is best when all of each is added up', () => {
    const boxes = (many: number, step: number) =>
      Array.from({ length: many }, (_, i) => ({ x: (i * step) % 780, y: (i * 37) % 390, w: 14, h: 14 }));
    const [taken, soft] = [boxes(300, 53), boxes(200, 71)];
    const anchors = [
      { x: 380, y: 190 },
      { x: 400, y: 200 },
      { x: 420, y: 210 },
    ];
    const spot = findSpot(view, anchors, 120, 40, taken, soft);
    const worth = ({ dx, dy }: { dx: number; dy: number }): number => {
      const rects = anchors.map((at) => inside(view, rectAround(at, { dx, dy }, 120, 40)));
      const over = (of: typeof taken): number => rects.reduce((sum, rect) => sum + of.reduce((all, one) => all + overlap(rect, one), 0), 0);
      return (over(taken) * 6 + over(soft) * 3) / anchors.length + (Math.abs(dx) + Math.abs(dy)) * 6;
    };
    const [cost, hides] = [spot.cost, spot.hides];
    expect((cost * 6 + hides * 3) / anchors.length + (Math.abs(spot.dx) + Math.abs(spot.dy)) * 6).toBeCloseTo(worth(spot), 6);
    // Places around the frame, by halves of the card and a gap: none of them is worth more.
    for (let y = -3; y <= 3; y += 0.5)
      for (let x = -2; x <= 2; x += 0.5) {
        if (Math.abs(x) < 1 && Math.abs(y) < 1) continue;
        const at = inside(view, { x: 400 + x * 76 - 60, y: 200 + y * 46 - 20, w: 120, h: 40 });
        expect(worth({ dx: at.x + 60 - 400, dy: at.y + 20 - 200 })).toBeGreaterThanOrEqual(worth(spot) - 1e-6);
      }
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
