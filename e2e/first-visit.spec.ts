import AxeBuilder from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import { caption, next, openPage, selectNode, stepNumber } from './lab.ts';

test.use({ viewport: { width: 1366, height: 768 }, contextOptions: { reducedMotion: 'reduce' } });

test('the first visit shows the lab at its first frame, with one hint', async ({ page }) => {
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  await openPage(page);
  await expect(page.getByText('Press → to step')).toBeVisible();
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(caption(page)).toContainText('who has 10.0.0.1');
  await expect(page.getByRole('region', { name: 'Inspector' })).toContainText('ARP who has 10.0.0.1');
  await next(page);
  await expect(page.getByText('Press → to step')).toBeHidden();
  await expect(caption(page)).toContainText('router');
  await page.reload();
  await expect(page.getByRole('button', { name: 'Next', exact: true })).toBeEnabled();
  await expect(page.getByText('Press → to step')).toBeHidden();
  expect(errors).toEqual([]);
});

/** How many different colours the map has: an empty or a one-coloured map has few. */
function coloursOf(page: Page): Promise<number> {
  return page
    .locator('canvas')
    .first()
    .evaluate((canvas) => {
      const { width, height } = canvas as HTMLCanvasElement;
      const data = (canvas as HTMLCanvasElement).getContext('2d')?.getImageData(0, 0, width, height).data ?? new Uint8ClampedArray();
      const found = new Set<number>();
      for (let i = 0; i < data.length; i += 4) found.add(((data[i] ?? 0) << 16) | ((data[i + 1] ?? 0) << 8) | (data[i + 2] ?? 0));
      return found.size;
    });
}

for (const reducedMotion of ['reduce', 'no-preference'] as const) {
  test(`the map is drawn in its colours (reduced motion: ${reducedMotion})`, async ({ browser }) => {
    const context = await browser.newContext({
      reducedMotion,
      colorScheme: 'dark',
      viewport: { width: 1366, height: 768 },
    });
    const page = await context.newPage();
    await openPage(page);
    await expect.poll(() => coloursOf(page)).toBeGreaterThan(200);
    await context.close();
  });
}

test('everything can be done by the keyboard', async ({ page }) => {
  await openPage(page);
  const first = await stepNumber(page);
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await expect.poll(() => stepNumber(page)).toBe(first + 2);
  await page.keyboard.press('End');
  await expect(page.getByRole('button', { name: 'Next', exact: true })).toBeDisabled();
  await page.keyboard.press('Home');
  await expect.poll(() => stepNumber(page)).toBe(first);
  await page.keyboard.press('Space');
  await expect(page.getByRole('button', { name: 'Pause' })).toBeVisible();
  await page.keyboard.press('Space');
  await expect(page.getByRole('button', { name: 'Play', exact: true })).toBeVisible();
  await page.keyboard.press('/');
  await expect(page.getByRole('searchbox', { name: 'Search events' })).toBeFocused();
  await page.keyboard.type('arp_ignore');
  await expect(page.getByRole('list', { name: 'Events' }).getByRole('listitem').first()).toContainText('arp_ignore');
  await page.keyboard.press('Escape');
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Help' })).toBeVisible();
  await page.keyboard.press('Escape');
  await selectNode(page, 'director');
});

test('the search is called for before the list is drawn, and behind another tab', async ({ page }) => {
  const search = page.getByRole('searchbox', { name: 'Search events' });
  await page.goto('/');
  // The keys are heard as soon as the page is there; the list comes last.
  await expect(page.getByRole('button', { name: 'Next', exact: true })).toBeVisible();
  await page.keyboard.press('/');
  await expect(search).toBeFocused();
  await page.keyboard.press('Escape');
  await page.getByRole('tab', { name: 'File' }).click();
  await expect(search).toBeHidden();
  await page.getByRole('button', { name: 'Next', exact: true }).focus();
  await page.keyboard.press('/');
  await expect(search).toBeFocused();
});

test('language, theme and size are chosen and remembered', async ({ page }) => {
  await openPage(page);
  await page.getByText('中文', { exact: true }).click();
  await expect(page.getByRole('button', { name: '下一步', exact: true })).toBeVisible();
  await expect(page.locator('html')).toHaveAttribute('lang', 'zh-CN');
  await page.getByRole('button', { name: '配色：跟随系统' }).click();
  await page.getByRole('button', { name: '配色：浅色' }).click();
  await page.getByRole('button', { name: '大字号，适合投影' }).click();
  await page.reload();
  await expect(page.getByRole('button', { name: '下一步', exact: true })).toBeVisible();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await expect(page.locator('html')).toHaveAttribute('data-size', 'large');
});

test('the main screen has no accessibility violations', async ({ page }) => {
  await openPage(page);
  await selectNode(page, 'director');
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`)).toEqual([]);
});

test('a small screen shows the map first and the rest in sheets', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await openPage(page);
  await page.getByRole('button', { name: 'Inspect' }).click();
  await expect(page.getByRole('dialog', { name: 'Inspect' })).toContainText('ARP who has');
  await page.getByRole('button', { name: 'Close' }).first().click();
  await next(page);
});
