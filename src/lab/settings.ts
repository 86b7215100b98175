/**
 * What a person has chosen about the page: language, theme, sizes. Remembered in this browser.
 * Goes to: every component, the canvas.
 */
import { createStore } from 'zustand/vanilla';

export type Language = 'en' | 'zh';
export type Theme = 'auto' | 'light' | 'dark';
/** The page for a person at a desk, or for a room before a projector. */
export type TextSize = 'normal' | 'large';

/** Which layer's addresses and tables are shown: all, Ethernet and ARP, IP, or TCP and UDP. */
export type LayerView = 'all' | 'l2' | 'l3' | 'l4';

export interface Settings {
  readonly lang: Language;
  readonly theme: Theme;
  readonly size: TextSize;
  /** wall time per step when playing: 1 is comfortable, 4 four times as fast */
  readonly speed: number;
  readonly showMacs: boolean;
  readonly layer: LayerView;
  /** the way of the last request and its answer is drawn on the map */
  readonly trail: boolean;
  /** the two maps of what-if are zoomed and shifted together */
  readonly mapsLocked: boolean;
  /** timeline by steps, or by real time */
  readonly axis: 'steps' | 'time';
  /** the hint at the first visit was used or closed */
  readonly hinted: boolean;
  /** sizes of the panels, by name of the group */
  readonly layouts: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** places to which nodes were dragged: by scenario, by node */
  readonly places: Readonly<Record<string, Readonly<Record<string, readonly [number, number]>>>>;
}

const KEY = 'lvs-lab.settings';

const defaults: Settings = {
  lang: 'en',
  theme: 'auto',
  size: 'normal',
  speed: 1,
  showMacs: false,
  layer: 'all',
  trail: true,
  mapsLocked: true,
  axis: 'steps',
  hinted: false,
  layouts: {},
  places: {},
};

function oneOf<T>(value: unknown, known: readonly T[], fallback: T): T {
  return known.includes(value as T) ? (value as T) : fallback;
}

function record<T>(value: unknown, fallback: T): T {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as T) : fallback;
}

/** Takes only what makes sense: what is stored may be old or from somebody else. */
function read(): Settings {
  const browser: Settings = {
    ...defaults,
    // Without a browser there is nobody to speak to.
    lang: typeof navigator !== 'undefined' && navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en',
  };
  let stored: Partial<Record<keyof Settings, unknown>>;
  try {
    stored = record(JSON.parse(localStorage.getItem(KEY) ?? '{}'), {});
  } catch {
    return browser;
  }
  const speed = Number(stored.speed);
  return {
    lang: oneOf(stored.lang, ['en', 'zh'] as const, browser.lang),
    theme: oneOf(stored.theme, ['auto', 'light', 'dark'] as const, 'auto'),
    size: oneOf(stored.size, ['normal', 'large'] as const, 'normal'),
    speed: speed >= 0.1 && speed <= 20 ? speed : 1,
    showMacs: stored.showMacs === true,
    layer: oneOf(stored.layer, ['all', 'l2', 'l3', 'l4'] as const, 'all'),
    trail: stored.trail !== false,
    mapsLocked: stored.mapsLocked !== false,
    axis: oneOf(stored.axis, ['steps', 'time'] as const, 'steps'),
    hinted: stored.hinted === true,
    layouts: record(stored.layouts, {}),
    places: record(stored.places, {}),
  };
}

export const settings = createStore<Settings>(() => read());

settings.subscribe((state) => {
  try {
    localStorage.setItem(KEY, JSON.stringify(state));
  } catch {
    // Storage is full or forbidden: the choice holds until the page is closed.
  }
});

export function choose(change: Partial<Settings>): void {
  settings.setState(change);
}

/** Remembers where a node was dragged to. */
export function placeNode(scenario: string, node: string, place: readonly [number, number]): void {
  const { places } = settings.getState();
  settings.setState({ places: { ...places, [scenario]: { ...places[scenario], [node]: place } } });
}
