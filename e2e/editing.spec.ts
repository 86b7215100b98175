import { readFileSync } from 'node:fs';
import AxeBuilder from '@axe-core/playwright';
import { expect, test, type Locator, type Page } from '@playwright/test';
import { atRest, expectFile, fileEditor, fileText, keptSession, openPage, selectNode, writeFile } from './lab.ts';

test.use({ viewport: { width: 1366, height: 768 }, contextOptions: { reducedMotion: 'reduce' } });

const inspector = (page: Page): Locator => page.getByRole('region', { name: 'Inspector' });
const nodes = (page: Page): Locator => page.getByRole('list', { name: 'Nodes', exact: true }).getByRole('button');
const node = (page: Page, name: string): Locator =>
  page.getByRole('list', { name: 'Nodes', exact: true }).getByRole('button', { name: new RegExp(`^${name},`) });

/** The middle of a node's symbol. */
async function middle(page: Page, name: string): Promise<{ x: number; y: number }> {
  const box = await node(page, name).boundingBox();
  if (box === null) throw new Error(`${name} is not on the map`);
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/** As middle(), once the map has come to rest: text that is loaded late takes other room. */
async function resting(page: Page, name: string): Promise<{ x: number; y: number }> {
  await atRest(async () => {
    const { x, y } = await middle(page, name);
    return x + y;
  });
  return middle(page, name);
}

/** Drags from a node's dot to another node. */
async function layCable(page: Page, from: string, to: string): Promise<void> {
  const dot = await page.getByRole('button', { name: `Lay a cable from ${from}`, exact: true }).boundingBox();
  const there = await middle(page, to);
  await page.mouse.move((dot?.x ?? 0) + 8, (dot?.y ?? 0) + 8);
  await page.mouse.down();
  await page.mouse.move(there.x - 30, there.y, { steps: 3 });
  await page.mouse.move(there.x, there.y, { steps: 3 });
  await page.mouse.up();
  await expectFile(page, new RegExp(`\\[${from}:\\w+, ${to}:\\w+\\]`));
}

async function openEmpty(page: Page): Promise<void> {
  await openPage(page);
  await page.getByRole('button', { name: 'Empty lab' }).click();
  await expect(page.getByRole('region', { name: 'Edit the lab' })).toBeVisible();
  await expect(nodes(page)).toHaveCount(0);
}

/** Writes into a field of the form and leaves it. */
async function fill(page: Page, label: string | RegExp, text: string): Promise<void> {
  const field = inspector(page).getByRole('textbox', { name: label });
  await field.fill(text);
  await field.press('Enter');
}

/** Types at a node's terminal and looks at what it has printed in the end. */
async function type(page: Page, host: string, line: string, printed: RegExp): Promise<void> {
  await page.getByRole('tab', { name: host, exact: true }).click();
  const terminal = page.getByRole('tabpanel', { name: host, exact: true });
  await terminal.locator('.xterm').click();
  await page.keyboard.type(line);
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'To the end' }).click();
  await expect.poll(async () => await terminal.locator('.xterm-rows').textContent()).toMatch(printed);
}

test('a working LVS-DR lab is built from an empty map by mouse', async ({ page }) => {
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  await openEmpty(page);
  const add = (role: string): Locator => page.getByRole('button', { name: `Add: ${role}`, exact: true });

  await add('client').click();
  await expect(node(page, 'client')).toBeVisible();
  await fill(page, 'Address of eth0', '10.0.0.1/24');
  await expectFile(page, /ip addr add 10\.0\.0\.1\/24 dev eth0\n\s+ip link set eth0 up/);
  await add('switch').click();
  await expect(node(page, 'sw1')).toBeVisible();
  await add('real server').click();
  await expect(node(page, 'rs1')).toBeVisible();
  await fill(page, 'Address of eth0', '10.0.0.11/24');
  await fill(page, 'VIP', '10.0.0.100');
  await expectFile(page, /ip addr add 10\.0\.0\.100\/32 dev lo/);
  // The last one is dragged from the bar to where it is wanted.
  const from = await add('director').boundingBox();
  const sw = await middle(page, 'sw1');
  await page.mouse.move((from?.x ?? 0) + 20, (from?.y ?? 0) + 20);
  await page.mouse.down();
  await page.mouse.move(sw.x, sw.y - 100, { steps: 5 });
  await page.mouse.up();
  await expect(node(page, 'director')).toBeVisible();
  const placed = await middle(page, 'director');
  expect(Math.abs(placed.x - sw.x) + Math.abs(placed.y - (sw.y - 100))).toBeLessThan(6);
  await fill(page, 'Address of eth0', '10.0.0.10/24');
  await inspector(page).getByRole('button', { name: 'Balance the VIP (DR)' }).click();
  await expectFile(page, /ipvsadm -a -t 10\.0\.0\.100:80 -r 10\.0\.0\.11 -g/);

  await layCable(page, 'client', 'sw1');
  await layCable(page, 'director', 'sw1');
  await layCable(page, 'rs1', 'sw1');
  await expectFile(page, /\[client:eth0, sw1:1\][^]*\[director:eth0, sw1:2\][^]*\[rs1:eth0, sw1:3\]/);
  await page.getByRole('button', { name: 'Done editing', exact: true }).last().click();
  await type(page, 'client', 'curl -s http://10.0.0.100/', /rs1/);
  await page.getByRole('tab', { name: 'File', exact: true }).click();

  // A reload keeps what was drawn.
  const text = await fileText(page);
  await expect.poll(async () => (await keptSession(page))?.text).toBe(text);
  await page.reload();
  await expect(node(page, 'director')).toBeVisible();
  await page.getByRole('tab', { name: 'File', exact: true }).click();
  await expectFile(page, text);
  expect(errors).toEqual([]);
});

test('a lab is built by the keyboard alone, undone to the beginning and done again', async ({ page }) => {
  await openEmpty(page);
  const empty = await fileText(page);
  const press = async (button: Locator): Promise<void> => {
    await button.focus();
    await page.keyboard.press('Enter');
  };
  const write = async (label: string, text: string): Promise<void> => {
    await inspector(page).getByRole('textbox', { name: label }).focus();
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.type(text);
    await page.keyboard.press('Enter');
  };
  await press(page.getByRole('button', { name: 'Add: client', exact: true }));
  await write('Address of eth0', '10.0.0.1/24');
  await press(page.getByRole('button', { name: 'Add: switch', exact: true }));
  await press(page.getByRole('button', { name: 'Add: host', exact: true }));
  await write('Address of eth0', '10.0.0.2/24');
  await write('Name', 'server');
  await expectFile(page, /\n {2}server:\n/);
  // The form is still the one of this node, and has the keys.
  await expect(inspector(page).getByRole('textbox', { name: 'Name' })).toBeFocused();
  // One cable by the form, the other by the key c and the list of nodes.
  await inspector(page).getByRole('combobox', { name: 'Connect to' }).focus();
  await page.keyboard.type('sw1');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expectFile(page, /\[server:eth0, sw1:1\]/);
  await press(node(page, 'client'));
  await page.keyboard.press('c');
  await expect(page.getByText('A cable from client')).toBeVisible();
  await press(node(page, 'sw1'));
  await expectFile(page, /\[client:eth0, sw1:2\]/);
  // A node is moved by the arrows.
  const before = await middle(page, 'client');
  await press(node(page, 'client'));
  await page.keyboard.press('ArrowUp');
  await expect.poll(async () => (await middle(page, 'client')).y).toBeLessThan(before.y - 10);
  const whole = await fileText(page);

  const undo = page.getByRole('region', { name: 'Edit the lab' }).getByRole('button', { name: 'Undo' });
  const redo = page.getByRole('region', { name: 'Edit the lab' }).getByRole('button', { name: 'Redo' });
  await node(page, 'client').focus();
  for (let i = 0; i < 9; i++) {
    const now = await fileText(page);
    await page.keyboard.press('ControlOrMeta+z');
    await expect.poll(() => fileText(page)).not.toBe(now);
  }
  // The last node is gone, and what had the keyboard with it.
  await expect(nodes(page)).toHaveCount(0);
  await expectFile(page, empty);
  for (let i = 0; i < 9; i++) {
    const now = await fileText(page);
    await press(redo);
    await expect.poll(() => fileText(page)).not.toBe(now);
  }
  await expectFile(page, whole);
  await expect(undo).toBeEnabled();
  await page.keyboard.press('Tab');
  await page.keyboard.press('e');
  await type(page, 'client', 'ping -c 1 10.0.0.2', /1 received|1 packets received|64 bytes from/);
});

test('what is drawn is written between the comments of the file, and a mistake is told where it stands', async ({ page }) => {
  await openPage(page);
  await page.getByRole('button', { name: 'Edit the lab' }).first().click();
  const original = await fileText(page);
  await node(page, 'rs2').focus();
  await page.keyboard.press('Enter');
  await fill(page, 'Name', 'web2');
  await expectFile(page, /ends: \[web2:eth0, /);
  await fill(page, 'Address of eth0', '172.18.20.300/24');
  await expect(inspector(page).getByRole('alert')).toContainText('such as 10.0.0.2/24');
  await inspector(page).getByRole('textbox', { name: 'Address of eth0' }).press('Escape');
  // A command that fails is told below the commands.
  const setup = inspector(page).getByRole('textbox', { name: 'Commands at the start' });
  await setup.fill(`${await setup.inputValue()}ip route add default via 1.2.3.4\n`);
  await setup.press('ControlOrMeta+Enter');
  await expect(inspector(page).getByText('failed, exit code 2')).toBeVisible();
  await page.getByRole('region', { name: 'Edit the lab' }).getByRole('button', { name: 'Undo' }).click();
  await expect(inspector(page).getByText('failed, exit code 2')).toBeHidden();
  await fill(page, 'Name', 'rs1');
  await expect(inspector(page).getByRole('alert')).toContainText('a name that no other node has');
  await expect(inspector(page).getByRole('alert')).toContainText(/line \d+ of the file/);
  await inspector(page).getByRole('textbox', { name: 'Name' }).press('Escape');
  await node(page, 'web2').focus();
  await page.keyboard.press('Delete');
  await expect(node(page, 'web2')).toHaveCount(0);
  const edited = await fileText(page);
  const comments = (text: string): string[] => text.split('\n').filter((line) => /^(  )?#/.test(line));
  expect(comments(edited)).toEqual(comments(original));
  expect(edited).not.toContain('web2');
  await expect(page.getByText(/\d+ lines changed/)).toBeVisible();

  // Written by hand: a mistake is told and the lab stays as it is.
  await writeFile(page, edited.replace('role: client', 'role: king'));
  await expect(page.getByRole('tabpanel', { name: 'File' }).getByRole('alert')).toContainText('expected client, router');
  await expect(node(page, 'rs1')).toBeVisible();
  await writeFile(page, edited.replace('role: client', 'role: host'));
  await expect(page.getByRole('alert')).toHaveCount(0);
  await expect(node(page, 'client')).toHaveAccessibleName(/^client, host/);

  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Save as a file' }).click()]);
  expect(download.suggestedFilename()).toBe('dr-lab.yaml');
  const saved = await download.path();
  expect(readFileSync(saved, 'utf8')).toBe(edited.replace('role: client', 'role: host'));
  await page.getByRole('button', { name: 'Back to the file as opened' }).click();
  await expectFile(page, original);
});

test('while the lab runs a cable is cut and a node switched off by the menu of the map: branches that can be undone', async ({ page }) => {
  await openPage(page);
  const menu = page.getByRole('menu', { name: 'Menu of the map' });
  const rs1 = await resting(page, 'rs1');
  await page.mouse.click(rs1.x, rs1.y, { button: 'right' });
  await menu.getByRole('menuitem', { name: 'Switch off' }).click();
  await expect(page.getByRole('heading', { name: 'Branches' })).toBeVisible();
  await expect(inspector(page)).toContainText('Switched off');
  // By the keyboard on a node, then from the node to its cable.
  await selectNode(page, 'client');
  await inspector(page).getByRole('list', { name: 'Cables' }).getByRole('button').first().press('Enter');
  await inspector(page).getByRole('button', { name: 'Cut the cable' }).press('Enter');
  await expect(inspector(page).getByRole('button', { name: 'Plug the cable in' })).toBeVisible();
  await selectNode(page, 'client');
  await expect(inspector(page).getByRole('list', { name: 'Cables' })).toContainText('cut');
  await node(page, 'client').focus();
  await page.mouse.move(5, 5);
  await page.keyboard.press('Shift+F10');
  await expect(menu.getByRole('menuitem', { name: 'Switch off' })).toBeVisible();
  await page.keyboard.press('Escape');
  await page.keyboard.press('ControlOrMeta+z');
  await selectNode(page, 'client');
  await expect(inspector(page).getByRole('list', { name: 'Cables' })).not.toContainText('cut');
});

test('delay and loss of a cable are set from its menu while the lab runs, by pointer and by keyboard, and undone', async ({ page }) => {
  await openPage(page);
  const menu = page.getByRole('menu', { name: 'Menu of the map' });
  const delay = inspector(page).locator('form').filter({ hasText: 'Delay' }).locator('b');
  const loss = inspector(page).locator('form').filter({ hasText: 'Loss' });
  const client = await resting(page, 'client');
  const router = await middle(page, 'router');
  await page.mouse.click((client.x + router.x) / 2, (client.y + router.y) / 2, { button: 'right' });
  await menu.getByRole('menuitem', { name: /^Delay: / }).click();
  await page.getByRole('menuitem', { name: '10 ms', exact: true }).click();
  await expect(menu).toBeHidden();
  await expect(page.getByRole('heading', { name: 'Branches' })).toBeVisible();
  await expect(delay).toHaveText('10 ms');
  await expect(page.getByRole('region', { name: 'What happens' })).toContainText('delay 10 ms');
  // From the node by the keyboard: its cable, its loss, another figure. A pointer at rest would open what comes under it.
  await page.mouse.move(5, 5);
  await node(page, 'client').focus();
  await page.keyboard.press('Shift+F10');
  await expect(menu.getByRole('menuitem', { name: 'Switch off' })).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await expect(menu.getByRole('menuitem', { name: 'Cable to router' })).toBeFocused();
  await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('menuitem', { name: 'Cut the cable' })).toBeFocused();
  await page.keyboard.press('End');
  await expect(page.getByRole('menuitem', { name: 'Loss: 0 %' })).toBeFocused();
  // A menu that is only just there may not hear the first press yet.
  const none = page.getByRole('menuitem', { name: '0 %', exact: true });
  await expect(async () => {
    if (!(await none.isVisible())) await page.keyboard.press('ArrowRight');
    await expect(none).toBeFocused({ timeout: 1_000 });
  }).toPass({ timeout: 20_000 });
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  await expect(loss.getByRole('textbox')).toBeFocused();
  await page.keyboard.type('7 %');
  await page.keyboard.press('Enter');
  await expect(loss.locator('b')).toHaveText('7 %');
  await expect(loss).toContainText('The file says 0 %.');
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await page.keyboard.press('ControlOrMeta+z');
  await page.keyboard.press('ControlOrMeta+z');
  await selectNode(page, 'client');
  await inspector(page).getByRole('list', { name: 'Cables' }).getByRole('button').first().press('Enter');
  await expect(delay).toHaveText('100 µs');
});

test('in the edit mode the same menu writes into the file, and an interface gets another name wherever it stands', async ({ page }) => {
  await openPage(page);
  await page.keyboard.press('e');
  await expect(page.getByRole('region', { name: 'Edit the lab' })).toBeVisible();
  await node(page, 'client').focus();
  await page.mouse.move(5, 5);
  await page.keyboard.press('Shift+F10');
  await page.getByRole('menuitem', { name: 'Cable to router' }).press('ArrowRight');
  await page.getByRole('menuitem', { name: /^Delay: / }).press('ArrowRight');
  await page.getByRole('menuitem', { name: '1 ms', exact: true }).press('Enter');
  await expectFile(page, /ends: \[client:eth0, router:eth0\], delay: 1ms/);
  await node(page, 'client').focus();
  await page.keyboard.press('Enter');
  await inspector(page).getByText('Name, MAC and MTU').click();
  await fill(page, 'Name of eth0', 'lan0');
  await expectFile(page, /ends: \[client:lan0, router:eth0\]/);
  await expect(inspector(page).getByRole('textbox', { name: 'Address of lan0' })).toHaveValue('10.0.0.10/24');
});

test('what was done is undone after a reload, and done again: commands, bookmarks, nodes, the file, another lab', async ({ page }) => {
  await openPage(page);
  const bookmarks = page.getByRole('list', { name: 'Bookmarks' }).getByRole('listitem');
  const title = page.getByRole('region', { name: 'Lab', exact: true }).getByRole('heading').first();
  const first = (await title.textContent()) ?? '';
  await page.keyboard.press('b');
  await expect(bookmarks).toHaveCount(1);
  await bookmarks.getByRole('button', { name: 'Name it' }).click();
  await page.getByRole('textbox', { name: 'Name of the bookmark' }).fill('the beginning');
  await page.keyboard.press('Enter');
  await expect(bookmarks).toContainText('the beginning');
  await page.keyboard.press('e');
  await page.getByRole('button', { name: 'Add: host', exact: true }).click();
  await expect(node(page, 'host1')).toBeVisible();
  await page.getByRole('button', { name: 'Empty lab' }).click();
  await expect(nodes(page)).toHaveCount(0);
  await expect(title).not.toHaveText(first);
  await page.keyboard.press('e');
  // The session is written a moment after the last change.
  await expect.poll(async () => (await keptSession(page))?.history?.entries.length).toBe(5);
  const last = (await title.textContent()) ?? '';
  await page.reload();
  await expect(title).toHaveText(last, { timeout: 60_000 });
  await expect(nodes(page)).toHaveCount(0);
  const walk = async (key: string): Promise<void> => {
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    await page.keyboard.press(key);
  };
  await walk('ControlOrMeta+z');
  await expect(node(page, 'host1')).toBeVisible();
  await walk('ControlOrMeta+z');
  await expect(node(page, 'host1')).toHaveCount(0);
  await expect(bookmarks).toContainText('the beginning');
  await walk('ControlOrMeta+z');
  await expect(bookmarks).not.toContainText('the beginning');
  await walk('ControlOrMeta+z');
  await expect(bookmarks).toHaveCount(0);
  await walk('ControlOrMeta+Shift+z');
  await expect(bookmarks).toHaveCount(1);
  await walk('ControlOrMeta+Shift+z');
  await expect(bookmarks).toContainText('the beginning');
  await walk('ControlOrMeta+Shift+z');
  await expect(node(page, 'host1')).toBeVisible();
  await walk('ControlOrMeta+Shift+z');
  await expect(nodes(page)).toHaveCount(0);
});

test('a node that was dragged goes back with undo', async ({ page }) => {
  await openPage(page);
  const before = await resting(page, 'rs1');
  await page.mouse.move(before.x, before.y);
  await page.mouse.down();
  await page.mouse.move(before.x - 60, before.y + 20, { steps: 4 });
  await page.mouse.up();
  await expect.poll(async () => Math.round((await middle(page, 'rs1')).x - before.x)).toBeLessThan(-40);
  await page.keyboard.press('ControlOrMeta+z');
  await expect.poll(async () => Math.abs((await middle(page, 'rs1')).x - before.x)).toBeLessThan(4);
});

test('the edit mode has no accessibility violations', async ({ page }) => {
  await openPage(page);
  await page.keyboard.press('e');
  await node(page, 'director').focus();
  await page.keyboard.press('Enter');
  await expect(inspector(page).getByRole('textbox', { name: 'Name' })).toBeVisible();
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes: at }) => `${id}: ${at.map((one) => one.target.join(' ')).join(', ')}`)).toEqual([]);
});

test('on a small screen the lab is edited below the map, with the form in a sheet', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await openPage(page);
  await page.getByRole('button', { name: 'Edit the lab' }).click();
  await page.getByRole('button', { name: 'Add: host', exact: true }).click();
  await expect(node(page, 'host1')).toBeVisible();
  await page.getByRole('button', { name: 'Inspect' }).click();
  const sheet = page.getByRole('dialog', { name: 'Inspect' });
  await sheet.getByRole('textbox', { name: 'Address of eth0' }).fill('172.18.20.9/24');
  await sheet.getByRole('combobox', { name: 'Connect to' }).selectOption('sw1');
  await sheet.getByRole('button', { name: 'Connect', exact: true }).click();
  await expect(sheet).toContainText('Cable to sw1:');
});

test('the file has colours and numbers, shows what is wrong where it stands, and undoes what was typed', async ({ page }) => {
  await openPage(page);
  await page.keyboard.press('e');
  const original = await fileText(page);
  // Addresses have the colours of the parts they play.
  await expect(page.locator('.cm-VIP').first()).toHaveText('172.18.20.128');
  await writeFile(page, original.replace('role: client', 'role: king'));
  const mistake = page.locator('.cm-mistake');
  const line = original.slice(0, original.indexOf('role: client')).split('\n').length;
  await page.getByRole('button', { name: `Go to line ${line}` }).click();
  await expect(fileEditor(page)).toBeFocused();
  await expect(mistake).toHaveText('king');
  await expect(mistake).toHaveAttribute('title', /expected client, router/);
  // The cursor stands at the mistake.
  for (let i = 0; i < 4; i++) await page.keyboard.press('Delete');
  await page.keyboard.type('client');
  await expectFile(page, original);
  await expect(page.getByRole('alert')).toHaveCount(0);
  await expect(mistake).toHaveCount(0);
  // Here the key of undo is the text's own: it takes back what was typed, not what was done to the lab.
  await page.keyboard.type('s');
  await expectFile(page, original.replace('role: client', 'role: clients'));
  await expect(page.getByRole('alert')).toBeVisible();
  await page.keyboard.press('ControlOrMeta+z');
  await expect.poll(() => fileText(page)).not.toContain('role: clients');
  // Tab leads on through the page.
  await page.keyboard.press('Tab');
  await expect(fileEditor(page)).not.toBeFocused();
});

test('what is changed on the map comes into the text where it stands, and what was typed there before can still be undone', async ({
  page,
}) => {
  await openPage(page);
  await page.keyboard.press('e');
  await fileEditor(page).click();
  await page.keyboard.press('ControlOrMeta+Home');
  await page.keyboard.type('# mine');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'Back to the file as opened' })).toBeVisible();
  await node(page, 'rs2').focus();
  await page.keyboard.press('Enter');
  await fill(page, 'Name', 'web2');
  await expectFile(page, /^# mine\n[^]*web2:eth0/);
  await expect(page.locator('.cm-lit').first()).toContainText('web2');
  await fileEditor(page).focus();
  // What was typed slowly is taken back in parts.
  await expect(async () => {
    await page.keyboard.press('ControlOrMeta+z');
    expect(await fileText(page)).toMatch(/^# The DR lab/);
  }).toPass();
  expect(await fileText(page)).toContain('web2:eth0');
});

test('what is typed in the very moment in which the map changes the file stays in it', async ({ page }) => {
  await openPage(page);
  await page.keyboard.press('e');
  await fileEditor(page).click();
  await page.keyboard.press('ControlOrMeta+Home');
  await page
    .getByRole('region', { name: 'Edit the lab' })
    .getByRole('button', { name: 'Add: client', exact: true })
    .evaluate((button: HTMLButtonElement) => {
      document.execCommand('insertText', false, '# before ');
      button.click();
      document.execCommand('insertText', false, 'after ');
    });
  await expectFile(page, /^# before after # The DR lab[^]*client2:/);
  // It is taken into the lab's file as what is typed at other times is.
  await expect(page.getByText(/^[2-9]\d* lines changed$/)).toBeVisible();
  await expect(node(page, 'client2')).toBeVisible();
  await page.getByRole('button', { name: 'Back to the file as opened' }).click();
  await expectFile(page, /^# The DR lab/);
  expect(await fileText(page)).not.toMatch(/before after|client2/);
});

test('what was typed in the file is taken when the file is put away at once, and undone with the other deeds', async ({ page }) => {
  await openPage(page);
  await page.getByRole('tab', { name: 'File', exact: true }).click();
  await fileEditor(page).click();
  await page.keyboard.press('ControlOrMeta+Home');
  await page.keyboard.type('# mine');
  await page.keyboard.press('Enter');
  await page.getByRole('tab', { name: 'Events', exact: true }).click();
  await expect(fileEditor(page)).toHaveCount(0);
  await page.getByRole('tab', { name: 'File', exact: true }).click();
  await expectFile(page, /^# mine\n/);
  await expect(page.getByRole('button', { name: 'Back to the file as opened' })).toBeVisible();
  await page.getByRole('region', { name: 'Lab', exact: true }).getByRole('button', { name: 'Undo' }).click();
  await expectFile(page, /^# The DR lab/);
});
