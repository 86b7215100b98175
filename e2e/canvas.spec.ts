import { expect, test, type Locator, type Page } from '@playwright/test';
import { atRest, next, openPage, selectNode } from './lab.ts';

test.use({ viewport: { width: 1366, height: 768 }, contextOptions: { reducedMotion: 'reduce' } });

/** A lab whose file says nothing about places. */
const WITHOUT_PLACES = `lvs-lab: 1
title: { en: No places, zh: 没有位置 }
about: { en: Where nodes stand is found by the page., zh: 节点的位置由页面决定。 }
nodes:
  rs2: { role: realserver, interfaces: { eth0: {} }, setup: 'ip addr add 10.0.0.12/24 dev eth0; ip link set eth0 up' }
  rs1: { role: realserver, interfaces: { eth0: {} }, setup: 'ip addr add 10.0.0.11/24 dev eth0; ip link set eth0 up' }
  director: { role: director, interfaces: { eth0: {} }, setup: 'ip addr add 10.0.0.2/24 dev eth0; ip link set eth0 up' }
  sw: { kind: switch, ports: 4 }
  client: { role: client, interfaces: { eth0: {} }, setup: 'ip addr add 10.0.0.9/24 dev eth0; ip link set eth0 up' }
links:
  - { ends: [client:eth0, sw:1], delay: 1ms }
  - { ends: [director:eth0, sw:2], delay: 1ms }
  - { ends: [rs1:eth0, sw:3], delay: 1ms }
  - { ends: [rs2:eth0, sw:4], delay: 1ms }
timeline:
  - { at: 1s, node: client, run: 'for i in $(seq 30); do ping -c 1 10.0.0.11 & done' }
until: 3s
`;

async function openText(page: Page, text: string): Promise<void> {
  await page
    .locator('input[type=file]')
    .first()
    .setInputFiles({ name: 'mine.yaml', mimeType: 'text/yaml', buffer: Buffer.from(text) });
  await expect(page.getByRole('heading', { name: 'No places' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Next', exact: true })).toBeEnabled();
}

function node(page: Page | Locator, name: string): Locator {
  return page.getByRole('list', { name: 'Nodes' }).getByRole('button', { name: new RegExp(`^${name},`) });
}

async function middleOf(page: Page | Locator, name: string): Promise<{ x: number; y: number }> {
  const box = await node(page, name).boundingBox();
  if (box === null) throw new Error(`${name} is nowhere`);
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/** How many pixels of the map have about this colour. */
async function inked(page: Page | Locator, colour: readonly [number, number, number]): Promise<number> {
  return page
    .locator('canvas')
    .first()
    .evaluate((canvas: HTMLCanvasElement, [r, g, b]) => {
      const copy = new OffscreenCanvas(canvas.width, canvas.height);
      const ctx = copy.getContext('2d');
      if (ctx === null) return -1;
      ctx.drawImage(canvas, 0, 0);
      const { data } = ctx.getImageData(0, 0, canvas.width, canvas.height);
      let count = 0;
      for (let i = 0; i < data.length; i += 4) {
        if (Math.abs((data[i] ?? 0) - r) + Math.abs((data[i + 1] ?? 0) - g) + Math.abs((data[i + 2] ?? 0) - b) < 12) count++;
      }
      return count;
    }, colour);
}

const ANSWER = [122, 62, 157] as const;

test('a file without positions gets a tidy map, from the client at the left to the servers at the right', async ({ page }) => {
  await openPage(page);
  await openText(page, WITHOUT_PLACES);
  const [client, sw, director, rs1, rs2] = await Promise.all(
    ['client', 'sw', 'director', 'rs1', 'rs2'].map((name) => middleOf(page, name)),
  );
  if (!client || !sw || !director || !rs1 || !rs2) throw new Error('a node is missing');
  expect(client.x).toBeLessThan(sw.x - 60);
  expect(sw.x).toBeLessThan(rs1.x - 60);
  expect(Math.abs(director.x - sw.x)).toBeLessThan(4);
  expect(director.y).toBeLessThan(sw.y - 40);
  expect(Math.abs(rs1.x - rs2.x)).toBeLessThan(4);
  expect(Math.abs(rs1.y - rs2.y)).toBeGreaterThan(40);
});

test('a node is dragged and stays there; zoom, shift and fit', async ({ page }) => {
  await openPage(page);
  await atRest(async () => (await middleOf(page, 'rs2')).x);
  const from = await middleOf(page, 'rs2');
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(from.x - 60, from.y - 30, { steps: 5 });
  await page.mouse.up();
  await expect.poll(async () => Math.round((await middleOf(page, 'rs2')).x - from.x)).toBeLessThan(-50);
  const before = await middleOf(page, 'client');
  await page.getByRole('button', { name: 'Zoom in' }).click();
  await expect.poll(async () => (await middleOf(page, 'client')).x).not.toBe(before.x);
  await page.keyboard.press('f');
  await expect.poll(async () => Math.abs((await middleOf(page, 'client')).x - before.x)).toBeLessThan(40);
});

test('the trail shows the way of the last request and its answer, and can be turned off', async ({ page }) => {
  await openPage(page);
  await next(page, 40);
  await expect(page.getByRole('list', { name: 'Trail' })).toBeVisible();
  const lit = await atRest(() => inked(page, ANSWER));
  await page.keyboard.press('t');
  await expect(page.getByRole('list', { name: 'Trail' })).toHaveCount(0);
  await expect.poll(() => inked(page, ANSWER)).toBeLessThan(lit - 500);
  await page.getByRole('button', { name: 'Trail of the last request' }).click();
  await expect.poll(() => inked(page, ANSWER)).toBe(lit);
});

test('a layer shows its own addresses, tables and headers and hides the others', async ({ page }) => {
  await openPage(page);
  const inspector = await selectNode(page, 'director');
  for (const name of ['ARP', 'Routes', 'IPVS', 'Connections']) await expect(inspector.getByRole('tab', { name })).toBeVisible();
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await page.keyboard.press('2');
  await expect(inspector.getByRole('tab', { name: 'ARP' })).toBeVisible();
  await expect(inspector.getByRole('tab', { name: 'Routes' })).toHaveCount(0);
  await expect(inspector.getByRole('tab', { name: 'IPVS' })).toHaveCount(0);
  await page
    .getByRole('radiogroup', { name: /^Layer/ })
    .getByText('L3', { exact: true })
    .click();
  await expect(inspector.getByRole('tab', { name: 'Routes' })).toBeVisible();
  await expect(inspector.getByRole('tab', { name: 'ARP' })).toHaveCount(0);
  await page
    .getByRole('radiogroup', { name: /^Layer/ })
    .getByText('L4', { exact: true })
    .click();
  await expect(inspector.getByRole('tab', { name: 'Connections' })).toBeVisible();
  await page
    .getByRole('radiogroup', { name: /^Layer/ })
    .getByText('All', { exact: true })
    .click();
  await expect(inspector.getByRole('tab', { name: 'Routes' })).toBeVisible();
});

test('frames that lie on each other are one badge; pressing it lists them, and each can be picked', async ({ page }) => {
  await openPage(page);
  await openText(page, WITHOUT_PLACES);
  const [client, sw] = await Promise.all([middleOf(page, 'client'), middleOf(page, 'sw')]);
  const list = page.getByRole('dialog', { name: /^\d+ frames here$/ });
  // Frames stand half-way with reduced motion; which step has many of them on the first cable is found by stepping.
  await expect(async () => {
    await next(page);
    await page.mouse.click((client.x + sw.x) / 2, (client.y + sw.y) / 2);
    await expect(list).toBeVisible({ timeout: 500 });
  }).toPass({ intervals: [0], timeout: 90_000 });
  const count = Number(/\d+/.exec((await list.getAttribute('aria-label')) ?? '')?.[0]);
  expect(await list.getByRole('button').count()).toBe(Math.min(60, count));
  await list.getByRole('button').nth(1).click();
  await expect(list).toHaveCount(0);
  await expect(page.getByRole('region', { name: 'Inspector' }).getByRole('heading', { name: /^Frame \d+/ })).toBeVisible();
});

test('the two maps of what-if are zoomed together until that is turned off', async ({ page }) => {
  await openPage(page);
  await page.getByRole('button', { name: 'Healthy and broken DR side by side' }).click();
  const [a, b] = [page.getByRole('region', { name: 'Future A' }), page.getByRole('region', { name: 'Future B' })];
  await expect(node(b, 'rs1')).toBeVisible();
  const apart = async (future: Locator) => (await middleOf(future, 'rs1')).x - (await middleOf(future, 'client')).x;
  const [wideA, wideB] = [await apart(a), await apart(b)];
  const over = await middleOf(a, 'sw1');
  await page.mouse.move(over.x, over.y + 60);
  await page.mouse.wheel(0, -300);
  await expect.poll(() => apart(a)).toBeGreaterThan(wideA + 40);
  await expect.poll(async () => Math.abs((await apart(b)) - (await apart(a)))).toBeLessThan(8);
  await page.getByRole('button', { name: 'Zoom both maps together' }).click();
  await page.mouse.move(over.x, over.y + 60);
  await page.mouse.wheel(0, 600);
  await expect.poll(() => apart(a)).toBeLessThan(wideA + 20);
  expect(await apart(b)).toBeGreaterThan(wideB + 40);
});

test('a table that changed says why', async ({ page }) => {
  await openPage(page);
  await next(page, 1);
  const inspector = await selectNode(page, 'router');
  await inspector.getByRole('tab', { name: 'ARP' }).click();
  await expect(inspector.getByText('Changed in this step')).toBeVisible();
  await expect(inspector).toContainText(/router notes: 10\.0\.0\.10 is at/);
});

for (const [name, width] of [
  ['phone', 390],
  ['laptop', 1366],
  ['desk', 1920],
] as const) {
  test(`no node stands on another or outside the map: ${name}`, async ({ page }) => {
    await page.setViewportSize({ width, height: width === 390 ? 844 : 900 });
    await openPage(page);
    const picture = await page.locator('canvas').first().boundingBox();
    const places = await Promise.all(['client', 'router', 'sw1', 'director', 'rs1', 'rs2'].map((each) => middleOf(page, each)));
    places.forEach((place, i) => {
      expect(place.x).toBeGreaterThan((picture?.x ?? 0) + 10);
      expect(place.x).toBeLessThan((picture?.x ?? 0) + (picture?.width ?? 0) - 10);
      for (const other of places.slice(0, i)) expect(Math.hypot(place.x - other.x, place.y - other.y)).toBeGreaterThan(40);
    });
  });
}
