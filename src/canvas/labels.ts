/**
 * The block of text at a node: its name and addresses, on the side where nothing else is.
 * Comes from: scene.ts.  Goes to: draw-ground.ts, and as a place where nothing else may stand to place.ts.
 */
import { placeLabels, rectAt, type Side, type Size } from './label-places.ts';
import type { SceneLink, SceneNode } from './scene.ts';
import { drawPill, pillHeight, pillWidth } from './pill.ts';
import { measure, sprite, type Ink, type Sprite } from './sprites.ts';
import { roleColor, type Theme } from './theme.ts';
import { nodeRadius, toScreen, tracksOf, type Point, type Rect, type View } from './view.ts';

/** What a label says, and how it is set. */
export interface LabelText {
  readonly detail: Exclude<Detail, 'none'>;
  readonly side: Side;
  readonly showMacs: boolean;
}

export interface NodeBox {
  readonly node: SceneNode;
  readonly x: number;
  readonly y: number;
  readonly r: number;
  readonly label: Rect;
  readonly text: LabelText | null;
}

/** How much of a node's text is shown at a zoom; 'small' is the name in smaller letters. */
export type Detail = 'none' | 'small' | 'name' | 'pills' | 'all';

/** A picture narrower than this has no room for addresses: their roles must do. */
const NARROW = 480;

export function detailOf(view: View, scale: number): Detail {
  const room = (view.fit.spacing * view.k) / scale;
  if (room > 66) return view.width < NARROW ? 'pills' : 'all';
  return room > 38 ? 'name' : room > 28 ? 'small' : 'none';
}

export interface LabelChoice {
  readonly showMacs: boolean;
  /** labels of nodes at the rim stand beside them, which takes width instead of height */
  readonly aside: boolean;
  /** null: as much as the zoom has room for */
  readonly detail: Detail | null;
  /** labels stay inside the picture */
  readonly inside: boolean;
  /** what lies over the picture */
  readonly covered: readonly Rect[];
}

/** The least text comes last. */
const DETAILS: Readonly<Record<Detail, readonly LabelText['detail'][]>> = {
  all: ['all', 'pills', 'name', 'small'],
  pills: ['pills', 'name', 'small'],
  name: ['name', 'small'],
  small: ['small'],
  none: [],
};

/** Symbols and labels at a view that is not shifted. */
export function nodeBoxes(
  view: View,
  theme: Theme,
  nodes: readonly SceneNode[],
  links: readonly SceneLink[],
  choice: LabelChoice,
): readonly NodeBox[] {
  const { showMacs, aside, inside, covered } = choice;
  const r = nodeRadius(view, theme.scale);
  const detail = choice.detail ?? detailOf(view, theme.scale);
  const texts = nodes.map((node) => (node.selected && detail === 'none' ? DETAILS.name : DETAILS[detail]));
  const labelled = nodes.map((node, i) => ({
    ...toScreen(view, node.place),
    sizes: (texts[i] ?? []).map((each) => labelSize(theme, node, each, showMacs)),
    always: node.selected,
  }));
  const places = placeLabels(labelled, {
    radius: r,
    tracks: tracksOf(view, theme.scale, nodes, links),
    ends: links.map(({ a, b }) => [a, b] as const),
    frame: inside ? { x: 2, y: 2, w: view.width - 4, h: view.height - 4 } : null,
    covered,
    aside,
  });
  return nodes.map((node, i) => {
    const { x, y } = labelled[i] as Point;
    const place = places[i] ?? null;
    const said = place === null ? undefined : texts[i]?.[place.size];
    if (place === null || said === undefined) return { node, x, y, r, label: { x, y, w: 0, h: 0 }, text: null };
    return { node, x, y, r, label: place.rect, text: { detail: said, side: place.side, showMacs } };
  });
}

/** The same labels on the same sides at another view: nothing jumps while a person zooms or drags. */
export function movedBoxes(view: View, theme: Theme, nodes: readonly SceneNode[], before: readonly NodeBox[]): readonly NodeBox[] {
  const r = nodeRadius(view, theme.scale);
  return nodes.map((node, i) => {
    const at = toScreen(view, node.place);
    const text = before[i]?.text ?? null;
    if (text === null) return { node, ...at, r, label: { ...at, w: 0, h: 0 }, text };
    const label = rectAt(text.side, at, r, labelSize(theme, node, text.detail, text.showMacs));
    return { node, ...at, r, label, text };
  });
}

/** Sizes by what is said; a node that looks otherwise is another object, and so is a theme whose fonts have arrived. */
const sizes = new WeakMap<SceneNode, { readonly theme: Theme; readonly all: Map<string, Size> }>();

function labelSize(theme: Theme, node: SceneNode, detail: LabelText['detail'], showMacs: boolean): Size {
  let known = sizes.get(node);
  if (known === undefined || known.theme !== theme) sizes.set(node, (known = { theme, all: new Map() }));
  const key = `${detail}${showMacs}`;
  const found = known.all.get(key) ?? (detail === 'pills' ? pillsMetrics(theme, node) : textMetrics(theme, node, detail, showMacs));
  known.all.set(key, found);
  return found;
}

/** The picture of a node's label. */
export function labelPicture(theme: Theme, dpr: number, node: SceneNode, { detail, side, showMacs }: LabelText): Sprite {
  const centred = side === 'top' || side === 'bottom';
  return detail === 'pills' ? pillsSprite(theme, dpr, node, centred) : labelSprite(theme, dpr, node, detail, showMacs, centred);
}

/** Pixels between a symbol and its label. */
const LABEL_GAP = 6;

function textMetrics(theme: Theme, node: SceneNode, detail: LabelText['detail'], showMacs: boolean) {
  const s = theme.scale;
  const small = detail === 'small';
  const nameFont = small ? `600 ${11 * s}px ${theme.sans}` : `650 ${13.5 * s}px ${theme.sans}`;
  const textFont = `450 ${11.5 * s}px ${theme.mono}`;
  const devFont = `450 ${11 * s}px ${theme.sans}`;
  const lines = detail === 'all' ? node.lines : [];
  const macs = detail === 'all' && showMacs ? node.macs : [];
  const rowH = 17 * s;
  const nameH = (small ? 14 : 18) * s;
  const between = 5 * s;
  const devW = Math.max(0, ...lines.map((line) => measure(devFont, line.dev)));
  const pillW = Math.max(0, ...lines.map((line) => pillWidth(theme, line.role, line.label)));
  const textW = Math.max(0, ...lines.map((line) => measure(textFont, line.text)));
  const rowW = (devW > 0 ? devW + between : 0) + (pillW > 0 ? pillW + between : 0) + textW;
  const macW = Math.max(0, ...macs.map((mac) => measure(textFont, mac)));
  const pad = 4;
  const w = Math.ceil(Math.max(measure(nameFont, node.name), rowW, macW)) + 2 * pad;
  const h = Math.ceil(nameH + rowH * (lines.length + macs.length)) + 2;
  return { w, h, gap: small ? 2 : LABEL_GAP, nameFont, textFont, devFont, lines, macs, rowH, nameH, between, devW, pillW, rowW, macW, pad };
}

function labelSprite(theme: Theme, dpr: number, node: SceneNode, detail: LabelText['detail'], showMacs: boolean, centred: boolean): Sprite {
  const { w, h, nameFont, textFont, devFont, lines, macs, rowH, nameH, between, devW, pillW, rowW, macW, pad } = textMetrics(
    theme,
    node,
    detail,
    showMacs,
  );
  const key = `label ${theme.key} ${centred} ${node.name} ${node.role} ${detail} ${lines.map((l) => `${l.dev}${l.label}${l.text}`).join()} ${macs.join()}`;
  return sprite(key, w, h, dpr, (ctx) => {
    // The ground behind the text keeps a cable that passes below from crossing letters.
    ctx.globalAlpha = 0.88;
    ctx.fillStyle = theme.color.ground;
    ctx.beginPath();
    ctx.roundRect(0, 0, w, h, 4);
    ctx.fill();
    ctx.globalAlpha = 1;
    ctx.textBaseline = 'middle';
    ctx.font = nameFont;
    ctx.fillStyle = theme.color.ink;
    ctx.textAlign = centred ? 'center' : 'left';
    ctx.fillText(node.name, centred ? w / 2 : pad, nameH / 2 + 1);
    ctx.textAlign = 'left';
    const left = centred ? (w - rowW) / 2 : pad;
    lines.forEach((line, i) => {
      const y = nameH + rowH * i + rowH / 2;
      let x = left;
      if (devW > 0) {
        ctx.font = devFont;
        ctx.fillStyle = theme.color['ink-3'];
        ctx.fillText(line.dev, x, y);
        x += devW + between;
      }
      if (pillW > 0) {
        drawPill(ctx, theme, line.role, line.label, x, y - pillHeight(theme) / 2);
        x += pillW + between;
      }
      ctx.textBaseline = 'middle';
      ctx.font = textFont;
      ctx.fillStyle = line.role === 'other' ? theme.color['ink-2'] : roleColor(theme, line.role);
      ctx.fillText(line.text, x, y);
    });
    macs.forEach((mac, i) =>
      drawMac(ctx, theme, textFont, mac, centred ? (w - macW) / 2 : pad, nameH + rowH * (lines.length + i) + rowH / 2),
    );
  });
}

function pillsMetrics(theme: Theme, node: SceneNode) {
  const s = theme.scale;
  const font = `650 ${13 * s}px ${theme.sans}`;
  const pills = node.lines.filter((line) => line.label !== '');
  const between = 3 * s;
  const widths = pills.map((line) => pillWidth(theme, line.role, line.label));
  const row = widths.reduce((sum, width) => sum + width + between, -between);
  const w = Math.ceil(Math.max(measure(font, node.name), row)) + 6;
  const h = Math.ceil(18 * s + (pills.length > 0 ? pillHeight(theme) + 2 : 0));
  return { w, h, gap: LABEL_GAP, font, pills, between, widths, row, s };
}

/** Name, and below it the roles of the node's addresses. */
function pillsSprite(theme: Theme, dpr: number, node: SceneNode, centred: boolean): Sprite {
  const { w, h, font, pills, between, widths, row, s } = pillsMetrics(theme, node);
  const key = `pills ${theme.key} ${centred} ${node.name} ${pills.map((line) => line.label).join()}`;
  return sprite(key, w, h, dpr, (ctx) => {
    ctx.globalAlpha = 0.88;
    ctx.fillStyle = theme.color.ground;
    ctx.fillRect(0, 0, w, h);
    ctx.globalAlpha = 1;
    ctx.font = font;
    ctx.textBaseline = 'middle';
    ctx.textAlign = centred ? 'center' : 'left';
    ctx.fillStyle = theme.color.ink;
    ctx.fillText(node.name, centred ? w / 2 : 3, 9 * s);
    ctx.textAlign = 'left';
    let x = centred ? (w - row) / 2 : 3;
    pills.forEach((line, i) => {
      drawPill(ctx, theme, line.role, line.label, x, 18 * s);
      x += (widths[i] ?? 0) + between;
    });
  });
}

function drawMac(ctx: Ink, theme: Theme, font: string, mac: string, x: number, y: number): void {
  ctx.font = font;
  ctx.textBaseline = 'middle';
  ctx.fillStyle = theme.color['ink-3'];
  ctx.fillText(mac, x, y);
}
