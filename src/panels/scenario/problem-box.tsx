/** What is wrong with a file that was to be opened: where, what stands there, what was expected. */
import { TriangleAlert, X } from 'lucide-react';
import { lab } from '../../lab/index.ts';
import { IconButton } from '../common/icon-button.tsx';
import { useLab, useLang, useSay } from '../common/use-lab.ts';
import css from './scenario.module.css';

export function ProblemBox() {
  const say = useSay();
  const lang = useLang();
  const problem = useLab((s) => s.problem);
  const running = useLab((s) => s.lab !== null);
  if (problem === null) return null;
  return (
    <div className={css['problem']} role="alert">
      <header>
        <TriangleAlert size={16} aria-hidden />
        <b>{say('problem.title', { file: problem.file })}</b>
        <IconButton label={say('problem.close')} onPress={() => lab.setState({ problem: null })}>
          <X size={15} />
        </IconButton>
      </header>
      <ul>
        {problem.lines.map((line, i) => (
          <li key={i}>
            <small>{say('problem.at', { line: line.line, column: line.column })}</small>
            <p>{line.message[lang]}</p>
            <dl>
              {line.found === '' ? null : (
                <div>
                  <dt>{say('problem.found')}</dt>
                  <dd>
                    <code>{line.found}</code>
                  </dd>
                </div>
              )}
              <div>
                <dt>{say('problem.expected')}</dt>
                <dd>{line.expected[lang]}</dd>
              </div>
            </dl>
          </li>
        ))}
      </ul>
      {running ? <p className={css['quiet']}>{say('problem.asItWas')}</p> : null}
    </div>
  );
}
