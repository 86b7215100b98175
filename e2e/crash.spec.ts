/** A tab that dies loses nothing: the session comes back with its branches, its moment, its layout, its bookmarks. */
import { expect, test, type Page } from '@playwright/test';
import { next, openPage, stepNumber } from './lab.ts';

test.use({ viewport: { width: 1366, height: 768 }, contextOptions: { reducedMotion: 'reduce' } });

async function someWork(page: Page): Promise<number> {
  await openPage(page);
  await next(page, 4);
  await page.getByRole('radiogroup', { name: 'net.ipv4.conf.all.arp_ignore' }).first().getByText('0', { exact: true }).click();
  await expect(page.getByText('A new branch begins here.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Next', exact: true })).toBeEnabled();
  const lab = page.getByRole('region', { name: 'Lab', exact: true });
  await page.keyboard.press('b');
  await expect(lab.getByRole('list', { name: 'Bookmarks' }).getByRole('listitem')).toHaveCount(1);
  await next(page);
  await page.getByRole('button', { name: 'Hide the inspector' }).click();
  await expect(page.getByRole('button', { name: 'Show the inspector' })).toBeVisible();
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  const step = await stepNumber(page);
  // It is written a moment after the last change: when what is kept has the bookmark and stands behind it.
  await expect.poll(() => keptBehindBookmark(page)).toBe(true);
  return step;
}

/** Whether the browser keeps the session as it is after the step that followed the bookmark. */
function keptBehindBookmark(page: Page): Promise<boolean> {
  return page.evaluate(
    () =>
      new Promise<boolean>((resolve) => {
        interface Kept {
          readonly cursor: { readonly executed: number };
          readonly bookmarks: readonly { readonly moment: { readonly executed: number } }[];
        }
        const opening = indexedDB.open('lvs-lab');
        opening.onerror = () => resolve(false);
        opening.onsuccess = () => {
          const reading = opening.result.transaction('session').objectStore('session').get('session');
          reading.onerror = () => resolve(false);
          reading.onsuccess = () => {
            const kept = reading.result as Kept | undefined;
            const mark = kept?.bookmarks[0]?.moment.executed;
            resolve(kept !== undefined && mark !== undefined && kept.cursor.executed > mark);
            opening.result.close();
          };
        };
      }),
  );
}

async function isBack(page: Page, step: number): Promise<void> {
  await expect(page.getByText('Restored your session.')).toBeVisible({ timeout: 60_000 });
  const lab = page.getByRole('region', { name: 'Lab', exact: true });
  await expect(lab.getByRole('button', { name: /arp_ignore=0 on rs1/ }).first()).toHaveAttribute('aria-current', 'true');
  await expect(lab.getByRole('list', { name: 'Bookmarks' }).getByRole('listitem')).toHaveCount(1);
  await expect(page.getByText(new RegExp(`^Step ${step} of`))).toBeVisible();
  await expect(page.getByRole('button', { name: 'Show the inspector' })).toBeVisible();
}

test('a tab whose process dies', async ({ page, context }) => {
  const step = await someWork(page);
  const died = page.waitForEvent('crash');
  // Nothing of the page runs after this: no unload, no last write.
  void page.goto('chrome://crash').catch(() => {});
  await died;
  const again = await context.newPage();
  await again.goto('/');
  await isBack(again, step);
});

test('a tab that is closed without being asked', async ({ page, context }) => {
  const step = await someWork(page);
  await page.close({ runBeforeUnload: false });
  const again = await context.newPage();
  await again.goto('/');
  await isBack(again, step);
});
