/**
 * The fit of a map into its picture: so that symbols and labels stay inside, with as much text as there is
 * room for once the text has taken its own.
 * Comes from: live-map.ts.  Goes to: live-map.ts.
 */
import { detailOf, nodeBoxes, type Detail, type LabelChoice } from './labels.ts';
import { fitTo, type Fit, type Place } from './layout.ts';
import type { SceneLink, SceneNode } from './scene.ts';
import type { Theme } from './theme.ts';
import { tracksOf, type View } from './view.ts';

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
}

/** How much text a node has, the most first. */
const DETAILS: readonly Detail[] = ['all', 'pills', 'name', 'none'];
/** Of more nodes than this the labels are not tried out: they are small or none anyway. */
const TRIED = 40;
const EDGE = { top: 12, right: 14, bottom: 14, left: 14 } as const;
const ROUNDS = 8;
/** Pixels that do not matter. */
const NEAR = 1.5;
/** Pixels by which cables have to be longer for labels to stand beside their nodes. */
const WORTH = 8;

export function fitMap(input: FitInput): Fitted {
  const { width, height, dpr, theme, places, showMacs } = input;
  if (places.length > TRIED) {
    const margin = 34 * theme.scale;
    const fit = fitTo(places, width, height, { top: margin, right: margin * 1.6, bottom: margin * 1.4, left: margin * 1.6 });
    return { fit, labels: { showMacs, aside: false, detail: null, inside: true } };
  }
  let fitted: Fitted | null = null;
  for (const detail of DETAILS) {
    const below = tryOut(input, { showMacs, aside: false, detail, inside: true });
    const beside = tryOut(input, { showMacs, aside: true, detail, inside: true });
    fitted = beside.shortest > below.shortest + WORTH ? beside : below;
    const room = detailOf({ width, height, dpr, fit: fitted.fit, k: 1, tx: 0, ty: 0 }, theme.scale);
    if (DETAILS.indexOf(room) <= DETAILS.indexOf(detail)) break;
  }
  return fitted as Fitted;
}

function tryOut(input: FitInput, labels: LabelChoice): Fitted & { readonly shortest: number } {
  const { width, height, dpr, theme, places, nodes, links } = input;
  const margins = { top: EDGE.top + 40, right: EDGE.right + 40, bottom: EDGE.bottom + 40, left: EDGE.left + 40 };
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
    const off = [left - EDGE.left, width - right - EDGE.right, top - EDGE.top, height - bottom - EDGE.bottom];
    if (round > 1 && off.every((px) => px > -NEAR)) break;
    margins.left = clamp(margins.left + EDGE.left - left, width * 0.35);
    margins.right = clamp(margins.right + EDGE.right - (width - right), width * 0.35);
    margins.top = clamp(margins.top + EDGE.top - top, height * 0.4);
    margins.bottom = clamp(margins.bottom + EDGE.bottom - (height - bottom), height * 0.45);
  }
  const fit = fitTo(places, width, height, margins);
  const tracks = tracksOf(viewOf(fit), theme.scale, nodes, links);
  return { fit, labels, shortest: Math.min(...tracks.map((track) => track.length)) };
}

function clamp(margin: number, most: number): number {
  return Math.max(20, Math.min(most, margin));
}
