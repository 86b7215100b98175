/**
 * The map on screen: draws the present moment, zooms and pans, lets nodes be dragged and things be
 * selected. D3 owns the gestures, the lab owns the values.
 * Comes from: the lab and the playhead.  Goes to: draw.ts.
 */
import { drag } from 'd3-drag';
import { select as d3select } from 'd3-selection';
import { zoom, zoomIdentity, type ZoomTransform } from 'd3-zoom';
import { lab, placeNode, select, settings, text, type LabState, type Settings } from '../lab/index.ts';
import { modeOf, reducedMotion } from '../playback/index.ts';
import { draw, type Drawn, type Picture } from './draw.ts';
import type { RewriteNames } from './draw-notes.ts';
import { detailOf, nodeBoxes, type Detail, type LabelChoice } from './labels.ts';
import { fitTo, layoutOf, type Fit, type Place } from './layout.ts';
import type { Spot } from './place.ts';
import { selectedFrame, stageOf, trainsOf, type Stage } from './scene.ts';
import type { MapSource } from './source.ts';
import { forgetSprites } from './sprites.ts';
import { readTheme, type Theme } from './theme.ts';
import { contains, distanceTo, toPlace, tracksOf, type Point, type View } from './view.ts';

export type Hit =
  | { readonly kind: 'node'; readonly node: number }
  | { readonly kind: 'link'; readonly link: number }
  | { readonly kind: 'train'; readonly index: number };

export interface NodeSpot {
  readonly node: number;
  readonly x: number;
  readonly y: number;
  readonly r: number;
}

export interface MapInstance {
  destroy(): void;
  fit(): void;
  zoomBy(factor: number): void;
}

/** How much text a node has, the most first. */
const DETAILS: readonly Detail[] = ['all', 'pills', 'name', 'none'];

const ZOOM: readonly [number, number] = [0.25, 4];

/** Puts a living map onto a canvas. `onSpots` tells where nodes stand, for the list that the keyboard uses. */
export function createMap(canvas: HTMLCanvasElement, source: MapSource, onSpots: (spots: readonly NodeSpot[]) => void): MapInstance {
  return new LiveMap(canvas, source, onSpots);
}

class LiveMap implements MapInstance {
  private readonly canvas: HTMLCanvasElement;
  private readonly source: MapSource;
  private readonly onSpots: (spots: readonly NodeSpot[]) => void;
  private readonly ctx: CanvasRenderingContext2D;
  private readonly undo: (() => void)[] = [];
  private readonly zoomer = zoom<HTMLCanvasElement, unknown>().scaleExtent([...ZOOM]);
  private theme: Theme;
  private transform: ZoomTransform = zoomIdentity;
  private size = { width: 1, height: 1, dpr: 1 };
  private places: readonly Place[] = [];
  private fitted: Fit = { sx: 1, sy: 1, ox: 0, oy: 0, spacing: 100 };
  private stage: Stage | null = null;
  private stageKey = '';
  private drawn: Drawn | null = null;
  private spots = new Map<string, Spot>();
  private spotsKey = '';
  private hoverLink = -1;
  private dragged: { node: number; place: Place } | null = null;
  private frame = 0;
  private toldSpots = '';
  private unfitted = true;
  private labels: LabelChoice = { showMacs: false, aside: false, detail: null };

  constructor(canvas: HTMLCanvasElement, source: MapSource, onSpots: (spots: readonly NodeSpot[]) => void) {
    this.canvas = canvas;
    this.source = source;
    this.onSpots = onSpots;
    const ctx = canvas.getContext('2d', { alpha: false });
    if (ctx === null) throw new Error('this browser has no 2D canvas');
    this.ctx = ctx;
    this.theme = readTheme(canvas.parentElement ?? document.body);
    this.watch();
    this.gestures();
    this.resize();
  }

  destroy(): void {
    cancelAnimationFrame(this.frame);
    for (const stop of this.undo) stop();
    d3select(this.canvas).on('.zoom', null).on('.drag', null);
  }

  /** Shows everything, with room for the labels. */
  fit(): void {
    this.zoomer.transform(d3select(this.canvas), zoomIdentity);
    this.refit();
  }

  zoomBy(factor: number): void {
    this.zoomer.scaleBy(d3select(this.canvas), factor);
  }

  private watch(): void {
    const resized = new ResizeObserver(() => this.resize());
    resized.observe(this.canvas);
    const dark = matchMedia('(prefers-color-scheme: dark)');
    const restyle = (): void => this.restyle();
    dark.addEventListener('change', restyle);
    this.undo.push(
      () => resized.disconnect(),
      () => dark.removeEventListener('change', restyle),
      this.source.watch(() => this.soon()),
      lab.subscribe((now, before) => this.labChanged(now, before)),
      settings.subscribe((now, before) => this.settingsChanged(now, before)),
    );
    void document.fonts.ready.then(() => {
      forgetSprites();
      this.restyle();
    });
    // Faces load when they are first used: the canvas uses them without the page knowing.
    void Promise.all([document.fonts.load('500 12px "Inter Variable"'), document.fonts.load('500 12px "JetBrains Mono Variable"')]).then(
      () => {
        forgetSprites();
        this.restyle();
      },
    );
  }

  private labChanged(now: LabState, before: LabState): void {
    if (now.lab !== before.lab) {
      this.transform = zoomIdentity;
      this.zoomer.transform(d3select(this.canvas), zoomIdentity);
      this.spots.clear();
      this.replace();
    }
    // Before its setups a lab has no addresses: its labels were small.
    if (before.cursor.executed === 0 && now.cursor.executed > 0) this.refit();
    this.soon();
  }

  private settingsChanged(now: Settings, before: Settings): void {
    if (now.theme !== before.theme || now.size !== before.size) {
      // The stylesheet changes with the attribute, which is set in the same tick.
      requestAnimationFrame(() => this.restyle());
    }
    if (now.showMacs !== before.showMacs) this.refit();
    if (now.places !== before.places) this.replace();
    this.soon();
  }

  private restyle(): void {
    this.theme = readTheme(this.canvas.parentElement ?? document.body);
    this.refit();
  }

  private replace(): void {
    const { lab: open } = lab.getState();
    if (open === null) return;
    this.places = layoutOf(open.input.world, open.places, settings.getState().places[open.id] ?? {});
    this.refit();
  }

  /** The map is fitted when it is next drawn: how much room the labels need is known only then. */
  private refit(): void {
    this.unfitted = true;
    this.spots.clear();
    this.soon();
  }

  /** Fits the map so that symbols and labels stay inside; labels go where they leave the cables longer. */
  private fitNow(stage: Stage): void {
    this.unfitted = false;
    const { showMacs } = settings.getState();
    // As much text as there is room for once the text has taken its own.
    for (const detail of DETAILS) {
      const below = this.fitWith(stage, { showMacs, aside: false, detail });
      const beside = this.fitWith(stage, { showMacs, aside: true, detail });
      const best = beside.shortest > below.shortest + 8 ? beside : below;
      this.fitted = best.fit;
      this.labels = { showMacs, aside: best === beside, detail };
      if (DETAILS.indexOf(detailOf({ ...this.size, fit: best.fit, k: 1, tx: 0, ty: 0 }, this.theme.scale)) <= DETAILS.indexOf(detail))
        return;
    }
  }

  private fitWith(stage: Stage, labels: LabelChoice): { fit: Fit; shortest: number } {
    const { width, height } = this.size;
    const edge = { top: 12, right: 14, bottom: 14, left: 14 };
    const margins = {
      top: edge.top + 40,
      right: edge.right + 40,
      bottom: edge.bottom + 40,
      left: edge.left + 40,
    };
    let fit = this.fitted;
    // Where labels stand depends on the fit: a few rounds settle it.
    for (let pass = 0; pass < 4; pass++) {
      fit = fitTo(this.places, width, height, margins);
      const boxes = nodeBoxes({ ...this.size, fit, k: 1, tx: 0, ty: 0 }, this.theme, stage.nodes, stage.links, labels);
      const rects = boxes.flatMap(({ x, y, r, label }) => [{ x: x - r * 1.2, y: y - r * 1.2, w: 2.4 * r, h: 2.4 * r }, label]);
      margins.left = Math.min(width * 0.35, margins.left + edge.left - Math.min(...rects.map((rect) => rect.x)));
      margins.right = Math.min(width * 0.35, margins.right + edge.right - (width - Math.max(...rects.map((rect) => rect.x + rect.w))));
      margins.top = Math.min(height * 0.4, margins.top + edge.top - Math.min(...rects.map((rect) => rect.y)));
      margins.bottom = Math.min(height * 0.45, margins.bottom + edge.bottom - (height - Math.max(...rects.map((rect) => rect.y + rect.h))));
    }
    fit = fitTo(this.places, width, height, margins);
    const tracks = tracksOf({ ...this.size, fit, k: 1, tx: 0, ty: 0 }, this.theme.scale, stage.nodes, stage.links);
    return { fit, shortest: Math.min(...tracks.map((track) => track.length)) };
  }

  private resize(): void {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    const dpr = Math.min(2, window.devicePixelRatio);
    if (width === 0 || height === 0) return;
    this.size = { width, height, dpr };
    this.canvas.width = Math.round(width * dpr);
    this.canvas.height = Math.round(height * dpr);
    this.replace();
    // At once, not in the next frame: a resized canvas is empty.
    this.paint();
  }

  private soon(): void {
    if (this.frame !== 0) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.paint();
    });
  }

  private view(): View {
    const { k, x, y } = this.transform;
    return { ...this.size, fit: this.fitted, k, tx: x, ty: y };
  }

  private paint(): void {
    const state = lab.getState();
    const { lab: open } = state;
    const branch = this.source.branch();
    if (branch === null || open === null) {
      this.ctx.setTransform(1, 0, 0, 1, 0, 0);
      this.ctx.fillStyle = this.theme.color.ground;
      this.ctx.fillRect(0, 0, this.canvas.width, this.canvas.height);
      return;
    }
    if (this.places.length !== open.input.world.nodes.length) this.replace();
    const { lang } = settings.getState();
    const moment = this.source.moment();
    const key = `${branch.id} ${state.version} ${moment.executed} ${lang} ${JSON.stringify(state.selection)} ${this.dragged?.node ?? ''}`;
    const places =
      this.dragged === null ? this.places : this.places.map((place, i) => (i === this.dragged?.node ? this.dragged.place : place));
    if (key !== this.stageKey || this.dragged !== null || this.stage === null) {
      const world = branch.run.worldAt(moment.executed);
      this.stage = stageOf({
        nodes: world.nodes,
        links: world.shared.links,
        places,
        branch,
        moment,
        selection: state.selection,
        lang,
      });
      this.stageKey = key;
    } else if (this.stage.nodes.some((node, i) => node.place !== places[i])) {
      this.stage = {
        ...this.stage,
        nodes: this.stage.nodes.map((node, i) => ({ ...node, place: places[i] ?? node.place })),
      };
    }
    if (this.unfitted) this.fitNow(this.stage);
    const view = this.view();
    const spotsKey = `${view.k} ${view.tx} ${view.ty} ${lang} ${branch.id} ${this.theme.key}`;
    if (spotsKey !== this.spotsKey || this.dragged !== null) this.spots.clear();
    this.spotsKey = spotsKey;
    if (this.spots.size > 400) this.spots.clear();
    const picture: Picture = {
      view,
      theme: this.theme,
      stage: this.stage,
      trains: trainsOf(branch, moment, selectedFrame(state.selection), reducedMotion() && modeOf() !== 'seeking'),
      // At another zoom there may be room for more, or for less.
      labels: view.k === 1 ? this.labels : { ...this.labels, detail: null },
      names: rewriteNames(lang),
      step: moment.executed,
      spots: this.spots,
      hoverLink: this.hoverLink,
    };
    this.drawn = draw(this.ctx, picture);
    this.tellSpots();
  }

  private tellSpots(): void {
    const spots = (this.drawn?.boxes ?? []).map(({ node, x, y, r }) => ({
      node: node.id as number,
      x: Math.round(x),
      y: Math.round(y),
      r: Math.round(r),
    }));
    const told = JSON.stringify(spots);
    if (told === this.toldSpots) return;
    this.toldSpots = told;
    this.onSpots(spots);
  }

  private hit(point: Point): Hit | null {
    const { drawn } = this;
    if (drawn === null) return null;
    for (let i = drawn.cards.length - 1; i >= 0; i--) {
      const card = drawn.cards[i];
      if (card !== undefined && contains(card.rect, point)) return { kind: 'train', index: i };
    }
    for (const { node, x, y, r, label } of drawn.boxes) {
      const near = (point.x - x) ** 2 + (point.y - y) ** 2 <= (r + 6) ** 2;
      if (near || contains(label, point)) return { kind: 'node', node: node.id };
    }
    for (let i = 0; i < drawn.tracks.length; i++) {
      const track = drawn.tracks[i];
      if (track !== undefined && distanceTo(track, point) <= 8) return { kind: 'link', link: i };
    }
    return null;
  }

  private gestures(): void {
    const { canvas } = this;
    const at = (event: { clientX: number; clientY: number }): Point => {
      const box = canvas.getBoundingClientRect();
      return { x: event.clientX - box.left, y: event.clientY - box.top };
    };
    this.zoomer
      .filter((event: MouseEvent | WheelEvent | TouchEvent) => {
        if (event.type === 'wheel') return true;
        if (event.type === 'dblclick' || ('button' in event && event.button !== 0)) return false;
        return !('clientX' in event) || this.hit(at(event))?.kind !== 'node';
      })
      .on('zoom', ({ transform }: { transform: ZoomTransform }) => {
        this.transform = transform;
        this.soon();
      });
    const dragger = drag<HTMLCanvasElement, unknown, { node: number; x: number; y: number } | undefined>()
      .clickDistance(4)
      .subject((event: { x: number; y: number }) => {
        const found = this.hit(event);
        if (found?.kind !== 'node') return undefined;
        const box = this.drawn?.boxes[found.node];
        return box === undefined ? undefined : { node: found.node, x: box.x, y: box.y };
      })
      .on('drag', (event: { x: number; y: number; subject: { node: number } }) => {
        this.dragged = { node: event.subject.node, place: toPlace(this.view(), event) };
        this.soon();
      })
      .on('end', () => this.drop());
    const selection = d3select(canvas);
    selection.call(dragger).call(this.zoomer).on('dblclick.zoom', null);
    const click = (event: MouseEvent): void => this.click(this.hit(at(event)));
    const move = (event: PointerEvent): void => this.hover(this.hit(at(event)));
    canvas.addEventListener('click', click);
    canvas.addEventListener('pointermove', move);
    this.undo.push(
      () => canvas.removeEventListener('click', click),
      () => canvas.removeEventListener('pointermove', move),
    );
  }

  private drop(): void {
    const { dragged } = this;
    const { lab: open } = lab.getState();
    this.dragged = null;
    const name = dragged === null ? undefined : open?.input.world.nodes[dragged.node]?.name;
    if (dragged === null || open === null || name === undefined) return;
    placeNode(open.id, name, [Math.round(dragged.place.x), Math.round(dragged.place.y)]);
    // The map is not stretched anew while a person arranges it: only what was dragged moves.
    this.unfitted = false;
    this.spots.clear();
    this.soon();
  }

  private hover(found: Hit | null): void {
    this.canvas.style.cursor = found === null ? 'grab' : 'pointer';
    const link = found?.kind === 'link' ? found.link : -1;
    if (link === this.hoverLink) return;
    this.hoverLink = link;
    this.soon();
  }

  private click(found: Hit | null): void {
    const train = found?.kind === 'train' ? this.drawn?.cards[found.index]?.train : undefined;
    if (train !== undefined) select({ kind: 'frame', frame: train.hop.frame, record: train.hop.record });
    else if (found?.kind === 'node') select({ kind: 'node', node: found.node as never });
    else if (found?.kind === 'link') select({ kind: 'link', link: found.link });
    else select(null);
  }
}

function rewriteNames(lang: Settings['lang']): RewriteNames {
  return {
    srcMac: text(lang, 'field.srcMac'),
    dstMac: text(lang, 'field.dstMac'),
    src: text(lang, 'field.src'),
    dst: text(lang, 'field.dst'),
    sport: text(lang, 'field.sport'),
    dport: text(lang, 'field.dport'),
    ttl: text(lang, 'field.ttl'),
    wrapped: text(lang, 'field.wrapped'),
    unwrapped: text(lang, 'field.unwrapped'),
  };
}
