import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import AxeBuilder from '@axe-core/playwright';
import { expect, test, type Locator, type Page } from '@playwright/test';
import { caption, openPage, selectNode } from './lab.ts';

test.use({ viewport: { width: 1366, height: 768 }, contextOptions: { reducedMotion: 'reduce' } });

/** Goes to the first event whose sentence contains this. */
async function goTo(page: Page, words: string): Promise<void> {
  await page.getByRole('searchbox', { name: 'Search events' }).fill(words);
  await page.getByRole('list', { name: 'Events' }).getByRole('button').first().click();
  await expect(caption(page)).toContainText(words);
}

function way(page: Page, node: string): Locator {
  return page.getByRole('region', { name: `Way through ${node}` });
}

/** Names of the stations that the packet passed. */
function passed(path: Locator): Promise<string[]> {
  return path.locator('li[data-went]').evaluateAll((stations) => stations.map((station) => station.getAttribute('data-station') ?? ''));
}

test('the way of a balanced packet through the director', async ({ page }) => {
  await openPage(page);
  await goTo(page, 'DR: to 172.18.20.125');
  const path = way(page, 'director');
  await expect.poll(() => passed(path)).toEqual(['in', 'pre', 'route', 'local-in', 'local-out', 'post', 'neigh']);
  await expect(path.getByText('waits here')).toBeVisible();
  await expect(path.locator('li[data-state="acted"]')).toContainText('ip_vs_remote_request');
  // A sentence leads to its record, in the caption and in the list.
  await path.getByRole('button', { name: /^New connection entry/ }).click();
  await expect(caption(page)).toContainText('New connection entry');
  // The step has two packets: the other one asks for the MAC.
  await path.getByRole('button', { name: '2 ARP out' }).click();
  await expect.poll(() => passed(path)).toEqual(['arp', 'arp-out', 'out']);
});

test('a station leads to its record', async ({ page }) => {
  await openPage(page);
  await goTo(page, 'router forwards to 172.18.20.128');
  const path = way(page, 'router');
  await expect.poll(() => passed(path)).toEqual(['in', 'pre', 'route', 'forward', 'post', 'neigh']);
  await expect(path.getByRole('listitem').filter({ hasText: 'FORWARD' })).toContainText('64 63');
  await path.getByRole('button', { name: /^Neighbour table/ }).click();
  await expect(caption(page)).toContainText('does not know the MAC of 172.18.20.128');
});

test('how the scheduler chose', async ({ page }) => {
  await openPage(page);
  await goTo(page, 'has the smallest');
  const working = page.getByRole('region', { name: 'How wlc chose' });
  await expect(working).toContainText('(0 × 256 + 0) / 2');
  await expect(working.locator('tbody[data-chosen]')).toContainText('172.18.20.125:80');
  await expect(working).toContainText('equal, later in list');
  const { violations } = await new AxeBuilder({ page }).include('section[aria-label="Inspector"]').analyze();
  expect(violations.map((violation) => `${violation.id}: ${violation.nodes.map((node) => node.target.join(' ')).join(', ')}`)).toEqual([]);
});

test('what the director sees of a conversation, beside all of it', async ({ page }) => {
  await openPage(page);
  await page.keyboard.press('End');
  const inspector = await selectNode(page, 'director');
  await inspector.getByRole('tab', { name: 'Connections' }).click();
  const half = page.getByRole('region', { name: 'What director sees of it' });
  await expect(half.getByRole('row').filter({ hasText: 'SYN ACK' })).toContainText('← SYN ACK');
  await expect(half.getByRole('row').filter({ hasText: 'SYN ACK' }).getByRole('cell').first()).not.toContainText('SYN ACK');
  await expect(
    half
      .getByRole('row')
      .filter({ hasText: /→ SYN(?! ACK)/ })
      .getByRole('cell')
      .first(),
  ).toContainText('→ SYN');
});

const dist = join(import.meta.dirname, '../dist');
const transferred = (names: readonly string[]): number =>
  names.reduce((sum, name) => sum + gzipSync(readFileSync(join(dist, 'assets', name))).length, 0);

test('what is fetched before the first paint is small, and the simulator is not in it', () => {
  const html = readFileSync(join(dist, 'index.html'), 'utf8');
  const first = readdirSync(join(dist, 'assets')).filter((name) => html.includes(name));
  expect(first.some((name) => name.endsWith('.js'))).toBe(true);
  expect(first.some((name) => name.endsWith('.css'))).toBe(true);
  expect(first.filter((name) => /^(?:simulator|shell|react|page)-/.test(name))).toEqual([]);
  expect(transferred(first)).toBeLessThan(40_000);
});

test('what is fetched for the first picture is bounded, and has no terminal, no presenter, no comparison of futures in it', async ({
  page,
}) => {
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url().slice(request.url().lastIndexOf('/') + 1)));
  await openPage(page);
  const code = asked.filter((name) => /\.(?:js|css)$/.test(name));
  expect(code.filter((name) => /^(?:terminal|presenter|what-if-page|change-form|cures)-/.test(name))).toEqual([]);
  // The thread for long runs has its own copy of the simulator; it is fetched when the first picture stands.
  const picture = code.filter((name) => !name.startsWith('errand-worker'));
  expect(picture.some((name) => name.startsWith('simulator-'))).toBe(true);
  expect(transferred(picture)).toBeLessThan(950_000);
});

test('nothing moves while the page is opened', async ({ page }) => {
  await page.addInitScript(() => {
    // Only what a person sees: the buttons in the places of the nodes are for the keyboard and have no colour.
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & { value: number; sources: { node: Node | null }[] })[]) {
        const seen = entry.sources.filter(({ node }) => !(node instanceof Element && node.matches('[data-node]')));
        if (seen.length > 0)
          document.documentElement.dataset['moved'] = String(Number(document.documentElement.dataset['moved'] ?? 0) + entry.value);
      }
    }).observe({ type: 'layout-shift', buffered: true });
  });
  await openPage(page);
  await expect(page.getByRole('region', { name: 'Lab', exact: true })).toBeVisible();
  await expect(page.getByRole('list', { name: 'Events' })).toBeVisible();
  const moved = await page.evaluate(() => Number(document.documentElement.dataset['moved'] ?? 0));
  expect(moved).toBeLessThan(0.02);
});
