/**
 * Small pictures kept for reuse: a card or a label is painted once and then only copied.
 * Comes from: draw-*.ts.  Goes to: the canvas.
 */
export interface Sprite {
  readonly image: ImageBitmap;
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
  const made = {
    image: bitmap(w * dpr, h * dpr, (ctx) => {
      ctx.scale(dpr, dpr);
      paint(ctx);
    }),
    w,
    h,
  };
  kept.set(full, made);
  pixels += made.image.width * made.image.height;
  for (const [oldest, { image: old }] of kept) {
    if (pixels <= PIXELS_MAX || oldest === full) break;
    kept.delete(oldest);
    pixels -= old.width * old.height;
  }
  return made;
}

/** A picture that does not change any more: copying it is cheaper than from a canvas, which might. */
export function bitmap(width: number, height: number, paint: (ctx: Ink) => void): ImageBitmap {
  const canvas = new OffscreenCanvas(Math.max(1, Math.ceil(width)), Math.max(1, Math.ceil(height)));
  const ctx = canvas.getContext('2d');
  if (ctx !== null) paint(ctx);
  return canvas.transferToImageBitmap();
}

/** Fonts have arrived: everything painted with others is stale. */
export function forgetSprites(): void {
  kept.clear();
  pixels = 0;
}

export function blit(ctx: Ink, picture: Sprite, x: number, y: number): void {
  ctx.drawImage(picture.image, Math.round(x), Math.round(y), picture.w, picture.h);
}
