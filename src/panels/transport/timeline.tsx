/**
 * The whole run as a line: steps, drops, ARP, commands, changes of tables, bookmarks; drag anywhere.
 * Comes from: lab/step-index.ts, lab/bookmarks.ts.  Goes to: playback/.
 */
import { useCallback } from 'react';
import { useStore } from 'zustand';
import type { Nanos } from '../../engine/index.ts';
import { bookmarks, lab, standsIn, type Bookmark, type Branch } from '../../lab/index.ts';
import { momentAt, onPlayhead, playback, playhead } from '../../playback/index.ts';
import { useLab, useLang } from '../common/use-lab.ts';
import { xOfTime, type Scale } from './axis.ts';
import { goToBookmark, titleOf } from './bookmark-words.ts';
import type { Lane } from './paint-marks.ts';
import css from './timeline.module.css';
import { Flag, Track } from './track.tsx';

const HEIGHT = 30;
const LINE = 20;
const PAD = 14;
const headX = (): number => playhead().x;

export function Timeline() {
  const branch = useLab((s) => s.branch);
  const version = useLab((s) => s.version);
  const executed = useLab((s) => s.cursor.executed);
  const at = useLab((s) => s.cursor.at);
  const lanes = useCallback((scale: Scale): readonly Lane[] => (branch === null ? [] : [laneOf(branch, scale)]), [branch]);
  return (
    <div className={css['timeline']}>
      <Track
        axis={branch?.steps ?? null}
        version={version}
        step={branch?.steps.stepBefore(executed) ?? -1}
        at={at}
        height={HEIGHT}
        line={LINE}
        pad={PAD}
        lanes={lanes}
        head={headX}
        watchHead={onPlayhead}
        onDrag={(x) => playback.send({ type: 'DRAG', x })}
        onDrop={(x) => {
          if (branch !== null) playback.send({ type: 'JUMP', moment: momentAt(branch, x) });
        }}
        onStep={goToStep}
      >
        {(scale) => (branch === null ? null : <Flags branch={branch} scale={scale} />)}
      </Track>
    </div>
  );
}

function laneOf({ steps }: Branch, scale: Scale): Lane {
  return {
    side: 'both',
    each(put) {
      for (let i = 0; i < steps.length; i++)
        put(scale.toPixels(steps.x.get(i) as number), steps.marks.get(i) as number, (steps.notability.get(i) as number) >= 2);
    },
  };
}

/** The lab's own moments, and those that the person has marked. */
function Flags({ branch, scale }: { readonly branch: Branch; readonly scale: Scale }) {
  const lang = useLang();
  const given = useLab((s) => s.lab?.scenario.bookmarks) ?? [];
  const own = useStore(bookmarks, (s) => s.all);
  const branches = useLab((s) => s.branches);
  return (
    <>
      {given.map((mark, i) => (
        <Flag key={i} px={scale.toPixels(xOfTime(branch.steps, mark.at))} label={mark.text[lang]} onPress={() => jumpTo(mark.at)} />
      ))}
      {own
        .filter((mark) => standsIn(mark, branch, branches))
        .map((mark: Bookmark) => (
          <Flag
            key={`own ${mark.id}`}
            own
            px={scale.toPixels(branch.steps.placeOf(mark.moment.executed, mark.moment.at))}
            label={titleOf(mark, branches, lang)}
            onPress={() => goToBookmark(mark)}
          />
        ))}
    </>
  );
}

/** Goes to a step by its number, from 0. */
function goToStep(step: number): void {
  const { branch } = lab.getState();
  const event = branch?.steps.event.get(step);
  const at = branch?.steps.at.get(step);
  if (event !== undefined && at !== undefined) playback.send({ type: 'JUMP', moment: { executed: event + 1, at: at as Nanos } });
}

/** Goes to a time, after everything that happens at it. */
export function jumpTo(at: Nanos): void {
  const { branch } = lab.getState();
  if (branch !== null) playback.send({ type: 'JUMP', moment: { executed: branch.run.executedAt(at), at } });
}
