/** Commands of the file's setups that failed: the lab runs, but not as its author meant. */
import { useMemo } from 'react';
import { setupFailures } from '../../sim/index.ts';
import { useLab, useSay } from '../common/use-lab.ts';
import css from './scenario.module.css';

export function SetupTrouble() {
  const say = useSay();
  const open = useLab((s) => s.lab);
  const first = useLab((s) => s.branches[0]);
  const failures = useMemo(() => (open === null || first === undefined ? [] : setupFailures(open.scenario, first.run)), [open, first]);
  if (failures.length === 0) return null;
  return (
    <details className={css['problem']}>
      <summary>
        <b>{say('setup.failed', { count: failures.length })}</b>
      </summary>
      <ul>
        {failures.map((failure) => (
          <li key={`${failure.node} ${failure.line}`}>
            <small>{say('setup.at', { node: failure.node, line: failure.line, code: failure.code })}</small>
            <code>{failure.command}</code>
            <pre>{failure.output}</pre>
          </li>
        ))}
      </ul>
    </details>
  );
}
