/** The transport of two futures: the same keys and choices as for one. */
import { ChevronLeft, ChevronRight, ChevronsLeft, ChevronsRight, Pause, Play } from 'lucide-react';
import { Button } from 'react-aria-components';
import { useStore } from 'zustand';
import { choose, exact, setGrain, type PairAxis } from '../../lab/index.ts';
import { pairJump, pairState, pairStep, pairToggle } from '../../playback/index.ts';
import type { Grain } from '../../sim/index.ts';
import { IconButton } from '../common/icon-button.tsx';
import { useLab, useSay, useSettings } from '../common/use-lab.ts';
import css from '../transport/transport.module.css';
import own from './what-if.module.css';

const GRAINS = ['story', 'hop', 'event'] as const satisfies readonly Grain[];
const SPEEDS = [0.25, 0.5, 1, 2, 4, 8, 16] as const;

export function PairTransport({ axis }: { readonly axis: PairAxis }) {
  const say = useSay();
  const step = useStore(pairState, (s) => s.step);
  const at = useStore(pairState, (s) => s.at);
  const playing = useStore(pairState, (s) => s.mode === 'playing');
  const grain = useLab((s) => s.grain);
  const speed = useSettings((s) => s.speed);
  const first = axis.next(step, grain, false) < 0;
  const last = axis.next(step, grain, true) < 0;
  const { number, of } = axis.position(step, grain);
  return (
    <div className={css['transport']} role="toolbar" aria-label={say('transport.label')}>
      <div className={css['keys']}>
        <IconButton label={say('transport.start')} keys="Home" disabled={step <= 0} onPress={() => pairJump(0)}>
          <ChevronsLeft size={18} />
        </IconButton>
        <IconButton label={say('transport.back')} keys="←" disabled={first} onPress={() => pairStep(false, grain)}>
          <ChevronLeft size={20} />
        </IconButton>
        <IconButton label={say(playing ? 'transport.pause' : 'transport.play')} keys={say('key.space')} onPress={pairToggle}>
          {playing ? <Pause size={18} /> : <Play size={18} />}
        </IconButton>
        <Button className={css['next'] ?? ''} isDisabled={last} onPress={() => pairStep(true, grain)}>
          {say('transport.next')}
          <ChevronRight size={18} aria-hidden />
        </Button>
        <IconButton label={say('transport.end')} keys="End" disabled={step >= axis.length - 1} onPress={() => pairJump(axis.width)}>
          <ChevronsRight size={18} />
        </IconButton>
      </div>
      <div className={`${css['choices']} ${own['choices']}`}>
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
      </div>
      <output className={css['where']}>
        <span>{say('transport.position', { number: number.toLocaleString('en'), of: of.toLocaleString('en') })}</span>
        <b>{exact(at)}</b>
      </output>
    </div>
  );
}
