/**
 * Two futures beside each other: two maps locked in time, where they part, one transport, one timeline,
 * and the table of what differs.
 * Comes from: lab/what-if.ts.  Goes to: app/, in place of the single map.
 */
import { ArrowLeft, ArrowLeftRight } from 'lucide-react';
import { useEffect } from 'react';
import { Button } from 'react-aria-components';
import { useStore } from 'zustand';
import { closeWhatIf, lab, swapSides, whatIf, type WhatIf } from '../../lab/index.ts';
import { pairStep, pairToggle } from '../../playback/index.ts';
import { IconButton } from '../common/icon-button.tsx';
import { Notices } from '../common/notices.tsx';
import { useSay } from '../common/use-lab.ts';
import { DivergenceLine } from './divergence-line.tsx';
import { Differences } from './differences.tsx';
import { Future } from './future.tsx';
import { PairTimeline } from './pair-timeline.tsx';
import { PairTransport } from './pair-transport.tsx';
import { listenToPairKeys } from './pair-keys.ts';
import css from './what-if.module.css';

export default function WhatIfPage() {
  const say = useSay();
  const pair = useStore(whatIf, (s) => s.pair);
  useEffect(
    () =>
      listenToPairKeys({
        step: (forward, other) => pairStep(forward, other ? otherGrain() : lab.getState().grain),
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
  return (
    <>
      <div className={css['futures']}>
        <Future side="a" pair={pair} />
        <Future side="b" pair={pair} />
      </div>
      <div className={css['below']}>
        <PairTransport axis={pair.axis} />
        <PairTimeline pair={pair} />
      </div>
      <Differences pair={pair} />
    </>
  );
}

function otherGrain(): 'story' | 'hop' {
  return lab.getState().grain === 'story' ? 'hop' : 'story';
}
