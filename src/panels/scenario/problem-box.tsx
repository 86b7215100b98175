/**
 * What is wrong with a file that was to be opened: where, what stands there, what was expected. It lies over
 * the page, wherever the file came from, and takes the keyboard until it is closed.
 * Comes from: lab/actions.ts, file-choice.tsx.
 */
import { TriangleAlert, X } from 'lucide-react';
import { useEffect, useRef, type RefObject } from 'react';
import { createPortal } from 'react-dom';
import { lab, type Problem } from '../../lab/index.ts';
import { IconButton } from '../common/icon-button.tsx';
import { useLab, useLang, useSay } from '../common/use-lab.ts';
import css from './problem-box.module.css';
import panel from './scenario.module.css';

export function ProblemBox() {
  const problem = useLab((s) => s.problem);
  return problem === null ? null : <Box problem={problem} />;
}

function close(): void {
  lab.setState({ problem: null });
}

function Box({ problem }: { readonly problem: Problem }) {
  const say = useSay();
  const lang = useLang();
  const running = useLab((s) => s.lab !== null);
  const box = useRef<HTMLDivElement>(null);
  useKeyboard(box, problem);
  // Windows and sheets make the page behind them inert, but leave alone what is marked so beside it.
  return createPortal(
    <div className={css['over']} data-react-aria-top-layer="true">
      <div ref={box} className={`${panel['problem']} ${css['box']}`} role="alert" tabIndex={-1}>
        <header>
          <TriangleAlert size={16} aria-hidden />
          <b>{say('problem.title', { file: problem.file })}</b>
          <IconButton label={say('problem.close')} keys="Esc" onPress={close}>
            <X size={15} />
          </IconButton>
        </header>
        <ul>
          {problem.lines.map((line, i) => (
            <li key={i}>
              <small>{say('problem.at', { line: line.line, column: line.column })}</small>
              <p>{line.message[lang]}</p>
              <Facts line={line} />
            </li>
          ))}
        </ul>
        {running ? <p className={panel['quiet']}>{say('problem.asItWas')}</p> : null}
      </div>
    </div>,
    document.body,
  );
}

/** What stands there and what was expected, where the sentence does not say it already. */
function Facts({ line }: { readonly line: Problem['lines'][number] }) {
  const say = useSay();
  const lang = useLang();
  const { found, expected, message } = line;
  const said = (what: string): boolean => what === '' || message[lang].includes(what);
  if (said(found) && said(expected[lang])) return null;
  return (
    <dl>
      {said(found) ? null : (
        <div>
          <dt>{say('problem.found')}</dt>
          <dd>
            <code>{found}</code>
          </dd>
        </div>
      )}
      {said(expected[lang]) ? null : (
        <div>
          <dt>{say('problem.expected')}</dt>
          <dd>{expected[lang]}</dd>
        </div>
      )}
    </dl>
  );
}

/** The box has the keyboard from when it appears, and gives it back to what had it. */
function useKeyboard(box: RefObject<HTMLDivElement | null>, problem: Problem): void {
  useEffect(() => {
    const element = box.current;
    const before = document.activeElement;
    const escape = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape') return;
      // It closes this and nothing behind it.
      event.stopPropagation();
      event.preventDefault();
      close();
    };
    element?.addEventListener('keydown', escape);
    return () => {
      element?.removeEventListener('keydown', escape);
      const { activeElement: now } = document;
      const lost = now === null || now === document.body || element?.contains(now) === true;
      if (lost && before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, [box]);
  useEffect(() => {
    // What was open when the file was chosen closes first, and hands the keyboard back on its own account.
    const frame = requestAnimationFrame(() => box.current?.focus());
    return () => cancelAnimationFrame(frame);
  }, [box, problem]);
}
