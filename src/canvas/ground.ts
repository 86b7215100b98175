/**
 * What stands still on the map. It is painted as it is when it is new, and copied from when it is shown again.
 * Goes to: live-map.ts.
 */
import { isSame } from './map-watch.ts';
import { bitmap, type Ink } from './sprites.ts';

export class Ground {
  private image: ImageBitmap | null = null;
  private made: unknown[] = [];

  /** @param of all that it is made of */
  painter(of: unknown[], { width, height }: HTMLCanvasElement, paint: (ctx: Ink) => void): (ctx: CanvasRenderingContext2D) => void {
    const now = [...of, width, height];
    if (!isSame(now, this.made)) {
      this.made = now;
      this.image?.close();
      this.image = null;
      return paint;
    }
    const image = (this.image ??= bitmap(width, height, paint));
    return (ctx) => {
      ctx.setTransform(1, 0, 0, 1, 0, 0);
      ctx.drawImage(image, 0, 0);
    };
  }
}
