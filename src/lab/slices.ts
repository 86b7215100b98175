/**
 * Long work a slice at a time, so that the page stays alive.
 * Comes from: generators that yield now and then.  Goes to: what-if.ts, session.ts, run-until.ts.
 */

/** How long one slice may take, so that a frame is not missed. */
const SLICE_MS = 8;

/**
 * Works until the generator is done.
 * @returns how to give up: nothing is called after it
 */
export function inSlices<T>(work: Generator<unknown, T>, done: (result: T) => void, failed: (error: unknown) => void): () => void {
  let given = false;
  const slice = (): void => {
    if (given) return;
    const begin = performance.now();
    let step: IteratorResult<unknown, T>;
    try {
      do step = work.next();
      while (step.done !== true && performance.now() - begin < SLICE_MS);
    } catch (error) {
      failed(error);
      return;
    }
    if (step.done === true) done(step.value);
    else setTimeout(slice, 0);
  };
  // Not at once: what asked for it has its own work to end first.
  setTimeout(slice, 0);
  return () => {
    given = true;
  };
}
