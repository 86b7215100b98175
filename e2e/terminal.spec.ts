import { expect, test, type Page } from '@playwright/test';
import { openPage } from './lab.ts';

test.use({ viewport: { width: 1366, height: 768 }, contextOptions: { reducedMotion: 'reduce' } });

function rows(page: Page) {
  return page.locator('.xterm-rows');
}

/** Types a line and waits until the prompt is there again. */
async function command(page: Page, line: string, prints: RegExp): Promise<void> {
  await page.keyboard.type(line);
  await page.keyboard.press('Enter');
  await expect(rows(page)).toContainText(prints);
  await expect(rows(page)).toContainText(/# *$/);
}

async function terminalOf(page: Page, name: string): Promise<void> {
  await page.getByRole('tab', { name: new RegExp(name) }).click();
  await expect(page.getByRole('tabpanel', { name: new RegExp(name) }).locator('.xterm')).toBeVisible();
}

test('commands typed one after the other go on with the same future, and only who has gone back begins another', async ({ page }) => {
  await openPage(page);
  await page.keyboard.press('End');
  await expect(page.getByText(/^Step (\d+) of \1$/)).toBeVisible();
  await terminalOf(page, 'client');
  await expect(page.getByText('This is a moment in the past')).toHaveCount(0);
  // It goes on by itself, and is not waited for: what it does lies later.
  await command(page, 'ping -c 3 172.18.20.1 > /dev/null &', /null &\s*\[1\] \d+/);
  await expect(page.getByText(/^Step (\d+) of \1$/)).toHaveCount(0);
  await terminalOf(page, 'director');
  await command(page, 'ipvsadm -Ln', /ActiveConn InActConn[\s\S]*172\.18\.20\.124:80/);
  await command(page, 'ipvsadm -Lnc', /TCP 0\d:\d\d +FIN_WAIT/);
  await expect(page.getByText('A new branch begins here.')).toHaveCount(0);
  await expect(page.getByText('This is a moment in the past')).toHaveCount(0);
  await page.getByRole('banner').click();
  await page.keyboard.press('ArrowLeft');
  await expect(page.getByText('This is a moment in the past')).toBeVisible();
  await page.locator('.xterm').click();
  await page.keyboard.type('echo gone back');
  await page.keyboard.press('Enter');
  await expect(rows(page)).toContainText(/\ngone back|~\]# echo gone back\s*gone back/);
  await expect(page.getByText('A new branch begins here.')).toBeVisible();
});

test('a running program is stopped where it is seen, and time runs on while something is typed beside it', async ({ page }) => {
  await openPage(page);
  await page.keyboard.press('End');
  await expect(page.getByText(/^Step (\d+) of \1$/)).toBeVisible();
  await terminalOf(page, 'client');
  await page.keyboard.type('ping 172.18.20.1');
  await page.keyboard.press('Enter');
  await expect(rows(page)).toContainText('icmp_seq=2', { timeout: 60_000 });
  await expect(page.getByRole('button', { name: 'Pause', exact: true })).toBeVisible();
  await terminalOf(page, 'rs1');
  await command(page, 'hostname', /hostname\s*rs1/);
  await expect(page.getByRole('button', { name: 'Pause', exact: true })).toBeVisible();
  await terminalOf(page, 'client');
  await page.keyboard.type('echo typed ahead');
  await expect(rows(page)).toContainText('echo typed ahead');
  await page.keyboard.press('Control+c');
  await expect(rows(page)).toContainText(/(\d+) packets transmitted, [1-9]\d* received/);
  await expect(rows(page)).toContainText(/# *$/);
  await expect(page.getByText('A new branch begins here.')).toHaveCount(0);
});
