import { expect, test, type Page } from '@playwright/test';
import { back, caption, next, openPage, stepNumber, tableOf } from './lab.ts';

test.use({ viewport: { width: 1366, height: 768 }, contextOptions: { reducedMotion: 'reduce' } });

test('a step back restores the tables exactly', async ({ page }) => {
  await openPage(page);
  await next(page, 9);
  const neighbours = await tableOf(page, 'router', 'ARP');
  const said = await caption(page).textContent();
  await page.keyboard.press('Escape');
  await next(page, 12);
  expect(await tableOf(page, 'router', 'ARP')).not.toEqual(neighbours);
  await page.keyboard.press('Escape');
  await back(page, 12);
  expect(await tableOf(page, 'router', 'ARP')).toEqual(neighbours);
  expect(await caption(page).textContent()).toBe(said);
});

test('arp_ignore switched off on a real server makes it answer for the VIP, in a branch of its own', async ({ page }) => {
  await openPage(page);
  const answers = page.getByRole('list', { name: 'Events' }).getByRole('listitem').filter({ hasText: 'rs1 answers' });
  await page.getByRole('searchbox', { name: 'Search events' }).fill('rs1 answers 172.18.20.128');
  await expect(answers).toHaveCount(0);
  await page.getByRole('radiogroup', { name: 'net.ipv4.conf.all.arp_ignore' }).first().getByText('0', { exact: true }).click();
  await expect(page.getByText('A new branch begins here.')).toBeVisible();
  await expect(answers.first()).toBeVisible();
  const branches = page.getByRole('region', { name: 'Lab', exact: true });
  await branches.getByRole('button', { name: 'Before any change' }).click();
  await expect(answers).toHaveCount(0);
  await branches.getByRole('button', { name: 'arp_ignore=0 on rs1' }).first().click();
  await expect(answers.first()).toBeVisible();
});

test('a click in the event list and on the timeline goes to that moment', async ({ page }) => {
  await openPage(page);
  await page.getByRole('combobox', { name: 'Kind' }).selectOption('ipvs');
  await page.getByRole('list', { name: 'Events' }).getByRole('listitem').first().getByRole('button').click();
  await expect(caption(page)).toContainText('172.18.20.128:80');
  const timeline = page.getByRole('slider', { name: 'Timeline' });
  const box = await timeline.boundingBox();
  if (box === null) throw new Error('the timeline is not on screen');
  const before = await timeline.inputValue();
  await page.mouse.click(box.x + box.width * 0.7, box.y + 20);
  await expect(timeline).not.toHaveValue(before);
});

/** The words of the step and of its sentence in the second frame after a key. */
function afterKey(page: Page, key: string): Promise<{ readonly step: string; readonly said: string }> {
  return page.evaluate(async (pressed) => {
    document.body.dispatchEvent(new KeyboardEvent('keydown', { key: pressed, bubbles: true, cancelable: true }));
    for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
    const step = [...document.querySelectorAll('output')].find((output) => output.textContent?.startsWith('Step ') === true);
    const said = document.querySelector('section[aria-label="What happens"] p');
    return { step: step?.textContent ?? '', said: said?.textContent ?? '' };
  }, key);
}

test.describe('where frames glide', () => {
  test.use({ contextOptions: { reducedMotion: 'no-preference' } });

  test('a key tells at once where it leads, and no press is lost however fast they come', async ({ page }) => {
    await openPage(page);
    const first = await stepNumber(page);
    const sentences: string[] = [];
    for (let i = 1; i <= 12; i++) {
      const { step, said } = await afterKey(page, 'ArrowRight');
      expect(step).toMatch(new RegExp(`^Step ${first + i} of`));
      sentences.push(said);
    }
    expect(new Set(sentences).size).toBeGreaterThan(8);
    for (let i = 11; i >= 1; i--) {
      const { step, said } = await afterKey(page, 'ArrowLeft');
      expect(step).toMatch(new RegExp(`^Step ${first + i} of`));
      expect(said).toBe(sentences[i - 1]);
    }
  });
});
