/** The page's front door. */
import '@fontsource-variable/inter/wght.css';
import '@fontsource-variable/jetbrains-mono/wght.css';
import './tokens.css';
import './base.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { firstLab, openLab } from '../lab/index.ts';
import { startPlayback } from '../playback/index.ts';
import { App } from './app.tsx';
import { followSettings } from './follow-settings.ts';
import { Guard, watchForMistakes } from './guard.tsx';

followSettings();
watchForMistakes();
startPlayback();
const first = firstLab();
if (first !== null) openLab(first.file, first.text, first.id);

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <Guard>
      <App />
    </Guard>
  </StrictMode>,
);
