/**
 * One timeline for two futures: marks of the first above the line, of the second below it, and the place
 * where they part.
 */
import { useCallback } from 'react';
import { useStore } from 'zustand';
import { bookmarks, standsIn, type PairAxis, type WhatIf } from '../../lab/index.ts';
import { onPairHead, pairDrag, pairHead, pairJump, pairState } from '../../playback/index.ts';
import { useLab, useLang, useSay } from '../common/use-lab.ts';
import type { Scale } from '../transport/axis.ts';
import { titleOf } from '../transport/bookmark-words.ts';
import type { Lane } from '../transport/paint-marks.ts';
import css from '../transport/timeline.module.css';
import { Flag, Track } from '../transport/track.tsx';

/** Room at both ends for the names of the lanes. */
const PAD = 30;
const HEIGHT = 52;
const LINE = 26;
const headX = (): number => pairHead().x;

export function PairTimeline({ pair }: { readonly pair: WhatIf }) {
  const say = useSay();
  const step = useStore(pairState, (s) => s.step);
  const at = useStore(pairState, (s) => s.at);
  const { axis, comparison } = pair;
  const parts = comparison?.divergence ?? null;
  const lanes = useCallback((scale: Scale) => [laneOf(axis, 'a', scale), laneOf(axis, 'b', scale)], [axis]);
  return (
    <Track
      axis={axis}
      version={0}
      step={step}
      at={at}
      height={HEIGHT}
      line={LINE}
      pad={PAD}
      lanes={lanes}
      head={headX}
      watchHead={onPairHead}
      onDrag={pairDrag}
      // Let go, the handle stands at the step it was dropped at.
      onDrop={(x) => pairJump(axis.x.get(axis.stepAt(x)) ?? 0)}
      onStep={(to) => pairJump(axis.x.get(to) ?? 0)}
    >
      {(scale) => (
        <>
          <span className={css['lane']} data-side="a" aria-hidden="true">
            A
          </span>
          <span className={css['lane']} data-side="b" aria-hidden="true">
            B
          </span>
          {parts === null ? null : (
            <div
              className={css['parts']}
              style={{ transform: `translateX(${scale.toPixels(axis.placeOf(parts.at))}px)` }}
              title={say('whatIf.divergence')}
            />
          )}
          <Flags pair={pair} scale={scale} />
        </>
      )}
    </Track>
  );
}

function laneOf(axis: PairAxis, side: 'a' | 'b', scale: Scale): Lane {
  const { steps } = axis[side];
  return {
    side: side === 'a' ? 'above' : 'below',
    each(put) {
      for (let i = 0; i < axis.length; i++) {
        const own = axis.own(i, side);
        if (own >= 0)
          put(scale.toPixels(axis.x.get(i) as number), steps.marks.get(own) as number, (steps.notability.get(own) as number) >= 2);
      }
    },
  };
}

/** Bookmarks of either future. */
function Flags({ pair: { a, b, axis }, scale }: { readonly pair: WhatIf; readonly scale: Scale }) {
  const lang = useLang();
  const all = useStore(bookmarks, (s) => s.all);
  const branches = useLab((s) => s.branches);
  return all
    .filter((mark) => standsIn(mark, a, branches) || standsIn(mark, b, branches))
    .map((mark) => (
      <Flag
        key={mark.id}
        own
        px={scale.toPixels(axis.placeOf(mark.moment.at))}
        label={titleOf(mark, branches, lang)}
        onPress={() => pairJump(axis.placeOf(mark.moment.at))}
      />
    ));
}
