/** Where two futures begin: the ready-made pair, and the form for one of one's own. */
import { Columns2, Split, Table2 } from 'lucide-react';
import { useState } from 'react';
import { Button } from 'react-aria-components';
import { useStore } from 'zustand';
import { closeCures, compareCures, cures, healthyAndBroken, hasDirect, lab, quietMoment, startWhatIf } from '../../lab/index.ts';
import { playback } from '../../playback/index.ts';
import { part } from '../common/part.tsx';
import { useLab, useSay } from '../common/use-lab.ts';
import { useWorld } from '../common/use-world.ts';
import css from './branch-tree.module.css';
import type { ChangeFormProps } from './change-form.tsx';
import own from './what-if-section.module.css';

const ChangeForm = part<ChangeFormProps>(() => import('./change-form.tsx'), { leave: ({ onClose }) => onClose() });
const Cures = part(() => import('./cures.tsx'), { leave: closeCures });

/** The lesson for which direct routing is mostly opened, one press away: it stands above everything else. */
export function Showpiece() {
  const say = useSay();
  const direct = useWorld(hasDirect) === true;
  const ready = useLab((s) => s.phase === 'ready');
  return direct ? (
    <Button className={own['showpiece'] ?? ''} isDisabled={!ready} onPress={showpiece}>
      <Columns2 size={17} aria-hidden /> {say('whatIf.showpiece')}
    </Button>
  ) : null;
}

export function WhatIfSection() {
  const say = useSay();
  const [open, setOpen] = useState(false);
  const direct = useWorld(hasDirect) === true;
  const ready = useLab((s) => s.phase === 'ready');
  const curing = useStore(cures, (s) => s.phase !== 'closed');
  return (
    <>
      <div className={css['head']}>
        <h3>{say('whatIf.title')}</h3>
      </div>
      <div className={own['buttons']}>
        {direct ? (
          <Button className={own['button'] ?? ''} isDisabled={!ready} onPress={cure}>
            <Table2 size={15} aria-hidden /> {say('cures.button')}
          </Button>
        ) : null}
        <Button className={own['button'] ?? ''} isDisabled={!ready} onPress={() => setOpen(true)}>
          <Split size={15} aria-hidden /> {say('whatIf.change')}
        </Button>
      </div>
      <p className={own['quiet']}>{say('whatIf.how')}</p>
      {open ? <ChangeForm onClose={() => setOpen(false)} /> : null}
      {curing ? <Cures /> : null}
    </>
  );
}

function showpiece(): void {
  playback.send({ type: 'PAUSE' });
  const { branch, cursor } = lab.getState();
  if (branch === null) return;
  const moment = quietMoment(branch, cursor);
  const plan = healthyAndBroken(branch, moment.executed);
  if (plan !== null) startWhatIf(plan, moment);
}

function cure(): void {
  playback.send({ type: 'PAUSE' });
  const { branch, cursor } = lab.getState();
  if (branch !== null) compareCures(quietMoment(branch, cursor));
}
