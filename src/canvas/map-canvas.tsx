/**
 * The map as a component: a canvas for the eye, and in the same places a list of buttons for the
 * keyboard and for screen readers.
 * Goes to: app/.
 */
import { useEffect, useRef, useState, type PointerEvent } from 'react';
import { useStore } from 'zustand';
import { editor } from '../lab/index.ts';
import { BundleList } from './bundle-list.tsx';
import { EditLayer } from './edit-layer.tsx';
import type { MapTarget } from './edit-places.ts';
import { createMap } from './live-map.ts';
import type { Bundle, MapInstance, NodeSpot } from './map-types.ts';
import css from './map-canvas.module.css';
import { NodeButtons } from './node-buttons.tsx';
import { labSource, type MapSource } from './source.ts';
import type { ViewLock } from './view-lock.ts';

export type MapControls = Omit<MapInstance, 'destroy'>;

export interface MapCanvasProps {
  readonly onReady: (controls: MapControls | null) => void;
  /** what is shown, if not the lab itself */
  readonly source?: MapSource;
  /** shared with another map that is looked at from the same place */
  readonly lock?: ViewLock | null;
  /** a menu is wanted for something: the right button, a long press, the menu key */
  readonly onMenu?: (target: MapTarget) => void;
}

/** A finger that rests so long wants the menu. */
const LONG_PRESS_MS = 550;
/** Pixels that a resting finger may wander. */
const WANDER = 8;

export function MapCanvas({ onReady, source = labSource, lock = null, onMenu }: MapCanvasProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [spots, setSpots] = useState<readonly NodeSpot[]>([]);
  const [over, setOver] = useState(-1);
  const [bundle, setBundle] = useState<Bundle | null>(null);
  const editing = useStore(editor, (s) => s.on);
  const map = useRef<MapInstance | null>(null);
  const tellMenu = (target: MapTarget | null | undefined): void => {
    if (target !== null && target !== undefined) onMenu?.(target);
  };
  const press = useLongPress((x, y) => tellMenu(map.current?.targetAt(x, y)));

  useEffect(() => {
    if (canvas.current === null) return undefined;
    const made = createMap(canvas.current, source, { onSpots: setSpots, onBundle: setBundle, onOver: setOver, lock });
    map.current = made;
    onReady(made);
    return () => {
      onReady(null);
      map.current = null;
      made.destroy();
    };
  }, [onReady, source, lock]);

  return (
    <div
      className={css['map']}
      {...press}
      onContextMenu={(event) => {
        if (onMenu === undefined) return;
        event.preventDefault();
        const button = event.target instanceof HTMLElement ? event.target.closest<HTMLElement>('[data-node]') : null;
        if (button === null) {
          tellMenu(map.current?.targetAt(event.clientX, event.clientY));
          return;
        }
        const { left, top, width, height } = button.getBoundingClientRect();
        tellMenu({ kind: 'node', node: Number(button.dataset['node']), x: left + width / 2, y: top + height });
      }}
    >
      <canvas ref={canvas} className={css['canvas']} aria-hidden="true" />
      <NodeButtons spots={spots} source={source} />
      {editing && source === labSource ? <EditLayer spots={spots} over={over} /> : null}
      {bundle === null ? null : <BundleList bundle={bundle} onClose={() => setBundle(null)} />}
    </div>
  );
}

/** A finger that stays where it is: not all browsers tell of it as of the right button. */
function useLongPress(done: (x: number, y: number) => void) {
  const begun = useRef<{ readonly x: number; readonly y: number; readonly timer: number } | null>(null);
  const stop = (): void => {
    if (begun.current !== null) clearTimeout(begun.current.timer);
    begun.current = null;
  };
  return {
    onPointerDown: (event: PointerEvent) => {
      stop();
      if (event.pointerType !== 'touch' || !(event.target instanceof HTMLCanvasElement)) return;
      const { clientX: x, clientY: y } = event;
      begun.current = { x, y, timer: window.setTimeout(() => done(x, y), LONG_PRESS_MS) };
    },
    onPointerMove: ({ clientX, clientY }: PointerEvent) => {
      const { current } = begun;
      if (current !== null && Math.hypot(clientX - current.x, clientY - current.y) > WANDER) stop();
    },
    onPointerUp: stop,
    onPointerCancel: stop,
  };
}
