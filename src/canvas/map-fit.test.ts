/** The labs that come with the page, in pictures of several sizes: what is written can be read, and frames can be seen. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { lab, openingMoment } from '../lab/index.ts';
import { openShipped } from '../lab/lab.test-kit.ts';
import { linkLabelRect } from './draw-links.ts';
import { nodeBoxes, type NodeBox } from './labels.ts';
import { lengthInside } from './label-places.ts';
import { layoutOf } from './layout.ts';
import { lookOf } from './look.ts';
import { fitMap, type Fitted } from './map-fit.ts';
import { stageOf, type Stage } from './scene.ts';
import type { Theme } from './theme.ts';
import { overlap, tracksOf, type Rect, type Track, type View } from './view.ts';

const theme = { color: {}, scale: 1, sans: 'sans', mono: 'mono', key: '' } as unknown as Theme;
const SHIPPED = readdirSync(join(import.meta.dirname, '../../scenarios'))
  .filter((file) => file.endsWith('.yaml'))
  .map((file) => file.slice(0, -'.yaml'.length));

/** Pictures as they are in windows 1100, 1366 and 1920 pixels wide, and on a phone, with what lies over each. */
const PICTURES = [
  { width: 503, height: 305, covered: [{ x: 8, y: 277, w: 240, h: 24 }] },
  { width: 769, height: 342, covered: [{ x: 8, y: 314, w: 240, h: 24 }] },
  { width: 1320, height: 620, covered: [{ x: 8, y: 592, w: 240, h: 24 }] },
  { width: 390, height: 425, covered: [{ x: 8, y: 397, w: 262, h: 24 }, { x: 78, y: 4, w: 309, h: 40 }] }, // prettier-ignore
] as const;

beforeAll(() => {
  // Seven pixels for each letter.
  vi.stubGlobal('OffscreenCanvas', class { getContext = () => null }); // prettier-ignore
});
afterAll(() => vi.unstubAllGlobals());

function stageOfLab(name: string): Stage {
  const branch = openShipped(name);
  const { lab: open } = lab.getState();
  if (open === null) throw new Error('no lab is open');
  const moment = openingMoment(branch);
  const places = layoutOf(open.input.world, open.places, {});
  return stageOf(
    { look: lookOf(branch, moment.executed), places, branch, moment, selection: null, lang: 'en', layer: 'all', focus: null },
    null,
  );
}

interface Drawn {
  readonly fitted: Fitted;
  readonly boxes: readonly NodeBox[];
  readonly tracks: readonly Track[];
}

function drawn(stage: Stage, { width, height, covered }: (typeof PICTURES)[number]): Drawn {
  const places = stage.nodes.map(({ place }) => place);
  const fitted = fitMap({ width, height, dpr: 1, theme, places, nodes: stage.nodes, links: stage.links, showMacs: false, covered });
  const view: View = { width, height, dpr: 1, fit: fitted.fit, k: 1, tx: 0, ty: 0 };
  return {
    fitted,
    boxes: nodeBoxes(view, theme, stage.nodes, stage.links, fitted.labels),
    tracks: tracksOf(view, theme.scale, stage.nodes, stage.links),
  };
}

function symbolOf({ x, y, r }: NodeBox): Rect {
  return { x: x - r, y: y - r, w: 2 * r, h: 2 * r };
}

describe.each(SHIPPED)('%s', (name) => {
  const stage = stageOfLab(name);

  it.each(PICTURES)('$width × $height: each node has its name, which lies on nothing else', (picture) => {
    const { boxes, tracks } = drawn(stage, picture);
    const frame = { x: 0, y: 0, w: picture.width, h: picture.height };
    for (const { label, text, node } of boxes) {
      expect(text, node.name).not.toBeNull();
      expect(overlap(label, frame)).toBeCloseTo(label.w * label.h);
      for (const over of picture.covered) expect(overlap(label, over), `${node.name} is covered`).toBeLessThan(15);
      for (const other of boxes) {
        expect(overlap(label, symbolOf(other)), `${node.name} on ${other.node.name}`).toBeLessThan(15);
        if (other.node !== node) expect(overlap(label, other.label), `${node.name} on ${other.node.name}`).toBeLessThan(15);
      }
      for (const track of tracks) expect(lengthInside(track, label), `a cable through ${node.name}`).toBeLessThan(8);
    }
  });

  it.each(PICTURES)('$width × $height: frames can be followed on every cable', (picture) => {
    for (const { length } of drawn(stage, picture).tracks) expect(length).toBeGreaterThan(24);
  });

  it.each(PICTURES)('$width × $height: no cable runs through what is written at another', (picture) => {
    const { boxes, tracks } = drawn(stage, picture);
    stage.links.forEach((link, i) => {
      const rect = linkLabelRect(theme, link, i, tracks, boxes, 0);
      // Upright around a text that is turned, the rectangle is larger than the text.
      const track = tracks[i] as Track;
      if (rect === null || Math.abs(track.a.y - track.b.y) > 1) return;
      tracks.forEach((other, k) => expect(k === i ? 0 : lengthInside(other, rect)).toBe(0));
    });
  });
});
