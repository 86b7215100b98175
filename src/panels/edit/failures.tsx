/** The commands of a node's setup that failed, with what they printed. */
import { useMemo } from 'react';
import { setupFailures } from '../../sim/index.ts';
import { useLab, useSay } from '../common/use-lab.ts';
import css from './edit.module.css';

export function Failures({ node }: { readonly node: string }) {
  const say = useSay();
  const open = useLab((s) => s.lab);
  const first = useLab((s) => s.branches[0]);
  const failures = useMemo(
    () => (open === null || first === undefined ? [] : setupFailures(open.scenario, first.run).filter((failure) => failure.node === node)),
    [open, first, node],
  );
  if (failures.length === 0) return null;
  return (
    <ul className={css['failures']}>
      {failures.map((failure) => (
        <li key={failure.line}>
          <code>{failure.command}</code> {say('build.failed', { code: failure.code })}
          <pre>{failure.output}</pre>
        </li>
      ))}
    </ul>
  );
}
