/**
 * How the scheduler chose in this step: every real server with the numbers compared, the rule, and what
 * decided between equals.
 * Comes from: lab/scheduler-working.ts.  Goes to: the frame inspector.
 */
import { Check } from 'lucide-react';
import { useMemo } from 'react';
import type { TraceId } from '../../engine/index.ts';
import { pickRecord, workingOf, type Branch, type TextKey, type WorkingRow } from '../../lab/index.ts';
import type { Ipv4 } from '../../wire/index.ts';
import { Address } from '../common/address.tsx';
import { Empty } from '../common/table.tsx';
import { useLang, useSay, type Say } from '../common/use-lab.ts';
import css from './scheduler-working.module.css';

export function SchedulerWorking({ branch, record }: { readonly branch: Branch; readonly record: TraceId }) {
  const say = useSay();
  const lang = useLang();
  const { run } = branch;
  const { event } = run.trace.get(record);
  const working = useMemo(() => {
    const pick = pickRecord(run.trace, event);
    return pick === null ? null : workingOf(run.trace, pick, run.worldAt(event));
  }, [run, event]);
  if (working === null) return null;
  return (
    <section className={css['working']} aria-label={say('sched.title', { name: working.scheduler })}>
      <h3>{say('sched.title', { name: `${working.scheduler} (${working.title[lang]})` })}</h3>
      <p>{say(`sched.rule.${working.scheduler}` as TextKey)}</p>
      <div className={css['scroll']}>
        <table aria-label={say('sched.table')}>
          <thead>
            <tr>
              {working.numbers.map((name) => (
                <th key={name} scope="col">
                  {numberName(name, say)}
                </th>
              ))}
              <th scope="col">{say('sched.formula')}</th>
            </tr>
          </thead>
          {working.rows.map((row) => (
            <Server key={row.dest} row={row} columns={working.numbers.length + 1} />
          ))}
        </table>
      </div>
      {working.rows.length === 1 ? <Empty>{say('sched.single')}</Empty> : working.tie ? <p>{say('sched.tie')}</p> : null}
    </section>
  );
}

function Server({ row, columns }: { readonly row: WorkingRow; readonly columns: number }) {
  const say = useSay();
  return (
    <tbody data-chosen={row.chosen || undefined}>
      <tr>
        <th scope="rowgroup" colSpan={columns}>
          <Address addr={row.addr as Ipv4} suffix={`:${row.port}`} />
          <span>
            {row.chosen ? <Check size={14} aria-hidden /> : null} {verdictText(row, say)}
          </span>
        </th>
      </tr>
      <tr>
        {row.numbers.map((number) => (
          <td key={number.name}>{number.value}</td>
        ))}
        <td>{row.formula}</td>
      </tr>
    </tbody>
  );
}

function verdictText({ verdict }: WorkingRow, say: Say): string {
  switch (verdict) {
    case 'chosen':
    case 'tied':
    case 'more':
    case 'not':
      return say(`sched.${verdict}`);
    default:
      return say(`sched.fit.${verdict}`);
  }
}

/** Names that a scheduler gives its numbers; one that is in no language stays as it is. */
const NAMED = new Set(['active', 'inactive', 'load', 'weight', 'cw', 'mw', 'gcd', 'bucket', 'buckets', 'turn']);

function numberName(name: string, say: Say): string {
  return NAMED.has(name) ? say(`sched.num.${name}` as TextKey) : name;
}
