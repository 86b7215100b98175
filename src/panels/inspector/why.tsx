/** The chain of causes that leads to a record, nearest first. */
import { NO_TRACE, type TraceId, type TraceRecord } from '../../engine/index.ts';
import { exact, type Branch } from '../../lab/index.ts';
import { playback } from '../../playback/index.ts';
import { decidedBy, reasonOf, tell } from '../../sim/index.ts';
import { useLang, useSay } from '../common/use-lab.ts';
import css from './inspector.module.css';

/** Causes shown; a chain through a whole conversation is longer than anybody reads. */
const SHOWN = 14;

export function Why({ branch, record }: { readonly branch: Branch; readonly record: TraceId }) {
  const lang = useLang();
  const say = useSay();
  const chain = chainOf(branch, record);
  const at = chain[0]?.at ?? 0;
  return (
    <ol className={css['why']}>
      {chain.map((cause, i) => (
        <li key={cause.id}>
          <button
            type="button"
            aria-current={i === 0 ? 'step' : undefined}
            onClick={() =>
              playback.send({
                type: 'JUMP',
                moment: { executed: cause.event + 1, at: cause.at },
                focus: cause.id,
              })
            }
          >
            <span>{tell(cause, branch.cast.names, lang)}</span>
            <small>
              {cause.at === at ? null : <span>{say('frame.before', { span: exact(at - cause.at) })}</span>}
              <span>{decidedBy(reasonOf(cause), lang)}</span>
            </small>
          </button>
        </li>
      ))}
    </ol>
  );
}

function chainOf(branch: Branch, record: TraceId): TraceRecord[] {
  const { trace } = branch.run;
  const chain: TraceRecord[] = [];
  for (let id = record; id !== NO_TRACE && chain.length < SHOWN;) {
    const told = trace.get(id);
    // What is only bookkeeping is left out of the middle of a chain.
    if (chain.length === 0 || reasonOf(told).notability > 0) chain.push(told);
    id = told.cause;
  }
  return chain;
}
