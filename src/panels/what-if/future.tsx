/** One of the two futures: its name, its map, and the sentence of the step it is at. */
import { CircleX } from 'lucide-react';
import { useCallback, useMemo } from 'react';
import { Button } from 'react-aria-components';
import { useStore } from 'zustand';
import { MapCanvas, type MapSource, type ViewLock } from '../../canvas/index.ts';
import type { TraceId } from '../../engine/index.ts';
import { closeWhatIf, exact, type Branch, type WhatIf } from '../../lab/index.ts';
import { onPairHead, pairHead, pairState } from '../../playback/index.ts';
import { decidedBy, reasonOf, tell } from '../../sim/index.ts';
import { useLab, useLang, useSay } from '../common/use-lab.ts';
import css from './what-if.module.css';

export interface FutureProps {
  readonly side: 'a' | 'b';
  readonly pair: WhatIf;
  /** keeps both maps at the same zoom */
  readonly lock: ViewLock;
}

export function Future({ side, pair, lock }: FutureProps) {
  const say = useSay();
  const lang = useLang();
  const branch = pair[side];
  const source = useMemo<MapSource>(
    () => ({
      branch: () => branch,
      moment: () => pairHead()[side],
      watch: onPairHead,
    }),
    [branch, side],
  );
  const onReady = useCallback(() => {}, []);
  return (
    <section className={css['future']} aria-label={say(side === 'a' ? 'whatIf.first' : 'whatIf.second')}>
      <header>
        <span className={css['tag']} data-side={side} aria-hidden="true">
          {side.toUpperCase()}
        </span>
        <h2 title={labelOf(branch, lang, say('branches.first'))}>{labelOf(branch, lang, say('branches.first'))}</h2>
        <Button className={css['quietButton'] ?? ''} onPress={() => closeWhatIf(branch)}>
          {say('whatIf.goOn')}
        </Button>
      </header>
      <div className={css['picture']}>
        <MapCanvas onReady={onReady} source={source} lock={lock} />
      </div>
      <Sentence side={side} pair={pair} />
    </section>
  );
}

export function labelOf(branch: Branch, lang: 'en' | 'zh', first: string): string {
  return branch.id === 0 ? first : branch.label[lang];
}

/** What happens in this future now; paler when it happened a while ago and only the other one has moved on. */
function Sentence({ side, pair }: Omit<FutureProps, 'lock'>) {
  const say = useSay();
  const lang = useLang();
  const step = useStore(pairState, (s) => s.step);
  const playing = useStore(pairState, (s) => s.mode === 'playing');
  const grain = useLab((s) => s.grain);
  const { axis } = pair;
  const branch = pair[side];
  const own = step < 0 ? -1 : ((side === 'a' ? axis.stepA : axis.stepB)[step] ?? -1);
  if (own < 0) return <p className={css['sentence']}>{say('whatIf.waits')}</p>;
  const record = branch.run.trace.get(branch.steps.headline.get(own) as TraceId);
  const idle = exact(record.at) !== exact(axis.at.get(step) as number);
  const next = branch.steps.next(own, grain, true);
  const coming = next < 0 ? null : branch.run.trace.get(branch.steps.headline.get(next) as TraceId);
  const decided = decidedBy(reasonOf(record), lang);
  const dropped = record.verdict === 'drop' && reasonOf(record).notability >= 2;
  return (
    <div
      className={css['caption']}
      data-idle={idle || undefined}
      data-dropped={dropped || undefined}
      aria-live={playing ? 'off' : 'polite'}
    >
      <p className={css['sentence']}>
        {dropped ? <CircleX size={17} aria-label={say('verdict.drop')} /> : null}
        <span>{tell(record, branch.cast.names, lang)}</span>
      </p>
      <p className={css['idle']}>
        {idle ? <span>{say('whatIf.idle', { time: exact(record.at) })}</span> : null}
        {idle || decided === '' ? null : <code>{decided}</code>}
        {coming === null ? null : (
          <span>
            {say('caption.next')} {tell(coming, branch.cast.names, lang)}
          </span>
        )}
      </p>
    </div>
  );
}
