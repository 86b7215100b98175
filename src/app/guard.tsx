/**
 * Catches mistakes of ours while the page is drawn: instead of an empty page there is a report to
 * copy and a way on.
 * Goes to: main.tsx.
 */
import { Component, type ReactNode } from 'react';
import { lab, noteCrash, restartLab, settings, text } from '../lab/index.ts';
import css from './app.module.css';

interface State {
  readonly broken: boolean;
}

export class Guard extends Component<{ readonly children: ReactNode }, State> {
  override state: State = { broken: false };

  static getDerivedStateFromError(): State {
    return { broken: true };
  }

  override componentDidCatch(error: unknown): void {
    noteCrash(error);
    this.forceUpdate();
  }

  override render(): ReactNode {
    if (!this.state.broken) return this.props.children;
    const { lang } = settings.getState();
    const { crash } = lab.getState();
    const again = (): void => {
      lab.setState({ crash: null });
      restartLab();
      this.setState({ broken: false });
    };
    return (
      <main className={css['broken']} aria-live="assertive">
        <h1>{text(lang, 'crash.title')}</h1>
        <p>{text(lang, 'crash.text')}</p>
        <textarea readOnly value={crash?.report ?? ''} aria-label={text(lang, 'crash.copy')} />
        <button type="button" onClick={again}>
          {text(lang, 'scenario.restart')}
        </button>
      </main>
    );
  }
}

/** Mistakes outside of React: while the map is drawn, in a timer. @returns how to stop */
export function watchForMistakes(): () => void {
  const failed = (event: ErrorEvent): void => {
    // Browsers report a resize that takes two rounds as an error; it is none.
    if (!event.message.includes('ResizeObserver')) noteCrash(event.error ?? event.message);
  };
  addEventListener('error', failed);
  return () => removeEventListener('error', failed);
}
