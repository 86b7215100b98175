/**
 * The modes of playback: loading, paused, playing, seeking (on the way to the next step), atEnd.
 * Comes from: chart.ts (its shape); transport, keyboard, timeline (its events).  Goes to: clock.ts and the cursor of the lab.
 */
import { assign, createActor, enqueueActions, fromCallback, setup } from 'xstate';
import type { Nanos, TraceId } from '../engine/index.ts';
import { history, lab, openingMoment, type Branch } from '../lab/index.ts';
import type { Grain, Moment } from '../sim/index.ts';
import { aimInRun, type Aim, type Detour } from './aim.ts';
import { playbackChart } from './chart.ts';
import { glide, play } from './clock.ts';
import { glideTo, land, setOut, settle, standAt } from './playhead.ts';

export type PlaybackEvent =
  | { readonly type: 'LOADED' }
  | { readonly type: 'LOADING' }
  | { readonly type: 'PLAY' }
  | { readonly type: 'PAUSE' }
  | { readonly type: 'TOGGLE' }
  | { readonly type: 'STEP'; readonly forward: boolean; readonly grain: Grain }
  | { readonly type: 'JUMP'; readonly moment: Moment; readonly focus?: TraceId }
  | { readonly type: 'DRAG'; readonly x: number }
  | { readonly type: 'START' }
  | { readonly type: 'FINISH' }
  | { readonly type: 'ARRIVED' }
  | { readonly type: 'END' };

interface Context {
  /** where the opposite step leads, if that is no step of its grain */
  readonly detour: Detour<Moment> | null;
  /** future to which it belongs */
  readonly branch: Branch | null;
}

const NOTHING: Context = { detour: null, branch: null };

/** Where a step leads from where the panels stand, which is what is being sought. */
function aimFrom(context: Context, forward: boolean, grain: Grain): Aim<Moment> | null {
  const { branch, cursor } = lab.getState();
  if (branch === null) return null;
  return aimInRun(branch, context.branch === branch ? context.detour : null, cursor, forward, grain);
}

export function isAtEnd(): boolean {
  const { branch, cursor, phase } = lab.getState();
  return branch !== null && phase !== 'advancing' && branch.steps.stepBefore(cursor.executed) >= branch.steps.length - 1;
}

const machine = setup({
  types: { context: {} as Context, events: {} as PlaybackEvent },
  actors: {
    play: fromCallback(({ sendBack }) => play(() => sendBack({ type: 'END' }))),
    glide: fromCallback(({ sendBack }) => {
      const { branch, cursor } = lab.getState();
      if (branch === null) return undefined;
      return glide(branch.steps.placeOf(cursor.executed, cursor.at), () => sendBack({ type: 'ARRIVED' }));
    }),
  },
  guards: {
    canStep: ({ context, event }) => event.type === 'STEP' && aimFrom(context, event.forward, event.grain) !== null,
    canPlay: () => !isAtEnd(),
  },
  actions: {
    aim: enqueueActions(({ context, event, enqueue }) => {
      const aim = event.type === 'STEP' ? aimFrom(context, event.forward, event.grain) : null;
      if (aim === null) return;
      enqueue.assign({ detour: aim.detour, branch: lab.getState().branch });
      enqueue(() => setOut(aim.to));
    }),
    arrive: () => land(),
    forget: assign(NOTHING),
    settle: () => settle(),
    jump: ({ event }) => {
      if (event.type === 'JUMP') standAt(event.moment, event.focus ?? null);
    },
    drag: ({ event }) => {
      if (event.type === 'DRAG') glideTo(event.x);
    },
    start: () => {
      const { branch } = lab.getState();
      if (branch !== null) standAt(openingMoment(branch));
    },
    // After the very last event: what is done here goes on with this future and begins no other.
    finish: () => {
      const { branch } = lab.getState();
      const at = branch?.steps.at.get(branch.steps.length - 1);
      if (branch !== null && at !== undefined) standAt({ executed: branch.run.head, at: at as Nanos });
      const { phase, cursor } = lab.getState();
      endToCome = phase === 'advancing' ? cursor : null;
    },
  },
}).createMachine({
  ...playbackChart,
  context: NOTHING,
});

/** Where the end was asked for while the run was under way: its end is a later one when it is complete. */
let endToCome: Moment | null = null;

/** The one playback of the page. */
export const playback = createActor(machine);

export type PlaybackMode = 'loading' | 'paused' | 'playing' | 'seeking' | 'atEnd';

export function modeOf(): PlaybackMode {
  return playback.getSnapshot().value as PlaybackMode;
}

/** Starts playback and keeps it informed of the lab. @returns how to stop */
export function startPlayback(): () => void {
  playback.start();
  const tell = (): void => {
    const { branch } = lab.getState();
    if (branch !== null && modeOf() === 'loading') playback.send({ type: 'LOADED' });
  };
  tell();
  const stop = lab.subscribe((now, before) => {
    if (now.lab !== before.lab || now.branch !== before.branch) {
      // What was being sought lies in another future.
      if (modeOf() === 'seeking' || modeOf() === 'atEnd') playback.send({ type: 'JUMP', moment: now.cursor });
    }
    // Whoever has gone to the end of what was there and has stayed there comes to the end of all.
    if (now.phase === 'ready' && before.phase === 'advancing' && endToCome !== null && now.cursor === endToCome)
      playback.send({ type: 'FINISH' });
    tell();
  });
  // What is done there is looked at where it is done.
  const stopDeeds = history.subscribe(() => (endToCome = null));
  return () => {
    stop();
    stopDeeds();
    playback.stop();
  };
}
