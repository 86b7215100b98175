/** The futures of a lab: the one before a change and those after it. */
import { GitBranch, X } from 'lucide-react';
import { dropBranch, goToBranch } from '../../lab/index.ts';
import { IconButton } from '../common/icon-button.tsx';
import { useLab, useLang, useSay } from '../common/use-lab.ts';
import css from './scenario.module.css';

export function Branches() {
  const say = useSay();
  const lang = useLang();
  const branches = useLab((s) => s.branches);
  const current = useLab((s) => s.branch?.id);
  if (branches.length < 2) return null;
  return (
    <>
      <h3>{say('branches.title')}</h3>
      <ul className={css['branches']}>
        {branches.map((branch) => (
          <li key={branch.id}>
            <button type="button" aria-current={branch.id === current ? 'true' : undefined} onClick={() => goToBranch(branch.id)}>
              <GitBranch size={14} aria-hidden />
              <span>{branch.id === 0 ? say('branches.first') : branch.label[lang]}</span>
            </button>
            {branch.id === current || branch.id === 0 ? null : (
              <IconButton label={say('branches.forget')} onPress={() => dropBranch(branch.id)}>
                <X size={14} />
              </IconButton>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}
