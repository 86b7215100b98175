/**
 * Frames on their way at a moment, those that lie on each other merged into counted bundles.
 * Comes from: the hops of a branch.  Goes to: draw.ts, at every picture: nothing is made anew here.
 */
import { NO_FRAME, type FrameId } from '../engine/index.ts';
import type { Branch } from '../lab/index.ts';
import { placeOnCable, type Hop, type Moment } from '../sim/index.ts';
import { portKey } from './look.ts';
import type { SceneLink } from './scene.ts';
import type { Track } from './view.ts';

/** One frame, or several that go the same way at about the same place. */
export interface Mark {
  /** the first of them */
  hop: Hop;
  link: number;
  /** against the cable's direction */
  reverse: boolean;
  /** share of the way, 0 to 1: the middle of them */
  p: number;
  count: number;
  selected: boolean;
  /** its badge has room for the number */
  counted: boolean;
}

/** So few frames at once are each drawn by themselves. */
const LONELY = 3;
/** Pixels of cable whose frames make one bundle. */
const BUNDLE_PX = 34;
/** A cable without delay is crossed in the time of sending. */
const LEAST_DELAY_NS = 1000;

const NO_HOP = { record: -1, frame: NO_FRAME } as unknown as Hop;

export class Traffic {
  /** the first `count` of them are valid */
  readonly marks: Mark[] = [];
  count = 0;
  /** frames on cables */
  frames = 0;
  /** different frames: one that a switch sends to all counts once */
  distinct = 0;
  private readonly hops: Hop[] = [];
  /** number of the mark of each hop */
  private readonly markOf: number[] = [];
  /** by direction of a cable: its last mark, and the stretch of time that this mark stands for */
  private last = new Int32Array(0);
  private stretch = new Float64Array(0);
  private ports = new Map<number, number>();
  private portsOf: readonly SceneLink[] = [];

  /** @param halfway frames stand in the middle of their cable */
  update(
    branch: Branch,
    moment: Moment,
    links: readonly SceneLink[],
    tracks: readonly Track[],
    selected: FrameId | null,
    halfway: boolean,
  ): void {
    this.plug(links);
    this.frames = branch.steps.flyingInto(this.hops, branch.run.trace, moment.executed, moment.at);
    this.distinct = this.countDistinct();
    this.last.fill(-1);
    this.count = 0;
    const apart = this.distinct <= LONELY;
    for (let i = 0; i < this.frames; i++) {
      const hop = this.hops[i] as Hop;
      const port = this.ports.get(portKey(hop.from, hop.fromDev)) ?? -1;
      this.markOf[i] = -1;
      if (port < 0) continue;
      const cells = Math.max(1, (tracks[port >> 1]?.length ?? 1) / BUNDLE_PX);
      const crossing = Math.max(LEAST_DELAY_NS, links[port >> 1]?.delayNs ?? 0);
      // Frames of one stretch of time keep together all the way: nothing flickers as they move.
      const stretch = halfway ? 0 : Math.floor((hop.start * cells) / crossing);
      const p = halfway ? 0.5 : placeOnCable(hop, moment.at);
      const before = this.last[port] as number;
      if (!apart && before >= 0 && this.stretch[port] === stretch) this.join(before, hop, p, selected);
      else {
        this.put(hop, port, p, hop.frame === selected);
        this.last[port] = this.count - 1;
        this.stretch[port] = stretch;
      }
      this.markOf[i] = this.last[port] as number;
    }
  }

  /** The frames of a mark, in the order in which they were sent. */
  framesOf(mark: Mark): Hop[] {
    const number = this.marks.indexOf(mark);
    return this.hops.filter((_, i) => i < this.frames && this.markOf[i] === number);
  }

  private plug(links: readonly SceneLink[]): void {
    if (this.portsOf === links) return;
    this.portsOf = links;
    this.ports.clear();
    for (const { id, aPort, bPort } of links) {
      this.ports.set(aPort, 2 * id);
      this.ports.set(bPort, 2 * id + 1);
    }
    if (this.last.length !== links.length * 2) {
      this.last = new Int32Array(links.length * 2);
      this.stretch = new Float64Array(links.length * 2);
    }
  }

  /** Copies of one frame lie beside each other in the list: a switch makes them in one go. */
  private countDistinct(): number {
    let distinct = 0;
    let before: FrameId = NO_FRAME;
    for (let i = 0; i < this.frames; i++) {
      const { frame } = this.hops[i] as Hop;
      if (frame !== before) distinct++;
      before = frame;
    }
    return distinct;
  }

  private put(hop: Hop, port: number, p: number, selected: boolean): void {
    let mark = this.marks[this.count];
    if (mark === undefined) {
      mark = { hop: NO_HOP, link: 0, reverse: false, p: 0, count: 0, selected: false, counted: false };
      this.marks.push(mark);
    }
    this.count++;
    mark.hop = hop;
    mark.link = port >> 1;
    mark.reverse = (port & 1) === 1;
    mark.p = p;
    mark.count = 1;
    mark.selected = selected;
  }

  private join(number: number, hop: Hop, p: number, selected: FrameId | null): void {
    const mark = this.marks[number] as Mark;
    mark.p = (mark.p * mark.count + p) / (mark.count + 1);
    mark.count++;
    if (hop.frame === selected && !mark.selected) {
      mark.hop = hop;
      mark.selected = true;
    }
  }
}
