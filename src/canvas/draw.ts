/**
 * One picture of the map: what stands still is copied, frames and what the present step did are drawn over it.
 * Comes from: live-map.ts, each time something changed.  Goes to: the canvas; what it returns is for
 *   finding out what a pointer is at.
 */
import type { Branch } from '../lab/index.ts';
import { cardOf } from './cards.ts';
import { cardPicture, drawLeader } from './draw-cards.ts';
import { drawBox } from './draw-ground.ts';
import { linkLabelRect } from './draw-links.ts';
import { drawMark, protocolOf } from './draw-marks.ts';
import { drawCross, lossSprite, noteSprite, type NoteForm, type NoteNames } from './draw-notes.ts';
import { drawTrail, reachOf } from './draw-trail.ts';
import type { NodeBox } from './labels.ts';
import { findSpot, inside, rectAround, type Spot } from './place.ts';
import { portKey } from './look.ts';
import type { Loss, Stage } from './scene.ts';
import { blit, type Sprite } from './sprites.ts';
import { nodeColor } from './symbols.ts';
import type { Theme } from './theme.ts';
import type { Mark, Traffic } from './traffic.ts';
import type { Trail, TrailLeg } from './trail.ts';
import { along, contains, overlap, tooDense, type Point, type Rect, type Track, type View } from './view.ts';

export interface Picture {
  readonly view: View;
  readonly theme: Theme;
  readonly branch: Branch;
  readonly stage: Stage;
  /** paints what stands still */
  readonly ground: (ctx: CanvasRenderingContext2D) => void;
  readonly boxes: readonly NodeBox[];
  readonly tracks: readonly Track[];
  readonly traffic: Traffic;
  readonly trail: Trail;
  readonly at: number;
  readonly names: NoteNames;
  /** events executed: notes are placed anew at each step */
  readonly step: number;
  /** places of cards found before; kept by the caller for as long as the view stays */
  readonly spots: Map<string, Spot>;
  /** what lies over the picture */
  readonly covered: readonly Rect[];
}

export interface PlacedCard {
  readonly sprite: Sprite;
  readonly rect: Rect;
  readonly at: Point;
  readonly leader: boolean;
  readonly mark: Mark;
}

/** More different frames than this at once are shown as pills, still more as marks alone. */
const CARDS_MAX = 3;
const PILLS_MAX = 40;
/** Square pixels of names and symbols that a card may cover, over its whole way. */
const COVERS_MAX = 300;
/** The same of cables. */
const HIDES_MAX = 1500;
/** The same of what the step did, which stands still; and of cables. */
const NOTE_COVERS_MAX = 60;
const NOTE_HIDES_MAX = 700;
const NOTE_FORMS: readonly NoteForm[] = ['full', 'brief', 'names'];
const BRIEF_FORMS: readonly NoteForm[] = ['brief', 'names'];
/** Share of a frame's way that its card goes along. */
const CARD_TRAVEL = 0.25;
/** Narrower than this there is room for the rewritten fields only. */
const BRIEF_BELOW = 700;

export function draw(ctx: CanvasRenderingContext2D, picture: Picture): readonly PlacedCard[] {
  const { view, theme, boxes, tracks, trail } = picture;
  const cards = planCards(picture);
  const notes = planNotes(picture, cards);
  picture.ground(ctx);
  ctx.setTransform(view.dpr, 0, 0, view.dpr, 0, 0);
  drawTrail(ctx, theme, trail, tracks, boxes[0]?.r ?? 0, (leg) => reached(leg, picture.at));
  drawHalo(ctx, picture);
  // Leaders lie below names and symbols, cards above everything.
  for (const { at, rect, leader } of [...notes, ...cards]) if (leader) drawLeaderUnder(ctx, picture, at, rect);
  drawMarks(ctx, picture);
  for (const { sprite: note, rect, cross, at } of notes) {
    if (cross) drawCross(ctx, theme, at.x, at.y);
    blit(ctx, note, rect.x, rect.y);
  }
  for (const { sprite: card, rect } of cards) blit(ctx, card, rect.x, rect.y);
  return cards;
}

/** Marks first, then the badges with numbers over them: of badges that would lie on each other one keeps its number. */
function drawMarks(ctx: CanvasRenderingContext2D, { view, theme, boxes, tracks, traffic, branch }: Picture): void {
  const radius = Math.max(6, boxes[0]?.r ?? 0);
  const at = { x: 0, y: 0 };
  crowd.begin(view);
  for (let pass = 0; pass < 2; pass++) {
    for (let i = 0; i < traffic.count; i++) {
      const mark = traffic.marks[i] as Mark;
      const track = tracks[mark.link];
      if (track === undefined || (pass === 1 && !mark.counted)) continue;
      putMark(at, track, mark, mark.p, theme.scale);
      if (at.x < -30 || at.y < -30 || at.x > view.width + 30 || at.y > view.height + 30) continue;
      if (pass === 0) mark.counted = mark.count > 1 && (mark.selected || crowd.take(at));
      if (pass === 0 && mark.counted) continue;
      drawMark(ctx, theme, view.dpr, radius, mark, protocolOf(branch.run.trace, mark.hop.frame), track, at);
    }
  }
}

/** Ground that badges have taken in this picture, in cells as large as a badge. */
class Crowd {
  private cells = new Uint8Array(0);
  private wide = 0;

  begin({ width, height }: View): void {
    this.wide = Math.ceil(width / BADGE) + 3;
    const size = this.wide * (Math.ceil(height / BADGE) + 3);
    if (this.cells.length === size) this.cells.fill(0);
    else this.cells = new Uint8Array(size);
  }

  /** @returns whether the ground was free */
  take({ x, y }: Point): boolean {
    const at = (Math.floor(y / BADGE) + 1) * this.wide + Math.floor(x / BADGE) + 1;
    for (const row of [at - this.wide, at, at + this.wide]) if (this.cells[row - 1] || this.cells[row] || this.cells[row + 1]) return false;
    this.cells[at] = 1;
    return true;
  }
}
const BADGE = 17;
const crowd = new Crowd();

function reached({ flying }: TrailLeg, at: number): number {
  if (flying === null || flying.until <= flying.start) return 1;
  return Math.min(1, Math.max(0, (at - flying.start) / (flying.until - flying.start)));
}

/** Writes where a mark stands at a share of its way. The whole train stays on the cable: half of it would else lie over a symbol. */
function putMark(to: { x: number; y: number }, track: Track, mark: Mark, p: number, scale: number): void {
  const rim = Math.min(0.4, (14 * scale) / Math.max(1, track.length));
  const share = mark.reverse ? 1 - rim - p * (1 - 2 * rim) : rim + p * (1 - 2 * rim);
  to.x = track.a.x + (track.b.x - track.a.x) * share;
  to.y = track.a.y + (track.b.y - track.a.y) * share;
}

export function markPoint(track: Track, mark: Mark, p: number, scale: number): Point {
  const to = { x: 0, y: 0 };
  putMark(to, track, mark, p, scale);
  return to;
}

/** A soft ring at the node where the present step happens. */
function drawHalo(ctx: CanvasRenderingContext2D, { theme, stage, boxes, view }: Picture): void {
  const box = stage.active === null ? undefined : boxes[stage.active];
  if (box === undefined) return;
  ctx.beginPath();
  ctx.arc(box.x, box.y, box.r * 1.62, 0, 2 * Math.PI);
  ctx.globalAlpha = 0.16;
  ctx.fillStyle = nodeColor(theme, box.node.role);
  ctx.fill();
  ctx.globalAlpha = 1;
  drawBox(ctx, theme, view, box);
}

/** A leader, and again what it crosses. */
function drawLeaderUnder(ctx: CanvasRenderingContext2D, { theme, view, boxes }: Picture, at: Point, rect: Rect): void {
  const end = drawLeader(ctx, theme, at, rect);
  const bounds = {
    x: Math.min(at.x, end.x) - 1,
    y: Math.min(at.y, end.y) - 1,
    w: Math.abs(at.x - end.x) + 2,
    h: Math.abs(at.y - end.y) + 2,
  };
  for (const box of boxes) {
    const symbol = { x: box.x - box.r, y: box.y - box.r, w: 2 * box.r, h: 2 * box.r };
    if (overlap(bounds, symbol) > 0 || overlap(bounds, box.label) > 0) drawBox(ctx, theme, view, box);
  }
}

interface Note {
  readonly sprite: Sprite;
  readonly rect: Rect;
  readonly at: Point;
  readonly leader: boolean;
  /** a packet ended at `at` */
  readonly cross: boolean;
}

/** What the present step did and lost, each at a free place near its node. */
function planNotes(picture: Picture, cards: readonly PlacedCard[]): Note[] {
  const { view, theme, stage, names, boxes, tracks, covered } = picture;
  if (stage.notes.length === 0 && stage.losses.length === 0) return [];
  const notes: Note[] = [];
  const taken = (): Rect[] => [...takenBy(boxes), ...covered, ...cards.map((card) => card.rect), ...notes.map((other) => other.rect)];
  const put = (key: string, note: Sprite, at: Point, cross: boolean): void => {
    const spot = spotFor(picture, `${picture.step} ${key}`, [at], note, taken);
    notes.push({ sprite: note, rect: inside(view, rectAround(at, spot, note.w, note.h)), at, leader: true, cross });
  };
  for (const note of stage.notes) {
    const box = boxes[note.node];
    if (box === undefined) continue;
    // Where there is no room for all of it, the main thing: a note that hides a node is in the way of what it tells.
    const at = { x: box.x, y: box.y - box.r };
    let told: { readonly key: string; readonly sprite: Sprite } | null = null;
    for (const form of view.width < BRIEF_BELOW ? BRIEF_FORMS : NOTE_FORMS) {
      const made = noteSprite(theme, view.dpr, note, names, form);
      if (made === null) continue;
      told = { key: `${form} ${note.node}`, sprite: made };
      const { cost, hides } = spotFor(picture, `${picture.step} ${told.key}`, [at], made, taken);
      if (cost <= NOTE_COVERS_MAX && hides <= NOTE_HIDES_MAX) break;
    }
    if (told !== null) put(told.key, told.sprite, at, false);
  }
  let crossed = -1;
  for (const loss of stage.losses) {
    const box = boxes[loss.node];
    if (box === undefined || crossed === loss.node) continue;
    crossed = loss.node;
    put(`loss ${loss.record}`, lossSprite(theme, view.dpr, loss), lossPoint(loss, box, stage, tracks), true);
  }
  return notes;
}

/** Where a packet ended: on its cable, or at the node. */
function lossPoint({ hop, place }: Loss, box: NodeBox, { links }: Stage, tracks: readonly Track[]): Point {
  const port = hop === null ? -1 : portKey(hop.from, hop.fromDev);
  const link = links.find(({ aPort, bPort }) => aPort === port || bPort === port);
  const track = link === undefined ? undefined : tracks[link.id];
  if (link === undefined || track === undefined) return { x: box.x + box.r * 0.75, y: box.y - box.r * 0.75 };
  return along(track, link.aPort === port ? place : 1 - place);
}

const grounds = new WeakMap<readonly NodeBox[], readonly Rect[]>();
const bounds = new WeakMap<readonly Track[], readonly Rect[]>();

function takenBy(boxes: readonly NodeBox[]): readonly Rect[] {
  let known = grounds.get(boxes);
  if (known === undefined) {
    known = boxes.flatMap(({ x, y, r, label }) => [{ x: x - r - 6, y: y - r - 6, w: 2 * r + 12, h: 2 * r + 12 }, label]);
    grounds.set(boxes, known);
  }
  return known;
}

/** What a card would rather not cover: cables, in pieces, so that a slanting one does not take a whole field, and their labels. */
function alongTracks({ view, theme, tracks, boxes, stage: { links }, trail }: Picture): readonly Rect[] {
  let known = bounds.get(tracks);
  if (known === undefined) {
    const reach = reachOf(trail);
    const labels = tooDense(view, theme.scale)
      ? []
      : links.flatMap((link, i) => linkLabelRect(theme, link, i, tracks, boxes, reach.get(link.id) ?? 0) ?? []);
    const cables = tracks.flatMap((track) => {
      const pieces = Math.max(1, Math.min(6, Math.round(track.length / 50)));
      return Array.from({ length: pieces }, (_, i): Rect => {
        const a = along(track, i / pieces);
        const b = along(track, (i + 1) / pieces);
        return { x: Math.min(a.x, b.x) - 4, y: Math.min(a.y, b.y) - 4, w: Math.abs(a.x - b.x) + 8, h: Math.abs(a.y - b.y) + 8 };
      });
    });
    known = [...cables, ...labels];
    bounds.set(tracks, known);
  }
  return known;
}

function spotFor(picture: Picture, key: string, anchors: readonly Point[], card: Sprite, taken: () => readonly Rect[]): Spot {
  const known = picture.spots.get(key);
  if (known !== undefined) return known;
  const spot = findSpot(picture.view, anchors, card.w, card.h, taken(), alongTracks(picture));
  picture.spots.set(key, spot);
  return spot;
}

function planCards(picture: Picture): PlacedCard[] {
  const { view, theme, traffic, tracks, branch, stage } = picture;
  const dense = tooDense(view, theme.scale) || traffic.count > PILLS_MAX;
  const few = traffic.distinct <= CARDS_MAX;
  const cards: PlacedCard[] = [];
  let carded = 0;
  for (let i = 0; i < traffic.count; i++) {
    const mark = traffic.marks[i] as Mark;
    const track = tracks[mark.link];
    if (track === undefined) continue;
    const full =
      view.k > 0.5 &&
      (mark.selected || (few && carded < CARDS_MAX)) &&
      cards.every((card) => !card.leader || card.mark.hop.frame !== mark.hop.frame);
    // A badge says how many; which ones is told when it is pressed.
    if (!full && (dense || mark.count > 1)) continue;
    const card = cardOf(branch.run.trace, mark.hop.frame, branch.cast, stage.layer);
    if (!full) {
      const at = markPoint(track, mark, mark.p, theme.scale);
      const sprite = cardPicture('pill', theme, view.dpr, card, mark.selected);
      const off = 18 * theme.scale;
      const above: Rect = { x: at.x - sprite.w / 2, y: at.y - off - sprite.h / 2, w: sprite.w, h: sprite.h };
      const label = labelOn(picture, mark.link);
      // On the other side of the cable where its label stands.
      const rect = label !== null && overlap(above, label) > 0 ? { ...above, y: above.y + 2 * off } : above;
      cards.push({ sprite, rect, at, leader: false, mark });
      continue;
    }
    carded++;
    cards.push(placeCard(picture, mark, track, card, cards));
  }
  // A pill that would lie on a card says nothing that the card does not say: its bare mark stays.
  return cards.filter((card) => card.leader || cards.every((other) => !other.leader || overlap(card.rect, other.rect) === 0));
}

function labelOn({ theme, boxes, tracks, stage, trail }: Picture, at: number): Rect | null {
  const link = stage.links[at];
  if (link === undefined) return null;
  return linkLabelRect(theme, link, at, tracks, boxes, reachOf(trail).get(link.id) ?? 0);
}

function placeCard(picture: Picture, mark: Mark, track: Track, card: ReturnType<typeof cardOf>, before: readonly PlacedCard[]): PlacedCard {
  const { view, theme, boxes, spots, covered } = picture;
  const anchorAt = (p: number): Point => markPoint(track, mark, 0.5 + (p - 0.5) * CARD_TRAVEL, theme.scale);
  const anchors = [anchorAt(0), anchorAt(0.5), anchorAt(1)];
  const taken = (): Rect[] => [...takenBy(boxes), ...covered, ...before.map((other) => other.rect)];
  let sprite = cardPicture('full', theme, view.dpr, card, mark.selected);
  let spot = spotFor(picture, `card ${mark.hop.record}`, anchors, sprite, taken);
  // A card must not cover a name, nor the way of other frames: where there is no room for it, a smaller one says the main thing.
  if ((spot.cost > COVERS_MAX || spot.hides > HIDES_MAX) && !mark.selected) {
    sprite = cardPicture('compact', theme, view.dpr, card, mark.selected);
    spot = spots.get(`compact ${mark.hop.record}`) ?? spotFor(picture, `compact ${mark.hop.record}`, anchors, sprite, taken);
  }
  const rect = inside(view, rectAround(anchorAt(mark.p), spot, sprite.w, sprite.h));
  return { sprite, rect, at: markPoint(track, mark, mark.p, theme.scale), leader: true, mark };
}

/** The mark, or the card of one, at a point; null: none. */
export function markAt(cards: readonly PlacedCard[], traffic: Traffic, tracks: readonly Track[], scale: number, point: Point): Mark | null {
  for (let i = cards.length - 1; i >= 0; i--) {
    const card = cards[i] as PlacedCard;
    if (contains(card.rect, point)) return card.mark;
  }
  for (let i = traffic.count - 1; i >= 0; i--) {
    const mark = traffic.marks[i] as Mark;
    const track = tracks[mark.link];
    if (track === undefined) continue;
    const at = markPoint(track, mark, mark.p, scale);
    if ((at.x - point.x) ** 2 + (at.y - point.y) ** 2 <= (12 * scale) ** 2) return mark;
  }
  return null;
}
