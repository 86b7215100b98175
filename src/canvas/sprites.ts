/**
 * Small pictures kept for reuse: a card or a label is painted once and then only copied.
 * Comes from: draw-*.ts.  Goes to: the canvas.
 */
export interface Sprite {
  readonly image: OffscreenCanvas;
  readonly w: number;
  readonly h: number;
}

/** Pixels of all pictures kept. */
const PIXELS_MAX = 10_000_000;
let pixels = 0;
const kept = new Map<string, Sprite>();
let measuring: OffscreenCanvasRenderingContext2D | null = null;

export type Ink = OffscreenCanvasRenderingContext2D | CanvasRenderingContext2D;

export function measure(font: string, text: string): number {
  measuring ??= new OffscreenCanvas(1, 1).getContext('2d');
  if (measuring === null) return text.length * 7;
  measuring.font = font;
  return measuring.measureText(text).width;
}

/** The picture of a key, painted if it is not at hand. */
export function sprite(key: string, w: number, h: number, dpr: number, paint: (ctx: Ink) => void): Sprite {
  const full = `${dpr} ${key}`;
  const known = kept.get(full);
  if (known !== undefined) {
    // Used again: moves to the young end, so that the oldest goes first.
    kept.delete(full);
    kept.set(full, known);
    return known;
  }
  const image = new OffscreenCanvas(Math.max(1, Math.ceil(w * dpr)), Math.max(1, Math.ceil(h * dpr)));
  const ctx = image.getContext('2d');
  if (ctx !== null) {
    ctx.scale(dpr, dpr);
    paint(ctx);
  }
  const made = { image, w, h };
  kept.set(full, made);
  pixels += image.width * image.height;
  for (const [oldest, { image: old }] of kept) {
    if (pixels <= PIXELS_MAX || oldest === full) break;
    kept.delete(oldest);
    pixels -= old.width * old.height;
  }
  return made;
}

/** Fonts have arrived: everything painted with others is stale. */
export function forgetSprites(): void {
  kept.clear();
  pixels = 0;
}

export function blit(ctx: CanvasRenderingContext2D, picture: Sprite, x: number, y: number): void {
  ctx.drawImage(picture.image, Math.round(x), Math.round(y), picture.w, picture.h);
}
