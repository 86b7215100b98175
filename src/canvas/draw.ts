/**
 * One picture of the map: a pure function of what is to be seen and from where.
 * Comes from: canvas-view.tsx, each time something changed.  Goes to: the canvas; what it returns is
 *   for finding out what a pointer is at.
 */
import type { FrameId } from '../engine/index.ts';
import { cardSprite, compactSprite, drawLeader, drawTrain, pillSprite } from './draw-cards.ts';
import { drawCross, lossSprite, rewriteSprite, type RewriteNames } from './draw-notes.ts';
import { nodeBoxes, type LabelChoice, type NodeBox } from './labels.ts';
import { findSpot, inside, rectAround, type Spot } from './place.ts';
import type { SceneLink, Stage, Train } from './scene.ts';
import { blit, measure, type Sprite } from './sprites.ts';
import { drawSymbol, nodeColor } from './symbols.ts';
import type { Theme } from './theme.ts';
import { overlap, along, tracksOf, type Point, type Rect, type Track, type View } from './view.ts';

export interface Picture {
  readonly view: View;
  readonly theme: Theme;
  readonly stage: Stage;
  readonly trains: readonly Train[];
  readonly labels: LabelChoice;
  readonly names: RewriteNames;
  /** events executed: notes are placed anew at each step */
  readonly step: number;
  /** places of cards found before; kept by the caller for as long as the view stays */
  readonly spots: Map<string, Spot>;
  /** link under the pointer, or -1 */
  readonly hoverLink: number;
}

/** Where things were drawn. */
export interface Drawn {
  readonly boxes: readonly NodeBox[];
  readonly tracks: readonly Track[];
  readonly cards: readonly { readonly rect: Rect; readonly train: Train }[];
}

/** More different frames than this at once are shown as pills, still more as dots. */
const CARDS_MAX = 3;
const PILLS_MAX = 60;
/** Square pixels of names and symbols that a card may cover, over its whole way. */
const COVERS_MAX = 700;
/** Share of a frame's way that its card goes along. */
const CARD_TRAVEL = 0.25;

export function draw(ctx: CanvasRenderingContext2D, picture: Picture): Drawn {
  const { view, theme, stage } = picture;
  const boxes = nodeBoxes(view, theme, stage.nodes, stage.links, picture.labels);
  const tracks = tracksOf(view, theme.scale, stage.nodes, stage.links);
  const taken: Rect[] = boxes.flatMap(({ x, y, r, label }) => [{ x: x - r - 6, y: y - r - 6, w: 2 * r + 12, h: 2 * r + 12 }, label]);
  // Cards keep their places while they travel; what a step notes comes and goes with it, and gives way.
  const trains = planTrains(picture, tracks, taken);
  const notes = planNotes(picture, boxes, tracks, [...taken, ...trains.cards.map((card) => card.rect)]);

  ctx.setTransform(view.dpr, 0, 0, view.dpr, 0, 0);
  ctx.fillStyle = theme.color.ground;
  ctx.fillRect(0, 0, view.width, view.height);
  stage.links.forEach((link, i) => drawLink(ctx, picture, link, tracks[i] as Track));
  stage.links.forEach((link, i) => drawLinkLabel(ctx, picture, link, tracks[i] as Track, boxes));
  // Leaders lie below names and symbols, cards above everything.
  for (const { at, rect, leader } of [...notes, ...trains.cards]) if (leader) drawLeader(ctx, theme, at, rect);
  drawHalo(ctx, picture, boxes);
  for (const { node, x, y, r } of boxes) drawSymbol(ctx, theme, node.role, x, y, r, node.selected);
  for (const { picture: label, label: rect } of boxes) if (label !== null) blit(ctx, label, rect.x, rect.y);
  for (const { train, track, at, reverse } of trains.marks) drawTrain(ctx, theme, train.card, track, at, reverse, train.selected);
  for (const { sprite: note, rect, cross, at } of notes) {
    if (cross) drawCross(ctx, theme, at.x, at.y);
    blit(ctx, note, rect.x, rect.y);
  }
  for (const { sprite: card, rect } of trains.cards) blit(ctx, card, rect.x, rect.y);
  return { boxes, tracks, cards: trains.cards };
}

function drawLink(ctx: CanvasRenderingContext2D, { theme, hoverLink }: Picture, link: SceneLink, track: Track): void {
  ctx.lineCap = 'butt';
  ctx.lineWidth = link.selected || link.id === hoverLink ? 6 : 4;
  ctx.strokeStyle = link.selected ? theme.color.accent : link.up ? theme.color['line-strong'] : theme.color.drop;
  if (!link.up) ctx.setLineDash([6, 7]);
  else if (link.lossy) ctx.setLineDash([14, 4]);
  ctx.beginPath();
  ctx.moveTo(track.a.x, track.a.y);
  ctx.lineTo(track.b.x, track.b.y);
  ctx.stroke();
  ctx.setLineDash([]);
  if (!link.up) {
    const at = along(track, 0.5);
    drawCross(ctx, theme, at.x, at.y);
  }
}

/** Delay and rate beside the middle of a cable, turned with it, where there is room for them. */
function drawLinkLabel(
  ctx: CanvasRenderingContext2D,
  { theme, view }: Picture,
  link: SceneLink,
  track: Track,
  boxes: readonly NodeBox[],
): void {
  const font = `450 ${10.5 * theme.scale}px ${theme.sans}`;
  const width = measure(font, link.label);
  if (track.length < width + 24 || view.fit.spacing * view.k < 70 * theme.scale) return;
  const at = along(track, 0.5);
  const rect = { x: at.x - width / 2, y: at.y - 18, w: width, h: 16 };
  if (
    boxes.some(
      ({ label }) =>
        label.w > 0 && rect.x < label.x + label.w && label.x < rect.x + rect.w && rect.y < label.y + label.h && label.y < rect.y + rect.h,
    )
  )
    return;
  let angle = Math.atan2(track.b.y - track.a.y, track.b.x - track.a.x);
  if (angle > Math.PI / 2) angle -= Math.PI;
  if (angle <= -Math.PI / 2) angle += Math.PI;
  ctx.save();
  ctx.translate(at.x, at.y);
  ctx.rotate(angle);
  ctx.font = font;
  ctx.textAlign = 'center';
  ctx.textBaseline = 'alphabetic';
  ctx.fillStyle = theme.color['ink-3'];
  ctx.fillText(link.label, 0, -7 * theme.scale);
  ctx.restore();
}

/** A soft ring at the node where the present step happens. */
function drawHalo(ctx: CanvasRenderingContext2D, { theme, stage }: Picture, boxes: readonly NodeBox[]): void {
  const box = stage.active === null ? undefined : boxes[stage.active];
  if (box === undefined) return;
  ctx.beginPath();
  ctx.arc(box.x, box.y, box.r * 1.62, 0, 2 * Math.PI);
  ctx.globalAlpha = 0.16;
  ctx.fillStyle = nodeColor(theme, box.node.role);
  ctx.fill();
  ctx.globalAlpha = 1;
}

interface Note {
  readonly sprite: Sprite;
  readonly rect: Rect;
  readonly at: Point;
  readonly leader: boolean;
  /** a packet ended at `at` */
  readonly cross: boolean;
}

/** Rewrites and losses of the present step, each at a free place near its node. */
function planNotes(picture: Picture, boxes: readonly NodeBox[], tracks: readonly Track[], taken: readonly Rect[]): Note[] {
  const { view, theme, stage, names } = picture;
  const notes: Note[] = [];
  const lines = tracks.map(boundsOf);
  const put = (key: string, note: Sprite, at: Point, cross: boolean): void => {
    const spot = spotFor(picture, `${picture.step} ${key}`, [at], note, [...taken, ...notes.map((other) => other.rect)], lines);
    notes.push({ sprite: note, rect: rectAround(at, spot, note.w, note.h), at, leader: true, cross });
  };
  for (const { node, rows } of stage.rewrites) {
    const box = boxes[node];
    if (box === undefined) continue;
    put(
      `rewrite ${node} ${rows.map((row) => row.now).join()}`,
      rewriteSprite(theme, view.dpr, rows, names),
      { x: box.x, y: box.y - box.r },
      false,
    );
  }
  const crossed = new Set<number>();
  for (const loss of stage.losses) {
    const box = boxes[loss.node];
    if (box === undefined || crossed.has(loss.node)) continue;
    crossed.add(loss.node);
    put(`loss ${loss.record}`, lossSprite(theme, view.dpr, loss), { x: box.x + box.r * 0.75, y: box.y - box.r * 0.75 }, true);
  }
  return notes;
}

function boundsOf({ a, b }: Track): Rect {
  return {
    x: Math.min(a.x, b.x) - 4,
    y: Math.min(a.y, b.y) - 4,
    w: Math.abs(a.x - b.x) + 8,
    h: Math.abs(a.y - b.y) + 8,
  };
}

function spotFor(
  picture: Picture,
  key: string,
  anchors: readonly Point[],
  note: Sprite,
  taken: readonly Rect[],
  soft: readonly Rect[],
): Spot {
  const known = picture.spots.get(key);
  if (known !== undefined) return known;
  const spot = findSpot(picture.view, anchors, note.w, note.h, taken, soft);
  picture.spots.set(key, spot);
  return spot;
}

interface Mark {
  readonly train: Train;
  readonly track: Track;
  readonly at: Point;
  readonly reverse: boolean;
}

interface PlacedCard {
  readonly sprite: Sprite;
  readonly rect: Rect;
  readonly at: Point;
  readonly leader: boolean;
  readonly train: Train;
}

function planTrains(picture: Picture, tracks: readonly Track[], taken: readonly Rect[]): { marks: Mark[]; cards: PlacedCard[] } {
  const { view, theme, trains, stage } = picture;
  const linkOf = new Map(stage.links.map((link) => [`${link.a}-${link.b}`, link.id]));
  const crowded = view.fit.spacing * view.k < 70 * theme.scale;
  const marks: Mark[] = [];
  const cards: PlacedCard[] = [];
  const occupied = [...taken];
  const carded = new Set<FrameId>();
  const distinct = new Set(trains.map((train) => train.hop.frame)).size;
  const lines = tracks.map(boundsOf);
  for (const train of trains) {
    const forward = linkOf.get(`${train.from}-${train.to}`);
    const id = forward ?? linkOf.get(`${train.to}-${train.from}`);
    const track = id === undefined ? undefined : tracks[id];
    if (track === undefined) continue;
    const reverse = forward === undefined;
    // The whole train stays on the cable: half of it would else lie over a symbol at either end.
    const rim = Math.min(0.4, (14 * theme.scale) / Math.max(1, track.length));
    const place = (p: number): Point => along(track, reverse ? 1 - rim - p * (1 - 2 * rim) : rim + p * (1 - 2 * rim));
    const at = place(train.p);
    marks.push({ train, track, at, reverse });
    const full = !carded.has(train.hop.frame) && view.k > 0.5 && (train.selected || (distinct <= CARDS_MAX && carded.size < CARDS_MAX));
    if (!full && (crowded || trains.length > PILLS_MAX)) continue;
    carded.add(train.hop.frame);
    if (!full) {
      const card = pillSprite(theme, view.dpr, train.card, train.selected);
      const rect = { x: at.x - card.w / 2, y: at.y - 18 * theme.scale - card.h / 2, w: card.w, h: card.h };
      cards.push({ sprite: card, rect, at, leader: false, train });
      continue;
    }
    const anchorAt = (p: number): Point => place(0.5 + (p - 0.5) * CARD_TRAVEL);
    const anchors = [anchorAt(0), anchorAt(0.5), anchorAt(1)];
    let card = cardSprite(theme, view.dpr, train.card, train.selected);
    let spot = spotFor(picture, `card ${train.hop.record}`, anchors, card, occupied, lines);
    // A card must not cover a name: where there is no room for it, a smaller one says the main thing.
    if (spot.cost > COVERS_MAX && !train.selected) {
      card = compactSprite(theme, view.dpr, train.card, train.selected);
      spot = spotFor(picture, `compact ${train.hop.record}`, anchors, card, occupied, lines);
    }
    const rect = inside(view, rectAround(anchorAt(train.p), spot, card.w, card.h));
    occupied.push(rect);
    cards.push({ sprite: card, rect, at, leader: true, train });
  }
  // A pill that would lie on a card says nothing that the card does not say: its bare mark stays.
  const full = cards.filter((card) => card.leader);
  return {
    marks,
    cards: cards.filter((card) => card.leader || full.every((other) => overlap(card.rect, other.rect) === 0)),
  };
}
