/**
 * The block of text at a node: its name and addresses, on the side where no cable runs.
 * Comes from: scene.ts.  Goes to: draw.ts, and as a place where nothing else may stand to place.ts.
 */
import type { SceneLink, SceneNode } from './scene.ts';
import { drawPill, pillHeight, pillWidth } from './pill.ts';
import { measure, sprite, type Ink, type Sprite } from './sprites.ts';
import { roleColor, type Theme } from './theme.ts';
import { nodeRadius, toScreen, type Rect, type View } from './view.ts';

export interface NodeBox {
  readonly node: SceneNode;
  readonly x: number;
  readonly y: number;
  readonly r: number;
  readonly label: Rect;
  readonly picture: Sprite | null;
}

type Side = 'bottom' | 'top' | 'right' | 'left';

/** How much of a node's text is shown at a zoom. */
export type Detail = 'none' | 'name' | 'pills' | 'all';

/** A picture narrower than this has no room for addresses: their roles must do. */
const NARROW = 560;

export function detailOf(view: View, scale: number): Detail {
  const room = (view.fit.spacing * view.k) / scale;
  if (room > 66) return view.width < NARROW ? 'pills' : 'all';
  return room > 38 ? 'name' : 'none';
}

export interface LabelChoice {
  readonly showMacs: boolean;
  /** labels of nodes at the rim stand beside them, which takes width instead of height */
  readonly aside: boolean;
  /** null: as much as the zoom has room for */
  readonly detail: Detail | null;
}

export function nodeBoxes(
  view: View,
  theme: Theme,
  nodes: readonly SceneNode[],
  links: readonly SceneLink[],
  choice: LabelChoice,
): NodeBox[] {
  const { showMacs, aside } = choice;
  const r = nodeRadius(view, theme.scale);
  const detail = choice.detail ?? detailOf(view, theme.scale);
  const centres = nodes.map((node) => toScreen(view, node.place));
  const angles: number[][] = nodes.map(() => []);
  for (const { a, b } of links) {
    const from = centres[a];
    const to = centres[b];
    if (from === undefined || to === undefined) continue;
    const angle = Math.atan2(to.y - from.y, to.x - from.x);
    angles[a]?.push(angle);
    angles[b]?.push(angle > 0 ? angle - Math.PI : angle + Math.PI);
  }
  return nodes.map((node, i) => {
    const { x, y } = centres[i] ?? { x: 0, y: 0 };
    const shown = node.selected && detail === 'none' ? 'name' : detail;
    if (shown === 'none') return { node, x, y, r, label: { x, y, w: 0, h: 0 }, picture: null };
    const side = freeSide(angles[i] ?? [], aside);
    const picture = labelSprite(theme, view.dpr, node, shown, showMacs, side);
    return { node, x, y, r, label: placeLabel(side, x, y, r, picture), picture };
  });
}

/** Below or above, wherever no cable runs; beside the symbol only if cables run both ways. */
function freeSide(angles: readonly number[], aside: boolean): Side {
  const berth = (at: number): number => Math.min(Math.PI, ...angles.map((angle) => turn(angle, at)));
  if (aside && angles.length > 0 && berth(0) > 2) return 'right';
  const below = berth(Math.PI / 2);
  const above = berth(-Math.PI / 2);
  if (Math.max(below, above) >= 0.75) return above > below + 0.3 ? 'top' : 'bottom';
  return berth(0) >= berth(Math.PI) ? 'right' : 'left';
}

function turn(a: number, b: number): number {
  const d = Math.abs(a - b) % (2 * Math.PI);
  return d > Math.PI ? 2 * Math.PI - d : d;
}

function placeLabel(side: Side, x: number, y: number, r: number, { w, h }: Sprite): Rect {
  switch (side) {
    case 'bottom':
      return { x: x - w / 2, y: y + r + 6, w, h };
    case 'top':
      return { x: x - w / 2, y: y - r - 6 - h, w, h };
    case 'right':
      return { x: x + r + 10, y: y - h / 2, w, h };
    case 'left':
      return { x: x - r - 10 - w, y: y - h / 2, w, h };
  }
}

function labelSprite(theme: Theme, dpr: number, node: SceneNode, detail: Detail, showMacs: boolean, side: Side): Sprite {
  if (detail === 'pills') return pillsSprite(theme, dpr, node, side);
  const s = theme.scale;
  const nameFont = `650 ${13.5 * s}px ${theme.sans}`;
  const textFont = `450 ${11.5 * s}px ${theme.mono}`;
  const devFont = `450 ${11 * s}px ${theme.sans}`;
  const lines = detail === 'all' ? node.lines : [];
  const macs = detail === 'all' && showMacs ? node.macs : [];
  const rowH = 17 * s;
  const nameH = 18 * s;
  const gap = 5 * s;
  const devW = Math.max(0, ...lines.map((line) => measure(devFont, line.dev)));
  const pillW = Math.max(0, ...lines.map((line) => pillWidth(theme, line.role, line.label)));
  const textW = Math.max(0, ...lines.map((line) => measure(textFont, line.text)));
  const rowW = (devW > 0 ? devW + gap : 0) + (pillW > 0 ? pillW + gap : 0) + textW;
  const macW = Math.max(0, ...macs.map((mac) => measure(textFont, mac)));
  const pad = 4;
  const w = Math.ceil(Math.max(measure(nameFont, node.name), rowW, macW)) + 2 * pad;
  const h = Math.ceil(nameH + rowH * (lines.length + macs.length)) + 2;
  const key = `label ${theme.key} ${side} ${node.name} ${node.role} ${detail} ${lines.map((l) => `${l.dev}${l.label}${l.text}`).join()} ${macs.join()}`;
  return sprite(key, w, h, dpr, (ctx) => {
    // The ground behind the text keeps a cable that passes below from crossing letters.
    ctx.globalAlpha = 0.88;
    ctx.fillStyle = theme.color.ground;
    ctx.beginPath();
    ctx.roundRect(0, 0, w, h, 4);
    ctx.fill();
    ctx.globalAlpha = 1;
    ctx.textBaseline = 'middle';
    const centred = side === 'top' || side === 'bottom';
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
        x += devW + gap;
      }
      if (pillW > 0) {
        drawPill(ctx, theme, line.role, line.label, x, y - pillHeight(theme) / 2);
        x += pillW + gap;
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

/** Name, and below it the roles of the node's addresses. */
function pillsSprite(theme: Theme, dpr: number, node: SceneNode, side: Side): Sprite {
  const s = theme.scale;
  const font = `650 ${13 * s}px ${theme.sans}`;
  const pills = node.lines.filter((line) => line.label !== '');
  const gap = 3 * s;
  const widths = pills.map((line) => pillWidth(theme, line.role, line.label));
  const row = widths.reduce((sum, width) => sum + width + gap, -gap);
  const w = Math.ceil(Math.max(measure(font, node.name), row)) + 6;
  const h = Math.ceil(18 * s + (pills.length > 0 ? pillHeight(theme) + 2 : 0));
  const key = `pills ${theme.key} ${side} ${node.name} ${pills.map((line) => line.label).join()}`;
  return sprite(key, w, h, dpr, (ctx) => {
    const centred = side === 'top' || side === 'bottom';
    ctx.font = font;
    ctx.textBaseline = 'middle';
    ctx.textAlign = centred ? 'center' : 'left';
    ctx.fillStyle = theme.color.ink;
    ctx.fillText(node.name, centred ? w / 2 : 3, 9 * s);
    ctx.textAlign = 'left';
    let x = centred ? (w - row) / 2 : 3;
    pills.forEach((line, i) => {
      drawPill(ctx, theme, line.role, line.label, x, 18 * s);
      x += (widths[i] ?? 0) + gap;
    });
  });
}

function drawMac(ctx: Ink, theme: Theme, font: string, mac: string, x: number, y: number): void {
  ctx.font = font;
  ctx.textBaseline = 'middle';
  ctx.fillStyle = theme.color['ink-3'];
  ctx.fillText(mac, x, y);
}
