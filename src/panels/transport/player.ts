/**
 * What the transport drives: one run, or two beside each other, which are stepped and played alike.
 * Comes from: playback/.  Goes to: transport.tsx.
 */
import { useSyncExternalStore } from 'react';
import { useStore } from 'zustand';
import type { Nanos } from '../../engine/index.ts';
import type { PairAxis } from '../../lab/index.ts';
import { isAtEnd, modeOf, pairJump, pairState, pairStep, pairToggle, playback, type PlaybackMode } from '../../playback/index.ts';
import type { Grain } from '../../sim/index.ts';
import { useLab } from '../common/use-lab.ts';

export interface Player {
  readonly at: Nanos;
  readonly playing: boolean;
  /** there is nothing before, or after, at the chosen grain */
  readonly first: boolean;
  readonly last: boolean;
  readonly atEnd: boolean;
  readonly number: number;
  readonly of: number;
  readonly start: () => void;
  readonly step: (forward: boolean, grain: Grain) => void;
  readonly toggle: () => void;
  readonly end: () => void;
}

function subscribe(listener: () => void): () => void {
  const subscription = playback.subscribe(listener);
  return () => subscription.unsubscribe();
}

export function useMode(): PlaybackMode {
  return useSyncExternalStore(subscribe, modeOf);
}

const oneRun = {
  start: () => playback.send({ type: 'START' }),
  step: (forward: boolean, grain: Grain) => playback.send({ type: 'STEP', forward, grain }),
  toggle: () => playback.send({ type: 'TOGGLE' }),
  end: () => playback.send({ type: 'FINISH' }),
} as const;

export function usePlayer(): Player {
  const playing = useMode() === 'playing';
  const grain = useLab((s) => s.grain);
  const branch = useLab((s) => s.branch);
  const executed = useLab((s) => s.cursor.executed);
  const at = useLab((s) => s.cursor.at);
  useLab((s) => s.version);
  const step = branch?.steps.stepBefore(executed) ?? -1;
  return {
    at,
    playing,
    first: branch === null || branch.steps.next(step, grain, false) < 0,
    last: branch === null || branch.steps.next(step, grain, true) < 0,
    atEnd: isAtEnd(),
    ...(branch?.steps.position(step, grain) ?? { number: 0, of: 0 }),
    ...oneRun,
  };
}

export function usePairPlayer(axis: PairAxis): Player {
  const step = useStore(pairState, (s) => s.step);
  const at = useStore(pairState, (s) => s.at);
  const playing = useStore(pairState, (s) => s.mode === 'playing');
  const grain = useLab((s) => s.grain);
  return {
    at,
    playing,
    first: axis.next(step, grain, false) < 0,
    last: axis.next(step, grain, true) < 0,
    atEnd: step >= axis.length - 1,
    ...axis.position(step, grain),
    start: () => pairJump(0),
    step: pairStep,
    toggle: pairToggle,
    end: () => pairJump(axis.width),
  };
}
