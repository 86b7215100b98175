import { expect, test, type Page } from '@playwright/test';
import { next, openPage, stepNumber } from './lab.ts';

test.use({ viewport: { width: 1366, height: 768 }, contextOptions: { reducedMotion: 'reduce' } });

const BROKEN = {
  name: 'broken.yaml',
  mimeType: 'text/yaml',
  buffer: Buffer.from('lvs-lab: 1\ntitle: broken\nabout: nothing\nnodes:\n  a:\n    kind: toaster\n'),
};

for (const [width, height] of [
  [1366, 768],
  [1100, 768],
] as const) {
  test(`a broken file chosen from the title says where, in sight (${width} pixels)`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    await openPage(page);
    await next(page, 2);
    const step = await stepNumber(page);
    const title = page.getByRole('banner').getByRole('button', { expanded: false }).first();
    await title.click();
    const chosen = page.waitForEvent('filechooser');
    await page.getByRole('menu', { name: 'Labs' }).getByRole('menuitem', { name: 'Open a file' }).click();
    await (await chosen).setFiles(BROKEN);
    const problem = page.getByRole('alert');
    await expect(problem).toBeInViewport({ ratio: 0.99 });
    await expect(problem).toBeFocused();
    await expect(problem).toContainText('broken.yaml cannot be opened');
    await expect(problem).toContainText('line 6');
    await expect(problem).toContainText('toaster');
    await expect(title).toHaveText('LVS-DR, the lab of the notes');
    await page.keyboard.press('Escape');
    await expect(problem).toHaveCount(0);
    expect(await stepNumber(page)).toBe(step);
    await page
      .locator('input[type=file]')
      .first()
      .setInputFiles({
        name: 'huge.yaml',
        mimeType: 'text/yaml',
        buffer: Buffer.alloc(3_000_000, 'x'),
      });
    await expect(problem).toContainText('too large');
    await expect(problem).toBeInViewport({ ratio: 0.99 });
    await problem.getByRole('button', { name: 'Close the message' }).click();
    await expect(problem).toHaveCount(0);
  });
}

test('a broken file chosen in the sheet of a small screen says where, in sight', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await openPage(page);
  await page.getByRole('button', { name: 'Lab', exact: true }).click();
  const sheet = page.getByRole('dialog', { name: 'Lab' });
  const chosen = page.waitForEvent('filechooser');
  await sheet.getByRole('button', { name: 'Open a file' }).click();
  await (await chosen).setFiles(BROKEN);
  const problem = page.getByRole('alert');
  await expect(problem).toBeInViewport({ ratio: 0.99 });
  await expect(problem).toBeFocused();
  await problem.getByRole('button', { name: 'Close the message' }).click();
  await expect(problem).toHaveCount(0);
  await expect(sheet).toBeVisible();
});

test('a broken file that is dropped says where, in sight', async ({ page }) => {
  await openPage(page);
  const dropped = await page.evaluateHandle(() => {
    const transfer = new DataTransfer();
    transfer.items.add(new File(['lvs-lab: 1\ntitle: [\n'], 'dropped.yaml'));
    return transfer;
  });
  await page.locator('canvas').first().dispatchEvent('drop', { dataTransfer: dropped });
  const problem = page.getByRole('alert');
  await expect(problem).toContainText('dropped.yaml cannot be opened');
  await expect(problem).toBeInViewport({ ratio: 0.99 });
  await expect(problem).toBeFocused();
});

test('a long title gives way, and what is pressed beside it keeps its size', async ({ page }) => {
  for (const width of [1100, 800]) {
    await page.setViewportSize({ width, height: 768 });
    await openPage(page);
    const bar = page.getByRole('banner');
    const title = bar.getByRole('button', { expanded: false }).first();
    await title.click();
    await page
      .getByRole('menu', { name: 'Labs' })
      .getByRole('menuitem', { name: /FullNAT/ })
      .click();
    await expect(title).toHaveText(/FullNAT/);
    await barFits(page, width);
    // What was done is said there too.
    await page.keyboard.press('b');
    await expect(bar.getByRole('status')).toContainText('Bookmarked.');
    await barFits(page, width);
  }
});

/** Everything of the bar is inside the window, one beside the other, and on one line. */
async function barFits(page: Page, width: number): Promise<void> {
  const bar = page.getByRole('banner');
  const heights = await bar.locator('[role="radiogroup"] label').evaluateAll((labels) => labels.map((label) => label.clientHeight));
  expect(Math.max(...heights)).toBeLessThan(32);
  const boxes = await bar
    .locator(':scope > *')
    .evaluateAll((parts) => parts.map((part) => part.getBoundingClientRect().toJSON() as DOMRect));
  boxes.forEach((box, i) => expect(box.right).toBeLessThanOrEqual((boxes[i + 1]?.left ?? width) + 0.5));
  const help = await bar.getByRole('button', { name: /^Help/ }).boundingBox();
  expect((help?.x ?? width) + (help?.width ?? 0)).toBeLessThanOrEqual(width);
}

test('a lab of many servers shows a few of its switches, and more when asked', async ({ page }) => {
  const servers = Array.from({ length: 20 }, (_, i) => `  rs${i + 1}: { role: realserver, interfaces: { eth0: {} } }\n`);
  await openPage(page);
  const region = page.getByRole('region', { name: 'Lab', exact: true });
  await region.locator('input[type=file]').setInputFiles({
    name: 'many.yaml',
    mimeType: 'text/yaml',
    buffer: Buffer.from(`lvs-lab: 1\ntitle: many\nabout: servers\nnodes:\n${servers.join('')}`),
  });
  await expect(region.getByRole('heading', { name: 'many' })).toBeVisible();
  const switches = region.getByRole('radiogroup', { name: /arp_/ });
  await expect(switches).toHaveCount(12);
  for (const count of [24, 36, 40]) {
    await region.getByRole('button', { name: /^Show \d+ more$/ }).click();
    await expect(switches).toHaveCount(count);
  }
  await expect(region.getByRole('button', { name: /^Show \d+ more$/ })).toHaveCount(0);
});

test('another lab opens from the list', async ({ page }) => {
  await openPage(page);
  await page.getByRole('region', { name: 'Lab', exact: true }).getByRole('button', { name: /NAT/ }).first().click();
  await expect(page.getByRole('heading', { name: /NAT/ }).first()).toBeVisible();
  await expect(page.getByRole('button', { name: 'Next', exact: true })).toBeEnabled();
});

test("the title leads to the other labs, by the keyboard too, and to a file of one's own", async ({ page }) => {
  await openPage(page);
  const title = page.getByRole('banner').getByRole('button', { expanded: false }).first();
  await expect(title).toHaveText('LVS-DR, the lab of the notes');
  await title.press('Enter');
  const menu = page.getByRole('menu', { name: 'Labs' });
  await expect(menu.getByRole('menuitem').first()).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(menu).toBeHidden();
  await title.click();
  await menu.getByRole('menuitem', { name: /FullNAT/ }).click();
  await expect(page.getByRole('heading', { name: /FullNAT/ }).first()).toBeVisible();
  await expect(title).toHaveText(/FullNAT/);
  await title.click();
  const chosen = page.waitForEvent('filechooser');
  await menu.getByRole('menuitem', { name: 'Open a file' }).click();
  const text = 'lvs-lab: 1\ntitle: mine\nabout: nothing yet\nnodes: { a: { role: host, interfaces: { eth0: {} } } }\n';
  await (await chosen).setFiles({ name: 'mine.yaml', mimeType: 'text/yaml', buffer: Buffer.from(text) });
  await expect(title).toHaveText('mine');
});

test('a terminal shows the moment, takes commands, completes and begins a branch in the past', async ({ page }) => {
  await openPage(page);
  await page.getByRole('tab', { name: /router/ }).click();
  const terminal = page.getByRole('tabpanel', { name: /router/ });
  await expect(terminal.locator('.xterm')).toBeVisible();
  await expect(terminal).toContainText('a command typed here begins a new branch');
  await page.keyboard.type('sysct');
  await page.keyboard.press('Tab');
  await page.keyboard.type('net.ipv4.ip_forward');
  await page.keyboard.press('Enter');
  await expect(terminal.locator('.xterm-rows')).toContainText('net.ipv4.ip_forward = 1');
  await expect(page.getByText('A new branch begins here.')).toBeVisible();
  // The prompt is there again: only then is a line called back.
  await expect(terminal.locator('.xterm-rows')).toContainText(
    /# sysctl net\.ipv4\.ip_forward\s*net\.ipv4\.ip_forward = 1\s*\[root@router ~\]#\s*$/,
  );
  await page.keyboard.press('ArrowUp');
  await expect(terminal.locator('.xterm-rows')).toContainText(/# sysctl net\.ipv4\.ip_forward\s*$/);
});

test('pasted notes are shown as understood before they run', async ({ page }) => {
  await openPage(page);
  await page.getByRole('tab', { name: /rs1/ }).click();
  await page.getByRole('button', { name: 'Paste notes' }).click();
  const dialog = page.getByRole('dialog', { name: 'Paste notes' });
  await dialog.getByRole('textbox').fill('[root@rs1 ~]# sysctl -w net.ipv4.conf.all.arp_ignore=0\n[root@rs1 ~]# ip neigh flush all');
  await expect(dialog.getByRole('listitem')).toHaveCount(2);
  await dialog.getByRole('button', { name: 'Run 2 lines' }).click();
  await expect(page.getByRole('tabpanel', { name: /rs1/ }).locator('.xterm-rows')).toContainText('net.ipv4.conf.all.arp_ignore = 0');
});
