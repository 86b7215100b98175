/**
 * The fit of a map into its picture: so that symbols and labels stay inside, with as much text as there is
 * room for once the text has taken its own.
 * Comes from: live-map.ts.  Goes to: live-map.ts.
 */
import { detailOf, nodeBoxes, type Detail, type LabelChoice, type NodeBox } from './labels.ts';
import { fitTo, type Fit, type Place } from './layout.ts';
import type { SceneLink, SceneNode } from './scene.ts';
import type { Theme } from './theme.ts';
import { tracksOf, type Rect, type View } from './view.ts';

export interface Fitted {
  readonly fit: Fit;
  readonly labels: LabelChoice;
}

export interface FitInput {
  readonly width: number;
  readonly height: number;
  readonly dpr: number;
  readonly theme: Theme;
  readonly places: readonly Place[];
  readonly nodes: readonly SceneNode[];
  readonly links: readonly SceneLink[];
  readonly showMacs: boolean;
  /** what lies over the picture */
  readonly covered: readonly Rect[];
}

/** How much text a node has, the most first. */
const DETAILS: readonly Detail[] = ['all', 'pills', 'name', 'small', 'none'];
/** Of more nodes than this the labels are not tried out: they are small or none anyway. */
const TRIED = 40;
const EDGE = { top: 12, right: 14, bottom: 14, left: 14 } as const;
const ROUNDS = 8;
/** Pixels that do not matter. */
const NEAR = 1.5;
/** What covers so much of an edge of the picture takes a strip of it; less, and there is room beside it. */
const STRIP = 0.6;
/** By so much a fit has to be better for labels to stand beside their nodes, or for a strip to be given up. */
const WORTH = 3;
/** Pixels of cable on which a frame can be followed, and beyond which more is no gain. */
const ENOUGH = 56;
const LONG = 150;
/** What a step of text is worth. */
const LOST = 17;

export function fitMap(input: FitInput): Fitted {
  const { width, height, dpr, theme, places, showMacs, covered } = input;
  if (places.length > TRIED) {
    const margin = 34 * theme.scale;
    const fit = fitTo(places, width, height, { top: margin, right: margin * 1.6, bottom: margin * 1.4, left: margin * 1.6 });
    return { fit, labels: { showMacs, aside: false, detail: null, inside: true, covered } };
  }
  let best: Tried | null = null;
  for (const detail of DETAILS) {
    best = null;
    for (const aside of [false, true]) {
      const labels = { showMacs, aside, detail, inside: true, covered };
      for (const strips of [false, true]) {
        // A strip is given up for text that would else be left out.
        if (strips && (covered.length === 0 || best?.lost === 0)) break;
        const tried: Tried = tryOut(input, labels, strips);
        // What comes first is kept unless another is clearly better.
        if (best === null || worthOf(tried) > worthOf(best) + WORTH) best = tried;
      }
    }
    const room = detailOf({ width, height, dpr, fit: (best as Tried).fit, k: 1, tx: 0, ty: 0 }, theme.scale);
    if (DETAILS.indexOf(room) <= DETAILS.indexOf(detail)) break;
  }
  return best as Tried;
}

interface Tried extends Fitted {
  /** pixels of the shortest cable */
  readonly shortest: number;
  /** how much text had to be left out, in steps */
  readonly lost: number;
}

/** Frames have to be seen on every cable; beyond that, long cables are good, and so is text. */
function worthOf({ shortest, lost }: Tried): number {
  return 1.5 * Math.min(shortest, ENOUGH) + 0.3 * Math.min(shortest, LONG) - LOST * lost;
}

/** @param strips whatever lies over the picture takes a strip of it */
function tryOut(input: FitInput, labels: LabelChoice, strips: boolean): Tried {
  const { width, height, dpr, theme, places, nodes, links } = input;
  const edge = edgesOf(input, strips);
  const margins = { top: edge.top + 40, right: edge.right + 40, bottom: edge.bottom + 40, left: edge.left + 40 };
  const viewOf = (fit: Fit): View => ({ width, height, dpr, fit, k: 1, tx: 0, ty: 0 });
  // Where labels stand depends on the fit: a few rounds settle it.
  for (let round = 0; round < ROUNDS; round++) {
    const boxes = nodeBoxes(viewOf(fitTo(places, width, height, margins)), theme, nodes, links, { ...labels, inside: round > 0 });
    let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
    for (const { x, y, r, label } of boxes) {
      left = Math.min(left, x - r * 1.2, label.x);
      top = Math.min(top, y - r * 1.2, label.y);
      right = Math.max(right, x + r * 1.2, label.x + label.w);
      bottom = Math.max(bottom, y + r * 1.2, label.y + label.h);
    }
    const off = [left - edge.left, width - right - edge.right, top - edge.top, height - bottom - edge.bottom];
    if (round > 1 && off.every((px) => px > -NEAR)) break;
    margins.left = clamp(margins.left + edge.left - left, width * 0.35);
    margins.right = clamp(margins.right + edge.right - (width - right), width * 0.35);
    margins.top = clamp(margins.top + edge.top - top, height * 0.4);
    margins.bottom = clamp(margins.bottom + edge.bottom - (height - bottom), height * 0.45);
  }
  const fit = fitTo(places, width, height, margins);
  const boxes = nodeBoxes(viewOf(fit), theme, nodes, links, labels);
  const tracks = tracksOf(viewOf(fit), theme.scale, nodes, links);
  return { fit, labels, shortest: Math.min(...tracks.map((track) => track.length)), lost: lostOf(boxes, labels.detail) };
}

/** Steps of text that nodes are short of what was wanted. */
function lostOf(boxes: readonly NodeBox[], wanted: Detail | null): number {
  if (wanted === null || wanted === 'none') return 0;
  return boxes.reduce((sum, { text }) => sum + DETAILS.indexOf(text?.detail ?? 'none') - DETAILS.indexOf(wanted), 0);
}

/** Pixels at the edges that stay free. */
function edgesOf({ width, height, covered }: FitInput, strips: boolean): Record<'top' | 'right' | 'bottom' | 'left', number> {
  const edge = { ...EDGE } as Record<'top' | 'right' | 'bottom' | 'left', number>;
  for (const { y, w, h } of covered) {
    if ((!strips && w < STRIP * width) || h > height / 3) continue;
    if (y + h / 2 < height / 2) edge.top = Math.max(edge.top, y + h + 2);
    else edge.bottom = Math.max(edge.bottom, height - y + 2);
  }
  return edge;
}

function clamp(margin: number, most: number): number {
  return Math.max(20, Math.min(most, margin));
}
