/**
 * The one hint of the first visit. Once it is done with it keeps its place unseen: the map, which was fitted
 * around it, does not move when somebody takes the first step.
 */
import { useState } from 'react';
import { OVER_MAP } from '../canvas/index.ts';
import { useLab, useSay, useSettings } from '../panels/index.ts';
import css from './app.module.css';

export function StepHint() {
  const say = useSay();
  const hinted = useSettings((s) => s.hinted);
  const ready = useLab((s) => s.branch !== null);
  const [wanted] = useState(!hinted);
  if (!wanted || !ready) return null;
  const [before = '', after = ''] = say('hint.step').split('{key}');
  return (
    <p className={css['hint']} data-done={hinted || undefined} {...OVER_MAP}>
      {before}
      <kbd>{noKeys() ? say('transport.next') : '→'}</kbd>
      {after}
    </p>
  );
}

/** A screen that is touched comes without arrow keys: there it is the button that steps. */
function noKeys(): boolean {
  return matchMedia('(hover: none) and (pointer: coarse)').matches;
}
