/**
 * A part of the page that is fetched when it is first needed. Where that fails – the network is gone, or the
 * server has another build by now – a message stands in its place, and the rest of the page goes on.
 * Goes to: the panels that are not needed at once.
 */
import { RotateCw, Unplug } from 'lucide-react';
import { Component, lazy, Suspense, useEffect, useRef, useState, type ComponentType, type ReactNode } from 'react';
import { Button } from 'react-aria-components';
import { keepSession } from '../../lab/index.ts';
import { askServer } from './build.ts';
import common from './common.module.css';
import css from './part.module.css';
import { useSay } from './use-lab.ts';

export interface PartOptions<P> {
  /** what is done when the person gives the part up */
  readonly leave?: (props: P) => void;
  /** what stands there until it comes, if it takes long */
  readonly coming?: ReactNode;
  /** what surrounds the message, where it would else have no place of its own */
  readonly around?: (message: ReactNode, props: P) => ReactNode;
}

/** The code of a part did not come: not a mistake in the part itself. */
class NotFetched extends Error {}

/** Of a part without its stylesheet the browser says so once; asked again it leaves the stylesheet out. */
const STYLE = 'Unable to preload CSS';

export function part<P extends object>(load: () => Promise<{ readonly default: ComponentType<P> }>, options: PartOptions<P> = {}) {
  const { leave, around, coming = <Coming /> } = options;
  const fetched = (): ComponentType<P> =>
    lazy(() =>
      load().catch((cause: unknown) => {
        throw new NotFetched(cause instanceof Error ? cause.message : String(cause));
      }),
    );
  // What did not come is not asked for again by itself.
  let current = fetched();

  function Part(props: P) {
    const [attempt, setAttempt] = useState(0);
    const Current = current;
    const message = (error: NotFetched): ReactNode => (
      <Failed
        stale={error.message.startsWith(STYLE)}
        again={attempt > 0}
        onAgain={() => {
          current = fetched();
          setAttempt(attempt + 1);
        }}
        onLeave={leave === undefined ? null : () => leave(props)}
      />
    );
    return (
      <Boundary key={attempt} instead={(error) => (around === undefined ? message(error) : around(message(error), props))}>
        <Suspense fallback={coming}>
          <Current {...props} />
        </Suspense>
      </Boundary>
    );
  }
  return Part;
}

interface BoundaryProps {
  readonly instead: (error: NotFetched) => ReactNode;
  readonly children: ReactNode;
}

class Boundary extends Component<BoundaryProps, { readonly error: unknown }> {
  override state: { readonly error: unknown } = { error: null };

  static getDerivedStateFromError(error: unknown): { readonly error: unknown } {
    return { error };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === null) return this.props.children;
    if (error instanceof NotFetched) return this.props.instead(error);
    throw error;
  }
}

function Coming() {
  const say = useSay();
  return <output className={css['coming']}>{say('part.coming')}</output>;
}

interface FailedProps {
  /** only the page as a whole can be fetched again */
  readonly stale: boolean;
  /** it has been tried again already */
  readonly again: boolean;
  readonly onAgain: () => void;
  readonly onLeave: (() => void) | null;
}

function Failed({ stale, again, onAgain, onLeave }: FailedProps) {
  const say = useSay();
  const [asking, setAsking] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    box.current?.scrollIntoView({ block: 'nearest' });
    // Where the part would take the whole page, what had the keyboard lies under it.
    const { activeElement: now } = document;
    if (now === null || now === document.body || now.closest('[inert]') !== null) box.current?.querySelector('button')?.focus();
  }, []);
  const retry = async (): Promise<void> => {
    setAsking(true);
    const server = await askServer();
    if (server === 'other' || (server === 'same' && stale)) await reload();
    else onAgain();
    setAsking(false);
  };
  return (
    <div ref={box} className={css['failed']} role="alert">
      <Unplug size={18} aria-hidden />
      <p>
        <b>{say('part.failed')}</b> {say('part.why')}
      </p>
      <div>
        <Button className={common['button'] ?? ''} isDisabled={asking} onPress={() => void retry()}>
          <RotateCw size={14} aria-hidden /> {say('part.again')}
        </Button>
        {again ? (
          <Button className={common['button'] ?? ''} onPress={() => void reload()}>
            {say('part.reload')}
          </Button>
        ) : null}
        {onLeave === null ? null : (
          <Button className={common['button'] ?? ''} onPress={onLeave}>
            {say('close')}
          </Button>
        )}
      </div>
    </div>
  );
}

/** The page comes back with the session as it is now. */
async function reload(): Promise<void> {
  await keepSession();
  location.reload();
}
