/**
 * The map on screen: keeps what is to be drawn up to date with the moment, draws it, and passes on what a
 * pointer does to it.
 * Comes from: the lab and the playhead.  Goes to: draw.ts.
 */
import type { FrameId, NodeId } from '../engine/index.ts';
import { dragNode, editor, lab, pickNode, select, settings, type Branch, type LabState, type Settings } from '../lab/index.ts';
import { modeOf, reducedMotion } from '../playback/index.ts';
import { aimedAt, arrived, between, viewOn, WHOLE } from './camera.ts';
import { coveredOf } from './covered.ts';
import { draw, markAt, markPoint, type PlacedCard } from './draw.ts';
import { drawGround } from './draw-ground.ts';
import { emptyFit, freeSpot, type MapTarget } from './edit-places.ts';
import { forgetMarks } from './draw-marks.ts';
import type { NoteNames } from './draw-notes.ts';
import { movedBoxes, nodeBoxes, type LabelChoice, type NodeBox } from './labels.ts';
import { Ground } from './ground.ts';
import { heldAt, stillHeld, type Hold } from './hold.ts';
import { layoutOf, spacingOf, type Fit, type Place } from './layout.ts';
import { listenToGestures, type Gestures, type GestureTarget } from './map-gestures.ts';
import { lookOf } from './look.ts';
import { fitMap } from './map-fit.ts';
import type { Hit, MapInstance, MapOptions } from './map-types.ts';
import { chosenFrame, isSame, whenFontsCome } from './map-watch.ts';
import { spotsOf } from './node-window.ts';
import { namesIn } from './note-names.ts';
import type { Spot } from './place.ts';
import { stageOf, type Stage, type StageInput } from './scene.ts';
import type { MapSource } from './source.ts';
import { forgetSprites, type Ink } from './sprites.ts';
import { readTheme, type Theme } from './theme.ts';
import { Traffic } from './traffic.ts';
import { NO_TRAIL, trailOf, type Trail } from './trail.ts';
import { contains, distanceTo, toPlace, toScreen, tracksOf, type Point, type Track, type View } from './view.ts';
import type { ViewChange } from './view-lock.ts';

/** Puts a living map onto a canvas. */
export function createMap(canvas: HTMLCanvasElement, source: MapSource, options: MapOptions): MapInstance {
  return new LiveMap(canvas, source, options);
}

class LiveMap implements MapInstance, GestureTarget {
  private readonly canvas: HTMLCanvasElement;
  private readonly source: MapSource;
  private readonly options: MapOptions;
  private readonly ctx: CanvasRenderingContext2D;
  private readonly gestures: Gestures;
  private readonly undo: (() => void)[] = [];
  private theme: Theme;
  private seen: ViewChange = WHOLE;
  private size = { width: 1, height: 1, dpr: 1 };
  private places: readonly Place[] = [];
  private fitted: Fit = { sx: 1, sy: 1, ox: 0, oy: 0, spacing: 100 };
  private labels: LabelChoice = { showMacs: false, aside: false, detail: null, inside: true, covered: [] };
  private unfitted = true;
  /** the lab that was fitted after it had been run */
  private ran: LabState['lab'] = null;
  /** where the nodes of the lab shown stood, by name */
  private stood: { readonly lab: string; readonly places: ReadonlyMap<string, readonly [number, number]> } = { lab: '', places: new Map() };
  private stage: Stage | null = null;
  private staged: StageInput | null = null;
  private stagedVersion = -1;
  private boxes: readonly NodeBox[] = [];
  private tracks: readonly Track[] = [];
  private placed: unknown[] = [];
  private readonly ground = new Ground();
  private readonly traffic = new Traffic();
  private trail: Trail = NO_TRAIL;
  private trailed: unknown[] = [];
  private cards: readonly PlacedCard[] = [];
  private readonly spots = new Map<string, Spot>();
  private hoverLink = -1;
  /** the lab that was drawn last */
  private drawn: LabState['lab'] = null;
  private drag: Hold | null = null;
  /** a hand is zooming, or the camera is on its way: labels keep their sides */
  private moving = false;
  private frame = 0;
  private asleep = false;
  private following = false;
  private flight: { readonly from: ViewChange; readonly to: ViewChange; readonly since: number } | null = null;
  private aimedAt = '';
  private names: NoteNames | null = null;
  private readonly adopt = (change: ViewChange): void => this.gestures.put(change);

  constructor(canvas: HTMLCanvasElement, source: MapSource, options: MapOptions) {
    this.canvas = canvas;
    this.source = source;
    this.options = options;
    const ctx = canvas.getContext('2d', { alpha: false });
    if (ctx === null) throw new Error('this browser has no 2D canvas');
    this.ctx = ctx;
    this.theme = readTheme(canvas.parentElement ?? document.body);
    this.gestures = listenToGestures(canvas, this);
    this.watch();
    this.resize();
  }

  destroy(): void {
    cancelAnimationFrame(this.frame);
    for (const stop of this.undo) stop();
    this.gestures.stop();
  }

  /** Shows everything, with room for the labels. */
  fit(): void {
    this.gestures.put(WHOLE);
    this.options.lock?.tell(this.adopt, WHOLE);
    this.refit();
  }

  zoomBy(factor: number): void {
    this.gestures.zoomBy(factor);
  }

  follow(on: boolean): void {
    if (this.following === on) return;
    this.following = on;
    this.aimedAt = '';
    if (!on) this.flyTo(WHOLE);
    this.soon();
  }

  sleep(on: boolean): void {
    this.asleep = on;
    if (!on) this.soon();
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
      editor.subscribe((now, before) => (before.on && !now.on ? this.refit() : undefined)),
    );
    if (this.options.lock !== null) this.undo.push(this.options.lock.join(this.adopt));
    whenFontsCome(() => {
      forgetSprites();
      this.restyle();
    });
  }

  private labChanged(now: LabState, before: LabState): void {
    if (now.lab !== before.lab) {
      this.drag = stillHeld(this.drag);
      if (now.lab?.id !== before.lab?.id) this.gestures.put(WHOLE);
      this.replace();
    }
    // Who plays which part is known when a new lab has been run: its labels may be longer then.
    const ran = now.lab !== null && this.ran !== now.lab && now.phase === 'ready';
    if (ran) this.ran = now.lab;
    if (ran && !editor.getState().on) this.refit();
    this.soon();
  }

  private settingsChanged(now: Settings, before: Settings): void {
    // The stylesheet changes with the attribute, which is set in the same tick.
    if (now.theme !== before.theme || now.size !== before.size) requestAnimationFrame(() => this.restyle());
    if (now.showMacs !== before.showMacs || now.layer !== before.layer) this.refit();
    // The legend comes or goes, or is as long as its words.
    if ((now.trail !== before.trail || now.lang !== before.lang) && !editor.getState().on) this.refit();
    if (now.places !== before.places) this.replace();
    if (now.lang !== before.lang) this.names = null;
    this.soon();
  }

  private restyle(): void {
    forgetMarks();
    this.theme = readTheme(this.canvas.parentElement ?? document.body);
    this.refit();
  }

  private replace(): void {
    const { lab: open } = lab.getState();
    if (open === null) return;
    const { world } = open.input;
    const editing = editor.getState().on && this.stood.lab === open.id;
    // While somebody edits the lab, what the file leaves to the map stays where it was.
    const given = editing ? new Map([...this.stood.places, ...open.places]) : open.places;
    this.places = layoutOf(world, given, settings.getState().places[open.id] ?? {});
    this.stood = { lab: open.id, places: new Map(this.places.map(({ x, y }, i) => [world.nodes[i]?.name ?? '', [x, y] as const])) };
    if (!editing) {
      this.refit();
      return;
    }
    this.fitted = { ...this.fitted, spacing: spacingOf(this.places, this.fitted.sx, this.fitted.sy) };
    this.spots.clear();
    this.soon();
  }

  /** The map is fitted when it is next drawn: how much room the labels need is known only then. */
  private refit(): void {
    this.unfitted = true;
    this.soon();
  }

  private resize(): void {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    const dpr = Math.min(2, window.devicePixelRatio);
    if (width === 0 || height === 0) return;
    if (width === this.size.width && height === this.size.height && dpr === this.size.dpr) return;
    this.size = { width, height, dpr };
    this.canvas.width = Math.round(width * dpr);
    this.canvas.height = Math.round(height * dpr);
    // Text may have another size now as well.
    this.theme = readTheme(this.canvas.parentElement ?? document.body);
    this.replace();
    this.unfitted = true;
    // At once, not in the next frame: a resized canvas is empty.
    this.paint();
  }

  private soon(): void {
    if (this.frame !== 0 || this.asleep) return;
    this.frame = requestAnimationFrame((now) => {
      this.frame = 0;
      this.fly(now);
      this.paint();
    });
  }

  private view(): View {
    const { k, x, y } = this.seen;
    return { ...this.size, fit: this.fitted, k, tx: x, ty: y };
  }

  private paint(): void {
    const { lab: open } = lab.getState();
    const branch = this.source.branch();
    this.drawn = open;
    if (branch === null || open === null) {
      this.ctx.setTransform(1, 0, 0, 1, 0, 0);
      this.ctx.fillStyle = this.theme.color.ground;
      this.ctx.fillRect(0, 0, this.canvas.width, this.canvas.height);
      return;
    }
    if (this.places.length !== open.input.world.nodes.length) this.replace();
    const stage = this.setStage(branch);
    if (this.unfitted) this.fitNow(stage);
    const view = this.view();
    this.place(view, stage);
    const moment = this.source.moment();
    const chosen = chosenFrame();
    const halfway = reducedMotion() && modeOf() !== 'seeking';
    this.traffic.update(branch, moment, stage.links, this.tracks, chosen, halfway);
    this.follows(branch, stage);
    this.layTrail(branch, chosen, stage);
    const ground = this.lay(view, stage);
    this.cards = draw(this.ctx, {
      view,
      theme: this.theme,
      branch,
      stage,
      ground,
      boxes: this.boxes,
      tracks: this.tracks,
      traffic: this.traffic,
      trail: this.trail,
      at: moment.at,
      names: (this.names ??= namesIn(settings.getState().lang)),
      step: moment.executed,
      spots: this.spots,
      covered: this.labels.covered,
    });
  }

  /** What is to be seen: made anew when the step, the selection or the lab has changed. */
  private setStage(branch: Branch): Stage {
    const { version, selection, focus, cursor } = lab.getState();
    const { lang, layer } = settings.getState();
    const moment = this.source.moment();
    const places = this.drag === null ? this.places : this.places.map((place, i) => (i === this.drag?.node ? this.drag.place : place));
    const now = this.staged;
    const told = cursor.executed === moment.executed ? focus : null;
    if (
      this.stage !== null &&
      now !== null &&
      now.branch === branch &&
      now.moment.executed === moment.executed &&
      now.selection === selection &&
      now.lang === lang &&
      now.layer === layer &&
      now.focus === told &&
      (now.places === places || this.drag !== null) &&
      this.drag === null &&
      this.stagedVersion === version
    )
      return this.stage;
    // Before its setups a lab has no addresses: its labels were small.
    if (now?.moment.executed === 0 && moment.executed > 0 && !editor.getState().on) this.unfitted = true;
    this.staged = { look: lookOf(branch, moment.executed), places, branch, moment, selection, lang, layer, focus: told };
    this.stagedVersion = version;
    this.stage = stageOf(this.staged, this.stage);
    return this.stage;
  }

  private fitNow(stage: Stage): void {
    this.unfitted = false;
    if (stage.nodes.length === 0) {
      this.fitted = emptyFit(this.size.width, this.size.height);
      return;
    }
    const { showMacs } = settings.getState();
    const covered = coveredOf(this.canvas, this.labels.covered);
    const { fit, labels } = fitMap({
      ...this.size,
      theme: this.theme,
      places: this.places,
      nodes: stage.nodes,
      links: stage.links,
      showMacs,
      covered,
    });
    this.fitted = fit;
    this.labels = labels;
    this.spots.clear();
  }

  /** Symbols, labels and cables in pixels: placed anew when the view or what is seen has changed. */
  private place(view: View, stage: Stage): void {
    const now = [stage.nodes, stage.links, this.fitted, this.theme, this.labels, view.k, view.tx, view.ty, this.moving];
    if (isSame(now, this.placed)) return;
    const [, , fit, theme, labels, k] = this.placed;
    const zoomed = fit !== view.fit || theme !== this.theme || labels !== this.labels || k !== view.k;
    this.placed = now;
    const still = view.k === 1 && view.tx === 0 && view.ty === 0;
    const keep = (this.moving || this.drag !== null) && this.boxes.length === stage.nodes.length;
    // At another zoom there may be room for more, or for less.
    const choice = view.k === 1 ? { ...this.labels, inside: still } : { ...this.labels, detail: null, inside: false };
    this.boxes = keep
      ? movedBoxes(view, this.theme, stage.nodes, this.boxes)
      : nodeBoxes(view, this.theme, stage.nodes, stage.links, choice);
    this.tracks = tracksOf(view, this.theme.scale, stage.nodes, stage.links);
    if (zoomed || this.spots.size > 400 || this.drag !== null || !still) this.spots.clear();
    this.options.onSpots(spotsOf(this.boxes, this.size));
  }

  private layTrail(branch: Branch, chosen: FrameId | null, stage: Stage): void {
    const { trail: wanted } = settings.getState();
    const moment = this.source.moment();
    const now = [branch, moment.executed, chosen, wanted, this.stagedVersion];
    if (isSame(now, this.trailed)) return;
    this.trailed = now;
    const ports = new Map(stage.links.flatMap(({ id, aPort, bPort }) => [[aPort, 2 * id] as const, [bPort, 2 * id + 1] as const]));
    const made =
      chosen === null && !wanted ? NO_TRAIL : trailOf(branch, moment, chosen, (node, dev) => ports.get(node * 65536 + dev) ?? -1);
    if (made.key !== this.trail.key) this.trail = made;
  }

  private lay(view: View, stage: Stage): (ctx: CanvasRenderingContext2D) => void {
    const { theme, boxes, tracks, trail, hoverLink } = this;
    const paint = (ctx: Ink): void => drawGround(ctx, { view, theme, links: stage.links, boxes, tracks, trail, hoverLink });
    return this.ground.painter([boxes, stage.links, theme, trail, hoverLink, view.dpr], this.canvas, paint);
  }

  /** Aims the camera at the cables on which frames are, or at the node where the step happens. */
  private follows(branch: Branch, stage: Stage): void {
    if (!this.following) return;
    const nodes = aimedAt(stage, this.traffic);
    const aim = `${branch.id} ${[...nodes].join()} ${this.size.width} ${this.fitted.sx}`;
    if (aim === this.aimedAt) return;
    this.aimedAt = aim;
    const whole = { ...this.view(), k: 1, tx: 0, ty: 0 };
    const places = [...nodes].flatMap((node) => {
      const place = stage.nodes[node]?.place;
      return place === undefined ? [] : [toScreen(whole, place)];
    });
    this.flyTo(viewOn(places, this.size.width, this.size.height, 70 * this.theme.scale));
  }

  private flyTo(to: ViewChange): void {
    this.flight = { from: this.seen, to, since: performance.now() };
    if (reducedMotion()) this.flight = { ...this.flight, since: -Infinity };
    this.soon();
  }

  private fly(now: number): void {
    if (this.flight === null) return;
    const { from, to, since } = this.flight;
    const done = arrived(now - since);
    this.moving = !done;
    if (done) this.flight = null;
    this.gestures.put(done ? to : between(from, to, now - since));
    this.soon();
  }

  hit(point: Point): Hit | null {
    // What is there is what is drawn: of a lab that has just come nothing has been placed yet.
    if (this.drawn !== lab.getState().lab) this.paint();
    const mark = markAt(this.cards, this.traffic, this.tracks, this.theme.scale, point);
    if (mark !== null) return { kind: 'mark', mark };
    for (const { node, x, y, r, label } of this.boxes) {
      const near = (point.x - x) ** 2 + (point.y - y) ** 2 <= (r + 6) ** 2;
      if (near || contains(label, point)) return { kind: 'node', node: node.id };
    }
    const link = this.tracks.findIndex((track) => distanceTo(track, point) <= 8);
    return link < 0 ? null : { kind: 'link', link };
  }

  placeAt(clientX: number, clientY: number): readonly [number, number] | null {
    const { left, top, right, bottom } = this.canvas.getBoundingClientRect();
    if (clientX < left || clientX > right || clientY < top || clientY > bottom) return null;
    const { x, y } = toPlace(this.view(), { x: clientX - left, y: clientY - top });
    return [x, y];
  }

  freePlace(): readonly [number, number] {
    const { selection } = lab.getState();
    const beside = this.boxes[selection?.kind === 'node' ? selection.node : -1];
    const { x, y } = toPlace(this.view(), freeSpot(this.size.width, this.size.height, this.boxes, beside));
    return [x, y];
  }

  targetAt(clientX: number, clientY: number): MapTarget | null {
    const { left, top } = this.canvas.getBoundingClientRect();
    const place = this.placeAt(clientX, clientY);
    const found = this.hit({ x: clientX - left, y: clientY - top });
    const at = { x: clientX, y: clientY };
    if (found?.kind === 'node' || found?.kind === 'link') return { ...found, ...at };
    // A frame stands on its cable.
    if (found?.kind === 'mark') return { kind: 'link', link: found.mark.link, ...at };
    return place === null ? null : { kind: 'ground', place, ...at };
  }

  nodeAt(node: number): Point | null {
    return this.boxes[node] ?? null;
  }

  zoomed(change: ViewChange, byHand: boolean): void {
    this.moving = (byHand && change.k !== this.seen.k) || (this.moving && this.flight !== null);
    this.seen = change;
    if (byHand) {
      this.flight = null;
      this.options.lock?.tell(this.adopt, change);
      this.options.onBundle(null);
    }
    this.soon();
  }

  zoomEnded(): void {
    if (this.flight !== null) return;
    this.moving = false;
    this.soon();
  }

  dragged(grabbed: number, to: Point): void {
    this.drag = heldAt(this.drag, grabbed, toPlace(this.view(), to));
    this.soon();
  }

  dropped(): void {
    const { drag } = this;
    const { lab: open } = lab.getState();
    this.drag = null;
    const name = drag === null ? undefined : open?.input.world.nodes[drag.node]?.name;
    if (drag === null || open === null || name === undefined) return;
    dragNode(name, [drag.place.x, drag.place.y]);
    // The map is not stretched anew while a person arranges it: only what was dragged moves.
    this.unfitted = false;
    this.spots.clear();
    this.soon();
  }

  hovered(found: Hit | null): void {
    this.canvas.style.cursor = found === null ? 'grab' : 'pointer';
    if (found?.kind === 'node') this.options.onOver(found.node);
    const link = found?.kind === 'link' ? found.link : -1;
    if (link === this.hoverLink) return;
    this.hoverLink = link;
    this.soon();
  }

  pressed(found: Hit | null): void {
    const branch = this.source.branch();
    this.options.onBundle(null);
    if (found?.kind === 'mark' && found.mark.count > 1 && branch !== null) {
      const { mark } = found;
      const track = this.tracks[mark.link];
      const at = track === undefined ? { x: 0, y: 0 } : markPoint(track, mark, mark.p, this.theme.scale);
      this.options.onBundle({ branch, hops: this.traffic.framesOf(mark), ...at });
    } else if (found?.kind === 'mark') select({ kind: 'frame', frame: found.mark.hop.frame, record: found.mark.hop.record });
    else if (found?.kind === 'node') pickNode(found.node as NodeId);
    else if (found?.kind === 'link') select({ kind: 'link', link: found.link });
    else select(null);
  }
}
