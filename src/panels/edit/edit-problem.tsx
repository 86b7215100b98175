/** Why the last change was not made: what is wrong, and where in the file. */
import { TriangleAlert, X } from 'lucide-react';
import { dismissProblem, type Asked } from '../../lab/index.ts';
import { IconButton } from '../common/icon-button.tsx';
import { useLang, useSay } from '../common/use-lab.ts';
import css from './edit.module.css';
import { useEditor } from './use-edit.ts';

export interface EditProblemProps {
  /** where this stands: it answers what was asked there */
  readonly at: Asked;
  /** where the text is beside it: goes to the place that is wrong */
  readonly onGo?: (line: number, column: number) => void;
}

export function EditProblem({ at, onGo }: EditProblemProps) {
  const say = useSay();
  const lang = useLang();
  const problem = useEditor((s) => s.problem);
  const asked = useEditor((s) => s.asked);
  if (problem === null || asked !== at) return null;
  return (
    <div className={css['problem']} role="alert">
      <TriangleAlert size={16} aria-hidden />
      <div>
        {/* Beside the text there is little room: what is wrong comes first. */}
        {onGo === undefined ? <b>{say('edit.problem')}</b> : null}
        {problem.lines.slice(0, 3).map((line, i) => (
          <p key={i}>
            {line.message[lang]}{' '}
            {onGo === undefined ? (
              <small>({say('edit.problemAt', { line: line.line })})</small>
            ) : (
              <button type="button" onClick={() => onGo(line.line, line.column)}>
                {say('file.goThere', { line: line.line })}
              </button>
            )}
          </p>
        ))}
      </div>
      <IconButton label={say('edit.dismiss')} onPress={dismissProblem}>
        <X size={15} />
      </IconButton>
    </div>
  );
}
