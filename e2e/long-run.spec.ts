/** A lab that runs for very long, and files dropped on the page. */
import { readFileSync } from 'node:fs';
import { expect, test, type Page } from '@playwright/test';
import { openPage, stepNumber } from './lab.ts';

test.use({ viewport: { width: 1366, height: 768 }, contextOptions: { reducedMotion: 'reduce' } });

/** Two hosts; one asks the other half a million times. */
const LONG = `lvs-lab: 1
title: { en: A long run, zh: 长时间运行 }
about: { en: Many requests, zh: 很多请求 }
nodes:
  client:
    role: client
    interfaces: { eth0: {} }
    setup: |
      ip addr add 192.168.7.1/24 dev eth0
      ip link set eth0 up
  sw1: { kind: switch, ports: 4 }
  server:
    role: host
    interfaces: { eth0: {} }
    setup: |
      ip addr add 192.168.7.10/24 dev eth0
      ip link set eth0 up
links:
  - { ends: [client:eth0, sw1:1], delay: 50us }
  - { ends: [server:eth0, sw1:2], delay: 50us }
timeline:
  - { at: 1s, node: client, run: 'ping -i 0.002 -c 500000 192.168.7.10 > /dev/null' }
until: 1200s
`;

async function dropFile(page: Page, name: string, text: string): Promise<void> {
  const data = await page.evaluateHandle(
    ([fileName, content]) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([content as string], fileName as string, { type: 'text/yaml' }));
      return transfer;
    },
    [name, text],
  );
  for (const event of ['dragenter', 'dragover', 'drop']) await page.dispatchEvent('main', event, { dataTransfer: data });
}

test('a run that takes long says how far it is, can be looked at meanwhile, and stops when asked', async ({ page }) => {
  await openPage(page);
  await dropFile(page, 'long.yaml', LONG);
  await expect(page.getByRole('heading', { name: 'A long run' }).first()).toBeVisible();
  const progress = page.getByText(/ events so far/);
  await expect(progress).toBeVisible();
  // who looks elsewhere in the list of events is left there, however much comes
  const list = page.getByRole('list', { name: 'Events' }).locator('..');
  await expect.poll(() => list.evaluate(({ scrollHeight }) => scrollHeight)).toBeGreaterThan(3_000);
  await list.evaluate((element) => element.scrollTo({ top: 1_000 }));
  const early = await progress.textContent();
  await expect(progress).not.toHaveText(early ?? '');
  expect(await list.evaluate(({ scrollTop }) => scrollTop)).toBe(1_000);
  // it goes on while the page answers
  const first = await progress.textContent();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await expect.poll(() => stepNumber(page)).toBeGreaterThan(0);
  await expect(progress).not.toHaveText(first ?? '');
  await page.getByRole('button', { name: 'Stop here' }).click();
  await expect(progress).toBeHidden();
  await expect(page.getByText(/^Stopped after [\d,]+ events/)).toBeVisible();
  // all that has been run is there, to its end and back
  await page.keyboard.press('End');
  const end = await stepNumber(page);
  expect(end).toBeGreaterThan(1000);
  // the end may lie behind the last step: then the first press leads to that
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  await expect.poll(() => stepNumber(page)).toBeLessThan(end);
  // and it goes on from there when asked
  await page.getByRole('button', { name: 'Go on' }).click();
  await expect(progress).toBeVisible();
  await page.getByRole('button', { name: 'Stop here' }).click();
  await page.keyboard.press('End');
  await expect.poll(() => stepNumber(page)).toBeGreaterThan(end);
});

test('a dropped file opens; a broken one is told with its place, and the running lab stays', async ({ page }) => {
  await openPage(page);
  await dropFile(page, 'nat.yaml', readFileSync('scenarios/nat-demo.yaml', 'utf8'));
  const title = page.getByRole('heading', { name: /NAT/ }).first();
  await expect(title).toBeVisible();
  await dropFile(page, 'broken.yaml', 'lvs-lab: 1\nnodes:\n  a: [\n');
  const problem = page.getByRole('alert');
  await expect(problem).toContainText('broken.yaml cannot be opened');
  await expect(problem).toContainText('line 4');
  await expect(title).toBeVisible();
});
