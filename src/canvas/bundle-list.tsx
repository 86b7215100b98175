/** The frames of a badge on the map, one under the other; each can be picked. */
import { useEffect, useRef } from 'react';
import { useStore } from 'zustand';
import { select, settings, text } from '../lab/index.ts';
import { cardOf, type CardEnd } from './cards.ts';
import css from './bundle-list.module.css';
import type { Bundle } from './map-types.ts';

/** More than this nobody reads. */
const SHOWN = 60;

export function BundleList({ bundle, onClose }: { readonly bundle: Bundle; readonly onClose: () => void }) {
  const lang = useStore(settings, (s) => s.lang);
  const layer = useStore(settings, (s) => s.layer);
  const list = useRef<HTMLDialogElement>(null);
  const { branch, hops, x, y } = bundle;
  useEffect(() => {
    list.current?.querySelector('button')?.focus();
    const press = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape') return;
      event.preventDefault();
      event.stopPropagation();
      onClose();
    };
    document.addEventListener('keydown', press, true);
    return () => document.removeEventListener('keydown', press, true);
  }, [onClose, bundle]);
  return (
    <dialog
      open
      ref={list}
      className={css['bundle']}
      aria-label={text(lang, 'bundle.title', { count: hops.length })}
      style={{ '--x': `${x}px`, '--y': `${y}px` } as React.CSSProperties}
    >
      <p>{text(lang, 'bundle.title', { count: hops.length })}</p>
      <ul>
        {hops.slice(0, SHOWN).map((hop) => {
          const card = cardOf(branch.run.trace, hop.frame, branch.cast, layer);
          const pair = card.pairs[card.pairs.length - 1];
          return (
            <li key={hop.record}>
              <button
                type="button"
                onClick={() => {
                  select({ kind: 'frame', frame: hop.frame, record: hop.record });
                  onClose();
                }}
              >
                <b>{card.short}</b>
                <span>{pair === undefined ? card.macs : `${endText(pair[0])} → ${endText(pair[1])}`}</span>
              </button>
            </li>
          );
        })}
      </ul>
      {hops.length > SHOWN ? <p>{text(lang, 'bundle.more', { count: hops.length - SHOWN })}</p> : null}
    </dialog>
  );
}

function endText({ label, text: address }: CardEnd): string {
  return label === '' ? address : `${label} ${address}`;
}
