/** A lab of more nodes than a page has room for: each can be reached, and the page holds only what is in sight. */
import { expect, test, type Locator, type Page } from '@playwright/test';
import { expectFile, fileEditor, fileText, openPage } from './lab.ts';

test.use({ viewport: { width: 1366, height: 768 }, contextOptions: { reducedMotion: 'reduce' } });

const HOSTS = 300;

/** Hosts on one switch; the first asks the last. */
function star(): string {
  const all = Array.from({ length: HOSTS }, (_, i) => i + 1);
  const host = (i: number): string =>
    `  h${i}:\n    interfaces: { eth0: {} }\n    setup: |\n      ip addr add 10.0.${Math.floor(i / 200)}.${1 + (i % 200)}/16 dev eth0\n      ip link set eth0 up\n`;
  return `lvs-lab: 1\ntitle: star\nabout: A star.\nnodes:\n  sw: { kind: switch, ports: ${HOSTS} }\n${all.map(host).join('')}links:\n${all
    .map((i) => `  - { ends: [h${i}:eth0, sw:${i}] }\n`)
    .join('')}timeline:\n  - { at: 1s, node: h1, run: 'ping -c 1 10.0.1.101' }\nuntil: 3s\n`;
}

const tabs = (page: Page): Locator => page.getByRole('tablist', { name: 'Events and terminals' }).getByRole('tab');
const nodes = (page: Page): Locator => page.getByRole('list', { name: 'Nodes', exact: true }).getByRole('button');

async function openStar(page: Page): Promise<void> {
  await openPage(page);
  await page
    .locator('input[type="file"]')
    .first()
    .setInputFiles({ name: 'star.yaml', mimeType: 'text/yaml', buffer: Buffer.from(star()) });
  await expect(page.getByRole('heading', { name: 'star' }).first()).toBeVisible();
  await expect(tabs(page).filter({ hasText: 'h1' }).first()).toBeVisible({ timeout: 30_000 });
}

test('of many terminals those in sight have tabs; the others are found by name, by the arrows, by moving the strip', async ({ page }) => {
  await openStar(page);
  expect(await tabs(page).count()).toBeLessThan(60);
  await expect(page.getByRole('tab', { name: 'h250', exact: true })).toHaveCount(0);

  await page.getByRole('button', { name: 'Find a terminal' }).click();
  const field = page.getByRole('searchbox', { name: 'Find a terminal' });
  await expect(field).toBeFocused();
  await page.keyboard.type('h25');
  await expect(page.getByRole('listbox').getByRole('option').first()).toHaveText('h25');
  await expect(page.getByRole('listbox').getByRole('option')).toHaveCount(11);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(field).toHaveCount(0);
  const found = page.getByRole('tab', { name: 'h250', exact: true });
  await expect(found).toHaveAttribute('aria-selected', 'true');
  await expect(found).toBeInViewport();
  await expect(page.getByRole('tabpanel', { name: 'h250', exact: true })).toBeVisible();

  // A terminal that has just come takes the keyboard.
  const press = async (from: string, key: string, to: string): Promise<void> =>
    await expect(async () => {
      await page.getByRole('tab', { name: from, exact: true }).focus();
      await page.keyboard.press(key);
      await expect(page.getByRole('tab', { name: to, exact: true })).toHaveAttribute('aria-selected', 'true', { timeout: 2_000 });
    }).toPass();
  await press('h250', 'ArrowRight', 'h251');
  await press('h251', 'ArrowRight', 'h252');
  await press('h252', 'End', `h${HOSTS}`);
  await page.getByRole('tablist', { name: 'Events and terminals' }).evaluate((strip) => strip.scrollTo({ left: 0 }));
  await page.getByRole('tab', { name: 'h3', exact: true }).click();
  await expect(page.getByRole('tab', { name: 'h3', exact: true })).toHaveAttribute('aria-selected', 'true');
  expect(await tabs(page).count()).toBeLessThan(60);
});

test('every node is reached by Tab, though only those around have buttons; a node is found by name where there was a list', async ({
  page,
}) => {
  await openStar(page);
  expect(await nodes(page).count()).toBeLessThan(60);
  await nodes(page).first().focus();
  for (let i = 0; i < 40; i++) await page.keyboard.press('Tab');
  const there = page.locator('[data-node="40"]');
  await expect(there).toBeFocused();
  await expect(there).toHaveAccessibleName(/^h40, host/);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('region', { name: 'Inspector' }).getByRole('heading', { name: 'h40' })).toBeVisible();

  await page.getByRole('button', { name: 'Node: All nodes' }).click();
  await page.keyboard.type('h299');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'Node: h299' })).toBeVisible();
});

test('a large file is edited: few dots on the map, few lines in the page, the end of the text as the beginning', async ({ page }) => {
  await openStar(page);
  await page.keyboard.press('e');
  await expect(fileEditor(page)).toBeVisible();
  await expect(page.getByRole('button', { name: /^Lay a cable from/ })).toHaveCount(0);
  await page.locator('[data-node="5"]').focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: /^Lay a cable from/ })).toHaveCount(1);
  expect(await page.locator('.cm-line').count()).toBeLessThan(150);
  const before = await fileText(page);
  await fileEditor(page).click();
  await page.keyboard.press('ControlOrMeta+End');
  await page.keyboard.type('# the end');
  await expectFile(page, `${before}# the end`);
  await expect(page.getByText('1 line changed')).toBeVisible();
  // The change has been taken: it is undone with the other deeds.
  await expect(page.getByRole('button', { name: 'Back to the file as opened' })).toBeVisible();
  await page.keyboard.press('ControlOrMeta+z');
  await expectFile(page, before);
});
