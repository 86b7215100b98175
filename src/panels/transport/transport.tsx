/**
 * To start, back, play, Next, to end; how far one press goes and how fast playing is.
 * Comes from: the person.  Goes to: the player: one run, or two beside each other.
 */
import { BookmarkPlus, ChevronLeft, ChevronRight, ChevronsLeft, ChevronsRight, Clock, Pause, Play } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button } from 'react-aria-components';
import { choose, exact, setGrain } from '../../lab/index.ts';
import { GRAINS, type Grain } from '../../sim/index.ts';
import { IconButton } from '../common/icon-button.tsx';
import { useLab, useSay, useSettings } from '../common/use-lab.ts';
import type { Player } from './player.ts';
import css from './transport.module.css';

/** Speeds from an eighth to sixty-four times, each double the one before. */
const SLOWEST = -3;
const FASTEST = 6;

export function Transport({
  player,
  onBookmark,
  children,
}: {
  readonly player: Player;
  readonly onBookmark: () => void;
  readonly children: ReactNode;
}) {
  const say = useSay();
  const grain = useLab((s) => s.grain);
  const axis = useSettings((s) => s.axis);
  const none = useLab((s) => s.branch === null);
  const { first, last, playing, number, of } = player;
  return (
    <div className={css['transport']} role="toolbar" aria-label={say('transport.label')}>
      <div className={css['keys']}>
        <IconButton label={say('transport.start')} keys="Home" disabled={first && number <= 1} onPress={player.start}>
          <ChevronsLeft size={18} />
        </IconButton>
        <IconButton label={say('transport.back')} keys="←" disabled={first} onPress={() => player.step(false, grain)}>
          <ChevronLeft size={20} />
        </IconButton>
        <IconButton
          label={playing ? say('transport.pause') : say('transport.play')}
          keys={say('key.space')}
          disabled={none}
          onPress={player.toggle}
        >
          {playing ? <Pause size={18} /> : <Play size={18} />}
        </IconButton>
        <Button className={css['next'] ?? ''} isDisabled={last} onPress={() => player.step(true, grain)}>
          {say('transport.next')}
          <ChevronRight size={18} aria-hidden />
        </Button>
        <IconButton label={say('transport.end')} keys="End" disabled={player.atEnd} onPress={player.end}>
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
        <Speed />
        {children}
        <IconButton label={say('bookmarks.add')} keys="b" disabled={none} onPress={onBookmark}>
          <BookmarkPlus size={17} />
        </IconButton>
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
        <b>{exact(player.at)}</b>
      </output>
    </div>
  );
}

/** Doubles with each notch. */
function Speed() {
  const say = useSay();
  const speed = useSettings((s) => s.speed);
  const notch = Math.round(Math.log2(speed));
  const shown = notch < 0 ? `1/${2 ** -notch}×` : `${2 ** notch}×`;
  return (
    <label className={css['speed']}>
      <span>{say('transport.speed')}</span>
      <input
        type="range"
        min={SLOWEST}
        max={FASTEST}
        step={1}
        value={notch}
        aria-valuetext={shown}
        onChange={(event) => choose({ speed: 2 ** Number(event.target.value) })}
      />
      <output>{shown}</output>
    </label>
  );
}
