/**
 * The map alone, to be measured: many servers, many frames on their cables, and jumps through a long run.
 * Comes from: scripts/bench-canvas.mjs, which builds, opens and drives it; it is no part of the page.
 */
import './base.css';
import './tokens.css';
import './fonts.css';
import { createRoot, type Root } from 'react-dom/client';
import { MapCanvas } from '../canvas/index.ts';
import { choose, lab, openLab } from '../lab/index.ts';
import { playback, playhead, startPlayback } from '../playback/index.ts';
import { crowdedLab } from './bench-lab.ts';

interface CanvasBench {
  /** @returns records and events of the run */
  open(servers: number, clients: number, requests: number): Promise<{ records: number; events: number }>;
  /** Goes to a moment with at least so many frames on cables. @returns how many there are; 0: there is none */
  crowd(frames: number): number;
  play(speed: number): void;
  pause(): void;
  /** @returns milliseconds of script for each jump, until it is drawn */
  jumps(count: number): Promise<number[]>;
  /** in place of the map a canvas of its size that is only cleared, once a frame */
  empty(): void;
  frames(): number;
}

declare global {
  interface Window {
    bench: CanvasBench;
    frameTimes: number[];
  }
}

const host = document.querySelector<HTMLElement>('#root');
if (host === null) throw new Error('the page has no root');
let root: Root | null = createRoot(host);
const nothing = (): void => {};
startPlayback();
choose({ trail: true, layer: 'all', lang: 'en' });
root.render(<MapCanvas onReady={nothing} />);

const nextFrame = (): Promise<void> =>
  new Promise((done) => {
    requestAnimationFrame(() => done());
  });

function inFlight(): number {
  const { branch } = lab.getState();
  const { moment } = playhead();
  return branch === null ? 0 : branch.steps.flying(branch.run.trace, moment.executed, moment.at).length;
}

window.bench = {
  async open(servers, clients, requests) {
    const opened = openLab('bench.yaml', crowdedLab(servers, clients, requests), 'bench');
    if (!opened) throw new Error(JSON.stringify(lab.getState().problem));
    do await new Promise((done) => setTimeout(done, 50));
    while (lab.getState().phase !== 'ready');
    const { branch, crash } = lab.getState();
    if (branch === null || crash !== null) throw new Error(crash?.message ?? 'no run');
    return { records: branch.run.trace.length, events: branch.run.head };
  },
  crowd(frames) {
    const { branch } = lab.getState();
    if (branch === null) return 0;
    const { steps, run } = branch;
    for (let step = 0; step < steps.length; step += 50) {
      const executed = (steps.event.get(step) as number) + 1;
      const at = steps.at.get(step) as never;
      if (steps.flying(run.trace, executed, at).length < frames) continue;
      playback.send({ type: 'JUMP', moment: { executed, at } });
      return inFlight();
    }
    return 0;
  },
  play(speed) {
    choose({ speed });
    playback.send({ type: 'PLAY' });
  },
  pause() {
    playback.send({ type: 'PAUSE' });
  },
  async jumps(count) {
    const { branch } = lab.getState();
    if (branch === null) return [];
    const { steps } = branch;
    const times: number[] = [];
    let random = 12345;
    for (let i = 0; i < count; i++) {
      random = (Math.imul(random, 1103515245) + 12345) >>> 0;
      const step = Math.floor((random / 0x1_0000_0000) * steps.length);
      await nextFrame();
      const begin = performance.now();
      playback.send({ type: 'JUMP', moment: { executed: (steps.event.get(step) as number) + 1, at: steps.at.get(step) as never } });
      const sent = performance.now() - begin;
      const before = window.frameTimes.length;
      // The picture is drawn in the next frame; what that took is known at the one after it.
      while (window.frameTimes.length < before + 2) await nextFrame();
      times.push(sent + Math.max(...window.frameTimes.slice(before)));
    }
    return times;
  },
  empty() {
    root?.unmount();
    root = null;
    const canvas = document.createElement('canvas');
    canvas.className = 'empty';
    document.body.append(canvas);
    canvas.width = canvas.clientWidth;
    canvas.height = canvas.clientHeight;
    const ctx = canvas.getContext('2d', { alpha: false });
    if (ctx === null) return;
    let shade = 0;
    const clear = (): void => {
      // Another colour each time, or nothing would have to be shown anew.
      shade = (shade + 1) % 2;
      ctx.fillStyle = shade === 0 ? '#fbfaf7' : '#fbfaf6';
      ctx.fillRect(0, 0, canvas.width, canvas.height);
      requestAnimationFrame(clear);
    };
    requestAnimationFrame(clear);
  },
  frames: inFlight,
};
