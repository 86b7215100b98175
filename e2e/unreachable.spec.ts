/** Parts of the page that are fetched when they are needed, and do not come: the rest goes on, and nothing is lost. */
import { expect, test, type Page, type Route } from '@playwright/test';
import { next, openPage, stepNumber } from './lab.ts';

test.use({ viewport: { width: 1366, height: 768 }, contextOptions: { reducedMotion: 'reduce' } });

const PARTS = /\/assets\/(?:change-form|terminal|labs-menu|presenter|what-if-page)-[^/]*\.js$/;

/** The files of the parts do not come until it is called. */
async function withoutParts(page: Page): Promise<() => Promise<void>> {
  const abort = (route: Route) => route.abort();
  await page.route(PARTS, abort);
  return () => page.unroute(PARTS, abort);
}

test('a form that does not come says so in its place, and comes when it is tried again', async ({ page }) => {
  const crashes: string[] = [];
  page.on('pageerror', (error) => crashes.push(error.message));
  const online = await withoutParts(page);
  await openPage(page);
  await next(page, 3);
  const step = await stepNumber(page);
  const lab = page.getByRole('region', { name: 'Lab', exact: true });
  await lab.getByRole('button', { name: 'Change one thing' }).click();
  const message = lab.getByRole('alert');
  await expect(message).toContainText('This part of the page did not come');
  await expect(message).toBeInViewport({ ratio: 0.9 });
  // The lab goes on meanwhile, and what stands there can be read in the other language.
  await next(page);
  await page.getByText('中文', { exact: true }).click();
  await expect(page.getByRole('alert')).toContainText('页面的这一部分没能加载');
  await page.getByText('EN', { exact: true }).click();
  await message.getByRole('button', { name: 'Try again' }).click();
  await expect(message.getByRole('button', { name: 'Load the page again' })).toBeVisible();
  await online();
  await message.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('dialog', { name: 'Change one thing' })).toBeVisible();
  await expect(page.getByRole('alert')).toHaveCount(0);
  await page.keyboard.press('Escape');
  await expect.poll(() => stepNumber(page)).toBe(step + 1);
  expect(crashes).toEqual([]);
});

test('a terminal, the menu of labs, two futures and the presenter say so too, and can be left', async ({ page }) => {
  await withoutParts(page);
  await openPage(page);
  const alert = page.getByRole('alert');
  await page.getByRole('tab', { name: /director/ }).click();
  await expect(page.getByRole('tabpanel', { name: /director/ }).getByRole('alert')).toBeInViewport({ ratio: 0.9 });
  await page.getByRole('tab', { name: 'Events' }).click();
  await expect(alert).toHaveCount(0);

  await page.getByRole('banner').getByRole('button', { expanded: false }).first().click();
  await expect(alert).toBeInViewport({ ratio: 0.9 });
  await page.keyboard.press('Escape');
  await expect(alert).toHaveCount(0);

  await page.getByRole('button', { name: 'Healthy and broken DR side by side' }).click();
  await expect(alert).toBeInViewport({ ratio: 0.9 });
  await alert.getByRole('button', { name: 'Close' }).click();
  await expect(alert).toHaveCount(0);

  await page.keyboard.press('p');
  await expect(alert.getByRole('button', { name: 'Try again' })).toBeFocused();
  await alert.getByRole('button', { name: 'Close' }).click();
  await expect(alert).toHaveCount(0);
  await next(page);
});

test('when the server has another build by now, the page is loaded again with its session', async ({ page }) => {
  const online = await withoutParts(page);
  await openPage(page);
  await next(page, 5);
  const step = await stepNumber(page);
  await page.getByRole('tab', { name: /director/ }).click();
  const message = page.getByRole('alert');
  await expect(message).toBeVisible();
  await online();
  // Asked for its page, the server answers with one whose files have other names.
  const asked = (route: Route): Promise<void> =>
    route.request().resourceType() === 'document'
      ? route.continue()
      : route.fulfill({ contentType: 'text/html', body: '<!doctype html><script type="module" src="./assets/other.js"></script>' });
  await page.route((url) => url.pathname === '/', asked);
  await message.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByText('Restored your session.')).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText(new RegExp(`^Step ${step} of`))).toBeVisible();
});
