/** Where the two futures part, in a sentence, with the way there. */
import { Split } from 'lucide-react';
import { Button } from 'react-aria-components';
import { useStore } from 'zustand';
import { exact, type WhatIf } from '../../lab/index.ts';
import { pairJump, pairState } from '../../playback/index.ts';
import { tellDivergence, type Divergence } from '../../sim/index.ts';
import { useLang, useSay } from '../common/use-lab.ts';
import css from './what-if.module.css';

export function DivergenceLine({ pair }: { readonly pair: WhatIf }) {
  const say = useSay();
  const lang = useLang();
  const { comparison, a, b } = pair;
  const divergence = comparison?.divergence ?? null;
  const step = divergence === null ? -1 : stepOf(pair, divergence);
  const here = useStore(pairState, (s) => s.step === step && s.mode !== 'seeking');
  if (comparison === null) return <p className={css['divergence']}>{say('whatIf.comparing')}</p>;
  if (divergence === null) {
    return <output className={css['divergence']}>{say(comparison.differences.length === 0 ? 'whatIf.same' : 'whatIf.sameBut')}</output>;
  }
  return (
    <section className={css['divergence']} data-found="" data-here={here || undefined} aria-label={say('whatIf.divergence')}>
      <Split size={18} aria-hidden />
      <p>{tellDivergence(divergence, { a: a.cast.names, b: b.cast.names }, lang)}</p>
      <Button className={css['jump'] ?? ''} isDisabled={here} onPress={() => pairJump(pair.axis.x.get(step) as number)}>
        {say('whatIf.jump')} <span>{exact(divergence.at)}</span>
      </Button>
    </section>
  );
}

/** The step at which both have come to the records that tell the difference. */
function stepOf({ axis, a, b }: WhatIf, divergence: Divergence): number {
  const last = axis.stepAt(axis.placeOf(divergence.at));
  for (let step = last; step >= 0 && axis.at.get(step) === divergence.at; step--) {
    const ownA = axis.own(step, 'a');
    const ownB = axis.own(step, 'b');
    if (
      (divergence.b !== null && ownB >= 0 && b.steps.event.get(ownB) === divergence.b.event) ||
      (divergence.b === null && ownA >= 0 && a.steps.event.get(ownA) === divergence.a?.event)
    )
      return step;
  }
  return last;
}
