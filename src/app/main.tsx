/**
 * The page's front door: colours, fonts and language at once, then the rest.
 *
 * The simulator with its shell is a large program. What index.html paints stands until it is there, in
 * the colours and the language of the person.
 */
import './fonts.css';
import './tokens.css';
import './base.css';
import './first-paint.css';
import { settings, text } from '../lab/index.ts';
import { followSettings } from './follow-settings.ts';

followSettings();

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');
const word = root.querySelector('[role="status"]');
const { lang } = settings.getState();
if (word !== null) word.textContent = text(lang, 'page.loading');

try {
  // All is fetched at once; but what is imported by itself is also run by itself, in a shorter task.
  void import('../sim/index.ts');
  void import('../shell/index.ts');
  void import('react-dom/client');
  const { startPage } = await import('./page.tsx');
  await startPage(root);
} catch (error) {
  if (word?.isConnected === true) word.textContent = text(lang, 'page.failed');
  throw error;
}
