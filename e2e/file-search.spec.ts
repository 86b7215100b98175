import { expect, test } from '@playwright/test';
import { expectFile, fileEditor, fileText, openPage } from './lab.ts';

test.use({ viewport: { width: 1366, height: 768 }, contextOptions: { reducedMotion: 'reduce' } });

test('words are found and replaced in the file, and Escape leads back into the text', async ({ page }) => {
  await openPage(page);
  await page.getByRole('tab', { name: 'File' }).click();
  await fileEditor(page).click();
  await page.keyboard.press('ControlOrMeta+Home');
  await page.keyboard.press('ControlOrMeta+f');
  const find = page.getByRole('textbox', { name: 'Find', exact: true });
  await expect(find).toBeFocused();
  await page.keyboard.type('arp_ignore');
  const places = (await fileText(page)).split('arp_ignore').length - 1;
  const count = page.locator('.cm-find output');
  await expect(count).toHaveText(`– of ${places}`);
  await page.keyboard.press('Enter');
  await expect(count).toHaveText(`1 of ${places}`);
  await page.keyboard.press('Shift+Enter');
  await expect(count).toHaveText(`${places} of ${places}`);
  await page.getByRole('button', { name: 'Match upper and lower case' }).click();
  await find.fill('ARP_IGNORE');
  await expect(count).toHaveText('not found');
  await find.fill('arp_ignore');
  await page.getByRole('textbox', { name: 'Replace by' }).fill('arp_filter');
  await page.getByRole('button', { name: 'Replace all' }).click();
  await expectFile(page, /arp_filter/);
  expect(await fileText(page)).not.toContain('arp_ignore');
  // The keys of the page sleep while words are sought.
  await page
    .getByRole('button', { name: '中文' })
    .or(page.getByText('中文', { exact: true }))
    .first()
    .click();
  await expect(page.getByRole('textbox', { name: '替换为' })).toBeVisible();
  await page.getByRole('textbox', { name: '查找' }).press('Escape');
  await expect(page.getByRole('textbox', { name: '查找' })).toHaveCount(0);
  await expect(page.getByRole('textbox', { name: /\.yaml/ })).toBeFocused();
});
