import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lengthInside, placeLabels, type Labelled, type LabelPlace } from './label-places.ts';
import { overlap, type Rect } from './view.ts';

const small = { w: 40, h: 16, gap: 6 };
const large = { w: 150, h: 50, gap: 6 };

function ground(
  nodes: readonly Labelled[],
  cables: readonly (readonly [number, number])[],
  frame: Rect | null = null,
  covered: readonly Rect[] = [],
) {
  const tracks = cables.map(([a, b]) => ({ a: nodes[a] as Labelled, b: nodes[b] as Labelled, length: 100 }));
  return { radius: 20, tracks, ends: cables, frame, covered, aside: false };
}

describe('placeLabels', () => {
  it('lets the long address of one node not lie under that of its neighbour', () => {
    const nodes = [100, 190].map((x) => ({ x, y: 100, sizes: [large, small], always: false }));
    const [left, right] = placeLabels(nodes, ground(nodes, [[0, 1]])) as [LabelPlace, LabelPlace];
    expect(overlap(left.rect, right.rect)).toBe(0);
    expect([left.size, right.size]).toEqual([0, 0]);
    expect(left.side).not.toBe(right.side);
  });

  it('goes above where a cable runs below, and beside where cables run both ways', () => {
    const nodes = [
      { x: 300, y: 300, sizes: [small], always: false },
      { x: 300, y: 500, sizes: [], always: false },
      { x: 300, y: 100, sizes: [], always: false },
    ];
    expect(placeLabels(nodes, ground(nodes, [[0, 1]]))[0]?.side).toBe('top');
    expect(placeLabels(nodes, ground(nodes, [[0, 1], [0, 2]]))[0]?.side).toBe('right'); // prettier-ignore
  });

  it('says less where there is no room for more', () => {
    const nodes = [0, 60, 120].flatMap((y) => [0, 60, 120].map((x) => ({ x, y, sizes: [large, small], always: false })));
    const places = placeLabels(nodes, ground(nodes, []));
    expect(places[4]?.size).toBe(1);
  });

  it('stays in the picture', () => {
    const nodes = [{ x: 30, y: 190, sizes: [large], always: false }];
    const frame = { x: 0, y: 0, w: 400, h: 200 };
    const rect = placeLabels(nodes, ground(nodes, [], frame))[0]?.rect as Rect;
    expect(overlap(rect, frame)).toBe(large.w * large.h);
  });

  it('leaves text out rather than write it across a cable', () => {
    // cables all around, and at the right room for a few letters between two of them
    const nodes = [
      { x: 300, y: 300, sizes: [large, small], always: false },
      ...[[300, 100], [300, 500], [60, 300], [540, 180], [540, 420]].map(([x = 0, y = 0]) => ({ x, y, sizes: [], always: false })), // prettier-ignore
    ];
    const cables = nodes.slice(1).map((_, i) => [0, i + 1] as const);
    const made = ground(nodes, cables);
    const place = placeLabels(nodes, made)[0];
    expect(place?.size).toBe(1);
    for (const track of made.tracks) expect(lengthInside(track, place?.rect as Rect)).toBe(0);
  });

  it('does not go under what lies over the picture', () => {
    const nodes = [{ x: 200, y: 100, sizes: [large], always: false }];
    const covered = [{ x: 100, y: 120, w: 200, h: 40 }];
    expect(placeLabels(nodes, ground(nodes, []))[0]?.side).toBe('bottom');
    expect(placeLabels(nodes, ground(nodes, [], null, covered))[0]?.side).toBe('top');
  });

  it('has no label where each would lie on a symbol, unless it is asked for', () => {
    const nodes = [0, 45, 90].flatMap((y) => [0, 45, 90].map((x) => ({ x, y, sizes: [large, small], always: false })));
    expect(placeLabels(nodes, ground(nodes, []))[4]).toBeNull();
    const asked = nodes.map((node, i) => ({ ...node, always: i === 4 }));
    expect(placeLabels(asked, ground(asked, []))[4]?.size).toBe(1);
  });

  it('covers no symbol and no label with text that it could have left out', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(6), fc.nat(4)), { minLength: 1, maxLength: 20 }), (cells) => {
        const free = [...new Set(cells.map(([x, y]) => x * 10 + y))];
        const nodes = free.map((cell) => ({ x: Math.floor(cell / 10) * 110, y: (cell % 10) * 110, sizes: [large, small], always: false }));
        const places = placeLabels(nodes, ground(nodes, []));
        places.forEach((a, i) => {
          if (a === null) throw new Error('a label is missing');
          for (const b of places.slice(0, i)) expect(overlap(a.rect, b?.rect ?? a.rect)).toBeLessThan(13);
          for (const { x, y } of nodes) expect(overlap(a.rect, { x: x - 20, y: y - 20, w: 40, h: 40 })).toBeLessThan(13);
        });
      }),
    );
  });
});

describe('lengthInside', () => {
  it('measures what of a line lies in a rectangle', () => {
    const rect = { x: 10, y: 10, w: 20, h: 20 };
    const track = (ax: number, ay: number, bx: number, by: number) => ({ a: { x: ax, y: ay }, b: { x: bx, y: by }, length: 0 });
    expect(lengthInside(track(0, 20, 100, 20), rect)).toBeCloseTo(20);
    expect(lengthInside(track(15, 15, 25, 15), rect)).toBeCloseTo(10);
    expect(lengthInside(track(0, 0, 100, 0), rect)).toBe(0);
  });
});
