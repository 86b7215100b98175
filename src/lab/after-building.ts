/**
 * What is asked for while a lab is being built, or the past run again, is done when that is over, in the order in
 * which it was asked for.
 * Comes from: actions.ts, history.ts.
 */
import { lab } from './store.ts';

let waiting: (() => void)[] = [];
let listening = false;

function isBuilding(): boolean {
  return lab.getState().phase === 'loading';
}

/** @param waits whether it has to wait if a lab is being built */
export function afterBuilding(deed: () => void, waits = true): void {
  if (waiting.length === 0 && !(waits && isBuilding())) {
    deed();
    return;
  }
  waiting.push(deed);
  listen();
}

/** Another lab is wanted: what was asked for in the one before it is of no use any more. */
export function forgetWaiting(): void {
  waiting = [];
}

function listen(): void {
  if (listening) return;
  listening = true;
  const stop = lab.subscribe(({ phase }) => {
    if (phase === 'loading') return;
    stop();
    // What has just come to its end has its own last step to do.
    setTimeout(() => {
      listening = false;
      goOn();
    }, 0);
  });
}

function goOn(): void {
  while (!isBuilding()) {
    const next = waiting.shift();
    if (next === undefined) return;
    next();
  }
  if (waiting.length > 0) listen();
}
