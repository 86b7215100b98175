import { expect, test } from '@playwright/test';
import { openPage } from './lab.ts';

test.use({ viewport: { width: 1366, height: 768 }, contextOptions: { reducedMotion: 'reduce' } });

test('a file with a mistake says where and leaves the running lab as it was', async ({ page }) => {
  await openPage(page);
  const chooser = page.locator('input[type=file]');
  await chooser.setInputFiles({
    name: 'broken.yaml',
    mimeType: 'text/yaml',
    buffer: Buffer.from('lvs-lab: 1\ntitle: broken\nabout: nothing\nnodes:\n  a:\n    kind: toaster\n'),
  });
  const problem = page.getByRole('alert');
  await expect(problem).toContainText('broken.yaml cannot be opened');
  await expect(problem).toContainText('line 6');
  await expect(problem).toContainText('toaster');
  await expect(page.getByRole('heading', { name: 'LVS-DR, the lab of the notes' })).toBeVisible();
  await chooser.setInputFiles({
    name: 'huge.yaml',
    mimeType: 'text/yaml',
    buffer: Buffer.alloc(3_000_000, 'x'),
  });
  await expect(problem).toContainText('too large');
});

test('another lab opens from the list', async ({ page }) => {
  await openPage(page);
  await page.getByRole('region', { name: 'Lab', exact: true }).getByRole('button', { name: /NAT/ }).first().click();
  await expect(page.getByRole('heading', { name: /NAT/ }).first()).toBeVisible();
  await expect(page.getByRole('button', { name: 'Next', exact: true })).toBeEnabled();
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
