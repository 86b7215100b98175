/**
 * What a pointer does on the map: zoom and shift, drag a node, press something. D3 owns the gestures.
 * Goes to: live-map.ts.
 */
import { drag } from 'd3-drag';
import { select as d3select } from 'd3-selection';
import { zoom, zoomIdentity, type ZoomTransform } from 'd3-zoom';
import type { Hit } from './map-types.ts';
import type { Point } from './view.ts';
import type { ViewChange } from './view-lock.ts';

const ZOOM: readonly [number, number] = [0.25, 6];

export interface GestureTarget {
  hit(point: Point): Hit | null;
  /** where a node stands, to be dragged from there */
  nodeAt(node: number): Point | null;
  zoomed(change: ViewChange, byHand: boolean): void;
  zoomEnded(): void;
  dragged(node: number, to: Point): void;
  dropped(): void;
  pressed(found: Hit | null, at: Point): void;
  hovered(found: Hit | null): void;
}

export interface Gestures {
  /** puts the view without telling that a hand did it */
  put(change: ViewChange): void;
  zoomBy(factor: number): void;
  stop(): void;
}

export function listenToGestures(canvas: HTMLCanvasElement, target: GestureTarget): Gestures {
  const at = (event: { clientX: number; clientY: number }): Point => {
    const box = canvas.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const zoomer = zoom<HTMLCanvasElement, unknown>().scaleExtent([...ZOOM]);
  let quiet = false;
  zoomer
    .filter((event: MouseEvent | WheelEvent | TouchEvent) => {
      if (event.type === 'wheel') return true;
      if (event.type === 'dblclick' || ('button' in event && event.button !== 0)) return false;
      return !('clientX' in event) || target.hit(at(event))?.kind !== 'node';
    })
    .on('zoom', ({ transform: { k, x, y } }: { transform: ZoomTransform }) => target.zoomed({ k, x, y }, !quiet))
    .on('end', () => target.zoomEnded());
  const dragger = drag<HTMLCanvasElement, unknown, { node: number; x: number; y: number } | undefined>()
    .clickDistance(4)
    .subject((event: { x: number; y: number }) => {
      const found = target.hit(event);
      const place = found?.kind === 'node' ? target.nodeAt(found.node) : null;
      return found?.kind !== 'node' || place === null ? undefined : { node: found.node, x: place.x, y: place.y };
    })
    .on('drag', (event: { x: number; y: number; subject: { node: number } }) => target.dragged(event.subject.node, event))
    .on('end', () => target.dropped());
  const selection = d3select(canvas);
  selection.call(dragger).call(zoomer).on('dblclick.zoom', null);
  const click = (event: MouseEvent): void => target.pressed(target.hit(at(event)), at(event));
  const move = (event: PointerEvent): void => target.hovered(target.hit(at(event)));
  canvas.addEventListener('click', click);
  canvas.addEventListener('pointermove', move);
  return {
    put: ({ k, x, y }) => {
      quiet = true;
      zoomer.transform(selection, zoomIdentity.translate(x, y).scale(k));
      quiet = false;
    },
    zoomBy: (factor) => zoomer.scaleBy(selection, factor),
    stop: () => {
      selection.on('.zoom', null).on('.drag', null);
      canvas.removeEventListener('click', click);
      canvas.removeEventListener('pointermove', move);
    },
  };
}
