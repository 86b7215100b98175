/**
 * The sentence of the present step: what happens, why, what decided, and what comes next. It is what
 * a lecturer would say, and what a screen reader says.
 */
import { CircleX, Lightbulb } from 'lucide-react';
import type { TraceId } from '../../engine/index.ts';
import { captionRecord, exact } from '../../lab/index.ts';
import { decidedBy, reasonOf, sourceText, tell } from '../../sim/index.ts';
import { useLab, useLang, useSay } from '../common/use-lab.ts';
import { useMode } from './player.ts';
import css from './caption.module.css';

export function Caption() {
  const say = useSay();
  const lang = useLang();
  const record = useLab((s) => captionRecordId(s));
  const branch = useLab((s) => s.branch);
  const executed = useLab((s) => s.cursor.executed);
  const grain = useLab((s) => s.grain);
  const playing = useMode() === 'playing';
  useLab((s) => s.version);
  if (branch === null || record === null) {
    return (
      <section className={css['caption']} aria-label={say('caption.label')}>
        <p className={css['sentence']}>{say('caption.empty')}</p>
      </section>
    );
  }
  const told = branch.run.trace.get(record);
  const reason = reasonOf(told);
  const decided = decidedBy(reason, lang);
  const source = sourceText(reason, lang);
  const next = branch.steps.next(branch.steps.stepBefore(executed), grain, true);
  const coming = next < 0 ? null : branch.run.trace.get(branch.steps.headline.get(next) as TraceId);
  const dropped = told.verdict === 'drop';

  return (
    <section className={css['caption']} aria-label={say('caption.label')} data-dropped={dropped || undefined}>
      <p className={css['sentence']} aria-live={playing ? 'off' : 'polite'}>
        {dropped ? <CircleX size={20} aria-label={say('verdict.drop')} /> : null}
        <span>{tell(told, branch.cast.names, lang)}</span>
      </p>
      <p className={css['why']}>
        {decided === '' ? null : (
          <span className={css['decided']}>
            {say('caption.decided')} <code>{decided}</code>
          </span>
        )}
        <span title={source}>{source}</span>
      </p>
      <p className={css['next']}>
        {coming === null || next < 0 ? (
          say('caption.last')
        ) : (
          <>
            <b>{say('caption.next')}</b> {tell(coming, branch.cast.names, lang)}{' '}
            <span className={css['in']}>{inText(say('caption.in'), coming.at - told.at)}</span>
          </>
        )}
      </p>
    </section>
  );
}

function inText(word: string, span: number): string {
  return span <= 0 ? '' : `${word} ${exact(span)}`;
}

function captionRecordId(state: Parameters<typeof captionRecord>[0]): TraceId | null {
  return captionRecord(state)?.id ?? null;
}

/** Remarks longer than this take two lines. */
const ONE_LINE = 105;

/** A remark of the scenario's author that belongs to the moment; its room is kept when there is none. */
export function Remark() {
  const lang = useLang();
  const at = useLab((s) => s.cursor.at);
  const hints = useLab((s) => s.lab?.scenario.hints);
  if (hints === undefined || hints.length === 0) return null;
  const present = hints.findLast((hint) => hint.at <= at);
  // A Chinese character is as wide as two letters.
  const widest = Math.max(...hints.map((hint) => hint.text[lang].replace(/[\u2e80-\uffef]/g, 'xx').length));
  return (
    <p className={css['remark']} data-long={widest > ONE_LINE || undefined} title={present?.text[lang]}>
      {present === undefined ? null : (
        <>
          <Lightbulb size={16} aria-hidden />
          <span>{present.text[lang]}</span>
        </>
      )}
    </p>
  );
}
