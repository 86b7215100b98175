/** Why a table looks different from before: what the present step wrote into it. */
import { tableOf, type TableName } from '../../canvas/index.ts';
import type { NodeId, TraceId } from '../../engine/index.ts';
import { tell } from '../../sim/index.ts';
import { useLab, useLang, useSay } from '../common/use-lab.ts';
import css from './change-cause.module.css';

export interface ChangeCauseProps {
  readonly node: NodeId;
  readonly tables: readonly TableName[];
}

/** More sentences than this are not read. */
const TOLD_MAX = 3;

export function ChangeCause({ node, tables }: ChangeCauseProps) {
  const say = useSay();
  const lang = useLang();
  const branch = useLab((s) => s.branch);
  const executed = useLab((s) => s.cursor.executed);
  if (branch === null || executed === 0) return null;
  const { trace } = branch.run;
  const event = executed - 1;
  if (trace.nodeOf(event) !== node) return null;
  const told: string[] = [];
  for (let id = trace.firstOf(event); id < trace.firstOf(executed) && told.length < TOLD_MAX; id++) {
    const record = trace.get(id as TraceId);
    const table = record.verdict === 'state' ? tableOf(record.stage) : null;
    if (table !== null && tables.includes(table)) told.push(tell(record, branch.cast.names, lang));
  }
  if (told.length === 0) return null;
  return (
    <div className={css['cause']}>
      <b>{say('table.changed')}</b>
      {told.map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
    </div>
  );
}
