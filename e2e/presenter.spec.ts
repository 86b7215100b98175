import { expect, test, type Page } from '@playwright/test';
import { atRest, caption, openPage, stepNumber } from './lab.ts';

test.use({ viewport: { width: 1280, height: 720 } });

async function present(page: Page) {
  await page.getByRole('button', { name: /^Present/ }).click();
  const presenter = page.getByRole('region', { name: 'Presenter' });
  await expect(presenter).toBeVisible();
  return presenter;
}

test('a clicker steps on and back, blanks the screen, and Escape leaves', async ({ page }) => {
  await openPage(page);
  const presenter = await present(page);
  const said = presenter.locator('p').first();
  const first = await said.textContent();
  await page.keyboard.press('PageDown');
  await expect(presenter.getByText(/^Step 2 of/)).toBeVisible();
  await expect(said).not.toHaveText(first ?? '');
  await page.keyboard.press('PageUp');
  await expect(presenter.getByText(/^Step 1 of/)).toBeVisible();
  await page.keyboard.press('b');
  const black = page.getByRole('button', { name: 'The screen is blank. Any key brings it back.' });
  await expect(black).toBeVisible();
  // The key that wakes does nothing else.
  await page.keyboard.press('PageDown');
  await expect(black).toHaveCount(0);
  await expect(presenter.getByText(/^Step 1 of/)).toBeVisible();
  await page.keyboard.press('.');
  await expect(black).toBeVisible();
  await page.keyboard.press('.');
  await expect(black).toHaveCount(0);
  await page.keyboard.press('PageDown');
  await page.keyboard.press('Escape');
  await expect(presenter).toHaveCount(0);
  await expect.poll(() => stepNumber(page)).toBe(2);
  await expect(caption(page)).toBeVisible();
});

for (const size of [
  { width: 1280, height: 720 },
  { width: 1920, height: 1080 },
]) {
  test(`letters can be read from the back of a room at ${size.width} × ${size.height}`, async ({ page }) => {
    await page.setViewportSize(size);
    await openPage(page);
    const presenter = await present(page);
    const px = await presenter
      .locator('p')
      .first()
      .evaluate((element) => Number.parseFloat(getComputedStyle(element).fontSize));
    // A thirtieth of the picture's height.
    expect(px).toBeGreaterThanOrEqual(size.height / 30);
    const box = await presenter.boundingBox();
    expect(box).toEqual({ x: 0, y: 0, ...size });
  });
}

test('the camera follows the frame to its hop, and shows the whole map again', async ({ page }) => {
  await openPage(page);
  const presenter = await present(page);
  const gap = async (): Promise<number> => {
    const nodes = presenter.getByRole('list', { name: 'Nodes' });
    const [client, router] = [
      await nodes.getByRole('button', { name: /^client,/ }).boundingBox(),
      await nodes.getByRole('button', { name: /^router,/ }).boundingBox(),
    ];
    return (router?.x ?? 0) - (client?.x ?? 0);
  };
  await page.keyboard.press('c');
  const whole = await atRest(gap);
  await page.keyboard.press('c');
  await expect.poll(gap).toBeGreaterThan(whole * 1.4);
  await page.keyboard.press('f');
  await expect.poll(gap).toBeLessThan(whole * 1.05);
});

test('a tour of the moments that were marked, with their notes', async ({ page }) => {
  await openPage(page);
  // Moments are marked at step 3 and at step 5.
  for (const step of [3, 5]) {
    while ((await stepNumber(page)) < step) {
      const now = await stepNumber(page);
      await page.keyboard.press('ArrowRight');
      await expect(page.getByText(new RegExp(`^Step ${now + 1} of`))).toBeVisible();
    }
    await page.keyboard.press('b');
  }
  await page.keyboard.press('Home');
  const presenter = await present(page);
  await expect(presenter.getByText('Moment 0 of 2')).toBeVisible();
  await page.keyboard.press('PageDown');
  await expect(presenter.getByText('Moment 1 of 2')).toBeVisible();
  await page.keyboard.press('PageDown');
  await expect(presenter.getByText('Moment 2 of 2')).toBeVisible();
  await page.keyboard.press('PageUp');
  await expect(presenter.getByText('Moment 1 of 2')).toBeVisible();
  await page.keyboard.press('m');
  await expect(presenter.getByText(/^Step 3 of/)).toBeVisible();
  await page.keyboard.press('Escape');
  await expect.poll(() => stepNumber(page)).toBe(3);
});

test.describe('in Chinese', () => {
  test.use({ locale: 'zh-CN' });
  test('the presenter speaks Chinese', async ({ page }) => {
    await page.goto('/');
    await page.getByRole('button', { name: /^演示/ }).click();
    const presenter = page.getByRole('region', { name: '演示' });
    await expect(presenter.getByText(/^第 1 步，共/)).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(presenter).toHaveCount(0);
  });
});
