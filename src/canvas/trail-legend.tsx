/** What the colours of the trail mean; stands in a corner of the map as long as there is a trail. */
import { useStore } from 'zustand';
import { lab, settings, text } from '../lab/index.ts';
import { OVER_MAP } from './covered.ts';
import css from './trail-legend.module.css';

/** @param waits it keeps its place and is not seen yet */
export function TrailLegend({ waits = false }: { readonly waits?: boolean }) {
  const lang = useStore(settings, (s) => s.lang);
  const on = useStore(settings, (s) => s.trail);
  const picked = useStore(lab, (s) => s.selection?.kind === 'frame');
  if (!on && !picked) return null;
  return (
    <ul className={css['legend']} data-waits={waits || undefined} {...OVER_MAP} aria-label={text(lang, 'trail.label')}>
      <li data-leg="request">{text(lang, 'trail.request')}</li>
      <li data-leg="answer">{text(lang, 'trail.answer')}</li>
      <li data-leg="wrapped">{text(lang, 'trail.wrapped')}</li>
    </ul>
  );
}
