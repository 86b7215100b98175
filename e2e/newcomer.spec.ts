/** What somebody meets in the first minutes, and what an instructor meets with a file of another system. */
import { readFileSync } from 'node:fs';
import { expect, test, type Page } from '@playwright/test';
import { editScenario } from '../src/scenario/index.ts';
import { atRest, caption, expectFile, fileEditor, next, openPage, selectNode } from './lab.ts';

test.use({ contextOptions: { reducedMotion: 'reduce' } });

/** Where the nodes stand on the map: their buttons lie over their symbols. */
async function places(page: Page): Promise<string[]> {
  return page.locator('button[data-node]').evaluateAll((buttons) =>
    buttons.map((button) => {
      const { x, y } = button.getBoundingClientRect();
      return `${Math.round(x)} ${Math.round(y)}`;
    }),
  );
}

for (const width of [1100, 1366]) {
  test(`the map stands still when the first step takes the hint away (${width} pixels)`, async ({ page }) => {
    await page.setViewportSize({ width, height: 768 });
    await openPage(page);
    const hint = page.getByText('Press → to step');
    await expect(hint).toBeVisible();
    // Letters that come late take other room.
    await page.evaluate(async () => void (await document.fonts.ready));
    await atRest(async () => (await places(page)).reduce((sum, place) => sum + Number.parseInt(place, 10), 0));
    const before = await places(page);
    await next(page);
    await expect(hint).toBeHidden();
    await expect(page.getByText('in a tunnel', { exact: true })).toBeVisible();
    // Fitted anew it stands as it stood.
    await page.keyboard.press('f');
    await next(page);
    await expect.poll(() => places(page)).toEqual(before);
  });
}

test('hop by hop one comes by every command of the story, to its very end', async ({ page }) => {
  await openPage(page);
  await page.keyboard.press('End');
  const forth = page.getByRole('button', { name: 'Next', exact: true });
  await expect(forth).toBeDisabled();
  await page.keyboard.press('ArrowLeft');
  await expect(caption(page)).toContainText('router runs: ip neigh');
  await expect(forth).toBeEnabled();
  await page.keyboard.press('ArrowLeft');
  await expect(caption(page)).toContainText('director runs: ipvsadm -L -n -c');
  await page.keyboard.press('ArrowLeft');
  await expect(caption(page)).toContainText('director runs: ipvsadm -L -n');
  for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowRight');
  await expect(caption(page)).toContainText('Nothing more happens');
  await expect(forth).toBeDisabled();
});

test('the caption names what decided in the chosen language', async ({ page }) => {
  await openPage(page);
  await next(page, 9);
  await expect(caption(page)).toContainText('Decided by neighbour table');
  await page.getByText('中文', { exact: true }).click();
  await expect(page.getByRole('region', { name: '正在发生' })).toContainText('邻居表');
});

test('what decided is read in full where there is little room; its source gives way', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await openPage(page);
  const name = caption(page).getByText('net.ipv4.conf.*.arp_announce');
  await expect(name).toBeVisible();
  const cut = await name.evaluate(({ parentElement: said }) => (said === null ? 1 : said.scrollWidth - said.clientWidth));
  expect(cut).toBe(0);
});

test('the two maps of a comparison are drawn alike', async ({ page }) => {
  await page.setViewportSize({ width: 1366, height: 768 });
  await openPage(page);
  await page.getByRole('button', { name: 'Healthy and broken DR side by side' }).click();
  await expect(page.getByRole('region', { name: 'Future B' })).toBeVisible();
  const width = (which: 'A' | 'B') =>
    page
      .getByRole('region', { name: `Future ${which}` })
      .locator('canvas')
      .evaluate((canvas) => canvas.clientWidth);
  expect(await width('A')).toBe(await width('B'));
});

test('a file whose lines end in CR LF opens as it is, is edited on the map and by hand, and is saved as such a file', async ({ page }) => {
  await page.setViewportSize({ width: 1366, height: 768 });
  await openPage(page);
  const text = readFileSync('scenarios/nat-demo.yaml', 'utf8');
  const lines = text.split('\n').length;
  const dropped = await page.evaluateHandle((lines) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([lines.replaceAll('\n', '\r\n')], 'from-windows.yaml'));
    return transfer;
  }, text);
  await page.locator('canvas').first().dispatchEvent('drop', { dataTransfer: dropped });
  await expect(page.getByRole('heading', { name: /NAT/ }).first()).toBeVisible();
  await page.getByRole('tab', { name: 'File' }).click();
  await expect(page.getByText('as opened')).toBeVisible();
  await expectFile(page, text);
  // What is typed first makes no other line a changed one.
  await page.keyboard.press('e');
  await fileEditor(page).click();
  await page.keyboard.press('ControlOrMeta+Home');
  await page.keyboard.type('# mine');
  await page.keyboard.press('Enter');
  await expect(page.getByText('1 line changed')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Back to the file as opened' })).toBeVisible();
  // On the map the node that has the keyboard is meant, not the one that is selected.
  await selectNode(page, 'rs1');
  const client = page.getByRole('list', { name: 'Nodes', exact: true }).getByRole('button', { name: /^client,/ });
  await client.focus();
  await page.keyboard.press('Delete');
  await expect(client).toHaveCount(0);
  const edited = editScenario(`# mine\n${text}`, [{ kind: 'remove-node', name: 'client' }]);
  const after = edited.ok ? edited.text : '';
  expect(after.split('\n').length).toBeLessThan(lines - 5);
  await expectFile(page, after);
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Save as a file' }).click()]);
  expect(readFileSync(await download.path(), 'utf8')).toBe(after.replaceAll('\n', '\r\n'));
  await page.getByRole('button', { name: 'Back to the file as opened' }).click();
  await expectFile(page, text);
  await expect(page.getByText('as opened')).toBeVisible();
});

test('what is typed stands sign by sign: -> and ]# are no ligatures in terminals and files', async ({ page }) => {
  await page.setViewportSize({ width: 1366, height: 768 });
  await openPage(page);
  await page.getByRole('tab', { name: 'File' }).click();
  const ligatures = (element: Element): string => getComputedStyle(element).fontVariantLigatures;
  expect(await page.getByRole('textbox', { name: /^Text of/ }).evaluate(ligatures)).toBe('none');
  await page.getByRole('tab', { name: /director/ }).click();
  await expect(page.locator('.xterm-rows')).toBeVisible();
  expect(await page.locator('.xterm-rows').evaluate(ligatures)).toBe('no-contextual');
});

test('each cure can be looked at as a future of its own, and every cure but none be put beside none', async ({ page }) => {
  await page.setViewportSize({ width: 1366, height: 768 });
  await openPage(page);
  await page.getByRole('button', { name: 'Compare the cures of the ARP problem' }).click();
  const dialog = page.getByRole('dialog', { name: 'Cures of the ARP problem' });
  const rows = dialog.locator('tbody tr');
  await expect(rows).toHaveCount(5);
  await expect(dialog.getByText('Trying the cures')).toBeHidden();
  await expect(dialog.getByRole('button', { name: 'Show' })).toHaveCount(5);
  await expect(dialog.getByRole('button', { name: 'Beside “no cure”' })).toHaveCount(4);
  await expect(rows.nth(0).getByRole('button', { name: /^Beside/ })).toHaveCount(0);
  await rows.nth(2).getByRole('button', { name: 'Show' }).click();
  await expect(dialog).toBeHidden();
  await page.getByRole('tab', { name: /router/ }).click();
  await expect(page.locator('.xterm-rows')).toContainText('nud permanent');
});
