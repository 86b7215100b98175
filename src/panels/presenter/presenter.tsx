/**
 * The lab before a room: the map and one large sentence, driven by a clicker. A tour goes from moment to
 * moment with the notes that belong to them.
 * Comes from: the button and the key of the page.  Goes to: playback/.
 */
import { CircleX, Focus, Route, Spline, Square, X } from 'lucide-react';
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useStore } from 'zustand';
import { MapCanvas, TrailLegend, type MapControls } from '../../canvas/index.ts';
import { bookmarks, captionRecord, choose, exact, lab, setGrain, settings, type LayerView } from '../../lab/index.ts';
import { playback } from '../../playback/index.ts';
import { decidedBy, reasonOf, tell } from '../../sim/index.ts';
import { IconButton } from '../common/icon-button.tsx';
import { LayerChoice } from '../common/layer-choice.tsx';
import { useLab, useLang, useSay, useSettings } from '../common/use-lab.ts';
import { listenToPresenter, type PresenterKey } from './presenter-keys.ts';
import css from './presenter.module.css';
import { nextStop, stopAt, tourOf, type TourStop } from './tour.ts';

export interface PresenterProps {
  readonly onLeave: () => void;
}

/** The tools go away when the pointer rests. */
const TOOLS_MS = 2500;

export default function Presenter({ onLeave }: PresenterProps) {
  const say = useSay();
  const stops = useTour();
  const trail = useSettings((s) => s.trail);
  const [map, setMap] = useState<MapControls | null>(null);
  const [follow, setFollow] = useState(true);
  const [blank, setBlank] = useState(false);
  const [tour, setTour] = useState(stops.length > 0);
  const tools = useTools();
  useLargeText();
  useFullScreenEnd(onLeave);
  useEffect(() => map?.follow(follow), [map, follow]);
  const onReady = useCallback((controls: MapControls | null) => setMap(controls), []);

  const act = (key: PresenterKey): void => {
    switch (key) {
      case 'next':
      case 'back':
        go(key === 'next', tour ? stops : []);
        return;
      case 'play':
        playback.send({ type: 'TOGGLE' });
        return;
      case 'start':
      case 'end':
        playback.send({ type: key === 'start' ? 'START' : 'FINISH' });
        return;
      case 'blank':
        setBlank(true);
        return;
      case 'leave':
        onLeave();
        return;
      case 'fit':
        setFollow(false);
        map?.fit();
        return;
      case 'follow':
        setFollow(!follow);
        return;
      case 'tour':
        setTour(!tour && stops.length > 0);
        return;
      case 'trail':
        choose({ trail: !settings.getState().trail });
        return;
      default:
        choose({ layer: key satisfies LayerView });
    }
  };
  useKeys(act, blank, () => setBlank(false));

  return (
    <section className={css['presenter']} aria-label={say('presenter.label')} data-tools={tools || undefined}>
      <div className={css['picture']}>
        <MapCanvas onReady={onReady} />
        <TrailLegend />
        <div className={css['tools']}>
          <LayerChoice />
          <IconButton label={say('map.trail')} keys="t" pressed={trail} onPress={() => act('trail')}>
            <Spline size={20} />
          </IconButton>
          <IconButton label={say('presenter.follow')} keys="c" pressed={follow} onPress={() => act('follow')}>
            <Focus size={20} />
          </IconButton>
          <IconButton
            label={say(stops.length === 0 ? 'presenter.noTour' : 'presenter.tour')}
            keys="m"
            pressed={tour}
            disabled={stops.length === 0}
            onPress={() => act('tour')}
          >
            <Route size={20} />
          </IconButton>
          <IconButton label={say('presenter.blank')} keys="b" onPress={() => act('blank')}>
            <Square size={20} />
          </IconButton>
          <IconButton label={say('presenter.leave')} keys="Esc" onPress={onLeave}>
            <X size={20} />
          </IconButton>
        </div>
      </div>
      <Spoken stops={tour ? stops : []} />
      {blank ? (
        <button type="button" className={css['blank']} onClick={() => setBlank(false)}>
          {say('presenter.blanked')}
        </button>
      ) : null}
    </section>
  );
}

/** One step, or to the next moment of the tour. */
function go(forward: boolean, stops: readonly TourStop[]): void {
  const { cursor, grain } = lab.getState();
  if (stops.length === 0) {
    playback.send({ type: 'STEP', forward, grain });
    return;
  }
  const stop = nextStop(stops, cursor, forward);
  if (stop !== null) playback.send({ type: 'JUMP', moment: stop.moment });
  else if (!forward) playback.send({ type: 'START' });
}

function useTour(): readonly TourStop[] {
  const lang = useLang();
  const branch = useLab((s) => s.branch);
  const branches = useLab((s) => s.branches);
  const written = useLab((s) => s.lab?.scenario.bookmarks);
  const own = useStore(bookmarks, (s) => s.all);
  useLab((s) => s.version);
  return branch === null ? [] : tourOf(branch, branches, written ?? [], own, lang);
}

/** The note of the moment, and the sentence of the step: the larger of the two is the one that is new. */
function Spoken({ stops }: { readonly stops: readonly TourStop[] }) {
  const say = useSay();
  const lang = useLang();
  const branch = useLab((s) => s.branch);
  const id = useLab((s) => captionRecord(s)?.id ?? null);
  const cursor = useLab((s) => s.cursor);
  const grain = useLab((s) => s.grain);
  if (branch === null || id === null) return <div className={css['spoken']} />;
  const record = branch.run.trace.get(id);
  const here = stopAt(stops, cursor);
  const stop = stops[here];
  const atStop = stop !== undefined && stop.moment.executed === cursor.executed;
  const { number, of } = branch.steps.position(branch.steps.stepBefore(cursor.executed), grain);
  return (
    <div className={css['spoken']} data-dropped={record.verdict === 'drop' || undefined}>
      <div aria-live="polite">
        {atStop ? <p className={css['note']}>{stop.note}</p> : null}
        <p className={atStop ? css['under'] : css['note']}>
          {record.verdict === 'drop' ? <CircleX aria-label={say('verdict.drop')} /> : null}
          {tell(record, branch.cast.names, lang)}
        </p>
      </div>
      <p className={css['foot']}>
        <code>{decidedBy(reasonOf(record), lang)}</code>
        <span>
          {stops.length > 0 ? say('presenter.stop', { number: here + 1, of: stops.length }) : say('transport.position', { number, of })}
        </span>
        <span className={css['time']}>{exact(cursor.at)}</span>
      </p>
      <div className={css['progress']} style={{ '--gone': of === 0 ? 0 : number / of } as React.CSSProperties} />
    </div>
  );
}

function useKeys(act: (key: PresenterKey) => void, blank: boolean, wake: () => void): void {
  const now = useRef({ act, blank, wake });
  useEffect(() => {
    now.current = { act, blank, wake };
  });
  useEffect(
    () =>
      listenToPresenter(
        (key) => now.current.act(key),
        () => now.current.blank,
        () => now.current.wake(),
      ),
    [],
  );
}

/** Letters as large as the room needs them, by the height of the screen: see tokens.css. */
function useLargeText(): void {
  useLayoutEffect(() => {
    const { grain } = lab.getState();
    document.documentElement.dataset['presenting'] = '';
    return () => {
      delete document.documentElement.dataset['presenting'];
      setGrain(grain);
    };
  }, []);
}

/** Escape ends the full screen before any key is heard: then the presenter ends too. */
function useFullScreenEnd(leave: () => void): void {
  const then = useRef(leave);
  useEffect(() => {
    then.current = leave;
  });
  useEffect(() => {
    let was = document.fullscreenElement !== null;
    const change = (): void => {
      const is = document.fullscreenElement !== null;
      if (was && !is) then.current();
      was = is;
    };
    document.addEventListener('fullscreenchange', change);
    return () => {
      document.removeEventListener('fullscreenchange', change);
      if (document.fullscreenElement !== null) void document.exitFullscreen().catch(() => {});
    };
  }, []);
}

/** Whether the pointer has moved a moment ago. */
function useTools(): boolean {
  const [shown, setShown] = useState(true);
  useEffect(() => {
    let timer = window.setTimeout(() => setShown(false), TOOLS_MS);
    const move = (): void => {
      clearTimeout(timer);
      setShown(true);
      timer = window.setTimeout(() => setShown(false), TOOLS_MS);
    };
    document.addEventListener('pointermove', move);
    return () => {
      clearTimeout(timer);
      document.removeEventListener('pointermove', move);
    };
  }, []);
  return shown;
}
