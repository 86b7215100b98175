/**
 * The modes of playback: loading, paused, playing, seeking (on the way to the next step), atEnd.
 * Comes from: transport, keyboard, timeline.  Goes to: clock.ts and the cursor of the lab.
 */
import { assign, createActor, fromCallback, setup } from 'xstate';
import type { Nanos, TraceId } from '../engine/index.ts';
import { lab, openingMoment, setCursor } from '../lab/index.ts';
import type { Grain, Moment } from '../sim/index.ts';
import { glide, play } from './clock.ts';
import { glideTo, settle, standAt } from './playhead.ts';

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
  /** step that is being sought, or -1 */
  readonly target: number;
}

/** The step from which Next and Back count: the one sought, or else the one at the cursor. */
function present(target: number): number {
  const { branch, cursor } = lab.getState();
  if (target >= 0) return target;
  return branch?.steps.stepBefore(cursor.executed) ?? -1;
}

function nextStep(target: number, forward: boolean, grain: Grain): number {
  return lab.getState().branch?.steps.next(present(target), grain, forward) ?? -1;
}

export function isAtEnd(): boolean {
  const { branch, cursor, phase } = lab.getState();
  return branch !== null && phase !== 'advancing' && branch.steps.stepBefore(cursor.executed) >= branch.steps.length - 1;
}

const machine = setup({
  types: { context: {} as Context, events: {} as PlaybackEvent },
  actors: {
    play: fromCallback(({ sendBack }) => play(() => sendBack({ type: 'END' }))),
    glide: fromCallback<{ type: 'none' }, { target: number }>(({ sendBack, input }) => {
      const x = lab.getState().branch?.steps.x[input.target];
      return x === undefined ? undefined : glide(x, () => sendBack({ type: 'ARRIVED' }));
    }),
  },
  guards: {
    canStep: ({ context, event }) => event.type === 'STEP' && nextStep(context.target, event.forward, event.grain) >= 0,
    canPlay: () => !isAtEnd(),
  },
  actions: {
    aim: assign(({ context, event }) =>
      event.type === 'STEP' ? { target: nextStep(context.target, event.forward, event.grain) } : context,
    ),
    arrive: ({ context }) => {
      if (context.target >= 0) standAt(context.target);
    },
    forget: assign({ target: -1 }),
    settle: () => settle(),
    jump: ({ event }) => {
      if (event.type === 'JUMP') setCursor(event.moment, event.focus ?? null);
    },
    drag: ({ event }) => {
      if (event.type === 'DRAG') glideTo(event.x);
    },
    start: () => {
      const { branch } = lab.getState();
      if (branch !== null) setCursor(openingMoment(branch));
    },
    // After the very last event: what is done here goes on with this future and begins no other.
    finish: () => {
      const { branch } = lab.getState();
      const at = branch?.steps.at[branch.steps.length - 1];
      if (branch !== null && at !== undefined) setCursor({ executed: branch.run.head, at: at as Nanos });
    },
  },
}).createMachine({
  id: 'playback',
  initial: 'loading',
  context: { target: -1 },
  on: {
    LOADING: '.loading',
    JUMP: { target: '.paused', actions: ['forget', 'jump'] },
    DRAG: { target: '.paused', actions: ['forget', 'drag'] },
    START: { target: '.paused', actions: ['forget', 'start'] },
    FINISH: { target: '.atEnd', actions: ['forget', 'finish'] },
    STEP: { guard: 'canStep', target: '.seeking', actions: ['arrive', 'aim'], reenter: true },
  },
  states: {
    loading: { on: { LOADED: 'paused', STEP: {}, JUMP: {}, DRAG: {} } },
    paused: {
      on: {
        PLAY: { guard: 'canPlay', target: 'playing' },
        TOGGLE: { guard: 'canPlay', target: 'playing' },
      },
    },
    playing: {
      invoke: { src: 'play' },
      exit: 'settle',
      on: { PAUSE: 'paused', TOGGLE: 'paused', END: { target: 'atEnd', actions: 'finish' } },
    },
    seeking: {
      invoke: { src: 'glide', input: ({ context }) => ({ target: context.target }) },
      on: {
        ARRIVED: { target: 'paused', actions: ['arrive', 'forget'] },
        PLAY: { target: 'playing', actions: ['arrive', 'forget'] },
        TOGGLE: { target: 'playing', actions: ['arrive', 'forget'] },
        PAUSE: { target: 'paused', actions: ['arrive', 'forget'] },
      },
    },
    atEnd: {
      on: {
        PLAY: { guard: 'canPlay', target: 'playing' },
        TOGGLE: [
          { guard: 'canPlay', target: 'playing' },
          { target: 'playing', actions: 'start' },
        ],
      },
    },
  },
});

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
    tell();
  });
  return () => {
    stop();
    playback.stop();
  };
}
