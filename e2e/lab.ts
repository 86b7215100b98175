/** Words for the end-to-end tests: the page as a person knows it. */
import { expect, type Locator, type Page } from '@playwright/test';
import type * as FileTextPart from '../src/panels/edit/file-text.tsx';

/** The page is opened within this time, however busy the machine is. */
const OPENS_MS = 60_000;

export async function openPage(page: Page): Promise<void> {
  await page.goto('/');
  await expect(page.getByRole('button', { name: 'Next', exact: true })).toBeEnabled({ timeout: OPENS_MS });
  // The story opens when the run is complete.
  await expect(page.getByText(/^Step [1-9]\d* of/)).toBeVisible({ timeout: OPENS_MS });
}

export function caption(page: Page): Locator {
  return page.getByRole('region', { name: 'What happens' });
}

/** `Step 3 of 80` as a number. */
export async function stepNumber(page: Page): Promise<number> {
  const text = await page.getByText(/^Step [\d,]+ of [\d,]+$/).textContent();
  return Number(/[\d,]+/.exec(text ?? '')?.[0].replaceAll(',', ''));
}

export async function next(page: Page, times = 1): Promise<void> {
  for (let i = 0; i < times; i++) {
    const before = await stepNumber(page);
    await page.keyboard.press('ArrowRight');
    await expect(page.getByText(new RegExp(`^Step ${before + 1} of`))).toBeVisible();
  }
}

export async function back(page: Page, times = 1): Promise<void> {
  for (let i = 0; i < times; i++) {
    const before = await stepNumber(page);
    await page.keyboard.press('ArrowLeft');
    await expect(page.getByText(new RegExp(`^Step ${before - 1} of`))).toBeVisible();
  }
}

/** Selects a node by the keyboard's list, which stands where the map draws it. */
export async function selectNode(page: Page, name: string): Promise<Locator> {
  const node = page.getByRole('list', { name: 'Nodes' }).getByRole('button', { name: new RegExp(`^${name},`) });
  await node.focus();
  // Pressed again it would not be selected any more.
  if ((await node.getAttribute('aria-pressed')) !== 'true') await page.keyboard.press('Enter');
  const inspector = page.getByRole('region', { name: 'Inspector' });
  await expect(inspector.getByRole('heading', { name })).toBeVisible();
  return inspector;
}

/** What the browser keeps of the session, which is written a moment after the last change. */
export interface KeptSession {
  readonly text: string;
  readonly cursor: { readonly executed: number; readonly at: number };
  readonly bookmarks: readonly { readonly name: string | null; readonly moment: { readonly executed: number } }[];
  readonly history: { readonly entries: readonly unknown[] } | null;
}

export function keptSession(page: Page): Promise<KeptSession | null> {
  return page.evaluate(
    () =>
      new Promise<KeptSession | null>((done, failed) => {
        const open = indexedDB.open('lvs-lab');
        open.onerror = () => failed(new Error('no storage'));
        open.onsuccess = () => {
          const read = open.result.transaction('session').objectStore('session').get('session');
          read.onsuccess = () => {
            open.result.close();
            done((read.result as KeptSession | undefined) ?? null);
          };
        };
      }),
  );
}

/** The moment shown, in microseconds. */
export async function shownMicros(page: Page): Promise<number> {
  const text = await page.getByRole('toolbar', { name: 'Playback' }).locator('output b').textContent();
  return Math.round(Number.parseFloat(text ?? '') * 1e6);
}

/** Waits until something on the screen has come to rest: a map is fitted anew when letters come late, or a camera flies. */
export async function atRest(look: () => Promise<number>): Promise<number> {
  let before = await look();
  await expect
    .poll(
      async () => {
        const now = await look();
        const moved = Math.abs(now - before);
        before = now;
        return moved;
      },
      { intervals: [400] },
    )
    .toBe(0);
  return before;
}

/** All rows of a node's table as text. */
export async function tableOf(page: Page, node: string, tab: string): Promise<string[]> {
  const inspector = await selectNode(page, node);
  await inspector.getByRole('tab', { name: tab }).click();
  return inspector.getByRole('tabpanel').getByRole('row').allTextContents();
}

/** The editor of the lab's file. */
export function fileEditor(page: Page): Locator {
  return page.getByRole('textbox', { name: /^Text of/ });
}

/** The whole text of the file: of a long one only the lines in sight are in the page, so its editor is asked. */
export async function fileText(page: Page): Promise<string> {
  return fileEditor(page).evaluate(async (editor) => {
    const part = performance.getEntriesByType('resource').find(({ name }) => /\/file-text-[^/]*\.js$/.test(name));
    const { textAround } = (await import(part?.name ?? '')) as typeof FileTextPart;
    return textAround(editor) ?? '';
  });
}

/** Waits until the file says something. */
export async function expectFile(page: Page, text: string | RegExp): Promise<void> {
  if (typeof text === 'string') await expect.poll(() => fileText(page)).toBe(text);
  else await expect.poll(() => fileText(page)).toMatch(text);
}

/** Writes another text over all that stands in the file. */
export async function writeFile(page: Page, text: string): Promise<void> {
  await fileEditor(page).click();
  await page.keyboard.press('ControlOrMeta+a');
  await fileEditor(page).evaluate((editor, pasted) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', pasted);
    editor.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  }, text);
}
