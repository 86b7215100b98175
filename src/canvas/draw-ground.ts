/**
 * What stands still: cables, the trail, nodes and their labels. Drawn into a picture of its own, which is
 * only copied as long as nothing of it changes.
 * Comes from: live-map.ts.  Goes to: draw.ts.
 */
import { drawLink, drawLinkLabel } from './draw-links.ts';
import { drawTrail, reachOf } from './draw-trail.ts';
import { labelPicture, type NodeBox } from './labels.ts';
import type { SceneLink } from './scene.ts';
import { blit, type Ink } from './sprites.ts';
import { drawOff, drawSymbol } from './symbols.ts';
import type { Theme } from './theme.ts';
import type { Trail } from './trail.ts';
import { tooDense, type Track, type View } from './view.ts';

export interface GroundPicture {
  readonly view: View;
  readonly theme: Theme;
  readonly links: readonly SceneLink[];
  readonly boxes: readonly NodeBox[];
  readonly tracks: readonly Track[];
  readonly trail: Trail;
  /** link under the pointer, or -1 */
  readonly hoverLink: number;
}

export function drawGround(ctx: Ink, picture: GroundPicture): void {
  const { view, theme, links, boxes, tracks, trail, hoverLink } = picture;
  ctx.setTransform(view.dpr, 0, 0, view.dpr, 0, 0);
  ctx.fillStyle = theme.color.ground;
  ctx.fillRect(0, 0, view.width, view.height);
  const wide = Math.max(1.25, Math.min(4, (boxes[0]?.r ?? 0) / 5));
  links.forEach((link, i) => drawLink(ctx, theme, link, tracks[i] as Track, wide, link.id === hoverLink));
  drawTrail(ctx, theme, trail, tracks, boxes[0]?.r ?? 0, null);
  if (!tooDense(view, theme.scale)) labelLinks(ctx, picture);
  for (const box of boxes) if (isSeen(box, view)) drawBox(ctx, theme, view, box);
}

function labelLinks(ctx: Ink, { theme, links, boxes, tracks, trail, hoverLink }: GroundPicture): void {
  const reach = reachOf(trail);
  links.forEach((link, i) => drawLinkLabel(ctx, theme, link, i, tracks, boxes, reach.get(link.id) ?? 0, link.id === hoverLink));
}

/** A node with its label: also drawn again over what came to lie on it. */
export function drawBox(ctx: Ink, theme: Theme, view: View, { node, x, y, r, label, text }: NodeBox): void {
  drawSymbol(ctx, theme, node.role, x, y, r, node.selected);
  if (!node.on) drawOff(ctx, theme, x, y, r);
  if (text !== null) blit(ctx, labelPicture(theme, view.dpr, node, text), label.x, label.y);
}

function isSeen({ x, y, r, label }: NodeBox, view: View): boolean {
  const left = Math.min(x - 1.5 * r, label.x);
  const top = Math.min(y - 1.5 * r, label.y);
  const right = Math.max(x + 1.5 * r, label.x + label.w);
  const bottom = Math.max(y + 1.5 * r, label.y + label.h);
  return right > 0 && bottom > 0 && left < view.width && top < view.height;
}
