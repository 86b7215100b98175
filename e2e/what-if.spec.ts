import { expect, test, type Page } from '@playwright/test';
import { keptSession, openPage, shownMicros, stepNumber } from './lab.ts';

test.use({ viewport: { width: 1366, height: 768 }, contextOptions: { reducedMotion: 'reduce' } });

async function showpiece(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Healthy and broken DR side by side' }).click();
  await expect(page.getByRole('region', { name: 'Where the two futures part' })).toBeVisible();
}

function future(page: Page, which: 'A' | 'B') {
  return page.getByRole('region', { name: `Future ${which}` });
}

async function changeOne(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Change one thing' }).click();
  await expect(page.getByRole('dialog', { name: 'Change one thing' })).toBeVisible();
}

test('healthy and broken DR beside each other: where they part, who served, both stepped together', async ({ page }) => {
  await openPage(page);
  await showpiece(page);
  const parting = page.getByRole('region', { name: 'Where the two futures part' });
  await expect(parting).toContainText(/rs[12] answers for 172\.18\.20\.128 \(arp_ignore 0\) — before, it stayed silent \(arp_ignore 1\)/);
  await parting.getByRole('button', { name: /^Go there/ }).click();
  await expect(future(page, 'A')).toContainText(/rs[12] does not answer: arp_ignore=1/);
  await expect(future(page, 'B')).toContainText(/rs[12] answers for 172\.18\.20\.128/);

  const table = page.getByRole('region', { name: 'What differs' });
  const question = table.getByRole('row', { name: /router asks who has 172\.18\.20\.128/ });
  await expect(question.getByRole('cell').first()).toHaveText('director');
  await expect(question.getByRole('cell').last()).toContainText('rs1');
  await expect(
    table
      .getByRole('row', { name: /request 1 of client/ })
      .getByRole('cell')
      .last(),
  ).toContainText('not by way of IPVS');

  const shown = page.getByRole('region', { name: 'Two futures', exact: true }).getByText(/^Step \d+ of \d+$/);
  const here = (await shown.textContent()) ?? '';
  const number = Number(/\d+/.exec(here)?.[0]);
  await page.keyboard.press('ArrowRight');
  await expect(shown).toHaveText(new RegExp(`^Step ${number + 1} of`));
  await page.keyboard.press('ArrowLeft');
  await expect(shown).toHaveText(here);
  await page.getByRole('slider', { name: 'Timeline' }).focus();
  await page.keyboard.press('End');
  await expect(page.getByRole('button', { name: 'Next', exact: true })).toBeDisabled();
});

test('at the start nothing but settings differs; a node selected on a map narrows the table to it', async ({ page }) => {
  await openPage(page);
  await showpiece(page);
  const table = page.getByRole('region', { name: 'What differs' });
  await page.keyboard.press('Home');
  await table.getByText('at this moment').click();
  await expect(table).toContainText('At this moment nothing differs.');
  await table.getByText('at the end').click();
  await expect(table.getByRole('row', { name: /request 1 of client/ })).toBeVisible();
  await future(page, 'B').getByRole('button', { name: /^rs1,/ }).press('Enter');
  await expect(table.getByText('only rs1')).toBeVisible();
  await expect(table.getByRole('row', { name: /request 1 of client/ })).toHaveCount(0);
  await table.getByRole('button', { name: 'Show all nodes' }).click();
  await expect(table.getByRole('row', { name: /request 1 of client/ })).toBeVisible();
});

test('a change without effect differs in nothing', async ({ page }) => {
  await openPage(page);
  await changeOne(page);
  await page.getByText('a command', { exact: true }).click();
  await page.getByRole('textbox', { name: 'Command' }).fill('sysctl -w net.ipv4.ip_default_ttl=64');
  await page.getByRole('button', { name: 'Show both futures' }).click();
  await expect(page.getByText('Both futures are the same: the change has no effect.').first()).toBeVisible();
});

test('a cut cable: the requests of one future stay without an answer; both futures stay in the tree', async ({ page }) => {
  await openPage(page);
  await changeOne(page);
  await page.getByText('a cable', { exact: true }).click();
  await page.getByLabel('Cable', { exact: true }).selectOption({ label: 'client – router' });
  await page.getByRole('button', { name: 'Show both futures' }).click();
  await expect(page.getByRole('region', { name: 'Where the two futures part' })).toBeVisible();
  const request = page.getByRole('region', { name: 'What differs' }).getByRole('row', { name: /request 1 of client/ });
  await expect(request.getByRole('cell').first()).toHaveText(/^rs[12]$/);
  await expect(request.getByRole('cell').last()).toHaveText(/^(never sent|no answer.*)$/);
  await page.getByRole('button', { name: 'Back to one map' }).click();
  const lab = page.getByRole('region', { name: 'Lab', exact: true });
  await expect(lab.getByRole('button', { name: /cable client – router cut/ })).toHaveAttribute('aria-current', 'true');
  await lab.getByRole('button', { name: 'Put beside the one it left' }).click();
  await expect(page.getByRole('region', { name: 'Two futures', exact: true })).toBeVisible();
});

test('undo and redo walk the branches', async ({ page }) => {
  await openPage(page);
  const value = page.getByRole('radiogroup', { name: 'net.ipv4.conf.all.arp_ignore' }).first();
  await value.getByText('0', { exact: true }).click();
  await expect(value.getByRole('radio', { name: '0' })).toBeChecked();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Undo', exact: true }).click();
  await expect(value.getByRole('radio', { name: '1' })).toBeChecked();
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await page.keyboard.press('Control+Shift+Z');
  await expect(value.getByRole('radio', { name: '0' })).toBeChecked();
  await page.keyboard.press('Control+z');
  await expect(value.getByRole('radio', { name: '1' })).toBeChecked();
});

test('a reload brings the session back, with its branches and its moment; afresh is one press', async ({ page }) => {
  await openPage(page);
  await page.getByRole('radiogroup', { name: 'net.ipv4.conf.all.arp_ignore' }).first().getByText('0', { exact: true }).click();
  const lab = page.getByRole('region', { name: 'Lab', exact: true });
  await expect(lab.getByRole('button', { name: /arp_ignore=0 on rs1/ }).first()).toBeVisible();
  await page.keyboard.press('Escape');
  for (let i = 0; i < 5; i++) {
    const before = await stepNumber(page);
    await page.getByRole('button', { name: 'Next', exact: true }).click();
    await expect(page.getByText(new RegExp(`^Step ${before + 1} of`))).toBeVisible();
  }
  const step = await stepNumber(page);
  const at = await shownMicros(page);
  // It is written a moment after the last change.
  await expect.poll(async () => Math.round(((await keptSession(page))?.cursor.at ?? 0) / 1000)).toBe(at);
  await page.reload();
  await expect(page.getByText('Restored your session.')).toBeVisible({ timeout: 60_000 });
  await expect(lab.getByRole('button', { name: /arp_ignore=0 on rs1/ }).first()).toHaveAttribute('aria-current', 'true');
  await expect(page.getByText(new RegExp(`^Step ${step} of`))).toBeVisible();
  await page.getByRole('button', { name: 'Start afresh' }).click();
  await expect(page.getByText('Restored your session.')).toHaveCount(0);
  await expect(lab.getByRole('button', { name: /arp_ignore=0 on rs1/ })).toHaveCount(0);
});

test('a kept session that cannot be read is said so, and the page starts afresh', async ({ page }) => {
  await openPage(page);
  await expect.poll(() => keptSession(page)).not.toBeNull();
  // From beside the page: as long as it is open it writes what it has.
  await page.goto('/scenario.schema.json');
  await page.evaluate(
    () =>
      new Promise<void>((done, failed) => {
        const open = indexedDB.open('lvs-lab');
        open.onerror = () => failed(new Error('no storage'));
        open.onsuccess = () => {
          const write = open.result.transaction('session', 'readwrite');
          write.objectStore('session').put({ version: 1, text: 'nonsense' }, 'session');
          write.oncomplete = () => done();
        };
      }),
  );
  await page.goto('/');
  await expect(page.getByRole('alert')).toContainText('Your last session could not be restored');
  await expect(page.getByRole('button', { name: 'Next', exact: true })).toBeEnabled();
});

test('run until something drops, and until a frame reaches a node', async ({ page }) => {
  await openPage(page);
  const said = page.getByRole('region', { name: 'What happens' });
  await page.getByRole('button', { name: 'Run until …' }).click();
  await page.getByRole('menuitem', { name: 'something drops' }).click();
  await expect(said).toContainText('does not answer: arp_ignore=1');
  await page.getByRole('button', { name: 'Run until …' }).click();
  await page.getByRole('menuitem', { name: 'a frame reaches client' }).click();
  await expect(said).toContainText('client');
});

test('the cures of the ARP problem are tried from one moment and compared in a table', async ({ page }) => {
  await openPage(page);
  await page.getByRole('button', { name: 'Compare the cures of the ARP problem' }).click();
  const dialog = page.getByRole('dialog', { name: 'Cures of the ARP problem' });
  const rows = dialog.locator('tbody tr');
  await expect(rows).toHaveCount(5);
  await expect(dialog.getByText('Trying the cures')).toBeHidden();
  await expect(rows.nth(0)).toContainText('No cure');
  await expect(rows.nth(0)).toContainText('0 of 4');
  for (const row of [1, 2, 3, 4]) {
    await expect(rows.nth(row)).toContainText('4 of 4');
    await expect(rows.nth(row)).toContainText('rs1: 2');
  }
  await expect(rows.nth(2)).toContainText('nobody');
  await rows.nth(3).getByRole('button', { name: 'Beside “no cure”' }).click();
  await expect(future(page, 'A')).toContainText('No cure');
  await expect(future(page, 'B')).toContainText('Cure: arptables');
});
