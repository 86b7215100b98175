/**
 * To start, back, play, Next, to end; how far one press goes and how fast playing is.
 * Comes from: the person.  Goes to: playback/.
 */
import { ChevronLeft, ChevronRight, ChevronsLeft, ChevronsRight, Clock, Pause, Play } from 'lucide-react';
import { useSyncExternalStore } from 'react';
import { Button } from 'react-aria-components';
import { choose, exact, setGrain } from '../../lab/index.ts';
import { isAtEnd, modeOf, playback, type PlaybackMode } from '../../playback/index.ts';
import type { Grain } from '../../sim/index.ts';
import { IconButton } from '../common/icon-button.tsx';
import { useLab, useSay, useSettings } from '../common/use-lab.ts';
import { RunUntil } from '../what-if/run-until.tsx';
import css from './transport.module.css';

function subscribe(listener: () => void): () => void {
  const subscription = playback.subscribe(listener);
  return () => subscription.unsubscribe();
}

export function useMode(): PlaybackMode {
  return useSyncExternalStore(subscribe, modeOf);
}

const GRAINS = ['story', 'hop', 'event'] as const satisfies readonly Grain[];
const SPEEDS = [0.25, 0.5, 1, 2, 4, 8, 16] as const;

export function Transport() {
  const say = useSay();
  const mode = useMode();
  const grain = useLab((s) => s.grain);
  const speed = useSettings((s) => s.speed);
  const axis = useSettings((s) => s.axis);
  const branch = useLab((s) => s.branch);
  const executed = useLab((s) => s.cursor.executed);
  const at = useLab((s) => s.cursor.at);
  useLab((s) => s.version);
  const step = branch?.steps.stepBefore(executed) ?? -1;
  const first = branch === null || branch.steps.next(step, grain, false) < 0;
  const last = branch === null || branch.steps.next(step, grain, true) < 0;
  const { number, of } = branch?.steps.position(step, grain) ?? { number: 0, of: 0 };
  const playing = mode === 'playing';

  return (
    <div className={css['transport']} role="toolbar" aria-label={say('transport.label')}>
      <div className={css['keys']}>
        <IconButton label={say('transport.start')} keys="Home" disabled={first} onPress={() => playback.send({ type: 'START' })}>
          <ChevronsLeft size={18} />
        </IconButton>
        <IconButton
          label={say('transport.back')}
          keys="←"
          disabled={first}
          onPress={() => playback.send({ type: 'STEP', forward: false, grain })}
        >
          <ChevronLeft size={20} />
        </IconButton>
        <IconButton
          label={playing ? say('transport.pause') : say('transport.play')}
          keys={say('key.space')}
          disabled={branch === null}
          onPress={() => playback.send({ type: 'TOGGLE' })}
        >
          {playing ? <Pause size={18} /> : <Play size={18} />}
        </IconButton>
        <Button className={css['next'] ?? ''} isDisabled={last} onPress={() => playback.send({ type: 'STEP', forward: true, grain })}>
          {say('transport.next')}
          <ChevronRight size={18} aria-hidden />
        </Button>
        <IconButton label={say('transport.end')} keys="End" disabled={isAtEnd()} onPress={() => playback.send({ type: 'FINISH' })}>
          <ChevronsRight size={18} />
        </IconButton>
      </div>
      <div className={css['choices']}>
        <label>
          <span>{say('transport.grain')}</span>
          <select value={grain} onChange={(event) => setGrain(event.target.value as Grain)}>
            {GRAINS.map((value) => (
              <option key={value} value={value}>
                {say(`grain.${value}`)}
              </option>
            ))}
          </select>
        </label>
        <label>
          <span>{say('transport.speed')}</span>
          <select value={String(speed)} onChange={(event) => choose({ speed: Number(event.target.value) })}>
            {SPEEDS.map((value) => (
              <option key={value} value={String(value)}>
                {value < 1 ? `1/${1 / value}` : value}×
              </option>
            ))}
          </select>
        </label>
        <RunUntil />
        <IconButton
          label={say(axis === 'steps' ? 'timeline.byTime' : 'timeline.bySteps')}
          pressed={axis === 'time'}
          onPress={() => choose({ axis: axis === 'steps' ? 'time' : 'steps' })}
        >
          <Clock size={16} />
        </IconButton>
      </div>
      <output className={css['where']}>
        <span>{say('transport.position', { number: number.toLocaleString('en'), of: of.toLocaleString('en') })}</span>
        <b>{exact(at)}</b>
      </output>
    </div>
  );
}
