import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { NodeId } from '../engine/index.ts';
import { linkLabelRect } from './draw-links.ts';
import { reachOf } from './draw-trail.ts';
import type { SceneLink } from './scene.ts';
import type { Theme } from './theme.ts';
import type { Trail, TrailLeg } from './trail.ts';
import type { Track } from './view.ts';

const leg = (link: number, reverse: boolean, back: boolean): TrailLeg => ({ link, reverse, back, wrapped: false, flying: null });
const trailOf = (...legs: TrailLeg[]): Trail => ({ legs, key: '' });
const theme = { color: {}, scale: 1, sans: 'sans', mono: 'mono', key: '' } as unknown as Theme;

beforeAll(() => {
  // Seven pixels for each letter.
  vi.stubGlobal('OffscreenCanvas', class { getContext = () => null }); // prettier-ignore
});
afterAll(() => vi.unstubAllGlobals());

describe('the lanes of a trail', () => {
  it('are one to each side, and two where request and answer go the same way', () => {
    // A director on one cable: the request goes in and out by it, and with NAT the answer too.
    const direct = reachOf(trailOf(leg(1, false, false), leg(1, true, false), leg(2, false, false), leg(2, true, true)));
    const both = reachOf(trailOf(leg(1, false, false), leg(1, true, false), leg(1, false, true), leg(1, true, true)));
    expect(direct.get(1)).toBe(direct.get(2));
    expect(both.get(1)).toBe(2 * (direct.get(1) ?? 0));
    expect(direct.get(3)).toBeUndefined();
  });

  it('have the label of their cable beside them', () => {
    const link: SceneLink = {
      id: 1,
      a: 0 as NodeId,
      b: 1 as NodeId,
      aPort: 0,
      bPort: 0,
      up: true,
      label: '50 µs',
      delayNs: 50_000,
      rateBps: null,
      lossPpm: 0,
      changed: '',
      loads: [0, 0],
      selected: false,
    };
    const track: Track = { a: { x: 0, y: 100 }, b: { x: 200, y: 100 }, length: 200 };
    for (const reach of [0, 7, 14]) {
      const rect = linkLabelRect(theme, link, 0, [track], [], reach);
      expect(rect).not.toBeNull();
      if (rect !== null) expect(100 - (rect.y + rect.h)).toBeGreaterThan(reach + 5);
    }
  });
});
