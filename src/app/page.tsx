/**
 * The whole page with its first lab. It is much more code than main.tsx and is fetched by it.
 * Comes from: main.tsx.
 */
import { startTransition, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { firstLab, lab, openLab, startSession, warmUp } from '../lab/index.ts';
import { startPlayback } from '../playback/index.ts';
import { App } from './app.tsx';
import { Guard, watchForMistakes } from './guard.tsx';

/** Puts the page in the place of what was painted first. */
export async function startPage(root: HTMLElement): Promise<void> {
  watchForMistakes();
  startPlayback();
  // Each of the three – reading the code, running the lab, drawing the page – is long enough for one task.
  await later(0);
  void startSession(() => {
    const first = firstLab();
    if (first !== null) openLab(first.file, first.text, first.id);
  });
  // With the lab in it the page is drawn once; a slow storage or a long run is not waited for.
  await Promise.race([labReady(), later(300)]);
  await later(0);
  // As a transition the first drawing is done in short pieces, between which the browser has its turn.
  startTransition(() =>
    createRoot(root).render(
      <StrictMode>
        <Guard>
          <App />
        </Guard>
      </StrictMode>,
    ),
  );
  await later(500);
  warmUp();
}

function labReady(): Promise<void> {
  return new Promise((resolve) => {
    const stop = lab.subscribe(({ phase }) => {
      if (phase !== 'ready') return;
      stop();
      resolve();
    });
  });
}

function later(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
