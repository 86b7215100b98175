/** What is done while the page is busy with something else: a lab being built, an answer on its way, two futures on top. */
import { readFileSync } from 'node:fs';
import { expect, test, type Locator, type Page } from '@playwright/test';
import { atRest, expectFile, openPage, selectNode } from './lab.ts';

test.use({ viewport: { width: 1366, height: 768 }, contextOptions: { reducedMotion: 'reduce' } });

function node(page: Page, name: string): Locator {
  return page.getByRole('list', { name: 'Nodes', exact: true }).getByRole('button', { name: new RegExp(`^${name},`) });
}

function rows(page: Page): Locator {
  return page.locator('.xterm-rows');
}

async function terminalOf(page: Page, name: string): Promise<void> {
  await page.getByRole('tab', { name, exact: true }).click();
  await expect(page.getByRole('tabpanel', { name, exact: true }).locator('.xterm')).toBeVisible();
  await page.getByRole('tabpanel', { name, exact: true }).locator('.xterm').click();
}

test('the form is of the file as it stands: a node that was just renamed is changed by its new name before the lab stands', async ({
  page,
}) => {
  await openPage(page);
  await page.keyboard.press('e');
  const inspector = await selectNode(page, 'rs2');
  const name = inspector.getByRole('textbox', { name: 'Name', exact: true });
  await name.focus();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.insertText('web2');
  // In one task with Enter nothing is built yet.
  const meanwhile = await name.evaluate((field: HTMLInputElement) => {
    const form = field.closest('section');
    const nodes = (): (string | null)[] => [...document.querySelectorAll('[data-node]')].map(({ textContent }) => textContent);
    field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }));
    return Promise.resolve().then(() => {
      const add = [...(form?.querySelectorAll('button') ?? [])].find((button) => button.textContent?.includes('Add an interface'));
      add?.click();
      return { written: field.value, builtAlready: nodes().some((text) => text?.startsWith('web2,')), pressed: add !== undefined };
    });
  });
  expect(meanwhile).toEqual({ written: 'web2', builtAlready: false, pressed: true });
  await expectFile(page, /\n {2}web2:\n[^]*eth1/);
  await expect(inspector.getByRole('alert')).toHaveCount(0);
  await expect(node(page, 'web2')).toHaveAttribute('aria-pressed', 'true');
  await expect(inspector.getByRole('textbox', { name: 'Address of eth1' })).toBeVisible();
});

test('behind two futures that stand beside each other the key e edits nothing', async ({ page }) => {
  await openPage(page);
  await page.getByRole('button', { name: 'Healthy and broken DR side by side' }).click();
  const parting = page.getByRole('region', { name: 'Where the two futures part' });
  await expect(parting).toBeVisible();
  await page.keyboard.press('e');
  // What the key does is drawn in the next frame.
  await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
  // What lies behind has no roles: it is looked for by its name alone.
  await expect(page.locator('section[aria-label="Edit the lab"]')).toHaveCount(0);
  // A step shows that the keys are heard; the comparison is still there.
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('region', { name: 'Two futures', exact: true }).getByText(/^Step 2 of \d+$/)).toBeVisible();
  await expect(parting).toBeVisible();
});

test('the menu of the map goes when another lab comes, in which its node may be another one', async ({ page }) => {
  await openPage(page);
  const menu = page.getByRole('menu', { name: 'Menu of the map' });
  await atRest(async () => (await node(page, 'rs1').boundingBox())?.x ?? 0);
  const box = await node(page, 'rs1').boundingBox();
  await page.mouse.click((box?.x ?? 0) + (box?.width ?? 0) / 2, (box?.y ?? 0) + (box?.height ?? 0) / 2, { button: 'right' });
  await expect(menu.getByRole('menuitem', { name: 'Switch off' })).toBeVisible();
  const text = readFileSync('scenarios/nat-demo.yaml', 'utf8');
  await page.evaluate((lines) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([lines], 'another.yaml'));
    document.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }));
  }, text);
  await expect(page.getByRole('heading', { name: /NAT/ }).first()).toBeAttached();
  await expect(menu).toHaveCount(0);
  await expect(page.getByRole('heading', { name: /NAT/ }).first()).toBeVisible();
});

test('ArrowUp calls back the line that was entered a moment ago, before anything has answered it', async ({ page }) => {
  await openPage(page);
  await page.keyboard.press('End');
  await terminalOf(page, 'client');
  await page.keyboard.type('echo first');
  await page.keyboard.press('Enter');
  await expect(rows(page)).toContainText(/\nfirst|echo first\s*first/);
  await page.keyboard.type('echo second');
  // Both keys in one task: the run has not gone on between them.
  await page.locator('.xterm-helper-textarea').evaluate((field) => {
    for (const [key, keyCode] of [
      ['Enter', 13],
      ['ArrowUp', 38],
    ] as const)
      field.dispatchEvent(new KeyboardEvent('keydown', { key, keyCode, code: key, bubbles: true, cancelable: true }));
  });
  await expect(rows(page)).toContainText(/echo second\s*second[^]*# echo second *$/);
});

test('what is typed at a program that reads is its input, on both sides of a connection', async ({ page }) => {
  const toEnd = page.getByRole('button', { name: 'To the end' });
  await openPage(page);
  await page.keyboard.press('End');
  await expect(page.getByText(/^Step (\d+) of \1$/)).toBeVisible();
  await terminalOf(page, 'director');
  await page.keyboard.type('nc -l -p 8080');
  await page.keyboard.press('Enter');
  await expect(page.getByText('a command is running', { exact: false }).first()).toBeVisible();
  await terminalOf(page, 'client');
  await page.keyboard.type('nc 172.18.20.126 8080');
  await page.keyboard.press('Enter');
  await expect(rows(page)).toContainText('nc 172.18.20.126 8080');
  await page.keyboard.type('hello from here');
  await page.keyboard.press('Enter');
  await toEnd.click();
  await terminalOf(page, 'director');
  await expect(rows(page)).toContainText(/8080\s*hello from here/);
  await page.keyboard.type('and from there');
  await page.keyboard.press('Enter');
  await toEnd.click();
  await terminalOf(page, 'client');
  await expect(rows(page)).toContainText(/hello from here\s*and from there/);
  await page.keyboard.press('Control+c');
  await expect(rows(page)).toContainText(/# *$/);
  await page.keyboard.type('echo a command again');
  await page.keyboard.press('Enter');
  await expect(rows(page)).toContainText(/echo a command again\s*a command again/);
});

test('a cure is put beside none: the comparison is of these two', async ({ page }) => {
  await openPage(page);
  await page.getByRole('button', { name: 'Compare the cures of the ARP problem' }).click();
  const dialog = page.getByRole('dialog', { name: 'Cures of the ARP problem' });
  await expect(dialog.getByText('Trying the cures')).toBeHidden();
  const arptables = dialog.locator('tbody tr').nth(3);
  await expect(arptables).toContainText('arptables -A INPUT');
  await arptables.getByRole('button', { name: /^Beside/ }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole('region', { name: 'Future A' })).toContainText('No cure: the real servers answer for the VIP');
  await expect(page.getByRole('region', { name: 'Future B' })).toContainText('Cure: arptables');
});
