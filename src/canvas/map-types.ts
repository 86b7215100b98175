/** What a map can be asked to do, and what it tells of itself. Goes to: live-map.ts and whoever shows a map. */
import type { Branch } from '../lab/index.ts';
import type { Hop } from '../sim/index.ts';
import type { MapTarget } from './edit-places.ts';
import type { Mark } from './traffic.ts';
import type { ViewLock } from './view-lock.ts';

export type Hit =
  | { readonly kind: 'node'; readonly node: number }
  | { readonly kind: 'link'; readonly link: number }
  | { readonly kind: 'mark'; readonly mark: Mark };

export interface NodeSpot {
  readonly node: number;
  readonly x: number;
  readonly y: number;
  readonly r: number;
  /** it is in the part of the map that is shown */
  readonly seen: boolean;
}

/** Frames that lie on each other, for the list that opens at their badge. */
export interface Bundle {
  readonly branch: Branch;
  readonly hops: readonly Hop[];
  readonly x: number;
  readonly y: number;
}

export interface MapInstance {
  destroy(): void;
  fit(): void;
  zoomBy(factor: number): void;
  /** goes along with the present hop, or stands still again */
  follow(on: boolean): void;
  /** nobody sees it: nothing is drawn until it is seen again */
  sleep(on: boolean): void;
  /** a place of the window on the map; null beside it */
  placeAt(clientX: number, clientY: number): readonly [number, number] | null;
  /** where a new node has room */
  freePlace(): readonly [number, number];
  /** what stands at a place of the window, for its menu */
  targetAt(clientX: number, clientY: number): MapTarget | null;
}

export interface MapOptions {
  /** where nodes stand, for the list that the keyboard uses */
  readonly onSpots: (spots: readonly NodeSpot[]) => void;
  /** the pointer is over a node */
  readonly onOver: (node: number) => void;
  /** a badge was pressed; null: something else was */
  readonly onBundle: (bundle: Bundle | null) => void;
  readonly lock: ViewLock | null;
}
