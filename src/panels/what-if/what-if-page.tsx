/**
 * Two futures beside each other: two maps locked in time, where they part, one transport, one timeline,
 * and the table of what differs.
 * Comes from: lab/what-if.ts.  Goes to: app/, in place of the single map.
 */
import { ArrowLeft, ArrowLeftRight, Link2, Link2Off } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Button } from 'react-aria-components';
import { useStore } from 'zustand';
import { choose, closeWhatIf, lab, otherGrain, swapSides, whatIf, type WhatIf } from '../../lab/index.ts';
import { pairHere, pairStep, pairToggle } from '../../playback/index.ts';
import { ViewLock } from '../../canvas/index.ts';
import { IconButton } from '../common/icon-button.tsx';
import { Notices } from '../common/notices.tsx';
import { useSay, useSettings } from '../common/use-lab.ts';
import { markMoment } from '../transport/bookmark-words.ts';
import { usePairPlayer } from '../transport/player.ts';
import { pairUntil, RunUntil } from '../transport/run-until.tsx';
import { Transport } from '../transport/transport.tsx';
import { DivergenceLine } from './divergence-line.tsx';
import { Differences } from './differences.tsx';
import { Future } from './future.tsx';
import { PairTimeline } from './pair-timeline.tsx';
import { listenToPairKeys } from './pair-keys.ts';
import css from './what-if.module.css';

export default function WhatIfPage() {
  const say = useSay();
  const pair = useStore(whatIf, (s) => s.pair);
  const locked = useSettings((s) => s.mapsLocked);
  useEffect(
    () =>
      listenToPairKeys({
        step: (forward, other) => pairStep(forward, other ? otherGrain(lab.getState().grain) : lab.getState().grain),
        toggle: pairToggle,
        close: () => closeWhatIf(),
      }),
    [],
  );
  return (
    <section className={css['page']} aria-label={say('whatIf.page')}>
      <header className={css['head']}>
        <Button className={css['back'] ?? ''} onPress={() => closeWhatIf()}>
          <ArrowLeft size={16} aria-hidden /> {say('whatIf.back')}
        </Button>
        {pair === null ? null : (
          <>
            <DivergenceLine pair={pair} />
            <IconButton label={say('map.together')} pressed={locked} onPress={() => choose({ mapsLocked: !locked })}>
              {locked ? <Link2 size={16} /> : <Link2Off size={16} />}
            </IconButton>
            <IconButton label={say('whatIf.swap')} onPress={swapSides}>
              <ArrowLeftRight size={16} />
            </IconButton>
          </>
        )}
        <Notices />
      </header>
      {pair === null ? <p className={css['working']}>{say('whatIf.working')}</p> : <Both pair={pair} />}
    </section>
  );
}

function Both({ pair }: { readonly pair: WhatIf }) {
  const [lock] = useState(() => new ViewLock());
  return (
    <>
      <div className={css['futures']}>
        <Future side="a" pair={pair} lock={lock} />
        <Future side="b" pair={pair} lock={lock} />
      </div>
      <div className={css['below']}>
        <PairTransport pair={pair} />
        <PairTimeline pair={pair} />
      </div>
      <Differences pair={pair} />
    </>
  );
}

function PairTransport({ pair: { axis } }: { readonly pair: WhatIf }) {
  return (
    <Transport player={usePairPlayer(axis)} onBookmark={() => markMoment(pairHere().b)}>
      <RunUntil onUntil={(until) => pairUntil(axis, until)} />
    </Transport>
  );
}
