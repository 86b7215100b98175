/**
 * Long work a slice at a time, so that the page stays alive.
 * Comes from: generators that yield now and then.  Goes to: what-if.ts, session.ts, run-until.ts.
 */

/** How long one slice may take, so that a frame is not missed. */
const SLICE_MS = 8;
/** Yielded by work that waits for another thread: its slice ends, however short it was. */
export const WAITS = 'waits';

/**
 * Works until the generator is done.
 * @returns how to give up: nothing is called after it
 */
export function inSlices<T>(work: Generator<unknown, T>, done: (result: T) => void, failed: (error: unknown) => void): () => void {
  let given = false;
  let inside = false;
  const slice = (): void => {
    if (given) return;
    const begin = performance.now();
    let step: IteratorResult<unknown, T>;
    inside = true;
    try {
      do step = work.next();
      while (step.done !== true && step.value !== WAITS && performance.now() - begin < SLICE_MS && !given);
    } catch (error) {
      given = true;
      failed(error);
      return;
    } finally {
      inside = false;
    }
    if (given) work.return(undefined as T);
    else if (step.done === true) done(step.value);
    else setTimeout(slice, 0);
  };
  // Not at once: what asked for it has its own work to end first.
  setTimeout(slice, 0);
  return () => {
    if (given) return;
    given = true;
    // It lets go of what it holds, such as a thread; work that is under way does so when its slice ends.
    if (!inside) work.return(undefined as T);
  };
}
